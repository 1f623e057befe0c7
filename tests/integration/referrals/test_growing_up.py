"""Young people in support: what a parent is told, and what follows on the 18th birthday."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, Person
from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Outdated, Refused
from referrals.actions import growing_up, partner, reminding
from referrals.actions.standing import restate
from referrals.models import NextDue, ParentRule, Referral, Scheme
from referrals.queries.reminders import texts_of
from tests.conftest import Cast
from tests.factories.cases import decision, person, refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]
BIRTHDAY = date(2026, 9, 8)  # 90 days after the frozen 10 June


def helped(cast: Cast, turns_18: date = BIRTHDAY) -> Referral:
    """Zebedee Quill, whom George helps, and who turns 18 on that day."""
    scheme = Scheme.objects.filter(slug="drug-diversion").first() or adopt_scheme(
        "drug-diversion", cast, provider="hugh"
    )
    known = {"telephone": "07700 900 777", "safe_contact_texts": "waking"}
    who = person(given_names="Zebedee", family_name="Quill", **known)
    sent = refer(cast["amara"], scheme.versions.latest("valid_from"), person=who, decision=decision(rationale="Helps."))
    Person.objects.filter(pk=sent.case.person_id).update(date_of_birth=turns_18.replace(year=turns_18.year - 18))
    restate(Case.objects.filter(pk=sent.case_id))
    young = Referral.objects.get(pk=sent.pk)
    return partner.accept(referral=young, navigator=cast["george"], version=young.version, by=cast["hugh"])


def agrees(referral: Referral, cast: Cast, *, version: int = 0, **said: Any) -> ParentRule:
    given = {"adult": "Rose Quill", "may_be_told": "progress", "also_after_18": False, "after_18": ""} | said
    return growing_up.agree_parent(referral=referral, version=version, by=cast["george"], **given)


@pytest.mark.parametrize("who", ["george", "hugh"])
def test_asked_for_from_90_days_before_until_it_is_answered(who: str, cast: Cast, signed_in: SignIn) -> None:
    """On their birthday they would stand without a worker, or with one who never asked what they want."""
    referral = helped(cast, BIRTHDAY + timedelta(days=1))
    board, page = reverse("caseload"), reverse("referral_page", args=[referral.reference])
    asks, ask_them = b"They turn 18", b"Ask what support they want"
    assert asks not in signed_in(cast[who]).get(board).content
    with clock.set_to(clock.now() + timedelta(days=1)):
        client = signed_in(cast[who])
        shown = client.get(board).content
        assert (asks in shown, f"{page}#parents".encode() in shown, b"9 September 2026" in shown) == (True,) * 3
        assert ask_them in client.get(page).content
        said = {"adult": "", "may_be_told": "", "after_18": "adult", "version": "0"}
        assert (
            signed_in(cast["george"]).post(reverse("parents_agree", args=[referral.reference]), said).status_code == 302
        )
        assert asks not in client.get(board).content
        after = client.get(page).content
        assert (ask_them in after, b"To be introduced to a service for adults" in after) == (False, True)


def test_nobody_is_asked_of_somebody_who_came_as_an_adult(cast: Cast, signed_in: SignIn) -> None:
    """A list of everybody's birthdays would be read by nobody."""
    referral = helped(cast, clock.today())
    assert NextDue.objects.get(referral=referral).adult_on is None
    page = signed_in(cast["george"]).get(reverse("referral_page", args=[referral.reference]))
    assert b'id="parents"' not in page.content
    with pytest.raises(Refused, match="18 or over"):
        agrees(referral, cast)


def test_who_was_born_on_29_february_is_a_child_for_all_of_28_february(cast: Cast) -> None:
    """Sent on that day, their page would ask what they want at 18, and no board would ever name them."""
    referral = helped(cast)
    Person.objects.filter(pk=referral.case.person_id).update(date_of_birth=date(2008, 2, 29))
    Referral.objects.filter(pk=referral.pk).update(made_at=clock.moments_at(date(2026, 2, 28), time(9))[0])
    restate(Case.objects.filter(pk=referral.case_id))
    assert NextDue.objects.get(referral=referral).adult_on == date(2026, 3, 1)


def test_a_parent_is_told_nothing_more_from_the_birthday_on(cast: Cast, signed_in: SignIn) -> None:
    """A mother who rings the day after would still hear what an adult does not want told."""
    referral = helped(cast)
    page = reverse("referral_page", args=[referral.reference])
    agrees(referral, cast)
    assert b"Rose Quill: Appointments and how it goes" in signed_in(cast["george"]).get(page).content
    with clock.set_to(clock.now() + timedelta(days=90)):
        assert b"Nothing any more: they are 18" in signed_in(cast["george"]).get(page).content
        agrees(referral, cast, also_after_18=True, version=1)
        assert b"Rose Quill: Appointments and how it goes" in signed_in(cast["george"]).get(page).content


@pytest.mark.parametrize("goes_on", [False, True])
def test_texts_that_a_parent_agreed_to_end_at_18_unless_they_go_on(goes_on: bool, cast: Cast) -> None:
    """The telephone of a child is often a parent's, who would read the appointments of an adult."""
    referral = helped(cast)
    said: dict[str, Any] = {"texts": "day", "names_service": False, "by": cast["george"], "referral": referral}
    reminding.agree_texts(**said, with_parent=True, version=0)
    agrees(referral, cast, also_after_18=goes_on)
    with clock.set_to(clock.now() + timedelta(days=89)):
        assert texts_of([referral])[referral.pk].why_not == ""
    with clock.set_to(clock.now() + timedelta(days=90)):
        assert ("they are 18 now" in texts_of([referral])[referral.pk].why_not) == (not goes_on)
        reminding.agree_texts(**said, with_parent=True, version=1)  # asked anew, of the same
        assert texts_of([referral])[referral.pk].why_not == ""


def test_who_is_told_is_named_and_what_was_typed_stays(cast: Cast, signed_in: SignIn) -> None:
    """Whoever answers the telephone could not tell whether it is she who may be told."""
    referral = helped(cast)
    sent = {"adult": " ", "may_be_told": "meetings", "after_18": "stay", "also_after_18": "on", "version": "0"}
    answer = signed_in(cast["george"]).post(reverse("parents_agree", args=[referral.reference]), sent)
    assert (answer.status_code, b"Name the parent or carer who may be told" in answer.content) == (422, True)
    assert b'value="stay" checked' in b" ".join(answer.content.split())
    with pytest.raises(Refused, match="Name the parent"):
        agrees(referral, cast, adult="")


def test_what_is_not_asked_yet_stays_and_two_workers_do_not_undo_each_other(cast: Cast, signed_in: SignIn) -> None:
    """An answer given in good time would be lost by the next change of the name."""
    referral = helped(cast, BIRTHDAY + timedelta(days=30))
    agrees(referral, cast, after_18="stay")
    sent = {"adult": "Ada Quill", "may_be_told": "meetings", "version": "1"}
    assert signed_in(cast["george"]).post(reverse("parents_agree", args=[referral.reference]), sent).status_code == 302
    assert ParentRule.objects.values_list("adult", "after_18", "version").get() == ("Ada Quill", "stay", 2)
    assert agrees(referral, cast, adult="Ada Quill", may_be_told="meetings", after_18="stay", version=2).version == 2
    with pytest.raises(Outdated):
        agrees(referral, cast, version=1)
