"""``manage.py import_facts FILE --mapping NAME --force SLUG``: a force's historic data, as monitoring facts."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from reporting.actions.importing import Imported, import_facts
from reporting.intake.mappings import facts as mapping
from reporting.intake.periods import Months
from reporting.management.commands._importing import ImportCommand, force_made
from reporting.models import ImportBatch


class Command(ImportCommand[Imported]):
    """Says how far it has come. The last line: rows = accepted + rejected + already_present + replaced + skipped."""

    help = "Import a file of historic decisions as monitoring facts."
    mappings = staticmethod(mapping.names)
    force_needed = False
    force_words = (
        "the force's slug (thames-valley); made if it is not known. Where the mapping has force.column: only this force"
    )
    fates = ("rows", "accepted", "rejected", "already_present", "replaced", "skipped")

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--replace",
            nargs=2,
            metavar=("FROM", "TO"),
            help="the file takes the place of all earlier facts of these whole months (2020-02 2020-03)",
        )
        parser.add_argument(
            "--confirm", action="store_true", help="replace also where a month falls by over a third of its facts"
        )

    def asked(self, options: dict[str, Any]) -> dict[str, Any]:
        asked = super().asked(options) | {"confirm": options["confirm"]}
        return asked | ({"replace": Months.named(*options["replace"])} if options["replace"] else {})

    def run(self, **asked: Any) -> Imported:
        return import_facts(**asked, progress=self._progress)

    def _progress(self, rows: int, share: float) -> None:
        """On a terminal one line, written over; elsewhere a line each time."""
        text = f"{rows:,} rows read, {share:.0%}"
        if self.stderr.isatty():
            self.say(f"\r{text}", "\n" if share == 1 else "")
        else:
            self.say(text)

    def batches(self, done: Imported) -> list[ImportBatch]:
        return done.batches

    def remarks(self, done: Imported) -> Iterator[str]:
        yield from map(force_made, done.made)
        if done.batch.replaced_from:
            undo = "; ".join(f"manage.py undo_import {batch.pk}" for batch in done.batches)
            yield f"{done.taken_out:,} older facts were replaced. To undo: {undo}."

    def more(self, done: Imported) -> dict[str, Any]:
        more: dict[str, Any] = {"batch": done.batch.pk}
        if len(done.batches) > 1:
            more["forces"] = {batch.force.slug: batch.pk for batch in done.batches}
        if done.batch.replaced_from:
            more["taken_out"] = done.taken_out
        if mapping.load(done.batch.source).count:
            more |= {"events": done.counts.events, "suppressed": len(done.counts.hidden)}
        return more
