"""One proof for each action: what has to stand before it, who does it, and the call itself (test_every_action.py)."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from cases import rulebook
from cases.actions import (
    absences,
    asking,
    authorising,
    catalogue,
    complaints,
    correcting,
    known_crimes,
    numbering,
    on_call,
    policies,
    prosecutors,
    recording,
    remedies,
    victims,
    youth,
)
from cases.actions import closing as case_closing
from cases.actions import handing_over as cases_handed_over
from cases.actions.prosecutors import AskedOfProsecutor
from cases.actions.withdrawing import TakenBack
from cases.details import PersonDetails, Prosecutor, ProsecutorsAnswer, Weighed
from cases.eligibility.schemes import load_scheme_library
from cases.intake.crimes import read_crimes
from cases.intake.summary import named
from cases.models import (
    Allegation,
    Case,
    Offence,
    OffenceReview,
    Person,
    PolicyVersion,
    Rescission,
    SpokenAuthority,
    YouthDuty,
    YouthJusticeLink,
)
from cases.models.crime import stand_in
from diversion import audit, clock
from diversion.accounts.actions import (
    approvals,
    factors,
    organisations,
    own_sessions,
    restored,
    roles,
    searches,
    starting,
    training,
    users,
    vetting,
)
from diversion.accounts.models import AccountRequest, Organisation, Role, Session, User
from diversion.notifications.actions import choosing
from referrals.actions import (
    amending,
    breaching,
    bringing,
    check_in_list,
    check_ins,
    closing,
    deciding,
    drafts,
    duty,
    escalating,
    evidence,
    explaining,
    facilitating,
    feedback,
    growing_up,
    handing_over,
    helping,
    merging,
    missed,
    needs,
    partner,
    places,
    questions,
    referring,
    reminding,
    rescinding,
    reviewing,
    scheme_rules,
    schemes,
    slots,
    speaking,
    support,
    undoing,
    varying,
    waiting_list,
    withdrawing,
)
from referrals.actions import correcting as crime_correcting
from referrals.actions import numbering as crime_numbering
from referrals.actions import victims as heard
from referrals.actions.deciding import Support
from referrals.actions.rescinding import AskedBack
from referrals.actions.speaking import Spoken
from referrals.actions.standing import restate
from referrals.actions.versions import VersionDetails, write_version
from referrals.intake.open_caseload import Helped
from referrals.intake.open_cases import read_open_cases
from referrals.models import (
    Appointment,
    Breach,
    Condition,
    ConditionChange,
    Facilitation,
    HelpRequest,
    Referral,
    Scheme,
    SchemeVersion,
    Slot,
    Undoable,
)
from reporting import outbox
from reporting.actions import (
    alone,
    extracts,
    followup,
    importing,
    panels,
    population,
    release_checks,
    releases,
    reports,
    sampling,
    schedules,
    suspects,
)
from reporting.actions import notes as finding_notes
from reporting.measures.overview import Question
from reporting.models import Panel, PanelCase, Release, ReportSchedule
from reporting.releases.looking import table_keys
from tests.conftest import Cast
from tests.factories import check_ins as asked_how
from tests.factories import searches as historic
from tests.factories.breaches import broken
from tests.factories.breaches import heard as both_heard
from tests.factories.cases import (
    answers,
    condition,
    crime,
    decision,
    grouped,
    left_open,
    person,
    record,
    refer,
    said_again,
    sign,
)
from tests.factories.complaints import complain, complained
from tests.factories.factors import SECRET, with_app
from tests.factories.facts import live
from tests.factories.files import picture
from tests.factories.ground import adopt_scheme, hold
from tests.factories.helping import ask, passed_on
from tests.factories.open_cases import row
from tests.factories.policies import begin_with
from tests.factories.releases import let_go
from tests.factories.schemes import document, rewrite
from tests.factories.youth import child_with_knife, duty_of, serve
from tests.unit.cases.catalogue.builders import entry, offered

Call = Callable[[User], object]
FOLLOWED = {
    "force": "avonford",
    "case_reference": "DV-NONE",
    "followed_from": "2025-01-01",
    "followed_to": "2025-12-31",
    "first_reoffence_date": "",
    "first_reoffence_proven_date": "",
    "reoffences": "0",
    "records_searched": "PNC",
}
SUSPECT = {
    "force": "avonford",
    "crime_number": "AV/1/26",
    "suspect_key": "K1",
    "outcome": "1",
    "outcome_date": "2026-05-20",
    "date_of_birth": "2001-03-04",
    "age": "",
    "sex": "male",
    "ethnicity_self_defined": "B1",
    "ethnicity_officer_defined": "IC3",
    "offence": "Theft from a shop",
}
Q1 = {"start": date(2026, 1, 1), "end": date(2026, 3, 31)}


class World:
    """What actions are done to, made when it is first asked for."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast, self.folder = cast, folder

    @property
    def force(self) -> Organisation:
        return self.cast["elin"].organisation

    @property
    def harbour(self) -> Organisation:
        return self.cast["hugh"].organisation

    @cached_property
    def scheme(self) -> Scheme:
        return adopt_scheme("drug-diversion", self.cast, provider="hugh")

    @property
    def version(self) -> SchemeVersion:
        return self.scheme.versions.latest("valid_from")

    @cached_property
    def sent(self) -> Referral:
        return refer(self.cast["amara"], self.version)

    @cached_property
    def accepted(self) -> Referral:
        """With Harbour Trust; george helps."""
        sent = self.sent
        return partner.accept(referral=sent, navigator=self.cast["george"], version=sent.version, by=self.cast["hugh"])

    @cached_property
    def broken(self) -> Case:
        """An enforceable agreement that police look after and that was not kept."""
        case = self.waiting
        deciding.authorise(
            evidence_met=True,
            case=case,
            rationale="Proportionate.",
            seen=case.corrections.count(),
            by=self.cast["carol"],
        )
        sign(case)
        one = Condition.objects.get(agreement__case=case)
        support.settle_condition(
            condition=one, state="not_done", evidence="", version=one.version, by=self.cast["amara"]
        )
        return case

    @cached_property
    def deferred(self) -> Referral:
        """Of somebody whose summons is deferred, with Harbour Trust; george helps."""
        sent = refer(self.cast["amara"], self.version, decision=decision(disposal="deferred_summons"))
        return partner.accept(referral=sent, navigator=self.cast["george"], version=sent.version, by=self.cast["hugh"])

    @cached_property
    def breach(self) -> Breach:
        """Whether that agreement was broken: put to police by george, and nobody heard yet."""
        return breaching.put_breach(referral=self.deferred, trigger="stopped", seen=0, by=self.cast["george"])

    @cached_property
    def helper(self) -> SchemeVersion:
        """A service of Harbour Trust that helps people of whom no offence is alleged."""
        return adopt_scheme("lead", self.cast, provider="hugh").versions.latest("valid_from")

    @cached_property
    def asked(self) -> HelpRequest:
        return ask(self.cast["amara"], self.helper)

    @cached_property
    def waiting(self) -> Case:
        """A decision that waits for a sergeant."""
        return record(self.cast["amara"], decision=decision(disposal="deferred_charge"))

    @cached_property
    def case(self) -> Case:
        """With a condition that police look after."""
        return record(self.cast["amara"])

    @cached_property
    def appointment(self) -> Appointment:
        return support.plan_appointment(
            referral=self.accepted, starts_at=clock.now(), place="Here", by=self.cast["george"]
        )

    @cached_property
    def slot(self) -> Slot:
        tomorrow = clock.now() + timedelta(days=1)
        return Slot.objects.create(version=self.version, starts_at=tomorrow, place="Here")

    @cached_property
    def draft(self) -> PolicyVersion:
        """Of the force's policy, ready to be signed."""
        elin = self.cast["elin"]
        draft = policies.start_draft(base=rulebook.live_version(self.force, clock.today()), by=elin)
        return self._ready(draft)

    @cached_property
    def scheme_draft(self) -> PolicyVersion:
        return self._ready(scheme_rules.start_scheme_draft(scheme=self.scheme, by=self.cast["elin"]))

    def _ready(self, draft: PolicyVersion) -> PolicyVersion:
        elin = self.cast["elin"]
        draft = policies.describe(version=draft, **_about(draft), revision=draft.revision, by=elin)
        return policies.keep_preview(version=draft, preview={"decisions": 0}, by=elin)

    @cached_property
    def service(self) -> YouthJusticeLink:
        """Avonford Youth Justice serves the force; yusuf works there."""
        return serve(self.cast)

    @cached_property
    def untold(self) -> YouthDuty:
        """Of a child with a knife, from before any service served the force."""
        return duty_of(child_with_knife(self.cast["amara"]))

    @cached_property
    def told(self) -> YouthDuty:
        """Of a child with a knife, of whom Avonford Youth Justice was told."""
        assert self.service
        return duty_of(child_with_knife(self.cast["amara"]))

    @cached_property
    def offence(self) -> Offence:
        """An entry of the force's own catalogue."""
        return catalogue.add_offence(entry=entry(), by=self.cast["elin"])

    def file(self, name: str, *lines: str) -> Path:
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


