"""Reading cases. Every function here logs what it shows, in the same transaction, and to whom."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    TextChoices,
)
from django.db.models.expressions import Combinable
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from cases.codes import DecisionResult, EarlierOutcomes
from cases.models import (
    Allegation,
    Authorisation,
    AuthorisationQuestion,
    Case,
    ChildAssessment,
    Correction,
    Crime,
    Decision,
    Offence,
    PendingDecision,
    Person,
    PersonName,
    YouthDuty,
    YouthJusticeLink,
)
from cases.models.case import is_officer_here
from cases.models.crime import NO_NUMBER, crime_number
from cases.models.person import police_domain
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.audit import queries as log
from diversion.home import Shown, first
from diversion.name_index import find, named, owners
from diversion.names.folding import words
from diversion.names.likeness import may_be_one, slips_of
from diversion.names.tokens import keys_shared, whole_words
from diversion.names.typed import Sought, read
from diversion.refusals import Refused

CASE_PAGE = ("person", "officer", "team", "force", "decision__decided_by", "pending__asked_by")
MATCHES_SHOWN = 10


def open_case(*, reference: str, by: User) -> Case:
    """The case with everything its page shows; 404 for a case that ``by`` may not see."""
    cases = Case.objects.visible_to(by).select_related(*CASE_PAGE)
    case = get_object_or_404(
        cases.prefetch_related("allegations__offence", "allegations__crime", "allegations__victim", "assessments"),
        reference=reference,
    )
    audit.record("case.opened", audit.Nature.CONSULTATION, by=by, subjects=[case, case.person])
    return case


def cases_for_list(keys: Sequence[int], *, by: User) -> QuerySet[Any]:
    """Those of the cases ``keys`` that ``by`` may see, with person and officer; the view logs those that it shows.

    Each carries ``offences``, the titles of its offences in the order of its crimes, ``officer_has_left``, and
    ``live_duties``, what of it youth justice has to be told or has on hand.
    """
    titles = Allegation.objects.filter(case=OuterRef("pk")).order_by("pk").values("offence__title")
    live = Prefetch("youth_duties", YouthDuty.objects.live(), to_attr="live_duties")
    rows = Case.objects.visible_to(by).filter(pk__in=keys).select_related("person", "officer")
    return rows.annotate(offences=ArraySubquery(titles), officer_has_left=~is_officer_here()).prefetch_related(live)


def has_corrected(case: Case, *, by: User) -> bool:
    """Whether ``by`` has corrected what the decision on ``case`` rests on: then it is not theirs to authorise."""
    rows = Correction.objects.filter(case=case, corrected_by=by)
    return rows.filter(changes__has_any_keys=["committed_on", "offence", "date_of_birth"]).exists()


def questions_for(*, by: User) -> list[AuthorisationQuestion]:
    """What authorisers ask ``by`` about decisions that wait, the longest wait first."""
    rows = AuthorisationQuestion.objects.filter(
        authorisation__case__in=Case.objects.visible_to(by).filter(officer=by),
        authorisation__state=Authorisation.State.WAITING,
        answered_at__isnull=True,
    )
    return list(rows.select_related("asked_by", "authorisation__case__person").order_by("asked_at", "pk"))


@dataclass(frozen=True)
class Matches:
    """The best people of a search, those whose names are whole words of it first; ``more``: there are others."""

    people: list[Person]
    more: bool = False


def find_people(*, sought: Sought, by: User) -> Matches:
    """People of ``by``'s force by the beginning of any word of the name, by date of birth, or by both.

    The search is logged with what it found.
    """
    matches = best_matches(Person.objects.visible_to(by), sought, domain=police_domain(by.organisation_id))
    log_shown(SEARCHED, matches.people, by=by)
    return matches


def best_matches(people: QuerySet[Person], sought: Sought, *, domain: str) -> Matches:
    """Those of ``people``, all of ``domain``, who answer what is sought. The caller logs whom it shows."""
    if sought.born is not None:
        named_so = named(PersonName, sought.ways, domain=domain) if sought.ways else Q()
        found = list(people.filter(named_so, date_of_birth=sought.born).order_by("pk")[: MATCHES_SHOWN + 1])
    else:
        ids = find(PersonName, sought.ways, domain=domain, most=MATCHES_SHOWN + 1)
        found = sorted(people.filter(pk__in=ids), key=lambda one: ids.index(one.pk))
    best = sorted(found[:MATCHES_SHOWN], key=lambda one: _distance(one, sought))
    return Matches(best, more=len(found) > MATCHES_SHOWN)


def of_person(sought: Sought, *, person: str = "person", domain: str | None = None) -> Q:
    """Rows whose ``person`` (a path) has the name and date of birth that are sought; none where nothing is."""
    if not sought:
        return Q(pk__in=[])
    wanted = Q(**{f"{person}__date_of_birth": sought.born}) if sought.born else Q()
    return wanted & named(PersonName, sought.ways, owner=person, domain=domain) if sought.ways else wanted


def people_sought(sought: Sought, *, domain: str) -> QuerySet[Any, Any]:
    """The ids of all people of ``domain`` with the name and date of birth that are sought; none where nothing is."""
    if not sought:
        return Person.objects.none().values("pk")
    if sought.born is None:
        return owners(PersonName, sought.ways, domain=domain)
    born = Person.objects.filter(domain=domain, date_of_birth=sought.born)
    return (born.filter(named(PersonName, sought.ways, domain=domain)) if sought.ways else born).values("pk")


def _distance(person: Person, sought: Sought) -> tuple[int, str, str, int]:
    """How far a name is from what was typed: the same, all words whole, or only begun; then by the alphabet."""
    known = whole_words(person.given_names, person.family_name) if sought.ways else frozenset()
    whole = [way for way in sought.ways if known.issuperset(way)]
    same = any(len(way) == len(words(f"{person.given_names} {person.family_name}")) for way in whole)
    return (0 if same else 1 if whole else 2, person.family_name, person.given_names, person.pk)


def log_shown(kind: str, records: Iterable[Model], *, by: User) -> None:
    """Log that these records were shown in a list."""
    shown = list(records)
    audit.record(kind, audit.Nature.CONSULTATION, by=by, subjects=shown, detail={"count": len(shown)})


def people_like(*, given_names: str, family_name: str, born: date, by: User) -> list[Person]:
    """People of ``by``'s force who may be this one: the name in any spelling, and the birthday or one slip from it.

    Those born on the very day come first. What was found is logged.
    """
    name, people = (given_names, family_name), Person.objects.visible_to(by)
    shared = keys_shared(given_names, family_name)
    tokens = PersonName.objects.filter(domain=police_domain(by.organisation_id), token__in=shared)
    near = people.filter(pk__in=tokens.values("owner"), date_of_birth__in=[born, *slips_of(born)])
    found = [one for one in near if may_be_one(name, (one.given_names, one.family_name))]
    if found:
        log_shown(MATCHED, found, by=by)
    return sorted(found, key=lambda one: (one.date_of_birth != born, one.created_at, one.pk))


SHOWN_LASTS = timedelta(hours=12)  # a long shift
CHOSEN_LASTS = timedelta(days=31)  # longer than a page that was not finished is kept
MANY, MOST = 20, 60  # people opened from searches in a shift: from then on listed as unusual, and no more
SEARCHED, MATCHED, OWN = "person.searched", "person.matched", "person.opened"
FROM_SEARCH, UNUSUAL = "person.opened_from_search", "person.opened_many"
OPENED = (OWN, FROM_SEARCH, UNUSUAL)


class NotShown(Http404):
    """Somebody whom nothing led to: the number was put into an address. ``sought`` is what the log keeps of it."""

    def __init__(self, person: Person) -> None:
        super().__init__("Nothing led to this person: search for them by name or date of birth.")
        self.sought = [audit.subject_key(person)]


def open_person(*, pk: int, by: User) -> Person:
    """A person to record another decision about, of one's own work or shown to ``by`` by a search of this shift.

    Raises Http404 for one that ``by`` may not see, NotShown where nothing led to them, and Refused where ``by`` has
    opened `MOST` people from searches in this shift: numbers can be tried one after another.
    """
    person = get_object_or_404(Person.objects.visible_to(by), pk=pk)
    kind = OWN
    if not is_of_own_work(person, by):
        if not was_shown(person, by, SHOWN_LASTS):
            raise NotShown(person)
        kind = _from_search(by)
    log_shown(kind, [person], by=by)
    return person


def chosen_person(*, pk: int, by: User) -> Person | None:
    """The person whose number a page holds that ``by`` is filling in, or has left unfinished; None for any other.

    ``by`` has opened them, so that it was counted: what a page holds of them is more than a search shows.
    """
    person = Person.objects.visible_to(by).filter(pk=pk).first()
    led = person is not None and (is_of_own_work(person, by) or _was_told(person, by, CHOSEN_LASTS, OPENED))
    return person if led else None


def may_record_about(person: Person, by: User) -> bool:
    """Whether ``by`` may record a decision about this person: chosen, or shown where it was asked if it is them."""
    return is_of_own_work(person, by) or _was_told(person, by, CHOSEN_LASTS, [*OPENED, MATCHED])


def is_of_own_work(person: Person, by: User) -> bool:
    """Whether ``by`` may see a case of this person."""
    return Case.objects.visible_to(by).filter(person=person).exists()


def was_shown(person: Person, by: User, within: timedelta) -> bool:
    """Whether a search, or the question whether it is the same person, has shown ``by`` this person lately."""
    return _was_told(person, by, within, [SEARCHED, MATCHED])


def _was_told(person: Person, by: User, within: timedelta, kinds: Sequence[str]) -> bool:
    return log.own_events(by, clock.now() - within, kinds).about(audit.subject_key(person)).exists()


def _from_search(by: User) -> str:
    """The kind of the entry of one person more, opened from a search."""
    opened = len(log.own_events(by, clock.now() - SHOWN_LASTS, [FROM_SEARCH, UNUSUAL])[:MOST])
    if opened == MOST:
        raise Refused(
            f"You have opened {MOST} people from searches in this shift. "
            "Ask your supervisor to have somebody else record this one."
        )
    return UNUSUAL if opened >= MANY else FROM_SEARCH


@dataclass(frozen=True)
class HandOver:
    """That a case went from one officer to another; ``by`` is None where it was not a user."""

    at: datetime
    giver: User
    taker: User
    by: User | None


def hand_overs_of(case: Case) -> list[HandOver]:
    """Of a case that the caller has opened, from its field history, the first first."""
    rows = apps.get_model("cases.CaseEvent")._base_manager.filter(pgh_obj=case)
    history = rows.order_by("pgh_id").values_list("officer", "pgh_created_at", "pgh_context")
    steps = [(before[0], *after) for before, after in pairwise(history) if before[0] != after[0]]
    ids = {pk for giver, taker, _at, context in steps for pk in (giver, taker, (context or {}).get("user"))}
    users = User.objects.in_bulk(ids - {None}) if steps else {}
    return [HandOver(at, users[giver], users[taker], users.get((context or {}).get("user")))
            for giver, taker, at, context in steps]  # fmt: skip


def crime_on_record(*, number: str, by: User) -> Allegation | None:
    """The latest allegation of this crime in a case that ``by`` may see: nothing is keyed twice for a second person."""
    rows = Allegation.objects.filter(case__in=Case.objects.visible_to(by), crime__number=crime_number(number))
    found = rows.select_related("crime", "offence", "victim").order_by("-pk").first()
    if found is not None:
        log_shown("crime.opened", [found.crime], by=by)
    return found


def open_twins(case: Case, crime: Crime | None = None) -> QuerySet[Case]:
    """Other open cases of the same person over ``crime``; over any crime of ``case`` where none is named."""
    crimes = [crime] if crime else [one.crime_id for one in case.allegations.all()]
    rows = Case.objects.filter(person=case.person_id, allegations__crime__in=crimes, closed_at__isnull=True)
    return rows.exclude(pk=case.pk)


def known_history(person: Person) -> str:
    """What the force's own cases here tell of earlier outcomes of somebody that the caller has opened."""
    accepted = Decision.objects.filter(case__person=person, result=DecisionResult.OFFERED_ACCEPTED)
    codes = set(accepted.exclude(disposal="none").values_list("disposal", flat=True))
    if any(code.endswith("_caution") and not code.startswith("deferred") for code in codes):
        return EarlierOutcomes.CAUTION
    return EarlierOutcomes.RESOLUTION if codes else EarlierOutcomes.NOT_CHECKED


