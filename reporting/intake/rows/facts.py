"""From the fields of a row to the text of a fact, as PostgreSQL's COPY reads it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import blake2b
from operator import itemgetter
from typing import NamedTuple

from reporting import codes
from reporting.intake import counts, dates
from reporting.intake.counts import Hidden
from reporting.intake.mappings.facts import CountColumn, Mapping, OrderRule, Rule, rules_of, words_of
from reporting.intake.mappings.parts import Codes
from reporting.intake.rows.extracts import LeftOut, fitted
from reporting.intake.values import ByValue, Numbers, YesNo, age_range_meant

#: The columns of the fact table that depend on a row's words only, keys first.
KEYS = ("force_id", "source", "batch_id")
OF_WORDS = (
    *KEYS,
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
#: Different words told of a column that a rule reads; the rest are counted together.
MOST_WORDS = 1_000
OTHER_WORDS = "(other words)"
#: Dates that cannot be read and are kept to guess their form from.
MOST_UNREAD = 50


class Words(NamedTuple):
    """What the words of a row say: ``row`` is column -> word, blanks as "" and age ranges as they were meant."""

    row: dict[str, str]
    values: list[str]
    considered: bool
    quality: tuple[str, ...]
    unrecognised: tuple[tuple[str, str], ...]  # (column, value)
    mended: tuple[tuple[str, str, str], ...]  # (column, value, what it was read as)


class Category:
    """What the words of a row come to: the same for each of the many rows that use them. ``tally`` holds how many rows
    were kept; it is shared by those of them whose dates are doubtful."""

    __slots__ = ("quality", "tally", "text", "values", "words")

    def __init__(self, values: str, words: Words, quality: tuple[str, ...], tally: list[int]) -> None:
        self.values, self.words, self.quality, self.tally = values, words, quality, tally
        self.text = f"{values}\t{' '.join(dict.fromkeys(quality))}"

    @property
    def unrecognised(self) -> tuple[tuple[str, str], ...]:
        return self.words.unrecognised

    def doubted(self, doubts: Sequence[str]) -> "Category":
        return Category(self.values, self.words, (*self.quality, *doubts), self.tally) if doubts else self


class Moment(NamedTuple):
    """What the date of a row comes to: the same for each row of one day and hour."""

    day: date
    text: str
    lead: bytes
    doubts: tuple[str, ...]


#: (identity, day, text of its dates, category). A plain tuple: there are millions of them.
Reading = tuple[bytes, date, str, Category]


class RowReader:
    """Reads the rows of one file for one batch; ``places`` are those of the mapping's columns in its header, which is
    ``width`` fields wide, its last named column being the ``least``-th."""

    def __init__(
        self,
        mapping: Mapping,
        places: Sequence[int],
        width: int,
        *,
        keys: tuple[int, str, int],
        today: date,
        least: int | None = None,
    ) -> None:
        self.mapping, self.width, self.least, self.today = mapping, width, least or width, today
        self.place = place = dict(zip(mapping.file.columns, places, strict=True))
        identity = [place[column] for column in mapping.identity_columns]
        self._in_order = None if identity == list(range(width)) else _picker(identity)
        self._by_value = _by_value(mapping, place)
        force, source, _ = keys
        self._seed = f"{force}{SEPARATOR}{source}{SEPARATOR}"
        self._keys = "\t".join(map(str, keys))
        self._words = WordReader(mapping)
        self._pick_words = _picker([place[column] for column in self._words.columns])
        self._categories: dict[tuple[str, ...], Category] = {}
        self.seen = Seen(mapping)
        self._days = dates.reader(mapping.date)
        self._day_place = place[mapping.date.column]
        self._moments: dict[str, Moment] = {}
        self.days: set[date] = set()
        self.unread: list[str] = []
        self._further = FurtherDates(mapping, place, self._days) if mapping.stages or mapping.order else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the fact table in the order of ``line``."""
        return (*OF_WORDS, "happened_on", "month", *(STAGES if self._further else ()), "digest", "occurrence")

    def read(self, fields: list[str]) -> Reading:
        """The fact in ``fields``, which are put into one form on the way. ValueError, saying why, for a row that cannot
        be one."""
        if len(fields) != self.width:
            fields = fitted(fields, self.width, self.least)
        words = self._pick_words(fields)
        category = self._categories.get(words) or self._new_category(words)
        stamp = fields[self._day_place]
        for place, values in self._by_value:
            fields[place] = values[fields[place]]
        if category.words.mended or stamp[10:11] == " " or stamp[-1:] == "Z":
            self._as_compared(fields, stamp, category)
        whole = SEPARATOR.join(fields if self._in_order is None else self._in_order(fields))
        if "\0" in whole:
            raise ValueError("it holds a NUL character")
        digest = blake2b((self._seed + whole).encode(), digest_size=12).digest()
        moment = self._moments.get(self._days.key(stamp)) or self._new_moment(stamp)
        day_text = moment.text
        if moment.doubts or self._further is not None:
            category, day_text = self._with_care(fields, moment, category)
        return moment.lead + digest, moment.day, day_text, category

    def number(self, fields: list[str]) -> int | Hidden:
        """How many events the row of ``fields`` is. LeftOut for a row that adds up others, or counts nothing."""
        part = self.mapping.count
        if part is None:
            return 1
        if len(fields) != self.width:
            fields = fitted(fields, self.width, self.least)
        self._leave_totals_out(fields, part)
        number = counts.read(fields[self.place[part.column]], part.suppressed)
        if number == 0:
            raise LeftOut("it counts nothing")
        if not isinstance(number, Hidden) and number > part.most:
            raise ValueError(f"the count is over {part.most} (count.most in the mapping)")
        return number

    def _leave_totals_out(self, fields: list[str], part: CountColumn) -> None:
        for column, place in self.place.items():
            word = fields[place].strip()
            if column != part.column and word.casefold() in part.totals and word not in self._words.named(column):
                raise LeftOut(f"it is a total ({word!r} in '{column}')")

    def _as_compared(self, fields: list[str], stamp: str, category: Category) -> None:
        """Put age ranges as they were meant, and a stamp as every program writes it, into ``fields``."""
        for column, _, meant in category.words.mended:
            fields[self.place[column]] = meant
        fields[self._day_place] = self._days.canonical(stamp)

    def _with_care(self, fields: list[str], moment: Moment, category: Category) -> tuple[Category, str]:
        """The category with what is doubtful in the dates, and the text of the dates."""
        if self._further is None:
            return category.doubted(moment.doubts), moment.text
        stages, doubts = self._further.read(fields, self.today)
        return category.doubted((*moment.doubts, *doubts)), f"{moment.text}\t{stages}"

    def _new_moment(self, stamp: str) -> Moment:
        text = stamp.strip()
        day = self._day("" if text.casefold() in self._words.blank else text)
        fault = dates.outside(day, self.mapping.date, self.today)
        if fault and self.mapping.date.outside == "reject":
            raise ValueError(fault)
        if len(self._moments) >= MOST_MOMENTS:
            self._moments.clear()
        self.days.add(day)
        days = f"{day.isoformat()}\t{day.replace(day=1).isoformat()}"
        moment = Moment(day, days, _lead(text), (IMPOSSIBLE_DATE,) if fault else ())
        self._moments[self._days.key(stamp)] = moment
        return moment

    def _day(self, text: str) -> date:
        """The day; of the first few that cannot be read, the text is kept to say how it could be."""
        try:
            return self._days.read(text)
        except ValueError:
            if text and len(self.unread) < MOST_UNREAD:
                self.unread.append(text)
            raise

    def _new_category(self, words: tuple[str, ...]) -> Category:
        if len(self._categories) >= MOST_COMBINATIONS:
            self._fold()
        found = self._words.read(words)
        values = "\t".join((self._keys, *found.values))
        self._categories[words] = category = Category(values, found, found.quality, [0])
        return category

    def told(self) -> "Seen":
        """What the words of the rows kept so far came to."""
        self._fold()
        return self.seen

    def _fold(self) -> None:
        for category in self._categories.values():
            self.seen.add(category.words, category.tally[0])
        self._categories.clear()


