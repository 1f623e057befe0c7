"""``manage.py import_facts FILE --mapping NAME --force SLUG``: a force's historic data, as monitoring facts."""

from collections.abc import Iterator
from typing import Any

from reporting.actions.importing import Imported, import_facts
from reporting.facts.loading import unrecognised_total
from reporting.intake.mappings import facts as mapping
from reporting.management.commands._importing import ImportCommand, force_made


class Command(ImportCommand[Imported]):
    """Says how far it has come, too. The last line: rows = accepted + rejected + already_present."""

    help = "Import a CSV file of historic decisions as monitoring facts."
    mappings = staticmethod(mapping.names)

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
        for column, values in unrecognised_total(done.counts).items():
            told = ", ".join(f"{value!r} ({number:,})" for value, number in list(values.items())[:10])
            yield f"Not recognised in '{column}', kept as unknown: {told}."
