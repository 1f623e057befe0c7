"""Two people who act on one case at the same moment, each in a transaction of their own."""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from cases.actions.known_crimes import bring_crimes
from cases.actions.withdrawing import TakenBack
from cases.intake.crimes import Told, read_crimes
from cases.models import Authorisation, Case, KnownCrime, Offence
from cases.queries import known_crimes
from diversion import clock
from diversion.accounts import factors
from diversion.accounts.actions import factors as changing
from diversion.accounts.models import Role, User
from diversion.audit.models import Event
from diversion.notifications.actions import queueing, sending
from diversion.notifications.models import Message
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from referrals.actions import (
    closing,
    deciding,
    drafts,
    escalating,
    facilitating,
    helping,
    partner,
    replying,
    slots,
    support,
    varying,
    withdrawing,
)
from referrals.actions.correcting import correct_crime
from referrals.actions.deciding import Support
from referrals.actions.standing import restate
from referrals.actions.victims import keep_wishes
from referrals.models import (
    Appointment,
    CheckIn,
    Condition,
    ConditionChange,
    DecisionDraft,
    Escalation,
    Facilitation,
    HelpRequest,
    Referral,
    SchemeVersion,
    Slot,
)
from referrals.person_words import ENGLISH
from tests.conftest import Cast, password_hash
from tests.factories import check_ins
from tests.factories.cases import condition, crime, decision, person, record, refer
from tests.factories.factors import with_app
from tests.factories.ground import adopt_scheme, assemble, hold
from tests.factories.helping import ask
from tests.factories.schemes import open_to_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return assemble(password_hash())


