from typing import Any

from django.core.management.base import BaseCommand

from cases.actions.catalogue import load_offences
from cases.rulebook import ensure_policies
from diversion.accounts.actions.roles import seed_roles
from diversion.unit_of_work import unit_of_work


class Command(BaseCommand):
    help = "Add what must exist before anyone can work: roles, offences, a policy for each force. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        roles = seed_roles()
        with unit_of_work("seed_reference"):
            offences, forces = load_offences(), ensure_policies()
        self.stdout.write(
            f"Reference data: {roles} roles added, {offences} offences in the catalogue, {forces} forces with a policy."
        )
