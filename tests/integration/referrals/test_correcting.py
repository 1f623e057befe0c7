"""A mistyped crime put right: the clocks and the rules are asked again, and nothing unlawful stands."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Allegation, Authorisation, Case, Correction, Crime, Offence, OutboxEntry
from diversion.accounts.models import Team, User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions import deciding, partner
from referrals.actions.correcting import correct_crime
from referrals.actions.deciding import Support
from referrals.models import Referral, SchemeVersion
from tests.conftest import Cast
from tests.factories.cases import by_prosecutor, crime, decision, person, record, refer
from tests.factories.decisions import crime as typed_crime
from tests.factories.decisions import posted
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import open_to_all
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
ANSWERS = {"evidence": "offence_made_out"}


@made_once
def case(cast: Cast) -> Case:
    return record(cast["amara"], answers=ANSWERS, crimes=[crime("common-assault", number="AV/1/26", area="Town")])


@made_once
def sent(cast: Cast) -> Referral:
    version: SchemeVersion = adopt_scheme("pathfinder", cast, provider="hugh").versions.latest("valid_from")
    version = open_to_all(version)
    return refer(cast["amara"], version, answers=ANSWERS, crimes=[crime("criminal-damage")])


def correct(allegation: Allegation, by: User, **changes: Any) -> Correction:
    values: dict[str, Any] = {
        "committed_on": allegation.committed_on,
        "offence": allegation.offence,
        "area": allegation.area,
        "reason": "Mistyped.",
        "seen": 0,
    }
    return correct_crime(allegation=allegation, by=by, **(values | changes))


def to_indictable(referral: Referral, by: User) -> Correction:
    Offence.objects.filter(code="affray").update(mode="indictable")
    return correct(referral.case.allegations.get(), by, offence=Offence.objects.get(code="affray"))


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_mistyped_number_is_put_right_and_stays_on_the_record(cast: Cast, case: Case) -> None:
    """The outcome would be filed on a stranger's crime, and the right one would stay open in the force's records."""
    correct(case.allegations.get(), cast["amara"], number=" av/2/26 ")
    allegation = Case.objects.get(pk=case.pk).allegations.get()
    assert allegation.crime.number == "AV/2/26"
    assert Correction.objects.get().changes == {"number": ["AV/1/26", "AV/2/26"]}
    assert {one["number"] for row in case.assessments.all() for one in row.answers.get("crimes", [])} == {"AV/2/26"}
    with pytest.raises(Refused, match="Nothing is changed"):
        correct(allegation, cast["amara"], number="AV/2/26", seen=1)


def test_a_number_put_right_moves_nobody_elses_case(cast: Cast, case: Case) -> None:
    """A co-accused would be accused of a crime that they have nothing to do with."""
    other = record(cast["amara"], person=person(given_names="Else"), crimes=[crime("common-assault", number="AV/1/26")])
    victims = [row.victim_id for row in (case.allegations.get(), other.allegations.get())]
    correct(case.allegations.get(), cast["amara"], number="AV/2/26")
    assert other.allegations.get().crime.number == "AV/1/26"
    assert [row.victim_id for row in (case.allegations.get(), other.allegations.get())][1] == victims[1]


def test_a_decision_that_was_authorised_waits_again_when_its_number_changes(cast: Cast) -> None:
    """A caution given for one crime would be moved to another with nobody of rank having seen it."""
    caution = {"decision": decision(disposal="simple_caution"), "support": Support()}
    held = record(cast["amara"], crimes=[crime(number="AV/1/26")], **caution)
    deciding.authorise(evidence_met=True, case=held, rationale="Seen.", seen=held.corrections.count(), by=cast["carol"])
    correct(held.allegations.get(), cast["amara"], number="AV/2/26")
    assert Authorisation.objects.get(case=held).state == Authorisation.State.WAITING
    assert Correction.objects.get().authorised_before["by"] == "Carol Singh, sergeant"


ODD = ["AV/2\u200b/26", "AV/2/26\u200e", "\u202eav/2/26", "AV/2/26 \u00ad"]
NO_NUMBERS = ["ß" * 40, "NO NUMBER YET", "no number yet 12", "\u200b"]


@pytest.mark.parametrize("odd", ODD, ids=["width", "direction", "turned", "hyphen"])
def test_a_mark_that_nobody_sees_makes_no_other_crime(odd: str, cast: Cast, case: Case) -> None:
    """One crime of one person would be settled twice, in two cases."""
    correct(case.allegations.get(), cast["amara"], number=odd)
    assert case.allegations.get().crime.number == "AV/2/26"


@pytest.mark.parametrize("odd", NO_NUMBERS, ids=["grows", "none", "none-12", "unseen"])
def test_what_is_no_number_is_refused(odd: str, cast: Cast, case: Case) -> None:
    """Two people's cases would share a crime that is none, or the page would fail."""
    with pytest.raises(Refused, match=r"Enter the crime number|Nothing is changed"):
        correct(case.allegations.get(), cast["amara"], number=odd)


