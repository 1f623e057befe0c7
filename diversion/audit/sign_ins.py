"""Sign-ins, sign-outs, failures and new passwords go to the access log (ASVS 5.0, 16.3.1)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from allauth.account import signals as account_signals
from django.contrib import messages
from django.contrib.auth import get_user_model, signals
from django.utils.translation import gettext as _

from diversion import clock
from diversion.audit.recording import BEGAN, Nature, digest, record
from diversion.requests import PROVED
from diversion.unit_of_work import current

if TYPE_CHECKING:
    from diversion.accounts.models import User
    from diversion.audit.models import Event

FAILED, REFUSED = "account.sign_in_failed", "account.sign_in_refused"
CONFIRMED = "account.confirmed"
FAILURES_TOLD = 20
#: So often, and so shortly before the right password from the same browser, a failure is a mistake of one's own.
MISTYPED, MISTYPED_WITHIN = 3, timedelta(minutes=10)
#: In the detail of an event: at, or with, which second factor.
SECOND_STEP, WITH = "second factor", "with"


def connect() -> None:
    signals.user_logged_in.connect(_signed_in, dispatch_uid="audit.signed_in")
    signals.user_logged_out.connect(_signed_out, dispatch_uid="audit.signed_out")
    signals.user_login_failed.connect(_failed, dispatch_uid="audit.sign_in_failed")
    account_signals.password_changed.connect(_password_changed, dispatch_uid="audit.password_changed")
    account_signals.password_set.connect(_password_changed, dispatch_uid="audit.password_set")
    account_signals.password_reset.connect(_password_reset, dispatch_uid="audit.password_reset")


def record_failed(address: str, *, refused: bool = False, second: bool = False) -> None:
    """A failed sign-in, in the log of the account's organisation; ``refused``: too many had failed before.

    ``second``: the password was right, and the second factor was not.

    The address typed is not kept where it has no account: people type passwords into the wrong box.
    """
    user = get_user_model().objects.filter(email=address.lower()).first()
    record(
        REFUSED if refused else FAILED,
        Nature.SECURITY,
        by=None,
        subjects=[user] if user else (),
        organisation_id=user.organisation_id if user else None,
        detail={"step": SECOND_STEP} if second else {},
    )


def failures_since(user: "User", last: "Event | None", *, here: str) -> "list[Event]":
    """The newest failed sign-ins of ``user``'s account after the event ``last``, but for their own mistakes.

    ``here`` is the sitting, as the log names it, in which they have just shown the right password. Whoever is told of
    each slip of their own fingers as of somebody else's does not look when it is somebody else's.
    """
    from diversion.audit.models import Event

    found = Event.objects.filter(pk__gt=last.pk if last else 0)
    failed = found.filter(kind__in=[FAILED, REFUSED], subjects__contains=[f"accounts.user:{user.pk}"]).order_by("-pk")
    newest = list(failed[: FAILURES_TOLD + MISTYPED])
    if not newest:
        return []
    shown = found.filter(kind=CONFIRMED, actor_id=user.pk).values_list("session", "source", "at")
    right = [(here, current().source, clock.now()), *shown]
    own = {pk for sitting, source, at in right for pk in _mistyped(newest, sitting, source, at)}
    return [event for event in newest if event.pk not in own][:FAILURES_TOLD]


def _mistyped(failed: "list[Event]", sitting: str, source: str, right_at: datetime) -> list[int]:
    """Which of ``failed`` were mistakes of whoever showed the right password in ``sitting`` then; none where many."""
    tried = [event for event in failed if event.kind == FAILED and sitting]
    same = [event for event in tried if (event.session, event.source) == (sitting, source)]
    own = [event.pk for event in same if timedelta() <= right_at - event.at <= MISTYPED_WITHIN]
    return own if len(own) <= MISTYPED else []


def _signed_in(request: Any, user: Any, **kwargs: Any) -> None:
    from diversion.audit.models import Event

    here = current().session
    before = Event.objects.filter(kind="account.signed_in", actor_id=user.pk).order_by("-pk").first()
    request.session[BEGAN] = int(clock.now().timestamp())
    current().session = digest(request.session.kept_key)
    detail = {WITH: request.session[PROVED]} if PROVED in request.session else {}
    record("account.signed_in", Nature.SECURITY, by=user, subjects=[user], detail=detail)
    if failed := failures_since(user, before, here=here):
        messages.warning(request, _told(failed), fail_silently=True)


def _told(failed: "list[Event]") -> str:
    """To the owner of the account: that somebody failed to sign in to it, how often, and from where."""
    number = _("At least %d times") % FAILURES_TOLD if len(failed) == FAILURES_TOLD else _("%d times") % len(failed)
    sources = ", ".join(sorted({event.source for event in failed if event.source})[:5])
    words = _("%(number)s since you last signed in, somebody failed to sign in to your account") % {
        "number": _("Once") if len(failed) == 1 else number
    }
    words += _(", from %(sources)s.") % {"sources": sources} if sources else "."
    if any(event.detail.get("step") == SECOND_STEP for event in failed):
        words += " " + _("Whoever it was had your password, and not your second factor.")
    return words + " " + _("If it was not you, change your password and tell your information manager.")


def _signed_out(request: Any, user: Any, **kwargs: Any) -> None:
    request.signed_out = True  # diversion.middleware.HeadersMiddleware has the browser forget
    if user is not None:
        record("account.signed_out", Nature.SECURITY, by=user, subjects=[user])


def _password_changed(user: Any, **kwargs: Any) -> None:
    record("account.password_changed", Nature.SECURITY, by=user, subjects=[user])


def _password_reset(user: Any, **kwargs: Any) -> None:
    # By a link that was sent or handed over: whoever holds it is taken for the user.
    record("account.password_reset", Nature.SECURITY, by=user, subjects=[user])


def _failed(credentials: Any, **kwargs: Any) -> None:
    record_failed(str(credentials.get("email") or credentials.get("username") or ""))
