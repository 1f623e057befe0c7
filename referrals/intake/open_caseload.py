"""Reading a provider's own table of whom it helps: a row for each appointment, a person by a reference."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from cases.intake.summary import only_day
from diversion import clock
from referrals.intake.open_cases import LONGEST, UnreadableCase, code_in, codes_of
from referrals.models import Appointment

NEEDED = ("reference", "worker")
OPTIONAL = ("appointment", "place", "attendance")
#: A day and the time after it, as people and workbooks write them.
DAY_AND_TIME = re.compile(r"(?P<day>.+?)[T ]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(:\d{2}(\.\d+)?)?")
LONGEST_PLACE = 150
Row = Mapping[str, str]


@dataclass(frozen=True)
class Meeting:
    """One appointment, and what came of it (a code of Appointment.Attendance)."""

    starts_at: datetime
    place: str
    attendance: str


@dataclass(frozen=True)
class Helped:
    """Somebody whom a worker (by e-mail address) helps already, as their service's own table has it."""

    reference: str
    worker: str
    meetings: Sequence[Meeting]
    lines: Sequence[int]


@dataclass(frozen=True)
class Told:
    """What a table tells: each person once, and the lines of those who are left out, with the reason."""

    helped: Sequence[Helped] = ()
    rejects: Sequence[tuple[int, str]] = ()


def read_caseload(rows: Iterable[tuple[int, Row]]) -> Told:
    """``rows`` are by column, each with its line in the file. A person is read whole or not at all."""
    gathered: dict[str, list[tuple[int, Row]]] = {}
    for line, row in rows:
        gathered.setdefault(row["reference"].casefold(), []).append((line, row))
    helped: list[Helped] = []
    rejects: list[tuple[int, str]] = []
    for told in gathered.values():
        try:
            helped.append(_person(told))
        except UnreadableCase as fault:
            rejects += [(line, str(fault)) for line, _row in told]
    return Told(helped, sorted(rejects))


def _person(told: Sequence[tuple[int, Row]]) -> Helped:
    lines, (_line, first) = [line for line, _row in told], told[0]
    if not 0 < len(first["reference"]) <= LONGEST["reference"]:
        raise UnreadableCase(f"its reference is empty, or longer than {LONGEST['reference']} characters")
    if any(unicodedata.category(one) in ("Cc", "Cf") for _line, row in told for one in "".join(row.values())):
        raise UnreadableCase("it holds a character that nobody sees")
    if len({row["worker"].casefold() for _line, row in told}) > 1:
        raise UnreadableCase(f"its worker is not that of line {lines[0]}, which has the same reference")
    meetings = [_meeting(row) for _line, row in told if row.get("appointment")]
    if len({(one.starts_at, one.place.casefold()) for one in meetings}) < len(meetings):
        raise UnreadableCase("two of its lines are of the same appointment")
    return Helped(first["reference"], first["worker"].lower(), meetings, lines)


def _meeting(row: Row) -> Meeting:
    place = row.get("place", "")
    if not 0 < len(place) <= LONGEST_PLACE:
        raise UnreadableCase(f"an appointment has no place, or one longer than {LONGEST_PLACE} characters")
    kinds = codes_of(Appointment.Attendance)
    came = row.get("attendance") or Appointment.Attendance.PLANNED.value
    return Meeting(_moment(row["appointment"]), place, code_in(came, "attendance", kinds))


def _moment(told: str) -> datetime:
    found = DAY_AND_TIME.fullmatch(told.strip())
    day = only_day(found["day"].strip()) if found else None
    if found is None or day is None or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise UnreadableCase("an appointment is no day and time (write 14/06/2026 10:30 or 2026-06-14 10:30)")
    moments = clock.moments_at(day, time(int(found["hour"]), int(found["minute"])))
    if len(moments) != 1:
        raise UnreadableCase("an appointment is in the hour in which clocks change: enter it by hand")
    return moments[0]
