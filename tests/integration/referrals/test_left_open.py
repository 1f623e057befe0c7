"""A case that nobody can decide yet: recorded, its clocks running, decided on its page, and in no figure before."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from cases.actions import hand_over
from cases.details import DecisionDetails
from cases.models import Allegation, Case, PendingDecision, Person
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions import deciding
from referrals.actions.correcting import correct_crime
from referrals.actions.deciding import Support
from referrals.judging.previews import past_decisions
from referrals.models import Agreement, Referral
from referrals.queries.cases import CaseStatus, status_of
from reporting.measures import figures
from reporting.measures.declared import COMPUTED
from reporting.models import Fact
from reporting.monitoring.report import compute
from reporting.outbox import drain
from tests.conftest import Cast
from tests.factories.cases import answers, condition, decision, grouped, left_open, said_again
from tests.factories.cases import crime as case_crime
from tests.factories.decisions import crime, posted
from tests.factories.youth import duty_of, serve

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
KNIFE = {"offence": "possession-of-a-bladed-article", "victim_kind": None, "victim_name": None, "victim_stance": None}
NOTHING = {"not_offered_reason": "public_interest", "evidence": "charge_standard", "gravity_score": "2"}
OPEN = {
    "result": "undecided",
    "waits_for": "youth_justice",
    "decide_by": "11 6 2026",
    "disposal": None,
    "conditions-0-kind": "",
    "evidence": None,
}


@pytest.fixture
def officer(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["amara"])


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def child_at_eleven(client: Client, **changes: Any) -> Case:
    """A boy of 15 with a knife, with his mother, youth justice not there."""
    child = {
        "given_names": "Kim",
        "date_of_birth": "4 5 2011",
        "follow": ["appropriate_adult"],
        "admission": "not_asked",
    }
    response = client.post(reverse("record_decision"), posted(**child, **crime(0, **KNIFE), **OPEN, **changes))
    assert response.status_code == 302, words_of(response)[:3000]
    return Case.objects.get()


def sent_back(client: Client, case: Case) -> dict[str, Any]:
    """What a browser sends from the page that decides the case, nothing being touched on it."""
    page = client.get(reverse("record_decision"), {"case": case.reference}).content.decode()
    form = page.partition('id="decision"')[2].partition("</form>")[0]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if given.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        if given.get("name"):
            sent.setdefault(given["name"], []).append(given.get("value", ""))
    for name, inside in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        sent[name] = re.findall(r'value="([^"]*)"[^>]*selected', inside)[:1] or [""]
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = [inside.strip()]
    return sent


def test_a_child_with_a_knife_at_eleven_at_night(officer: Client, cast: Cast) -> None:
    """Youth justice is not there: nothing is offered or signed, they are told at once, and the appropriate adult is
    on record."""
    serve(cast)
    case = child_at_eleven(officer)
    assert (case.decision.result, case.closed_at) == ("undecided", None)
    assert (case.pending.waits_for, case.pending.due_on) == ("youth_justice", date(2026, 6, 11))
    duty = duty_of(case)
    assert duty.notified_at == clock.now()
    assert duty.due_on == date(2026, 6, 11)
    assert case.assessments.get().answers["follow"] == ["appropriate_adult"]
    assert not Agreement.objects.exists()
    assert not Referral.objects.exists()
    page = words_of(officer.get(reverse("case_page", args=[case.reference])))
    assert "Decides next: <strong>Youth justice</strong>" in page
    assert "By Thu 11 Jun" in page
    assert "?case=" + case.reference in page


def test_what_is_not_decided_is_in_no_figure_of_decisions(officer: Client, cast: Cast) -> None:
    """Counted as not offered, every child who waits a night for youth justice would be one more left out."""
    case = child_at_eleven(officer)
    drain()
    fact = Fact.objects.get(case_id=case.pk)
    assert (fact.considered, fact.diverted, fact.disposal) == (False, False, "not_decided")
    force, day = cast["amara"].organisation, clock.today()
    report = compute(force, day, day)
    assert report["totals"]["considered"] == 0
    assert report["not_considered"] == {"not_decided": 1}
    found = figures.compute(force, day, day, [], source="live")
    assert {row["measure"] for row in found["rows"]} == {one.name for one in COMPUTED if not one.of_needs}
    assert {row["measure"]: row["denominator"] for row in found["rows"] if row["denominator"]} == {}
    assert past_decisions(by=cast["elin"], since=day) == []


def test_the_page_that_decides_has_everything_that_was_typed(officer: Client, cast: Cast) -> None:
    """What was asked of a child at night must not be asked again in the morning, from memory."""
    case = child_at_eleven(officer, rationale="Found at the bus station", telephone="07700 900123")
    sent = sent_back(officer, case)
    wanted = {
        "deciding": case.reference,
        "existing": str(case.person_id),
        "given_names": "Kim",
        "follow": "appropriate_adult",
        "admission": "not_asked",
        "crimes-0-number": "AV/1/26",
        "crimes-0-offence": "possession-of-a-bladed-article",
        "gravity_score": "2",
        "ethnicity": "B1",
        "rationale": "Found at the bus station",
    }
    assert {name: sent.get(name, [""])[0] for name in wanted} == wanted
    assert "result" not in sent


def test_what_was_said_of_their_ethnicity_stays_with_its_day(officer: Client, cast: Cast) -> None:
    """Decided by somebody else days later, the answer would be dated to a day on which nobody asked."""
    case = child_at_eleven(officer)
    asked = date(2026, 6, 8)
    Person.objects.filter(pk=case.person_id).update(ethnicity_recorded_on=asked)
    sent = sent_back(officer, case)
    assert sent["ethnicity_said"] == ["confirmed"]
    decided = {"result": ["not_offered"], **{name: [value] for name, value in NOTHING.items()}}
    assert officer.post(reverse("record_decision"), sent | decided).status_code == 302
    assert Person.objects.get().ethnicity_recorded_on == asked


def test_of_another_ethnicity_than_was_confirmed_nothing_is_said(officer: Client, cast: Cast) -> None:
    """A yes to one answer is no yes to the one that the record holds since."""
    case = child_at_eleven(officer)
    Person.objects.filter(pk=case.person_id).update(ethnicity_self_defined="W1")
    assert "ethnicity_said" not in sent_back(officer, case)


@pytest.mark.parametrize(
    "answered",
    [
        {"fact-needs": ["drugs"]},
        {"fact-needs": ["drugs", "not_known"], "fact-not_known_because": ["No time"]},
        {"fact-any_of": ["on_bail"], "fact-any_of_shown": ["on_bail,under_order"]},
        {"fact-any_of": ["none_said"], "fact-any_of_shown": ["on_bail,under_order"]},
        {
            "fact-any_of": ["not_checked"],
            "fact-any_of_shown": ["on_bail,under_order"],
            "fact-not_known_because": ["PNC down"],
        },
        {"fact-specified_offence": ["false"]},
    ],
    ids=["needs", "needs_in_part", "on_bail", "none", "not_checked", "no"],
)
def test_what_an_offer_asked_is_there_again(officer: Client, answered: dict[str, list[str]]) -> None:
    """What a child was asked for an offer before it was left open would be asked once more, or be lost unseen."""
    assert officer.post(reverse("record_decision"), posted(**OPEN, **answered)).status_code == 302
    sent = sent_back(officer, Case.objects.get())
    assert {name: values for name, values in sent.items() if name.startswith("fact-")} == answered
    offered = sent | {"result": ["offered_accepted"], "option": ["community_resolution:"], "show": ["1"]}
    page = officer.post(reverse("record_decision"), offered).content.decode()
    for value in (one for name in ("fact-needs", "fact-any_of") for one in answered.get(name, [])):
        ticked = [tag for tag in re.findall(r"<input[^>]*>", page) if f'value="{value}"' in tag and " checked" in tag]
        assert ticked, value


def test_what_is_not_known_without_a_reason_stops_no_other_decision(officer: Client) -> None:
    """Kept out of sight, a question without its reason would be an error that nobody can reach."""
    half = {"fact-needs": ["not_known"], "fact-any_of": ["not_checked"], "fact-any_of_shown": ["on_bail"]}
    page = officer.post(reverse("record_decision"), posted(**OPEN, **half, show="1")).content.decode()
    form = page.partition('id="decision"')[2]
    assert 'name="fact-needs"' not in form
    assert 'name="fact-any_of"' not in form


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({"result": "not_offered", **NOTHING}, CaseStatus.CLOSED),
        (
            {
                "result": "offered_declined",
                "declined_reason": "solicitor",
                "option": "community_resolution:",
                "evidence": "charge_standard",
            },
            CaseStatus.CLOSED,
        ),
        (
            {
                "result": "offered_accepted",
                "option": "community_resolution:",
                "admission": "admitted",
                "evidence": "charge_standard",
                "fact-yjs_consulted": "true",
                "conditions-TOTAL_FORMS": "1",
                "conditions-INITIAL_FORMS": "0",
                "conditions-0-kind": "apology",
                "conditions-0-due_on": "2026-07-08",
                "signed_for": "community_resolution:",
                "signed_as": "Kim Young",
                "adult": "Jo Young",
            },
            CaseStatus.CONDITIONS,
        ),
    ],
    ids=["not_offered", "declined", "accepted"],
)
def test_it_is_decided_on_the_page_as_the_same_case(
    officer: Client, cast: Cast, changes: dict[str, Any], stands: str
) -> None:
    """A second case over the same crime would count the person twice and split the story of one night."""
    opened = left_open(cast["amara"], crimes=[case_crime(victim_kind="business", victim_name="Shop")])
    sent = sent_back(officer, opened) | {name: [value] for name, value in changes.items()}
    response = officer.post(reverse("record_decision"), sent)
    assert response.status_code == 302, words_of(response)[:4000]
    case = Case.objects.get()
    assert response.url == reverse("case_page", args=[case.reference])
    assert (case.pk, case.decision.result, status_of(case)) == (opened.pk, changes["result"], stands)
    assert case.pending.settled_at == clock.now()
    assert Allegation.objects.count() == 1
    assert Allegation.objects.get().victim_stance == "agrees"
    assert Event.objects.filter(kind="case.decided").exists()
    drain()
    assert Fact.objects.get(case_id=case.pk).considered
    again = officer.post(reverse("record_decision"), sent)
    assert again.url == response.url
    assert Case.objects.count() == 1


def test_what_was_answered_before_counts_no_more_once_it_is_decided(cast: Cast) -> None:
    """Figures of who could have been diverted rest on what was known when it was decided."""
    case = left_open(cast["amara"], answers={"facts": {"gravity_score": 5, "specified_offence": False}})
    with clock.set_to(clock.now() + timedelta(hours=10)):
        _decide(case, cast["amara"])
    case = Case.objects.get()
    assert case.assessments.count() == 2
    assert case.first_assessment is not None
    assert case.first_assessment.answers["facts"]["gravity_score"] == 2
    assert case.first_assessment.answers["result"] == "offered_accepted"


def _decide(case: Case, by: User, **changes: Any) -> Case:
    given = said_again(case) | {"submission": "7f1c1f0e-0c6f-4c6e-9a3e-2f0d5c1d2b3a", "decision": decision()}
    given |= {"support": Support(conditions=[condition()])} | changes
    return deciding.decide_case(**grouped(given | {"answers": answers(given)}), by=by)


def test_a_colleague_who_was_handed_the_case_decides_it(cast: Cast) -> None:
    """The officer of the night sleeps in the morning; whoever has the case goes on."""
    case = left_open(cast["amara"])
    given: dict[str, Any] = {"references": [case.reference], "holder": cast["amara"], "to": cast["callum"]}
    hand_over(**given, by=cast["carol"])
    decided = _decide(Case.objects.get(), cast["callum"])
    assert decided.decision.decided_by == cast["callum"]
    assert decided.pending.asked_by == cast["amara"]


def test_it_is_decided_once(cast: Cast) -> None:
    """Two who decide at once: the second must be told, and not change what the first has begun."""
    case = left_open(cast["amara"])
    _decide(case, cast["amara"])
    with pytest.raises(Outdated):
        _decide(case, cast["amara"], submission="11111111-0c6f-4c6e-9a3e-2f0d5c1d2b3a")


def test_another_person_or_a_crime_left_out_is_refused(cast: Cast) -> None:
    """A page opened twice and mixed up would move somebody's knife to another person."""
    case = left_open(cast["amara"])
    with pytest.raises(Refused, match="record another decision for somebody else"):
        _decide(case, cast["amara"], person=said_again(left_open(cast["amara"]))["person"])
    with pytest.raises(Refused, match="part of this case"):
        _decide(case, cast["amara"], crimes=[case_crime()])
    assert Case.objects.get(pk=case.pk).decision.result == "undecided"