class Seen:
    """Of the rows that were kept: how often each word stands in a column that a rule reads, and in how many of those
    rows the decision counts; and which age ranges were read otherwise than they are written."""

    def __init__(self, mapping: Mapping) -> None:
        self._ruled = sorted({*mapping.considered, *mapping.diverted})
        self.words: dict[str, Counter[str]] = {column: Counter() for column in self._ruled}
        self.considered: dict[str, Counter[str]] = {column: Counter() for column in self._ruled}
        self.mended: Counter[tuple[str, str, str]] = Counter()
        self.of_considered = self.of_diverted = 0

    def merge(self, other: "Seen") -> None:
        for column in self._ruled:
            self.words[column].update(other.words[column])
            self.considered[column].update(other.considered[column])
        self.mended.update(other.mended)
        self.of_considered += other.of_considered
        self.of_diverted += other.of_diverted

    def add(self, words: Words, number: int) -> None:
        if not number:
            return
        self.of_considered += number * words.considered
        self.of_diverted += number * (words.values[OF_WORDS.index("diverted") - len(KEYS)] == "t")
        for column in self._ruled:
            word, counted = words.row[column], self.words[column]
            if word not in counted and len(counted) >= MOST_WORDS:
                word = OTHER_WORDS
            counted[word] += number
            self.considered[column][word] += number if words.considered else 0
        for mended in words.mended:
            self.mended[mended] += number


