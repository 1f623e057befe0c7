"""Sign-ins, sign-outs and failures go to the access log (ASVS 5.0, 16.3.1)."""

from typing import Any

from django.contrib.auth import signals

from diversion.audit.recording import Nature, record


def connect() -> None:
    signals.user_logged_in.connect(_signed_in, dispatch_uid="audit.signed_in")
    signals.user_logged_out.connect(_signed_out, dispatch_uid="audit.signed_out")
    signals.user_login_failed.connect(_failed, dispatch_uid="audit.sign_in_failed")


def _signed_in(user: Any, **kwargs: Any) -> None:
    record("account.signed_in", Nature.SECURITY, by=user, subjects=[user])


def _signed_out(user: Any, **kwargs: Any) -> None:
    if user is not None:
        record("account.signed_out", Nature.SECURITY, by=user, subjects=[user])


def _failed(credentials: Any, **kwargs: Any) -> None:
    # The address typed is not kept: people type passwords into the wrong box.
    record("account.sign_in_failed", Nature.SECURITY, by=None)
