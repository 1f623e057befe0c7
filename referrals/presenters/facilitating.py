"""What a facilitator reads, and what police read of them."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.design_system.tables import Column, Table, link
from diversion.design_system.wording import date_and_time, long_date
from referrals.models import Facilitation
from referrals.queries.facilitating import Opened, has_gone, is_shared_no_longer

Row = dict[str, Any]


def list_table(found: Sequence[Opened]) -> Table:
    """What somebody leads."""
    columns = [Column(_("Victim")), Column(_("Person")), Column(_("What was agreed"))]
    rows = [
        [
            link(one.victim, reverse("facilitation_page", args=[one.facilitation.pk]), about=one.person),
            one.person,
            "; ".join(each.wording for each in one.conditions),
        ]
        for one in found
    ]
    return Table(_("Meetings and letters"), columns, rows, caption_hidden=True, stacked=True)


class Shown:
    """One of them, in rows."""

    def __init__(self, opened: Opened) -> None:
        self.opened, record = opened, opened.record
        number = _("Not to be used: ask the police first") if opened.number_is_shared else record.telephone
        self.victim: list[Row] = [
            {"key": _("Victim"), "value": opened.victim},
            *([{"key": _("Who speaks for them"), "value": record.contact_name}] if record.contact_name else []),
            {"key": _("Telephone"), "value": number},
            {"key": _("How to contact them"), "value": record.get_contact_by_display()},
            {"key": _("When to contact them"), "value": record.contact_when},
            {"key": _("A letter of apology"), "value": record.get_letter_display()},
            {"key": _("A meeting"), "value": record.get_meeting_display()},
        ]
        self.contacts: list[Row] = [
            {
                "key": f"{date_and_time(one.at)}, {one.get_who_display()}",
                "value": f"{one.get_channel_display()}: {one.get_result_display()}. {one.note}",
            }
            for one in opened.contacts
        ]


def rows_for_police(row: Facilitation) -> list[Row]:
    """Who leads it, since when, and what came of it."""
    gone = _("They work there no longer, or may not sign in: end it, and name somebody else.")
    unshared = _("Nobody new is named there. They go on with this until you end it, or the case closes.")
    return [
        {"key": _("Who leads it"), "value": f"{row.facilitator.full_name}, {row.facilitator.organisation}"},
        {"key": _("Since"), "value": long_date(row.named_at)},
        *([{"key": _("Their page is shut"), "value": gone}] if has_gone(row) else []),
        *([{"key": _("The sharing agreement ended"), "value": unshared}] if is_shared_no_longer(row) else []),
        *_what_came(row),
    ]


def past_rows(row: Facilitation) -> list[Row]:
    """Who led it, until when and why no longer, and what came of it."""
    why = f"{long_date(row.ended_at)}: {row.get_end_reason_display()}" if row.ended_at else _("When the case closed")
    return [
        {"key": _("Who led it"), "value": f"{row.facilitator.full_name}, {row.facilitator.organisation}"},
        {"key": _("Ended"), "value": why},
        *_what_came(row),
    ]


def _what_came(row: Facilitation) -> list[Row]:
    return [
        {"key": _("The letter"), "value": row.get_letter_display()},
        {"key": _("The meeting"), "value": row.get_meeting_display()},
    ]