def test_nobody_decides_a_case_that_they_may_not_see(cast: Cast, signed_in: SignIn) -> None:
    """The address of a colleague's page must open nothing, and sending it must make no case of one's own."""
    case = left_open(cast["amara"])
    other = signed_in(cast["ben"])
    response = other.get(reverse("record_decision"), {"case": case.reference})
    assert response.status_code == 404
    sent = posted(deciding=case.reference)
    assert other.post(reverse("record_decision"), sent).status_code == 404
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"waits_for": ""}, "Choose who decides next"),
        ({"decide_by": ""}, "Enter by when it is decided"),
        ({"decide_by": "9 6 2026"}, "This day has passed"),
        ({"decide_by": "9 9 2026"}, "A case is left open until 8 September 2026 at most"),
        ({"decide_by": "31 12 9999"}, "A case is left open until 8 September 2026 at most"),
    ],
    ids=["nobody", "never", "yesterday", "a day too late", "no end"],
)
def test_who_decides_and_by_when_are_asked(officer: Client, typed: dict[str, str], said: str) -> None:
    """Left open for nobody and for ever, a case is lost."""
    response = officer.post(reverse("record_decision"), posted(**(OPEN | typed)))
    assert response.status_code == 422
    assert said in words_of(response)
    assert not Case.objects.exists()


