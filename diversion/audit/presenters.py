"""Entries of the access log in words: who did what, when, to which records."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.audit import lookups, queries
from diversion.audit.forms import NATURES
from diversion.audit.models import Event
from diversion.audit.wording import detail_words, kind_words
from diversion.clock import LONDON
from diversion.design_system.tables import Column, Table, under
from diversion.design_system.wording import iso, short_date
from diversion.home import Line, Section

RECORDS_SHOWN = 6
#: Whose numbers stand in a detail: the log keeps no name there, since its lines leave the host (diversion/logs.py).
USERS = ("agreed", "chair", "cover", "disagreed", "holder", "member", "members", "owner")
NATURE_WORDS = {value: label for value, label in NATURES}


def waits(user: User) -> Iterator[Section]:
    """For the first page of whoever reads the log: guesses at accounts, probes and the like since their last look."""
    if not user.can(Permission.VIEW_ACCESS_LOG):
        return
    address = f"{reverse('access_log')}?nature={queries.UNUSUAL}"
    found = queries.unusual_since_last_look(by=user)
    lines = [Line(kind_words(kind), address, words=str(many)) for kind, many in found]
    yield Section(_("Unusual access since you last looked at it"), lines)


class Entry:
    """One event, with what it concerns by reference where that is the reader's own record."""

    def __init__(
        self, event: Event, names: dict[str, str], organisations: dict[int, str], users: dict[int, str]
    ) -> None:
        self.at = event.at
        self.who = event.actor_name
        self.organisation = organisations.get(event.organisation_id or 0, "")
        self.what = kind_words(event.kind)
        self.nature = str(NATURE_WORDS.get(event.nature, event.nature)).partition(":")[0]
        self.records = _records(event.subjects, names)
        self.recipients = ", ".join(event.recipients)
        self.source = event.source
        held = {key: _named(value, users) if key in USERS else value for key, value in event.detail.items()}
        self.detail = detail_words(event.kind, held)

    def told(self) -> str:
        """Who was told, and what else is kept with the event."""
        told = _("To %(recipients)s") % {"recipients": self.recipients} if self.recipients else ""
        source = _("From %(source)s") % {"source": self.source} if self.source else ""
        return "; ".join(filter(None, [told, self.detail, source]))


def entries(events: Sequence[Event], *, by: User, behind: lookups.Found | None = None) -> list[Entry]:
    """The events of one page, in words; ``behind`` is what they were searched by, if anything."""
    names = lookups.names({key for event in events for key in event.subjects}, by, known=behind)
    others = {event.organisation_id for event in events if event.organisation_id} - {by.organisation_id}
    organisations = dict(Organisation.objects.filter(pk__in=others).values_list("pk", "name"))
    users = _users(events, by)
    return [Entry(event, names, organisations, users) for event in events]


def _users(events: Sequence[Event], by: User) -> dict[int, str]:
    """Those whose numbers stand in details by name: ``by``'s own colleagues, and whomever the own log numbers.

    Guests of a force, such as members of its panel, are among them: it chose them, and names them as who did something.
    """
    wanted = _numbered(events)
    if not wanted:
        return {}
    own = _numbered(event for event in events if event.organisation_id == by.organisation_id)
    known = User.objects.filter(Q(organisation=by.organisation_id, pk__in=wanted) | Q(pk__in=own))
    return dict(known.values_list("pk", "full_name"))


def _numbered(events: Iterable[Event]) -> set[int]:
    return {pk for event in events for key in USERS for pk in _numbers(event.detail.get(key))}


def _numbers(value: Any) -> list[int]:
    """The numbers of users in one value of a detail: one, several, or none where it says something else."""
    return [one for one in (value if isinstance(value, list) else [value]) if type(one) is int]


def _named(value: Any, users: dict[int, str]) -> Any:
    """The same with the names of those who are known in the place of their numbers."""
    if isinstance(value, list):
        return [_named(one, users) for one in value]
    return users.get(value, value) if type(value) is int else value


def entry_table(shown: Iterable[Entry], *, by: User) -> Table:
    """A row for each entry; the organisation is named where it is not the reader's own."""
    headings = [_("When"), _("Who"), _("What"), _("Records"), _("Details")]
    rows = [
        [
            _moment(entry.at),
            under(entry.who, entry.organisation) if entry.organisation else entry.who,
            under(entry.what, entry.nature),
            entry.records or None,
            entry.told() or None,
        ]
        for entry in shown
    ]
    columns = [Column(heading) for heading in headings]
    return Table(caption=_("Access log"), caption_hidden=True, columns=columns, rows=rows, stacked=True)


def _moment(at: datetime) -> SafeString:
    """To the second: entries of one minute have an order."""
    shown = f"{short_date(at)}, {at.astimezone(LONDON):%H:%M:%S}"
    return format_html('<time datetime="{}">{}</time>', iso(at), shown)


def _records(keys: Iterable[str], names: dict[str, str]) -> str:
    """ "DV-7K3M-9QX2, person", and how many more there are in a long list."""
    words = sorted({names.get(key) or _model_words(key) for key in keys}, key=lambda one: (one.islower(), one))
    more = len(words) - RECORDS_SHOWN
    shown = ", ".join(words[:RECORDS_SHOWN])
    return _("%(shown)s and %(more)d more") % {"shown": shown, "more": more} if more > 0 else shown


def _model_words(key: str) -> str:
    label = key.partition(":")[0]
    try:
        return str(apps.get_model(label)._meta.verbose_name).lower()
    except (LookupError, ValueError):
        return label
