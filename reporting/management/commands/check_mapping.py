"""``manage.py check_mapping FILE --mapping NAME``: a mapping tried on a file, without importing anything."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion import clock
from reporting.facts import loading
from reporting.facts.loading import Counts, Share
from reporting.intake import telling
from reporting.intake.mappings.facts import Mapping, load, read
from reporting.intake.mappings.parts import MappingError
from reporting.intake.near import printable
from reporting.intake.reading import Table, UnreadableFile, opened
from reporting.intake.rejects import Rejects
from reporting.intake.rows.extracts import Fates, Occurrences
from reporting.intake.rows.facts import RowReader
from reporting.intake.rows.forces import ForceReader
from reporting.management.commands._importing import check_rejected


class Command(BaseCommand):
    """Says what an import would say. The last line of standard output is JSON: the fates of rows, and the rate."""

    help = "Try a mapping on a file: every row is read and none is imported."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to be imported")
        parser.add_argument("--mapping", required=True, help="the mapping's name, or the path of its file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Try it. CommandError as an import would have it: status 1 for nothing to import, 3 for too many rejects."""
        name: str = options["mapping"]
        try:
            mapping = read(Path(name)) if name.endswith(".toml") else load(name)
            with opened(options["file"], mapping.file, dates=mapping.date_formats) as file, Rejects() as rejects:
                share = self._try(mapping, file, rejects)
        except (MappingError, UnreadableFile) as refusal:
            raise CommandError(printable(str(refusal))) from None
        counts, seen = share.counts, share.reader.told()
        for remark in self._remarks(mapping, file, share):
            self.stderr.write(printable(remark), str)
        told = {name: getattr(counts, name) for name in ("rows", "accepted", "rejected", "skipped")}
        told |= {"events": counts.events, "suppressed": len(counts.hidden)} if mapping.count else {}
        told |= {"considered": seen.of_considered, "diverted": seen.of_diverted}
        told["rate"] = seen.of_diverted / seen.of_considered if seen.of_considered and not counts.hidden else None
        self.stdout.write(json.dumps(told))
        check_rejected(counts.rejected, counts.rows - counts.skipped)

    def _try(self, mapping: Mapping, file: Table, rejects: Rejects) -> Share:
        places = file.places_of(mapping.file.columns, mapping.name)
        width = len(file.header)
        keys = (0, mapping.name, 0)
        reader = RowReader(mapping, places, width, keys=keys, today=clock.today(), least=file.least)
        forces = ForceReader(mapping, places, width, file.least) if mapping.force else None
        share = Share(reader, Occurrences(set()), Counts(Fates(rejects)))
        loading.tried(file, share, forces)
        return share

    def _remarks(self, mapping: Mapping, file: Table, share: Share) -> list[str]:
        counts = share.counts
        told = [*telling.about_file(file.notes, counts.fates), *telling.about_days(mapping.date, share.reader.unread)]
        told += telling.about_words(mapping, share.reader.told(), loading.unrecognised_total(counts))
        if mapping.count is None:
            return [*told, *telling.about_counts(file.header, mapping.file.columns)]
        return [*told, *telling.about_events(counts.events, len(counts.hidden))]
