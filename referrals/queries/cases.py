"""Reading cases together with their support: what a list of cases tells, and what may follow in a case."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet, Value, prefetch_related_objects

from cases.models import (
    Absence,
    Authorisation,
    Case,
    Complaint,
    OffenceReview,
    Rescission,
    Withdrawal,
    WordsOfAdmission,
)
from cases.queries import without_number, youth_to_watch
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from diversion.written import beside, written
from referrals.codes import CaseStatus
from referrals.models import (
    Agreement,
    Appointment,
    Breach,
    Condition,
    ConditionChange,
    DecisionDraft,
    Escalation,
    MissedStep,
    NeedReview,
    ProposedAgreement,
    Question,
    Referral,
    SchemeVersion,
    Standing,
    Undoable,
)
from referrals.models.standing import ASKS, BACK, StandingQuerySet
from referrals.queries.absences import left_uncovered
from referrals.queries.births import corrected_for_home
from referrals.queries.managing import near_their_end
from referrals.queries.notices import told_lately
from referrals.queries.present import ALL, CHANGES, MEETINGS, REVIEWS, UNDOABLE
from referrals.queries.prosecutors import with_prosecutors
from referrals.queries.referrals import waits_too_long
from referrals.queries.settling import to_settle
from referrals.queries.speaking import heads_home_of
from referrals.queries.standing import VOLUNTARY
from referrals.queries.victims import due_to_victims

#: What may wait for somebody at police beside ASKS: authority that is not confirmed, time limits to which nobody has
#: said what is being done, what partners ask, cases that came back, what victims are owed, crimes without a number,
#: that somebody is away for whom one covers, births corrected in closed cases, what is with a prosecutor,
#: complaints that nobody has answered, what is asked to be rescinded, what was closed as recorded in error, and new
#: offences alleged while an agreement runs.
SPOKEN, LIMITS, ANSWERS, BACK_WITH, VICTIMS, NUMBERS, COVERED, BIRTHS, PUT, COMPLAINTS, RESCINDS, ERRORS, OFFENCES = (
    *("spoken", "limits", "answers", "back", "victims", "numbers", "covered", "births", "prosecutors", "complaints"),
    *("rescinds", "errors", "offences"),
)
#: And what youth justice has to be told, news of whom somebody referred, pages that are not finished, whoever is away
#: while nobody covers, and for the hub breaches that are soon to be decided.
YOUTH, NEWS, DRAFTS, UNCOVERED, BROKEN = "youth", "news", "drafts", "uncovered", "broken"
#: And conditions that police settle, also where a partner helps; for the hub sharing agreements that end soon; people
#: on waiting lists whose support would begin too late; and questions of partners.
SETTLES, SHARING, WAITING, ASKED = "settles", "sharing", "waiting", "asked"


def referrals_of(case: Case, *, there: Collection[str] = ALL) -> list[Referral]:
    """The referrals of a case that the caller has opened, newest first; ``there`` as `present_in` says."""
    found: list[Referral] = _referrals(case=case.pk)
    for one in found:
        one.case = case
    for name, kind, rows in [
        ("appointments", MEETINGS, Appointment.objects.all()),
        ("need_reviews", REVIEWS, NeedReview.objects.all()),
        ("undoables", UNDOABLE, Undoable.objects.all()),
    ]:
        _fetch(found, name, rows, there=kind in there)
    return found


def _fetch(rows: Sequence[Any], name: str, found: QuerySet[Any], *, there: bool) -> None:
    """Fetch what hangs on these rows; nothing is asked where it is known that there is none."""
    if there:
        prefetch_related_objects(rows, Prefetch(name, found))
    for one in () if there else rows:
        beside(one, name, [])


@written(case=int)
def _referrals(*, case: int) -> QuerySet[Referral]:
    rows = Referral.objects.filter(case=case).select_related("scheme_version__scheme", "provider", "navigator")
    return rows.order_by("-made_at", "-pk")


def scheme_of(case: Case) -> SchemeVersion | None:
    """The scheme that the person of a case is on, or was until it ended, in the version they were referred under."""
    live = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED)
    referral = live.select_related("scheme_version__scheme").first()
    return referral.scheme_version if referral else None


def live_referral(case: Case) -> Referral | None:
    """The referral of a case that the caller has opened which has not ended, with what is printed of it."""
    rows = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED)
    return rows.select_related("scheme_version__scheme", "provider", "slot").prefetch_related("appointments").first()


def proposal_of(case: Case) -> ProposedAgreement | None:
    """What was proposed in a case that the caller has opened, where a rank had to decide."""
    return ProposedAgreement.objects.select_related("explained_by").filter(case=case).first()


def admission_in(case: Case) -> WordsOfAdmission | None:
    """What the person said when they admitted it, in a case that the caller has opened."""
    return WordsOfAdmission.objects.select_related("heard_by").filter(case=case).first()


def authorisation_in(case: Case) -> Authorisation | None:
    """The authorisation that was asked for in a case that the caller has opened."""
    return Authorisation.objects.select_related("decided_by").filter(case=case).first()


def cases_to_sign(*, by: User) -> Shown[Case]:
    """Cases of ``by``'s own that were authorised and are to be explained and signed, the longest wait first."""
    rows = Case.objects.visible_to(by).filter(officer=by, standing__status=CaseStatus.TO_SIGN)
    waiting = rows.select_related("person", "authorisation")
    return first(waiting.order_by("authorisation__decided_at", "pk"))


