"""Facts as somebody wrote them, turned into facts the engine can rely on.

Accepts generous names and values; what it does not know is an error that says what was probably meant. Null, an empty
text and "unknown" all mean that the fact is not known.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from .aliases import NAME_ALIASES, NEEDS_ALIASES, OUTCOME_ALIASES, RENAMED_VALUES, VALUE_ALIASES
from .base import nearest
from .facts import SHORTHANDS, VOCABULARY, Fact
from .formula import Earlier

#: Stands for the needs that an object of needs does not name.
REST = "rest"


class FactError(ValueError):
    """A fact that cannot be used, with how to mend it."""


@dataclass(frozen=True)
class Facts:
    """What is known. ``known`` holds one value for a fact, ``allowed`` several that are still possible for a choice.

    ``shorthands`` holds what was given in place of a fact; ``recorded`` names facts whose answer on record is that
    nobody knows (they count as asked for monitoring, and are otherwise unknown).
    """

    known: Mapping[str, Any] = field(default_factory=dict)
    allowed: Mapping[str, frozenset[Any]] = field(default_factory=dict)
    shorthands: Mapping[str, Any] = field(default_factory=dict)
    recorded: frozenset[str] = frozenset()

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Facts":
        """Facts from a JSON object: names and values as docs/policy.md lists them. Raises FactError.

        A name that begins with an underscore, and a comment or note, is for the reader of the file and is left out.
        """
        facts = cls()
        for name, value in given.items():
            if not name.startswith("_") and _word(name) not in {"comment", "comments", "note", "notes"}:
                facts = facts.having(name, value)
        return facts

    def having(self, name: str, value: Any) -> "Facts":
        """These facts and one more. Raises FactError when it is not understood or contradicts the others."""
        name, value = _canonical(name, value)
        if _is_unknown(value):
            recorded = self.recorded | {name} if value == "unknown" and name in VOCABULARY else self.recorded
            return replace(self, recorded=recorded)
        if name in SHORTHANDS:
            return self._with_shorthand(name, read_shorthand(name, value))
        fact = VOCABULARY[name]
        values = read_values(fact, value)
        return self._narrowed(name, values)._implied_by(fact, values)

    def _narrowed(self, name: str, values: frozenset[Any]) -> "Facts":
        before = frozenset({self.known[name]}) if name in self.known else self.allowed.get(name)
        left = values if before is None else before & values
        if not left:
            raise FactError(
                f"{name}: {_show(values)} contradicts {_show(before or frozenset())}, which the other facts say"
            )
        if len(left) == 1:
            return replace(self, known={**self.known, name: next(iter(left))})
        return replace(self, allowed={**self.allowed, name: left})

    def _implied_by(self, fact: Fact, values: frozenset[Any]) -> "Facts":
        if fact.implies is None:
            return self
        answer, other, value = fact.implies
        return self._narrowed(other, frozenset({value})) if answer is None or values == {answer} else self

    def _with_shorthand(self, name: str, value: Any) -> "Facts":
        if name in self.shorthands and self.shorthands[name] != value:
            raise FactError(f"{name} is given twice: {self.shorthands[name]} and {value}")
        facts = replace(self, shorthands={**self.shorthands, name: value})
        about_offence = name in {"age_at_offence", "days_since_offence", "months_since_offence"}
        return facts._narrowed("offence_alleged", frozenset({True})) if about_offence else facts


def _canonical(name: str, value: Any) -> tuple[str, Any]:
    word = _word(name)
    if word in RENAMED_VALUES:
        return RENAMED_VALUES[word](value)
    word = NAME_ALIASES.get(word, word)
    if word not in VOCABULARY and word not in SHORTHANDS:
        raise FactError(
            f"{name!r} is not a fact this service knows{nearest(word, [*VOCABULARY, *SHORTHANDS, *NAME_ALIASES])}"
        )
    return word, value


def _is_unknown(value: Any) -> bool:
    return value is None or (isinstance(value, str) and _word(value) in {"", "unknown", "not_known", "null"})


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")


#: The codes of each fact as they may be written.
_CODES = {name: {_word(code): code for code in fact.values} for name, fact in VOCABULARY.items()}


def _show(values: frozenset[Any]) -> str:
    return " or ".join(sorted(str(value) for value in values))


def read_values(fact: Fact, value: Any) -> frozenset[Any]:
    """The values of ``fact`` that ``value`` may mean: one as a rule, several when the word is loose."""
    match fact.type:
        case "yes_no":
            return frozenset({read_yes_no(fact.name, value)})
        case "choice":
            return _read_choice(fact, value)
        case "word":
            return frozenset({_read_word(fact, value)})
        case "whole" | "number":
            return frozenset({_read_number(fact, value)})
        case "date":
            return frozenset({read_date(fact.name, value)})
        case "needs":
            return _read_needs(fact, value)
        case _:
            return frozenset({_read_outcomes(value)})


def read_yes_no(name: str, value: Any) -> bool:
    """True or false from a boolean, yes/no, y/n, or 1/0."""
    words = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False,
             "none": False}  # fmt: skip
    word = _word(str(value))
    if word not in words:
        raise FactError(f"{name}: {value!r} is neither yes nor no; write true or false")
    return words[word]


def read_date(name: str, value: Any) -> date:
    """A date written YYYY-MM-DD (a time after it is dropped)."""
    if isinstance(value, date):
        return value if type(value) is date else date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        raise FactError(f"{name}: {value!r} is not a date; write it as 2026-03-31") from None


def _read_choice(fact: Fact, value: Any) -> frozenset[Any]:
    if not isinstance(value, str | bool):
        raise FactError(f"{fact.name}: {value!r} is not one of its values: {', '.join(fact.values)}")
    word, codes = _word(str(value)), _CODES[fact.name]
    if word in codes:
        return frozenset({codes[word]})
    aliases = VALUE_ALIASES.get(fact.name, {})
    if word in aliases:
        return frozenset(aliases[word])
    hint = nearest(word, [*codes, *aliases]) or f"; its values are {', '.join(fact.values)}"
    raise FactError(f"{fact.name}: {value!r} is not one of its values{hint}")


def _read_word(fact: Fact, value: Any) -> str:
    if isinstance(value, bool) and fact.name != "offence_code":
        return "in_area" if value else "elsewhere"
    if not isinstance(value, str | int):
        raise FactError(f"{fact.name}: {value!r} should be a word")
    return str(value).strip() if fact.name == "offence_code" else _word(str(value))


def _read_number(fact: Fact, value: Any) -> float:
    try:
        number = float(str(value).strip().removeprefix("£").removesuffix("g"))
    except ValueError:
        raise FactError(f"{fact.name}: {value!r} is not a number") from None
    if isinstance(value, bool) or number != number:
        raise FactError(f"{fact.name}: {value!r} is not a number")
    if fact.type == "whole" and not number.is_integer():
        raise FactError(f"{fact.name}: {value!r} is not a whole number")
    if (fact.minimum is not None and number < fact.minimum) or (fact.maximum is not None and number > fact.maximum):
        raise FactError(f"{fact.name}: {value!r} is outside {fact.minimum} to {fact.maximum or 'any amount'}")
    return int(number) if fact.type == "whole" else number


def _read_needs(fact: Fact, value: Any) -> frozenset[Any]:
    """The smallest and the largest set of needs that ``value`` may mean: one for a list, which is taken as whole.

    An object of needs may leave some open: ``{"drugs": true, "alcohol": false, "rest": null}`` says yes, no, and that
    the others were not asked. Without ``rest`` what it does not name is no need.
    """
    if not isinstance(value, Mapping):
        words = [] if value in ("none", "None", False) else [value] if isinstance(value, str) else value
        if not isinstance(words, list | tuple | set | frozenset):
            raise FactError(f"needs: {value!r} should be a list of needs")
        return frozenset({frozenset(_need(fact, word) for word in words)})
    said = {_need(fact, name): score for name, score in value.items() if _word(str(name)) != REST}
    rest = [score for name, score in value.items() if _word(str(name)) == REST]
    found = frozenset(need for need, score in said.items() if score and not _is_unknown(score))
    unsaid = [need for need in fact.values if need not in said] if rest and _is_unknown(rest[0]) else []
    return frozenset({found, found.union(unsaid, (need for need, score in said.items() if _is_unknown(score)))})


def _need(fact: Fact, given: Any) -> str:
    word = NEEDS_ALIASES.get(_word(str(given)), _word(str(given)))
    if word not in fact.values:
        raise FactError(f"needs: {word!r} is not a need{nearest(word, [*fact.values, *NEEDS_ALIASES])}")
    return word


def _read_outcomes(value: Any) -> tuple[Earlier, ...]:
    items = [] if _word(str(value)) in {"none", "no", "false", "0"} or value == [] else value
    if not isinstance(items, list | tuple):
        raise FactError(
            'earlier_outcomes should be a list such as [{"outcome": "simple_caution", "date": "2025-02-01"}]'
        )
    return tuple(_read_outcome(item) for item in items)


def _read_outcome(item: Any) -> Earlier:
    if isinstance(item, Earlier):
        return item
    parts = {"outcome": item} if isinstance(item, str) else item
    if not isinstance(parts, Mapping):
        raise FactError(f"earlier_outcomes: {item!r} should be an object with outcome and date")
    names = {"type": "outcome", "disposal": "outcome", "on": "date", "similar_offence": "similar",
             "took_part": "engaged"}  # fmt: skip
    given = {names.get(_word(name), _word(name)): part for name, part in parts.items()}
    for name in given:
        if name not in {"outcome", "date", "similar", "scheme", "engaged", "offence"}:
            raise FactError(
                f"earlier_outcomes: {name!r} is not part of an outcome; use outcome, date, similar, scheme, engaged"
            )
    return Earlier(
        _outcome_code(given),
        None if _is_unknown(given.get("date")) else read_date("earlier_outcomes date", given["date"]),
        None if _is_unknown(given.get("similar")) else read_yes_no("earlier_outcomes similar", given["similar"]),
        None if _is_unknown(given.get("scheme")) else _word(str(given["scheme"])).replace("_", "-"),
        engaged=None
        if _is_unknown(given.get("engaged"))
        else read_yes_no("earlier_outcomes engaged", given["engaged"]),
    )


def _outcome_code(given: Mapping[str, Any]) -> str:
    word = _word(str(given.get("outcome") or ("scheme" if given.get("scheme") else "")))
    word = OUTCOME_ALIASES.get(word, word)
    known = VOCABULARY["earlier_outcomes"].values
    if word not in known:
        raise FactError(f"earlier_outcomes: {word!r} is not an outcome{nearest(word, [*known, *OUTCOME_ALIASES])}")
    return word


def read_shorthand(name: str, value: Any) -> Any:
    """A shorthand's value: a whole number, yes/no, a date, or "none" for the statutory limit."""
    if name == "statutory_limit_date":
        return "none" if _word(str(value)) in {"none", "no", "false"} else read_date(name, value)
    if name == "similar_within_two_years":
        return read_yes_no(name, value)
    if name in {"previous_convictions", "resolutions_last_12_months"} and (value is False or isinstance(value, list)):
        return len(value or ())
    number = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+(\.0)?", number):
        raise FactError(f"{name}: {value!r} is not a whole number")
    whole = int(float(number))
    if whole < 0 and name != "days_to_limit":
        raise FactError(f"{name}: {value!r} is less than nothing; is it the date that is wrong?")
    return whole
