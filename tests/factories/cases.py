"""Cases made through the actions, so that a test starts from what the service itself would have written."""

import uuid
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from cases import legal
from cases.actions.admitting import Admitted
from cases.details import CaseDetails, CrimeDetails, DecisionDetails, PersonDetails, Prosecutor
from cases.law.dates import ADULT_AGE, age_on
from cases.models import Case, Offence
from diversion import clock
from diversion.accounts.models import User
from referrals.actions import undoing
from referrals.actions.deciding import Support, record_decision
from referrals.actions.explaining import explain_and_sign
from referrals.models import Referral, SchemeVersion, Undoable
from referrals.schemes.condition_words import ConditionDetails
from tests.factories.decisions import in_favour

# What a scheme takes, where that is not every theft.
OFFENCES = {"drug-diversion": "possession-of-cannabis", "drug-diversion-youth": "possession-of-cannabis"}


def person(**changes: Any) -> PersonDetails:
    values: dict[str, Any] = {
        "given_names": "Sam",
        "family_name": "Price",
        "date_of_birth": date(2001, 3, 4),
        "sex": "male",
        "ethnicity_self_defined": "B1",
    }
    return PersonDetails(**(values | changes))


def crime(offence: str = "theft-from-a-shop", **changes: Any) -> CrimeDetails:
    values: dict[str, Any] = {
        "number": f"AV/{uuid.uuid4().hex[:8]}/26",
        "committed_on": clock.today() - timedelta(days=3),
        "offence": Offence.objects.get(code=offence),
    }
    if changes.get("victim_kind", "none") != "none":
        values["victim_stance"] = "agrees"
    return CrimeDetails(**(values | changes))


def decision(**changes: Any) -> DecisionDetails:
    values: dict[str, Any] = {
        "result": "offered_accepted",
        "admission": "admitted",
        "disposal": "community_resolution",
    }
    if changes.get("disposal") == "conditional_caution":  # of a young adult it is asked why
        values["rationale"] = "Only what can be enforced keeps her safe."
    return DecisionDetails(**(values | changes))


def condition(wording: str = "I will go to the sessions.", **changes: Any) -> ConditionDetails:
    values: dict[str, Any] = {
        "kind": "course",
        "object": "rehabilitative",
        "wording": wording,
        "due_on": clock.today() + timedelta(days=28),
    }
    return ConditionDetails(**(values | changes))


#: Answers of a case of domestic abuse that asks for nobody above the inspector who decides on all of them.
MINIMUM_STANDARDS = {
    "domestic_abuse_risk": "standard",
    "controlling_behaviour": False,
    "first_domestic_abuse": True,
    "harmed_seen_apart": True,
    "approved_programme": True,
}


def by_prosecutor() -> Prosecutor:
    """Who decided today what only a prosecutor may."""
    return Prosecutor("Ada Lawson", clock.today(), "CPS/1/26")


def record(by: User, **changes: Any) -> Case:
    """A recorded decision; by default an accepted community resolution for one shop theft, with one condition."""
    values: dict[str, Any] = {
        "submission": uuid.uuid4(),
        "person": person(),
        "crimes": [crime()],
        "origin": "street",
        "earlier_outcomes": "none",
        "decision": decision(),
        "support": Support(conditions=[condition()]),
    }
    given = values | changes
    version = given["support"].scheme_version
    favour = {name: _read(value) for name, value in (in_favour(version) if version else {}).items()}
    usual = answers(given)
    given["answers"] = usual | {"facts": favour | usual["facts"]} | given.get("answers", {})
    return record_decision(**grouped(given), by=by)


def grouped(given: dict[str, Any]) -> dict[str, Any]:
    """``given`` with all that an officer says of a case as its ``details``."""
    names = [one.name for one in fields(CaseDetails)]
    details = CaseDetails(**{name: given[name] for name in names})
    return {name: value for name, value in given.items() if name not in names} | {"details": details}


