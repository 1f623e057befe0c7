"""What was recorded wrongly is put right on the case: the telephone, the first appointment, the reasons."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.codes import SafeTexts
from cases.models import Case, Person
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import deciding, partner
from referrals.actions.deciding import Support
from referrals.models import Appointment, Referral, SchemeVersion, Slot
from tests.conftest import Cast
from tests.factories.cases import condition, decision, person, record
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import open_to_all

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]


@pytest.fixture
def version(cast: Cast) -> SchemeVersion:
    scheme = adopt_scheme("pathfinder", cast, provider="hugh")
    found = open_to_all(scheme.versions.latest("valid_from"))
    for days in (2, 3):
        Slot.objects.create(version=found, starts_at=clock.now() + timedelta(days=days), place="Mill Lane", places=1)
    return found


@pytest.fixture
def case(cast: Cast, version: SchemeVersion) -> Case:
    first = Slot.objects.order_by("starts_at").first()
    support = Support(scheme_version=version, slot=first, conditions=[condition()])
    said = person(telephone="07700 900111", safe_contact_texts="day")
    return record(cast["amara"], person=said, support=support, decision=decision(rationale="He askd for help"))


@pytest.fixture
def officer(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["amara"])


def address(case: Case) -> str:
    return reverse("case_amend", args=[case.reference])


def sent(client: Client, case: Case, **changes: Any) -> Any:
    theirs = Person.objects.get(pk=case.person_id)
    said = {"seen": theirs.version, "telephone": theirs.telephone, "safe_contact": theirs.safe_contact}
    said |= {"safe_contact_texts": theirs.safe_contact_texts, "needs_interpreter": "", "slot": ""}
    return client.post(address(case), {**said, "rationale": "He askd for help", **changes}, follow=True)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_mistyped_telephone_is_put_right_and_texts_are_asked_again(officer: Client, case: Case) -> None:
    """The worker would ring a stranger about somebody's offence."""
    page = text_of(officer.get(reverse("case_page", args=[case.reference])))
    assert address(case) in page
    told = text_of(sent(officer, case, telephone="07700 900222"))
    theirs = Person.objects.get()
    assert (theirs.telephone, theirs.safe_contact_texts) == ("07700 900222", SafeTexts.NOT_ASKED)
    assert "ask again whether a text to it is safe" in told
    event = Event.objects.get(kind="case.amended")
    assert "07700" not in str(event.detail)
    assert "Nothing was changed." in text_of(sent(officer, case))


def test_another_appointment_takes_the_place_of_the_first(officer: Client, case: Case, cast: Cast) -> None:
    """Somebody would be expected on a day that they said they cannot come, and the place be lost for others."""
    first, second = Slot.objects.order_by("starts_at")
    sent(officer, case, slot=str(second.pk), rationale="He asked for help")
    referral = Referral.objects.get()
    assert referral.slot == second
    assert list(Appointment.objects.values_list("starts_at", flat=True)) == [second.starts_at]
    assert Case.objects.get().decision.rationale == "He asked for help"
    page = text_of(officer.get(address(case)))
    assert f'value="{first.pk}"' in page
    assert "Choose" not in text_of(sent(officer, case, slot="999999"))
    assert Referral.objects.get().slot == second


def test_once_the_partner_has_answered_only_how_to_reach_them_is_changed(
    officer: Client, case: Case, cast: Cast
) -> None:
    """A partner would wait on a day that police have moved behind their back."""
    referral = Referral.objects.get()
    partner.accept(referral=referral, navigator=None, version=referral.version, by=cast["hugh"])
    page = text_of(officer.get(address(case)))
    assert "The partner has answered" in page
    assert 'name="slot"' not in page
    assert 'name="rationale"' not in page
    sent(officer, case, telephone="07700 900222", slot=str(Slot.objects.last().pk), rationale="Other")  # type: ignore[union-attr]
    assert Person.objects.get().telephone == "07700 900222"
    assert Referral.objects.get().slot == Slot.objects.order_by("starts_at").first()
    assert Case.objects.get().decision.rationale == "He askd for help"


def test_what_a_colleague_changed_meanwhile_is_not_undone(officer: Client, case: Case) -> None:
    """A warning that somebody added would be gone, and nobody would know."""
    Person.objects.update(safe_contact="Not after 6pm", version=9)
    page = text_of(sent(officer, case, seen=1, safe_contact="", telephone="07700 900222"))
    assert "changed" in page
    assert Person.objects.get().safe_contact == "Not after 6pm"
    assert Person.objects.get().telephone == "07700 900111"


def test_reasons_by_which_somebody_decided_stay(officer: Client, cast: Cast) -> None:
    """What a sergeant read would not be what stands on record."""
    case = record(
        cast["amara"], decision=decision(disposal="simple_caution", rationale="He askd for help"), support=Support()
    )
    assert 'name="rationale"' not in text_of(officer.get(address(case)))
    deciding.authorise(evidence_met=True, case=case, rationale="Proportionate", seen=0, by=cast["carol"])
    assert 'name="rationale"' not in text_of(officer.get(address(case)))


def test_nobody_elsewhere_and_nothing_closed(signed_in: SignIn, cast: Cast, case: Case) -> None:
    """A stranger would send a worker to their own telephone."""
    assert 'name="rationale"' not in text_of(signed_in(cast["carol"]).get(address(case)))  # they are amara's
    assert signed_in(cast["ben"]).get(address(case)).status_code == 404
    assert signed_in(cast["hugh"]).get(address(case)).status_code in (403, 404)
    nothing = decision(result="not_offered", not_offered_reason="public_interest", disposal="")
    closed = record(cast["amara"], decision=nothing, support=Support())
    page = signed_in(cast["amara"]).get(address(closed), follow=True)
    assert "This case is closed" in text_of(page)