def _about(draft: PolicyVersion) -> dict[str, Any]:
    return {"name": draft.name, "label": "9", "review_date": date(2027, 6, 1), "notes": "Why."}


@dataclass(frozen=True)
class Proof:
    """``ready`` makes what stands before the action ``by`` does, and returns the call.

    ``checks``: it asks for a permission itself. ``tells_figures``: it changes somebody's case. ``only_logs``: its entry
    in the log is all that it leaves.
    """

    by: str
    ready: Callable[[World], Call]
    checks: bool = True
    tells_figures: bool = False
    only_logs: bool = False


PROOFS: dict[str, Proof] = {}
#: Done inside another action and its transaction, which has checked who may: action -> (that other action, why).
INNER: Mapping[str, tuple[str, str]] = {
    "diversion.accounts.actions.approvals.ask": (
        "diversion.accounts.actions.users.ask_for_link",
        "is what add_user, change_user and enable_user ask of a second person",
    ),
    "cases.actions.bringing.bring_case": (
        "referrals.actions.bringing.bring_open_case",
        "makes the record of a case that was decided elsewhere, for an operator who is no user",
    ),
    "cases.actions.youth.begin": ("cases.actions.recording.record_case", "tells youth justice with the case"),
    "cases.actions.youth.follow": ("cases.actions.recording.decide_case", "tells youth justice with the decision"),
    "cases.actions.policies.new_draft": ("cases.actions.policies.start_draft", "makes the row of a draft"),
    "cases.actions.policies.arrive": ("referrals.actions.scheme_rules.copy_scheme", "makes the copy elsewhere"),
    "cases.actions.closing.reopen": ("referrals.actions.undoing.undo", "opens again what is undone"),
    "referrals.actions.closing.close_without_partner": (
        "referrals.actions.support.settle_condition",
        "closes what police wait for no longer",
    ),
    "referrals.actions.helping.hand_over_help": (
        "referrals.actions.handing_over.hand_over",
        "hands over whom somebody helps with their referrals",
    ),
    "referrals.actions.closing.close_what_waited": (
        "referrals.actions.numbering.number_crime",
        "closes what waited for a number or for authority alone",
    ),
}


def proves(action: Callable[..., Any], by: str, **kinds: bool) -> Callable[[Callable[[World], Call]], None]:
    def keep(ready: Callable[[World], Call]) -> None:
        PROOFS[f"{action.__module__}.{action.__name__}"] = Proof(by, ready, **kinds)

    return keep


def case_proof(action: Callable[..., Any], by: str) -> Callable[[Callable[[World], Call]], None]:
    """Of an action that changes somebody's case."""
    return proves(action, by, tells_figures=True)


@proves(roles.grant, "kit", checks=False)
def _(world: World) -> Call:
    role = Role.objects.get(slug="supervisor")
    return lambda by: roles.grant(user=world.cast["amara"], role=role, by=by)


@proves(organisations.add_organisation, "kit", checks=False)
def _(world: World) -> Call:
    about = {"name": "Southmoor Police", "slug": "southmoor", "kind": Organisation.Kind.POLICE_FORCE}
    return lambda by: organisations.add_organisation(**about, teams=["Response A"], by=by)


@proves(starting.add_first_administrator, "kit", checks=False)
def _(world: World) -> Call:
    about = {"email": "lee@northmoor.example", "full_name": "Lee Ward", "organisation": world.cast["ben"].organisation}
    return lambda by: starting.add_first_administrator(**about, by=by)


@proves(restored.disable_again, "kit", checks=False)
def _(world: World) -> Call:
    return lambda by: restored.disable_again(emails=[world.cast["amara"].email], by=by)


@proves(searches.keep_search, "amara", checks=False)
def _(world: World) -> Call:
    return lambda by: searches.keep_search(page="people", typed={"name": "Price"}, by=by)


@proves(users.add_user, "kit")
def _(world: World) -> Call:
    details = users.UserDetails("New Person")
    return lambda by: users.add_user(email="new@avonford.example", details=details, by=by)


@proves(users.change_user, "kit")
def _(world: World) -> Call:
    details = users.UserDetails("Amara Okafor-Lee", rank="constable")
    return lambda by: users.change_user(user=world.cast["amara"], details=details, by=by)


def _settled(world: World) -> Undoable:
    """Marked as done by amara just now, which closed the case."""
    one = Condition.objects.get(agreement__case=world.case)
    support.settle_condition(condition=one, state="done", evidence="Seen.", version=one.version, by=world.cast["amara"])
    return one.undoables.get()


@case_proof(undoing.undo, "amara")
def _(world: World) -> Call:
    done = _settled(world)
    return lambda by: undoing.undo(undoable=done, by=by)


@case_proof(undoing.let_stand, "amara")
def _(world: World) -> Call:
    done = _settled(world)
    return lambda by: undoing.let_stand(undoable=done, by=by)


PUT = AskedOfProsecutor("Domestic abuse.", "Is a caution agreed?", date(2026, 6, 20))
ACTING = {"rank": "sergeant", "acting_from": date(2026, 6, 10), "acting_until": date(2026, 6, 20)}


@proves(users.ask_acting, "kit")
def _(world: World) -> Call:
    return lambda by: users.ask_acting(user=world.cast["callum"], **ACTING, by=by)


@proves(approvals.end_acting, "kit")
def _(world: World) -> Call:
    asked = users.ask_acting(user=world.cast["callum"], **ACTING, by=world.cast["kit"])
    approvals.approve(request=asked, by=world.cast["jo"])
    return lambda by: approvals.end_acting(request=asked, by=by)


@proves(users.disable_user, "kit")
def _(world: World) -> Call:
    return lambda by: users.disable_user(user=world.cast["amara"], by=by)


@proves(users.end_sessions_of, "kit")
def _(world: World) -> Call:
    Session.objects.create(session_key="elsewhere", expire_date=clock.now(), user=world.cast["amara"])
    return lambda by: users.end_sessions_of(user=world.cast["amara"], by=by)


@proves(users.enable_user, "kit")
def _(world: World) -> Call:
    users.disable_user(user=world.cast["amara"], by=world.cast["kit"])
    return lambda by: users.enable_user(user=world.cast["amara"], by=by)


@proves(own_sessions.end_sessions, "amara", checks=False)
def _(world: World) -> Call:
    kept = Session.objects.create(session_key="elsewhere", expire_date=clock.now(), user=world.cast["amara"])
    return lambda by: own_sessions.end_sessions(ends=[audit.digest(kept.pk)], by=by)


@proves(own_sessions.end_everybodys_sessions, "kit", checks=False)
def _(world: World) -> Call:
    Session.objects.create(session_key="elsewhere", expire_date=clock.now(), user=world.cast["amara"])
    return lambda by: own_sessions.end_everybodys_sessions(organisation=None, by=by)


@proves(vetting.record_vetting, "hugh")
def _(world: World) -> Call:
    hold(world.cast["hugh"], Role.objects.get(slug="provider-administrator"))
    given: dict[str, Any] = {"vetting": "nppv2", "vetted_until": clock.today() + timedelta(days=365)}
    return lambda by: vetting.record_vetting(user=world.cast["george"], **given, by=by)


@proves(training.take_back_training, "kit")
def _(world: World) -> Call:
    mark = world.cast["david"].trainings.get()
    return lambda by: training.take_back_training(training=mark, by=by)


@proves(training.record_training, "kit")
def _(world: World) -> Call:
    given: dict[str, Any] = {"trained_on": clock.today(), "counts_until": clock.today() + timedelta(days=365)}
    return lambda by: training.record_training(user=world.cast["carol"], **given, by=by)


def asked_for(world: World) -> AccountRequest:
    """A link for Amara that Kit has asked for."""
    users.ask_for_link(user=world.cast["amara"], by=world.cast["kit"])
    return AccountRequest.objects.latest("pk")


@proves(approvals.approve, "jo")
def _(world: World) -> Call:
    asked = asked_for(world)
    return lambda by: approvals.approve(request=asked, by=by)


@proves(approvals.refuse, "jo")
def _(world: World) -> Call:
    asked = asked_for(world)
    return lambda by: approvals.refuse(request=asked, by=by)


@proves(approvals.use_link, "kit")
def _(world: World) -> Call:
    approvals.approve(request=asked_for(world), by=world.cast["jo"])
    return lambda by: approvals.use_link(user=world.cast["amara"], by=by)


@proves(users.ask_for_reset, "kit")
def _(world: World) -> Call:
    with_app(world.cast["amara"])
    return lambda by: users.ask_for_reset(user=world.cast["amara"], by=by)


