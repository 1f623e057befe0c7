"""From the fields of a row to the text of a fact, as PostgreSQL's COPY reads it."""

from collections.abc import Callable, Sequence
from datetime import date
from hashlib import blake2b
from operator import itemgetter
from typing import NamedTuple

from reporting import codes
from reporting.intake import dates
from reporting.intake.mappings.facts import Mapping, OrderRule, Rule
from reporting.intake.mappings.parts import Codes

#: The columns of the fact table that depend on a row's words only, keys first.
OF_WORDS = (
    *("force_id", "source", "batch_id"),
    *("disposal", "considered", "diverted", "gender", "age_band"),
    *("ethnicity_self_code", "ethnicity_self_group", "ethnicity_officer_group", "scheme", "result", "quality"),
)
STAGES = ("referred_on", "started_on", "closed_on")
NULL = "\\N"
IMPOSSIBLE_DATE = "impossible_date"
SEPARATOR = "\x1f"
#: Combinations of words, and days and hours, kept in memory; a file of a million different words must not fill it.
MOST_COMBINATIONS = 50_000
MOST_MOMENTS = 300_000


class Category(NamedTuple):
    """What the words of a row come to: the same for each of the many rows that use them."""

    values: str
    quality: tuple[str, ...]
    text: str
    unrecognised: tuple[tuple[str, str], ...]  # (column, value)

    @classmethod
    def of(cls, values: str, quality: tuple[str, ...], unrecognised: tuple[tuple[str, str], ...]) -> "Category":
        return cls(values, quality, f"{values}\t{' '.join(dict.fromkeys(quality))}", unrecognised)

    def doubted(self, doubts: Sequence[str]) -> "Category":
        return Category.of(self.values, (*self.quality, *doubts), self.unrecognised) if doubts else self


class Moment(NamedTuple):
    """What the date of a row comes to: the same for each row of one day and hour."""

    day: date
    text: str
    lead: bytes
    doubts: tuple[str, ...]


#: (identity, day, text of its dates, category). A plain tuple: there are millions of them.
Reading = tuple[bytes, date, str, Category]


