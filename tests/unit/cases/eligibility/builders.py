"""Small policies for the tests: one line for a criterion, an option or a policy."""

from datetime import date
from typing import Any

from cases.eligibility.codes import DISPOSALS
from cases.eligibility.criteria import Criterion
from cases.eligibility.policy import DisposalRules, Policy

AT = date(2026, 3, 1)
CODES = list(DISPOSALS)


def criterion(
    name: str, test: dict[str, Any], severity: str = "blocks", rank: str | None = None, **more: Any
) -> Criterion:
    """A criterion with a reason and a source of no consequence."""
    return Criterion.model_validate(
        {
            "id": name,
            "severity": severity,
            "rank": rank,
            "reason": f"The test {name} is not met.",
            "sources": [{"key": "test", "tag": "proposal"}],
            "test": test,
            **more,
        }
    )


def policy(*options: list[Criterion]) -> Policy:
    """A policy with one disposal for each list of criteria, in the order of the codes."""
    return Policy(
        name="Test policy",
        version="1",
        valid_from=date(2000, 1, 1),
        review_date=date(2030, 1, 1),
        disposals=tuple(
            DisposalRules(disposal=code, title=code, criteria=tuple(criteria))
            for code, criteria in zip(CODES, options, strict=False)
        ),
    )
