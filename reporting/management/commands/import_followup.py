"""``manage.py import_followup FILE --force SLUG``: proven reoffending after decisions, one row for each followed up."""

from collections.abc import Iterator
from typing import Any

from reporting.actions.followup import ImportedFollowUp, import_followup
from reporting.intake.mappings.followup import DEFAULT, SHELF
from reporting.management.commands._importing import ImportCommand, words_not_known


class Command(ImportCommand[ImportedFollowUp]):
    """The last line: rows = accepted + unchanged + rejected + skipped; contradictions are among the accepted."""

    help = "Import a follow-up extract: who was proven to have offended again after a decision, and who was not."
    mappings, mapping = SHELF.names, DEFAULT
    force_words = "the force's slug (thames-valley)"
    fates = ("rows", "accepted", "unchanged", "rejected", "skipped", "contradictions")

    def run(self, **asked: Any) -> ImportedFollowUp:
        return import_followup(**asked)

    def remarks(self, done: ImportedFollowUp) -> Iterator[str]:
        yield from words_not_known(done.unrecognised)
        for line, why in done.contradictions:
            yield f"Line {line} contradicts an earlier extract: {why}."
        if done.batch.contradictions > len(done.contradictions):
            yield f"Rows that contradict an earlier extract, in all: {done.batch.contradictions:,}."
