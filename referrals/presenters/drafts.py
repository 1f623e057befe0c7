"""Unfinished pages in words: whose they are, and until when they are kept."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from diversion import clock
from diversion.design_system.wording import date_and_time, short_weekday
from referrals.models import DecisionDraft

Row = dict[str, Any]


def draft_items(drafts: Iterable[DecisionDraft]) -> list[Row]:
    """For the list: the name so far, when it was begun, where it is opened, and a warning on the day before it goes."""
    return [
        {
            "draft": one,
            "address": address_of(str(one.submission)),
            "name": _name(one),
            "begun": date_and_time(one.begun_at),
            "goes": goes_in_words(one),
            "is_last_day": (clock.local_date(one.goes_at) - clock.today()).days <= 1,
        }
        for one in drafts
    ]


def goes_in_words(draft: DecisionDraft) -> str:
    """ "kept until Mon 30 Nov", and on the day before "goes tomorrow"."""
    left = (clock.local_date(draft.goes_at) - clock.today()).days
    if left <= 0:
        return _("goes today")
    return _("goes tomorrow") if left == 1 else _("kept until %(day)s") % {"day": short_weekday(draft.goes_at)}


def address_of(submission: str) -> str:
    """Where the page is opened again; the number says nothing of anybody."""
    return f"{reverse('record_decision')}?draft={submission}"


def _name(draft: DecisionDraft) -> str:
    typed = [" ".join(draft.typed.get(name, [])).strip() for name in ("given_names", "family_name")]
    return " ".join(filter(None, typed)) or _("Nobody named yet")
