"""More of the world in which the matrix asks: voluntary support, what was corrected, and what only a partner reads."""

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cases.actions.withdrawing import TakenBack
from cases.details import DecisionDetails
from cases.models import Case, Offence
from diversion import clock
from diversion.accounts.models import Role
from referrals.actions import closing, deciding, feedback, missed, needs, partner, support, varying
from referrals.actions.correcting import correct_crime
from referrals.actions.deciding import Support
from referrals.actions.rescinding import AskedBack, ask_rescission, decide_rescission
from referrals.actions.reviewing import NewOffence, tell_of_offence
from referrals.actions.taking_back import hold_sent, withdraw
from referrals.actions.withdrawing import withdraw_decision
from referrals.models import CheckIn, Condition, Referral
from reporting.actions.releases import make_release
from reporting.models import Release
from tests.factories import check_ins
from tests.factories.cases import condition, crime, decision, person, record, refer, sign
from tests.factories.complaints import complain
from tests.factories.ground import adopt_scheme, hold

if TYPE_CHECKING:
    from tests.integration.matrix.world import Making

#: Who reads what only the provider keeps, and who reads a case of amara's.
HARBOUR, POLICE = "george hugh", "amara callum carol david elin vera"
#: Who reads what a force writes about its figures.
READERS = {"avonford": "david ian", "northmoor": "noel"}
CHILD = date(2012, 3, 4)


def add_voluntary(made: "Making") -> None:
    """Somebody under DIVERT, of whose later life police hear nothing: sent, helped, and closed."""
    version = adopt_scheme("divert", made.cast, provider="hugh").versions.latest("valid_from")
    for name, state in (("Val", "sent"), ("Vic", "accepted"), ("Vin", "closed")):
        backing = Support(scheme_version=version, conditions=[condition(), condition("I will see the coach.")])
        who = person(given_names=name, family_name="Vance", date_of_birth=date(2004, 3, 4))
        case = record(
            made.cast["amara"], person=who, decision=decision(disposal="none"), support=backing, origin="custody"
        )
        referral = case.referrals.get()
        if state != "sent":
            _help(made, referral)
        if state == "closed":
            _close(made, referral)
        made.voluntary_ones[state] = referral
    born(made, made.voluntary_ones["sent"].case)


def add_states(made: "Making") -> None:
    """Sent to Harbour, in the states that are left: begun, declined, taken back, held until somebody authorises it."""
    version, amara = made.drugs.versions.latest("valid_from"), made.cast["amara"]
    for name, state in (("Stu", "started"), ("Dee", "declined"), ("Wyn", "withdrawn"), ("Hew", "held")):
        referral = refer(amara, version, person=person(given_names=name))
        if state == "started":
            partner.accept(
                referral=referral, navigator=made.cast["george"], version=referral.version, by=made.cast["hugh"]
            )
            _come(made, referral)
        if state == "declined":
            why = {"reason": "risk", "note": made.world.mark("Known at Thistle Yard.", f"{HARBOUR} {POLICE}")}
            partner.decline(referral=referral, **why, version=referral.version, by=made.cast["hugh"])
        if state == "withdrawn":
            withdraw(referral, amara)
        if state == "held":
            hold_sent(referral.case, amara)
        made.in_state[state] = Referral.objects.get(pk=referral.pk)


def add_check_in(made: "Making", referral: Referral) -> CheckIn:
    """Somebody is asked how they are, with a question of the provider's list, and says that they feel very bad."""
    worker, by_two = referral.navigator, {"harbour": ("george", "hugh"), "bridgeway": ("fatima", "hana")}
    slug = referral.provider.slug
    writer, second = (made.cast[one] for one in by_two[slug])
    assert worker is not None
    check_ins.desk(second)
    readers = HARBOUR if slug == "harbour" else "fatima hana"
    welsh = made.world.mark(f"Wedi cysgu yn {slug}?", readers)
    question = check_ins.question(writer, second, words=f"Do you sleep at {slug}?", welsh=welsh)
    draft = check_ins.question(writer, None, words="Did you eat?")
    one = check_ins.answered(check_ins.plan(referral, worker, question), answers={str(question.pk): "no"})
    for name, of in (("in use", question), ("waits for a second person", draft)):
        made.world.add("check-ins/questions/", f"{slug}’s, {name}", slug, of.pk)
    return one


