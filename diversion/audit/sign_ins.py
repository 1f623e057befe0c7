"""Sign-ins, sign-outs, failures and new passwords go to the access log (ASVS 5.0, 16.3.1)."""

from typing import Any

from allauth.account import signals as account_signals
from django.contrib.auth import signals

from diversion.audit.recording import Nature, record


def connect() -> None:
    signals.user_logged_in.connect(_signed_in, dispatch_uid="audit.signed_in")
    signals.user_logged_out.connect(_signed_out, dispatch_uid="audit.signed_out")
    signals.user_login_failed.connect(_failed, dispatch_uid="audit.sign_in_failed")
    account_signals.password_changed.connect(_password_changed, dispatch_uid="audit.password_changed")
    account_signals.password_set.connect(_password_changed, dispatch_uid="audit.password_set")
    account_signals.password_reset.connect(_password_reset, dispatch_uid="audit.password_reset")


def _signed_in(user: Any, **kwargs: Any) -> None:
    record("account.signed_in", Nature.SECURITY, by=user, subjects=[user])


def _signed_out(user: Any, **kwargs: Any) -> None:
    if user is not None:
        record("account.signed_out", Nature.SECURITY, by=user, subjects=[user])


def _password_changed(user: Any, **kwargs: Any) -> None:
    record("account.password_changed", Nature.SECURITY, by=user, subjects=[user])


def _password_reset(user: Any, **kwargs: Any) -> None:
    # By a link that was sent or handed over: whoever holds it is taken for the user.
    record("account.password_reset", Nature.SECURITY, by=user, subjects=[user])


def _failed(credentials: Any, **kwargs: Any) -> None:
    # The address typed is not kept: people type passwords into the wrong box.
    record("account.sign_in_failed", Nature.SECURITY, by=None)
