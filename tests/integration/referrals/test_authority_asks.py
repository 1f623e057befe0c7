"""What whoever authorises says in fields of their own, beside their reason."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Authorisation, AuthorisationQuestion, Case, ProsecutorReferral
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions import deciding
from referrals.actions.correcting import correct_crime
from referrals.actions.deciding import Support
from tests.conftest import Cast
from tests.factories.cases import by_prosecutor, crime, decision, record, sign
from tests.factories.ground import rank

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
SIMILAR = [{"outcome": "simple_caution", "date": "2025-01-10", "similar": True}]
WORDS = "Her child had just died, and the shop asks for no more."
ASKED = "What makes the circumstances exceptional"


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def url(case: Case) -> str:
    return reverse("authorise", args=[case.reference])


def caution(by: User, **changes: Any) -> Case:
    simple = decision(disposal="simple_caution")
    return record(by, decision=simple, support=Support(), crimes=[crime("criminal-damage")], **changes)


@pytest.fixture
def second(cast: Cast) -> Case:
    """A second caution for a similar offence within two years: exceptional circumstances, and an inspector."""
    return caution(cast["amara"], earlier_outcomes="caution", answers={"earlier": SIMILAR})


def said(case: Case, by: User, **changes: Any) -> dict[str, Any]:
    usual = {"case": case, "rationale": "Proportionate.", "seen": case.corrections.count(), "by": by}
    return usual | {"evidence_met": True} | changes


def test_nobody_authorises_a_second_caution_without_saying_what_is_exceptional(
    cast: Cast, second: Case, signed_in: SignIn
) -> None:
    """A court would ask what was exceptional, and read "Agreed."; what was typed meanwhile would be lost."""
    client, sent = (
        signed_in(cast["david"]),
        {"decision": "authorise", "evidence_met": "on", "rationale": "A fair end.", "seen": "0"},
    )
    assert ASKED in text_of(client.get(url(second)))
    page = text_of(client.post(url(second), sent))
    assert "Say what makes the circumstances exceptional, in a sentence" in page
    assert "A fair end." in page
    assert client.post(url(second), sent | {"exceptional": WORDS}).status_code == 302
    case_page = text_of(client.get(reverse("case_page", args=[second.reference])))
    assert f'Exceptional circumstances</dt> <dd class="govuk-summary-list__value"> {WORDS}' in case_page
    assert f"A fair end. Exceptional circumstances: {WORDS}" in case_page.partition("moj-timeline")[2]


def test_the_action_refuses_it_too_and_a_change_of_the_words_is_no_second_sending(cast: Cast, second: Case) -> None:
    """By whatever way it comes; words put right would be answered with "Authorised" and dropped."""
    with pytest.raises(Refused, match="say what makes them exceptional"):
        deciding.authorise(**said(second, cast["david"], exceptional="  "))
    deciding.authorise(**said(second, cast["david"], exceptional=WORDS))
    deciding.authorise(**said(second, cast["david"], exceptional=WORDS))
    with pytest.raises(Outdated):
        deciding.authorise(**said(second, cast["david"], exceptional="Her mother had died."))
    assert Authorisation.objects.get(case=second).exceptional == WORDS


def test_a_refusal_says_nothing_of_exceptional_circumstances(cast: Cast, second: Case, signed_in: SignIn) -> None:
    """Whoever finds none would have to invent some to say no."""
    sent = {"decision": "refuse", "rationale": "Nothing about it is exceptional.", "seen": "0"}
    assert signed_in(cast["david"]).post(url(second), sent).status_code == 302
    given = Authorisation.objects.get(case=second)
    assert (given.state, given.exceptional) == (Authorisation.State.REFUSED, "")


def test_what_was_typed_stands_again_for_whoever_returned_it_with_a_question(
    cast: Cast, second: Case, signed_in: SignIn
) -> None:
    """An inspector who asks one thing first would write the circumstances again, from memory, or shorter."""
    david = signed_in(cast["david"])
    sent = {"decision": "ask", "rationale": "Does the shop agree?", "exceptional": WORDS, "evidence_met": "on"}
    told = text_of(david.post(url(second), sent, follow=True))
    assert "What else you had typed is kept" in told
    page = text_of(david.get(url(second)))
    assert f"{WORDS}</textarea>" in page
    assert "checked" not in page.partition(CERTIFY)[0].rpartition("evidence_met")[2]  # a certificate is given anew
    rank(cast["carol"], "inspector")
    assert WORDS not in text_of(signed_in(cast["carol"]).get(url(second)))
    david = signed_in(cast["david"])
    refused = {"decision": "refuse", "rationale": "No.", "seen": "0", "exceptional": WORDS}
    assert david.post(url(second), refused).status_code == 302
    assert AuthorisationQuestion.objects.get().typed == {}
    assert not Event.objects.filter(detail__icontains="had just died").exists()


def test_what_was_typed_outlives_a_referral_to_a_prosecutor_instead(
    cast: Cast, second: Case, signed_in: SignIn
) -> None:
    """An inspector who sees half-way that it is a prosecutor's would write it all again, from memory, or shorter."""
    david, address = signed_in(cast["david"]), reverse("with_prosecutor", args=[second.reference])
    form = david.get(url(second)).content.decode()
    assert re.search(rf'<button[^>]*name="begin"[^>]*formaction="{address}"', form)
    begun = david.post(address, {"begin": "1", "rationale": "She is at risk.", "exceptional": WORDS, "seen": "0"})
    assert begun.status_code == 200
    page = begun.content.decode()
    assert "She is at risk.</textarea>" in page
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert (hidden["exceptional"], hidden["refer"]) == (WORDS, "yes")
    sent = hidden | {"reason": "She is at risk.", "question": "", "due_on": "20 June 2026"}
    assert WORDS in david.post(address, sent).content.decode(), "nor is it lost where something is missing"
    told = text_of(david.post(address, sent | {"question": "Is it agreed?"}, follow=True))
    assert "What else you had typed is kept" in told
    late = david.post(address, {"begin": "1", "rationale": "Once more."})
    assert (late.status_code, "Once more." in late.content.decode()) == (422, True)
    take_back = reverse("prosecutor_take_back", args=[second.reference])
    assert david.post(take_back, {"because": "Decided here."}).status_code == 302
    assert f"{WORDS}</textarea>" in text_of(david.get(url(second)))
    rank(cast["carol"], "inspector")
    assert WORDS not in text_of(signed_in(cast["carol"]).get(url(second))), "nobody reads another's"
    deciding.refuse(case=second, rationale="No.", seen=0, by=cast["david"])
    assert ProsecutorReferral.objects.get().typed == {}, "what was only begun goes with the decision"