def test_it_is_not_left_open_past_the_last_day_to_prosecute(cast: Cast) -> None:
    """Waiting for an answer must not let the time limit run out."""
    old = case_crime("common-assault", committed_on=clock.today() - timedelta(days=170), victim_kind="person")
    late = _waits_for_victim(60)
    with pytest.raises(Refused, match="last day to prosecute"):
        left_open(cast["amara"], crimes=[old], decision=late)


def _waits_for_victim(days: int) -> DecisionDetails:
    by = clock.today() + timedelta(days=days)
    return decision(result="undecided", disposal="", waits_for="victim", decide_by=by)


def test_a_time_limit_that_has_passed_is_no_reason_to_record_nothing(cast: Cast) -> None:
    """Whoever was stopped too late for a court can be helped still: the officer must be able to say who decides. The
    limit of another crime counts on."""
    passed = case_crime("common-assault", committed_on=clock.today() - timedelta(days=200), victim_kind="person")
    case = left_open(cast["amara"], crimes=[passed])
    assert case.pending.due_on == clock.today() + timedelta(days=1)
    old = case_crime("common-assault", committed_on=clock.today() - timedelta(days=170), victim_kind="person")
    with pytest.raises(Refused, match="last day to prosecute"):
        left_open(cast["amara"], crimes=[passed, old], decision=_waits_for_victim(60))


