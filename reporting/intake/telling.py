"""What an import says of its file beside the counts: how it is written, why rows were refused, and what words did."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from reporting.intake import forms
from reporting.intake.mappings.facts import Mapping as FactMapping
from reporting.intake.mappings.facts import Rule, words_of
from reporting.intake.mappings.parts import Day
from reporting.intake.near import did_you_mean, nearest
from reporting.intake.rows.extracts import Fates
from reporting.intake.rows.facts import Seen, named_words
from reporting.intake.values import is_excel_date

MOST_WORDS = 20
MOST_REASONS = 5
#: Names of columns that hold how many events a row is.
COUNTS = re.compile(
    r"(total |grand )?(counts?|numbers?|totals?|n|freq|frequency|no\.?)|(total )?(number|count|no\.?) of .+",
    re.IGNORECASE,
)
COUNTS_OF_OTHERS = re.compile(r".+[ _](count|total)|total[ _].+", re.IGNORECASE)


def about_file(notes: Iterable[str], fates: Fates) -> Iterator[str]:
    """How the file is written, and what became of the rows that were not read."""
    yield from notes
    if fates.blank:
        yield f"{_rows(fates.blank)} without anything in {'it' if fates.blank == 1 else 'them'}: skipped."
    if fates.left_out:
        each = "; ".join(f"{why} ({number:,})" for why, number in fates.left_out.most_common(MOST_WORDS))
        yield f"{_rows(fates.left_out.total())} left out: {each}."
    if fates.windows:
        yield (
            f"{_rows(fates.windows)} not written in UTF-8: the file looks like Windows-1252. Write "
            'encoding = "cp1252" under [file] in the mapping and import it again: without these rows the others are a '
            "biased part."
        )
    if fates.rejected:
        told = [_reason_told(*fates.first[why], number) for why, number in fates.reasons.most_common()]
        more = f"; and {len(told) - MOST_REASONS} other reasons" if len(told) > MOST_REASONS else ""
        yield f"{_rows(fates.rejected)} rejected. The commonest reason: {'; '.join(told[:MOST_REASONS])}{more}."


def _reason_told(line: int, why: str, number: int) -> str:
    return f"{why} ({number:,}, first on line {line})"


def _rows(number: int) -> str:
    return "1 row was" if number == 1 else f"{number:,} rows were"


def about_days(rule: Day, unread: Sequence[str]) -> Iterator[str]:
    """Of dates that cannot be read: one of them, and the forms in which they all could be."""
    if not unread:
        return
    found = [form for form in forms.guessed(unread) if form != rule.format]
    could = f" It can be read as {' or '.join(map(repr, found))}: write that there." if found else ""
    yield f"In '{rule.column}' stands {unread[0]!r}, and date.format in the mapping says {rule.format!r}.{could}"


def about_earlier(not_repeated: Counter[date], known_of_old: int) -> Iterator[str]:
    """Of a file that tells of days of which facts stand already, and of one that has been replaced."""
    if not_repeated:
        first, last = min(not_repeated), max(not_repeated)
        yield (
            f"Take care: this file covers days of which {not_repeated.total():,} facts stand that it does not repeat "
            f"({first} to {last}). If it is a later publication of the same months, both are counted now: import it "
            f"again with --replace {first:%Y-%m} {last:%Y-%m}."
        )
    if known_of_old:
        yield (
            f"{_rows(known_of_old)} left out, as already present: a later publication has replaced the facts that an "
            "earlier import made of them."
        )


def about_months(forces: Mapping[str, Mapping[date, tuple[int, int]]]) -> Iterator[str]:
    """Facts before and after in each month that was replaced."""
    for force, months in forces.items():
        for month, (before, after) in months.items():
            share = f" ({(after - before) / before:+.0%})" if before else ""
            yield f"{force} {month:%Y-%m}: {before:,} facts before, {after:,} after{share}."


def about_words(mapping: FactMapping, seen: Seen, unrecognised: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Words that the mapping does not know, words that no rule names, and age ranges that a spreadsheet changed."""
    for column, values in unrecognised.items():
        yield from words_not_known(column, values, _known(mapping, column))
    yield from _mended(seen)
    for column in seen.words:
        yield from _unruled(mapping, seen, column)
        yield from _misspelt(mapping, seen, column)


