from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cases.models import Case
from cases.rulebook import ensure_policies
from diversion.demonstration import cast, schemes
from diversion.demonstration.stories import Storyteller
from diversion.unit_of_work import unit_of_work
from reporting import outbox

AVONFORD, NORTHMOOR = 260, 40


class Command(BaseCommand):
    help = "Load made-up organisations, people and cases, once; later runs only add appointments to book."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration is made up: it is not loaded with DIVERSION_ENV=production.")
        with unit_of_work("demonstration"):
            people = cast.assemble()
            ensure_policies()
            schemes.set_up(people["elin"])
            added = schemes.offer_appointments()
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")  # thousands of small commits of data that can be made anew
        if not Case.objects.filter(force__is_demonstration=True).exists():
            officers = [people["amara"], people["callum"]]
            Storyteller(people, "avonford", officers).tell(AVONFORD)
            Storyteller(people, "northmoor", [people["ben"]]).tell(NORTHMOOR)
        with unit_of_work("demonstration"):
            outbox.drain()
        cases = Case.objects.filter(force__is_demonstration=True).count()
        self.stdout.write(f"Demonstration: {len(people)} people, {cases} cases, {added} appointments added.")