@proves(factors.set_up_app, "amara", checks=False)
def _(world: World) -> Call:
    return lambda by: factors.set_up_app(secret=SECRET, counter=1, here="", by=by)


@proves(factors.set_up_passkey, "amara", checks=False)
def _(world: World) -> Call:
    return lambda by: factors.set_up_passkey(name="key", credential={"id": "a"}, here="", by=by)


@proves(factors.renew_codes, "amara", checks=False)
def _(world: World) -> Call:
    with_app(world.cast["amara"])
    return lambda by: factors.renew_codes(by=by)


@proves(factors.remove, "amara")
def _(world: World) -> Call:
    with_app(world.cast["amara"])
    own = world.cast["amara"].authenticator_set.get(type="totp")
    return lambda by: factors.remove(factor=own.pk, here="", by=by)


@proves(users.ask_for_link, "kit")
def _(world: World) -> Call:
    return lambda by: users.ask_for_link(user=world.cast["amara"], by=by)


@case_proof(asking.ask, "carol")
def _(world: World) -> Call:
    case = world.waiting
    return lambda by: asking.ask(case=case, question="Why?", by=by)


AWAY = {"from_on": date(2026, 6, 10), "until_on": date(2026, 6, 20)}


@proves(absences.say_away, "amara")
def _(world: World) -> Call:
    cast = world.cast
    return lambda by: absences.say_away(user=cast["amara"], cover=cast["callum"], **AWAY, by=by)


@proves(absences.end_away, "amara")
def _(world: World) -> Call:
    cast = world.cast
    said = absences.say_away(user=cast["amara"], cover=cast["callum"], **AWAY, by=cast["amara"])
    return lambda by: absences.end_away(absence=said, by=by)


TURN: dict[str, Any] = {"team": None, "telephone": "01632 960 100"}


def _turn(world: World) -> dict[str, Any]:
    starts = clock.now()
    return TURN | {"user": world.cast["carol"], "starts_at": starts, "until": starts + timedelta(hours=8)}


@proves(on_call.put_on_call, "elin")
def _(world: World) -> Call:
    return lambda by: on_call.put_on_call(**_turn(world), by=by)


@proves(on_call.take_off_call, "elin")
def _(world: World) -> Call:
    turn = on_call.put_on_call(**_turn(world), by=world.cast["elin"])
    return lambda by: on_call.take_off_call(on_call=turn, by=by)


@case_proof(asking.answer, "amara")
def _(world: World) -> Call:
    case = world.waiting
    asking.ask(case=case, question="Why?", by=world.cast["carol"])
    return lambda by: asking.answer(case=case, answer="Because.", by=by)


@case_proof(authorising.authorise, "carol")
def _(world: World) -> Call:
    case = world.waiting
    return lambda by: authorising.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=by
    )


@case_proof(authorising.refuse, "carol")
def _(world: World) -> Call:
    case = world.waiting
    return lambda by: authorising.refuse(case=case, rationale="Charge.", seen=case.corrections.count(), by=by)


@proves(known_crimes.bring_crimes, "kit", checks=False)
def _(world: World) -> Call:
    told = read_crimes([(2, {"number": "AV/70/26", "person": "Kyle Ellis"})], Offence.objects.catalogue(world.force))
    return lambda by: known_crimes.bring_crimes(told=told, force=world.force, by=by)


@case_proof(bringing.take_on, "hugh")
def _(world: World) -> Call:
    helped = Helped(world.sent.reference, "george@harbour.example", (), (2,))
    return lambda by: bringing.take_on(helped=helped, by=by)


@proves(bringing.bring_open_case, "kit", checks=False, tells_figures=True)
def _(world: World) -> Call:
    catalogue = Offence.objects.catalogue(world.force)
    [found] = read_open_cases([(2, row())], catalogue, named(catalogue)).cases
    return lambda by: bringing.bring_open_case(found=found, force=world.force, by=by)


@proves(catalogue.import_offences, "elin")
def _(world: World) -> Call:
    new = offered(entry())
    return lambda by: catalogue.import_offences(offered=new, force=world.force, by=by)


@proves(catalogue.add_offence, "elin")
def _(world: World) -> Call:
    return lambda by: catalogue.add_offence(entry=entry(), by=by)


@proves(catalogue.end_offence, "elin")
def _(world: World) -> Call:
    own = world.offence
    return lambda by: catalogue.end_offence(offence=own, last_day=clock.today(), by=by)


@proves(case_closing.close, "amara", checks=False, tells_figures=True)
def _(world: World) -> Call:
    case = world.case
    return lambda by: case_closing.close(case=case, outcomes={}, by=by)


@case_proof(cases_handed_over.hand_over, "carol")
def _(world: World) -> Call:
    given: dict[str, Any] = {"references": [world.case.reference], "holder": world.cast["amara"]}
    return lambda by: cases_handed_over.hand_over(**given, to=world.cast["callum"], by=by)


def _unnumbered(world: World) -> dict[str, Any]:
    case = record(world.cast["amara"], crimes=[crime(number=stand_in())])
    return {"allegation": case.allegations.get(), "number": "AV/4711/26"}


@case_proof(numbering.enter_number, "amara")
def _(world: World) -> Call:
    given = _unnumbered(world)
    return lambda by: numbering.enter_number(**given, by=by)


@case_proof(crime_numbering.number_crime, "amara")
def _(world: World) -> Call:
    given = _unnumbered(world)
    return lambda by: crime_numbering.number_crime(**given, by=by)


@case_proof(correcting.correct_allegation, "amara")
def _(world: World) -> Call:
    given = _corrected(world)
    return lambda by: correcting.correct_allegation(**given, by=by)


@proves(policies.start_draft, "elin")
def _(world: World) -> Call:
    base = rulebook.live_version(world.force, clock.today())
    return lambda by: policies.start_draft(base=base, by=by)


@proves(policies.save_document, "elin")
def _(world: World) -> Call:
    draft = world.draft
    document = rulebook.policy_of(draft).model_copy(update={"name": "Another"})
    return lambda by: policies.save_document(version=draft, document=document, revision=draft.revision, by=by)


@proves(policies.describe, "elin")
def _(world: World) -> Call:
    draft = world.draft
    return lambda by: policies.describe(version=draft, **_about(draft), revision=draft.revision, by=by)


@proves(policies.choose_setup, "elin")
def _(world: World) -> Call:
    draft = world.draft
    return lambda by: policies.choose_setup(version=draft, setup={"capacity": 3}, revision=draft.revision, by=by)


@proves(policies.keep_preview, "elin")
def _(world: World) -> Call:
    draft = world.draft
    return lambda by: policies.keep_preview(version=draft, preview={"decisions": 1}, by=by)


@proves(policies.sign, "elin")
def _(world: World) -> Call:
    draft = world.draft
    return lambda by: policies.sign(version=draft, revision=draft.revision, by=by)


@proves(policies.withdraw, "elin")
def _(world: World) -> Call:
    draft = world.draft
    return lambda by: policies.withdraw(version=draft, by=by)


@proves(policies.copy_to, "elin")
def _(world: World) -> Call:
    base, other = rulebook.live_version(world.force, clock.today()), world.cast["ben"].organisation
    return lambda by: policies.copy_to(version=base, force=other, by=by)


@case_proof(recording.record_case, "amara")
def _(world: World) -> Call:
    given = _recorded(world)
    return lambda by: recording.record_case(**given, weighed=Weighed([], [], "none"), by=by)


@case_proof(recording.decide_case, "amara")
def _(world: World) -> Call:
    given = _decided(world)
    return lambda by: recording.decide_case(**given, weighed=Weighed([], [], "none"), by=by)


@case_proof(youth.tell, "amara")
def _(world: World) -> Call:
    duty = world.untold
    return lambda by: youth.tell(duty=duty, told_whom="Rosa Lind, by phone", version=duty.version, by=by)


@case_proof(youth.acknowledge, "yusuf")
def _(world: World) -> Call:
    duty = world.told
    return lambda by: youth.acknowledge(duty=duty, version=duty.version, by=by)


@case_proof(youth.report_not_kept, "yusuf")
def _(world: World) -> Call:
    duty = world.told
    return lambda by: youth.report_not_kept(duty=duty, note="Missed all.", version=duty.version, by=by)


@case_proof(youth.finish, "yusuf")
def _(world: World) -> Call:
    duty = youth.acknowledge(duty=world.told, version=world.told.version, by=world.cast["yusuf"])
    return lambda by: youth.finish(duty=duty, reason="kept", version=duty.version, by=by)


@case_proof(youth.record_assessment, "yusuf")
def _(world: World) -> Call:
    case = world.told.case
    said = {"done_on": clock.today(), "done_by": "Yusuf Demir", "reference": "PDAT 1"}
    return lambda by: youth.record_assessment(case=case, **said, version=0, by=by)


