"""What commands that import one file for one force have in common."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from diversion.accounts.models import Organisation
from diversion.refusals import Refused
from reporting.intake import telling
from reporting.intake.mappings.parts import MappingError
from reporting.intake.near import printable
from reporting.intake.reading import UnreadableFile
from reporting.models.batch import Batch


class HasBatch(Protocol):
    """What came of an import; ``told`` is what it has to say of the file."""

    @property
    def batch(self) -> Batch: ...

    @property
    def told(self) -> Sequence[str]: ...


Done = TypeVar("Done", bound=HasBatch)


class ImportCommand(BaseCommand, Generic[Done]):
    """Remarks go to standard error; the last line of standard output is JSON: rows, and what became of them.

    ``mappings`` names those there are, and ``mapping`` the one taken where none is chosen ("": one must be).
    ``force_words`` say what becomes of a force that is not known.
    """

    mappings: Callable[[], list[str]]
    mapping = ""
    force_needed = True
    force_words = "the force's slug (thames-valley); made if it is not known"
    fates: tuple[str, ...] = ("rows", "accepted", "rejected", "already_present", "skipped")

    def run(self, **asked: Any) -> Done:
        """Import the file."""
        raise NotImplementedError

    def remarks(self, done: Done) -> Iterator[str]:
        """What whoever imports should know beside the counts."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = f"one of {', '.join(self.mappings())}"
        parser.add_argument("file", type=Path, help="text of rows, plain or gzipped; a workbook; or JSON lines")
        parser.add_argument("--force", required=self.force_needed, default="", help=self.force_words)
        parser.add_argument("--mapping", required=not self.mapping, default=self.mapping, help=names)
        parser.add_argument(
            "--rejects-file", type=Path, help="where to keep rejected rows, with reasons (default: .local/rejects)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import it. CommandError with status 1 where nothing was imported, 3 where too many rows were rejected."""
        try:
            done = self.run(path=options["file"], by=None, **self.asked(options))
        except (MappingError, UnreadableFile, Refused) as refusal:
            raise CommandError(printable(str(refusal))) from None
        for remark in (*done.told, *self.remarks(done)):
            self.say(printable(remark))
        told = {name: sum(getattr(batch, name) for batch in self.batches(done)) for name in self.fates}
        kept = next((batch.rejects_file for batch in self.batches(done) if batch.rejects_file), None)
        if kept:
            self.say(f"Rejected rows, with reasons: {printable(kept)}")
        self.stdout.write(json.dumps(told | {"rejects_file": kept} | self.more(done)))
        check_rejected(told["rejected"], told["rows"] - told["skipped"])

    def batches(self, done: Done) -> Sequence[Batch]:
        """The batches that were imported: one for each force."""
        return [done.batch]

    def asked(self, options: dict[str, Any]) -> dict[str, Any]:
        """What ``run`` is asked for, of the options of the command line."""
        return {name: options[name] for name in ("force", "mapping", "rejects_file")}

    def more(self, done: Done) -> dict[str, Any]:
        """What the last line holds beside the fates of rows."""
        return {}

    def say(self, text: str, ending: str = "\n") -> None:
        """To standard error, without the colour of errors."""
        self.stderr.write(text, str, ending)


def check_rejected(rejected: int, rows: int) -> None:
    """CommandError with status 1 where every row was rejected, 3 where more than a share of them: a script that reads
    only the status must not take a part for the whole."""
    if rejected and rejected == rows:
        raise CommandError(f"Every row was rejected ({rejected:,}): nothing was imported. See above.", returncode=1)
    if rejected > rows * settings.IMPORT_MOST_REJECTED:
        raise CommandError(
            f"{rejected / rows:.0%} of the rows were rejected ({rejected:,} of {rows:,}), more than "
            f"{settings.IMPORT_MOST_REJECTED:.0%}: what was imported is a part of the file. See above.",
            returncode=3,
        )


def force_made(force: Organisation) -> str:
    return f"The force '{force.slug}' was not known and was made: {force}."


def words_not_known(found: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """The most frequent of (column, word) -> how often."""
    columns: dict[str, dict[str, int]] = {}
    for (column, word), number in sorted(found.items(), key=lambda each: (each[0][0], -each[1], each[0][1])):
        columns.setdefault(column, {})[word] = number
    for column, values in columns.items():
        yield from telling.words_not_known(column, values, ())
