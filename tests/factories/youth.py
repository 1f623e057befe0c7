"""Children with a knife, and the youth justice service that is told of them."""

from datetime import date
from typing import Any

from cases.actions.youth import link_service
from cases.models import Case, YouthDuty, YouthJusticeLink
from diversion.accounts.actions.roles import grant
from diversion.accounts.models import Organisation, Role, User
from referrals.actions.deciding import Support
from tests.factories.cases import crime, decision, person, record

KNIFE = "possession-of-a-bladed-article"
BORN = date(2011, 5, 4)


def serve(cast: dict[str, User], valid_from: date = date(2026, 1, 1)) -> YouthJusticeLink:
    """Avonford Youth Justice (yusuf) serves Avonford Police."""
    return link_service(service=cast["yusuf"].organisation, valid_from=valid_from, by=cast["elin"])


def another_worker(name: str = "Rosa Lind") -> User:
    """A worker of a youth justice service that nobody else knows of."""
    slug = name.lower().replace(" ", "-")
    service = Organisation.objects.create(name=f"{name}’s service", slug=slug, kind=Organisation.Kind.YOUTH_JUSTICE)
    user = User.objects.create(email=f"{slug}@youth.example", full_name=name, organisation=service)
    grant(user=user, role=Role.objects.get(slug="youth-justice-worker"), by=None)
    return user


def child_with_knife(by: User, **changes: Any) -> Case:
    """A case of a child of 15 found with a knife, to whom nothing was offered unless ``changes`` say so."""
    values: dict[str, Any] = {
        "person": person(given_names="Kim", family_name="Young", date_of_birth=BORN),
        "crimes": [crime(KNIFE)],
        "decision": decision(result="not_offered", disposal="", not_offered_reason="too_serious"),
        "support": Support(),
    }
    return record(by, **(values | changes))


def duty_of(case: Case) -> YouthDuty:
    """The one live duty of a case."""
    return YouthDuty.objects.live().get(case=case)
