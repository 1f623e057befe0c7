"""Reading cases together with their support: what a list of cases tells, and what may follow in a case."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet, Value, prefetch_related_objects
from django.db.models.expressions import OrderBy

from cases.models import (
    Absence,
    Allegation,
    Authorisation,
    Case,
    Complaint,
    Crime,
    Rescission,
    Withdrawal,
    WordsOfAdmission,
)
from cases.models.case import ways_seen
from cases.models.crime import crime_number
from cases.models.person import police_domain
from cases.queries import cases_for_list, people_sought, with_live_duties, without_number, youth_to_watch
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from diversion.names.tokens import following
from diversion.names.typed import read
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
    Referral,
    SchemeVersion,
    Standing,
    Undoable,
)
from referrals.models.standing import ASKS, BACK, StandingQuerySet
from referrals.queries.absences import left_uncovered
from referrals.queries.births import corrected_for_home
from referrals.queries.notices import told_lately
from referrals.queries.present import ALL, CHANGES, MEETINGS, REVIEWS, UNDOABLE
from referrals.queries.prosecutors import with_prosecutors
from referrals.queries.speaking import heads_home_of
from referrals.queries.standing import VOLUNTARY
from referrals.queries.victims import due_to_victims

#: What may wait for somebody at police beside ASKS: authority that is not confirmed, time limits to which nobody has
#: said what is being done, what partners ask, cases that came back, what victims are owed, crimes without a number,
#: that somebody is away for whom one covers, births corrected in closed cases, what is with a prosecutor,
#: complaints that nobody has answered, what is asked to be rescinded, and what was closed as recorded in error.
SPOKEN, LIMITS, ANSWERS, BACK_WITH, VICTIMS, NUMBERS, COVERED, BIRTHS, PUT, COMPLAINTS, RESCINDS, ERRORS = (
    *("spoken", "limits", "answers", "back", "victims", "numbers", "covered", "births", "prosecutors", "complaints"),
    *("rescinds", "errors"),
)
#: And what youth justice has to be told, news of whom somebody referred, pages that are not finished, whoever is away
#: while nobody covers, and for the hub breaches that are soon to be decided.
YOUTH, NEWS, DRAFTS, UNCOVERED, BROKEN = "youth", "news", "drafts", "uncovered", "broken"
#: What the list may be ordered by, and the columns of Standing that this means.
ORDERED_BY: dict[str, tuple[str, ...]] = {
    "recorded": ("recorded_at",),
    "limit": ("limit_on",),
    "name": ("case__person__family_name", "case__person__given_names"),
}


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


def case_keys(
    *, by: User, text: str = "", status: str = "", whose: str = "", order: str = "-recorded", most: int
) -> list[int]:
    """The ids of the first cases in order, ``most`` of them, that ``by`` may see and that answer what is asked.

    ``text`` is a name or date of birth as it is typed (`diversion.names.typed`), a case reference, or the beginning of
    a crime number; ``whose`` is "mine", "team", "nobodys" (open, and the officer has left) or "" for all.
    """
    asked: dict[str, Any] = {"status": status, "whose": whose, "order": order, "most": most}
    if not text and whose != "nobodys":
        return [row[0] for row in _keys(by=by, **asked)]
    if (number := crime_number(text)) and is_number(text) and whose != "nobodys":
        places = {"named": names_of(number), "first": number, "beyond": following(number)}
        return [row[0] for row in _numbered(by=by, **places, **asked)]
    found = Standing.objects.filter(pk__in=matching(text, by)) if text else Standing.objects.all()
    return [row[0] for row in _in_order(found, by=by, **asked)]


@written()
def _keys(*, by: User, **asked: Any) -> QuerySet[Any, Any]:
    return _in_order(Standing.objects.all(), by=by, **asked)


@written(named=[str], first=str, beyond=str)
def _numbered(*, by: User, named: list[str], first: str, beyond: str, **asked: Any) -> QuerySet[Any, Any]:
    """The same, of this reference or with a crime whose number begins so."""
    crimes = Crime.objects.numbered_between(first, beyond, force=by.organisation_id)
    ways = _of_number(named, crimes)
    return _in_order(Standing.objects.filter(pk__in=ways[0].union(*ways[1:])), by=by, **asked)


def _in_order(
    rows: StandingQuerySet, *, by: User, status: str, whose: str, order: str, most: int
) -> QuerySet[Any, Any]:
    rows = _whose(rows, whose, by)
    parts = rows.told_as(status) if status else [rows]
    return first_rows(parts, ORDERED_BY[order.removeprefix("-")], by=by, most=most, backwards=order.startswith("-"))


def first_keys(
    parts: Sequence[StandingQuerySet], names: Sequence[str], *, by: User, most: int, backwards: bool = False
) -> list[int]:
    """The ids of what `first_rows` gives."""
    return [row[0] for row in first_rows(parts, names, by=by, most=most, backwards=backwards)]


def first_rows(
    parts: Sequence[StandingQuerySet], names: Sequence[str], *, by: User, most: int, backwards: bool = False
) -> QuerySet[Any, Any]:
    """The first ``most`` cases of ``parts`` that ``by`` may see, in the order of the columns ``names``: of each its id,
    and those columns.

    Each part, and each way of seeing, is an index in this order: of each the first are read, where a condition with OR
    would have all rows of both sorted.
    """
    terms = [_term(name, backwards=backwards) for name in (*names, "pk")]
    found = [
        rows.filter(way).order_by(*terms).values_list("pk", *names)[:most] for rows in parts for way in ways_seen(by)
    ]
    if len(found) > 1:
        return found[0].union(*found[1:]).order_by(*terms)[:most]
    return found[0] if found else Standing.objects.none().values_list("pk")


def case_rows(keys: list[int], *, by: User) -> list[Any]:
    """Those cases of ``keys`` that ``by`` may see, in that order, as a list shows them (`cases_for_list`).

    Each carries its ``standing`` and its team.
    """
    found = {case.pk: case for case in _rows(by=by, keys=keys)} if keys else {}
    return list(with_live_duties([found[key] for key in keys if key in found]))


@written(keys=[int])
def _rows(*, by: User, keys: list[int]) -> QuerySet[Any]:
    return cases_for_list(keys, by=by).select_related("standing", "team")


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
    }
    if by.can(Permission.MANAGE_SCHEMES):
        kinds[BROKEN] = Breach.objects.of_force(by).due()
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


def _term(name: str, *, backwards: bool) -> OrderBy:
    """As the indexes have it: rows without a value come last, or first from behind."""
    return F(name).desc(nulls_first=True) if backwards else F(name).asc(nulls_last=True)


def _whose(rows: StandingQuerySet, whose: str, by: User) -> StandingQuerySet:
    if whose == "mine":
        return rows.filter(officer=by.pk)
    if whose == "nobodys":
        return rows.open().filter(officer__in=not_here(by.organisation))
    return rows.filter(team=by.team_id) if whose else rows


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


def matching(text: str, by: User) -> QuerySet[Any, Any]:
    """The ids of cases that answer what was typed: a union of short ranges of indexes.

    What holds a figure is a number and no name, or "AV/77" would find everybody called Ava as well.
    """
    sought, number = read(text), crime_number(text)
    ways = _of_number(names_of(number), Crime.objects.numbered_from(number, force=by.organisation))
    if not is_number(text):
        people = people_sought(sought, domain=police_domain(by.organisation_id))
        ways.append(Case.objects.filter(person__in=people).values("pk"))
        # the name of a record that was put to another of the same person finds the cases of that one
        ways.append(Case.objects.filter(person__merged_records__in=people).values("pk"))
    return ways[0].order_by().union(*(way.order_by() for way in ways[1:]))


def is_number(text: str) -> bool:
    """Whether what was typed, beside a date of birth, holds a figure."""
    return any(letter.isdecimal() for letter in read(text).rest)


def names_of(number: str) -> list[str]:
    """The references of a case that ``number`` may be."""
    return [number, f"DV-{number}"]


def _of_number(named: list[str], crimes: QuerySet[Crime]) -> list[QuerySet[Any, Any]]:
    cases = Case.objects.filter(reference__any=named).order_by().values("pk")
    return [cases, Allegation.objects.filter(crime__in=crimes).order_by().values("case")]


def may_refer_again(case: Case) -> bool:
    """Whether a partner declined; in a closed case only where the support is voluntary: that closed it when sent."""
    declined = Referral.objects.filter(case=case, state=Referral.State.DECLINED)
    if case.rescissions.given().exists():
        return False
    if case.closed_at is not None:
        declined = declined.filter(scheme_version__confidentiality=VOLUNTARY)
    return declined.exists()
