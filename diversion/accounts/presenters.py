"""Users in words and rows, for the administrator's pages."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.accounts.factors import APP, PASSKEY, factors_of
from diversion.accounts.models import AccountRequest, Factor, Role, Session, User, Vetting
from diversion.accounts.permissions import SECOND_PERSONS
from diversion.accounts.queries import waiting_requests
from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import date_and_time, long_date, short_date
from diversion.home import Line, Section, first

SHOWN_FOR = timedelta(days=92)
FACTOR_NAMES = {APP: gettext_lazy("Authenticator app"), PASSKEY: gettext_lazy("Passkey")}


def user_table(users: Iterable[User]) -> Table:
    """A row for each user: who it is, what they may do, and whether they can sign in."""
    headings = [_("Name"), _("Roles"), _("Team"), _("Last signed in"), _("Account")]
    rows = [
        [
            _name(user),
            ", ".join(str(role) for role in user.roles.all()) or _("None"),
            _post(user),
            short_date(user.last_login) or _("Never"),
            account_state(user),
        ]
        for user in users
    ]
    columns = [Column(heading) for heading in headings]
    return Table(caption=_("Users"), caption_hidden=True, columns=columns, rows=rows, stacked=True)


def waits(user: User) -> Iterator[Section]:
    """For the first page: changes of accounts to which ``user`` may be the second person."""
    if not user.can(*SECOND_PERSONS):
        return
    found = first([one for one in waiting_requests(by=user) if user.pk not in (one.asked_by_id, one.user_id)])
    lines = [
        Line(one.user.full_name, reverse("account_requests"), quiet=f"{one.asked_by}, {short_date(one.asked_at)}")
        for one in found
    ]
    yield Section(_("Changes of accounts that wait for a second person"), lines, total=found.total)


def request_rows(asked: AccountRequest) -> list[dict[str, Any]]:
    """What is asked for an account, as the rows of a summary list."""
    names = dict(Role.objects.filter(slug__in=asked.roles).values_list("slug", "name"))
    said: dict[str, str] = {
        _("Account"): _("To be opened") if asked.opens else "",
        _("Acting rank") if asked.acting_from else _("Rank"): _rank_asked(asked),
        _("Roles"): ", ".join(names.get(slug, slug) for slug in asked.roles),
        _("Password"): _("A link to set a password") if asked.link else "",
        _("Second factor"): _("To be removed, and set up anew") if asked.factors else "",
        _("Asked by"): f"{asked.asked_by}, {short_date(asked.asked_at)}",
    }
    return [{"key": key, "value": value} for key, value in said.items() if value]


def _rank_asked(asked: AccountRequest) -> str:
    """ "Sergeant", or of an acting one "Sergeant, 10 June 2026 to 20 June 2026"."""
    rank = str(User.Rank(asked.rank).label) if asked.rank else ""
    if not asked.acting_from:
        return rank
    days = {"first": long_date(asked.acting_from), "last": long_date(asked.acting_until)}
    return f"{rank}, " + _("%(first)s to %(last)s") % days


def acting_rows(user: User, today: date) -> list[dict[str, Any]]:
    """The acting ranks of ``user`` that count today or later, or did in the last three months, the latest first."""
    rows = user.account_requests.filter(state=AccountRequest.State.APPROVED, acting_until__gte=today - SHOWN_FOR)
    return [
        {"request": one, "value": _rank_asked(one), "key": _standing(one, today), "may_end": _may_end(one, today)}
        for one in rows.order_by("-acting_from", "-pk")
    ]


def _standing(asked: AccountRequest, today: date) -> str:
    if asked.acting_ended_at:
        return _("Ended %(day)s") % {"day": long_date(asked.acting_ended_at)}
    if asked.has_acted_by(today):
        return _("Over")
    return _("Counts today") if asked.acts_on(today) else _("Still to come")


def _may_end(asked: AccountRequest, today: date) -> bool:
    return asked.acting_ended_at is None and not asked.has_acted_by(today)


def _name(user: User) -> SafeString:
    """The name over the address, which may be too long for a narrow screen."""
    address = format_html('<span class="app-break">{}</span>', user.email)
    return under(link(user.full_name, reverse("user_page", args=[user.pk])), address)


def _post(user: User) -> str | None:
    """Rank and team, as far as the user has them."""
    known = [user.get_rank_display() if user.rank else "", str(user.team or "")]
    return ", ".join(filter(None, known)) or None


def account_state(user: User) -> SafeString:
    """Whether this user can sign in today."""
    if not user.is_active:
        return tag(_("Disabled"), "red")
    if user.vetting_has_ended:
        return tag(_("Vetting has ended"), "red")
    if not user.has_usable_password():
        return tag(_("No password yet"), "yellow")
    return tag(_("Can sign in"), "green")


def vetting_words(user: User) -> str:
    """How somebody is vetted and until when, and what has followed."""
    if user.vetted_until is None:
        return _("None recorded: the account does not end by it.")
    words = {"level": Vetting(user.vetting).label, "day": long_date(user.vetted_until)}
    if user.vetting_has_ended:
        return _("%(level)s, ended on %(day)s: nobody signs in to this account.") % words
    return _("%(level)s, until %(day)s. From the day after, nobody signs in to this account.") % words


def session_words(session: Session) -> str:
    """ "Firefox, Windows, from 10.0.0.7. Signed in 10 June 2026 at 9:02am, last used 10 June 2026 at 11:40am." """
    source = _("from %(source)s") % {"source": session.source} if session.source else ""
    where = ", ".join(filter(None, [session.browser, source])) or _("A browser that is not known")
    words = {
        "where": where,
        "began": date_and_time(session.began_at) if session.began_at else _("at a time not noted"),
        "used": date_and_time(session.used_at) if session.used_at else _("at a time not noted"),
    }
    return _("%(where)s. Signed in %(began)s, last used %(used)s.") % words


def account_rows(user: User) -> list[dict[str, Any]]:
    """What ``user``'s account says of them, for themselves."""
    said = {
        _("Name"): user.full_name,
        _("E-mail address"): user.email,
        _("Organisation"): user.organisation.name,
        _("Rank and team"): _post(user) or "",
        _("Roles"): ", ".join(str(role) for role in user.roles.all()) or _("None"),
        _("Vetting"): vetting_words(user) if user.vetted_until else "",
    }
    return [{"key": key, "value": value} for key, value in said.items() if value]