@proves(youth.link_service, "elin")
def _(world: World) -> Call:
    service = world.cast["yusuf"].organisation
    return lambda by: youth.link_service(service=service, valid_from=clock.today(), by=by)


@proves(youth.end_link, "elin")
def _(world: World) -> Call:
    link = world.service
    return lambda by: youth.end_link(link=link, last_day=clock.today(), by=by)


@case_proof(closing.close_referral, "george")
def _(world: World) -> Call:
    accepted = world.accepted
    return lambda by: closing.close_referral(
        referral=accepted, result="not_completed", note="", version=accepted.version, by=by
    )


@case_proof(closing.decide_after_failure, "amara")
def _(world: World) -> Call:
    case = world.broken
    broken(case, world.cast)
    return lambda by: closing.decide_after_failure(case=case, result="failed_prosecuted", by=by)


@case_proof(crime_correcting.correct_crime, "amara")
def _(world: World) -> Call:
    given = _corrected(world)
    return lambda by: crime_correcting.correct_crime(**given, by=by)


@case_proof(deciding.record_decision, "amara")
def _(world: World) -> Call:
    given = _recorded(world) | {"support": Support(conditions=[condition()])}
    return lambda by: deciding.record_decision(**given, by=by)


@case_proof(deciding.decide_case, "amara")
def _(world: World) -> Call:
    given = _decided(world) | {"support": Support(conditions=[condition()])}
    return lambda by: deciding.decide_case(**given, by=by)


def _typed(world: World) -> dict[str, Any]:
    typed = {"given_names": ["Sam"]}
    return {"submission": uuid.UUID(int=7), "typed": typed, "window": "one", "seen": 0}


@proves(drafts.keep_draft, "amara")
def _(world: World) -> Call:
    given = _typed(world)
    return lambda by: drafts.keep_draft(**given, by=by)


@proves(drafts.let_go, "amara")
def _(world: World) -> Call:
    kept = drafts.keep_draft(**_typed(world), by=world.cast["amara"])
    return lambda by: drafts.let_go(draft=kept, by=by)


@case_proof(deciding.authorise, "carol")
def _(world: World) -> Call:
    case = world.waiting
    return lambda by: deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=by
    )


def _authorised(world: World) -> Case:
    case = world.waiting
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=world.cast["carol"]
    )
    return Case.objects.get(pk=case.pk)


def _said(world: World) -> Spoken:
    """What carol, a sergeant, said over the radio just now."""
    return Spoken(world.cast["carol"], "radio", clock.now(), "Go ahead.")


@case_proof(speaking.enter_spoken, "amara")
def _(world: World) -> Call:
    begin_with(world.force, spoken_authority=True)
    case = world.waiting
    return lambda by: speaking.enter_spoken(case=case, spoken=_said(world), by=by)


def _entered(world: World) -> SpokenAuthority:
    begin_with(world.force, spoken_authority=True)
    return speaking.enter_spoken(case=world.waiting, spoken=_said(world), by=world.cast["amara"])


@case_proof(speaking.confirm_spoken, "carol")
def _(world: World) -> Call:
    spoken = _entered(world)
    return lambda by: speaking.confirm_spoken(
        evidence_met=True, spoken=spoken, answer="I said so.", seen=spoken.authorisation.case.corrections.count(), by=by
    )


@case_proof(speaking.deny_spoken, "carol")
def _(world: World) -> Call:
    spoken = _entered(world)
    return lambda by: speaking.deny_spoken(
        spoken=spoken, answer="I did not.", seen=spoken.authorisation.case.corrections.count(), by=by
    )


@case_proof(speaking.stop_spoken, "david")
def _(world: World) -> Call:
    spoken = _entered(world)
    return lambda by: speaking.stop_spoken(
        spoken=spoken, answer="He is wanted.", seen=spoken.authorisation.case.corrections.count(), by=by
    )


def _put_to_prosecutor(world: World) -> Case:
    case = world.waiting
    prosecutors.refer_to_prosecutor(case=case, asked=PUT, seen=case.corrections.count(), by=world.cast["david"])
    return case


@case_proof(prosecutors.refer_to_prosecutor, "david")
def _(world: World) -> Call:
    case = world.waiting
    return lambda by: prosecutors.refer_to_prosecutor(case=case, asked=PUT, seen=case.corrections.count(), by=by)


@case_proof(prosecutors.enter_prosecutors_decision, "elin")
def _(world: World) -> Call:
    case = _put_to_prosecutor(world)
    answer = ProsecutorsAnswer(Prosecutor("P. Rowe", clock.today(), "CPS/1"), "agreed")
    return lambda by: prosecutors.enter_prosecutors_decision(case=case, answer=answer, seen=0, by=by)


@case_proof(prosecutors.take_back_from_prosecutor, "david")
def _(world: World) -> Call:
    case = _put_to_prosecutor(world)
    return lambda by: prosecutors.take_back_from_prosecutor(case=case, because="Not needed.", by=by)


def _another_record(world: World) -> dict[str, Any]:
    """Of the person of a case: another record, with a case of its own."""
    twin = record(world.cast["amara"], person=person(given_names="Samuel")).person
    kept = world.case.person
    return {"kept": kept, "other": twin, "contact": "kept", "reason": "Said so.", "seen": (kept.version, twin.version)}


@case_proof(merging.merge_people, "elin")
def _(world: World) -> Call:
    given = _another_record(world)
    return lambda by: merging.merge_people(**given, by=by)


@case_proof(merging.split_people, "elin")
def _(world: World) -> Call:
    merge = merging.merge_people(**_another_record(world), by=world.cast["elin"])
    return lambda by: merging.split_people(merge=merge, because="Two people.", by=by)


@case_proof(explaining.explain_and_sign, "amara")
def _(world: World) -> Call:
    case = _authorised(world)
    return lambda by: explaining.explain_and_sign(case=case, admits=True, signed_as="Sam Price", by=by)


@case_proof(explaining.decline_when_explained, "amara")
def _(world: World) -> Call:
    case = _authorised(world)
    return lambda by: explaining.decline_when_explained(case=case, reason="distrust", by=by)


@case_proof(deciding.refuse, "carol")
def _(world: World) -> Call:
    case = world.waiting
    return lambda by: deciding.refuse(case=case, rationale="Charge.", seen=case.corrections.count(), by=by)


@case_proof(needs.review_needs, "george")
def _(world: World) -> Call:
    accepted = world.accepted
    return lambda by: needs.review_needs(referral=accepted, point="mid", levels={"drugs": 1}, version=0, by=by)


@case_proof(needs.record_outcomes, "george")
def _(world: World) -> Call:
    accepted = world.accepted
    needs.review_needs(referral=accepted, point="start", levels={"drugs": 2}, version=0, by=world.cast["george"])
    met = [needs.OutcomeDetails("drugs", "not_met")]
    return lambda by: needs.record_outcomes(referral=accepted, outcomes=met, by=by)


@case_proof(needs.record_answers, "george")
def _(world: World) -> Call:
    accepted = world.accepted
    return lambda by: needs.record_answers(referral=accepted, disability="no", care_experience="yes", version=0, by=by)


@case_proof(partner.accept, "hugh")
def _(world: World) -> Call:
    sent = world.sent
    return lambda by: partner.accept(referral=sent, navigator=None, version=sent.version, by=by)


@case_proof(partner.decline, "hugh")
def _(world: World) -> Call:
    sent = world.sent
    return lambda by: partner.decline(referral=sent, reason="risk", note="", version=sent.version, by=by)


@case_proof(waiting_list.put_on_list, "hugh")
def _(world: World) -> Call:
    sent = world.sent
    why: dict[str, Any] = {"reason": "full", "place_on": None, "version": sent.version}
    return lambda by: waiting_list.put_on_list(referral=sent, **why, by=by)


@case_proof(waiting_list.take_off_list, "elin")
def _(world: World) -> Call:
    why: dict[str, Any] = {"reason": "full", "place_on": None, "version": world.sent.version}
    listed = waiting_list.put_on_list(referral=world.sent, **why, by=world.cast["hugh"])
    return lambda by: waiting_list.take_off_list(referral=listed, version=listed.version, by=by)


@case_proof(partner.assign, "hugh")
def _(world: World) -> Call:
    accepted = world.accepted
    return lambda by: partner.assign(referral=accepted, navigator=world.cast["hugh"], version=accepted.version, by=by)


@case_proof(handing_over.hand_over, "hugh")
def _(world: World) -> Call:
    given: dict[str, Any] = {"references": [world.accepted.reference], "holder": world.cast["george"]}
    return lambda by: handing_over.hand_over(**given, to=world.cast["hugh"], by=by)


@proves(places.change_money, "elin")
def _(world: World) -> Call:
    scheme = world.scheme
    return lambda by: places.change_money(scheme=scheme, until=clock.today(), by=by)


