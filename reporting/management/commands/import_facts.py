"""``manage.py import_facts FILE --mapping NAME --force SLUG``: a force's historic data, as monitoring facts."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.refusals import Refused
from reporting.actions.importing import Imported, import_facts
from reporting.facts import mapping
from reporting.facts.loading import unrecognised_total
from reporting.facts.reading import UnreadableFile


class Command(BaseCommand):
    """Progress and remarks go to standard error; the last line of standard output is JSON."""

    help = "Import a CSV file of historic decisions as monitoring facts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file, plain or gzipped, in UTF-8")
        parser.add_argument("--mapping", required=True, help=f"one of {', '.join(mapping.names())}")
        parser.add_argument("--force", required=True, help="the force's slug (thames-valley); made if it is not known")
        parser.add_argument("--rejects-file", type=Path, help="where to keep rejected rows (default: .local/rejects)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = import_facts(
                path=options["file"],
                mapping=options["mapping"],
                force=options["force"],
                by=None,
                rejects_file=options["rejects_file"],
                progress=self._progress,
            )
        except (mapping.MappingError, UnreadableFile, Refused) as refusal:
            raise CommandError(str(refusal)) from None
        self._remarks(done)
        self.stdout.write(json.dumps(summary(done)))

    def _say(self, text: str, ending: str = "\n") -> None:
        """To standard error, without the colour of errors."""
        self.stderr.write(text, str, ending)

    def _progress(self, rows: int, share: float) -> None:
        """On a terminal one line, written over; elsewhere a line each time."""
        text = f"{rows:,} rows read, {share:.0%}"
        if self.stderr.isatty():
            self._say(f"\r{text}", "\n" if share == 1 else "")
        else:
            self._say(text)

    def _remarks(self, done: Imported) -> None:
        if done.force_created:
            self._say(f"The force '{done.batch.force.slug}' was not known and was made: {done.batch.force}.")
        for column, values in unrecognised_total(done.counts).items():
            told = ", ".join(f"{value!r} ({number:,})" for value, number in list(values.items())[:10])
            self._say(f"Not recognised in '{column}', kept as unknown: {told}.")
        if done.batch.rejects_file:
            self._say(f"Rejected rows, with reasons: {done.batch.rejects_file}")


def summary(done: Imported) -> dict[str, int | str | None]:
    """The last line: rows = accepted + rejected + already_present."""
    counts = done.counts
    return {
        "rows": counts.rows,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "already_present": counts.already_present,
        "rejects_file": done.batch.rejects_file or None,
    }
