"""Crimes of the made-up force's record system, not decided yet: Record a decision finds them by their number."""

from datetime import timedelta

from cases.actions.known_crimes import bring_crimes
from cases.intake.crimes import read_crimes
from cases.models import Case, KnownCrime, Offence
from diversion import clock
from diversion.accounts.models import User

#: Of one crime the suspect is somebody on record here; of another two are named, who are not.
NUMBERS = ("AV/1234/26", "AV/1235/26", "AV/1236/26")


def tell(officer: User) -> None:
    """Bring them in where they are not there: after the first start, and once they were kept as long as they are."""
    force = officer.organisation
    if KnownCrime.objects.filter(force=force, number=NUMBERS[0]).exists():
        return
    known = Case.objects.filter(force=force, closed_at__isnull=False).select_related("person").order_by("pk").first()
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    crime = {"committed_on": yesterday, "area": "Northgate"}
    shop = crime | {"number": NUMBERS[0], "offence": "Theft from a shop", "victim": "Hart's", "victim_kind": "business"}
    if known is not None:
        shop |= {"person": str(known.person), "born": known.person.date_of_birth.isoformat()}
    damage = crime | {"number": NUMBERS[1], "offence": "Criminal damage", "victim": "Ann Cole", "victim_kind": "person"}
    rows = [
        shop,
        damage | {"person": "ELLIS, Kyle", "born": "14/06/2004", "sex": "M"},
        damage | {"person": "Ruby Marlow", "born": "2 May 2001", "sex": "F"},
        crime | {"number": NUMBERS[2], "offence": "Possession of cannabis", "person": "Sean Grant", "born": "9/8/1998"},
    ]
    bring_crimes(told=read_crimes(enumerate(rows), Offence.objects.catalogue(force)), force=force, by=None)