@proves(places.change_telephone, "elin")
def _(world: World) -> Call:
    scheme = world.scheme
    return lambda by: places.change_telephone(scheme=scheme, telephone="01632 960 001", by=by)


@proves(places.change_capacity, "elin")
def _(world: World) -> Call:
    scheme = world.scheme
    return lambda by: places.change_capacity(scheme=scheme, capacity=3, reason="workers", by=by)


@case_proof(referring.refer_again, "amara")
def _(world: World) -> Call:
    sent = world.sent
    partner.decline(referral=sent, reason="risk", note="", version=sent.version, by=world.cast["hugh"])
    other = Scheme.objects.create(force=world.force, slug="second-step", name="Second Step")
    version = write_version(other, _rules(world, clock.today()))
    return lambda by: referring.refer_again(case=sent.case, scheme_version=version, slot=None, by=by)


@proves(scheme_rules.start_scheme_draft, "elin")
def _(world: World) -> Call:
    scheme = world.scheme
    return lambda by: scheme_rules.start_scheme_draft(scheme=scheme, by=by)


@proves(scheme_rules.copy_scheme, "elin")
def _(world: World) -> Call:
    scheme = world.scheme
    return lambda by: scheme_rules.copy_scheme(scheme=scheme, force=world.cast["ben"].organisation, by=by)


@proves(scheme_rules.draft_scheme, "elin")
def _(world: World) -> Call:
    terms = _rules(world, clock.today())
    return lambda by: scheme_rules.draft_scheme(name="Young adults", terms=terms, by=by)


@proves(scheme_rules.adopt, "elin")
def _(world: World) -> Call:
    lead = next(one for one in load_scheme_library() if one.slug == "lead")
    return lambda by: scheme_rules.adopt(definition=lead, provider=world.harbour, area="avonford", by=by)


@proves(scheme_rules.change_terms, "elin")
def _(world: World) -> Call:
    terms = _rules(world, clock.today())
    draft = scheme_rules.draft_scheme(name="Young adults", terms=terms, by=world.cast["elin"])
    return lambda by: scheme_rules.change_terms(version=draft, terms=terms, revision=draft.revision, by=by)


@proves(scheme_rules.sign, "elin")
def _(world: World) -> Call:
    draft = world.scheme_draft
    return lambda by: scheme_rules.sign(version=draft, revision=draft.revision, by=by)


@proves(schemes.add_version, "elin")
def _(world: World) -> Call:
    scheme, details = world.scheme, _rules(world, clock.today())
    return lambda by: schemes.add_version(scheme=scheme, version=details, by=by)


@proves(schemes.end_scheme, "elin")
def _(world: World) -> Call:
    scheme = world.scheme
    return lambda by: schemes.end_scheme(scheme=scheme, last_day=clock.today(), by=by)


@proves(schemes.agree_sharing, "elin")
def _(world: World) -> Call:
    return lambda by: schemes.agree_sharing(
        force=world.force, provider=world.harbour, from_day=clock.today(), document="Agreement 2", by=by
    )


@proves(slots.offer_slots, "elin")
def _(world: World) -> Call:
    scheme, moments = world.scheme, [clock.now() + timedelta(days=1)]
    return lambda by: slots.offer_slots(scheme=scheme, moments=moments, place="Here", places=1, by=by)


@proves(slots.withdraw_slot, "elin")
def _(world: World) -> Call:
    scheme, slot = world.scheme, world.slot
    return lambda by: slots.withdraw_slot(scheme=scheme, slot=slot, by=by)


@case_proof(support.plan_appointment, "george")
def _(world: World) -> Call:
    accepted = world.accepted
    return lambda by: support.plan_appointment(referral=accepted, starts_at=clock.now(), place="There", by=by)


@case_proof(support.record_attendance, "george")
def _(world: World) -> Call:
    appointment = world.appointment
    return lambda by: support.record_attendance(appointment=appointment, attendance="attended", version=1, by=by)


@case_proof(support.record_session, "george")
def _(world: World) -> Call:
    attended = [support.Attended(world.appointment, "attended", 1)]
    return lambda by: support.record_session(attended=attended, by=by)


@case_proof(support.record_contact, "george")
def _(world: World) -> Call:
    accepted = world.accepted
    return lambda by: support.record_contact(
        referral=accepted, submission=uuid.UUID(int=1), channel="message", reached=True, note="", by=by
    )


@case_proof(support.settle_condition, "george")
def _(world: World) -> Call:
    one = Condition.objects.filter(agreement__referral=world.accepted).first()
    return lambda by: support.settle_condition(condition=one, state="done", evidence="Seen", version=1, by=by)


def _first_condition(world: World) -> Condition:
    return Condition.objects.filter(agreement__referral=world.accepted).first()


def _asked_change(world: World) -> ConditionChange:
    """That a condition is let go, which a sergeant decides."""
    agreed = {"because": "The course has closed.", "agreed_on": clock.today(), "agreed_how": "signed"}
    asked = varying.Change("let_go", "cancelled", **agreed)
    return varying.change_condition(condition=_first_condition(world), change=asked, version=1, by=world.cast["george"])


def _missed(world: World) -> Appointment:
    given: dict[str, Any] = {"appointment": world.appointment, "attendance": "unacceptable_absence", "version": 1}
    return support.record_attendance(**given, by=world.cast["george"])


@case_proof(missed.answer_missed, "george")
def _(world: World) -> Call:
    appointment = _missed(world)
    return lambda by: missed.answer_missed(missed=appointment, reason="illness", way="excused", version=0, by=by)


@case_proof(missed.ask_worker, "amara")
def _(world: World) -> Call:
    one = _first_condition(world)
    Condition.objects.filter(pk=one.pk).update(kind="compensation", due_on=clock.today() - timedelta(days=1))
    one.refresh_from_db()
    return lambda by: missed.ask_worker(condition=one, version=one.version, by=by)


@case_proof(missed.answer_escalation, "amara")
def _(world: World) -> Call:
    given = {"reason": "not_known", "way": "escalated", "note": "Nobody has seen them.", "version": 0}
    step = missed.answer_missed(missed=_missed(world), **given, by=world.cast["george"])
    return lambda by: missed.answer_escalation(step=step, answer="Carry on.", by=by)


@case_proof(questions.ask_question, "george")
def _(world: World) -> Call:
    referral, submission = world.accepted, uuid.uuid4()
    asked = {"referral": referral, "submission": submission, "to": "officer", "question": "May they be rung at work?"}
    return lambda by: questions.ask_question(**asked, by=by)


@case_proof(questions.answer_question, "amara")
def _(world: World) -> Call:
    asked = questions.ask_question(
        referral=world.accepted, submission=uuid.uuid4(), to="hub", question="By day?", by=world.cast["george"]
    )
    return lambda by: questions.answer_question(question=asked, answer="After six.", by=by)


@case_proof(varying.change_condition, "george")
def _(world: World) -> Call:
    one, change = _first_condition(world), varying.Change("new_day", "work", due_on=clock.today() + timedelta(days=30))
    return lambda by: varying.change_condition(condition=one, change=change, version=1, by=by)


@case_proof(varying.take_back_change, "george")
def _(world: World) -> Call:
    change = _asked_change(world)
    return lambda by: varying.take_back_change(change=change, by=by)


@case_proof(varying.note_victim_answer, "elin")
def _(world: World) -> Call:
    change = _asked_change(world)
    ConditionChange.objects.filter(pk=change.pk).update(asks_victim=True)
    return lambda by: varying.note_victim_answer(change=change, answer="no_view", by=by)


@case_proof(varying.authorise_change, "carol")
def _(world: World) -> Call:
    change = _asked_change(world)
    return lambda by: varying.authorise_change(change=change, rationale="Closed by the college.", by=by)


@case_proof(varying.refuse_change, "carol")
def _(world: World) -> Call:
    change = _asked_change(world)
    return lambda by: varying.refuse_change(change=change, rationale="Another course runs.", by=by)


@proves(evidence.attach_evidence, "george")
def _(world: World) -> Call:
    to: dict[str, Any] = {"referral": world.accepted, "condition": _first_condition(world)}
    return lambda by: evidence.attach_evidence(**to, content=picture(), by=by)


@proves(evidence.remove_evidence, "george")
def _(world: World) -> Call:
    to: dict[str, Any] = {"referral": world.accepted, "condition": _first_condition(world)}
    attached = evidence.attach_evidence(**to, content=picture(), by=world.cast["george"])
    return lambda by: evidence.remove_evidence(evidence=attached, by=by)


@proves(evidence.put_back_evidence, "george")
def _(world: World) -> Call:
    to: dict[str, Any] = {"referral": world.accepted, "condition": _first_condition(world)}
    attached = evidence.attach_evidence(**to, content=picture(), by=world.cast["george"])
    evidence.remove_evidence(evidence=attached, by=world.cast["george"])
    return lambda by: evidence.put_back_evidence(evidence=attached, by=by)