def case_of_submission(submission: str, *, by: User) -> Case | None:
    """The case that this officer's page has already made or decided, if it was submitted before."""
    try:
        number = uuid.UUID(submission)
    except ValueError:
        return None
    opened = Q(submission=number) & (Q(decision__decided_by=by) | Q(pending__asked_by=by))
    return Case.objects.filter(opened | Q(pending__submission=number, decision__decided_by=by)).first()


def case_to_decide(*, reference: str, by: User) -> Case:
    """A case whose page of the decision is opened or sent; 404 for one that ``by`` may not see. The view logs it."""
    if "\x00" in reference:
        raise Http404("No reference holds a NUL character, and the database refuses one.")
    return get_object_or_404(Case.objects.visible_to(by).select_related(*CASE_PAGE), reference=reference)


def offences(*, by: User, text: str = "", group: str = "", whose: str = "") -> QuerySet[Offence]:
    """Entries of the catalogue that ``by`` may see, each word of ``text`` in some name, Act or code of theirs."""
    found = Offence.objects.visible_to(by)
    for word in text.split():
        columns = ("title", "search", "act", "section", "code")
        found = found.filter(reduce(or_, (Q(**{f"{column}__icontains": word}) for column in columns)))
    if group:
        found = found.filter(group=group)
    if whose:
        found = found.filter(owner__isnull=whose != "own")
    return found.order_by("group", "title", "valid_from", "pk")


