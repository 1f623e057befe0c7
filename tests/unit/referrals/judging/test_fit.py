"""Which schemes a list shows as closed to somebody: by their own rules that block, and by nothing else."""

from datetime import date
from typing import Any

import pytest

from diversion.accounts.models import Organisation
from referrals.judging.fit import closed_because
from referrals.models import SchemeVersion
from tests.unit.referrals.judging.proposed import TODAY, version

pytestmark = pytest.mark.usefixtures("frozen")
BORN = date(2009, 3, 4)  # 17
WHY = "Second Step is for adults."
ADULT = {"kind": "age", "minimum": 18}
CARE = {"kind": "flag", "fact": "care_experienced", "expected": True}


def scheme(test: dict[str, Any], **rule: Any) -> SchemeVersion:
    sources = [{"key": "house default", "tag": "proposal"}]
    stored = {"id": "adult", "reason": WHY, "sources": sources, "test": test} | rule
    return version(criteria=[stored], pk=7, provider=Organisation(name="Harbour Trust"))


@pytest.mark.parametrize(
    ("test", "rule", "found"),
    [
        (ADULT, {"severity": "blocks"}, [WHY]),
        (ADULT, {"severity": "blocks", "override_by": "inspector"}, [WHY]),
        (ADULT, {"severity": "warns"}, []),
        (ADULT, {"severity": "needs_authority", "rank": "inspector"}, []),
        ({"kind": "any_of", "tests": [ADULT, CARE]}, {"severity": "blocks"}, []),
        ({"kind": "all_of", "tests": [ADULT, CARE]}, {"severity": "blocks"}, [WHY]),
        ({"kind": "age", "maximum": 17}, {"severity": "blocks"}, []),
    ],
)
def test_a_list_of_schemes_says_not_for_this_age_where_a_rule_stops_it(
    test: dict[str, Any], rule: dict[str, Any], found: list[str]
) -> None:
    """An officer would not offer a scheme whose rule on age only asks for thought, or waits for another answer."""
    chosen = scheme(test, **rule)
    assert closed_because(chosen, {"date_of_birth": BORN}, TODAY) == found


def test_what_is_not_known_or_cannot_be_closes_nothing() -> None:
    """A date of birth not typed yet, or mistyped, must not hide a scheme: the page says so beside the date."""
    assert closed_because(scheme(ADULT), {}, TODAY) == []
    assert closed_because(scheme(ADULT), {"date_of_birth": date(1850, 1, 1)}, TODAY) == []
