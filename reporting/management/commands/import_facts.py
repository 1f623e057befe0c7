"""``manage.py import_facts FILE --mapping NAME --force SLUG``: a force's historic data, as monitoring facts."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from reporting.actions.importing import Imported, import_facts
from reporting.intake.mappings import facts as mapping
from reporting.intake.periods import Months
from reporting.management.commands._importing import ImportCommand, force_made


class Command(ImportCommand[Imported]):
    """Says how far it has come. The last line: rows = accepted + rejected + already_present + replaced + skipped."""

    help = "Import a file of historic decisions as monitoring facts."
    mappings = staticmethod(mapping.names)
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

    def remarks(self, done: Imported) -> Iterator[str]:
        if done.force_created:
            yield force_made(done.batch.force)
        if done.batch.replaced_from:
            yield f"{done.taken_out:,} older facts were replaced. To undo: manage.py undo_import {done.batch.pk}."

    def more(self, done: Imported) -> dict[str, Any]:
        more = {"batch": done.batch.pk}
        if done.batch.replaced_from:
            more["taken_out"] = done.taken_out
        return more | done.events
