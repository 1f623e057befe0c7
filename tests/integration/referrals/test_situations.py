"""Situations that the page "Record a decision" must carry, each as the officer meets it.

A child with a knife at night is in test_left_open, domestic abuse with a conditional caution in test_explaining.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Authorisation, Case, OutboxEntry, Person
from diversion.accounts.models import User
from referrals.models import Agreement, DecisionDraft, HelpRequest, Referral, Slot
from tests.conftest import Cast
from tests.factories.cases import person, record
from tests.factories.decisions import crime, posted
from tests.factories.ground import adopt_scheme
from tests.factories.helping import typed as asked_on_the_page

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
NO_VICTIM = dict.fromkeys(("crimes-0-victim_kind", "crimes-0-victim_name", "crimes-0-victim_stance"))


@pytest.fixture
def officer(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["amara"])


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_shop_theft_at_19_by_somebody_known_to_the_force(officer: Client, cast: Cast) -> None:
    """What came earlier, and that a sergeant decides because of it, is found out before the person has said yes."""
    kyle = {"given_names": "Kyle", "family_name": "Ellis", "date_of_birth": date(2007, 5, 14)}
    known = record(cast["amara"], person=person(**kyle)).person
    page = words_of(officer.get(reverse("record_decision"), {"person": known.pk}))
    assert page.index("On this force’s record: <strong>Community resolution") < page.index('id="offers"')

    typed = posted(
        **kyle,
        existing=str(known.pk),
        person_version=str(known.version),
        earlier_outcomes="resolution",
        **crime(0, number="AV/9/26"),
        **{
            "earlier-TOTAL_FORMS": "1",
            "earlier-INITIAL_FORMS": "1",
            "earlier-0-outcome": "community_resolution",
            "earlier-0-on": "2026-06-10",
            "earlier-0-similar": "true",
            "earlier-0-ours": "on",
        },
    )
    page = words_of(officer.post(reverse("record_decision"), typed | {"show": "1"}))
    offer = page.partition('value="community_resolution:"')[2].partition("</div> </div>")[0]
    assert "a sergeant decides" in offer
    assert "What you propose" in page
    response = officer.post(reverse("record_decision"), typed)
    assert response.status_code == 302, words_of(response)[:3000]
    assert Authorisation.objects.get().rank == "sergeant"
    assert Agreement.objects.exclude(case__person=known, case__authorisation__isnull=True).count() == 0


def test_cannabis_at_the_roadside(officer: Client, cast: Cast) -> None:
    """No victim is asked about, the appointment is taken there and then, and the constable goes on alone."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    nine = datetime(2026, 6, 12, 9, tzinfo=UTC)
    slot = Slot.objects.create(version=version, starts_at=nine, place="Harbour House, 21 Quay Street")
    typed = posted(version, **crime(0, offence="possession-of-cannabis") | NO_VICTIM, slot=str(slot.pk))
    page = words_of(officer.post(reverse("record_decision"), typed | {"show": "1"}))
    assert 'name="crimes-0-victim_kind"' not in page
    first = page.partition('id="id_option"')[2].partition("</div> </div>")[0]
    for said in ("Community resolution with Drug diversion", "you may go on", "10am, Harbour House, 21 Quay Street"):
        assert said in first
    assert "What the person agrees to" in page
    response = officer.post(reverse("record_decision"), typed)
    assert response.status_code == 302, words_of(response)[:3000]
    case = Case.objects.get()
    assert Referral.objects.get().appointments.get().starts_at == nine
    assert case.agreement.conditions.exists()
    assert not Authorisation.objects.exists()


def test_met_at_night_nothing_done_wants_help(officer: Client, cast: Cast, signed_in: SignIn) -> None:
    """Somebody who did nothing would stand in a police record for having asked for help, or wait until the morning."""
    adopt_scheme("lead", cast, provider="hugh")
    page = words_of(officer.get(reverse("get_help")))
    assert "ring 999" in page
    assert not [asked for asked in ("date_of_birth", "crimes-", "admission", 'type="search"') if asked in page]
    sent = officer.post(reverse("get_help"), asked_on_the_page(), follow=True)
    assert "Sent to Harbour Trust" in words_of(sent)
    assert not [model for model in (Person, Case, DecisionDraft, OutboxEntry) if model.objects.exists()]
    for kept in (reverse("get_help"), reverse("case_list")):
        assert "Robin" not in words_of(officer.get(kept))
    assert HelpRequest.objects.visible_to(cast["amara"]).count() == 0

    worker = signed_in(cast["george"])
    assert "Somebody asks for help, and nobody helps yet." in words_of(worker.get(reverse("caseload")))
    assert "Robin Marked" in words_of(worker.get(reverse("help_list")))