def _by_value(mapping: Mapping, place: dict[str, int]) -> list[tuple[int, ByValue]]:
    """Where the columns stand that are compared by value, with what reads each."""
    chosen = set(mapping.identity_columns)
    numbers, yes_no = mapping.identity.numbers, mapping.identity.yes_no
    found: list[tuple[int, ByValue]] = [(place[column], Numbers()) for column in numbers if column in chosen]
    return found + [(place[column], YesNo()) for column in yes_no if column in chosen]


def _lead(stamp: str) -> bytes:
    """The first four bytes of a row's identity: its day as it is written. Rows of one time then lie together in the
    index, which halves the time to add them to it."""
    number = int("".join(filter(str.isdecimal, stamp[:10])) or 0)
    return (number % 2**32).to_bytes(4)


def hidden_digest(identity: bytes) -> bytes:
    """The identity of a hidden count, which is another thing than the events of the same row."""
    return identity[:4] + blake2b(identity + b"hidden", digest_size=12).digest()


def columns_of(reading: Reading) -> dict[str, str]:
    """The columns of the fact table that depend on the words of a row, by name; its days are in the reading."""
    return dict(zip((*OF_WORDS,), reading[3].text.split("\t"), strict=True))


def line(reading: Reading, occurrence: int) -> str:
    """A fact as COPY reads it, in the order of ``RowReader.columns``."""
    identity, _, dates_text, category = reading
    return f"{category.text}\t{dates_text}\t{identity.hex()}\t{occurrence}\n"


class WordReader:
    """Translates the words of a row by the mapping."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        dates_only = {mapping.date.column, *mapping.stages.values()}
        dates_only |= {part.column for part in (mapping.count, mapping.force) if part}
        used = mapping.columns_used - {column for rule in mapping.order for column in (rule.first, rule.then)}
        self.columns = [column for column in mapping.file.columns if column in used - dates_only]
        self.blank = {word.casefold() for word in mapping.file.blank}
        self._named = {column: named_words(mapping, column) for column in self.columns}

    def read(self, words: Sequence[str]) -> Words:
        """Our values of COLUMNS from disposal to result, and what is to be told of the words."""
        mended: list[tuple[str, str, str]] = []
        row = {
            column: word if not word or word in self._named[column] else self._cleaned(column, word, mended)
            for column, word in zip(self.columns, words, strict=True)
        }
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
        return Words(row, values, considered, quality, tuple(unrecognised), tuple(mended))

    def named(self, column: str) -> set[str]:
        """The words of a column to which the mapping gives a meaning."""
        return self._named.get(column, set())

    def _cleaned(self, column: str, text: str, mended: list[tuple[str, str, str]]) -> str:
        """The word without spaces around it, "" for one that stands for nothing, and an age range as it was meant."""
        word, ages = text.strip(), self.mapping.age_band
        if not word or word in self._named[column]:
            return word
        if word.casefold() in self.blank:
            return ""
        if ages and ages.column == column and (meant := age_range_meant(word, ages.values)):
            mended.append((column, word, meant))
            return meant
        return word


def named_words(mapping: Mapping, column: str) -> set[str]:
    """Every word of ``column`` that a key of the mapping names."""
    listed = {word for words in words_of(mapping).get(column, {}).values() for word in words}
    return listed | {word for _, of, words in rules_of(mapping) if of == column for word in words}


class FurtherDates:
    """The dates of a row's stages, and those in a doubtful order. A doubtful date is shown; it rejects no row."""

    def __init__(self, mapping: Mapping, place: dict[str, int], days: dates.DayReader) -> None:
        self.mapping, self.place, self.days = mapping, place, days
        ordered = {column for rule in mapping.order for column in (rule.first, rule.then)}
        self.columns = sorted(ordered | set(mapping.stages.values()))
        self._blank = {word.casefold() for word in mapping.file.blank}

    def read(self, fields: list[str], today: date) -> tuple[str, list[str]]:
        """The text of STAGES, and the doubts."""
        doubts: list[str] = []
        days = {column: self._day(fields[self.place[column]].strip(), doubts, today) for column in self.columns}
        stages = [days.get(self.mapping.stages.get(stage, "")) for stage in STAGES]  # type: ignore[call-overload]
        doubts += [rule.code for rule in self.mapping.order if _in_order(rule, days)]
        return "\t".join(day.isoformat() if day else NULL for day in stages), doubts

    def _day(self, text: str, doubts: list[str], today: date) -> date | None:
        if not text or text.casefold() in self._blank:
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
