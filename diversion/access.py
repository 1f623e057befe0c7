"""Who may open which page. A view without a rule cannot be reached.

Each view carries one rule, set by a decorator: ``@requires(Permission.X)`` (any one of those named), ``@signed_in``
(``@signed_in_to_people`` where it shows people) or ``@public``. ``people=True`` says that the page reads or writes a
person's data: then it is shown only if an event was written in the access log with it (Data Protection Act 2018 s.62).
``kind`` names the one kind of organisation whose page it is: it does not exist (404) for those who work at another.
``@signed_in_to_set_up`` opens to whoever has yet to set up the second factor that is asked of everybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import PermissionDenied

from diversion.accounts.permissions import Permission

if TYPE_CHECKING:
    from diversion.accounts.models import User

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True)
class Rule:
    permissions: frozenset[Permission] = frozenset()
    public: bool = False
    people: bool = False
    kind: str = ""
    closed: bool = False
    before_factor: bool = False  # open to whoever has yet to set up a second factor (SECOND_FACTOR)


PUBLIC = Rule(public=True)
SIGNED_IN = Rule()
CLOSED = Rule(closed=True)
BEFORE_FACTOR = Rule(before_factor=True)

# Routes of django-allauth, by URL name. Sign-up is closed by the adapter; the rest concern one's own account. Somebody
# signs in by the address that an administrator gave: the pages on which users change their own do not exist.
THIRD_PARTY: dict[str, Rule] = {
    "account_login": PUBLIC,
    "account_logout": BEFORE_FACTOR,
    "account_signup": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_email": CLOSED,
    "account_email_verification_sent": CLOSED,
    "account_confirm_email": CLOSED,
    "account_confirm_login_code": PUBLIC,
    "account_request_login_code": PUBLIC,
}


def requires(*permissions: Permission, people: bool = False, kind: str = "") -> Callable[[View], View]:
    """Only for signed-in users who hold at least one of ``permissions`` (in an organisation of ``kind``, if given)."""
    if not permissions:
        raise ValueError("Name at least one permission, or use @signed_in.")
    return _with(Rule(frozenset(permissions), people=people, kind=kind))


def signed_in(view: View) -> View:
    """For every signed-in user; the page shows nothing about a person."""
    return _with(SIGNED_IN)(view)


def signed_in_to_set_up(view: View) -> View:
    """For every signed-in user, also before they have set up the second factor that is asked of everybody."""
    return _with(BEFORE_FACTOR)(view)


def signed_in_to_people(view: View) -> View:
    """For every signed-in user; the page may show people, of whom each sees their own work alone."""
    return _with(Rule(people=True))(view)


def public(view: View) -> View:
    """For everybody, without signing in."""
    return _with(PUBLIC)(view)


def check(user: "User", *permissions: Permission) -> None:
    """For actions: refuse a user who holds none of ``permissions``, whatever page or task they came by."""
    if not user.can(*permissions):
        raise PermissionDenied


def rule_for(view: Callable[..., object], url_name: str | None) -> Rule | None:
    """The rule of a resolved view, or None: such a view is refused."""
    return getattr(view, "rule", None) or THIRD_PARTY.get(url_name or "")


def _with(rule: Rule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.rule = rule  # type: ignore[attr-defined]
        return view

    return decorate
