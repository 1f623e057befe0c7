"""``manage.py import_cases FILE --force SLUG [--dry-run]``: open cases of another system go on here."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from cases.intake.summary import named
from cases.management.commands.import_offences import force_called
from cases.models import Case, Offence
from diversion.accounts.models import Organisation
from diversion.management.lists import ListCommand, Reject, read_list, readable
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from referrals.actions.bringing import bring_open_case
from referrals.intake.open_cases import NEEDED, OPTIONAL, OpenCase, read_open_cases


@dataclass
class Fates:
    """The lines of the file by what became of them, and the cases made."""

    brought: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


class Command(ListCommand):
    """Remarks go to standard error; what a row says of people is never repeated there.

    The last line of standard output is JSON: rows = brought + unchanged + rejected. Exit status 1 where nothing was
    done, 3 where rows were rejected and the others brought in.
    """

    help = (
        "Bring in cases that were decided in another system and whose agreements go on: a row for each crime and "
        "each condition still to be done, a case by its reference (docs/importing.md). Nothing is judged again, and "
        f"no figure counts them. Columns: {', '.join(NEEDED)}; may be left out: {', '.join(OPTIONAL)}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file or workbook with a header")
        parser.add_argument("--force", required=True, help="whose cases they are: the slug of the force")
        parser.add_argument("--dry-run", action="store_true", help="say what would become of each row, keep nothing")
        self.add_encoding(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        force = force_called(options["force"])
        with readable():
            listed = read_list(options["file"], needed=NEEDED, optional=OPTIONAL, encoding=options["encoding"])
        catalogue = Offence.objects.catalogue(force)
        unread = [one.line for one in listed.rejects]
        told = read_open_cases(listed.rows, catalogue, named(catalogue), unread=unread)
        fates = Fates(rejected=[*listed.rejects, *(Reject(line, words) for line, words in told.rejects)])
        with _taken_back() if options["dry_run"] else nullcontext():
            for one in told.cases:
                with unit_of_work("import_cases"):
                    _bring(one, force, fates)
        self.tell(listed, fates.rejected)
        rows: dict[str, Sequence[object]] = {
            "brought": fates.brought,
            "unchanged": fates.unchanged,
            "rejected": fates.rejected,
        }
        self.finish({"force": force.slug, "dry_run": options["dry_run"], "cases": len(fates.cases)}, rows)


@contextmanager
def _taken_back() -> Iterator[None]:
    """All in one transaction, which keeps nothing: what the first case takes, a place say, the next does without.

    Otherwise each case is one of its own. Who records a decision would else wait for a place of the same scheme until
    thousands of cases are in, and an import that is cut off would have brought none: begun again, it goes on.
    """
    with unit_of_work("import_cases"):
        yield
        transaction.set_rollback(True)


def _bring(one: OpenCase, force: Organisation, fates: Fates) -> None:
    """A case that was brought before stays as it is now: it went on here."""
    if Case.objects.filter(force=force, brought_as__iexact=one.reference).exists():
        fates.unchanged += one.lines
        return
    try:
        fates.cases.append(bring_open_case(found=one, force=force, by=None))
    except Refused as refusal:
        fates.rejected += [Reject(line, str(refusal).rstrip(".")) for line in one.lines]
    else:
        fates.brought += one.lines
