"""A decision on which somebody has acted is rescinded by a rank: all of it ends, and it counts as ended by police."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cases.actions.victims import tell
from cases.models import Case, Rescission, VictimDuty
from cases.queries.people import known_history
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import closing, deciding, partner, support
from referrals.actions.deciding import Support
from referrals.actions.rescinding import AskedBack, ask_rescission, decide_rescission
from referrals.judging.recorded import earlier_on_record
from referrals.models import Condition, Referral, SchemeVersion, Standing
from referrals.queries.cases import CaseStatus, may_refer_again
from reporting.measures import figures
from reporting.models import Fact
from reporting.outbox import drain
from tests.conftest import Cast
from tests.factories.cases import condition, crime, decision, person, record, refer, sign
from tests.factories.ground import adopt_scheme
from tests.factories.policies import begin_with

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
NEW = AskedBack("new_facts", "The shop’s film shows somebody else.")


@pytest.fixture
def version(cast: Cast) -> SchemeVersion:
    return adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")


@pytest.fixture
def helped(cast: Cast, version: SchemeVersion) -> Referral:
    """Deferred and signed, with a victim who was told; George helps, and the person has come once."""
    harmed = crime("possession-of-cannabis", victim_kind="person", victim_name="Zena Quill")
    sent = refer(cast["amara"], version, crimes=[harmed], decision=decision(disposal="community_resolution"))
    tell(duty=VictimDuty.objects.get(kind="decision"), channel="letter", by=cast["vera"])
    taken = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    at = clock.now() - timedelta(minutes=20)
    came = support.plan_appointment(referral=taken, starts_at=at, place="Harbour House", by=cast["george"])
    support.record_attendance(appointment=came, attendance="attended", version=came.version, by=cast["george"])
    return Referral.objects.get()


def address(case: Case, name: str = "case_rescind") -> str:
    return reverse(name, args=[case.reference])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def ask(client: Client, case: Case, **changes: Any) -> Any:
    said = {"version": Case.objects.get(pk=case.pk).version, "reason": NEW.reason, "words": NEW.words, **changes}
    return client.post(address(case), said, follow=True)


def decide(client: Client, case: Case, decision: str = "rescind", **changes: Any) -> Any:
    said = {"decision": decision, "rationale": "It was not him.", **changes}
    return client.post(address(case, "rescission"), said, follow=True)


def counted(case: Case) -> dict[str, Any]:
    drain()
    day = clock.today()
    found = figures.compute(case.force, day, day, [], source="live")
    return {row["measure"]: row["numerator"] for row in found["rows"]}


def test_a_rank_rescinds_what_a_partner_acts_on(cast: Cast, signed_in: SignIn, helped: Referral) -> None:
    """Somebody would go on being helped and watched for what somebody else did, and fail by not coming."""
    case = helped.case
    before = counted(case)
    officer = signed_in(cast["amara"])
    page = text_of(officer.get(reverse("case_page", args=[case.reference])))
    assert ("Ask to have this decision rescinded" in page, "Withdraw this decision" in page) == (True, False)
    said = text_of(officer.get(address(case)))
    for words in ("rank of", "nothing that the person did", "no outcome from it", "A victim is to be told"):
        assert words in said
    assert "Say why, in a sentence" in text_of(ask(officer, case, words=" "))
    assert "Asked." in text_of(ask(officer, case))
    ask(officer, case)  # sent twice
    asked = Rescission.objects.get()
    assert "it waits for a decision" in text_of(ask(officer, case, words="Another."))
    assert officer.get(address(case, "rescission")).status_code == 403
    for who, code in (("ben", 404), ("hugh", 404)):
        client = signed_in(cast[who])
        assert [client.get(address(case)).status_code, ask(client, case).status_code] == [code, code]
    assert Standing.objects.get().status == CaseStatus.WITH_PARTNER  # it stands until somebody has decided

    sergeant = signed_in(cast["carol"])
    assert "To be rescinded, or to stand" in text_of(sergeant.get("/"))
    with clock.set_to(clock.now() + timedelta(minutes=6)):
        assert "Enter your password" in text_of(decide(sergeant, case))
    told = text_of(decide(sergeant, case))
    for words in ("Rescinded. The case is closed.", "Rescinded by Carol Singh, sergeant", "It was not him."):
        assert words in told
    case.refresh_from_db()
    helped.refresh_from_db()
    asked.refresh_from_db()
    assert (asked.state, asked.decided_as, bool(case.closed_at)) == ("given", "sergeant", True)
    assert (helped.state, Standing.objects.get().status) == (Referral.State.WITHDRAWN, CaseStatus.RESCINDED)
    assert set(case.allegations.values_list("outcome", flat=True)) == {""}
    owed = VictimDuty.objects.open().get()
    assert (owed.kind, owed.about) == ("decision", "rescinded")
    assert "Tell them that the decision was rescinded" in text_of(signed_in(cast["vera"]).get("/"))
    assert Event.objects.filter(kind="decision.rescinded").count() == 1
    assert "To be rescinded" not in text_of(sergeant.get("/"))
    worker = text_of(signed_in(cast["george"]).get(reverse("referral_page", args=[helped.reference])))
    assert "nothing that the person did or left undone" in worker
    assert "film" not in worker
    assert "not him" not in worker

    after = counted(case)
    same = ("offered_of_considered", "accepted", "referred", "started")
    assert [after[one] for one in same] == [before[one] for one in same]
    assert (after["breached"], after["completed"], after["charged"]) == (0, 0, 0)
    fact = Fact.objects.get()
    assert (fact.diverted, fact.result, fact.stage.ending) == (True, "", "withdrawn")
    assert fact.stage.ended_on == clock.today()
    assert (earlier_on_record(case.person), known_history(case.person)) == ([], "not_checked")
    again = record(cast["amara"], crimes=[crime(number=case.allegations.get().crime.number)])
    assert again.pk != case.pk


def test_what_was_not_kept_and_is_rescinded_is_nobody_s_failure(cast: Cast, helped: Referral) -> None:
    """Somebody would stand in the figures as having broken what was never to be asked of them."""
    case = helped.case
    closing.close_referral(referral=helped, result="not_completed", note="", version=helped.version, by=cast["george"])
    case.refresh_from_db()
    asked = ask_rescission(case=case, why=NEW, seen=case.version, by=cast["amara"])
    decide_rescission(rescission=asked, agrees=True, rationale="It was not him.", by=cast["carol"])
    helped.refresh_from_db()
    assert helped.state == Referral.State.CLOSED
    after = counted(case)
    assert (after["breached"], after["accepted"], Fact.objects.get().stage.charged) == (0, 1, None)


def test_what_was_recorded_on_the_wrong_person_counts_nowhere(cast: Cast, helped: Referral) -> None:
    """Somebody who was never considered would stand among those who were offered diversion, or who came back."""
    case = helped.case
    with clock.set_to(clock.now() - timedelta(days=1)):
        before = record(cast["amara"], person=person(existing=case.person, version=case.person.version))
    asked = ask_rescission(case=case, why=AskedBack("wrong_person", "Twin."), seen=case.version, by=cast["amara"])
    assert counted(case)["offered_of_considered"] == 1
    assert Fact.objects.get(case_id=before.pk).stage.next_decision_on == clock.today()
    decide_rescission(rescission=asked, agrees=True, rationale="Yes.", by=cast["carol"])
    assert counted(case)["offered_of_considered"] == 0
    assert Fact.objects.get().case_id == before.pk
    assert Fact.objects.get().stage.next_decision_on is None


def test_a_caution_asks_the_rank_that_it_needs_and_somebody_else(cast: Cast) -> None:
    """One person would give a caution in error and take it back, and nobody would have looked."""
    case = record(cast["amara"], decision=decision(disposal="simple_caution"), support=Support())
    deciding.authorise(case=case, evidence_met=True, rationale="Fair", seen=0, by=cast["carol"])
    with pytest.raises(Refused, match="is withdrawn, and needs no rank"):
        ask_rescission(case=case, why=NEW, seen=Case.objects.get().version, by=cast["amara"])
    case = sign(case)
    asked = ask_rescission(case=case, why=NEW, seen=case.version, by=cast["carol"])
    assert asked.rank == case.authorisation.rank
    for who, words in (("carol", "You asked for this"), ("david", "")):
        refused = ""
        try:
            decide_rescission(rescission=asked, agrees=False, rationale="It stands.", by=cast[who])
        except Refused as refusal:
            refused = str(refusal)
        assert words in refused, who
        assert bool(words) == bool(refused), who
    assert Case.objects.get().allegations.get().outcome == "3"  # it stands
    begin_with(cast["elin"].organisation, victim_told_rescinded=False)
    again = ask_rescission(case=case, why=NEW, seen=Case.objects.get().version, by=cast["amara"])
    with pytest.raises(PermissionDenied):
        decide_rescission(rescission=again, agrees=True, rationale="No.", by=cast["amara"])
    with pytest.raises(Refused, match="in a sentence"):
        decide_rescission(rescission=again, agrees=True, rationale=" ", by=cast["david"])
    done = decide_rescission(rescission=again, agrees=True, rationale="Given in error.", by=cast["david"])
    assert decide_rescission(rescission=again, agrees=True, rationale="Given in error.", by=cast["david"]) == done
    assert Case.objects.get().allegations.get().outcome == ""
    assert not VictimDuty.objects.open().exists()
    with pytest.raises(Refused, match="rescinded already"):
        ask_rescission(case=case, why=AskedBack("other", "x"), seen=Case.objects.get().version, by=cast["amara"])


def test_voluntary_support_goes_on_and_tells_police_nothing(cast: Cast) -> None:
    """Police would end what is somebody's own, or learn from the answer whether it has ended."""
    divert = adopt_scheme("divert", cast, provider="hugh").versions.latest("valid_from")
    backing = Support(scheme_version=divert, conditions=[condition()])
    case = record(cast["amara"], decision=decision(disposal="none"), support=backing, origin="custody")
    referral = Referral.objects.get()
    partner.decline(referral=referral, reason="risk", version=referral.version, by=cast["hugh"])
    case.refresh_from_db()
    assert may_refer_again(case)
    asked = ask_rescission(case=case, why=AskedBack("wrong_person", "Twin."), seen=case.version, by=cast["amara"])
    decide_rescission(rescission=asked, agrees=True, rationale="Yes.", by=cast["carol"])
    assert (Standing.objects.get().status, may_refer_again(case)) == (CaseStatus.RESCINDED, False)
    assert Condition.objects.exists()
