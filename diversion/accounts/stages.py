"""Between the right password and the second factor: somebody who is not signed in yet, and has shown half."""

from typing import Any

from allauth.mfa.stages import AuthenticateStage
from django.utils.crypto import constant_time_compare

from diversion.accounts.models import User
from diversion.requests import FIRST_STEP


class SecondStep(AuthenticateStage):
    """django-allauth's, in a session with a new key, which stands under its user's name (`sessions.SessionStore`).

    Whoever planted a key in a shared browser would have somebody else's first step with it. And what signs its user out
    everywhere ends it too: whoever took the first step with a stolen password begins again.
    """

    def handle(self) -> tuple[Any, bool]:
        response, goes_on = super().handle()
        if response and self.login.user:
            self.request.session.cycle_key()
            self.request.session[FIRST_STEP] = [self.login.user.pk, self.login.user.get_session_auth_hash()]
        return response, goes_on


def first_step_counts(session: Any, user: User) -> bool:
    """Whether ``user`` took it in ``session`` with the password that is theirs still."""
    whose, held = session.get(FIRST_STEP) or (None, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return bool(whose == user.pk and any(constant_time_compare(held, one) for one in hashes))