def open_offence(*, pk: int, by: User) -> Offence:
    """An entry that ``by`` may see, a corrected one included; 404 for another force's."""
    mine = Q(owner__isnull=True) | Q(owner=by.organisation)
    return get_object_or_404(Offence.objects.filter(mine), pk=pk)


def other_entries(offence: Offence) -> list[Offence]:
    """The other entries of its code and owner, those that were corrected included, by their first day."""
    rows = Offence.objects.filter(code=offence.code, owner=offence.owner_id).exclude(pk=offence.pk)
    return list(rows.order_by(F("valid_from").asc(nulls_first=True), "pk"))


class DutyState(TextChoices):
    """Where a child stands with youth justice, in its inbox."""

    WAITING = "waiting", _("To be acknowledged")
    LATE = "late", _("Overdue")
    TAKEN = "taken", _("Acknowledged")
    NOT_KEPT = "not_kept", _("Plan not kept")


_TAKEN = ExpressionWrapper(Q(acknowledged_at__isnull=False), BooleanField())
# Those whose clock runs come first, whichever way the days are sorted.
DUTY_ORDERS: dict[str, tuple[str | Combinable, ...]] = {
    "due": (_TAKEN, F("due_on").asc(), "pk"),
    "-due": (_TAKEN, F("due_on").desc(), "-pk"),
    "name": ("case__person__family_name", "case__person__given_names", "pk"),
    "-name": ("-case__person__family_name", "-case__person__given_names", "-pk"),
}
TRACES_DAYS = 30