def test_a_number_of_the_same_persons_open_case_is_refused(cast: Cast, case: Case) -> None:
    """One crime would be settled twice, and counted twice."""
    record(cast["amara"], person=person(existing=case.person), crimes=[crime("common-assault", number="AV/2/26")])
    with pytest.raises(Refused, match="already has an open case over crime AV/2/26"):
        correct(case.allegations.get(), cast["amara"], number="AV/2/26")
    assert case.allegations.get().crime.number == "AV/1/26"


def test_a_mistyped_date_is_put_right_and_the_clock_with_it(cast: Cast, case: Case) -> None:
    """A wrong date gives a wrong limit: the last day to prosecute would pass unseen."""
    entries = OutboxEntry.objects.count()
    correct(case.allegations.get(), cast["amara"], committed_on=date(2026, 3, 1), area="Harbour")
    allegation = case.allegations.get()
    assert (allegation.committed_on, allegation.area) == (date(2026, 3, 1), "Harbour")
    assert allegation.limit_on == date(2026, 9, 1)
    correction = Correction.objects.get()
    assert correction.changes == {
        "committed_on": ["2026-06-07", "2026-03-01"],
        "area": ["Town", "Harbour"],
        "limit_on": ["2026-12-07", "2026-09-01"],
    }
    assert Event.objects.get(kind="crime.corrected").detail == {"fields": ["committed_on", "area"]}
    assert OutboxEntry.objects.count() > entries
    first, second = case.assessments.order_by("pk")
    assert second.answers["crimes"][0]["committed_on"] == "2026-03-01"
    assert first.answers["evidence"] == ANSWERS["evidence"]
    assert first.answers["crimes"][0]["committed_on"] == "2026-06-07"
    assert list(second.answers) == ["crimes"]  # a correction says what it corrects, and nothing else


def test_it_is_done_on_a_page_and_the_history_tells_it(cast: Cast, signed_in: SignIn, case: Case) -> None:
    """What stood before, who changed it and why must be there for whoever reads the case later."""
    client = signed_in(cast["carol"])
    allegation = case.allegations.get()
    address = reverse("crime_correct", args=[case.reference, allegation.pk])
    assert address in text_of(client.get(reverse("case_page", args=[case.reference])))
    assert 'value="7 June 2026"' in text_of(client.get(address))
    sent = {"seen": "0", "number": "av/3/26", "offence": "common-assault", "committed_on": "2026-05-07",
            "area": "Town", "reason": "Month"}  # fmt: skip
    assert client.post(address, sent).url == reverse("case_page", args=[case.reference])
    page = text_of(client.get(reverse("case_page", args=[case.reference])))
    assert "Crime AV/3/26 corrected" in page
    assert "number: AV/1/26, now AV/3/26; date: 7 June" in page
    assert "7 June 2026, now 7 May 2026; last day to prosecute: 7 December 2026, now 7 November 2026." in page
    again = client.post(address, sent | {"committed_on": "2026-04-07"})
    assert again.status_code == 422
    assert "has changed since you opened this page" in text_of(again)


