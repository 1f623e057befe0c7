"""Who asks for help, in words, for the service alone."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.accounts.models import User
from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import clock_time, date_and_time, long_date, short_date
from referrals.codes import HelpCare, HelpContactKind, HelpHours, HelpReach, HelpWanted, StaffSafety
from referrals.models import Duty, HelpContact, HelpRequest
from referrals.presenters.partner import waited_words

Row = dict[str, Any]
TELEPHONE = re.compile(r"\+?[0-9]{7,15}")


def in_words(codes: Iterable[str], choices: Any) -> str:
    """The labels of codes, in the order of the list: "Somewhere to stay; drinking"."""
    given = set(codes)
    labels = [str(one.label) for one in choices if one.value in given]
    return "; ".join([*labels[:1], *(words[:1].lower() + words[1:] for words in labels[1:])])


def waiting_table(asking: Iterable[HelpRequest], now: datetime) -> Table:
    """Whom nobody helps yet."""
    columns = [Column(words) for words in (_("Who"), _("Wants help with"), _("How to reach them"), _("Waiting"))]
    rows = [[_who(one), _wants(one), _reach(one), under(waited_words(one.sent_at, now), _tried(one))] for one in asking]
    return Table(_("Nobody helps yet"), columns, rows, stacked=True)


def helped_table(asking: Iterable[HelpRequest]) -> Table:
    """Whom somebody helps."""
    columns = [Column(words) for words in (_("Who"), _("Wants help with"), _("Last contact"), _("Who helps"))]
    rows = [[_who(one), _wants(one), under(_last(one), _tried(one)), _helper(one.worker)] for one in asking]
    return Table(_("Taken up"), columns, rows, stacked=True)


def closed_table(asking: Iterable[HelpRequest]) -> Table:
    """Whose help is closed: any of them may come back."""
    columns = [Column(words) for words in (_("Who"), _("Why it was closed"), _("When"), _("Removed on"))]
    rows = [
        [_who(one), one.get_closed_reason_display(), short_date(one.closed_at), short_date(one.goes_on)]
        for one in asking
    ]
    return Table(_("Closed"), columns, rows, stacked=True)


def _who(one: HelpRequest) -> Any:
    return under(link(str(one), reverse("help_page", args=[one.reference])), one.reference)


def _wants(one: HelpRequest) -> str:
    return in_words(one.wants, HelpWanted)


def _reach(one: HelpRequest) -> Any:
    how = in_words(one.reach_by, HelpReach)
    return under(one.reach, how) if one.reach else how


def _last(one: HelpRequest) -> str:
    """The day of the last contact; the request itself is none."""
    return short_date(one.last_contact_at) if one.last_contact_at > one.sent_at else _("None yet")


def _tried(one: HelpRequest) -> str:
    """ "Not seen, 9 Jun 2026" where that was the last that was tried; "" otherwise: nothing is late."""
    last = next(iter(one.contacts.all()), None)
    if last is None or last.kind != HelpContactKind.NOT_SEEN:
        return ""
    return _("Not seen, %(day)s") % {"day": short_date(last.at)}


def _helper(worker: User | None) -> Any:
    if worker is None:
        return None
    return worker.full_name if worker.is_here else under(worker.full_name, tag(_("Has left"), "red"))


class HelpPack:
    """What the page says of somebody: what was sent, and what was sent on records merged into it."""

    def __init__(self, asked: HelpRequest) -> None:
        self.name = str(asked)
        self.safety = in_words(asked.safety, StaffSafety)
        self.care = in_words(asked.care, HelpCare)
        self.rows = [*sent_rows(asked), *_standing_rows(asked)]
        self.merged = [(_("Also sent %(when)s") % {"when": date_and_time(one.sent_at)}, _merged_rows(one))
                       for one in asked.merged.all()]  # fmt: skip


def sent_rows(asked: HelpRequest) -> list[Row]:
    """What the officer passed on."""
    dialled = asked.reach.replace(" ", "")
    href = f"tel:{dialled}" if TELEPHONE.fullmatch(dialled) else ""
    return [
        {"key": _("Wants help with"), "value": _wants(asked)},
        {"key": _("Reach them"), "value": asked.reach, "href": href},
        {"key": _("How"), "value": in_words(asked.reach_by, HelpReach)},
        {"key": _("When it is safe"), "value": HelpHours(asked.hours).label},
    ]


def _standing_rows(asked: HelpRequest) -> list[Row]:
    return [
        {"key": _sent_words(asked), "value": _sent(asked)},
        {"key": _("Service"), "value": asked.scheme_version.scheme.name},
        {"key": _("Who helps"), "value": _helper(asked.worker) or _("Nobody yet")},
        {"key": _("Last contact"), "value": _last(asked)},
        {"key": _("Removed on"), "value": _("%(day)s, unless there is contact") % {"day": long_date(asked.goes_on)}},
    ]


def _merged_rows(one: HelpRequest) -> list[Row]:
    also = [
        {"key": _("Name"), "value": str(one)},
        {"key": _("Safety"), "value": in_words(one.safety, StaffSafety)},
        {"key": _("Take care"), "value": in_words(one.care, HelpCare)},
        {"key": _sent_words(one), "value": _sent(one)},
    ]
    return [row for row in [*also[:1], *sent_rows(one), *also[1:]] if row["value"]]


def _sent_words(one: HelpRequest) -> str:
    """An officer sent them, or a worker of the service wrote down that they came."""
    came = one.sent_by.organisation_id == one.provider_id
    return _("Came themselves, written down") if came else _("Sent")


def _sent(one: HelpRequest) -> str:
    words = {"when": date_and_time(one.sent_at), "who": one.sent_by.full_name, "force": one.sent_by.organisation.name}
    return _("%(when)s, by %(who)s, %(force)s") % words


def merged_in_words(reference: str) -> str:
    """Why another page is shown than that of ``reference``."""
    return _("%(reference)s was merged with this record: both are of the same person.") % {"reference": reference}


def to_merge_in_words(others: Sequence[HelpRequest]) -> list[tuple[HelpRequest, str]]:
    """ "Red, sent 9 Jun 2026, HP-7K3M-9QX2"."""
    words = _("%(name)s, sent %(day)s, %(reference)s")
    return [(one, words % {"name": one, "day": short_date(one.sent_at), "reference": one.reference}) for one in others]


def contact_items(contacts: Iterable[HelpContact]) -> list[Row]:
    """For a timeline: what came of each."""
    return [
        {"title": one.get_kind_display(), "when": one.at, "by": one.recorded_by.full_name, "text": one.note}
        for one in contacts
    ]


def on_duty_in_words(duties: Iterable[Duty]) -> list[Row]:
    """For the service's page and the officer's: who, the telephone, and until when (London)."""
    return [
        {"name": one.worker.full_name, "telephone": one.telephone, "until": clock_time(one.until)} for one in duties
    ]
