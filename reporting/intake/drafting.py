"""A mapping by example: what can be guessed of a file, written as a mapping for somebody to correct.

Which rows are considered and which are diverted is never guessed: those two decide every rate.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from reporting import codes
from reporting.intake import counts, forms
from reporting.intake.mappings.facts import load
from reporting.intake.mappings.parts import BLANK
from reporting.intake.reading import Table
from reporting.intake.telling import COUNTS
from reporting.intake.values import AGE_RANGE, NO, NUMBER, YES, is_excel_date

MOST_ROWS = 20_000
MOST_WORDS = 60
#: A column is taken for what so much of it says.
ENOUGH = 0.8

GENDERS = {"male": "Male", "m": "Male", "man": "Male", "female": "Female", "f": "Female", "woman": "Female"}
GENDERS |= {"other": "Other", "non-binary": "Other", "unknown": "Unknown", "u": "Unknown", "not known": "Unknown"}
GROUPS = {group.lower(): group for group in codes.ETHNIC_GROUPS} | {"not stated": "Unknown", "not known": "Unknown"}
GROUPS |= {"hispanic": "Other", "latinx": "Other", "mixed race": "Mixed", "biracial": "Mixed"}
EXAMPLE = "police-uk-stop-search"
AGE_WORDS = re.compile(r"(under|over|below|above) ?\d+|\d+ ?(\+|and over|or over|plus)", re.IGNORECASE)


@dataclass
class Looked:
    """What was seen in one column: its words by how often, most frequent first, and how many fields held anything."""

    name: str
    words: Counter[str] = field(default_factory=Counter)
    filled: int = 0

    def share(self, fits: Callable[[str], object]) -> float:
        """Of the fields that hold anything, how many ``fits`` says yes to."""
        fitting = sum(number for word, number in self.words.items() if fits(word))
        return fitting / self.filled if self.filled else 0.0

    def called(self, *parts: str) -> bool:
        return any(part in self.name.casefold() for part in parts)

    @property
    def few(self) -> bool:
        return 1 <= len(self.words) <= MOST_WORDS


@dataclass
class Guess:
    """What each part of a mapping may be, by column; "" where nothing fits."""

    date: str = ""
    format: str = forms.ISO
    zone: str = ""
    parts: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)  # key -> column, words
    count: str = ""
    force: str = ""
    numbers: list[str] = field(default_factory=list)
    yes_no: list[str] = field(default_factory=list)


def look(table: Table) -> list[Looked]:
    """The named columns of ``table``, by its first rows."""
    found = [Looked(name) for name in table.header]
    rows = (fields for chunk in table.chunks() for _, fields, _ in chunk if isinstance(fields, list))
    for fields in islice(rows, MOST_ROWS):
        for column, text in zip(found, fields, strict=False):
            word = text.strip()
            if word and word.casefold() not in BLANK:
                column.filled += 1
                if len(column.words) < 2_000 or word in column.words:
                    column.words[word] += 1
    return [column for column in found if column.name]


def guess(columns: Sequence[Looked]) -> Guess:
    """What the columns seem to be. Each is taken for one thing only, the clearest first."""
    found = Guess()
    left = list(columns)
    _guess_date(found, left)
    for key, fits in FITTING.items():
        column = next((one for one in left if fits(one)), None)
        if column is not None:
            left.remove(column)
            found.parts[key] = (column.name, WORDS[key](column))
    found.count = _taken(left, lambda one: COUNTS.fullmatch(one.name) and one.share(_is_count) >= ENOUGH)
    found.force = _taken(left, lambda one: one.called("force", "reported by", "agency") and 1 < len(one.words) <= 60)
    outcome = _outcome(left)
    if outcome is not None:
        left.remove(outcome)
        found.parts["disposal"] = (outcome.name, _disposals(outcome))
    found.yes_no = [one.name for one in left if one.share(lambda w: w.casefold() in (*YES, *NO)) == 1]
    decimals = (one for one in left if one.name not in found.yes_no and one.share(NUMBER.fullmatch) == 1)
    found.numbers = [one.name for one in decimals if one.share(lambda word: "." in word) > 0]
    return found


def _taken(left: list[Looked], fits: Callable[[Looked], object]) -> str:
    column = next((one for one in left if fits(one)), None)
    if column is None:
        return ""
    left.remove(column)
    return column.name


def _is_count(word: str) -> bool:
    try:
        counts.read(word, counts.SUPPRESSED)
    except ValueError:
        return False
    return True


def _guess_date(found: Guess, left: list[Looked]) -> None:
    """The column of days: one that is called so and can be read, else the first that can be read."""
    readable = [(one, forms.guessed(list(islice(one.words, 200)))) for one in left if one.filled]
    named = [(one, could) for one, could in readable if one.called("date", "month", "year", "day", "time") and could]
    plain = [(one, could) for one, could in readable if could and could[0] not in ("year", "month")]
    for column, could in [*named, *plain][:1]:
        found.date, found.format = column.name, could[0]
        if found.format == forms.ISO and any("T" in word or ":" in word for word in islice(column.words, 20)):
            found.zone = "Europe/London"
        left.remove(column)


def _outcome(left: Sequence[Looked]) -> Looked | None:
    named = [one for one in left if one.few and one.called("outcome", "disposal", "result", "decision", "disposition")]
    few = [one for one in left if one.few and len(one.words) > 1 and one.share(NUMBER.fullmatch) < ENOUGH]
    return next(iter([*sorted(named, key=lambda one: len(one.name)), *few]), None)


def _disposals(column: Looked) -> dict[str, str]:
    made: dict[str, str] = {}
    for word, _ in column.words.most_common(MOST_WORDS):
        made[word] = re.sub(r"[^a-z0-9]+", "_", word.casefold()).strip("_")[:40].rstrip("_") or f"word_{len(made) + 1}"
    return made


def _self_defined() -> Mapping[str, str]:
    part = load(EXAMPLE).ethnicity_self_defined
    words = {word.casefold(): code for word, code in part.values.items()} if part else {}
    return words | {code.casefold(): code for code in codes.SELF_CODES}


def _is_age(word: str) -> bool:
    return bool(AGE_RANGE.fullmatch(word) or AGE_WORDS.fullmatch(word) or is_excel_date(word))


FITTING: dict[str, Callable[[Looked], object]] = {
    "ethnicity_self_defined": lambda one: (
        one.share(lambda word: word.casefold() in _self_defined()) >= ENOUGH and not one.called("officer")
    ),
    "ethnicity_officer_defined": lambda one: (
        one.called("ethnic", "race") and one.share(lambda word: word.casefold() in GROUPS) >= ENOUGH / 2
    ),
    "gender": lambda one: one.share(lambda word: word.casefold() in GENDERS) >= ENOUGH and one.called("gender", "sex"),
    "age_band": lambda one: one.few and one.called("age") and one.share(_is_age) >= ENOUGH,
}
WORDS: dict[str, Callable[[Looked], dict[str, str]]] = {
    "ethnicity_self_defined": lambda one: _by(one, _self_defined()),
    "ethnicity_officer_defined": lambda one: _by(one, GROUPS),
    "gender": lambda one: _by(one, GENDERS),
    "age_band": lambda one: {word: word[:20] for word in sorted(one.words) if not is_excel_date(word)},
}


def _by(column: Looked, known: Mapping[str, str]) -> dict[str, str]:
    """The words of a column that are known; the others are left to whoever corrects the draft."""
    listed = column.words.most_common(MOST_WORDS)
    return {word: known[word.casefold()] for word, _ in listed if word.casefold() in known}


def draft(name: str, columns: Sequence[Looked], found: Guess) -> str:
    """The mapping as TOML. What is guessed is marked so, and what is to be written says TO DO."""
    return "\n".join(_lines(name, columns, found)) + "\n"


def _lines(name: str, columns: Sequence[Looked], found: Guess) -> Iterator[str]:
    yield "# A draft made by draft_mapping. Correct what is marked as guessed, write what says TO DO, and try it with"
    yield f"# manage.py check_mapping FILE --mapping {name}"
    yield f"name = {_text(name)}"
    yield f"title = {_text(name.replace('-', ' ').capitalize())}  # guessed: what people call this source"
    yield 'licence = "not known"  # TO DO'
    yield from ("", "[file]", "# The columns that the file must have; together they say whether two rows are the same.")
    yield f"columns = {_list(column.name for column in columns)}"
    if found.numbers or found.yes_no:
        yield from ("", "# guessed: compared by value, because programs write them anew", "[identity]")
        yield f"numbers = {_list(found.numbers)}"
        yield f"yes_no = {_list(found.yes_no)}"
    yield from ("", "[date]")
    yield f"column = {_text(found.date)}  # {'guessed' if found.date else 'TO DO: the column of the day'}"
    yield f"format = {_text(found.format)}  # guessed{_also(columns, found)}"
    if found.zone:
        yield f"zone = {_text(found.zone)}  # guessed: leave it out where stamps are local already"
    yield from ("earliest = 2000-01-01  # guessed: earlier days are faults", 'outside = "reject"')
    if found.count:
        yield from ("", "# guessed: each row is so many events", "[count]", f"column = {_text(found.count)}")
    if found.force:
        yield from ("", "# guessed: the force of each row", "[force]", f"column = {_text(found.force)}")
    for rule, what in (("considered", "in the denominator"), ("diverted", "the diverted ones of those")):
        yield from ("", f"# TO DO, never guessed: which rows are {what}. Keep the words that count, without #.")
        yield from (f"[{rule}]", *_rule(columns, found))
    for key in ("disposal", "gender", "age_band", "ethnicity_self_defined", "ethnicity_officer_defined"):
        if key in found.parts or key == "disposal":
            yield from _part(key, columns, found)
    yield from WORDS_OF_PEOPLE


def _also(columns: Sequence[Looked], found: Guess) -> str:
    """Other forms in which the same days could be read: the first of February, or the second of January."""
    column = next((one for one in columns if one.name == found.date), None)
    could = forms.guessed(list(islice(column.words, 200))) if column else []
    others = [form for form in could if form != found.format]
    return f"; it could also be {' or '.join(others)}: look at the file" if others else ""


def _rule(columns: Sequence[Looked], found: Guess) -> Iterator[str]:
    column, _ = found.parts.get("disposal", ("", {}))
    looked = next((one for one in columns if one.name == column), None)
    if looked is None:
        yield '# "COLUMN" = { in = ["WORD"] }'
        return
    yield f"# {_text(column)} = {{ in = ["
    yield from (f"#     {_text(word)},  # {number:,}" for word, number in looked.words.most_common(MOST_WORDS))
    yield "# ] }"


def _part(key: str, columns: Sequence[Looked], found: Guess) -> Iterator[str]:
    column, words = found.parts.get(key, ("", {}))
    yield from ("", "# guessed" if column else "# TO DO: the column that says what came of it", f"[{key}]")
    yield from (f"column = {_text(column)}", f"[{key}.values]")
    yield from (f"{_text(word)} = {_text(ours)}" for word, ours in words.items())
    looked = next((one for one in columns if one.name == column), None)
    if looked is not None and key != "disposal":
        others = [word for word, _ in looked.words.most_common(MOST_WORDS) if word not in words]
        yield from (f'# {_text(word)} = ""  # TO DO, or leave it out: Unknown' for word in others)


WORDS_OF_PEOPLE = (
    *("", "# guessed: what people read under every table", "[words]", 'row = "row"', 'considered = "rows considered"'),
    *('diverted = "diverted"', 'rate = "share of the rows considered that were diverted"', "benefit = true"),
    *('grade = "descriptive"', 'footnotes = ["A row is not a person: somebody may be counted twice."]'),
)


def _text(word: str) -> str:
    """A TOML string: JSON's, which leaves one control character bare that TOML does not."""
    return json.dumps(word, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(words: Sequence[str] | Iterator[str]) -> str:
    return f"[{', '.join(map(_text, words))}]"
