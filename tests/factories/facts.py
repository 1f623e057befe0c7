"""Facts of live decisions written straight into their tables, where a test needs hundreds and not their cases."""

import uuid
from datetime import date, timedelta
from typing import Any

from diversion.accounts.models import Organisation
from reporting.codes import LIVE, age_band, self_group
from reporting.models import Fact, StageFact, Suspect, SuspectBatch, VictimFact

STAGES = {field.name for field in StageFact._meta.get_fields() if field.name != "fact"}


def live(force: Organisation, times: int = 1, **changes: Any) -> list[Fact]:
    """So many equal decisions of ``force``; by default an accepted offer to an eligible White man of 30."""
    values: dict[str, Any] = {
        "happened_on": date(2026, 5, 4),
        "age": 30,
        "ethnicity_self_code": "W1",
        "ethnicity_officer_group": "White",
        "gender": "Male",
        "scheme": "none",
        "disposal": "community_resolution",
        "considered": True,
        "diverted": changes.get("decision", "offered_accepted") == "offered_accepted",
        "decision": "offered_accepted",
        "authority": "none",
        "eligibility": "eligible",
        "origin": "street",
        "offence_group": "Theft",
        "history": "none",
        "intervention": "none",
    } | changes
    day, age, code = values["happened_on"], values["age"], values["ethnicity_self_code"]
    values |= {"month": day.replace(day=1), "age_band": age_band(age)}
    values.setdefault("ethnicity_self_group", self_group(code))
    values.setdefault("ending", values.get("result", ""))
    values.setdefault("ended_on", values.get("closed_on"))
    stages = {name: values.pop(name) for name in STAGES & values.keys()}
    facts = Fact.objects.bulk_create([Fact(force=force, source=LIVE, **values) for _ in range(times)])
    StageFact.objects.bulk_create([StageFact(fact=fact, **stages) for fact in facts])
    return facts


def harmed(facts: list[Fact], **changes: Any) -> None:
    """A victim in each of these decisions: of a crime three days before, told of the decision on the day it was due."""
    for fact in facts:
        day = fact.happened_on
        values: dict[str, Any] = {
            "committed_on": day - timedelta(days=3),
            "recorded_on": day,
            "decided_on": day,
            "view": "agrees",
            "has_enhanced_rights": False,
            "decision_due_on": day + timedelta(days=7),
            "decision_told_on": day + timedelta(days=7),
        }
        VictimFact.objects.create(fact=fact, **(values | changes))


def suspects(force: Organisation, **groups: int) -> None:
    """So many suspects of each ethnic group, each of a crime of their own over which nothing is recorded here."""
    each = [group for group, times in groups.items() for _ in range(times)]
    batch = SuspectBatch.objects.create(
        force=force, mapping="force-outcomes", file_name="a.csv", rows=len(each), accepted=len(each)
    )
    Suspect.objects.bulk_create(
        Suspect(
            force=force,
            batch=batch,
            crime_number=f"X{number}",
            suspect_key=uuid.UUID(int=number),
            outcome="charge",
            outcome_on=date(2026, 6, 5),
            age_band="25-34",
            gender="Male",
            ethnicity_self_group=group,
            ethnicity_officer_group=group,
            digest=uuid.UUID(int=number),
            occurrence=1,
        )
        for number, group in enumerate(each)
    )