def agreement_of(case: Case, *, there: Collection[str] = ALL) -> Agreement | None:
    """The agreement of a case that the caller has opened, with its conditions; ``there`` as `present_in` says."""
    agreement: Agreement | None = next(iter(_agreements(case=case.pk)), None)
    if agreement is None:
        return None
    agreement.case = case
    conditions = _conditions(agreement=agreement.pk)
    changes = ConditionChange.objects.select_related("asked_by", "decided_by")
    _fetch(conditions, "changes", changes, there=CHANGES in there)
    beside(agreement, "conditions", conditions)
    return agreement


@written(case=int)
def _agreements(*, case: int) -> QuerySet[Agreement]:
    return Agreement.objects.filter(case=case).select_related("referral__scheme_version")[:1]


@written(agreement=int)
def _conditions(*, agreement: int) -> QuerySet[Condition]:
    return Condition.objects.filter(agreement=agreement).select_related("settled_by")


def cases_that_came_back(*, by: User) -> Shown[Standing]:
    """Of ``by``'s own: their referral was declined, or what was agreed was not kept. The nearest limit first.

    Not what somebody can still undo: until then nothing follows from it.
    """
    rows = Standing.objects.visible_to(by).filter(force=by.organisation_id, officer=by.pk, status__in=BACK)
    rows = rows.exclude(undo_until__gt=clock.now())
    return first(rows.select_related("case__person").order_by(F("limit_on").asc(nulls_last=True), "pk"))


def asks_of(*, by: User) -> set[str]:
    """Which kinds of thing wait for ``by``: standings that ask for something (ASKS), and what is named above.

    Mostly none does: then nothing more has to be asked for. One statement.
    """
    asks = {kind for (kind,) in _asks(by=by)}
    asks |= {CaseStatus.QUESTION.value} if PUT in asks else set()  # one that waits as well: its standing says the other
    return asks | {BACK_WITH} if asks & {*BACK} else asks


@written()
def _asks(*, by: User) -> QuerySet[Any, Any]:
    kinds: dict[str, QuerySet[Any]] = {
        NUMBERS: without_number(by=by),
        LIMITS: Escalation.objects.for_home_of(by),
        SPOKEN: heads_home_of(by),
        COVERED: Absence.objects.covered_by(by),
        BIRTHS: corrected_for_home(by=by),
        PUT: with_prosecutors(by=by),
        VICTIMS: due_to_victims(by=by),
        COMPLAINTS: Complaint.objects.open_for(by),
        RESCINDS: Rescission.objects.waiting_for(by),
        ERRORS: Withdrawal.objects.shown_to(by),
        YOUTH: youth_to_watch(by=by),
        NEWS: told_lately(officer=by),
        DRAFTS: DecisionDraft.objects.visible_to(by),
        UNCOVERED: left_uncovered(by=by),
        OFFENCES: OffenceReview.objects.waiting_for(by),
        SETTLES: to_settle(by=by),
        ASKED: Question.objects.may_wait_for(by),
    }
    if by.can(Permission.MANAGE_SCHEMES):
        kinds[BROKEN] = Breach.objects.of_force(by).due()
        kinds[WAITING] = waits_too_long(by=by)
        kinds[SHARING] = near_their_end().filter(force=by.organisation_id)
    found = _standings_that_ask(by).order_by().values_list("status").distinct()
    firsts = [rows.order_by().values_list(Value(kind))[:1] for kind, rows in kinds.items()]
    firsts += [rows.order_by().values_list(Value(ANSWERS))[:1] for rows in _asked_by_partners(by)]
    return found.union(*firsts)


def _standings_that_ask(by: User) -> StandingQuerySet:
    """Of the officer's own cases; of the hub, what is not decided in the force."""
    wanted = Q(officer=by.pk, status__in=ASKS)
    if by.can(Permission.MANAGE_SCHEMES):
        wanted |= Q(status=CaseStatus.UNDECIDED.value)
    return Standing.objects.filter(force=by.organisation_id, status__in=ASKS).filter(wanted)


def _asked_by_partners(by: User) -> list[QuerySet[Any]]:
    """Steps that they put to police, and for the hub changes that wait."""
    rows: list[QuerySet[Any]] = [MissedStep.objects.put_to_police().filter(referral__case__force=by.organisation_id)]
    if by.can(Permission.MANAGE_SCHEMES):
        rows.append(ConditionChange.objects.of_force(by).waiting())
    return rows


def not_here(force: Organisation, *, at_once: bool = False) -> QuerySet[User]:
    """Whoever does not record decisions for ``force``, or has never done; ``at_once`` as for `who_may`."""
    here = User.objects.who_may(Permission.RECORD_DECISION, at_once=at_once).filter(organisation=force)
    return User.objects.exclude(pk__in=here)


def status_of(case: Case) -> str:
    """Where a case that the caller has opened stands (CaseStatus), as it is kept with each change."""
    found: str = Standing.objects.values_list("status", flat=True).get(case=case.pk)
    return found


def told_status_of(case: Case) -> CaseStatus:
    """The same as police are told: that support was not completed once whoever closed it cannot undo it any more."""
    [standing] = _standings(case=case.pk)
    return standing.told


@written(case=int)
def _standings(*, case: int) -> QuerySet[Standing]:
    return Standing.objects.filter(case=case)


def may_decide(case: Case) -> bool:
    """Whether the officer may say what follows: the agreement was not kept, or its referral came back."""
    return status_of(case) in (CaseStatus.NOT_KEPT, CaseStatus.RETURNED)


def may_refer_again(case: Case) -> bool:
    """Whether a partner declined; in a closed case only where the support is voluntary: that closed it when sent."""
    declined = Referral.objects.filter(case=case, state=Referral.State.DECLINED)
    if case.rescissions.given().exists():
        return False
    if case.closed_at is not None:
        declined = declined.filter(scheme_version__confidentiality=VOLUNTARY)
    return declined.exists()
