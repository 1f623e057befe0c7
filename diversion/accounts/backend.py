from datetime import date
from functools import lru_cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.models.user import UserQuerySet


@lru_cache(maxsize=1)
def _with_permissions(today: date) -> UserQuerySet:
    """The question that every page asks first; put together once a day, since who acts in a rank goes by the day."""
    return User.objects.with_permissions()


class Backend(AuthenticationBackend):
    """Signs in by e-mail address, as allauth does; each page then asks once who its user is and what they may do."""

    def get_user(self, user_id: Any) -> User | None:
        try:
            user = _with_permissions(clock.today()).get(pk=user_id)
        except User.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.may_sign_in)
