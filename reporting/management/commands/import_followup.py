"""``manage.py import_followup FILE --force SLUG``: proven reoffending after decisions, one row for each followed up."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.refusals import Refused
from reporting.actions.followup import ImportedFollowUp, import_followup
from reporting.facts.mapping import MappingError
from reporting.facts.reading import UnreadableFile
from reporting.followup.mapping import DEFAULT, SHELF


class Command(BaseCommand):
    """Remarks go to standard error; the last line of standard output is JSON."""

    help = "Import a follow-up extract: who was proven to have offended again after a decision, and who was not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file, plain or gzipped, in UTF-8")
        parser.add_argument("--force", required=True, help="the force's slug")
        parser.add_argument("--mapping", default=DEFAULT, help=f"one of {', '.join(SHELF.names())}")
        parser.add_argument("--rejects-file", type=Path, help="where to keep line and reason of rejected rows")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = import_followup(
                path=options["file"],
                force=options["force"],
                mapping=options["mapping"],
                rejects_file=options["rejects_file"],
                by=None,
            )
        except (MappingError, UnreadableFile, Refused) as refusal:
            raise CommandError(str(refusal)) from None
        self._remarks(done)
        self.stdout.write(json.dumps(summary(done)))

    def _remarks(self, done: ImportedFollowUp) -> None:
        batch = done.batch
        for (column, word), number in sorted(done.unrecognised.items())[:20]:
            self.stderr.write(f"Not recognised in '{column}', kept as unknown: {word!r} ({number:,}).", str)
        for line, why in done.contradictions:
            self.stderr.write(f"Line {line} contradicts an earlier extract: {why}.", str)
        if batch.contradictions > len(done.contradictions):
            self.stderr.write(f"Rows that contradict an earlier extract, in all: {batch.contradictions:,}.", str)
        if batch.rejects_file:
            self.stderr.write(f"Rejected rows, by line and reason: {batch.rejects_file}", str)


def summary(done: ImportedFollowUp) -> dict[str, int | str | None]:
    """The last line: rows = accepted + unchanged + rejected; contradictions are among the accepted."""
    batch = done.batch
    return {
        "rows": batch.rows,
        "accepted": batch.accepted,
        "unchanged": batch.unchanged,
        "rejected": batch.rejected,
        "contradictions": batch.contradictions,
        "rejects_file": batch.rejects_file or None,
    }