def left_open(by: User, **changes: Any) -> Case:
    """A case that waits for youth justice until tomorrow; by default one shop theft of which nothing was decided."""
    tomorrow = clock.today() + timedelta(days=1)
    waits = decision(result="undecided", disposal="", waits_for="youth_justice", decide_by=tomorrow)
    return record(by, **({"decision": waits, "support": Support()} | changes))


def sign(case: Case, by: User | None = None, words: str = "It was me.") -> Case:
    """The person is told what was authorised, admits it and signs, with an appropriate adult where they are a child."""
    case = Case.objects.get(pk=case.pk)
    adult = "Ann Adult" if legal.is_child(case) else ""
    said = {"admits": True, "admitted": Admitted(words, "video", "BWV/12"), "signed_as": str(case.person)}
    return explain_and_sign(case=case, **said, adult=adult, by=by or case.officer)


def let_stand(case: Case) -> None:
    """Whoever settled or closed something of it says that it is right: letters and notices wait no longer."""
    for one in Undoable.objects.live().filter(case=case).select_related("by"):
        undoing.let_stand(undoable=one, by=one.by)


def said_again(case: Case) -> dict[str, Any]:
    """The person and the crimes of a case that was left open, as the page that decides it sends them."""
    who = case.person
    names = ("given_names", "family_name", "date_of_birth", "sex", "ethnicity_self_defined")
    details = person(**{name: getattr(who, name) for name in names}, existing=who, version=who.version)
    crimes = [
        crime(one.offence.code, number=one.crime.number, committed_on=one.committed_on)
        for one in case.allegations.select_related("offence", "crime")
    ]
    said = {"person": details, "crimes": crimes, "origin": case.origin, "earlier_outcomes": "none"}
    return {"case": case, "seen": case.version, **said}


def _read(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def answers(given: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What the page would have kept of such a decision, with every question answered that the usual rules ask."""
    who, decided = given["person"], given["decision"]
    child = age_on(who.date_of_birth, clock.today()) < ADULT_AGE
    consulted = {"yjs_consulted": True} if child else {}
    abuse = MINIMUM_STANDARDS if any(one.is_domestic_abuse for one in given["crimes"]) else {}
    found = {
        "date_of_birth": who.date_of_birth.isoformat(),
        "sex": who.sex,
        "ethnicity": who.ethnicity_self_defined,
        "ethnicity_said": "confirmed" if who.ethnicity_self_defined else "",
        "admission": decided.admission,
        "evidence": "charge_standard",
        "origin": given["origin"],
        "result": decided.result,
        "earlier_outcomes": given["earlier_outcomes"],
        "follow": ["appropriate_adult" if child else "alone"],
        "facts": {"gravity_score": 2, "specified_offence": False, **consulted, **abuse},
        "crimes": [_crime_answers(one) for one in given["crimes"]],
    }
    return found | changes


def _crime_answers(details: CrimeDetails) -> dict[str, Any]:
    flags = {"domestic_abuse": details.is_domestic_abuse, "hate_crime": details.is_hate_crime}
    found = {
        "number": details.number,
        "offence": details.offence.code,
        "committed_on": details.committed_on.isoformat(),
        "area": details.area,
        "victim_kind": details.victim_kind,
        "victim_stance": details.victim_stance,
        "flags": [name for name, is_set in flags.items() if is_set],
        "first_statement_on": details.first_statement_on.isoformat() if details.first_statement_on else "",
    }
    return {name: value for name, value in found.items() if value}


def refer(by: User, version: SchemeVersion, **changes: Any) -> Referral:
    """A case referred to a scheme under a community resolution, for an offence of the sort that it takes."""
    changes.setdefault("crimes", [crime(OFFENCES.get(version.scheme.slug, "theft-from-a-shop"))])
    fewest = [condition(), condition("I will keep my appointments.")][: max(1, version.min_conditions)]
    case = record(by, support=Support(scheme_version=version, conditions=fewest), **changes)
    return case.referrals.get()