def together(*acts: Callable[[], object]) -> list[str]:
    """What each act met with: "" where it was done. Each holds its transaction open until the others have begun."""
    start, met = threading.Barrier(len(acts)), ["never ended"] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            with unit_of_work("test"):
                start.wait(60)
                act()
                time.sleep(0.4)
            met[place] = ""
        except Refused as refusal:
            met[place] = str(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return met


def test_two_decisions_after_a_failure_are_one(people: Cast) -> None:
    """The crime would be closed twice, charged by one officer and cautioned by the other."""
    amara, carol = people["amara"], people["carol"]
    case = record(amara, decision=decision(disposal="community_resolution"), support=Support(conditions=[condition()]))
    Condition.objects.update(state="not_done", settled_by=amara, settled_at=case.recorded_at)
    restate(Case.objects.all())  # written past the actions
    one, two = Case.objects.get(), Case.objects.get()
    met = together(
        lambda: closing.decide_after_failure(case=one, result="failed_prosecuted", by=amara),
        lambda: closing.decide_after_failure(case=two, result="failed_no_action", by=carol),
    )
    assert sorted(bool(words) for words in met) == [False, True]
    assert Event.objects.filter(kind="case.closed").count() == 1


def test_the_last_two_conditions_settled_at_once_close_the_case(people: Cast) -> None:
    """Neither would see the other's, and the person who did everything would stay under an open case."""
    amara, carol = people["amara"], people["carol"]
    case = record(amara, support=Support(conditions=[condition(), condition("Two")]))
    one, two = case.agreement.conditions.all()
    met = together(
        lambda: support.settle_condition(condition=one, state="done", evidence="Seen", version=1, by=amara),
        lambda: support.settle_condition(condition=two, state="done", evidence="Seen", version=1, by=carol),
    )
    case.refresh_from_db()
    assert met == ["", ""]
    assert case.closed_at is not None


def test_a_completed_referral_never_holds_a_condition_not_done(people: Cast) -> None:
    """The outcome would say that the agreement was kept while its record says that it was not."""
    fatima, hana = people["fatima"], people["hana"]
    referral = refer(people["amara"], adopt_scheme("drug-diversion", people).versions.latest("valid_from"))
    referral = partner.accept(referral=referral, navigator=fatima, version=referral.version, by=hana)
    done = support.settle_condition(
        condition=Condition.objects.earliest("pk"), state="done", evidence="Seen", version=1, by=fatima
    )
    last = Condition.objects.latest("pk")
    support.settle_condition(condition=last, state="done", evidence="Seen", version=1, by=fatima)
    other = Condition.objects.earliest("pk")
    together(
        lambda: closing.close_referral(
            referral=referral, result="completed", note="", version=referral.version, by=fatima
        ),
        lambda: support.settle_condition(
            condition=other, state="not_done", evidence="", version=done.version, by=fatima
        ),
    )
    assert (Referral.objects.get().result == "completed") == (Condition.objects.earliest("pk").state == "done")


def test_two_who_reply_at_once_never_have_one_appointment(people: Cast) -> None:
    """Two people would come to one room at one hour, each with a page that says that it is theirs."""
    hugh, george = people["hugh"], people["george"]
    version = adopt_scheme("drug-diversion", people, provider="hugh").versions.latest("pk")
    check_ins.desk(hugh, replies="move")
    moments = [clock.now() + timedelta(days=days) for days in (2, 3, 4)]
    *own, free = slots.offer_slots(scheme=version.scheme, moments=moments, place="Harbour", places=1, by=george)
    links = [_replies_to(people, version, slot) for slot in own]
    met = together(*(partial(_move, token, free.pk) for token in links))
    assert sorted(bool(words) for words in met) == [False, True]
    assert Referral.objects.filter(slot=free).count() == 1
    assert Appointment.objects.filter(starts_at=free.starts_at).count() == 1
    assert CheckIn.objects.exclude(answered_at=None).count() == 1


def _replies_to(people: Cast, version: SchemeVersion, slot: Slot) -> str:
    """The token of the link in a reminder of somebody whose first appointment is ``slot``."""
    helps = decision(rationale="Helps.")
    sent = refer(people["amara"], version, person=person(given_names=f"Kim{slot.pk}"), decision=helps)
    sent = partner.accept(referral=sent, navigator=people["george"], version=sent.version, by=people["hugh"])
    Referral.objects.filter(pk=sent.pk).update(slot=slot)
    where = {"starts_at": slot.starts_at, "place": slot.place}
    meeting = support.plan_appointment(referral=sent, by=people["george"], **where)
    return replying.link_for(meeting, ENGLISH).rpartition("/")[2]


def _move(token: str, slot: int) -> None:
    replying.move_appointment(token=token, slot=slot)


def test_a_decision_that_is_withdrawn_as_the_partner_accepts_is_one_or_the_other(people: Cast) -> None:
    """A worker would ring somebody who was told that nothing stands any more."""
    referral = refer(people["amara"], adopt_scheme("drug-diversion", people, provider="hugh").versions.latest("pk"))
    case, why = Case.objects.get(), TakenBack("too_soon")
    met = together(
        lambda: partner.accept(referral=referral, navigator=None, version=referral.version, by=people["hugh"]),
        lambda: withdrawing.withdraw_decision(case=case, why=why, seen=case.version, by=people["amara"]),
    )
    accepted = Referral.objects.get().state == Referral.State.ACCEPTED
    assert [bool(words) for words in met] == [not accepted, accepted]
    assert (Case.objects.get().decision.result == "offered_accepted") == accepted
    assert "changed since" in met[0] or "has answered" in met[1]


def corrected_to_affray(case: Case, by: User) -> None:
    """Affray is for a prosecutor here: an inspector or above records what they decide."""
    allegation = case.allegations.get()
    correct_crime(
        allegation=allegation,
        committed_on=allegation.committed_on,
        offence=Offence.objects.get(code="affray"),
        area="",
        reason="Mistyped.",
        seen=0,
        by=by,
    )


def a_moment_later(act: Callable[[], object]) -> Callable[[], object]:
    """Begun while the other act has done its part, and holds its transaction open."""

    def later() -> object:
        time.sleep(0.3)
        return act()

    return later


def held_open(act: Callable[[], object]) -> Callable[[], object]:
    """Done at once, and not committed before the other act has met it."""

    def held() -> None:
        act()
        time.sleep(1.5)

    return held


def test_a_sergeant_does_not_authorise_what_is_corrected_at_that_moment(people: Cast) -> None:
    """What only a prosecutor may settle would stand on a sergeant's name."""
    Offence.objects.filter(code="affray").update(mode="indictable")
    case = record(
        people["amara"],
        answers={"evidence": "charge_standard"},
        crimes=[crime("criminal-damage")],
        decision=decision(disposal="conditional_caution"),
    )
    assert Authorisation.objects.get().rank == "sergeant"
    same = Case.objects.get()
    met = together(
        held_open(lambda: corrected_to_affray(case, people["amara"])),
        a_moment_later(
            lambda: deciding.authorise(
                evidence_met=True, case=same, rationale="Fine.", seen=same.corrections.count(), by=people["carol"]
            )
        ),
    )
    assert met[0] == ""
    assert "rank of prosecutor" in met[1]
    assert Authorisation.objects.get().state == Authorisation.State.WAITING


def test_a_correction_takes_no_acceptance_back(people: Cast) -> None:
    """The provider has told the person that they are helped: the referral would vanish from their pages."""
    Offence.objects.filter(code="affray").update(mode="indictable")
    version = adopt_scheme("pathfinder", people).versions.latest("valid_from")
    open_to_all(version)
    answers = {"evidence": "charge_standard"}
    referral = refer(people["amara"], version, answers=answers, crimes=[crime("criminal-damage")])
    case, hana = Case.objects.get(), people["hana"]
    met = together(
        held_open(lambda: partner.accept(referral=referral, navigator=None, version=1, by=hana)),
        a_moment_later(lambda: corrected_to_affray(case, people["amara"])),
    )
    assert met == ["", ""]
    assert Referral.objects.get().state == Referral.State.ACCEPTED


def test_two_requests_of_one_page_that_is_new_keep_one_draft(people: Cast) -> None:
    """Typed faster than the service answers, the first two answers of a page would end in an error page."""
    amara, number = people["amara"], uuid.uuid4()
    kept: dict[str, Any] = {"submission": number, "window": "one", "seen": 0}
    met = together(
        lambda: drafts.keep_draft(**kept, typed={"given_names": ["Sam"]}, by=amara),
        lambda: drafts.keep_draft(**kept, typed={"given_names": ["Sam"], "family_name": ["Price"]}, by=amara),
    )
    assert met == ["", ""]
    assert DecisionDraft.objects.get().revision == 2


def test_two_decisions_on_a_change_are_one(people: Cast) -> None:
    """A sergeant refuses it and an inspector authorises it: the person would hold an agreement that both deny."""
    scheme = adopt_scheme("drug-diversion", people, provider="hugh").versions.latest("valid_from")
    sent = refer(people["amara"], scheme)
    partner.accept(referral=sent, navigator=people["george"], version=sent.version, by=people["hugh"])
    one = Condition.objects.filter(agreement__referral=sent).earliest("pk")
    given = {"because": "The course has closed.", "agreed_on": clock.today(), "agreed_how": "signed"}
    asked = varying.Change("let_go", "cancelled", **given)
    change = varying.change_condition(condition=one, change=asked, version=one.version, by=people["george"])
    seen = [ConditionChange.objects.get(pk=change.pk) for _each in range(2)]
    met = together(
        lambda: varying.authorise_change(change=seen[0], rationale="Fair.", by=people["carol"]),
        lambda: varying.refuse_change(change=seen[1], rationale="Unfair.", by=people["david"]),
    )
    assert sorted(bool(words) for words in met) == [False, True]
    change.refresh_from_db()
    one.refresh_from_db()
    assert (change.state == "given") == (one.state == "cancelled")


def test_whom_a_worker_meets_in_the_night_of_the_removal_stays(people: Cast) -> None:
    """Somebody who came back after months would be gone the next morning, with what they said."""
    service = adopt_scheme("lead", people, provider="hugh").versions.latest("valid_from")
    long_ago = clock.now() - timedelta(days=31 * settings.HELP_KEPT_MONTHS + 5)
    asked, noted, gone = ask(people["amara"], service), threading.Event(), []
    HelpRequest.objects.update(last_contact_at=long_ago)

    def meet() -> None:
        about = {"asked": asked, "submission": uuid.uuid4(), "kind": "spoke", "version": asked.version}
        helping.note_help_contact(**about, by=people["george"])
        noted.set()

    def forget() -> None:
        noted.wait(60)
        gone.append(helping.forget_help())

    assert together(meet, forget) == ["", ""]
    assert gone == [0]
    assert HelpRequest.objects.get().contacts.get().kind == "spoke"


def test_two_beats_at_once_raise_one_warning_and_send_one_message(people: Cast) -> None:
    """Everybody would be told twice, and would soon read neither."""
    assault = crime("common-assault", committed_on=clock.today() - timedelta(days=175))
    case = record(people["amara"], crimes=[assault])
    raised: list[object] = []
    together(*[lambda: raised.append(escalating.escalate(case_id=case.pk))] * 2)
    assert [one for one in raised if one] == list(Escalation.objects.filter(is_overtaken=False))
    together(*[lambda: queueing.queue_due(kind="time_limit")] * 2)
    message, claimed = Message.objects.get(kind="time_limit", to=people["amara"]), []
    together(*[lambda: claimed.append(sending.claim(pk=message.pk))] * 2)
    assert [bool(one) for one in sorted(claimed, key=bool)] == [False, True]


def test_nobody_is_named_on_both_sides_at_once(people: Cast) -> None:
    """A victim would speak with whoever helps the person, and neither would know."""
    scheme = adopt_scheme("drug-diversion", people, provider="hugh").versions.latest("valid_from")
    trained = hold(people["george"], *Role.objects.filter(slug__in=["navigator", "provider-facilitator"]))
    harmed = crime("possession-of-cannabis", victim_kind="person", victim_name="Zen")
    sent = refer(people["amara"], scheme, crimes=[harmed])
    one, vera = sent.case.allegations.get(), people["vera"]
    keep_wishes(allegation=one, said={"letter": "yes", "sharing": "yes"}, seen=0, by=vera)
    met = together(
        lambda: facilitating.name_facilitator(allegation=one, facilitator=trained, by=vera),
        lambda: partner.accept(referral=sent, navigator=trained, version=sent.version, by=people["hugh"]),
    )
    assert sorted(bool(words) for words in met) == [False, True]
    assert Facilitation.objects.exists() != (Referral.objects.get(pk=sent.pk).navigator == trained)


def brought(by: User) -> Told:
    rows = [{"number": f"AV/900{n}/26", "person": f"Sam Price{n}"} for n in range(2)]
    return read_crimes(enumerate(rows, 2), Offence.objects.catalogue(by.organisation))


def test_two_imports_of_crimes_wait_for_one_another(people: Cast) -> None:
    """Two record systems that send at midnight would stop each other, and no crime of that day be found."""
    force, told = people["amara"].organisation, brought(people["amara"])
    other_way = Told(list(reversed(told.crimes)))
    met = together(
        lambda: bring_crimes(told=told, force=force, by=None),
        lambda: bring_crimes(told=other_way, force=force, by=None),
    )
    assert met == ["", ""]
    assert KnownCrime.objects.count() == len(told.crimes)


def test_look_ups_at_once_do_not_pass_the_limit(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers could be tried by the hundred from many windows, and each names people."""
    monkeypatch.setattr(known_crimes, "MOST", 1)
    bring_crimes(told=brought(people["amara"]), force=people["amara"].organisation, by=None)
    one, other = (f"AV/900{n}/26" for n in range(2))
    met = together(
        lambda: known_crimes.known_crime(number=one, by=people["amara"]),
        lambda: known_crimes.known_crime(number=other, by=people["amara"]),
    )
    assert sorted(bool(words) for words in met) == [False, True]
    assert Event.objects.filter(kind__startswith="crime.looked_up").count() == 1


@pytest.mark.parametrize("code_first", [True, False])
def test_somebody_signs_in_while_their_factors_change(people: Cast, code_first: bool) -> None:
    """Each would wait for the row that the other holds until the database ends one: a page fails, a code is burnt."""
    amara = people["amara"]
    paper = with_app(amara)
    users = User.objects.filter(pk=amara.pk)

    def sign_in() -> None:
        time.sleep(0 if code_first else 0.2)
        assert factors.accept_code(amara, paper[0]) in (factors.CODES, "")
        time.sleep(0.4)
        users.update(last_login=clock.now())

    def renew() -> None:
        time.sleep(0.2 if code_first else 0)
        changing.renew_codes(by=users.get())

    assert together(sign_in, renew) == ["", ""]
    assert factors.codes_left(amara) == 10
