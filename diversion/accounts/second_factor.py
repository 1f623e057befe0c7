"""The rule in front of every page: whose second factor is missing sets it up, whose was not asked for signs in anew."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core import checks
from django.http import HttpResponse
from django.shortcuts import redirect

from diversion import audit
from diversion.requests import PROVED

if TYPE_CHECKING:
    from diversion.access import Rule


def not_required() -> bool:
    """Whether somebody may sign in to production by the password alone."""
    return bool(settings.PRODUCTION and settings.SECOND_FACTOR != "required")


def check_that_it_is_required(app_configs: object = None, **kwargs: object) -> list[checks.CheckMessage]:
    """System check diversion.I001: said at each start (`check --deploy`), and stops none."""
    words = "SECOND_FACTOR lets people sign in by the password alone, unless they have set up more."
    hint = "Unset SECOND_FACTOR, or set it to required."
    return [checks.Info(words, hint=hint, id="diversion.I001")] if not_required() else []


def note_proved(session: Any, kind: str) -> None:
    session[PROVED] = str(kind)


def sent_elsewhere(request: Any, rule: "Rule") -> HttpResponse | None:
    """Where ``request``'s user has to go first; None where they may go on, as far as this is concerned."""
    user = request.user
    if user.lacks_factor:
        return None if rule.before_factor else redirect("second_factor")
    if user.has_factor and PROVED not in request.session:
        return _signed_out(request)
    return None


def _signed_out(request: Any) -> HttpResponse:
    """A session that began by the password alone, although its user has more: none should be left, and it ends."""
    audit.record("account.session_without_factor", audit.Nature.SECURITY, by=request.user, subjects=[request.user])
    request.session.flush()
    request.user = AnonymousUser()
    return redirect_to_login(request.get_full_path())
