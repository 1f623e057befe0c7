"""``manage.py import_suspects FILE --force SLUG``: the force's own outcome extract, one row a suspect and crime."""

from collections.abc import Iterator
from typing import Any

from reporting.actions.suspects import ImportedSuspects, import_suspects
from reporting.intake.mappings.suspects import DEFAULT, SHELF
from reporting.management.commands._importing import ImportCommand, force_made, words_not_known


class Command(ImportCommand[ImportedSuspects]):
    """The last line: rows = accepted + rejected + already_present + skipped."""

    help = "Import a force's outcome extract: everybody suspected of a crime, whatever came of it."
    mappings, mapping = SHELF.names, DEFAULT

    def run(self, **asked: Any) -> ImportedSuspects:
        return import_suspects(**asked)

    def remarks(self, done: ImportedSuspects) -> Iterator[str]:
        if done.force_created:
            yield force_made(done.batch.force)
        yield from words_not_known(done.unrecognised)
