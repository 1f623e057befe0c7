"""Telling somebody, on the first page after signing in, what two others have changed about their account."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from diversion import clock


def tell_of_changes(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``: each approved change is told once."""
    from diversion.accounts.models import AccountRequest

    fresh = user.account_requests.filter(state=AccountRequest.State.APPROVED, told_at=None)
    for asked in fresh.select_related("asked_by", "decided_by"):
        messages.warning(request, _words(asked), fail_silently=True)
        asked.told_at = clock.now()
        asked.save(update_fields=["told_at"])


def _words(asked: Any) -> str:
    from diversion.accounts.presenters import request_rows

    changes = "; ".join(f"{row['key']}: {row['value']}" for row in request_rows(asked)[:-1])
    words = _("Your account was changed. %(changes)s. Asked for by %(asker)s, approved by %(second)s.")
    told = words % {"changes": changes, "asker": asked.asked_by, "second": asked.decided_by}
    return told + " " + _("If you did not expect this, tell your information manager.")
