"""A breach in words: for the worker, who reads what was decided and never why, and for the police."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import date_and_time, long_date
from referrals.codes import AccountHow
from referrals.judging.breach import Standing, ladder_of, standing_of
from referrals.models import Agreement, Appointment, Breach, Condition, Referral
from referrals.presenters.case import limit_colour, limit_in_words

Row = dict[str, Any]
State = Breach.State


@dataclass(frozen=True)
class LadderView:
    """Where somebody stands on the ladder of the scheme, and what that asks of the worker now."""

    at: Standing

    @property
    def counted(self) -> str:
        if not self.at.counted:
            return _("Nothing was missed without a good reason.")
        words = ngettext(
            "%(n)d step missed without a good reason, of %(most)d that count as not kept.",
            "%(n)d steps missed without a good reason, of %(most)d that count as not kept.",
            self.at.counted,
        )
        return words % {"n": self.at.counted, "most": self.at.missed}

    @property
    def now(self) -> str:
        """What is done at this step (our own proposal of a ladder; the scheme says how long it is)."""
        if self.at.unasked:
            return _("Now: ask why each was missed. What is not known counts for nothing.")
        if self.at.is_at_the_end:
            return _("Now: ask a colleague to look at it with you, and put it to the police if nothing else helps.")
        if self.at.counted > 1:
            return _("Now: warn them in writing, and say what comes next.")
        if self.at.counted:
            return _("Now: remind them, and ask what gets in the way.")
        return ""


def ladder_view(referral: Referral) -> LadderView | None:
    """None where the scheme has no ladder, or nothing is agreed yet."""
    if referral.is_voluntary or not Agreement.objects.filter(referral=referral).exists():
        return None
    ladder = ladder_of(referral.case, referral)
    return LadderView(standing_of(referral, ladder)) if ladder else None


def side_rows(breach: Breach) -> list[Row]:
    """Why it is asked, and what both sides say: for the worker and for police."""
    said = {"day": long_date(breach.account_by)}
    waits = _("Not yet: until %(day)s") if clock.today() <= breach.account_by else _("Nothing by %(day)s")
    account = breach.account if breach.account_how == AccountHow.SAID else breach.get_account_how_display()
    asked = {"who": breach.opened_by, "when": long_date(breach.opened_at)}
    return [
        {"key": _("Why it is asked"), "value": breach.why_asked},
        {"key": _("Asked by"), "value": _("%(who)s, %(when)s") % asked},
        {"key": _("The person says"), "value": account or waits % said},
        {"key": _("Appropriate adult with them"), "value": breach.account_adult},
        {"key": _("Noted by"), "value": _who(breach.account_noted_by, breach.account_at)},
        {"key": _("Recommended"), "value": breach.get_advice_display() or _("Nothing yet")},
        {"key": _("Because"), "value": breach.advice_why},
        {"key": _("Recommended by"), "value": _who(breach.advised_by, breach.advised_at)},
    ]


def partner_rows(breach: Breach) -> list[Row]:
    """Both sides, and what was decided: never why, nor by which rank."""
    rows = side_rows(breach)
    if breach.state == State.ENDED:
        rows.append({"key": _("What came of it"), "value": breach.get_state_display()})
    if breach.state == State.DECIDED:
        rows.append({"key": _("The police decided"), "value": breach.get_decision_display()})
        rows.append({"key": _("They say to you and to the person"), "value": breach.told})
    return [row for row in rows if row["value"]]


def decided_rows(breach: Breach) -> list[Row]:
    """What was decided and why, for police."""
    rows = [
        {"key": _("Decision"), "value": breach.get_decision_display()},
        {"key": _("Reason"), "value": breach.rationale},
        {"key": _("The worker and the person are told"), "value": breach.told},
        {"key": _("Decided by"), "value": _who(breach.decided_by, breach.decided_at)},
        {"key": _("Prosecutor"), "value": _prosecutor(breach)},
        {"key": _("Told in youth justice"), "value": breach.youth_justice},
        {"key": _("Second signature"), "value": _second(breach)},
    ]
    return [row for row in rows if row["value"]]


def fact_rows(breach: Breach, agreement: Agreement | None, appointments: Iterable[Appointment]) -> list[Row]:
    """What a file for a charge needs: dates and results, and the days that are left. No note, need or word spoken."""
    today = clock.today()
    crimes = [
        {"key": one.crime.number, "value": f"{one.offence.title}. {limit_in_words(one.limit_on, today)}",
         "colour": limit_colour(one.limit_on, today)}
        for one in breach.case.allegations.select_related("crime", "offence")
    ]  # fmt: skip
    agreed = [{"key": _("Agreed"), "value": long_date(agreement.agreed_on)}] if agreement else []
    if agreement and agreement.ends_on:
        agreed.append({"key": _("To end"), "value": long_date(agreement.ends_on)})
    conditions = [_condition(one) for one in agreement.conditions.all()] if agreement else []
    kept = [{"key": date_and_time(one.starts_at), "value": one.get_attendance_display()} for one in appointments]
    return [*crimes, *agreed, *conditions, *kept]


def _condition(one: Condition) -> Row:
    when = _settled(one.settled_at) if one.settled_at else long_date(one.due_on)
    return {"key": one.wording, "value": f"{one.get_state_display()}, {when}"}


def _settled(at: Any) -> str:
    return long_date(at)


def _who(user: User | None, at: Any) -> str:
    return f"{user}, {date_and_time(at)}" if user and at else ""


def _prosecutor(breach: Breach) -> str:
    if not breach.prosecutor:
        return ""
    return f"{breach.prosecutor}, {long_date(breach.prosecutor_on)}, {breach.prosecutor_reference}"


def _second(breach: Breach) -> str:
    if breach.second_by:
        return f"{_who(breach.second_by, breach.second_at)}: {breach.second_rationale}"
    if breach.state == State.SIGNING:
        return _("Waits: %(rank)s or above") % {"rank": breach.get_second_rank_display()}
    return ""


def breaches_table(breaches: Iterable[Breach]) -> Table:
    """Those that can be decided or signed now."""
    columns = [_("Person"), _("Why it is asked"), _("Recommended"), _("Time limit")]
    rows = [_row(one, clock.today()) for one in breaches]
    return Table(_("Agreements that are not kept"), [Column(one) for one in columns], rows, stacked=True)


def _row(one: Breach, today: date) -> list[Any]:
    limit = one.case.standing.limit_on
    person = under(link(one.case.person, reverse("breach_page", args=[one.pk])), one.case.reference)
    advice: Any = one.get_advice_display() or _("Nothing was recommended in time")
    if one.state == State.SIGNING:
        advice = under(advice, tag(_("second signature"), "yellow"))
    return [person, one.why_asked, advice, limit_in_words(limit, today)]


def breach_events(breaches: Iterable[Breach]) -> list[Row]:
    """For the police's history of a case."""
    events = []
    for one in breaches:
        said = one.account or one.get_account_how_display()
        steps = [
            (_("Asked whether the agreement was broken"), one.opened_at, one.opened_by, one.why_asked),
            (_("The person’s side"), one.account_at, one.account_noted_by, said),
            (_("Recommended"), one.advised_at, one.advised_by, f"{one.get_advice_display()}. {one.advice_why}"),
            (_("Decided"), one.decided_at, one.decided_by, f"{one.get_decision_display()}. {one.rationale}"),
            (_("Second signature"), one.second_at, one.second_by, one.second_rationale),
        ]
        events += [
            {"title": title, "when": when, "by": str(who or ""), "text": text}
            for title, when, who, text in steps
            if when
        ]
    return events
