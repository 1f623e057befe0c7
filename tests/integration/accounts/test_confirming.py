"""A screen left open in the sergeants' office: whoever passes by decides nothing in the sergeant's name."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cases.models import Authorisation, Case
from diversion import clock
from diversion.accounts.confirming import GOOD_FOR
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.audit.sign_ins import FAILED, REFUSED
from diversion.demonstration.cast import PASSWORD
from referrals.actions.deciding import Support
from tests.conftest import NOW, Cast
from tests.factories.cases import decision, record

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
LATER = NOW + GOOD_FOR
BOX = 'name="password"'


@pytest.fixture(autouse=True)
def _uncounted() -> Iterator[None]:
    """Guesses made here must not refuse a sign-in of another test in this process."""
    yield
    cache.clear()


@pytest.fixture
def waiting(cast: Cast) -> Case:
    return record(cast["amara"], decision=decision(disposal="simple_caution"), support=Support())


@pytest.fixture
def left_open(cast: Cast, signed_in: SignIn) -> Client:
    """The sergeant's browser, signed in five minutes ago."""
    return signed_in(cast["carol"])


def answer(client: Client, case: Case, **given: str) -> Any:
    data = {"seen": "0", "decision": "authorise", "evidence_met": "on", "rationale": "First offence", **given}
    return client.post(reverse("authorise", args=[case.reference]), data)


def state(case: Case) -> str:
    return Authorisation.objects.get(case=case).state


def test_an_open_screen_authorises_nothing(waiting: Case, left_open: Client) -> None:
    """The one who signed in would answer for a caution that they never saw. What was typed stays."""
    with clock.set_to(LATER):
        response = answer(left_open, waiting)
    page = response.content.decode()
    assert (response.status_code, state(waiting)) == (422, Authorisation.State.WAITING)
    assert "Enter your password" in page
    assert "First offence" in page


def test_the_password_authorises_and_holds_for_five_minutes(cast: Cast, waiting: Case, left_open: Client) -> None:
    """A sergeant with a queue would type it for each person in it."""
    second = record(cast["amara"], decision=decision(disposal="simple_caution"), support=Support())
    with clock.set_to(LATER):
        assert answer(left_open, waiting, password=PASSWORD).status_code == 302
    with clock.set_to(LATER + GOOD_FOR - timedelta(seconds=1)):
        assert BOX not in left_open.get(reverse("authorise", args=[second.reference])).content.decode()
        assert answer(left_open, second).status_code == 302
    assert state(waiting) == state(second) == Authorisation.State.GIVEN


def test_the_box_is_there_when_it_will_be_asked(waiting: Case, left_open: Client) -> None:
    """Somebody who fills in the page and is then asked for more has been misled."""
    address = reverse("authorise", args=[waiting.reference])
    assert BOX not in left_open.get(address).content.decode()
    with clock.set_to(LATER):
        assert BOX in left_open.get(address).content.decode()


def test_a_question_needs_no_password(waiting: Case, left_open: Client) -> None:
    """It decides nothing."""
    with clock.set_to(LATER):
        assert answer(left_open, waiting, decision="ask").status_code == 302


def test_a_right_password_is_not_asked_for_again_when_something_else_is_wrong(waiting: Case, left_open: Client) -> None:
    with clock.set_to(LATER):
        page = answer(left_open, waiting, password=PASSWORD, rationale="").content.decode()
    assert "Say why, in a sentence" in page
    assert BOX not in page


def test_a_clock_set_back_does_not_make_a_sign_in_good_for_ever(waiting: Case, left_open: Client) -> None:
    with clock.set_to(NOW - timedelta(hours=1)):
        assert answer(left_open, waiting).status_code == 422


def test_guesses_are_told_and_slowed(cast: Cast, waiting: Case, left_open: Client) -> None:
    """A page behind the sign-in would be the place to guess a password without anybody hearing of it."""
    with clock.set_to(LATER):
        for _ in range(10):
            assert "not your password" in answer(left_open, waiting, password="wrong").content.decode()
        assert "Too many" in answer(left_open, waiting, password=PASSWORD).content.decode()
    told = Event.objects.filter(subjects__contains=[f"accounts.user:{cast['carol'].pk}"])
    assert [told.filter(kind=kind).count() for kind in (FAILED, REFUSED)] == [10, 1]
    assert state(waiting) == Authorisation.State.WAITING


@pytest.mark.parametrize(("then_right", "is_told"), [(True, False), (False, True)])
def test_a_slip_before_a_decision_is_told_unless_the_right_one_follows(
    then_right: bool, is_told: bool, cast: Cast, waiting: Case, left_open: Client
) -> None:
    """Whoever tries passwords at a screen that was left open goes away; its owner types it once more."""
    with clock.set_to(LATER):
        answer(left_open, waiting, password="wrong")
        if then_right:
            answer(left_open, waiting, password=PASSWORD)
    again = Client()
    with clock.set_to(LATER + timedelta(days=1)):
        again.post("/accounts/login/", {"login": cast["carol"].email, "password": PASSWORD})
        page = again.get("/", follow=True).content.decode()
    assert ("somebody failed to sign in" in page) is is_told


def test_a_policy_and_a_change_of_an_agreement_ask_too() -> None:
    """The kind: each form that puts a name to a decision."""
    from diversion.accounts.confirming import ConfirmedForm
    from referrals.forms.authorising import AuthoriseForm
    from referrals.forms.policies import SecondSignForm, SignForm
    from referrals.forms.varying import DecideChangeForm

    forms = (AuthoriseForm, DecideChangeForm, SignForm, SecondSignForm)
    assert all(issubclass(form, ConfirmedForm) for form in forms)