def test_a_case_is_left_open_for_three_months_at_most(cast: Cast) -> None:
    """Put off without end, it is on nobody's list when it matters, and the victim never hears."""
    assert left_open(cast["amara"], decision=_waits_for_victim(90)).pending.due_on == date(2026, 9, 8)
    with pytest.raises(Refused, match="left open until 8 September 2026 at most"):
        left_open(cast["amara"], decision=_waits_for_victim(91))


def test_it_stands_on_the_homes_of_the_officer_and_of_the_hub_until_it_is_decided(cast: Cast, client: Client) -> None:
    """What waits and is on nobody's list is forgotten."""
    case = left_open(cast["amara"])
    for who in ("amara", "elin"):
        client.force_login(cast[who])
        page = words_of(client.get(reverse("home")))
        listed = page.partition("Not decided yet</h2>")[2].partition("</ul>")[0]
        assert case.reference in listed, who
        assert "By Thu 11 Jun" in listed
    with clock.set_to(clock.now() + timedelta(days=3)):
        client.force_login(cast["amara"])
        assert "2 days overdue" in words_of(client.get(reverse("home")))
    _decide(case, cast["amara"])
    assert "Not decided yet</h2>" not in words_of(client.get(reverse("home")))


def test_left_open_again_it_waits_for_somebody_else(officer: Client, cast: Cast) -> None:
    """Youth justice has answered and the prosecutor has not: the case says for whom it waits now."""
    case = left_open(cast["amara"])
    sent = sent_back(officer, case) | {"result": ["undecided"], "waits_for": ["prosecutor"], "decide_by": ["15 6 2026"]}
    response = officer.post(reverse("record_decision"), sent)
    assert response.status_code == 302, words_of(response)[:3000]
    assert PendingDecision.objects.get().waits_for == "prosecutor"
    assert PendingDecision.objects.get().settled_at is None
    page = words_of(officer.get(reverse("case_page", args=[case.reference])))
    assert escape("A prosecutor") in page