class RowReader:
    """Reads the rows of one file for one batch; ``places`` are those of the mapping's columns in its header."""

    def __init__(
        self, mapping: Mapping, places: Sequence[int], width: int, *, keys: tuple[int, str, int], today: date
    ) -> None:
        self.mapping, self.width, self.today = mapping, width, today
        place = dict(zip(mapping.file.columns, places, strict=True))
        self._in_order = None if list(places) == list(range(width)) else _picker(places)
        force, source, _ = keys
        self._seed = f"{force}{SEPARATOR}{source}{SEPARATOR}"
        self._keys = "\t".join(map(str, keys))
        self._words = WordReader(mapping)
        self._pick_words = _picker([place[column] for column in self._words.columns])
        self._categories: dict[tuple[str, ...], Category] = {}
        self._days = dates.reader(mapping.date)
        self._day_place = place[mapping.date.column]
        self._moments: dict[str, Moment] = {}
        self._further = FurtherDates(mapping, place, self._days) if mapping.stages or mapping.order else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the fact table in the order of ``line``."""
        return (*OF_WORDS, "happened_on", "month", *(STAGES if self._further else ()), "digest", "occurrence")

    def read(self, fields: list[str]) -> Reading:
        """The fact in ``fields``. ValueError, saying why, for a row that cannot be one."""
        if len(fields) != self.width:
            raise ValueError(f"it has {len(fields)} fields and the header {self.width}")
        whole = SEPARATOR.join(fields if self._in_order is None else self._in_order(fields))
        if "\0" in whole:
            raise ValueError("it holds a NUL character")
        digest = blake2b((self._seed + whole).encode(), digest_size=12).digest()
        stamp = fields[self._day_place]
        moment = self._moments.get(self._days.key(stamp)) or self._new_moment(stamp)
        words = self._pick_words(fields)
        category = self._categories.get(words) or self._new_category(words)
        day_text = moment.text
        if moment.doubts or self._further is not None:
            category, day_text = self._with_care(fields, moment, category)
        return moment.lead + digest, moment.day, day_text, category

    def _with_care(self, fields: list[str], moment: Moment, category: Category) -> tuple[Category, str]:
        """The category with what is doubtful in the dates, and the text of the dates."""
        if self._further is None:
            return category.doubted(moment.doubts), moment.text
        stages, doubts = self._further.read(fields, self.today)
        return category.doubted((*moment.doubts, *doubts)), f"{moment.text}\t{stages}"

    def _new_moment(self, stamp: str) -> Moment:
        day = self._days.read(stamp)
        fault = dates.outside(day, self.mapping.date, self.today)
        if fault and self.mapping.date.outside == "reject":
            raise ValueError(fault)
        if len(self._moments) >= MOST_MOMENTS:
            self._moments.clear()
        text = f"{day.isoformat()}\t{day.replace(day=1).isoformat()}"
        moment = Moment(day, text, _lead(stamp), (IMPOSSIBLE_DATE,) if fault else ())
        self._moments[self._days.key(stamp)] = moment
        return moment

    def _new_category(self, words: tuple[str, ...]) -> Category:
        if len(self._categories) >= MOST_COMBINATIONS:
            self._categories.clear()
        values, quality, unrecognised = self._words.read(words)
        self._categories[words] = found = Category.of("\t".join((self._keys, *values)), quality, unrecognised)
        return found


def _lead(stamp: str) -> bytes:
    """The first four bytes of a row's identity: its day as it is written. Rows of one time then lie together in the
    index, which halves the time to add them to it."""
    number = int("".join(filter(str.isdecimal, stamp[:10])) or 0)
    return (number % 2**32).to_bytes(4)


def line(reading: Reading, occurrence: int) -> str:
    """A fact as COPY reads it, in the order of ``RowReader.columns``."""
    identity, _, dates_text, category = reading
    return f"{category.text}\t{dates_text}\t{identity.hex()}\t{occurrence}\n"


class WordReader:
    """Translates the words of a row by the mapping."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        dates_only = {mapping.date.column, *mapping.stages.values()}
        used = mapping.columns_used - {column for rule in mapping.order for column in (rule.first, rule.then)}
        self.columns = [column for column in mapping.file.columns if column in used - dates_only]

    def read(self, words: Sequence[str]) -> tuple[list[str], tuple[str, ...], tuple[tuple[str, str], ...]]:
        """The values of COLUMNS from disposal to result; the rules of quality broken; the words not recognised."""
        row = {column: word.strip() for column, word in zip(self.columns, words, strict=True)}
        m, unrecognised = self.mapping, dict[tuple[str, str], None]()

        def value(part: Codes | None, blank: str, unknown: str) -> str:
            word = row[part.column] if part else ""
            if part is None or (not word and word not in part.values):
                return blank
            if word not in part.values:
                unrecognised[part.column, word] = None
            return part.values.get(word, unknown)

        considered = _all_hold(m.considered, row)
        for column, known in m.known.items():
            if row[column] and row[column] not in known:
                unrecognised[column, row[column]] = None
        self_code = value(m.ethnicity_self_defined, "", "")
        values = [
            value(m.disposal, codes.NOT_RECORDED, codes.UNRECOGNISED),
            "t" if considered else "f",
            "t" if considered and _all_hold(m.diverted, row) else "f",
            value(m.gender, codes.UNKNOWN, codes.UNKNOWN),
            value(m.age_band, codes.UNKNOWN, codes.UNKNOWN),
            self_code,
            codes.self_group(self_code),
            value(m.ethnicity_officer_defined, codes.UNKNOWN, codes.UNKNOWN),
            value(m.scheme, "", ""),
            value(m.result, "", ""),
        ]
        quality = tuple(rule.code for rule in m.quality if all(row[c] in words for c, words in rule.when.items()))
        return values, quality, tuple(unrecognised)


class FurtherDates:
    """The dates of a row's stages, and those in a doubtful order. A doubtful date is shown; it rejects no row."""

    def __init__(self, mapping: Mapping, place: dict[str, int], days: dates.DayReader) -> None:
        self.mapping, self.place, self.days = mapping, place, days
        ordered = {column for rule in mapping.order for column in (rule.first, rule.then)}
        self.columns = sorted(ordered | set(mapping.stages.values()))

    def read(self, fields: list[str], today: date) -> tuple[str, list[str]]:
        """The text of STAGES, and the doubts."""
        doubts: list[str] = []
        days = {column: self._day(fields[self.place[column]].strip(), doubts, today) for column in self.columns}
        stages = [days.get(self.mapping.stages.get(stage, "")) for stage in STAGES]  # type: ignore[call-overload]
        doubts += [rule.code for rule in self.mapping.order if _in_order(rule, days)]
        return "\t".join(day.isoformat() if day else NULL for day in stages), doubts

    def _day(self, text: str, doubts: list[str], today: date) -> date | None:
        if not text:
            return None
        try:
            day = self.days.read(text)
        except ValueError:
            doubts.append(IMPOSSIBLE_DATE)
            return None
        if dates.outside(day, self.mapping.date, today):
            doubts.append(IMPOSSIBLE_DATE)
        return day


def _in_order(rule: OrderRule, days: dict[str, date | None]) -> bool:
    first, then = days[rule.first], days[rule.then]
    if first is None or then is None:
        return False
    return first < then if rule.relation == "before" else first == then


def _all_hold(rules: dict[str, Rule], row: dict[str, str]) -> bool:
    return all(rule.holds(row[column]) for column, rule in rules.items())


def _picker(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """``itemgetter`` that gives a tuple for one place too."""
    if len(places) == 1:
        (place,) = places
        return lambda fields: (fields[place],)
    return itemgetter(*places)
