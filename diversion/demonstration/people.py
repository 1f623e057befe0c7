"""Made-up people. The known differences between groups stand here, so that a report can be held against them."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cases.details import PersonDetails

GIVEN = {
    "female": ("Aisha", "Beth", "Chloe", "Dana", "Efua", "Freya", "Grace", "Imani", "Leah", "Nadia", "Priya", "Ruth"),
    "male": ("Adam", "Bilal", "Connor", "Eddie", "Femi", "Hassan", "Jamal", "Kyle", "Marcus", "Omar", "Ravi", "Sean"),
}
FAMILY = ("Allen", "Baker", "Begum", "Clarke", "Daniel", "Ellis", "Grant", "Ibrahim", "Khan", "Mensah", "Patel", "Webb")

ETHNICITIES = {"W1": 52, "W9": 6, "W3": 2, "B1": 13, "B2": 10, "A1": 4, "A2": 6, "A3": 2, "M1": 4, "M9": 2, "O9": 2}
NOT_STATED = {"N1": 2, "N3": 2, "N4": 6, "to_be_asked": 3}
OFFICER_DEFINED = {"W": "IC1", "B": "IC3", "A": "IC4", "M": "IC3", "O": "IC6"}

# The differences that were put in, as chances. A report on the demonstration should find them, within its intervals.
OFFERED = {"W": 0.78, "A": 0.70, "M": 0.66, "B": 0.48, "O": 0.70, "": 0.58}
WOMEN_OFFERED_MORE = 0.08
HISTORY_OFFERED_LESS = 0.18
ACCEPTED = 0.86
COMPLETED = {"W": 0.80, "A": 0.80, "M": 0.72, "B": 0.70, "O": 0.75, "": 0.70}


@dataclass(frozen=True)
class MadeUp:
    details: PersonDetails
    earlier_outcomes: str
    age: int
    earlier: list[dict[str, Any]] = field(default_factory=list)

    @property
    def letter(self) -> str:
        """The first letter of the self-defined code, "" where there is none."""
        return self.details.ethnicity_self_defined[:1]

    @property
    def chance_of_offer(self) -> float:
        chance = OFFERED[self.letter]
        chance += WOMEN_OFFERED_MORE if self.details.sex == "female" else 0
        return chance - (HISTORY_OFFERED_LESS if self.earlier_outcomes in ("caution", "conviction") else 0)


def make_up(chance: random.Random, today: date) -> MadeUp:
    """One person, aged 12 to 60 on ``today``; most are young and most are men, as in the published figures."""
    sex = chance.choices(["male", "female"], [78, 22])[0]
    age = min(60, max(12, round(chance.gammavariate(3.2, 5.5) + 11)))
    born = today - timedelta(days=int(age * 365.25) + chance.randrange(1, 360))
    stated = pick(chance, ETHNICITIES) if chance.random() < 0.80 else ""
    details = PersonDetails(
        given_names=chance.choice(GIVEN[sex]),
        family_name=chance.choice(FAMILY),
        date_of_birth=born,
        sex=sex,
        ethnicity_self_defined=stated,
        ethnicity_not_stated="" if stated else pick(chance, NOT_STATED),
        ethnicity_officer_defined=OFFICER_DEFINED.get(stated[:1], chance.choice(["IC1", "IC3", "IC4", ""])),
        telephone=f"07700 900{chance.randrange(1000):03}",
        needs_interpreter=chance.choices(["", "Polish", "Urdu"], [94, 3, 3])[0],
    )
    earlier = pick(chance, {"none": 62, "resolution": 14, "caution": 9, "conviction": 10, "not_checked": 5})
    return MadeUp(details, earlier, age, _earlier_rows(chance, earlier, today))


def _earlier_rows(chance: random.Random, category: str, today: date) -> list[dict[str, Any]]:
    """What the officer would have listed: one outcome of this category, some months or years ago."""
    outcome = {"resolution": "community_resolution", "caution": "simple_caution", "conviction": "conviction"}.get(
        category
    )
    if outcome is None:
        return []
    day = today - timedelta(days=chance.randrange(90, 1500))
    return [{"outcome": outcome, "date": day.isoformat(), "similar": chance.random() < 0.3}]


def pick(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]
