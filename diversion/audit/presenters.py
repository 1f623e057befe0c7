"""Entries of the access log in words: who did what, when, to which records."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from diversion.accounts.models import Organisation
from diversion.audit import lookups
from diversion.audit.forms import NATURES
from diversion.audit.models import Event

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
        self.detail = "; ".join(f"{key}: {_value(value)}" for key, value in event.detail.items())


def entries(events: Sequence[Event], *, by: "User") -> list[Entry]:
    """The events of one page, in words."""
    names = lookups.names({key for event in events for key in event.subjects}, by)
    ids = {event.organisation_id for event in events if event.organisation_id}
    organisations = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [Entry(event, names, organisations) for event in events]


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