def test_a_first_caution_is_not_asked(cast: Cast, signed_in: SignIn) -> None:
    """A sergeant would learn to type "None" into a box of the law's."""
    case = caution(cast["amara"])
    assert ASKED not in text_of(signed_in(cast["carol"]).get(url(case)))
    deciding.authorise(**said(case, cast["carol"], exceptional=WORDS))
    assert Authorisation.objects.get(case=case).exceptional == ""


def test_where_it_is_not_known_whether_it_must_be_said_it_may_be_left_out(cast: Cast, signed_in: SignIn) -> None:
    """The authoriser would invent circumstances for an offence that is on no list."""
    case = caution(
        cast["amara"],
        answers={
            "facts": {"gravity_score": 2, "specified_offence": None},
            "not_known": {"specified_offence": "The list was not at hand"},
        },
    )
    client, sent = (
        signed_in(cast["david"]),
        {"decision": "authorise", "evidence_met": "on", "rationale": "Fair.", "seen": "0"},
    )
    assert "it is not known yet whether they are needed" in text_of(client.get(url(case)))
    assert client.post(url(case), sent).status_code == 302


def test_a_correction_keeps_what_was_said_before_and_asks_again(cast: Cast, second: Case) -> None:
    """What the first authoriser answered for would be gone, or stand under the name of the second."""
    deciding.authorise(**said(second, cast["david"], exceptional=WORDS))
    one = second.allegations.get()
    changes = {"committed_on": one.committed_on.replace(day=1), "offence": one.offence, "area": "", "reason": "Slip."}
    correction = correct_crime(allegation=one, by=cast["amara"], seen=0, **changes)
    again = Authorisation.objects.get(case=second)
    assert (again.state, again.exceptional) == (Authorisation.State.WAITING, "")
    correction.refresh_from_db()
    assert WORDS in correction.authorised_before["rationale"]
    with pytest.raises(Refused, match="say what makes them exceptional"):
        deciding.authorise(**said(second, cast["david"]))


