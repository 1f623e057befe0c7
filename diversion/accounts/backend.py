from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from diversion.accounts.models import User
from diversion.accounts.models.user import UserQuerySet
from diversion.accounts.sessions import taken_user
from diversion.written import written


@written(pk=int)
def _with_permissions(*, pk: int) -> UserQuerySet:
    """The question that every page asks first: who its user is, and what they may do today."""
    return User.objects.with_permissions().filter(pk=pk).order_by()


class Backend(AuthenticationBackend):
    """Signs in by e-mail address, as allauth does; each page then asks once who its user is and what they may do."""

    def get_user(self, user_id: Any) -> User | None:
        user = taken_user(user_id) or next(iter(_with_permissions(pk=user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.may_sign_in)
