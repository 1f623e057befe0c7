"""Names under which a published case may ask for a number, and the number itself.

A *book* maps a name to a function of the case's inputs. A name may carry an ending: ``_2dp`` rounds half up,
``_per_1000`` scales, ``_pct`` gives per cent.
"""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import Any

Inputs = Mapping[str, Any]
Book = Mapping[str, Callable[[Inputs], Any]]

ROUNDED = re.compile(r"^(?P<name>.+)_(?P<places>\d+)dp$")
SCALED = re.compile(r"^(?P<name>.+?)_?(?:per_(?P<base>\d+)|(?P<pct>pct|percent|percentage))$")


class UnknownName(KeyError):
    """The case asks for a number under a name that no book holds."""


def look_up(book: Book, name: str, inputs: Inputs) -> Any:
    """The number called ``name``. Raises UnknownName where nothing goes by it."""
    plain = name.lower().replace("-", "_")
    if plain in book:
        return book[plain](inputs)
    if match := ROUNDED.match(plain):
        return round_half_up(look_up(book, match["name"], inputs), int(match["places"]))
    if match := SCALED.match(plain):
        scale = 100 if match["pct"] else int(match["base"])
        return times(look_up(book, match["name"], inputs), scale)
    raise UnknownName(name)


def times(value: Any, scale: int) -> float | None:
    """``value`` times ``scale``; None stays None."""
    return None if value is None else float(value) * scale


def round_half_up(value: Any, places: int) -> float | None:
    """Round as official tables do: 0.125 to two places is 0.13."""
    if value is None:
        return None
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def book(entries: Mapping[str, Callable[[Inputs], Any]]) -> dict[str, Callable[[Inputs], Any]]:
    """Spread entries such as ``{"rr rri ratio": f}`` over their separate names."""
    return {name: function for names, function in entries.items() for name in names.split()}


def as_json(value: Any) -> Any:
    """The value with None in place of anything JSON cannot say (no bound, not a number)."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return value


def whole(inputs: Inputs, *names: str) -> int:
    """A whole number held under one of ``names``. ValueError that names what is missing or wrong."""
    for name in names:
        if name in inputs:
            return whole_number(inputs[name], name)
    raise ValueError(f"inputs need '{names[0]}'.")


def whole_number(value: Any, name: str) -> int:
    """The value as a whole number. ValueError that names what is wrong: half a person is a mistake, not nobody."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value != int(value):
        raise ValueError(f"'{name}' must be a whole number, not {value!r}.")
    return int(value)


def confidence(inputs: Inputs) -> float:
    """Confidence level of a case: ``confidence`` or ``level`` (0.95 or 95), or from ``alpha``; 0.95 unless told."""
    if "alpha" in inputs:
        return 1 - float(inputs["alpha"])
    level = float(inputs.get("confidence", inputs.get("level", inputs.get("conf_level", 0.95))))
    return level / 100 if level > 1 else level
