"""A decision on which nobody has acted is withdrawn: decided anew or closed as recorded in error, counted nowhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases import setting_aside
from cases.actions import answer, ask
from cases.actions.victims import tell
from cases.actions.withdrawing import TakenBack
from cases.models import Assessment, Authorisation, Case, VictimDuty, Withdrawal
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.demonstration.cast import PASSWORD
from diversion.refusals import Outdated, Refused
from referrals.actions import deciding, partner, support
from referrals.actions.deciding import Support
from referrals.actions.withdrawing import withdraw_decision
from referrals.models import Agreement, Condition, ProposedAgreement, Referral, SchemeVersion, Slot, Standing
from referrals.queries.cases import CaseStatus
from referrals.queries.withdrawing import why_not_withdrawn
from referrals.schemes.capacity import places_taken
from reporting.measures import figures
from reporting.models import Fact
from reporting.monitoring.report import compute
from reporting.outbox import drain
from tests.conftest import Cast
from tests.factories.cases import (
    answers,
    condition,
    crime,
    decision,
    grouped,
    left_open,
    person,
    record,
    said_again,
    sign,
)
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import open_to_all
from tests.factories.youth import duty_of, serve

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
NOTHING: dict[str, Any] = {"result": "not_offered", "not_offered_reason": "public_interest", "disposal": ""}
CAUTION: dict[str, Any] = {"decision": decision(disposal="simple_caution"), "support": Support()}
SOON = TakenBack("too_soon")


@pytest.fixture
def version(cast: Cast) -> SchemeVersion:
    found = open_to_all(adopt_scheme("pathfinder", cast, provider="hugh").versions.latest("valid_from"))
    Slot.objects.create(version=found, starts_at=clock.now() + timedelta(days=2), place="Mill Lane", places=1)
    return found


@pytest.fixture
def sent(cast: Cast, version: SchemeVersion) -> Case:
    """Sent to Pathfinder with a first appointment, and signed; the partner has not answered."""
    backing = Support(scheme_version=version, slot=Slot.objects.get(), conditions=[condition()])
    return record(cast["amara"], support=backing, crimes=[crime(victim_kind="business", victim_name="Shop")])


def address(case: Case) -> str:
    return reverse("case_withdraw", args=[case.reference])


def page_of(client: Client, case: Case) -> str:
    return text_of(client.get(reverse("case_page", args=[case.reference])))


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def press(client: Client, case: Case, reason: str = "too_soon", **changes: Any) -> Any:
    said = {"version": Case.objects.get(pk=case.pk).version, "reason": reason, "words": "", **changes}
    return client.post(address(case), said, follow=True)


def withdraw(case: Case, by: User, why: TakenBack = SOON) -> Withdrawal:
    return withdraw_decision(case=case, why=why, seen=Case.objects.get(pk=case.pk).version, by=by)


def decide(case: Case, by: User, **changes: Any) -> Case:
    case = Case.objects.get(pk=case.pk)
    given = said_again(case) | {"submission": "7f1c1f0e-0c6f-4c6e-9a3e-2f0d5c1d2b3a", "support": Support()} | changes
    return deciding.decide_case(**grouped(given | {"answers": answers(given)}), by=by)


def counted(case: Case) -> dict[str, int]:
    """How many of each measure there are in the force, and of the monitoring report."""
    drain()
    day = clock.today()
    found = figures.compute(case.force, day, day, [], source="live")
    totals = compute(case.force, day, day)["totals"]
    told = {row["measure"]: row["numerator"] for row in found["rows"]}
    return told | {"recorded": totals["considered"], "report": totals["diverted"]}


def test_what_nobody_has_answered_is_withdrawn_and_decided_anew(cast: Cast, signed_in: SignIn, sent: Case) -> None:
    """Somebody would be held to what was decided too soon, and be counted as offered it and then as not."""
    officer = signed_in(cast["amara"])
    assert counted(sent)["offered_of_considered"] == 1
    assert "Withdraw this decision" in page_of(officer, sent)
    said = text_of(officer.get(address(sent)))
    for words in ("The referral to Pathfinder is withdrawn", "Mill Lane", "does not hold", "counts in no figure"):
        assert words in said
    for who, code in (("ben", 404), ("callum", 403), ("carol", 403), ("hugh", 404)):
        client = signed_in(cast[who])
        assert [client.get(address(sent)).status_code, press(client, sent).status_code] == [code, code], who
    assert "Withdraw this decision" not in page_of(signed_in(cast["carol"]), sent)
    officer = signed_in(cast["amara"])
    assert "Choose why" in text_of(press(officer, sent, ""))
    assert "in a sentence" in text_of(press(officer, sent, "other"))
    before = sent.version

    told = text_of(press(officer, sent))
    for words in ("The decision is withdrawn", "Not decided yet", "The officer in the case, anew", "Decide"):
        assert words in told
    for words in ("Was decided", "Offered and accepted: Community resolution, Pathfinder", "It was decided too soon"):
        assert words in told
    stands, referral = Standing.objects.get(case=sent), Referral.objects.get()
    assert (stands.status, stands.contact_on, stands.finish_on) == (CaseStatus.UNDECIDED, None, None)
    assert stands.decide_on == clock.today() + timedelta(days=settings.DECIDE_ANEW_DAYS)
    assert (referral.state, places_taken(Slot.objects.get())) == (Referral.State.WITHDRAWN, 0)
    assert not Agreement.objects.exists()
    assert not VictimDuty.objects.filter(kind="decision").exists()
    event = Event.objects.get(kind="decision.withdrawn")
    assert event.detail == {"reason": "too_soon", "was": "offered_accepted", "in_error": False}
    assert [Fact.objects.count(), *_none_of(counted(sent))] == [1, 0, 0, 0, 0]
    assert not Fact.objects.get().considered
    press(officer, sent, version=before)  # a browser that had no answer
    assert Withdrawal.objects.count() == 1

    kept = Withdrawal.objects.get().was["agreed"]
    assert [one["wording"] for one in kept["conditions"]] == ["I will go to the sessions."]
    assert officer.get(reverse("record_decision"), {"case": sent.reference}).status_code == 200
    decided = decide(sent, cast["amara"], decision=decision(**NOTHING))
    assert decided.closed_at is not None
    assert Fact.objects.get(case_id=sent.pk).considered is False  # not brought up to date yet
    found = counted(sent)
    assert (found["recorded"], found["report"], found["offered_of_considered"], found["referred"]) == (1, 0, 0, 0)
    assert Fact.objects.get().referred_on is None
    page = page_of(officer, sent)
    assert page.index("Decided") < page.index("Was decided")
    assert "Decision withdrawn" in page


def _none_of(found: dict[str, int]) -> list[int]:
    return [found[name] for name in ("recorded", "report", "offered_of_considered", "eligible_not_offered")]


def test_what_was_recorded_on_the_wrong_person_closes_and_counts_nowhere(cast: Cast, signed_in: SignIn) -> None:
    """Somebody would stand in the figures, and in their own history, for what somebody else did."""
    serve(cast)
    child = person(date_of_birth=clock.today().replace(year=clock.today().year - 15))
    knife = crime("possession-of-a-bladed-article")
    case = record(cast["amara"], decision=decision(**NOTHING), support=Support(), person=child, crimes=[knife])
    assert duty_of(case).service is not None
    assert counted(case)["recorded"] == 1
    officer = signed_in(cast["amara"])
    told = text_of(press(officer, case, "wrong_person", words="The other Price"))
    for words in ("Closed as recorded in error", "record it for the right person", "The other Price"):
        assert words in told
    assert "Letter to the person" not in told
    case.refresh_from_db()
    assert (Standing.objects.get(case=case).status, bool(case.closed_at)) == (CaseStatus.IN_ERROR, True)
    assert case.youth_duties.get().ended_reason == "corrected"
    assert _none_of(counted(case)) == [0, 0, 0, 0]
    assert not Fact.objects.exists()
    assert "Closed as recorded in error" in text_of(signed_in(cast["elin"]).get("/"))
    officer = signed_in(cast["amara"])
    assert officer.get(reverse("record_decision"), {"case": case.reference}).url.endswith(f"{case.reference}/")  # type: ignore[attr-defined]
    with pytest.raises(Outdated):
        decide(case, cast["amara"], decision=decision(**NOTHING))
    assert why_not_withdrawn(Case.objects.get()) != ""
    again = crime("possession-of-a-bladed-article", number=case.allegations.get().crime.number)
    assert record(cast["amara"], crimes=[again], decision=decision(**NOTHING), support=Support()).pk != case.pk


def test_an_authority_ends_with_what_it_was_asked_for(cast: Cast, signed_in: SignIn) -> None:
    """A sergeant would decide on what the officer has taken back, or their yes would let another offer be signed."""
    case = record(cast["amara"], **CAUTION)
    ask(case=case, question="Why no course?", by=cast["carol"])
    answer(case=case, answer="He works nights.", by=cast["amara"])
    withdraw(case, cast["elin"])  # the hub
    assert not Authorisation.objects.exists()
    sergeant = signed_in(cast["carol"])
    assert case.reference not in text_of(sergeant.get(reverse("authorisation_list")))
    asked = {"decision": "authorise", "rationale": "He has done enough"}
    for route in ("authorise", "with_prosecutor"):
        address = reverse(route, args=[case.reference])
        assert "was withdrawn" in text_of(sergeant.get(address, follow=True))
        assert "was withdrawn" in text_of(sergeant.post(address, asked))
    assert "He has done enough" in text_of(sergeant.post(reverse("authorise", args=[case.reference]), asked))
    decide(case, cast["amara"], **CAUTION)
    authorised = {"evidence_met": True, "rationale": "Fair", "seen": 1, "by": cast["carol"]}
    deciding.authorise(case=Case.objects.get(), **authorised)
    assert Standing.objects.get().status == CaseStatus.TO_SIGN
    kept = withdraw(Case.objects.get(), cast["amara"], TakenBack("other", "He asks for a solicitor"))
    assert (kept.authorised_by, kept.was["authority"]["why"].startswith("Fair")) == (cast["carol"], True)
    assert not ProposedAgreement.objects.exists()
    declined = decision(result="offered_declined", declined_reason="solicitor")
    decide(case, cast["amara"], decision=declined, submission="11111111-0c6f-4c6e-9a3e-2f0d5c1d2b3a")
    assert (Standing.objects.get().status, Withdrawal.objects.count()) == (CaseStatus.CLOSED, 2)
    assert Case.objects.get().first_assessment == Assessment.objects.latest("pk")
    found = counted(case)
    assert (found["recorded"], found["declined"], found["report"]) == (1, 1, 0)
    page = page_of(signed_in(cast["amara"]), case)
    assert "“Why no course?” He works nights." in page
    assert "Authorised: Carol" in page
    assert "He asks for a solicitor" in page


def test_what_a_page_showed_of_it_is_not_decided_in_its_place(cast: Cast, signed_in: SignIn) -> None:
    """A sergeant would give authority to an offer that they have not read, and what was set aside would stay so."""
    case = record(cast["amara"], **CAUTION)
    rule = {"rule": "scheme.x", "result": "not_met", "severity": "blocks", "reason": "Too often.", "source": "s"}
    asked = rule | {"override_by": "sergeant", "set_aside": {"asked_because": "He asks for help"}}
    Assessment.objects.update(findings=[asked])
    carol, address = signed_in(cast["carol"]), reverse("authorise", args=[case.reference])
    sent = {"decision": "authorise", "rationale": "Fair", "password": PASSWORD, "evidence_met": "on"}
    sent["seen"] = carol.get(address).context["seen"]
    assert carol.post(address, sent).status_code == 302
    explains = reverse("case_explain", args=[case.reference])
    shown = signed_in(cast["amara"]).get(explains).context["proposal"].pk
    withdraw(case, cast["amara"])
    decide(case, cast["amara"], **CAUTION)
    late = signed_in(cast["carol"]).post(address, sent)
    assert (late.status_code, "What is proposed in this case has changed" in text_of(late)) == (422, True)
    assert "Too often" not in text_of(late)
    assert Authorisation.objects.get().state == "waiting"
    assert not [one for kept in Assessment.objects.all() for one in setting_aside.given(kept.findings)]
    deciding.authorise(case=Case.objects.get(), evidence_met=True, rationale="Yes", seen=1, by=cast["carol"])
    signs = {"read_aloud": "on", "result": "signed", "admits": "yes", "signed_as": "S", "proposal": shown}
    signs |= {"admitted_words": "It was me alone", "admitted_in": "video"}
    late = signed_in(cast["amara"]).post(explains, signs)
    assert (late.status_code, "What is proposed in this case has changed" in text_of(late)) == (422, True)
    withdraw(case, cast["elin"], TakenBack("twice"))
    assert [one.answers["withdrawn"] for one in Assessment.objects.all()] == ["offered_accepted"] * 2
    late = signed_in(cast["amara"]).post(explains, signs)
    assert (late.status_code, "It was me alone" in text_of(late)) == (422, True)
    late = press(signed_in(cast["amara"]), case, "other", words="He asks for a lawyer", version=case.version)
    assert (late.status_code, "He asks for a lawyer" in text_of(late)) == (422, True)


def test_left_open_only_the_record_can_be_in_error(cast: Cast, signed_in: SignIn) -> None:
    """What stands twice on the list of what is to be decided could never leave it."""
    case = left_open(cast["amara"])
    officer = signed_in(cast["amara"])
    assert "Close: recorded in error" in page_of(officer, case)
    assert "too_soon" not in text_of(officer.get(address(case)))
    assert "Nothing was decided" in text_of(press(officer, case))
    press(officer, case, "twice")
    assert Standing.objects.get().status == CaseStatus.IN_ERROR


def accepted(cast: Cast, case: Case) -> None:
    referral = Referral.objects.get()
    partner.accept(referral=referral, navigator=None, version=referral.version, by=cast["hugh"])


def declined(cast: Cast, case: Case) -> None:
    referral = Referral.objects.get()
    partner.decline(referral=referral, reason="risk", version=referral.version, by=cast["hugh"])


def settled(cast: Cast, case: Case) -> None:
    Referral.objects.update(state="withdrawn")
    one = Condition.objects.get()
    support.settle_condition(condition=one, state="done", evidence="Seen", version=one.version, by=cast["amara"])


def told(cast: Cast, case: Case) -> None:
    tell(duty=VictimDuty.objects.get(kind="decision"), channel="letter", by=cast["vera"])


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (accepted, "The partner has answered"),
        (declined, "The partner has answered"),
        (settled, "done or changed"),
        (told, "A victim was told"),
    ],
)
def test_what_somebody_has_acted_on_stands(
    cast: Cast, signed_in: SignIn, sent: Case, happens: Callable[[Cast, Case], None], words: str
) -> None:
    """A worker would help somebody whom nobody has sent, or a victim be told of what does not stand."""
    officer, before = signed_in(cast["amara"]), sent.version
    happens(cast, sent)
    assert "Withdraw this decision" not in page_of(officer, sent)
    assert words in text_of(officer.get(address(sent), follow=True))
    answer = press(officer, sent, version=before)
    assert (answer.status_code, words in text_of(answer)) == (422, True)
    assert not Withdrawal.objects.exists()


def test_what_binds_or_is_old_or_of_which_nothing_is_told_stands(cast: Cast) -> None:
    """A caution that was signed would be gone by one person's press of a button."""
    case = record(cast["amara"], **CAUTION)
    deciding.authorise(case=case, evidence_met=True, rationale="Fair", seen=0, by=cast["carol"])
    with pytest.raises(Refused, match="signed, and binds"):
        withdraw(sign(case), cast["amara"])
    refused = record(cast["amara"], **CAUTION)
    deciding.refuse(case=refused, rationale="No.", seen=0, by=cast["carol"])
    with pytest.raises(Refused, match="not authorised"):
        withdraw(refused, cast["amara"])
    divert = adopt_scheme("divert", cast, provider="hugh").versions.latest("valid_from")
    backing = Support(scheme_version=divert, conditions=[condition()])
    sent = record(cast["amara"], decision=decision(disposal="none"), support=backing, origin="custody")
    with pytest.raises(Refused, match="voluntary"):
        withdraw(sent, cast["amara"])
    old = record(cast["amara"])
    with clock.set_to(clock.now() + timedelta(days=29)), pytest.raises(Refused, match="28 days"):
        withdraw(old, cast["amara"])
    with pytest.raises(Outdated):
        withdraw_decision(case=old, why=SOON, seen=9, by=cast["amara"])
