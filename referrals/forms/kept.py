"""Answers as they are kept with an assessment: plain JSON, codes as they are, dates in ISO form, nothing empty."""

from collections.abc import Mapping
from datetime import date
from typing import Any

NOT_ANSWERS = (
    *("submission", "same_person", "existing", "person_version", "option"),
    *("no_number", "recorded_as", "victim_on_record"),
)
EMPTY: tuple[Any, ...] = ("", None, [], {})


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` without what is empty, or no answer of the page."""
    given = {name: value for name, value in values.items() if name not in NOT_ANSWERS}
    return {name: _plain(value) for name, value in given.items() if value not in EMPTY}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | bool | int | list | dict) else str(value)
