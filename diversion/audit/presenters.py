"""Entries of the access log in words: who did what, when, to which records."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.audit import lookups, queries
from diversion.audit.forms import NATURES
from diversion.audit.models import Event
from diversion.clock import LONDON
from diversion.design_system.tables import Column, Table, under
from diversion.design_system.wording import iso, short_date
from diversion.home import Line, Section

RECORDS_SHOWN = 6
NATURE_WORDS = {value: label for value, label in NATURES}

#: What is not plain by itself: `case.recorded` reads "Case: recorded".
KIND_WORDS = {
    "access.denied": gettext_lazy("A page that this user may not open"),
    "access.not_found": gettext_lazy("A record that is not there for this user"),
    "access.not_offered": gettext_lazy("A choice that the page does not offer was sent"),
    "access.too_fast": gettext_lazy("More pages in a minute than anybody reads"),
    "access_log.searched": gettext_lazy("Looked at the access log"),
    "access_log.people_shown": gettext_lazy("Looked for somebody in the access log"),
    "access_log.words_removed": gettext_lazy("Took words that somebody had typed out of older entries"),
    "account.confirmed": gettext_lazy("Gave their password again"),
    "account.session_ended": gettext_lazy("Signed out after a shift"),
    "account.factor_added": gettext_lazy("Set up a second factor"),
    "account.factor_removed": gettext_lazy("Removed a second factor of their own"),
    "account.recovery_code_used": gettext_lazy("Signed in with a recovery code"),
    "account.recovery_codes_made": gettext_lazy("Made new recovery codes"),
    "account.session_without_factor": gettext_lazy("Signed out: this session had no second factor"),
    "account.sessions_ended": gettext_lazy("Signed out elsewhere"),
    "account.sign_in_failed": gettext_lazy("A sign-in failed"),
    "account.sign_in_refused": gettext_lazy("A sign-in was refused: too many had failed"),
    "account.signed_in": gettext_lazy("Signed in"),
    "account.signed_out": gettext_lazy("Signed out"),
    "crime.looked_up": gettext_lazy("Looked up a crime of the record system"),
    "crime.looked_up_many": gettext_lazy("Looked up one crime more, after many in this shift"),
    "case.brought": gettext_lazy("Brought a case in that was decided elsewhere"),
    "crimes.brought": gettext_lazy("Brought crimes of the record system in"),
    "help.sent": gettext_lazy("Sent somebody to a service that helps; whom is not kept"),
    "panel.name_refused": gettext_lazy("Words of a panel member named somebody, and were refused"),
    "person.opened_from_search": gettext_lazy("Opened somebody found by a search"),
    "person.opened_many": gettext_lazy("Opened somebody more, after many in this shift"),
    "search.made": gettext_lazy("Searched a list"),
    "user.change_approved": gettext_lazy("Agreed to a change of an account"),
    "user.change_asked": gettext_lazy("Asked for a change of an account"),
    "user.change_refused": gettext_lazy("Refused a change of an account"),
    "user.factors_removed": gettext_lazy("Removed a second factor, as whoever runs the service"),
    "user.list_shown": gettext_lazy("Looked at the list of users"),
    "user.opened": gettext_lazy("Looked at a user’s account"),
    "user.password_link_made": gettext_lazy("Made a link to set a password"),
    "user.sessions_ended": gettext_lazy("Ended every sign-in of a user"),
}
DETAIL_WORDS = {
    "added": gettext_lazy("roles given"),
    "after": gettext_lazy("now"),
    "asked": gettext_lazy("asked by"),
    "before": gettext_lazy("before"),
    "count": gettext_lazy("how many"),
    "crime_number": gettext_lazy("crime number"),
    "factors": gettext_lazy("removes the second factor"),
    "fields": gettext_lazy("fields"),
    "holder": gettext_lazy("from"),
    "is_on": gettext_lazy("made"),
    "kind": gettext_lazy("kind"),
    "link": gettext_lazy("a link to set a password"),
    "opens": gettext_lazy("opens the account"),
    "removed": gettext_lazy("roles taken"),
    "route": gettext_lazy("page"),
    "shown": gettext_lazy("entries shown"),
    "sought": gettext_lazy("looked for"),
    "step": gettext_lazy("at"),
    "unusual": gettext_lazy("unusual access"),
    "with": gettext_lazy("with"),
}
#: Whose numbers stand in a detail: the log keeps no name there, since its lines leave the host (diversion/logs.py).
USERS = ("cover", "holder", "owner")


def waits(user: User) -> Iterator[Section]:
    """For the first page of whoever reads the log: guesses at accounts, probes and the like since their last look."""
    if not user.can(Permission.VIEW_ACCESS_LOG):
        return
    address = f"{reverse('access_log')}?nature={queries.UNUSUAL}"
    found = queries.unusual_since_last_look(by=user)
    lines = [Line(_kind(kind), address, words=str(many)) for kind, many in found]
    yield Section(_("Unusual access since you last looked at it"), lines)


class Entry:
    """One event, with what it concerns by reference where that is the reader's own record."""

    def __init__(
        self, event: Event, names: dict[str, str], organisations: dict[int, str], users: dict[int, str]
    ) -> None:
        self.at = event.at
        self.who = event.actor_name
        self.organisation = organisations.get(event.organisation_id or 0, "")
        self.what = _kind(event.kind)
        self.nature = str(NATURE_WORDS.get(event.nature, event.nature)).partition(":")[0]
        self.records = _records(event.subjects, names)
        self.recipients = ", ".join(event.recipients)
        self.source = event.source
        held = {key: users.get(value, value) if key in USERS else value for key, value in event.detail.items()}
        said = {key: _value(value) for key, value in held.items()}
        self.detail = "; ".join(f"{_key(key)}: {value}" for key, value in said.items() if value)

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
    """Those whose numbers stand in details by name, where they are of ``by``'s own organisation."""
    wanted = {event.detail[key] for event in events for key in USERS if isinstance(event.detail.get(key), int)}
    if not wanted:
        return {}
    known = User.objects.filter(organisation=by.organisation_id, pk__in=wanted)
    return dict(known.values_list("pk", "full_name"))


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


def _kind(kind: str) -> str:
    return str(KIND_WORDS.get(kind) or capfirst(kind.replace(".", ": ").replace("_", " ")))


def _key(key: str) -> str:
    return str(DETAIL_WORDS.get(key) or key.replace("_", " "))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{_key(key)} {_value(one)}" for key, one in value.items() if one not in ("", None))
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