def factor_rows(found: Iterable[Factor], *, may_remove: bool) -> list[dict[str, Any]]:
    """An app and passkeys of somebody's own, for themselves: what each is, since when, and how it is removed."""
    return [
        {
            "what": FACTOR_NAMES[one.type] if not one.name else f"{FACTOR_NAMES[one.type]}: {one.name}",
            "since": date_and_time(one.created_at),
            "used": date_and_time(one.last_used_at) if one.last_used_at else "",
            "remove": reverse("factor_remove", args=[one.pk]) if may_remove else "",
        }
        for one in found
        if one.type in FACTOR_NAMES
    ]


def factor_words(user: User) -> str:
    """ "Authenticator app, Passkey" or that there is none."""
    held = {one.type for one in factors_of(user)}
    return ", ".join(str(words) for kind, words in FACTOR_NAMES.items() if kind in held) or _("None set up")


def training_rows(user: User, today: date) -> list[dict[str, Any]]:
    """When somebody was trained, and whether it counts today; the newest first."""
    words = _("Trained on %(first)s, until %(last)s")
    return [
        {
            "training": one,
            "key": _("Counts today") if one.trained_on <= today <= one.counts_until else _("Does not count today"),
            "value": words % {"first": long_date(one.trained_on), "last": long_date(one.counts_until)},
        }
        for one in user.trainings.all()
    ]
