"""Whether it has to be said why a young adult is offered a caution on conditions, and nothing less formal."""

from collections.abc import Iterable
from datetime import date

from cases.eligibility.kept import KeptOption
from cases.law.dates import ADULT_AGE, age_on

UNTIL = 25  # years: how long young adults are counted as such (domain: maturity)
FORMAL, LESS_FORMAL = "conditional_caution", "community_resolution"


def is_young_adult(born: date, on: date) -> bool:
    """Whether somebody is 18 to 25 on a day."""
    return ADULT_AGE <= age_on(born, on) <= UNTIL


def asks_why_formal(disposal: str, options: Iterable[KeptOption], *, born: date, on: date) -> bool:
    """Whether a young adult is offered a conditional caution where a community resolution would fit."""
    if disposal != FORMAL or not is_young_adult(born, on):
        return False
    return any(one.key == f"disposal:{LESS_FORMAL}" and one.is_open for one in options)
