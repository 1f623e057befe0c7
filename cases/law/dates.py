"""Calendar arithmetic as courts do it: corresponding dates, month-end clamp, and when a person attains an age."""

from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from cases.law.findings import Finding, block, warn

FLRA = "Family Law Reform Act 1969 s.9 (age attained at the commencement of the anniversary of birth)"
CYPA = "Children and Young Persons Act 1933 s.50 (age of criminal responsibility)"
ADULT_AGE = 18
RESPONSIBLE_AGE = 10


class DateError(ValueError):
    """A date that cannot be right, such as a birth after the day asked about."""


def add_months(day: date, months: int) -> date:
    """The corresponding date `months` calendar months on (negative: back).

    Where the month has no such day, its last day: 31 August and six months is 28 or 29 February (the corresponding
    date rule of Dodds v Walker [1981] 1 WLR 1027).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise DateError(f"{day} and {months} months is outside the calendar. Check the date.")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_weeks(day: date, weeks: int) -> date:
    """The same weekday `weeks` weeks on."""
    return day + timedelta(weeks=weeks)


def attains_on(dob: date, years: int) -> date:
    """The day on which a person born on `dob` attains `years`.

    The age is attained as the anniversary begins (FLRA 1969 s.9). A person born on 29 February has no anniversary in a
    common year until 28 February is over, so the day is 1 March.
    """
    year = dob.year + years
    if (dob.month, dob.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return dob.replace(year=year)


def age_on(dob: date, on: date) -> int:
    """Whole years of age on the day `on`; DateError when that is before birth."""
    if on < dob:
        raise DateError(f"The date of birth {dob} is after {on}. Check both dates.")
    years = on.year - dob.year
    return years if on >= attains_on(dob, years) else years - 1


@dataclass(frozen=True, slots=True)
class AgeAtDisposal:
    """A person's ages in a case and which law follows from them. Ages in whole years."""

    at_offence: int
    at_disposal: int
    is_child: bool
    turned_18: bool
    findings: tuple[Finding, ...]
    explanation: str
    source: str = f"{FLRA}; youth cautions test age at disposal (Crime and Disorder Act 1998 ss.66ZA, 66A)"


def age_at_disposal(dob: date, offence_date: date, disposal_date: date) -> AgeAtDisposal:
    """Which track a person is on: the age at disposal decides it, and turning 18 on the way is flagged."""
    then, now = age_on(dob, offence_date), age_on(dob, disposal_date)
    child, crossed = now < ADULT_AGE, then < ADULT_AGE <= now
    findings: list[Finding] = []
    if then < RESPONSIBLE_AGE:
        findings.append(block("under_10", "The person was under 10: a child of that age cannot be guilty.", CYPA))
    if crossed:
        findings += _crossing_findings()
    words = f"{then} at the offence, {now} at disposal: {'youth' if child else 'adult'} disposals only."
    return AgeAtDisposal(then, now, child, crossed, tuple(findings), words)


def _crossing_findings() -> tuple[Finding, Finding]:
    source = "Crime and Disorder Act 1998 ss.66ZA, 66A: age at disposal decides"
    return (
        warn("maturity", "The person was a child at the offence: weigh youth and maturity in the decision.", source),
        warn("yjs_handover", "The person has turned 18: agree a handover with the youth justice service.", source),
    )


@dataclass(frozen=True, slots=True)
class EntryWindow:
    """Whether an offence is recent enough for a scheme. `last_day` is the last calendar day of entry."""

    is_open: bool
    last_day: date
    explanation: str
    source: str = "scheme rule; calendar months (DUR2: offence under three months old)"


def entry_window(offence_date: date, entry_date: date, months: int, *, inclusive: bool = True) -> EntryWindow:
    """Whether `entry_date` is within `months` calendar months of the offence.

    `inclusive` keeps the corresponding day itself (“not more than three months old”); false leaves it out (“under three
    months old”). Sources word it both ways, so it is the scheme's to say.
    """
    last = add_months(offence_date, months) - timedelta(days=0 if inclusive else 1)
    verb = "can still enter" if entry_date <= last else "is too old to enter"
    words = f"An offence on {long_date(offence_date)} {verb}: the last day is {long_date(last)}."
    return EntryWindow(offence_date <= entry_date <= last, last, words)


def long_date(day: date) -> str:
    """A date as people read it: 9 July 2026."""
    return f"{day.day} {day:%B %Y}"