def youth_inbox(*, by: User, text: str = "", state: str = "", order: str = "due") -> QuerySet[YouthDuty]:
    """The children whom ``by``'s youth justice service was told of, by ``text`` of a name or reference and by state.

    Of each case a row has what the page of the child shows too: the child, the offences, and the officer.
    """
    rows = YouthDuty.objects.visible_to(by).select_related("case__person", "case__officer", "case__force")
    if text.strip():
        reference = text.strip().upper()
        named_so = of_person(read(text), person="case__person")
        rows = rows.filter(Q(reference__in=[reference, f"YD-{reference}"]) | named_so)
    if state:
        rows = rows.filter(_in_state(state))
    return rows.prefetch_related("case__allegations__offence").order_by(*DUTY_ORDERS[order])


def _in_state(state: str) -> Q:
    waiting = Q(acknowledged_at__isnull=True)
    return {
        DutyState.WAITING: waiting,
        DutyState.LATE: waiting & Q(due_on__lt=clock.today()),
        DutyState.TAKEN: ~waiting & Q(not_kept_at__isnull=True),
        DutyState.NOT_KEPT: Q(not_kept_at__isnull=False),
    }[DutyState(state)]


def youth_traces(*, by: User) -> list[dict[str, Any]]:
    """What ended lately, by reference alone: nobody at the service wonders where a child went."""
    return list(YouthDuty.objects.traces_for(by, since=clock.today() - timedelta(days=TRACES_DAYS)))


