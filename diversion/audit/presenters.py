"""Entries of the access log in words: who did what, when, to which records."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from diversion.accounts.models import Organisation
from diversion.audit import lookups
from diversion.audit.forms import NATURES
from diversion.audit.models import Event
from diversion.clock import LONDON
from diversion.design_system.tables import Column, Table, under
from diversion.design_system.wording import iso, short_date

if TYPE_CHECKING:
    from diversion.accounts.models import User

RECORDS_SHOWN = 6
NATURE_WORDS = {value: label for value, label in NATURES}


class Entry:
    """One event, with what it concerns by reference where that is the reader's own record."""

    def __init__(self, event: Event, names: dict[str, str], organisations: dict[int, str]) -> None:
        self.at = event.at
        self.who = event.actor_name
        self.organisation = organisations.get(event.organisation_id or 0, "")
        self.what = capfirst(event.kind.replace(".", ": ").replace("_", " "))
        self.nature = str(NATURE_WORDS.get(event.nature, event.nature)).partition(":")[0]
        self.records = _records(event.subjects, names)
        self.recipients = ", ".join(event.recipients)
        self.source = event.source
        self.detail = "; ".join(f"{key}: {_value(value)}" for key, value in event.detail.items())

    def told(self) -> str:
        """Who was told, and what else is kept with the event."""
        told = _("To %(recipients)s") % {"recipients": self.recipients} if self.recipients else ""
        source = _("From %(source)s") % {"source": self.source} if self.source else ""
        return " ".join(filter(None, [told, self.detail, source]))


def entries(events: Sequence[Event], *, by: "User") -> list[Entry]:
    """The events of one page, in words."""
    names = lookups.names({key for event in events for key in event.subjects}, by)
    ids = {event.organisation_id for event in events if event.organisation_id}
    organisations = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [Entry(event, names, organisations) for event in events]


def entry_table(shown: Iterable[Entry], *, by: "User") -> Table:
    """A row for each entry; the organisation is named where it is not the reader's own."""
    headings = [_("When"), _("Who"), _("What"), _("Records"), _("Details")]
    rows = [
        [
            _moment(entry.at),
            entry.who if entry.organisation in ("", by.organisation.name) else under(entry.who, entry.organisation),
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


def _value(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
