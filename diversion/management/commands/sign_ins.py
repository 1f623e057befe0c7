from typing import Any

from django.core.management.base import BaseCommand

from diversion.accounts.models import User
from diversion.demonstration.cast import CAST, PASSWORD


class Command(BaseCommand):
    help = "Print the demonstration sign-ins, if the demonstration is loaded."

    def handle(self, *args: Any, **options: Any) -> None:
        present = set(User.objects.filter(organisation__is_demonstration=True).values_list("email", flat=True))
        members = [member for member in CAST if member.email in present]
        if not members:
            return
        self.stdout.write(f"Demonstration sign-ins (made-up people; the password is: {PASSWORD})")
        for member in members:
            words = member.role.replace("-", " ") or "stranger: no role"
            self.stdout.write(f"  {member.email:30} {words}, {member.organisation}")
