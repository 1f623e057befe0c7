"""``manage.py import_caseload FILE --by EMAIL [--dry-run]``: whom a provider helps already goes on here."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError
from django.db import transaction

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.management.lists import ListCommand, Reject, read_list, readable
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from referrals.actions.bringing import take_on
from referrals.intake.open_caseload import NEEDED, OPTIONAL, Helped, read_caseload


@dataclass
class Fates:
    """The lines of the file by what became of them, and how many people they were of."""

    taken_on: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)


class Command(ListCommand):
    """Remarks go to standard error; what a row says of people is never repeated there.

    The last line of standard output is JSON: rows = taken_on + unchanged + rejected. Exit status 1 where nothing was
    done, 3 where rows were rejected and the others taken on.
    """

    help = (
        "Take on whom a provider helps already, from its own spreadsheet: a row for each appointment, a person by the "
        "reference of the referral or of the case, whose referral it joins (docs/importing.md). "
        f"Columns: {', '.join(NEEDED)}; may be left out: {', '.join(OPTIONAL)}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file or workbook with a header")
        parser.add_argument("--by", required=True, help="e-mail address of the manager of the provider who asks for it")
        parser.add_argument("--dry-run", action="store_true", help="say what would become of each row, keep nothing")
        self.add_encoding(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        by = _manager(options["by"])
        with readable():
            listed = read_list(options["file"], needed=NEEDED, optional=OPTIONAL, encoding=options["encoding"])
        told = read_caseload(listed.rows)
        fates = Fates(rejected=[*listed.rejects, *(Reject(line, words) for line, words in told.rejects)])
        with _taken_back() if options["dry_run"] else nullcontext():
            for one in told.helped:
                _take_on(one, by, fates)
        self.tell(listed, fates.rejected)
        rows: dict[str, Sequence[object]] = {
            "taken_on": fates.taken_on,
            "unchanged": fates.unchanged,
            "rejected": fates.rejected,
        }
        self.finish({"provider": by.organisation.slug, "dry_run": options["dry_run"]}, rows)


def _manager(email: str) -> User:
    found = User.objects.who_may(Permission.DECIDE_REFERRALS).filter(email=email.lower()).first()
    if found is None:
        raise CommandError("--by names nobody who decides on referrals: give the address of a manager of the provider.")
    return found


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _take_on(one: Helped, by: User, fates: Fates) -> None:
    """Each person is kept as soon as they are in: cut off, the same command goes on where it was."""
    try:
        with unit_of_work("import_caseload", user=by):
            is_new = take_on(helped=one, by=by)
    except (Refused, PermissionDenied) as refusal:
        fates.rejected += [Reject(line, str(refusal).rstrip(".")) for line in one.lines]
    else:
        (fates.taken_on if is_new else fates.unchanged).extend(one.lines)
