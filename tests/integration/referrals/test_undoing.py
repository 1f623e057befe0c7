"""What was closed by mistake is undone for a while by who did it, and nobody is told of it before."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions import victims
from cases.models import Authorisation, Case, VictimDuty
from cases.models.victim import DutyKind
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import breaching, closing, slots, support, undoing
from referrals.actions.deciding import Support
from referrals.models import Breach, Condition, Referral, SchemeVersion, Undoable
from referrals.queries.cases import CaseStatus, status_of
from tests.conftest import NOW, Cast
from tests.factories.breaches import broken
from tests.factories.cases import condition, crime, decision, person, record
from tests.factories.policies import begin_with
from tests.factories.schemes import rewrite
from tests.integration.referrals.test_ending import helped

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
LATER = NOW + timedelta(minutes=16)


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def settled(case: Case, by: User, state: str = "done") -> Undoable:
    one = Condition.objects.get(agreement__case=case)
    support.settle_condition(condition=one, state=state, evidence="Seen.", version=one.version, by=by)
    return one.undoables.latest("pk")


def ended(referral: Referral, by: User, result: str = "completed") -> Undoable:
    if result == "completed":
        for one in Condition.objects.filter(agreement__referral=referral):
            support.settle_condition(condition=one, state="done", evidence="Seen.", version=one.version, by=by)
    closing.close_referral(referral=referral, result=result, note="All done.", version=referral.version, by=by)
    return referral.undoables.get()


def test_the_officer_undoes_what_closed_the_case(cast: Cast, signed_in: SignIn) -> None:
    """Marked as done on the wrong person's page, the crimes had an outcome and nothing could be done about it."""
    case, amara = record(cast["amara"]), signed_in(cast["amara"])
    done = settled(case, cast["amara"])
    case.refresh_from_db()
    assert (case.closed_at, case.allegations.get().outcome) == (clock.now(), "8")
    page = reverse("case_page", args=[case.reference])
    assert "It can be undone until 10:45am" in text_of(amara.get(page))
    assert "Undo it" not in text_of(signed_in(cast["carol"]).get(page))
    assert signed_in(cast["amara"]).post(reverse("case_undo", args=[case.reference, done.pk])).status_code == 302
    case.refresh_from_db()
    assert (case.closed_at, case.allegations.get().outcome, status_of(case)) == (None, "", CaseStatus.CONDITIONS)
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"condition.done", "case.closed", "closing.undone", "case.reopened"} <= kinds
    history = text_of(signed_in(cast["carol"]).get(page))
    assert "Undone: condition settled" in history
    settled(case, cast["amara"])


