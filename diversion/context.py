"""What every page needs: the navigation that this user may follow, and whose service it is."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.accounts.permissions import RELEASE_READERS, SECOND_PERSONS
from diversion.accounts.permissions import Permission as P


def navigation_for(user: Any) -> list[tuple[str, str]]:
    """(words, URL name) of the pages this user may open, in the order of their work."""
    entries = [
        (_("Record a decision"), "record_decision", (P.RECORD_DECISION,)),
        (_("Get help for somebody"), "get_help", (P.RECORD_DECISION,)),
        (_("Cases"), "case_list", (P.VIEW_OWN_CASES, P.VIEW_TEAM_CASES, P.VIEW_FORCE_CASES)),
        (_("Victims"), "victim_list", (P.VIEW_VICTIMS,)),
        (_("Meetings and letters"), "facilitation_list", (P.FACILITATE,)),
        (_("Clocks"), "clock_board", (P.AUTHORISE, P.MANAGE_SCHEMES)),
        (_("Authorisations"), "authorisation_list", (P.AUTHORISE,)),
        (_("My team"), "team", (P.VIEW_TEAM_CASES,)),
        (_("Referrals"), "inbox", (P.DECIDE_REFERRALS,)),
        (_("Caseload"), "caseload", (P.SUPPORT_PEOPLE,)),
        (_("Asking for help"), "help_list", (P.SUPPORT_PEOPLE,)),
        (_("Children"), "youth_inbox", (P.VIEW_YOUTH_DUTIES,)),
        (_("Schemes"), "scheme_list", (P.MANAGE_SCHEMES,)),
        (_("Policy"), "policy_list", (P.MANAGE_SCHEMES, P.SIGN_POLICY)),
        (_("Offences"), "offence_list", (P.MANAGE_SCHEMES,)),
        (_("Youth justice"), "youth_services", (P.MANAGE_SCHEMES,)),
        (_("Monitoring"), "dashboard", (P.VIEW_MONITORING,)),
        (_("Releases"), "release_list", RELEASE_READERS),
        (_("Panels"), "sittings", (P.SIT_ON_PANEL,)),
        (_("Access log"), "access_log", (P.VIEW_ACCESS_LOG,)),
        (_("Users"), "user_list", (P.MANAGE_USERS,)),
        (_("Account changes"), "account_requests", SECOND_PERSONS),
    ]
    found = [(words, name) for words, name, permissions in entries if user.can(*permissions)]
    return [(_("Home"), "home"), *found] if found and user.is_police else found


#: Where what waits is said, for whoever is not at police and has other pages too.
STARTS = ("inbox", "caseload", "youth_inbox", "sittings")


def start_of(entries: Sequence[tuple[str, str]]) -> str:
    """The URL name of the first page of somebody at a partner, of the entries of their navigation: what waits for them,
    also where they facilitate now and then.
    """
    names = [name for _words, name in entries]
    return next((name for name in STARTS if name in names), names[0])


def page(request: HttpRequest) -> dict[str, Any]:
    """Template context. Error pages are rendered without it, so that they never need the database."""
    user = getattr(request, "user", None)
    may_follow = user is not None and user.is_authenticated and not user.lacks_factor
    entries = navigation_for(user) if may_follow else []
    links = [(text, reverse(name)) for text, name in entries]
    return {
        "navigation": [{"text": text, "href": href, "current": _is_within(request.path, href)} for text, href in links],
        "service_name": "Diversion",
        "environment": settings.ENVIRONMENT,
    }


def _is_within(path: str, href: str) -> bool:
    """Whether the page is the one that the entry leads to, or stands below it: a case is under Cases."""
    return path == href or (href.endswith("/") and path.startswith(href) and href != reverse("home"))
