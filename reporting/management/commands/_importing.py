"""What commands that import one file for one force have in common."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from django.core.management.base import BaseCommand, CommandError

from diversion.accounts.models import Organisation
from diversion.refusals import Refused
from reporting.intake.mappings.parts import MappingError
from reporting.intake.reading import UnreadableFile
from reporting.models.batch import Batch

MOST_WORDS = 20


class HasBatch(Protocol):
    """What came of an import."""

    @property
    def batch(self) -> Batch: ...


Done = TypeVar("Done", bound=HasBatch)


class ImportCommand(BaseCommand, Generic[Done]):
    """Remarks go to standard error; the last line of standard output is JSON: rows, and what became of them.

    ``mappings`` names those there are, and ``mapping`` the one taken where none is chosen ("": one must be).
    ``force_words`` say what becomes of a force that is not known.
    """

    mappings: Callable[[], list[str]]
    mapping = ""
    force_words = "the force's slug (thames-valley); made if it is not known"
    fates: tuple[str, ...] = ("rows", "accepted", "rejected", "already_present")

    def run(self, **asked: Any) -> Done:
        """Import the file."""
        raise NotImplementedError

    def remarks(self, done: Done) -> Iterator[str]:
        """What whoever imports should know beside the counts."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = f"one of {', '.join(self.mappings())}"
        parser.add_argument("file", type=Path, help="CSV file, plain or gzipped, in UTF-8")
        parser.add_argument("--force", required=True, help=self.force_words)
        parser.add_argument("--mapping", required=not self.mapping, default=self.mapping, help=names)
        parser.add_argument(
            "--rejects-file", type=Path, help="where to keep rejected rows, with reasons (default: .local/rejects)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        asked = {name: options[name] for name in ("force", "mapping", "rejects_file")}
        try:
            done = self.run(path=options["file"], by=None, **asked)
        except (MappingError, UnreadableFile, Refused) as refusal:
            raise CommandError(str(refusal)) from None
        for remark in self.remarks(done):
            self.say(remark)
        batch = done.batch
        if batch.rejects_file:
            self.say(f"Rejected rows, with reasons: {batch.rejects_file}")
        told = {name: getattr(batch, name) for name in self.fates}
        self.stdout.write(json.dumps(told | {"rejects_file": batch.rejects_file or None}))

    def say(self, text: str, ending: str = "\n") -> None:
        """To standard error, without the colour of errors."""
        self.stderr.write(text, str, ending)


def force_made(force: Organisation) -> str:
    return f"The force '{force.slug}' was not known and was made: {force}."


def words_not_known(found: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """The first few of (column, word) -> how often."""
    for (column, word), number in sorted(found.items())[:MOST_WORDS]:
        yield f"Not recognised in '{column}', kept as unknown: {word!r} ({number:,})."