def _help(made: "Making", referral: Referral) -> None:
    """What a worker writes: a note, a meeting that was missed, another activity, needs, and what the person says."""
    george, mark = made.cast["george"], made.world.mark
    partner.accept(referral=referral, navigator=george, version=referral.version, by=made.cast["hugh"])
    note, swapped = mark("Afraid of hydrangeas.", HARBOUR), mark("I will attend the Quince clinic.", HARBOUR)
    of = {"submission": uuid.uuid4(), "channel": "telephone", "reached": True, "note": note}
    support.record_contact(referral=referral, **of, by=george)
    at = clock.now() - timedelta(hours=1)
    meeting = support.plan_appointment(referral=referral, starts_at=at, place=mark("Medlar House", HARBOUR), by=george)
    absent = {"attendance": "unacceptable_absence", "version": meeting.version}
    support.record_attendance(appointment=meeting, **absent, by=george)
    meeting.refresh_from_db()
    why = mark("Missed the tram to Larchmere.", "")
    missed.answer_missed(missed=meeting, reason="transport", note=why, version=0, by=george)
    first = Condition.objects.filter(agreement__referral=referral).earliest("pk")
    change = varying.Change("swapped", "illness", wording=swapped)
    varying.change_condition(condition=first, change=change, version=first.version, by=george)
    needs.review_needs(referral=referral, point="start", levels={"drugs": 3}, version=0, by=george)


def _come(made: "Making", referral: Referral) -> None:
    at, george = clock.now() - timedelta(minutes=30), made.cast["george"]
    came = support.plan_appointment(referral=referral, starts_at=at, place="Harbour House", by=george)
    support.record_attendance(appointment=came, attendance="attended", version=came.version, by=george)


def _close(made: "Making", referral: Referral) -> None:
    george, mark = made.cast["george"], made.world.mark
    _come(made, referral)
    referral.refresh_from_db()
    note = mark("Stopped coming after Michaelmas.", HARBOUR)
    better = mark("More evenings at Saltmarsh.", "hugh")
    said: dict[str, Any] = {"respect": "yes", "helped": "yes", "better": better}
    feedback.note_feedback(referral=referral, **said, by=george)
    closing.close_referral(referral=referral, result="not_completed", note=note, version=referral.version, by=george)


def born(made: "Making", case: Case) -> None:
    """Callum records another decision about the person of a case, and corrects that they are a child."""
    who = case.person
    who.refresh_from_db()
    named = {"given_names": who.given_names, "family_name": who.family_name}
    details = person(**named, existing=who, version=who.version, corrects=True, date_of_birth=CHILD)
    nothing = decision(result="not_offered", disposal="", not_offered_reason="evidence")
    record(made.cast["callum"], person=details, decision=nothing, support=Support())


def correct(made: "Making", case: Case) -> None:
    """Amara puts right where a crime happened, and says why."""
    allegation = case.allegations.get()
    why = made.world.mark("Typed from the Pennywort log.", POLICE)
    said = {"committed_on": allegation.committed_on, "offence": allegation.offence, "area": "Quay"}
    correct_crime(allegation=allegation, **said, reason=why, seen=0, by=made.cast["amara"])


def complained_of(made: "Making", case: Case) -> None:
    """A parent complains, and Amara writes it down: the partner who helps reads nothing of it."""
    words = made.world.mark("Shouted at him by the bandstand.", POLICE)
    complain(case, made.cast["amara"], words=words)