def _again_open(sent: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The page sent to leave the case open for a prosecutor."""
    typed = {"result": "undecided", "waits_for": "prosecutor", "decide_by": "15 6 2026"} | changes
    return sent | {name: [value] for name, value in typed.items()}


def test_a_page_sent_twice_leaves_it_open_once(officer: Client, cast: Cast) -> None:
    """A double click must leave no second assessment, and the log must not say that the case was decided."""
    case = left_open(cast["amara"])
    sent = _again_open(sent_back(officer, case))
    for _ in range(2):
        response = officer.post(reverse("record_decision"), sent)
        assert response.status_code == 302, words_of(response)[:3000]
        assert response.url == reverse("case_page", args=[case.reference])
    assert case.assessments.count() == 2
    assert Event.objects.filter(kind="case.left_open").count() == 1
    assert not Event.objects.filter(kind="case.decided").exists()


def test_an_old_page_undoes_nothing_that_a_colleague_said(officer: Client, cast: Cast, client: Client) -> None:
    """A page left on the screen overnight would write what was known in the evening over what is known now."""
    case = left_open(cast["amara"])
    old = sent_back(officer, case)
    client.force_login(cast["carol"])
    fresh = _again_open(sent_back(client, case), **{"crimes-0-committed_on": "2026-06-05", "origin": "custody"})
    assert client.post(reverse("record_decision"), fresh).status_code == 302
    officer.force_login(cast["amara"])
    response = officer.post(
        reverse("record_decision"), _again_open(old, waits_for="victim", rationale="From last night")
    )
    assert response.status_code == 422
    assert "This case has changed since you opened this page" in words_of(response)
    assert "From last night" in words_of(response)
    case = Case.objects.get()
    assert (case.pending.waits_for, case.origin) == ("prosecutor", "custody")
    assert Allegation.objects.get().committed_on == date(2026, 6, 5)


def test_an_old_page_undoes_no_correction(officer: Client, cast: Cast) -> None:
    """The time limit counts from the day of the offence: decided from an old page, the wrong day would be back."""
    case = left_open(cast["amara"], crimes=[case_crime(committed_on=date(2026, 6, 1))])
    old = sent_back(officer, case)
    wrong = Allegation.objects.get()
    right = {"committed_on": date(2026, 6, 2), "offence": wrong.offence, "area": wrong.area}
    correct_crime(allegation=wrong, **right, reason="Mistyped", seen=0, by=cast["amara"])
    decided = {"result": ["not_offered"], **{name: [value] for name, value in NOTHING.items()}}
    # What has been shown again meanwhile is as old as it was when it was opened.
    shown = officer.post(reverse("record_decision"), old | decided | {"show": ["1"]})
    assert f'name="deciding_version" value="{old["deciding_version"][0]}"' in words_of(shown)
    assert officer.post(reverse("record_decision"), old | decided).status_code == 422
    assert Allegation.objects.get().committed_on == date(2026, 6, 2)
    fresh = sent_back(officer, case) | decided
    assert officer.post(reverse("record_decision"), fresh).status_code == 302