CERTIFY = "I certify that the evidence is enough to charge"


def test_nobody_authorises_a_caution_without_certifying_the_evidence(cast: Cast, signed_in: SignIn) -> None:
    """A caution would stand on evidence for which nobody answers; and a tick that is set already is no word."""
    case = caution(cast["amara"])
    client, sent = signed_in(cast["carol"]), {"decision": "authorise", "rationale": "A fair end.", "seen": "0"}
    page = text_of(client.get(url(case)))
    assert CERTIFY in page
    assert " checked" not in page
    refused = text_of(client.post(url(case), sent))
    assert "Tick that the evidence is enough to charge" in refused
    assert "A fair end." in refused
    with pytest.raises(Refused, match="Certify that the evidence is enough"):
        deciding.authorise(**said(case, cast["carol"]) | {"evidence_met": False})
    assert client.post(url(case), sent | {"evidence_met": "on"}).status_code == 302
    case_page = text_of(client.get(reverse("case_page", args=[case.reference])))
    assert "Enough to charge, certified by Carol Singh, sergeant" in case_page
    assert "Certified that the evidence is enough to charge." in case_page.partition("moj-timeline")[2]
    sign(case)
    closed = text_of(signed_in(cast["amara"]).get(reverse("case_ending", args=[case.reference])))
    assert "Evidence enough to charge, certified by Carol Singh, sergeant." in closed


def test_a_refusal_certifies_nothing(cast: Cast) -> None:
    """Whoever finds too little evidence says no, and would stand on record as finding enough."""
    case = caution(cast["amara"])
    refused = {name: value for name, value in said(case, cast["carol"]).items() if name != "evidence_met"}
    deciding.refuse(**refused)
    assert not Authorisation.objects.get(case=case).evidence_certified


def test_a_resolution_that_needs_less_evidence_asks_for_no_certificate(cast: Cast, signed_in: SignIn) -> None:
    """A sergeant would certify for a community resolution what nobody needs, or refuse one that is lawful."""
    case = record(cast["amara"], crimes=[crime("criminal-damage", is_hate_crime=True)], support=Support())
    Authorisation.objects.filter(case=case).update(rank="inspector")
    assert CERTIFY not in text_of(signed_in(cast["david"]).get(url(case)))
    deciding.authorise(**said(case, cast["david"]) | {"evidence_met": False})
    assert not Authorisation.objects.get(case=case).evidence_certified


def test_where_a_prosecutor_decided_no_police_officer_certifies(cast: Cast, signed_in: SignIn) -> None:
    """An inspector who writes down what a prosecutor decided would answer for a test that was never theirs."""
    case = caution(cast["amara"])
    Authorisation.objects.filter(case=case).update(rank="prosecutor")
    assert CERTIFY not in text_of(signed_in(cast["david"]).get(url(case)))
    deciding.authorise(**said(case, cast["david"], prosecutor=by_prosecutor()) | {"evidence_met": False})
    given = Authorisation.objects.get(case=case)
    assert (given.prosecutor, given.evidence_certified) == ("Ada Lawson", False)
