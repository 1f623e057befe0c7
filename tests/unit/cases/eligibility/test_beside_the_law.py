"""The default policy and the law as code are two readings of the same rules: they must not drift apart."""

from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.eligibility import codes, dates
from cases.eligibility.assess import assess
from cases.eligibility.codes import DISPOSALS, Rank
from cases.eligibility.kinds_coded import AdmissionCode
from cases.eligibility.knowledge import know
from cases.eligibility.policy import load_policy
from cases.eligibility.reading import Facts
from cases.eligibility.schemes import ConditionObject, ConditionType
from cases.law import codes as law_codes
from cases.law import dates as law_dates
from cases.law.disposals import get
from cases.law.limits import statutory_limit

from .people import somebody

AT = date(2026, 3, 2)
IN_FORCE = sorted(set(DISPOSALS) - {"diversionary_caution", "community_caution"})
CHILDREN = {"youth_caution", "youth_conditional_caution", "deferred_prosecution_child"}
DAYS = st.dates(date(1990, 1, 1), date(2026, 3, 1))


def person(disposal: str) -> dict[str, Any]:
    """Somebody the disposal is for."""
    drug = {"cannabis_warning": "cannabis", "khat_warning": "khat"}.get(disposal)
    group = "drug_possession" if drug else "shop_theft"
    return {**somebody(AT, 14 if disposal in CHILDREN else 20), "offence_group": group, "drug": drug or "none"}


def test_both_speak_in_the_same_codes() -> None:
    """A code that only one of them knows would be a case that neither can finish."""
    assert set(DISPOSALS) == {code.value for code in law_codes.DisposalCode}
    assert [rank.value for rank in Rank] == [rank.value for rank in law_codes.Rank]
    assert set(codes.ADMISSIONS) == set(get_args(AdmissionCode)) == {code.value for code in law_codes.Admission}
    assert set(get_args(ConditionType)) == {code.value for code in law_codes.ConditionType}
    assert set(get_args(ConditionObject)) == {code.value for code in law_codes.ConditionObject}


@pytest.mark.parametrize("disposal", IN_FORCE)
def test_the_policy_takes_exactly_the_admissions_that_the_law_takes(disposal: str) -> None:
    """A policy that is looser would be refused at issue; one that is tighter would turn people away for nothing."""
    options = {
        said: assess({**person(disposal), "admission": said}, load_policy(), AT).option(f"disposal:{disposal}").status
        for said in codes.ADMISSIONS
    }
    assert {said for said, status in options.items() if status != "ineligible"} == set(get(disposal, AT).admission)


@pytest.mark.parametrize("disposal", IN_FORCE)
def test_the_policy_asks_the_rank_that_the_law_asks(disposal: str) -> None:
    """An officer must not be told they may issue what only a sergeant may."""
    found = assess(person(disposal), load_policy(), AT).option(f"disposal:{disposal}")
    assert (found.rank or Rank.CONSTABLE) == get(disposal, AT).authority


@given(DAYS, DAYS)
def test_both_count_ages_and_months_alike(first: date, second: date) -> None:
    """One day's difference would give a child an adult's caution."""
    born, day = sorted((first, second))
    assert dates.age_on(day, born) == law_dates.age_on(born, day)
    assert dates.add_months(day, 6) == law_dates.add_months(day, 6)


@given(st.dates(date(2024, 6, 1), date(2026, 1, 31)), st.integers(0, 20), st.booleans())
def test_both_find_the_same_statutory_limit(offence: date, statement_after: int, abuse: bool) -> None:
    """Two dates for one limit would let a case die."""
    statement = date.fromordinal(offence.toordinal() + statement_after)
    facts = {"offence_date": offence, "mode_of_trial": "summary", "offence_group": "common_assault",
             "domestic_abuse": abuse, "first_statement_date": statement}  # fmt: skip
    law = statutory_limit("summary", offence, domestic_assault=abuse, first_statement=statement if abuse else None)
    assert know(Facts.read(facts), AT).derived["statutory_limit_date"] == law.on