def test_a_worker_undoes_the_closing_of_a_referral(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Closed instead of the next person's, the support could not go on, and the police had its result."""
    george = signed_in(cast["george"])
    done = ended(accepted, cast["george"])
    address = reverse("referral_page", args=[accepted.reference])
    assert "Undo it" in text_of(george.get(address))
    case_page = reverse("case_page", args=[accepted.case.reference])
    officers = text_of(signed_in(cast["amara"]).get(case_page))
    assert "Completed on" not in officers
    assert "told here once that cannot be undone any more" in officers
    undo = reverse("referral_undo", args=[accepted.reference, done.pk])
    assert signed_in(cast["george"]).post(undo).status_code == 302
    accepted.refresh_from_db()
    assert (accepted.state, accepted.result, accepted.case.closed_at) == (Referral.State.ACCEPTED, "", None)
    assert status_of(accepted.case) == CaseStatus.WITH_PARTNER
    with clock.set_to(LATER):
        closing.close_referral(
            referral=accepted, result="completed", note="", version=accepted.version, by=cast["george"]
        )
        with clock.set_to(LATER + timedelta(minutes=16)):
            assert "Completed on" in text_of(signed_in(cast["amara"]).get(case_page))


def test_the_officer_is_told_nothing_of_a_failure_that_can_be_undone(cast: Cast, signed_in: SignIn) -> None:
    """Who read it beside "told here once it cannot be undone" noted the person's words, and the slip stood for ever."""
    referral = helped(cast, disposal="deferred_summons")
    done, breach = ended(referral, cast["george"], "not_completed"), Breach.objects.get()
    amara, address = signed_in(cast["amara"]), reverse("case_page", args=[referral.case.reference])
    page = text_of(amara.get(address)).partition("<main")[2]
    for told in ("Agreement not kept", "was not completed", "Both sides"):
        assert told not in page
    assert listed(amara, referral, "with_partner", "not_kept") == ["With the partner", ""]
    assert "Agreement not kept" not in text_of(amara.get(reverse("clock_board")))
    assert "Agreement not kept" not in text_of(amara.get("/"))
    assert amara.get(reverse("breach_page", args=[breach.pk])).status_code == 404
    with pytest.raises(Refused, match="can still be undone"):
        breaching.note_account(breach=breach, how="said", account="I came.", version=1, by=cast["amara"])
    with clock.set_to(LATER):
        page = text_of(signed_in(cast["amara"]).get(address))
        assert "Agreement not kept" in page
        assert "was not completed" in page
        assert "Agreement not kept: decide" in text_of(signed_in(cast["amara"]).get("/"))
        officer, words = signed_in(cast["amara"]), "Agreement not kept: decide"
        assert listed(officer, referral, "with_partner", "not_kept") == ["", words]
    undoing.undo(undoable=done, by=cast["george"])


def listed(client: Client, referral: Referral, *statuses: str) -> list[str]:
    """How the case of ``referral`` stands in the list that is narrowed to each of ``statuses``; "" where it is not."""
    found = []
    for status in statuses:
        page = text_of(client.get(reverse("case_list"), {"status": status})).partition("<tbody")[2]
        words = (str(CaseStatus.WITH_PARTNER.label), str(CaseStatus.NOT_KEPT.label))
        found.append(next((one for one in words if referral.case.reference in page and one in page), ""))
    return found


def test_only_who_did_it_and_only_for_the_time(cast: Cast, signed_in: SignIn) -> None:
    """A colleague would take back what they know nothing of; a year later an outcome would vanish."""
    case = record(cast["amara"])
    done = settled(case, cast["amara"])
    with pytest.raises(Refused, match="Only Amara Okafor can undo this"):
        undoing.undo(undoable=done, by=cast["callum"])
    with clock.set_to(LATER):
        response = signed_in(cast["amara"]).post(reverse("case_undo", args=[case.reference, done.pk]))
        assert response.status_code == 422
        assert "could be undone until" in text_of(response)
    case.refresh_from_db()
    assert case.closed_at is not None


def test_a_victim_is_not_told_of_an_end_that_can_be_undone(cast: Cast) -> None:
    """Told that it is over, and told the next day that it is not."""
    with clock.set_to(NOW - timedelta(days=9)):
        case = record(cast["amara"], crimes=[crime(victim_kind="person", victim_name="Jo Price")])
    done = settled(case, cast["amara"])
    owed = VictimDuty.objects.filter(kind=DutyKind.END)
    assert not VictimDuty.objects.to_do_now().filter(kind=DutyKind.END)
    with pytest.raises(Refused, match="can undo that until 10:45am"):
        victims.tell(duty=owed.get(), channel="telephone", by=cast["amara"])
    with clock.set_to(LATER):
        assert VictimDuty.objects.to_do_now().filter(kind=DutyKind.END).exists()
    undoing.undo(undoable=done, by=cast["amara"])
    assert not owed.exists()


def test_what_was_asked_because_of_it_goes_and_what_was_built_on_it_stays(cast: Cast, accepted: Referral) -> None:
    """Closed as not completed by mistake, the person would be asked why; once they have answered it is no mistake."""
    done = ended(accepted, cast["george"], "not_completed")
    undoing.undo(undoable=done, by=cast["george"])
    assert not Breach.objects.exists()
    accepted.refresh_from_db()
    assert accepted.state == Referral.State.ACCEPTED


def test_who_closed_it_says_that_it_is_right_and_it_may_be_told(cast: Cast, signed_in: SignIn) -> None:
    """The person waits beside the officer for the letter, and would go without it."""
    case = record(cast["amara"])
    done, amara = settled(case, cast["amara"]), signed_in(cast["amara"])
    letter = reverse("case_ending", args=[case.reference])
    assert "there is a letter after that" in text_of(amara.get(letter))
    answer = {"answer": "stands"}
    assert amara.post(reverse("case_undo", args=[case.reference, done.pk]), answer).status_code == 302
    assert "You have done what you agreed to" in text_of(amara.get(letter))
    with pytest.raises(Refused, match="could be undone until"):
        undoing.undo(undoable=done, by=cast["amara"])


def test_a_force_may_choose_that_nothing_is_undone(cast: Cast) -> None:
    """Where a closing is told at once, nobody may take it back."""
    begin_with(cast["elin"].organisation, undo_minutes=0)
    case = record(cast["amara"])
    one = Condition.objects.get()
    support.settle_condition(condition=one, state="done", evidence="Seen.", version=one.version, by=cast["amara"])
    case.refresh_from_db()
    assert (case.undoable_until, Undoable.objects.exists()) == (None, False)


def test_sent_twice_it_is_done_once(cast: Cast) -> None:
    """A connection that breaks off: the second would undo what was done since."""
    done = settled(record(cast["amara"]), cast["amara"])
    for _ in range(2):
        undoing.undo(undoable=done, by=cast["amara"])
    assert Event.objects.filter(kind="closing.undone").count() == 1


def test_an_old_page_is_told_that_it_undoes_nothing(cast: Cast, signed_in: SignIn) -> None:
    """It said "Undone. Nobody was told of it", and the case stayed closed; or that it stands, and it did not."""
    case, amara = record(cast["amara"]), cast["amara"]
    done = settled(case, amara)
    undoing.undo(undoable=done, by=amara)
    with pytest.raises(Refused, match="does not stand"):
        undoing.let_stand(undoable=done, by=amara)
    settled(case, amara)
    page = signed_in(amara).post(reverse("case_undo", args=[case.reference, done.pk]))
    assert page.status_code == 422
    assert "This was undone before, and something was settled or closed after that." in text_of(page)


def test_a_worker_undoes_the_end_of_voluntary_support(cast: Cast, accepted: Referral) -> None:
    """Police's case closed when it was sent; the page offered the button, and it never worked."""
    rewrite(accepted.scheme_version, confidentiality="voluntary")
    Case.objects.filter(pk=accepted.case_id).update(closed_at=clock.now())
    referral = Referral.objects.get(pk=accepted.pk)
    undoing.undo(undoable=ended(referral, cast["george"]), by=cast["george"])
    referral.refresh_from_db()
    assert (referral.state, referral.case.closed_at is None) == (Referral.State.ACCEPTED, False)


def test_a_crime_that_was_recorded_anew_is_not_decided_twice(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Two open cases over one crime would be counted, and carried out, twice; and a partner learns of neither."""
    done, who = ended(accepted, cast["george"]), accepted.case.person
    anew = crime("possession-of-cannabis", number="AV/SECRET/26")
    again = record(cast["amara"], person=person(existing=who, version=who.version), crimes=[anew])
    page = signed_in(cast["george"]).post(reverse("referral_undo", args=[accepted.reference, done.pk]))
    assert page.status_code == 422
    assert "decided otherwise since" in text_of(page)
    assert again.reference not in text_of(page)


@pytest.mark.parametrize("taken", ["place", "appointment"])
def test_what_somebody_else_was_given_since_is_not_taken_back(taken: str, cast: Cast, accepted: Referral) -> None:
    """Two people would come to one appointment, or a scheme help more than it can."""
    scheme = accepted.scheme_version
    when = [NOW + timedelta(days=2)]
    [slot] = slots.offer_slots(scheme=scheme.scheme, moments=when, place="Harbour", places=1, by=cast["george"])
    if taken == "appointment":
        Referral.objects.filter(pk=accepted.pk).update(slot=slot)
    done = ended(accepted, cast["george"], "not_completed")
    booked = slot if taken == "appointment" else None
    agreed = Support(scheme_version=scheme, slot=booked, conditions=[condition(), condition("I will come.")])
    record(cast["amara"], person=person(given_names="Bo"), crimes=[crime("possession-of-cannabis")], support=agreed)
    if taken == "place":
        SchemeVersion.objects.filter(pk=scheme.pk).update(capacity=1)
    done = Undoable.objects.get(pk=done.pk)
    with pytest.raises(Refused, match="given to somebody else since"):
        undoing.undo(undoable=done, by=cast["george"])


def test_why_nothing_more_was_to_be_done_goes_with_the_closing_that_is_undone(cast: Cast) -> None:
    """The reason of a mistake would stand in the decision for ever, beside the right one."""
    case = record(cast["amara"], decision=decision(disposal="deferred_summons", rationale="First time."))
    settled(case, cast["amara"], "not_done")
    broken(case, cast, "finalise")
    said = {"result": "failed_no_action", "outcome": "16", "reason": "Witness moved.", "by": cast["amara"]}
    closing.decide_after_failure(case=case, **said)
    assert "Witness moved." in Case.objects.get(pk=case.pk).decision.rationale
    undoing.undo(undoable=Undoable.objects.get(kind="failure"), by=cast["amara"])
    assert Case.objects.get(pk=case.pk).decision.rationale == "First time."


def test_nobody_goes_back_to_work_on_what_was_refused_since(cast: Cast, accepted: Referral) -> None:
    """The worker would record attendance of somebody in a case that is refused and closed."""
    done = ended(accepted, cast["george"], "not_completed")
    values = {"rank": "sergeant", "rationale": "Too serious.", "decided_at": clock.now(), "decided_by": cast["david"]}
    Authorisation.objects.create(case=accepted.case, state="refused", **values)
    with pytest.raises(Refused, match="decided otherwise since"):
        undoing.undo(undoable=done, by=cast["george"])
    accepted.refresh_from_db()
    assert accepted.state == Referral.State.CLOSED
