"""By when proceedings have to begin, from the mode of trial, the offence date and the dated data in limits.toml."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from cases.law.codes import Mode
from cases.law.data import Dated, load_table, refuse_overlaps
from cases.law.dates import DateError, add_months, long_date
from cases.law.settings import DEFAULTS, LawSettings


class LimitRule(Dated, frozen=True, extra="forbid"):
    """One row of limits.toml. No `months` means no limit."""

    code: str
    source: str
    months: int | None = None
    cap_years: int | None = None
    up_to_pence: int | None = None
    unsure: bool = False


@lru_cache(maxsize=1)
def limit_rules() -> dict[str, tuple[LimitRule, ...]]:
    """Every table of limits.toml by name, checked for overlapping dates."""
    names = ("general", "domestic_assault", "shop_theft", "either_way", "repealed")
    tables = {name: load_table("limits.toml", name, LimitRule) for name in names}
    for name, rows in tables.items():
        refuse_overlaps("limits.toml", [(name, row) for row in rows])
    return tables


@dataclass(frozen=True, slots=True)
class StatutoryLimit:
    """By when proceedings must begin.

    `on` is the last day the law allows (none: no limit); `last_safe_day` is before it by the force's setting. `firm` is
    false where the date is a working date that warns and does not bar. `runs_from` is the day time is counted from.
    `note` is the end of the explanation that is the same for every crime of the kind, so that a page says it once.
    """

    rule: str
    on: date | None
    last_safe_day: date | None
    runs_from: date
    firm: bool
    explanation: str
    source: str
    unsure: bool = False
    note: str = ""


def statutory_limit(
    mode: str,
    offence_date: date,
    *,
    domestic_assault: bool = False,
    first_statement: date | None = None,
    shop_theft: bool = False,
    value_pence: int | None = None,
    settings: LawSettings = DEFAULTS,
) -> StatutoryLimit:
    """The limit for one crime.

    `mode` is the mode of trial by statute: criminal damage of £300 is either_way, not summary. `domestic_assault` means
    common assault or battery that is domestic abuse; `first_statement` is the day of the complainant's first witness
    statement or video-recorded interview (not of the report). `shop_theft` means goods on sale taken by a customer;
    `value_pence` the total of the thefts to be charged together (unknown counts as low).
    """
    if shop_theft:
        return _shop_theft(offence_date, value_pence, settings)
    if Mode.parse(mode) is not Mode.SUMMARY:
        return _no_limit("either_way", offence_date, "No six-month limit: the offence can be tried at the Crown Court.")
    if first_statement is not None and first_statement < offence_date:
        raise DateError(f"The statement of {first_statement} is before the offence of {offence_date}. Check both.")
    if domestic_assault and first_statement is not None:
        for rule in limit_rules()["domestic_assault"]:
            if rule.valid_on(offence_date):
                return _domestic_assault(rule, offence_date, first_statement, settings)
    more = " It will count from the complainant's first statement or recorded interview once there is one."
    return _six_months(limit_rules()["general"][0], offence_date, settings, note=more if domestic_assault else "")


def _six_months(rule: LimitRule, start: date, settings: LawSettings, *, note: str = "") -> StatutoryLimit:
    on = add_months(start, rule.months or 0)
    words = f"Proceedings must begin by {long_date(on)}, {rule.months} months from the offence.{note}"
    return replace(_limit(rule, on, start, words, settings), note=note.strip())


def _domestic_assault(rule: LimitRule, offence: date, statement: date, settings: LawSettings) -> StatutoryLimit:
    from_statement = add_months(statement, rule.months or 0)
    cap = add_months(offence, 12 * (rule.cap_years or 0))
    on = min(from_statement, cap)
    why = (
        f"{rule.months} months from the complainant's first statement or recorded interview"
        if on == from_statement
        else f"{rule.cap_years} years from the offence, which comes before {rule.months} months from the statement"
    )
    return _limit(rule, on, statement, f"Proceedings must begin by {long_date(on)}: {why}.", settings)


def _shop_theft(offence: date, value_pence: int | None, settings: LawSettings) -> StatutoryLimit:
    if settings.shop_theft_repeal and offence >= settings.shop_theft_repeal:
        return _no_limit("repealed", offence, "No six-month limit: shop theft of any value is either-way since repeal.")
    rule = next((row for row in limit_rules()["shop_theft"] if row.valid_on(offence)), None)
    if rule is None or (value_pence is not None and value_pence > (rule.up_to_pence or 0)):
        return _no_limit("either_way", offence, "No six-month limit: this theft is not low-value shop theft.")
    firm = settings.shop_theft_limit_is_firm
    note = (
        ""
        if firm
        else " The High Court held in 2025 that these six months do not bar a charge: treat the day as a working date."
    )
    unknown = " The value is not recorded, so it is counted as low." if value_pence is None else ""
    limit = _six_months(rule, offence, settings, note=note + unknown)
    return limit if firm else _as_working_date(limit)


def _as_working_date(limit: StatutoryLimit) -> StatutoryLimit:
    words = limit.explanation.replace("Proceedings must begin by", "Aim to begin proceedings by", 1)
    return replace(limit, firm=False, explanation=words)


def _limit(rule: LimitRule, on: date, start: date, words: str, settings: LawSettings) -> StatutoryLimit:
    safe = on - timedelta(days=settings.last_safe_day_offset)
    return StatutoryLimit(rule.code, on, safe, start, True, words, rule.source, rule.unsure)


def _no_limit(table: str, start: date, words: str) -> StatutoryLimit:
    rule = limit_rules()[table][0]
    return StatutoryLimit(rule.code, None, None, start, True, words, rule.source, rule.unsure)


def earliest_limit(limits: Iterable[StatutoryLimit]) -> StatutoryLimit | None:
    """The first limit to expire over many crimes; none when no crime has one.

    A firm limit wins a tie. A working date that comes before a firm limit is still first: see `firm_limit` for the bar.
    """
    dated = [(limit.on, not limit.firm, limit) for limit in limits if limit.on is not None]
    return min(dated, key=lambda row: row[:2])[2] if dated else None


def firm_limit(limits: Iterable[StatutoryLimit]) -> StatutoryLimit | None:
    """The first limit that bars a prosecution, working dates left out; none when no crime has one."""
    return earliest_limit(limit for limit in limits if limit.firm)
