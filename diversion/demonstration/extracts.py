"""What the made-up force's own systems know: an outcome extract of suspects, and who lives in its area."""

import csv
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cases.models import Allegation, Case
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.demonstration.releases import FEWEST_CASES
from reporting.actions.suspects import import_suspects
from reporting.models import Population, Suspect

COLUMNS = (
    *("force", "crime_number", "suspect_key", "outcome", "outcome_date", "date_of_birth", "age", "sex"),
    *("ethnicity_self_defined", "ethnicity_officer_defined", "offence"),
)
#: Suspects of crimes over which nothing is recorded here, of each answer about ethnicity: nobody considered them.
NOBODY_CONSIDERED = {"W1": 60, "W9": 6, "B1": 34, "A1": 12, "M1": 5, "": 20}
OUTCOMES = ("1", "15", "16", "18")
OFFENCES = ("Theft from a shop", "Common assault", "Possession of cannabis", "Criminal damage")
RESIDENTS = {"White": 312_000, "Asian": 24_500, "Black": 13_200, "Mixed": 9_800, "Other": 4_100}


def make(people: dict[str, User]) -> None:
    """Make both where there are none yet."""
    force = people["ian"].organisation
    cases = Case.objects.filter(force=force)
    if Suspect.objects.filter(force=force).exists() or cases.count() < FEWEST_CASES:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "outcomes.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            sheet = csv.DictWriter(file, COLUMNS, restval="")
            sheet.writeheader()
            sheet.writerows([*_considered(force), *_others(force)])
        import_suspects(path=path, force=force.slug, by=None)
    told = {"title": "Made-up residents of a made-up area", "area": force.name, "groups": RESIDENTS}
    Population.objects.get_or_create(force=force, year=2021, defaults={**told, "file_name": "made-up.csv"})


def _considered(force: Organisation) -> Iterator[dict[str, str]]:
    """Of each crime over which something was decided here, whom the decision is about."""
    rows = Allegation.objects.filter(case__force=force).exclude(case__decision__result="undecided")
    for number, one in enumerate(rows.select_related("case__person", "case__decision", "crime", "offence")):
        if not one.crime.awaits_number:
            person = one.case.person
            yield {
                "force": force.slug,
                "crime_number": one.crime.number,
                "suspect_key": f"C{number}",
                "outcome": one.outcome or "none",
                "outcome_date": clock.local_date(one.case.decision.decided_at).isoformat(),
                "date_of_birth": person.date_of_birth.isoformat(),
                "sex": person.sex,
                "ethnicity_self_defined": person.ethnicity_self_defined,
                "offence": one.offence.title,
            }


def _others(force: Organisation) -> Iterator[dict[str, str]]:
    """Those whom nobody considered, over the last ten months."""
    chance, today = random.Random("nobody considered"), clock.today()  # noqa: S311 - made-up people
    everybody = [code for code, people in NOBODY_CONSIDERED.items() for _number in range(people)]
    for number, code in enumerate(everybody):
        yield {
            "force": force.slug,
            "crime_number": f"AV/9{number:04d}/26",
            "suspect_key": f"N{number}",
            "outcome": chance.choice(OUTCOMES),
            "outcome_date": (today - timedelta(days=chance.randint(5, 300))).isoformat(),
            "age": str(chance.randint(18, 60)),
            "sex": chance.choice(("male", "male", "male", "female")),
            "ethnicity_self_defined": code,
            "offence": chance.choice(OFFENCES),
        }