def test_what_would_have_been_unlawful_is_refused_and_says_so(cast: Cast, case: Case) -> None:
    """A child of four commits no offence: the decision cannot stand on the corrected date."""
    with pytest.raises(Refused, match="Nothing was changed"):
        correct(case.allegations.get(), cast["amara"], committed_on=date(2005, 6, 1))
    assert case.allegations.get().committed_on == date(2026, 6, 7)
    assert not Correction.objects.exists()
    assert case.assessments.count() == 1


def test_a_higher_rank_decides_again_and_the_referral_is_held(cast: Cast, sent: Referral) -> None:
    """An offence that only a prosecutor may settle cannot go on as if an officer could."""
    assert sent.state == Referral.State.SENT
    to_indictable(sent, cast["amara"])
    sent.refresh_from_db()
    waiting = Authorisation.objects.get(case=sent.case)
    assert (waiting.state, waiting.rank) == (Authorisation.State.WAITING, "prosecutor")
    assert sent.state == Referral.State.HELD
    assert not Referral.objects.visible_to(cast["hugh"]).exists()
    deciding.authorise(
        evidence_met=True,
        case=sent.case,
        rationale="A. Prosecutor agrees.",
        prosecutor=by_prosecutor(),
        seen=sent.case.corrections.count(),
        by=cast["david"],
    )
    sent.refresh_from_db()
    assert sent.state == Referral.State.SENT


def test_a_slip_that_is_put_right_asks_the_prosecutor_nothing_more(cast: Cast, sent: Referral) -> None:
    """One wrong offence, corrected a minute later, would hold the support until a prosecutor had been found."""
    right = sent.case.allegations.get().offence
    to_indictable(sent, cast["amara"])
    assert Authorisation.objects.get(case=sent.case).rank == "prosecutor"
    correct(sent.case.allegations.get(), cast["amara"], offence=right, seen=1)
    waiting = Authorisation.objects.get(case=sent.case)
    assert (waiting.state, waiting.rank) == (Authorisation.State.WAITING, "sergeant")
    assert waiting.reasons == ["A crime was corrected and corrected again: confirm that the decision stands."]
    deciding.authorise(
        evidence_met=True, case=sent.case, rationale="It stands.", seen=sent.case.corrections.count(), by=cast["carol"]
    )
    sent.refresh_from_db()
    assert sent.state == Referral.State.SENT


def test_a_decision_that_waits_asks_what_its_crimes_ask_now(cast: Cast) -> None:
    """A sergeant's decision would stay a prosecutor's, for a robbery that nobody committed."""
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"), crimes=[crime("theft")])
    asked = Authorisation.objects.get(case=case)
    theft = case.allegations.get().offence
    correct(case.allegations.get(), cast["amara"], offence=Offence.objects.standing().get(code="robbery", owner=None))
    assert Authorisation.objects.get(case=case).rank == "prosecutor"
    correct(case.allegations.get(), cast["amara"], offence=theft, seen=1)
    waiting = Authorisation.objects.get(case=case)
    assert (waiting.rank, waiting.reasons) == (asked.rank, asked.reasons)
    assert asked.rank == "sergeant"


def test_authority_given_before_stays_on_the_record(cast: Cast, signed_in: SignIn, sent: Referral) -> None:
    """Who authorised what they were shown must not vanish with the correction."""
    to_indictable(sent, cast["amara"])
    deciding.authorise(
        evidence_met=True,
        case=sent.case,
        rationale="A. Prosecutor agrees.",
        prosecutor=by_prosecutor(),
        seen=sent.case.corrections.count(),
        by=cast["david"],
    )
    allegation = sent.case.allegations.get()
    correct(allegation, cast["amara"], offence=Offence.objects.get(code="criminal-damage"), seen=1)
    assert Authorisation.objects.get().state == Authorisation.State.GIVEN  # less is asked now: nothing to decide
    allegation = sent.case.allegations.get()
    correct(allegation, cast["amara"], offence=Offence.objects.get(code="affray"), seen=2)
    assert Authorisation.objects.get().state == Authorisation.State.WAITING
    kept = Correction.objects.latest("pk").authorised_before
    assert (kept["by"], kept["rationale"]) == (
        "David Mbeki, inspector",
        "A. Prosecutor agrees. Ada Lawson, 2026-06-10 (CPS/1/26).",
    )
    page = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[sent.case.reference])))
    assert "A. Prosecutor agrees." in page