@proves(reminding.agree_texts, "george")
def _(world: World) -> Call:
    accepted = world.accepted
    said = {"texts": "day", "names_service": False, "with_parent": False, "version": 0}
    return lambda by: reminding.agree_texts(referral=accepted, **said, by=by)


@case_proof(growing_up.agree_parent, "george")
def _(world: World) -> Call:
    """Of somebody who was 17 when they were sent."""
    accepted, born = world.accepted, clock.today() - timedelta(days=17 * 366)
    Person.objects.filter(pk=accepted.case.person_id).update(date_of_birth=born)
    restate(Case.objects.filter(pk=accepted.case_id))
    young = Referral.objects.get(pk=accepted.pk)
    said = {"adult": "Rose Quill", "may_be_told": "meetings", "also_after_18": False, "after_18": "", "version": 0}
    return lambda by: growing_up.agree_parent(referral=young, **said, by=by)


@proves(check_ins.plan_check_ins, "george")
def _(world: World) -> Call:
    accepted, said = world.accepted, {"questions": [], "rhythm": "weekly", "language": "en", "until_on": None}
    return lambda by: check_ins.plan_check_ins(referral=accepted, **said, agreed=True, version=0, by=by)


@proves(check_ins.stop_check_ins, "george")
def _(world: World) -> Call:
    plan = asked_how.plan(world.accepted, world.cast["george"])
    return lambda by: check_ins.stop_check_ins(referral=plan.referral, by=by)


@proves(check_ins.review_check_in, "george")
def _(world: World) -> Call:
    answered = asked_how.answered(asked_how.plan(world.accepted, world.cast["george"]))
    return lambda by: check_ins.review_check_in(check_in=answered, done="rang", note="Better.", by=by)


@proves(check_in_list.write_question, "george")
def _(world: World) -> Call:
    said = {"words": "Did you sleep?", "welsh": "", "answers": "yes_no", "flags": ["no"]}
    return lambda by: check_in_list.write_question(**said, by=by)


@proves(check_in_list.review_question, "hugh")
def _(world: World) -> Call:
    draft = asked_how.question(world.cast["george"], None)
    return lambda by: check_in_list.review_question(question=draft, by=by)


@proves(check_in_list.retire_question, "george")
def _(world: World) -> Call:
    draft = asked_how.question(world.cast["george"], None)
    return lambda by: check_in_list.retire_question(question=draft, by=by)


@proves(check_in_list.say_desk, "hugh")
def _(world: World) -> Call:
    hours = {"opens": time(9), "closes": time(17)}
    said = {"telephone": "01632 960 177", "days": "weekdays", **hours, "version": 0}
    return lambda by: check_in_list.say_desk(**said, by=by)


@proves(check_in_list.review_welsh, "george")
def _(world: World) -> Call:
    asked_how.desk(world.cast["hugh"])
    return lambda by: check_in_list.review_welsh(by=by)


@proves(choosing.choose, "amara")
def _(world: World) -> Call:
    return lambda by: choosing.choose(wanted={"news_started": False, "news_attended": True}, by=by)


@proves(feedback.note_feedback, "george")
def _(world: World) -> Call:
    referral = world.accepted
    Referral.objects.filter(pk=referral.pk).update(state="started", started_at=clock.now())
    said = {"respect": "yes", "helped": "partly", "better": "Later hours."}
    return lambda by: feedback.note_feedback(referral=referral, **said, by=by)


@case_proof(breaching.put_breach, "george")
def _(world: World) -> Call:
    referral = world.deferred
    return lambda by: breaching.put_breach(referral=referral, trigger="stopped", seen=0, by=by)


@case_proof(breaching.ask_for_account, "amara")
def _(world: World) -> Call:
    case = world.broken
    return lambda by: breaching.ask_for_account(case=case, by=by)


@case_proof(breaching.note_account, "george")
def _(world: World) -> Call:
    breach = world.breach
    return lambda by: breaching.note_account(breach=breach, how="said", account="Ill.", version=1, by=by)


@case_proof(breaching.advise, "george")
def _(world: World) -> Call:
    breach = world.breach
    return lambda by: breaching.advise(breach=breach, advice="excuse", why="Ill.", version=1, by=by)


@case_proof(breaching.decide_breach, "carol")
def _(world: World) -> Call:
    breach = both_heard(world.breach, worker=world.cast["george"])
    ruling = breaching.Ruling("prosecute", "No excuse.")
    return lambda by: breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=by)


@case_proof(breaching.sign_breach, "david")
def _(world: World) -> Call:
    rewrite(world.version, breach={"second_rank": "inspector"})
    breach = both_heard(world.breach, worker=world.cast["george"])
    ruling = breaching.Ruling("prosecute", "No excuse.")
    breach = breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=world.cast["carol"])
    return lambda by: breaching.sign_breach(breach=breach, agrees=True, rationale="Yes.", seen=breach.version, by=by)


@proves(extracts.forget_extracts, "ian")
def _(world: World) -> Call:
    path = world.file("suspects.csv", ",".join(SUSPECT), ",".join(SUSPECT.values()))
    suspects.import_suspects(path=path, force="avonford", by=world.cast["ian"])
    return lambda by: extracts.forget_extracts(force="avonford", by=by)


@proves(followup.import_followup, "ian")
def _(world: World) -> Call:
    path = world.file("followup.csv", ",".join(FOLLOWED), ",".join(FOLLOWED.values()))
    rejects = world.folder / "rejects.csv"
    return lambda by: followup.import_followup(path=path, force="avonford", rejects_file=rejects, by=by)


@proves(importing.import_facts, "ian")
def _(world: World) -> Call:
    path = historic.write(world.folder / "searches.csv", historic.searches(3))
    return lambda by: importing.import_facts(path=path, mapping=historic.MAPPING, force="avonford", by=by)


@proves(importing.undo_import, "ian")
def _(world: World) -> Call:
    path = historic.write(world.folder / "searches.csv", historic.searches(3))
    done = importing.import_facts(path=path, mapping=historic.MAPPING, force="avonford", by=None)
    return lambda by: importing.undo_import(batch=done.batch.pk, by=by)


@proves(population.import_population, "ian")
def _(world: World) -> Call:
    header = "force,White_excl_GRT,Asian,Black,Mixed_all,Other_incl_GRT"
    path = world.file("census.csv", header, "Avonford Police,5,4,3,2,1")
    return lambda by: population.import_population(path=path, force="avonford", by=by)


@proves(suspects.import_suspects, "ian")
def _(world: World) -> Call:
    path = world.file("suspects.csv", ",".join(SUSPECT), ",".join(SUSPECT.values()))
    return lambda by: suspects.import_suspects(path=path, force="avonford", by=by)


@proves(releases.make_release, "ian")
def _(world: World) -> Call:
    live(world.force, 200, happened_on=date(2026, 2, 3))
    return lambda by: releases.make_release(force=world.force, audience="published", **Q1, by=by)


@proves(releases.declare, "ian")
def _(world: World) -> Call:
    live(world.force, 200, happened_on=date(2026, 2, 3))
    return lambda by: releases.declare(force=world.force, audience="published", **Q1, by=by)


def _declared(world: World) -> Release:
    """Worked out, as its author sees it first."""
    live(world.force, 200, happened_on=date(2026, 2, 3))
    found = releases.declare(force=world.force, audience="published", **Q1, tables=[("gender",)], by=world.cast["ian"])
    releases.work_out_declared(found.pk)
    found.refresh_from_db()
    return found


def _drafted(world: World) -> Release:
    return releases.freeze_draft(release=_declared(world), by=world.cast["ian"])


def _left(world: World) -> Release:
    return let_go(_drafted(world), world.cast)


@proves(releases.freeze_draft, "ian")
def _(world: World) -> Call:
    found = _declared(world)
    return lambda by: releases.freeze_draft(release=found, by=by)


@proves(releases.count_again, "ian")
def _(world: World) -> Call:
    found = _declared(world)
    return lambda by: releases.count_again(release=found, by=by)


@proves(releases.discard, "ian")
def _(world: World) -> Call:
    found = _drafted(world)
    return lambda by: releases.discard(release=found, by=by)


@proves(releases.withdraw, "ian")
def _(world: World) -> Call:
    found = _left(world)
    return lambda by: releases.withdraw(release=found, why="A group was miscounted.", by=by)


@proves(release_checks.judge_table, "rosa")
def _(world: World) -> Call:
    found = _drafted(world)
    return lambda by: release_checks.judge_table(release=found, table="1", agrees=True, by=by)


@proves(release_checks.send_verdict, "rosa")
def _(world: World) -> Call:
    found = _drafted(world)
    for key in table_keys(found.document):
        release_checks.judge_table(release=found, table=key, agrees=True, by=world.cast["rosa"])
    return lambda by: release_checks.send_verdict(release=found, by=by)