def open_duty(*, reference: str, by: User) -> YouthDuty:
    """A child whom ``by``'s youth justice service was told of, with what its page shows; 404 for anybody else's."""
    rows = YouthDuty.objects.visible_to(by).select_related(
        *("case__person", "case__officer__team", "case__force", "case__child_assessment", "case__decision"),
        *("service", "acknowledged_by", "not_kept_by"),
    )
    duty = get_object_or_404(
        rows.prefetch_related("case__allegations__offence", "case__assessments"), reference=reference
    )
    log_shown("youth_duty.opened", [duty, duty.case, duty.case.person], by=by)
    return duty


def duties_of(case: Case) -> list[YouthDuty]:
    """The duties of a case that the caller has opened, the live ones first."""
    people = ("service", "notified_by", "acknowledged_by", "not_kept_by", "ended_by")
    return list(case.youth_duties.select_related(*people).order_by(F("ended_at").desc(nulls_first=True), "due_on"))


def assessment_of_child(case: Case) -> ChildAssessment | None:
    """What is noted of the assessment of the child whose case the caller has opened."""
    return ChildAssessment.objects.select_related("recorded_by").filter(case=case).first()


def duties_to_watch(*, by: User) -> Shown[YouthDuty]:
    """What ``by`` has to see to: whom to tell, and plans not kept, in their own cases; for the hub also what is late.

    The nearest day first, and no more than ten: the rows of the list say the same of each case.
    """
    mine = Q(case__officer=by)
    act = Q(notified_at__isnull=True) | Q(not_kept_at__isnull=False)
    wanted = mine & act
    if by.can(Permission.MANAGE_SCHEMES):
        late = Q(due_on__lt=clock.today(), acknowledged_at__isnull=True, told_whom="")
        wanted = wanted | late | Q(not_kept_at__isnull=False)
    rows = YouthDuty.objects.visible_to(by).live().filter(wanted)
    return first(rows.select_related("case__person", "service").order_by("due_on", "pk"))


def undecided_to_watch(*, by: User) -> Shown[PendingDecision]:
    """What is not decided yet of ``by``'s own cases, for the hub of the force's; the nearest day first, at most ten."""
    rows = PendingDecision.objects.filter(settled_at__isnull=True, case__in=Case.objects.visible_to(by))
    if not by.can(Permission.MANAGE_SCHEMES):
        rows = rows.filter(case__officer=by)
    return first(rows.select_related("case__person").order_by("due_on", "pk"))


def without_number(*, by: User) -> QuerySet[Allegation]:
    """Crimes without a number of ``by``'s own cases, for the hub of the force's."""
    rows = Allegation.objects.filter(crime__number__startswith=NO_NUMBER, case__in=Case.objects.visible_to(by))
    return rows if by.can(Permission.MANAGE_SCHEMES) else rows.filter(case__officer=by)


def crimes_to_number(*, by: User) -> Shown[Allegation]:
    """Those of ``without_number``, the oldest first, at most ten."""
    rows = without_number(by=by)
    return first(rows.select_related("case__person", "crime", "offence").order_by("pk"))


def youth_links(*, by: User) -> QuerySet[YouthJusticeLink]:
    """The youth justice services of ``by``'s force, those that serve it first."""
    return (
        YouthJusticeLink.objects.visible_to(by)
        .select_related("service")
        .order_by(F("valid_to").desc(nulls_first=True), "service__name")
    )
