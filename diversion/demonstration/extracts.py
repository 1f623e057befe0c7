"""What the made-up force's own systems know: an outcome extract of suspects, who lives in its area, and who of those
decided about long ago was proven to have offended again."""

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cases.models import Allegation, Case, Decision
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.demonstration.releases import FEWEST_CASES
from reporting.actions.followup import import_followup
from reporting.actions.suspects import import_suspects
from reporting.models import FollowUp, Population, Suspect

COLUMNS = (
    *("force", "crime_number", "suspect_key", "outcome", "outcome_date", "date_of_birth", "age", "sex"),
    *("ethnicity_self_defined", "ethnicity_officer_defined", "offence"),
)
FOLLOWED = (
    *("force", "case_reference", "followed_from", "followed_to", "first_reoffence_date"),
    *("first_reoffence_proven_date", "reoffences", "records_searched"),
)
#: Twelve months, and six in which an offence can be proven.
FOLLOWED_DAYS = 555
#: How many of a hundred offend again within a year and are found out: made up, with a difference to be found.
REOFFENDED = {"offered_accepted": 0.24, "offered_declined": 0.42, "not_offered": 0.42}
#: Suspects of crimes over which nothing is recorded here, of each answer about ethnicity: nobody considered them.
NOBODY_CONSIDERED = {"W1": 60, "W9": 6, "B1": 34, "A1": 12, "M1": 5, "": 20}
OUTCOMES = ("1", "15", "16", "18")
OFFENCES = ("Theft from a shop", "Common assault", "Possession of cannabis", "Criminal damage")
RESIDENTS = {"White": 312_000, "Asian": 24_500, "Black": 13_200, "Mixed": 9_800, "Other": 4_100}


def make(people: dict[str, User]) -> None:
    """Make each where there is none yet."""
    force = people["ian"].organisation
    if Case.objects.filter(force=force).count() < FEWEST_CASES:
        return
    followed = [] if FollowUp.objects.filter(force=force).exists() else list(_followed(force))
    if followed:
        with _written(FOLLOWED, followed) as path:
            import_followup(path=path, force=force.slug, by=None)
    if Suspect.objects.filter(force=force).exists():
        return
    with _written(COLUMNS, [*_considered(force), *_others(force)]) as path:
        import_suspects(path=path, force=force.slug, by=None)
    told = {"title": "Made-up residents of a made-up area", "area": force.name, "groups": RESIDENTS}
    Population.objects.get_or_create(force=force, year=2021, defaults={**told, "file_name": "made-up.csv"})


@contextmanager
def _written(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> Iterator[Path]:
    """The rows as a file, for as long as it is read."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "extract.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            sheet = csv.DictWriter(file, columns, restval="")
            sheet.writeheader()
            sheet.writerows(rows)
        yield path


def _followed(force: Organisation) -> Iterator[dict[str, str]]:
    """Of everybody decided about long enough ago, what the national record knows up to last week."""
    today = clock.today()
    decisions = Decision.objects.filter(case__force=force, decided_at__lt=clock.now() - timedelta(days=FOLLOWED_DAYS))
    for one in decisions.exclude(result="undecided").select_related("case").order_by("case__submission"):
        chance = random.Random(f"followed {one.case.submission}")  # noqa: S311 - made-up people
        again = chance.random() < REOFFENDED[one.result]
        day = clock.local_date(one.decided_at) + timedelta(days=chance.randint(20, 360))
        yield {
            "force": force.slug,
            "case_reference": one.case.reference,
            "followed_from": clock.local_date(one.decided_at).isoformat(),
            "followed_to": (today - timedelta(days=7)).isoformat(),
            "first_reoffence_date": day.isoformat() if again else "",
            "first_reoffence_proven_date": (day + timedelta(days=chance.randint(10, 150))).isoformat() if again else "",
            "reoffences": str(chance.randint(1, 4)) if again else "0",
            "records_searched": "national",
        }


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