@proves(reports.ask, "ian")
def _(world: World) -> Call:
    return lambda by: reports.ask(force=world.force, source="live", **Q1, by=by)


def _compared() -> finding_notes.Compared:
    words = ("offered_of_considered", "ethnicity", "Black", "White", "look")
    return finding_notes.Compared(*words, **Q1)


def _schedule(world: World) -> ReportSchedule:
    told = {"name": "Quarterly", "every": "quarter", "purpose": "monitoring", "scheme": ""}
    return schedules.add_schedule(**told, by=world.cast["ian"])


@proves(schedules.add_schedule, "ian")
def _(world: World) -> Call:
    told = {"name": "Equality", "every": "year", "purpose": "equality_duty", "scheme": ""}
    return lambda by: schedules.add_schedule(**told, by=by)


@proves(schedules.change_schedule, "ian")
def _(world: World) -> Call:
    told: dict[str, Any] = {"name": "Monthly", "every": "month", "purpose": "monitoring", "scheme": "", "is_on": False}
    made = _schedule(world)
    return lambda by: schedules.change_schedule(schedule=made, seen=made.version, **told, by=by)


@proves(finding_notes.write_note, "ian")
def _(world: World) -> Call:
    about: dict[str, Any] = {"about": _compared(), "kind": "reform", "text": "Train", "due_on": date(2026, 9, 1)}
    return lambda by: finding_notes.write_note(**about, owner=world.cast["ian"], by=by)


@proves(finding_notes.finish_note, "ian")
def _(world: World) -> Call:
    ian = world.cast["ian"]
    due = {"due_on": date(2026, 9, 1), "owner": ian, "by": ian}
    note = finding_notes.write_note(about=_compared(), kind="explain", text="Few", **due)
    return lambda by: finding_notes.finish_note(note=note, by=by)


def _sample(world: World) -> Call:
    """A case in which nothing was offered, and a sample of it."""
    refused = decision(result="not_offered", disposal="", not_offered_reason="history")
    record(world.cast["amara"], decision=refused)
    outbox.drain()
    asked = Question(date(2026, 6, 1), date(2026, 6, 30), "live", "gender", "offered_of_considered")
    return lambda by: sampling.draw_sample(asked=asked, of="not_offered", size=5, seed="June", by=by)


@proves(alone.draw_alone, "carol")
def _(world: World) -> Call:
    assert world.case
    return lambda by: alone.draw_alone(by=by)


@proves(alone.find_alone, "carol")
def _(world: World) -> Call:
    assert world.case
    item = alone.draw_alone(by=world.cast["carol"]).items.get()
    return lambda by: alone.find_alone(item=item, finding="right", by=by)


@proves(sampling.draw_sample, "david")
def _(world: World) -> Call:
    return _sample(world)


def _panel(world: World) -> Panel:
    """Of that case; petra takes the chair, and has declared with quentin that they know of no conflict."""
    sample: Any = _sample(world)(world.cast["david"])
    people = [world.cast["petra"], world.cast["quentin"]]
    seated = {"members": people, "chair": people[0], "meets_on": clock.today()}
    panel = panels.convene(sample=sample, **seated, by=world.cast["david"])
    for one in people:
        panels.declare(panel=panel, interest="none", by=one)
    return panel


def _found(world: World) -> PanelCase:
    """The case of that panel, of which both members have found."""
    case = _panel(world).cases.get()
    for key in ("petra", "quentin"):
        panels.find(case=case, finding="appropriate", by=world.cast[key])
    return case


def _judged(world: World) -> PanelCase:
    return panels.settle(case=_found(world), finding="appropriate", by=world.cast["petra"])


@proves(panels.convene, "david")
def _(world: World) -> Call:
    sample: Any = _sample(world)(world.cast["david"])
    people = [world.cast["petra"], world.cast["quentin"]]
    return lambda by: panels.convene(sample=sample, members=people, chair=people[0], meets_on=clock.today(), by=by)


@proves(panels.clear_reasons, "david")
def _(world: World) -> Call:
    case = _panel(world).cases.get()
    return lambda by: panels.clear_reasons(case=case, text="Twice before.", by=by)


@proves(panels.declare, "petra")
def _(world: World) -> Call:
    panel = _panel(world)
    return lambda by: panels.declare(panel=panel, interest="some", words="I lead a charity.", by=by)


@proves(panels.find, "petra")
def _(world: World) -> Call:
    case = _panel(world).cases.get()
    return lambda by: panels.find(case=case, finding="inappropriate", words="Too hard.", by=by)


@proves(panels.settle, "petra")
def _(world: World) -> Call:
    case = _found(world)
    return lambda by: panels.settle(case=case, finding="observations", words="Say why.", by=by)


@proves(panels.set_aside, "david")
def _(world: World) -> Call:
    case = _panel(world).cases.get()
    panels.find(case=case, finding="", by=world.cast["petra"])
    return lambda by: panels.set_aside(case=case, by=by)


@proves(panels.excuse, "david")
def _(world: World) -> Call:
    panel = _judged(world).panel
    member = panel.members.get(user=world.cast["petra"])
    return lambda by: panels.excuse(panel=panel, member=member, by=by)


@proves(panels.act, "david")
def _(world: World) -> Call:
    case, owner = _judged(world), world.cast["david"]
    return lambda by: panels.act(case=case, action="Tell the team.", owner=owner, due_on=clock.today(), by=by)


@proves(panels.finish_action, "david")
def _(world: World) -> Call:
    david = world.cast["david"]
    case = panels.act(case=_judged(world), action="Tell the team.", owner=david, due_on=clock.today(), by=david)
    return lambda by: panels.finish_action(case=case, by=by)


@proves(sampling.record_finding, "david")
def _(world: World) -> Call:
    sample: Any = _sample(world)(world.cast["david"])
    return lambda by: sampling.record_finding(item=sample.items.get(), finding="agree", by=by)


@proves(reports.ask_again, "ian")
def _(world: World) -> Call:
    run = reports.ask(force=world.force, source="live", **Q1, by=world.cast["ian"])
    taken = reports.take(run.pk)
    assert taken is not None
    reports.fail(taken, why="Disk full.")
    return lambda by: reports.ask_again(run=run, by=by)


@proves(helping.ask_for_help, "amara")
def _(world: World) -> Call:
    about: dict[str, Any] = {"service": world.helper, "details": passed_on(), "agreed": True}
    return lambda by: helping.ask_for_help(submission=uuid.uuid4(), **about, by=by)


@proves(helping.write_down_help, "george")
def _(world: World) -> Call:
    about: dict[str, Any] = {"service": world.helper, "details": passed_on(), "agreed": True}
    return lambda by: helping.write_down_help(submission=uuid.uuid4(), **about, by=by)


@proves(duty.go_on_duty, "george")
def _(world: World) -> Call:
    return lambda by: duty.go_on_duty(hours=8, telephone="01632 960 122", by=by)


@proves(duty.go_off_duty, "george")
def _(world: World) -> Call:
    duty.go_on_duty(hours=8, by=world.cast["george"])
    return lambda by: duty.go_off_duty(by=by)


@proves(helping.take_up_help, "george")
def _(world: World) -> Call:
    now = {"asked": world.asked, "version": world.asked.version}
    return lambda by: helping.take_up_help(**now, worker=world.cast["george"], by=by)


@proves(helping.note_help_contact, "george")
def _(world: World) -> Call:
    now = {"asked": world.asked, "version": world.asked.version}
    return lambda by: helping.note_help_contact(**now, submission=uuid.uuid4(), kind="spoke", by=by)


@proves(helping.stop_help, "george")
def _(world: World) -> Call:
    asked = world.asked
    return lambda by: helping.stop_help(asked=asked, version=asked.version, by=by)


@proves(helping.close_help, "george")
def _(world: World) -> Call:
    now = {"asked": world.asked, "version": world.asked.version}
    return lambda by: helping.close_help(**now, reason="helped", by=by)


@proves(helping.merge_help, "george")
def _(world: World) -> Call:
    kept, other = world.asked, ask(world.cast["callum"], world.helper)
    return lambda by: helping.merge_help(kept=kept, other=other, version=kept.version, by=by)


def _corrected(world: World) -> dict[str, Any]:
    allegation = Allegation.objects.get(case=world.case)
    given = {"committed_on": allegation.committed_on, "offence": allegation.offence, "area": "Harbour"}
    return given | {"allegation": allegation, "reason": "Mistyped.", "seen": 0}


def _recorded(world: World) -> dict[str, Any]:
    who: PersonDetails = person()
    given: dict[str, Any] = {"submission": uuid.uuid4(), "person": who, "crimes": [crime()], "origin": "street"}
    given |= {"earlier_outcomes": "none", "decision": decision()}
    return grouped(given | {"answers": answers(given)})


