"""Cases from a table: a case a row, counts by group, one person a row, times until something, or p-values.

Which column is what is named, never found out: a column that only looks right would give figures of something else.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.recomputation import values
from bench.recomputation.sheets import Asked, Sheet, read

Case = dict[str, Any]
PAIRS = ("risk_ratio", "rate_ratio", "rri", "rri_exact", "two_proportions", "stratified")
TIMES = ("kaplan_meier", "cox")
#: What is asked for by another name.
OTHERWISE = {"log_rank": "--category kaplan_meier and --reference, the group that the others are held against"}
UNKNOWN = "Unknown"
#: The answers that mean yes, and those that mean no.
Kinds = tuple[set[str], set[str]]
#: A row of these would count everybody twice.
WHOLES = {"total", "totals", "grand total", "all", "all groups", "everybody", "everyone", "overall", "sum"}


def cases(path: Path, asked: Asked) -> list[Case]:
    """The cases in the table at ``path``. UnreadableFile or ValueError, with the mend, where there are none."""
    sheet = read(path, asked)
    if not asked.category and "category" in sheet.header:
        return [_case_or_fault(sheet, line, row) for line, row in sheet.rows]
    if not asked.category:
        raise ValueError(f"{path.name} has no column 'category': say with --category what is to be recomputed.")
    made = MAKERS.get(asked.category)
    if asked.category in OTHERWISE:
        raise ValueError(f"For '{asked.category}' name {OTHERWISE[asked.category]}.")
    if made is None:
        raise ValueError(f"Of a table {', '.join(MAKERS)} can be recomputed: hand '{asked.category}' over as JSON.")
    found = list(made(sheet, asked))
    return [one | ({"left_out": sheet.left_out} if sheet.left_out else {}) for one in found]


def _case_or_fault(sheet: Sheet, line: int, row: Mapping[str, str]) -> Case:
    """A case, or under ``fault`` what is wrong with it: one odd row must not cost the lines of all others."""
    try:
        return _case_of_a_row(sheet, line, row)
    except ValueError as fault:
        return {"id": row.get("id", "").strip() or line, "fault": str(fault)}


def _case_of_a_row(sheet: Sheet, line: int, row: Mapping[str, str]) -> Case:
    """A case in a row: its category, and a number under each name of the inputs that is filled in."""
    words = ("id", "category", "name", "expected", "method", "compare")
    inputs: dict[str, Any] = {
        name: sheet.number(row, name, line)
        for name in sheet.header
        if name and name not in words and not values.is_missing(row[name])
    }
    inputs |= {name: row[name].strip() for name in ("method", "compare") if row.get(name, "").strip()}
    expected = [name for name in row.get("expected", "").replace(",", " ").split() if name]
    case: Case = {"id": row.get("id", "").strip() or line, "category": row["category"].strip(), "inputs": inputs}
    return case | ({"name": row["name"]} if row.get("name") else {}) | ({"expected": expected} if expected else {})


def _label(row: Mapping[str, str], column: str) -> str:
    """The group or stratum of a row; whoever has none is unknown, which is a group of its own."""
    if not column:
        return "all"
    return UNKNOWN if values.is_missing(row[column]) else row[column].strip()


def counted(sheet: Sheet, asked: Asked) -> dict[str, dict[str, tuple[int, int]]]:
    """Stratum -> group -> (events, people), from counts in columns or from people."""
    if not asked.outcome and not (asked.events and (asked.total or asked.others)):
        raise ValueError("Name the counts: --events with --total or --others; or of people in rows --outcome.")
    kinds = _answers(sheet, asked)
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for line, row in sheet.rows:
        group, stratum = _label(row, asked.group), _label(row, asked.stratum)
        if asked.group and group.lower() in WHOLES:
            raise ValueError(f"line {line}: {group!r} looks like the sum of the other rows: take it out, or rename it.")
        pair = _of_people(sheet, asked, line, row, kinds) if asked.outcome else _of_counts(sheet, asked, line, row)
        if pair is not None:
            events, people = found.setdefault(stratum, {}).get(group, (0, 0))
            found[stratum][group] = (events + pair[0], people + pair[1])
    return found


def _answers(sheet: Sheet, asked: Asked) -> Kinds:
    """The usual words, or as named. What is left of all answers is the other side only where it is one answer: 9 for
    "not known" beside 0 would be people to whom nothing happened."""
    if not asked.outcome or not (asked.yes or asked.no):
        return values.YES, values.NO
    yes, no = ({word.strip().lower() for word in words} for words in (asked.yes, asked.no))
    there = {
        row[asked.outcome].strip().lower() for _line, row in sheet.rows if not values.is_missing(row[asked.outcome])
    }
    rest = there - yes - no
    if (yes and no) or len(rest) <= 1:
        return yes or rest, no or rest
    named = ", ".join(sorted(rest)[:10])
    raise ValueError(f"{asked.outcome} holds {named}: say with --yes and --no what each answer means.")


def _of_people(sheet: Sheet, asked: Asked, line: int, row: Mapping[str, str], kinds: Kinds) -> tuple[int, int] | None:
    happened = values.answer(row[asked.outcome], f"line {line}, {asked.outcome}", *kinds)
    people = sheet.count(row, asked.count, line) if asked.count else 1
    if happened is None:
        sheet.left_out[asked.outcome] = sheet.left_out.get(asked.outcome, 0) + people
        return None
    return (people if happened else 0), people


def _of_counts(sheet: Sheet, asked: Asked, line: int, row: Mapping[str, str]) -> tuple[int, int]:
    events = sheet.count(row, asked.events, line)
    return events, sheet.count(row, asked.total, line) if asked.total else events + sheet.count(row, asked.others, line)


def _others(groups: list[str], asked: Asked) -> list[str]:
    """Every group but the reference, which is named: which of two it is turns the ratio over."""
    if len(groups) < 2:
        raise ValueError(f"There is one group only ({', '.join(groups)}): nothing to compare it with.")
    if asked.reference not in groups:
        raise ValueError(f"Name the group to compare with by --reference: {', '.join(sorted(groups)[:20])}.")
    return [group for group in groups if group != asked.reference]


def _case(asked: Asked, name: str, inputs: Mapping[str, Any]) -> Case:
    return {"id": name, "category": asked.category, "inputs": inputs} | (
        {"expected": list(asked.names)} if asked.names else {}
    )


def _four(group: tuple[int, int], reference: tuple[int, int]) -> dict[str, int]:
    names = ("group_events", "group_total", "ref_events", "ref_total")
    return dict(zip(names, (*group, *reference), strict=True))


def _pairs(sheet: Sheet, asked: Asked) -> Iterator[Case]:
    found = counted(sheet, asked)
    groups = list(dict.fromkeys(group for strata in found.values() for group in strata))
    if asked.category != "stratified" and asked.stratum:
        raise ValueError("A table of strata is for --category stratified: take --stratum out to have them added up.")
    for group in _others(groups, asked):
        rows = [_four(each.get(group, (0, 0)), each.get(asked.reference, (0, 0))) for each in found.values()]
        inputs: Mapping[str, Any] = {"strata": rows} if asked.category == "stratified" else rows[0]
        yield _case(asked, f"{group} against {asked.reference}", inputs)


def _alone(sheet: Sheet, asked: Asked) -> Iterator[Case]:
    for group, (events, people) in counted(sheet, asked).get("all", {}).items():
        yield _case(asked, group, {"events": events, "total": people})


def _together(sheet: Sheet, asked: Asked) -> Iterator[Case]:
    groups = counted(sheet, asked).get("all", {})
    inputs = {"events": [one for one, _all in groups.values()], "totals": [people for _one, people in groups.values()]}
    yield _case(asked, ", ".join(groups), inputs)


def _family(sheet: Sheet, asked: Asked) -> Iterator[Case]:
    if not asked.p:
        raise ValueError("Name the column of p-values with --p.")
    yield _case(asked, asked.p, {"p": [sheet.number(row, asked.p, line) for line, row in sheet.rows]})


def _waited(sheet: Sheet, asked: Asked, line: int, row: Mapping[str, str]) -> float | None:
    """How long somebody was followed; None where nobody knows."""
    columns = [asked.time] if asked.time else [asked.start, asked.end]
    for column in columns:
        if values.is_missing(row[column]):
            sheet.leave_out(column)
            return None
    if asked.time:
        time = sheet.number(row, asked.time, line)
        if time < 0:
            raise ValueError(f"line {line}, {asked.time}: nobody is followed for less than nought: mend or empty it.")
        return time
    first, last = (values.day(row[column], f"line {line}, {column}") for column in columns)
    if last < first:
        raise ValueError(f"line {line}: {asked.end} is before {asked.start}.")
    return float((last - first).days)


def _followed(sheet: Sheet, asked: Asked) -> dict[str, dict[str, list[float]]]:
    """Group -> times with 1 for an event and 0 for whoever was followed without one."""
    if not asked.outcome or not (asked.time or (asked.start and asked.end)):
        raise ValueError("Name --outcome, and the time: --time, or the days --start and --end.")
    found: dict[str, dict[str, list[float]]] = {}
    kinds = _answers(sheet, asked)
    for line, row in sheet.rows:
        happened, waited = values.answer(row[asked.outcome], f"line {line}", *kinds), _waited(sheet, asked, line, row)
        if happened is None:
            sheet.leave_out(asked.outcome)
        elif waited is not None:
            group = found.setdefault(_label(row, asked.group), {"times": [], "event": []})
            group["times"].append(waited)
            group["event"].append(int(happened))
    return found


def _times(sheet: Sheet, asked: Asked) -> Iterator[Case]:
    """A curve of each group; with a reference each of the others beside it (log-rank, Cox)."""
    found = _followed(sheet, asked)
    if asked.category == "kaplan_meier" and not asked.reference:
        yield from (_case(asked, group, inputs) for group, inputs in found.items())
        return
    for group in _others(list(found), asked):
        sides = {"group1": found[group], "group2": found[asked.reference]}
        yield _case(asked, f"{group} against {asked.reference}", sides)


def _person_time(sheet: Sheet, asked: Asked) -> Iterator[Case]:
    if not (asked.events and asked.time):
        raise ValueError("Name --events and the time in which they happened, --time.")
    found: dict[str, tuple[int, float]] = {}
    for line, row in sheet.rows:
        events, time = found.get(group := _label(row, asked.group), (0, 0.0))
        found[group] = events + sheet.count(row, asked.events, line), time + sheet.number(row, asked.time, line)
    for group in _others(list(found), asked):
        (events, time), (ref_events, ref_time) = found[group], found[asked.reference]
        told = {"group_events": events, "group_time": time, "ref_events": ref_events, "ref_time": ref_time}
        yield _case(asked, f"{group} against {asked.reference}", told)


def _cells(sheet: Sheet, asked: Asked) -> Iterator[Case]:
    """Small counts of one list of groups; a table with two margins does not say here which sums it has."""
    if not (asked.group and asked.count) or asked.stratum:
        raise ValueError("Name --group and --count, a row for each group; hand a table with margins over as JSON.")
    cells = {_label(row, asked.group): sheet.count(row, asked.count, line) for line, row in sheet.rows}
    if len(cells) < len(sheet.rows):
        raise ValueError("A group stands in two rows: add them up first, or name them apart.")
    yield _case(asked, asked.group, {"cells": cells})


MAKERS: dict[str, Callable[[Sheet, Asked], Iterator[Case]]] = {
    **dict.fromkeys(PAIRS, _pairs),
    **dict.fromkeys(TIMES, _times),
    "one_proportion": _alone,
    "k_groups": _together,
    "person_time": _person_time,
    "multiple_testing": _family,
    "suppression": _cells,
}
