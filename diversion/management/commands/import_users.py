"""``manage.py import_users users.csv --organisation SLUG --by EMAIL [--dry-run]``: accounts from a list."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.management.lists import ListCommand, read_list, readable
from diversion.management.user_lists import NEEDED, OPTIONAL, take
from diversion.unit_of_work import unit_of_work


class Command(ListCommand):
    """Remarks go to standard error. The last line of standard output is JSON: rows = added + unchanged + rejected.

    Exit status 1 where nothing was done, 3 where rows were rejected and the others taken.
    """

    help = (
        "Add the users of a list to an organisation, as its administrator would on the page Users: each account is "
        "closed, and rank and roles are not given, until a second person approves. An account that stands stays as it "
        f"is. Columns: {', '.join(NEEDED)}; may be left out: {', '.join(OPTIONAL)} (several roles with ; between)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file or workbook with a header")
        parser.add_argument("--organisation", required=True, help="its slug, as given to add_organisation")
        parser.add_argument(
            "--by", required=True, help="e-mail address of its administrator, who asks for the accounts"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would become of each row, keep nothing")
        self.add_encoding(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        by = administrator(options["by"], options["organisation"])
        with readable():
            listed = read_list(options["file"], needed=NEEDED, optional=OPTIONAL, encoding=options["encoding"])
        with unit_of_work("import_users", user=by):
            fates = take(listed, by=by)
            transaction.set_rollback(options["dry_run"])
        self.tell(listed, fates.rejected)
        if fates.added:
            self.say(
                f"A second person of {by.organisation} approves on the page Account changes; then each link is made."
            )
        self.finish({"organisation": by.organisation.slug, "dry_run": options["dry_run"]}, vars(fates))


def administrator(email: str, organisation: str) -> User:
    """Who asks. CommandError names those who could."""
    able = User.objects.who_may(Permission.MANAGE_USERS).filter(organisation__slug=organisation)
    found = able.select_related("organisation").filter(email=email.lower()).first()
    if found is None:
        known = ", ".join(able.order_by("email").values_list("email", flat=True))
        mend = f"its administrators are {known}" if known else "make one with first_administrator"
        raise CommandError(f"'{email}' is no administrator of the organisation '{organisation}': {mend}.")
    return found
