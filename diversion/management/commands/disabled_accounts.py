"""``manage.py disabled_accounts``: the list that ``restore --disabled`` takes, from a database that still answers."""

import csv
from typing import Any

from django.core.management.base import BaseCommand

from diversion.accounts.models import AccountRequest, User


class Command(BaseCommand):
    help = "Print, as CSV with the column email, the accounts that nobody may sign in to and that do not wait to be."

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = AccountRequest.objects.filter(state=AccountRequest.State.WAITING, opens=True)
        closed = User.objects.filter(is_active=False).exclude(pk__in=waiting.values("user"))
        rows = csv.writer(self.stdout, lineterminator="\n")
        rows.writerow(["email"])
        rows.writerows(closed.order_by("email").values_list("email"))
