"""Two children with a knife, for the youth justice worker: one of whom nothing is decided yet, one overdue."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

from cases.actions.youth import link_service, services_of
from cases.details import CaseDetails, CrimeDetails, DecisionDetails, PersonDetails
from cases.law.dates import add_months
from cases.law.workdays import next_working_day
from cases.models import Case, Offence
from diversion import clock
from diversion.accounts.models import User
from diversion.demonstration.answers import answers_of
from diversion.demonstration.people import MadeUp
from diversion.unit_of_work import unit_of_work
from referrals.actions import deciding
from referrals.actions.deciding import Support

KNIFE = "possession-of-a-bladed-article"
GUIDANCE = date(2026, 2, 12)
LATE = timedelta(days=6)  # more than a working day, whatever weekends and holidays lie between
LEFT_OPEN = DecisionDetails("undecided", "not_asked", waits_for="youth_justice")
DECLINED = DecisionDetails("offered_declined", "no_comment", "deferred_prosecution_child", declined_reason="solicitor")
CHILDREN = (("Toby", "male", 15, timedelta(hours=1), LEFT_OPEN), ("Mia", "female", 14, LATE, DECLINED))
SUBMISSIONS = tuple(uuid.uuid5(uuid.NAMESPACE_URL, f"diversion:child:{given}") for given, *_ in CHILDREN)


def set_up(coordinator: User, worker: User) -> None:
    """Have the worker's service serve the coordinator's force, once."""
    if worker.organisation not in services_of(coordinator.organisation):
        link_service(service=worker.organisation, valid_from=GUIDANCE, by=coordinator)


def tell(officer: User) -> int:
    """Record both children through the service's own actions, with the clock set back; return how many were added."""
    now, added = clock.now(), 0
    for (given, sex, years, back, decision), submission in zip(CHILDREN, SUBMISSIONS, strict=True):
        if Case.objects.filter(submission=submission).exists():
            continue
        with clock.set_to(now - back), unit_of_work("demonstration"):
            born = add_months(clock.today(), -12 * years - 4)
            details = PersonDetails(given, "Marsh", born, sex=sex, ethnicity_self_defined="W1")
            by_when = next_working_day(clock.today()) if decision is LEFT_OPEN else None
            _record(submission, MadeUp(details, "none", years), replace(decision, decide_by=by_when), officer)
        added += 1
    return added


def _record(submission: uuid.UUID, who: MadeUp, decision: DecisionDetails, officer: User) -> Case:
    today = clock.today()
    offence = Offence.objects.standing().get(code=KNIFE, owner__isnull=True)
    number = f"AV/{who.details.given_names[0]}1/{today:%y}"
    crimes = [CrimeDetails(number=number, committed_on=today, offence=offence, area="Avonford")]
    facts = {"gravity_score": 3, "yjs_consulted": False, "pdat_done": False}
    said = answers_of(who, crimes, decision, "street", "charge_standard", facts)
    details = CaseDetails(who.details, crimes, "street", "none", decision, said)
    return deciding.record_decision(submission=submission, details=details, support=Support(), by=officer)
