"""``manage.py import_facts FILE --mapping NAME --force SLUG``: a force's historic data, as monitoring facts."""

from collections.abc import Iterator
from typing import Any

from reporting.actions.importing import Imported, import_facts
from reporting.intake.mappings import facts as mapping
from reporting.management.commands._importing import ImportCommand, force_made


class Command(ImportCommand[Imported]):
    """Says how far it has come. The last line: rows = accepted + rejected + already_present + replaced + skipped."""

    help = "Import a CSV file of historic decisions as monitoring facts."
    mappings = staticmethod(mapping.names)
    fates = ("rows", "accepted", "rejected", "already_present", "replaced", "skipped")

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
