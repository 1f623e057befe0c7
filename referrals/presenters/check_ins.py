"""Check-ins in words and rows: on the page of a referral, in the queue of what asks for somebody, and for a manager."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.wording import date_and_time, long_date
from diversion.door import Audience, checked
from referrals.codes import FLAGGED_MOODS, CheckAnswer, Mood
from referrals.forms.check_ins import CheckReviewForm, PlanForm
from referrals.models import CheckIn, CheckInPlan, Referral
from referrals.queries import check_ins as queries
from referrals.queries.check_ins import Owner


class CheckInsView:
    """What the worker of a referral sees: whether the person is asked, the forms, and what they answered."""

    def __init__(self, referral: Referral, *, by: User, is_open: bool, bound: Any) -> None:
        plan = queries.plan_of(referral)
        self.version = plan.version if plan else 0
        self.is_running = plan is not None and plan.is_running and is_open
        self.words = _plan_words(plan, is_open=is_open)
        self.why_not = queries.why_not_asked(plan, referral) if plan and is_open and self.is_running else ""
        self.form = (bound.get("check_ins") or plan_form(referral, plan)) if is_open else None
        self.rows = [AnswerRow(one, bound) for one in queries.of_referral(referral, by=by)]

    @property
    def forms(self) -> list[Any]:
        return [self.form, *(row.form for row in self.rows if row.form)]

    @property
    def is_shown(self) -> bool:
        return bool(self.form or self.rows)


def plan_form(referral: Referral, plan: CheckInPlan | None, data: Any = None) -> PlanForm:
    offered = list(queries.questions_of(referral.provider_id))
    languages = queries.languages_of(queries.desk_of(referral.provider_id))
    return PlanForm(data, auto_id="check-ins-%s", offered=offered, languages=languages, plan=plan)


def _plan_words(plan: CheckInPlan | None, *, is_open: bool) -> str:
    if plan is None:
        return _("They are not asked.")
    if plan.stopped_at is not None:
        words = {"day": long_date(plan.stopped_at), "who": plan.stopped_by}
        return (_("%(who)s stopped it on %(day)s.") if plan.stopped_by else _("They stopped it on %(day)s.")) % words
    if not plan.is_running or not is_open:
        return _("It has ended.")
    words = {"how": plan.get_rhythm_display(), "first": long_date(plan.first_on), "who": plan.set_by}
    ends = _("They are asked: %(how)s, from %(first)s to %(last)s. Agreed with %(who)s.")
    goes_on = _("They are asked: %(how)s, from %(first)s until the support ends. Agreed with %(who)s.")
    return ends % (words | {"last": long_date(plan.until_on)}) if plan.until_on else goes_on % words


class AnswerRow:
    """One check-in: when it was sent, what was answered, and what was done about it or the form that says so."""

    def __init__(self, one: CheckIn, bound: Any) -> None:
        self.check_in, self.said = one, [said.row for said in said_rows(one)]
        self.waits = one.is_flagged and one.reviewed_at is None
        self.waited = waited(one) if self.waits else ""
        key = review_key(one)
        self.form = (bound.get(key) or CheckReviewForm(auto_id=f"{key}-%s")) if self.waits else None

    @property
    def heading(self) -> str:
        if self.check_in.answered_at:
            return _("Answered %(when)s") % {"when": date_and_time(self.check_in.answered_at)}
        words = {"when": date_and_time(self.check_in.sent_at)}
        said = _("Sent %(when)s, not answered yet") if self.check_in.is_open else _("Sent %(when)s, no answer")
        return said % words


def review_key(one: CheckIn) -> str:
    return f"check-in-{one.pk}"


@dataclass(frozen=True)
class Said:
    """A question and its answer; ``asks``: it asks for somebody."""

    key: str
    value: str
    asks: bool

    @property
    def row(self) -> dict[str, Any]:
        return {"key": self.key, "value": f"{self.value} ({_('asks for somebody')})" if self.asks else self.value}


def said_rows(one: CheckIn) -> Iterator[Said]:
    """What was answered, in English."""
    if one.appointment_id:
        yield from _replied(one)
        return
    if one.mood:
        yield Said(_("How they feel"), str(Mood(one.mood).label), one.mood in FLAGGED_MOODS)
    for question in one.asked:
        if code := one.answers.get(str(question["id"]), ""):
            yield Said(question["english"], str(CheckAnswer(code).label), code in question["flags"])
    if one.wants_help:
        yield Said(_("Help"), _("They would like help"), asks=True)
    if one.wants_call:
        yield Said(_("Call"), _("They ask to be rung"), asks=True)


def _replied(one: CheckIn) -> Iterator[Said]:
    """What was said by the link in a reminder."""
    meeting = _("Appointment of %(day)s") % {"day": long_date(one.due_on)}
    if one.wants_call:
        yield Said(meeting, _("They cannot come, and ask to be rung"), asks=True)
    elif one.moved_to:
        yield Said(meeting, _("They moved it to %(when)s") % {"when": date_and_time(one.moved_to)}, one.is_flagged)
    elif one.comes:
        yield Said(meeting, _("They say that they will come"), asks=False)


def waited(one: CheckIn) -> str:
    """ "5 hours since they answered"."""
    hours = queries.hours_since(one.answered_at or clock.now())
    words = ngettext("%(n)d hour since they answered", "%(n)d hours since they answered", hours)
    return words % {"n": hours} if hours else _("Answered less than an hour ago")


def queue_rows(found: Iterable[tuple[CheckIn, Owner]], *, by: User) -> list[dict[str, Any]]:
    """Each answer that asks for somebody, whose it is, and whether that is ``by``."""
    return [
        {
            "check_in": one,
            "person": one.referral.case.person,
            "reference": one.referral.reference,
            "said": "; ".join(f"{said.key}: {said.value}" for said in said_rows(one) if said.asks),
            "waited": waited(one),
            "owner": owner_words(owner),
            "is_own": queries.is_own(owner, by=by),
        }
        for one, owner in found
    ]


def owner_words(owner: Owner) -> str:
    words = {"who": owner.user, "of": owner.of}
    if owner.user is None:
        return _("The manager: %(of)s is away") % words if owner.of else _("The manager: nobody helps them yet")
    return _("%(who)s, who covers for %(of)s") % words if owner.of else str(owner.user)


def times_rows(told: Any) -> list[dict[str, Any]]:
    """How fast answers that ask for somebody are seen to, for the manager; ``told`` as `queries.times`."""
    told = checked(told, Audience.OPERATIONAL)
    hours = _("%(n)d hours")
    rows = [
        (_("Waiting now"), str(told["waiting"])),
        (_("The longest of these"), hours % {"n": told["longest"]} if told["waiting"] else _("None")),
        (_("Seen to in this time"), str(told["reviewed"])),
        (_("Middle time until it was seen to"), hours % {"n": told["middle"]} if told["reviewed"] else _("None")),
    ]
    return [{"key": key, "value": value} for key, value in rows]
