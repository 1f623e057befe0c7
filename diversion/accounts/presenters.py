"""Users in words and rows, for the administrator's pages."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.accounts.models import AccountRequest, Role, User
from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import long_date, short_date


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


def request_rows(asked: AccountRequest) -> list[dict[str, Any]]:
    """What is asked for an account, as the rows of a summary list."""
    names = dict(Role.objects.filter(slug__in=asked.roles).values_list("slug", "name"))
    said: dict[str, str] = {
        _("Account"): _("To be opened") if asked.opens else "",
        _("Rank"): str(User.Rank(asked.rank).label) if asked.rank else "",
        _("Roles"): ", ".join(names.get(slug, slug) for slug in asked.roles),
        _("Password"): _("A link to set a password") if asked.link else "",
        _("Asked by"): f"{asked.asked_by}, {short_date(asked.asked_at)}",
    }
    return [{"key": key, "value": value} for key, value in said.items() if value]


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
    if not user.has_usable_password():
        return tag(_("No password yet"), "yellow")
    return tag(_("Can sign in"), "green")


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