def _decided(world: World) -> dict[str, Any]:
    """Of a case that was left open, decided on its page."""
    given = said_again(left_open(world.cast["amara"])) | {"submission": uuid.uuid4(), "decision": decision()}
    return grouped(given | {"answers": answers(given)})


def _rules(world: World, valid_from: date) -> VersionDetails:
    adopt_scheme("lead", world.cast, provider="hugh")  # with its sharing agreement
    says = document(disposals=["community_resolution"], confidentiality="enforceable")
    return VersionDetails(world.harbour, valid_from, says)


@proves(escalating.say_what_is_done, "amara")
def _(world: World) -> Call:
    assault = crime("common-assault", committed_on=clock.today() - timedelta(days=175))
    raised = escalating.escalate(case_id=record(world.cast["amara"], crimes=[assault]).pk)
    assert raised is not None
    said: dict[str, Any] = {"what": "Charge.", "who": "PC Okafor", "by_day": clock.today()}
    return lambda by: escalating.say_what_is_done(escalation=raised, **said, by=by)


def harmed(world: World, **changes: Any) -> Allegation:
    """A crime with a victim, in a case of Amara's."""
    about: dict[str, Any] = {"victim_kind": "person", "victim_name": "Vic Tim"}
    case = record(world.cast["amara"], crimes=[crime("common-assault", **about | changes)])
    return case.allegations.get()


@case_proof(victims.keep_record, "vera")
def _(world: World) -> Call:
    one = harmed(world)
    return lambda by: victims.keep_record(allegation=one, seen=0, said={"letter": "yes"}, by=by)


@case_proof(heard.keep_wishes, "vera")
def _(world: World) -> Call:
    one = harmed(world)
    return lambda by: heard.keep_wishes(allegation=one, seen=0, said={"letter": "yes"}, by=by)


def leads(world: World) -> User:
    """Jo is a facilitator of the force, and helps nobody."""
    return hold(world.cast["jo"], Role.objects.get(slug="facilitator"))


def led(world: World) -> Facilitation:
    """Jo leads a letter of somebody's, with the victim's agreement."""
    agreed = Support(conditions=[condition(kind="apology", object="reparative")])
    about = {"victim_kind": "person", "victim_name": "Vic Tim"}
    one = record(world.cast["amara"], crimes=[crime("common-assault", **about)], support=agreed).allegations.get()
    victims.keep_record(allegation=one, seen=0, said={"letter": "yes", "sharing": "yes"}, by=world.cast["vera"])
    return facilitating.name_facilitator(allegation=one, facilitator=leads(world), by=world.cast["vera"])


@case_proof(facilitating.name_facilitator, "vera")
def _(world: World) -> Call:
    one = harmed(world)
    victims.keep_record(allegation=one, seen=0, said={"letter": "yes", "sharing": "yes"}, by=world.cast["vera"])
    who = leads(world)
    return lambda by: facilitating.name_facilitator(allegation=one, facilitator=who, by=by)


@case_proof(facilitating.end_facilitation, "vera")
def _(world: World) -> Call:
    row = led(world)
    return lambda by: facilitating.end_facilitation(facilitation=row, by=by)


@case_proof(facilitating.note_facilitator_contact, "jo")
def _(world: World) -> Call:
    row, tried = led(world), {"who": "victim", "channel": "letter", "result": "reached"}
    given: dict[str, Any] = {"facilitation": row, "submission": uuid.uuid4(), **tried}
    return lambda by: facilitating.note_facilitator_contact(**given, by=by)


@case_proof(facilitating.settle_facilitated, "jo")
def _(world: World) -> Call:
    row = led(world)
    one = Condition.objects.get(agreement__case=row.allegation.case_id)
    given: dict[str, Any] = {"facilitation": row, "condition": one, "came": "taken", "version": one.version}
    return lambda by: facilitating.settle_facilitated(**given, by=by)


@proves(remedies.publish_remedies, "elin")
def _(world: World) -> Call:
    actions = [remedies.RemedyDetails("A letter that says sorry", "apology")]
    given: dict[str, Any] = {"title": "Remedies", "valid_from": clock.today(), "actions": actions, "seen": 0}
    return lambda by: remedies.publish_remedies(**given, by=by)


@case_proof(victims.check_number, "vera")
def _(world: World) -> Call:
    one = harmed(world)
    Person.objects.filter(pk=one.case.person_id).update(telephone="07700 900123")
    victims.keep_record(allegation=one, seen=0, said={"telephone": "07700900123"}, by=world.cast["vera"])
    return lambda by: victims.check_number(allegation=one, by=by)


@case_proof(victims.note_contact, "vera")
def _(world: World) -> Call:
    one, tried = harmed(world), {"channel": "telephone", "result": "not_reached"}
    return lambda by: victims.note_contact(allegation=one, submission=uuid.uuid4(), **tried, by=by)


@case_proof(victims.note_view, "vera")
def _(world: World) -> Call:
    one = harmed(world, victim_stance="not_asked")
    return lambda by: victims.note_view(allegation=one, stance="agrees", seen=one.victim_stance, by=by)


@case_proof(heard.hear_victim, "vera")
def _(world: World) -> Call:
    one = harmed(world, victim_stance="not_asked")
    return lambda by: heard.hear_victim(allegation=one, stance="agrees", seen=one.victim_stance, by=by)


@case_proof(victims.tell, "vera")
def _(world: World) -> Call:
    owed = harmed(world).victim_duties.get(kind="decision")
    return lambda by: victims.tell(duty=owed, channel="telephone", by=by)


@case_proof(victims.review_objection, "carol")
def _(world: World) -> Call:
    one = harmed(world)
    victims.note_view(allegation=one, stance="objects", seen=one.victim_stance, by=world.cast["vera"])
    owed = one.victim_duties.get(kind="review")
    return lambda by: victims.review_objection(duty=owed, note="It stands: it was explained to her.", by=by)


@proves(complaints.record_complaint, "amara")
def _(world: World) -> Call:
    case = record(world.cast["amara"])
    return lambda by: complaints.record_complaint(case=case, said=complained(), seen=0, by=by)


@proves(complaints.answer_complaint, "carol")
def _(world: World) -> Call:
    kept = complain(record(world.cast["amara"]), world.cast["amara"])
    return lambda by: complaints.answer_complaint(complaint=kept, answer="It was explained.", seen=1, by=by)


def _asked_back(world: World) -> Rescission:
    """Of a community resolution of which the person has done everything."""
    case = record(world.cast["amara"])
    one = Condition.objects.get(agreement__case=case)
    support.settle_condition(condition=one, state="done", evidence="Seen", version=1, by=world.cast["amara"])
    case.refresh_from_db()
    return rescinding.ask_rescission(
        case=case, why=AskedBack("new_facts", "He was away."), seen=case.version, by=world.cast["amara"]
    )


@case_proof(rescinding.ask_rescission, "amara")
def _(world: World) -> Call:
    case, why = _asked_back(world).case, AskedBack("other", "Once more.")
    Rescission.objects.all().delete()
    return lambda by: rescinding.ask_rescission(case=case, why=why, seen=case.version, by=by)


@case_proof(rescinding.decide_rescission, "carol")
def _(world: World) -> Call:
    asked = _asked_back(world)
    return lambda by: rescinding.decide_rescission(rescission=asked, agrees=True, rationale="He was away.", by=by)


def _alleged(world: World, *, is_sure: bool) -> OffenceReview:
    """A new offence of somebody who keeps a community resolution."""
    told = reviewing.NewOffence(Offence.objects.get(code="criminal-damage"), clock.today(), is_sure=is_sure)
    return reviewing.tell_of_offence(case=record(world.cast["amara"]), told=told, by=world.cast["amara"])


@proves(reviewing.tell_of_offence, "amara")
def _(world: World) -> Call:
    case, told = record(world.cast["amara"]), reviewing.NewOffence(Offence.objects.get(code="arson"), clock.today())
    return lambda by: reviewing.tell_of_offence(case=case, told=told, by=by)


@proves(reviewing.confirm_who, "elin")
def _(world: World) -> Call:
    review = _alleged(world, is_sure=False)
    return lambda by: reviewing.confirm_who(review=review, is_them=True, by=by)


@proves(reviewing.decide_review, "carol")
def _(world: World) -> Call:
    review = _alleged(world, is_sure=True)
    return lambda by: reviewing.decide_review(review=review, way="go_on", rationale="He comes each time.", by=by)


@case_proof(withdrawing.withdraw_decision, "amara")
def _(world: World) -> Call:
    case, why = record(world.cast["amara"]), TakenBack("too_soon")
    return lambda by: withdrawing.withdraw_decision(case=case, why=why, seen=case.version, by=by)


@case_proof(amending.amend, "amara")
def _(world: World) -> Call:
    case = record(world.cast["amara"])
    said = {"telephone": "07700 900999"}
    seen = case.person.version
    return lambda by: amending.amend(case=case, seen=seen, contact=said, rationale="Said anew.", by=by)
