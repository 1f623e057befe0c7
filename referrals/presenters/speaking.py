"""Authority by radio or telephone in words: for the homes that it heads, for the case and its history."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Authorisation, SpokenAuthority
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.design_system.wording import clock_time, date_and_time, short_weekday

State = SpokenAuthority.State
#: What the history calls the answer to authority that was entered.
ANSWERED = {
    State.CONFIRMED: gettext_lazy("Authority confirmed"),
    State.DENIED: gettext_lazy("Authority not confirmed"),
    State.STOPPED: gettext_lazy("Offer stopped before it was confirmed"),
}


def home_items(spoken: Iterable[SpokenAuthority], *, reader: User) -> list[dict[str, Any]]:
    """Each with whose case it is, where ``reader`` goes, what is to be said of it, and until when."""
    return [_item(one, reader) for one in spoken]


def _item(one: SpokenAuthority, reader: User) -> dict[str, Any]:
    case, answers = one.authorisation.case, one.is_waiting and one.entered_by_id != reader.pk
    answers = answers and (one.named_id == reader.pk or (one.is_overdue and case.officer_id != reader.pk))
    answers = answers and reader.can(Permission.AUTHORISE)  # whoever covers for the officer may be a constable
    page = "confirm_authority" if answers else "case_page"
    late = one.is_overdue or one.state == State.DENIED
    return {
        "person": case.person,
        "case": case.reference,
        "address": reverse(page, args=[case.reference]),
        "words": given_in_words(one) if late else f"{given_in_words(one)}. {standing_in_words(one)}.",
        "clock": standing_in_words(one),
        "colour": "red" if late else "",
    }


def given_in_words(one: SpokenAuthority) -> str:
    """ "Carol Singh (sergeant), by radio, 10 June 2026 at 10:15am; entered by Amara Okafor"."""
    words = _("%(who)s (%(rank)s), by %(channel)s, %(when)s; entered by %(officer)s")
    return words % {
        "who": one.named,
        "rank": one.rank_in_words,
        "channel": one.get_channel_display().lower(),
        "when": date_and_time(one.said_at),
        "officer": one.entered_by,
    }


def standing_in_words(one: SpokenAuthority) -> str:
    """Whether it was confirmed, and until when it waits."""
    if one.is_overdue:
        return _("Not confirmed in time")
    if one.is_waiting:
        words = {"time": clock_time(one.confirm_by), "day": short_weekday(clock.local_date(one.confirm_by))}
        return _("Confirm by %(time)s, %(day)s") % words
    waits = one.authorisation.state == Authorisation.State.WAITING
    return {
        State.CONFIRMED: _("Confirmed"),
        State.DENIED: _("Not confirmed: waits for a decision") if waits else _("Not confirmed"),
        State.OVERTAKEN: _("Overtaken by a correction"),
        State.LAPSED: _("Not needed: the person declined"),
        State.STOPPED: _("Stopped by a higher rank"),
    }[State(one.state)]


def rows_of(spoken: Iterable[SpokenAuthority]) -> list[dict[str, Any]]:
    """For the page of the case: what was entered, what was said, and what came of it."""
    return [{"given": given_in_words(one), "standing": standing_in_words(one), "spoken": one} for one in spoken]


def events_of(spoken: Iterable[SpokenAuthority]) -> list[dict[str, Any]]:
    """For the history of a case: that it was entered, and what the named officer said. Confirmed, it stands there as
    the decision itself, at the moment at which it was given."""
    events = []
    for one in spoken:
        text = f"{given_in_words(one)}. {one.words}"
        events.append(_event(_("Authority entered"), one.entered_at, one.entered_by, text))
        if one.answered_at:
            title = str(ANSWERED[State(one.state)])
            events.append(_event(title, one.answered_at, one.answered_by, one.answer))
    return events


def _event(title: str, when: Any, who: Any, text: str) -> dict[str, Any]:
    return {"title": title, "when": when, "by": str(who), "text": text}