def words_not_known(column: str, values: Mapping[str, int], known: Iterable[str]) -> Iterator[str]:
    """The most frequent words of a column that the mapping does not know, with how often each stands there."""
    listed = sorted(known)
    told = [_word_told(value, number, listed) for value, number in list(values.items())[:MOST_WORDS]]
    yield f"Not recognised in '{column}', kept as unknown: {', '.join(told)}."


def _word_told(value: str, number: int, known: Sequence[str]) -> str:
    near = nearest(value, known)
    why = f"; the mapping has {near!r}" if near else "; a date that Excel made of an age range" * is_excel_date(value)
    return f"{value!r} ({number:,}{why})"


def _known(mapping: FactMapping, column: str) -> set[str]:
    return {word for words in words_of(mapping).get(column, {}).values() for word in words}


def _mended(seen: Seen) -> Iterator[str]:
    for (column, word, meant), number in sorted(seen.mended.items()):
        if is_excel_date(word):
            yield f"Excel made a date of an age range in '{column}': {word!r} was read as {meant!r} ({number:,})."


def _unruled(mapping: FactMapping, seen: Seen, column: str) -> Iterator[str]:
    """The words of ``column`` that neither rule names, and on which side of the denominator they left their rows."""
    named = {word for rule in _rules(mapping, column) for word in rule.words} | set(mapping.known.get(column, ()))
    found = [(word, number) for word, number in seen.words[column].most_common() if word not in named]
    if not found:
        return
    told = ", ".join(f"{word!r} ({number:,})" if word else f"blank ({number:,})" for word, number in found[:MOST_WORDS])
    rows = sum(number for _, number in found)
    counted = sum(seen.considered[column][word] for word, _ in found)
    if not counted:
        effect = f"left out of the denominator, {rows:,} in all"
    elif counted == rows:
        effect = f"in the denominator, {rows:,} in all"
    else:
        effect = f"{counted:,} of them in the denominator and {rows - counted:,} left out"
    yield f"No rule names these words of '{column}': {told}. Their rows are {effect}."


def _misspelt(mapping: FactMapping, seen: Seen, column: str) -> Iterator[str]:
    """Words that a rule names and no row has, where a row has one that is like it."""
    listed, named = _known(mapping, column), named_words(mapping, column)
    strangers = [word for word in seen.words[column] if word not in named]
    for word in sorted(named - listed - set(seen.words[column])):
        if near := did_you_mean(word, strangers):
            yield f"A rule names {word!r} in '{column}', and no row has it{near}"


def _rules(mapping: FactMapping, column: str) -> Iterator[Rule]:
    for rules in (mapping.considered, mapping.diverted):
        if column in rules:
            yield rules[column]


def about_events(events: int, hidden: int) -> Iterator[str]:
    """Of a file that counts: how many events its rows are, and how many counts its publisher hid."""
    yield f"{events:,} events, not people: somebody may be counted in several of them."
    if hidden:
        yield (
            f"{_rows(hidden)} suppressed by the publisher, and kept as suppressed: a sum over one of them is told as a "
            "range, without a rate."
        )


def about_counts(header: Iterable[str], columns: Iterable[str]) -> Iterator[str]:
    """A warning of a column that seems to hold how many events each row is, where the mapping reads none as such."""
    mapped = set(columns)
    for column in header:
        if COUNTS.fullmatch(column) or (column not in mapped and COUNTS_OF_OTHERS.fullmatch(column)):
            yield (
                f"The file has a column '{column}': if a row of it is many events, name it in count.column of the "
                "mapping. As it is, each row was taken for one event."
            )
