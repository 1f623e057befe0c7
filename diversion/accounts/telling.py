"""Telling somebody what happened to their account: on the first page after signing in, and by e-mail."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion import clock
from diversion.design_system.wording import date_and_time
from diversion.notifications.kinds import Due, Kind, Letter
from diversion.unit_of_work import current

if TYPE_CHECKING:
    from diversion.accounts.models import User
    from diversion.notifications.models import Message

#: By the first word of what a message is about: what happened to a second factor.
FACTOR_WORDS = {
    "app-added": gettext_lazy("An authenticator app was set up for your account."),
    "app-removed": gettext_lazy("The authenticator app of your account was removed."),
    "passkey-added": gettext_lazy("A passkey was added to your account."),
    "passkey-removed": gettext_lazy("A passkey of your account was removed."),
    "codes-made": gettext_lazy("New recovery codes were made for your account. Those before them count no more."),
    "code-used": gettext_lazy("Somebody signed in to your account with a recovery code."),
    "all-removed": gettext_lazy("Your second factor was removed by two others, because it was said to be lost."),
}
FACTOR_TOLD_FOR = timedelta(days=7)
NOT_YOU = gettext_lazy("If it was not you, change your password and tell your information manager.")


def tell_of_changes(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``: each approved change is told once, and that factors changed since the last time.

    The second is told by the permits, which nobody can remove: also where whoever changed them wrote nothing else.
    """
    from diversion.accounts.models import AccountRequest

    fresh = user.account_requests.filter(state=AccountRequest.State.APPROVED, told_at=None)
    for asked in fresh.select_related("asked_by", "decided_by"):
        messages.warning(request, _words(asked), fail_silently=True)
        asked.told_at = clock.now()
        asked.save(update_fields=["told_at"])
    if at := _factors_changed(user):
        words = _("What you show beside your password was changed since you signed in before, on %(at)s.")
        told = words % {"at": date_and_time(at)} + " " + str(NOT_YOU)
        messages.warning(request, told, fail_silently=True)


def _factors_changed(user: "User") -> datetime | None:
    """When the factors of ``user`` were last added to or removed since the sign-in before this one."""
    from diversion.accounts.models import Permit
    from diversion.audit.models import Event

    before = Event.objects.filter(kind="account.signed_in", actor_id=user.pk).exclude(unit_id=current().id)
    last = before.order_by("-at", "-pk").first()
    permits = Permit.objects.filter(account_id=user.pk, what__in=[Permit.What.FACTOR, Permit.What.FACTOR_TAKEN])
    return permits.filter(at__gt=last.at).aggregate(at=Max("at"))["at"] if last else None


def _words(asked: Any) -> str:
    from diversion.accounts.presenters import request_rows

    changes = "; ".join(f"{row['key']}: {row['value']}" for row in request_rows(asked)[:-1])
    words = _("Your account was changed. %(changes)s. Asked for by %(asker)s, approved by %(second)s.")
    told = words % {"changes": changes, "asker": asked.asked_by, "second": asked.decided_by}
    return told + " " + _("If you did not expect this, tell your information manager.")


def tell_of_factor(what: str, user: "User") -> None:
    """Have an e-mail sent to ``user``, who may not be the one who did it: ``what`` is one of FACTOR_WORDS."""
    from diversion.notifications.actions.queueing import queue_now

    until = clock.now() + FACTOR_TOLD_FOR
    queue_now(kind=FACTOR.name, due=Due(f"{what} {uuid4().hex}", user.organisation_id, user.pk, until=until))


def write_of_factor(message: "Message") -> Letter | None:
    """None to whoever may not sign in any more."""
    to, words = message.to, FACTOR_WORDS.get(message.about.partition(" ")[0])
    if to is None or not to.may_sign_in or words is None:
        return None
    text = str(words) + "\n\n" + str(NOT_YOU) + "\n"
    return Letter(to.email, _("A change of how you sign in"), text)


def _nothing_due() -> Iterable[Due]:
    """They are put into the outbox as it happens."""
    return ()


FACTOR = Kind("second_factor", gettext_lazy("Change of a second factor"), _nothing_due, write_of_factor)
