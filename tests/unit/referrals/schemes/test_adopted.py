"""What a scheme's document asks beside its criteria, asked without a database."""

from datetime import date

import pytest

from cases.eligibility.kept import KeptOption
from referrals.models import Scheme, SchemeVersion
from referrals.schemes.adopted import findings, not_referred
from referrals.schemes.condition_words import ConditionDetails
from referrals.schemes.typed import TemplateDetails
from tests.factories.schemes import version

WORK = TemplateDetails("unpaid_work", "reparative", "I will do voluntary work.", minimum_hours=18, maximum_hours=36)
DUE = date(2026, 9, 1)


def agreed(kind: str = "unpaid_work") -> ConditionDetails:
    return ConditionDetails(kind, "reparative", "I will do it.", DUE)


@pytest.mark.parametrize(
    ("hours", "said"),
    [(17, "asks 18 to 36 hours of work, not 17"), (18, ""), (36, ""), (37, "not 37: change the hours"),
     (None, "enter how many were agreed")],
)  # fmt: skip
def test_hours_outside_those_of_the_scheme_are_said(hours: int | None, said: str) -> None:
    """Durham asks 18 to 36 hours: five would be no condition, and fifty a punishment nobody wrote down."""
    given = {} if hours is None else {1: hours}
    found = list(findings(version(conditions=[WORK]), [agreed("course"), agreed()], given))
    assert [one.rule for one in found] == (["scheme.hours.unpaid-work-1"] if said else [])
    assert all(said in one.reason for one in found)


def test_work_that_was_not_agreed_needs_no_hours() -> None:
    """The work is one of five conditions to choose among."""
    assert not list(findings(version(conditions=[WORK]), [agreed("course")], {}))


def must(slug: str = "checkpoint-surrey") -> SchemeVersion:
    return version(scheme=Scheme(name="Checkpoint", slug=slug), must_refer=True)


def option(status: str, *possible: str) -> KeptOption:
    return KeptOption(
        key="scheme:checkpoint-surrey", kind="scheme", title="Checkpoint", status=status, possible=possible
    )


OPEN, RANK = option("eligible", "eligible"), option("needs_authority", "needs_authority:inspector")
MAYBE = option("undetermined", "eligible", "ineligible")


@pytest.mark.parametrize(
    ("kept", "reason", "asked"),
    [(OPEN, "", True), (RANK, "", True), (OPEN, "No room before the limit.", False), (MAYBE, "", True),
     (option("ineligible", "ineligible"), "", False)],
)  # fmt: skip
def test_whoever_could_go_where_officers_must_refer_is_referred_or_it_is_said_why(
    kept: KeptOption, reason: str, asked: bool
) -> None:
    """In Surrey the officer must refer whoever is eligible: silence would leave it to each officer's liking."""
    found = list(not_referred([must()], [kept], None, reason))
    assert [one.rule for one in found] == (["record.not_referred.checkpoint-surrey"] if asked else [])


def test_whoever_is_referred_there_needs_no_reason() -> None:
    """A question that is answered already only slows the officer."""
    assert not list(not_referred([must()], [OPEN], must(), ""))
    elsewhere = version(scheme=Scheme(name="Step", slug="step"))
    assert list(not_referred([must()], [OPEN], elsewhere, ""))