def test_support_that_has_begun_goes_on_until_it_is_decided(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """Somebody in the middle of getting help must not be dropped by a date, nor kept by one that was refused."""
    accepted = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    to_indictable(accepted, cast["amara"])
    accepted.refresh_from_db()
    assert accepted.state == Referral.State.ACCEPTED
    close = {"result": "not_completed", "note": "", "version": accepted.version}
    page = signed_in(cast["george"]).post(reverse("referral_close", args=[accepted.reference]), close)
    assert page.status_code == 422  # though the partner reads no authorisation
    assert "deciding again" in text_of(page)
    deciding.refuse(
        case=accepted.case,
        rationale="The prosecutor charges.",
        prosecutor=by_prosecutor(),
        seen=accepted.case.corrections.count(),
        by=cast["david"],
    )
    accepted.refresh_from_db()
    assert accepted.state == Referral.State.WITHDRAWN
    assert Case.objects.get().closed_at is not None


@pytest.mark.parametrize(
    "changes",
    [{"reason": " "}, {}, {"committed_on": date(2026, 6, 11)}, {"committed_on": date(2000, 1, 1)}],
)
def test_a_correction_needs_a_change_a_reason_and_a_possible_day(
    cast: Cast, case: Case, changes: dict[str, Any]
) -> None:
    """A correction that corrects nothing, or for no reason, is a mistake of its own."""
    with pytest.raises(Refused):
        correct(case.allegations.get(), cast["amara"], **({"area": ""} | changes if changes else changes))
    assert not Correction.objects.exists()


def test_a_closed_case_and_one_unseen_are_left_alone(cast: Cast, case: Case) -> None:
    """What was settled was settled on what stood then; another force's cases are nobody else's to correct."""
    with pytest.raises(Refused):
        correct(case.allegations.get(), cast["ben"], area="Harbour")
    Case.objects.filter(pk=case.pk).update(closed_at=case.recorded_at)
    with pytest.raises(Refused, match="closed"):
        correct(case.allegations.get(), cast["amara"], area="Harbour")


def test_two_who_correct_at_once_do_not_overwrite_each_other(cast: Cast, case: Case) -> None:
    """The second would undo what the first put right, unread."""
    correct(case.allegations.get(), cast["amara"], area="Harbour")
    with pytest.raises(Outdated):
        correct(case.allegations.get(), cast["carol"], area="Quay")


def test_a_number_in_a_case_unseen_answers_as_any_other(cast: Cast, signed_in: SignIn, case: Case) -> None:
    """Typing numbers with a wrong date would tell which crimes stand in cases that one may not see."""
    callum = cast["callum"]
    callum.team = Team.objects.create(organisation=callum.organisation, name="Elsewhere")
    callum.save()
    client = signed_in(callum)
    for number, name in (("AV/1/26", "Okoro"), ("AV/NEVER/26", "Lindqvist")):
        sent = posted(given_names="Ada", family_name=name, **typed_crime(0, number=number, committed_on="2026-06-01"))
        response = client.post(reverse("record_decision"), sent)
        assert response.status_code == 302, text_of(response)
        page = text_of(client.get(response.url))
        assert "1 June 2026" in page
        assert "7 June 2026" not in page
    assert Crime.objects.get(number="AV/1/26").allegations.count() == 2
    assert case.allegations.get().committed_on == date(2026, 6, 7)