def alleged(made: "Making", case: Case) -> None:
    """Amara tells of a new offence, and is sure: the worker reads that it is looked at, and not what it is."""
    number = made.world.mark("AV/TANSY/26", POLICE)
    told = NewOffence(Offence.objects.get(code="arson", owner=None), clock.today(), number, is_sure=True)
    tell_of_offence(case=case, told=told, by=made.cast["amara"])


def rescinded(made: "Making", referral: Referral) -> None:
    """Carol asks that it be rescinded, and David does: the worker reads that, and not why."""
    case, mark = referral.case, made.world.mark
    case.refresh_from_db()
    why = AskedBack("other", mark("The film from Cloverleaf shows another.", POLICE))
    asked = ask_rescission(case=case, why=why, seen=case.version, by=made.cast["carol"])
    reason = mark("Not him at Cloverleaf.", POLICE)
    decide_rescission(rescission=asked, agrees=True, rationale=reason, by=made.cast["david"])


def in_error(made: "Making") -> Case:
    """Recorded on the wrong person, and withdrawn as that."""
    named = person(given_names="Wil", family_name="Wrongname")
    case = record(made.cast["amara"], person=named)
    words = made.world.mark("It was his cousin from Thistledown.", POLICE)
    withdraw_decision(case=case, why=TakenBack("wrong_person", words), seen=case.version, by=made.cast["amara"])
    return Case.objects.get(pk=case.pk)


def cautioned(made: "Making") -> Case:
    """Closed with a simple caution that Carol authorised, of somebody who turns out to have been a child."""
    caution = decision(disposal="simple_caution")
    named = person(given_names="Ned", family_name="Newbirth")
    case = record(made.cast["amara"], person=named, decision=caution, support=Support())
    deciding.authorise(evidence_met=True, case=case, rationale="Fair.", seen=0, by=made.cast["carol"])
    sign(case, words=made.world.mark("I hit him with the ladle.", POLICE))
    born(made, case)
    return Case.objects.get(pk=case.pk)


def sent_with_two_wordings(made: "Making", given: DecisionDetails) -> Referral:
    """Pays somebody whose name the partner does not read: each reads their own wording."""
    mark = made.world.mark
    pays = f"I will pay £80 to {mark('Odalys Greengage', POLICE)}."
    reads = mark("I will pay what is owed at Fennel Row.", HARBOUR)
    harmed = crime("possession-of-cannabis", victim_kind="person", victim_name="Odalys Greengage")
    owed = condition(pays, kind="compensation", object="reparative", partner_wording=reads)
    version = made.drugs.versions.latest("valid_from")
    backing = Support(scheme_version=version, conditions=[owed, condition()])
    who = person(given_names="Bo")
    case = record(made.cast["amara"], person=who, crimes=[harmed], support=backing, decision=given)
    referral = case.referrals.get()
    return partner.accept(
        referral=referral, navigator=made.cast["george"], version=referral.version, by=made.cast["hugh"]
    )


def release_of_northmoor(made: "Making", given: dict[str, Any]) -> None:
    """A release of the other force that nobody has checked, made by an inspector who reports that day alone."""
    noel = made.cast["noel"]
    usual = list(noel.roles.all())
    hold(noel, *usual, Role.objects.get(slug="monitoring-inspector"))
    release = make_release(audience="shared", **given | {"force": noel.organisation, "by": noel})
    hold(noel, *usual)
    made.world.add("releases/", "Northmoor’s, not checked", "northmoor", release.reference, check=1)


def release_of_harbour(made: "Making", given: dict[str, Any]) -> None:
    """A release that a provider declared of its own people, of whom there are too few."""
    days = {name: given[name] for name in ("start", "end")}
    told = {"tables": [["gender"]], "rung": ""}
    hugh = made.cast["hugh"]
    release = Release.objects.create(
        force=hugh.organisation, name="Harbour", audience="shared", source="own", unit="quarter", declared=told,
        state="impossible", problem="There are too few.", made_by=hugh, **days,
    )  # fmt: skip
    made.world.add("releases/", "Harbour’s own, impossible", "harbour", release.reference, check=1)
