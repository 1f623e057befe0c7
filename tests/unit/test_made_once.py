"""A record that many tests begin from: made once, and for each of them as it was made."""

import pytest

from cases.models import Case
from referrals.models import Referral
from tests.conftest import Cast
from tests.factories.cases import record, refer
from tests.factories.ground import adopt_scheme
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")
MADE: list[str] = []


@made_once
def case(cast: Cast) -> Case:
    MADE.append("case")
    return record(cast["amara"])


@made_once
def after_it(cast: Cast, case: Case) -> Referral:
    """Made from the case before it, which it changes."""
    MADE.append("after it")
    Case.objects.filter(pk=case.pk).update(version=7)
    return refer(cast["amara"], adopt_scheme("drug-diversion", cast).versions.latest("valid_from"))


@pytest.mark.parametrize("place", ["first", "second"])
def test_each_test_finds_it_as_it_was_made(case: Case, place: str) -> None:
    """What one test did to it would be seen by the next, which would pass or fail by their order."""
    assert (case.version, case.origin, Case.objects.count()) == (1, "street", 1)
    Case.objects.filter(pk=case.pk).update(origin="custody")
    record(Case.objects.get(pk=case.pk).officer)
    assert MADE.count("case") == 1


@pytest.mark.parametrize("place", ["first", "second"])
def test_what_was_made_from_it_is_seen_in_it(case: Case, after_it: Referral, place: str) -> None:
    """As where a fixture calls an action: the test is given the record of now, and not that of before."""
    assert (case.version, after_it.state, Case.objects.count()) == (7, "sent", 2)
    assert MADE.count("after it") == 1
    Referral.objects.filter(pk=after_it.pk).update(state="held")


def test_whoever_asks_for_nothing_finds_nothing(cast: Cast) -> None:
    assert not Case.objects.exists()
