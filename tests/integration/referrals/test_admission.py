"""The person's words of admission, where the law gives what is offered to nobody who has not admitted it."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.actions.admitting import Admitted
from cases.models import Case, WordsOfAdmission
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import deciding
from referrals.actions.deciding import Support
from referrals.actions.explaining import explain_and_sign
from referrals.models import Agreement
from tests.conftest import Cast
from tests.factories.cases import crime, decision, record
from tests.factories.decisions import crime as typed_crime
from tests.factories.decisions import posted

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
ASKED = "What they said when they admitted it, in their own words"
WORDS = "I broke it, <i>and</i> I am sorry."


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def caution(cast: Cast) -> Case:
    simple = decision(disposal="simple_caution")
    case = record(cast["amara"], decision=simple, support=Support(), crimes=[crime("criminal-damage")])
    deciding.authorise(evidence_met=True, case=case, rationale="Fair.", seen=0, by=cast["carol"])
    return Case.objects.get(pk=case.pk)


def test_a_caution_keeps_what_the_person_said_and_where_it_is_recorded(cast: Cast, signed_in: SignIn) -> None:
    """A caution without a real admission was quashed: nobody could show what had been said, or where to hear it."""
    case, officer = caution(cast), signed_in(cast["amara"])
    explain = reverse("case_explain", args=[case.reference])
    assert ASKED in text_of(officer.get(explain))
    sent = {"read_aloud": "on", "admits": "yes", "result": "signed", "signed_as": "Sam Price"}
    page = officer.post(explain, sent | {"admitted_words": "...", "admitted_reference": "X/7"})
    told = text_of(page)
    assert page.status_code == 422
    assert "Enter what they said when they admitted it" in told
    assert "Choose where their words of admission are recorded" in told
    assert 'value="X/7"' in told
    assert 'value="Sam Price"' in told
    elsewhere = text_of(officer.post(explain, sent | {"admitted_words": WORDS, "admitted_in": "other"}))
    assert "Say where it is recorded: enter its reference" in elsewhere
    assert WORDS in elsewhere
    assert not WordsOfAdmission.objects.exists()
    whole = {"admitted_words": f" {WORDS} ", "admitted_in": "video", "admitted_reference": "BWV/7"}
    assert officer.post(explain, sent | whole).status_code == 302
    kept = WordsOfAdmission.objects.get(case=case)
    assert (kept.words, kept.recorded_in, kept.reference, kept.heard_by) == (WORDS, "video", "BWV/7", cast["amara"])
    shown = officer.get(reverse("case_page", args=[case.reference])).content.decode()
    assert "Words of admission" in shown
    assert shown.count("I broke it, &lt;i&gt;and&lt;/i&gt; I am sorry.") == 2  # on the decision, and in the history
    assert "Offence admitted" in shown
    ending = text_of(officer.get(reverse("case_ending", args=[case.reference])))
    assert f"Admitted: “{WORDS}” Body-worn video, BWV/7; to {cast['amara']}" in ending
    assert f"“{WORDS}”" in text_of(signed_in(cast["carol"]).get(reverse("authorise", args=[case.reference])))
    assert not Event.objects.filter(detail__icontains="I broke it").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM cases_wordsofadmissionevent")
        assert cursor.fetchall() == [(WORDS,)]


def test_by_whatever_way_it_comes_a_caution_without_them_is_refused(cast: Cast) -> None:
    """Whoever calls the action would caution somebody of whom nobody can say what they admitted."""
    case = caution(cast)
    for said, match in (
        (None, "in their own words"),
        (Admitted(" ? ", "video"), "in their own words"),
        (Admitted(WORDS, "memory"), "Choose where"),
        (Admitted(WORDS, "other", " "), "enter its reference"),
    ):
        with pytest.raises(Refused, match=match):
            explain_and_sign(case=case, admits=True, admitted=said, signed_as="Sam", by=cast["amara"])
    assert not Agreement.objects.exists()


def test_a_warning_that_the_officer_gives_alone_asks_them_where_it_is_signed(cast: Cast, signed_in: SignIn) -> None:
    """A warning rests on an admission as a caution does; of a community resolution nothing more is asked."""
    officer, address = signed_in(cast["amara"]), reverse("record_decision")
    small = {"fact-drug": "cannabis", "fact-small_quantity": "true", "conditions-0-kind": "", "gravity_score": None}
    sent = {**typed_crime(0, offence="possession-of-cannabis", victim_kind="none", victim_name=None), **small}
    sent |= {"crimes-0-victim_stance": None}
    spare = {"admitted_words": WORDS, "admitted_in": "interview"}
    page = text_of(officer.post(address, posted(**sent, disposal="cannabis_warning", show="1")))
    assert ASKED in page
    other = officer.post(address, posted(**sent, **spare, disposal="community_resolution", show="1")).content.decode()
    assert ASKED not in other
    assert 'type="hidden" name="admitted_words" value="I broke it' in other  # the first offer may be chosen again
    refused = officer.post(address, posted(**sent, disposal="cannabis_warning"))
    assert "Enter what they said when they admitted it" in text_of(refused)
    assert not Case.objects.exists()
    given = officer.post(address, posted(**sent, **spare, disposal="cannabis_warning"))
    assert given.status_code == 302, text_of(given)[:4000]
    kept = WordsOfAdmission.objects.get()
    assert (kept.case.decision.disposal, kept.words, kept.recorded_in) == ("cannabis_warning", WORDS, "interview")
    mild = officer.post(address, posted(**spare, given_names="Kit"))
    assert mild.status_code == 302
    assert WordsOfAdmission.objects.count() == 1
