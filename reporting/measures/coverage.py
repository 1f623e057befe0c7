"""Coverage: of all suspects in the force's outcome extract, how many were considered here; and who were not."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from cases.codes import ethnic_group
from cases.law.dates import age_on
from cases.models import Allegation
from cases.models.case import UNDECIDED
from diversion.accounts.models import Organisation
from reporting.codes import AGE_BANDS, ETHNIC_GROUPS, GENDERS, UNKNOWN
from reporting.door import Audience, Leaving, leave
from reporting.facts.live import GENDER
from reporting.intake.rows.extracts import plain_number
from reporting.linking.suspects import Seen, considered
from reporting.measures import NoMeasure, figures
from reporting.measures.counting import Count
from reporting.measures.declared import FUNNEL
from reporting.models import Suspect
from reporting.statistics.sampling import drawn

#: Dimension -> (column of Suspect, groups in order).
BY: dict[str, tuple[str, tuple[str, ...]]] = {
    "ethnicity": ("ethnicity_self_group", ETHNIC_GROUPS),
    "ethnicity_officer": ("ethnicity_officer_group", ETHNIC_GROUPS),
    "gender": ("gender", GENDERS),
    "age_band": ("age_band", (*AGE_BANDS, UNKNOWN)),
}
WORDS = (
    "A suspect counts once for each crime in the force's own outcome extract, whatever came of it. Considered: a "
    "decision over that crime is recorded here. The stages below count decisions, each once, however many its crimes."
)


def matched(force: Organisation, start: date, end: date) -> tuple[list[Suspect], set[int], int]:
    """The suspects whose outcome lies in the period, the ids of those considered, and how many are in doubt.

    Everybody suspected of these crimes is matched, whenever the outcome: of two suspects and one decision the same one
    is considered in every period, and no sum of periods has more considered than decisions.
    """
    people = _suspects(force, start, end)
    seen = {
        one.pk: (one.crime_number, Seen(one.gender, one.age, one.ethnicity_self_group or UNKNOWN)) for one in people
    }
    found, doubtful = considered(seen, _decided(force))
    inside = [one for one in people if start <= one.outcome_on <= end]
    return inside, found, len(doubtful.intersection(one.pk for one in inside))


def _suspects(force: Organisation, start: date, end: date) -> list[Suspect]:
    """Everybody suspected of a crime with an outcome in the period. Somebody sent again, with another outcome say, is
    one suspect of that crime: by the latest outcome, of two on a day the one that came last."""
    of_force = Suspect.objects.filter(force=force)
    crimes = of_force.filter(outcome_on__range=(start, end)).values("crime_number")
    rows = of_force.filter(crime_number__in=crimes).order_by("outcome_on", "pk")
    latest = {(one.crime_number, one.suspect_key): one for one in rows}
    return sorted(latest.values(), key=lambda one: (one.digest, one.occurrence))


def _decided(force: Organisation) -> dict[str, list[Seen]]:
    """Crime number -> whom the decisions over it are about."""
    rows = Allegation.objects.filter(case__force=force, case__decision__isnull=False).order_by("pk")
    rows = rows.exclude(case__decision__result=UNDECIDED)
    who = ("sex", "date_of_birth", "ethnicity_self_defined")
    found: dict[str, list[Seen]] = {}
    for number, day, sex, born, code in rows.values_list(
        "crime__number", "committed_on", *(f"case__person__{name}" for name in who)
    ):
        seen = Seen(GENDER[sex], age_on(born, day) if born <= day else None, str(ethnic_group(code)))
        found.setdefault(plain_number(number), []).append(seen)
    return found


def coverage(force: Organisation, start: date, end: date, by: str = "ethnicity") -> Leaving:
    """Suspects, considered, and their share with its Wilson interval, by group; operational and exact."""
    content = figures.about(force, start, end, "live") | _coverage(force, start, end, by)
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _coverage(force: Organisation, start: date, end: date, by: str) -> dict[str, Any]:
    if by not in BY:
        raise NoMeasure(f"The outcome extract does not tell '{by}': choose {', '.join(BY)}.")
    column, order = BY[by]
    suspects, found, doubtful = matched(force, start, end)
    rows = [_share(group, [one for one in suspects if getattr(one, column) == group], found) for group in order]
    return {"by": by, "rows": rows, "total": _share("Total", suspects, found), "doubtful": doubtful, "words": WORDS}


def _share(group: str, suspects: Iterable[Suspect], found: set[int]) -> dict[str, Any]:
    people = [one.pk for one in suspects]
    return {"group": group, **figures.figures(Count(len(found.intersection(people)), len(people)))}


def funnel(force: Organisation, start: date, end: date, by: str = "ethnicity") -> Leaving:
    """Coverage by group, and above it every stage of the funnel by the same groups; null where no extract is there."""
    stages = figures.compute(force, start, end, [by], measures=("offered_of_considered", *FUNNEL), source="live")
    covered = _coverage(force, start, end, by) if by in BY and has_extract(force, start, end) else None
    return leave(dict(stages) | {"coverage": covered}, audience=Audience.OPERATIONAL, force=force)


def has_extract(force: Organisation, start: date, end: date) -> bool:
    return Suspect.objects.filter(force=force, outcome_on__range=(start, end)).exists()


def sample_unconsidered(force: Organisation, start: date, end: date, *, seed: str, count: int) -> Leaving:
    """A random sample of suspects nobody considered, for review by hand; the same seed gives the same people,
    whenever their rows came in. NoMeasure for fewer than nobody."""
    if count < 0:
        raise NoMeasure(f"A sample is of nobody or more, not of {count}: choose how many people to review.")
    suspects, found, _ = matched(force, start, end)
    rest = {name_of(one): one for one in suspects if one.pk not in found}
    chosen = [rest[name] for name in drawn(seed, rest, count)]
    content = figures.about(force, start, end, "live") | {
        "seed": seed,
        "unconsidered": len(rest),
        "suspects": len(suspects),
        "sample": [_for_review(one) for one in chosen],
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def name_of(one: Suspect) -> str:
    """What a sample knows a suspect of a crime by."""
    return f"{one.crime_number} {one.suspect_key}"


def _for_review(one: Suspect) -> dict[str, Any]:
    return {
        "crime_number": one.crime_number,
        "outcome": one.outcome,
        "outcome_on": one.outcome_on.isoformat(),
        "offence": one.offence,
        "age_band": one.age_band,
        "gender": one.gender,
        "ethnicity": one.ethnicity_self_group,
        "ethnicity_officer": one.ethnicity_officer_group,
    }
