from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from diversion.accounts.models import User


class Backend(AuthenticationBackend):
    """Signs in by e-mail address, as allauth does; each page then asks once who its user is and what they may do."""

    def get_user(self, user_id: Any) -> User | None:
        try:
            user = User.objects.with_permissions().get(pk=user_id)
        except User.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.may_sign_in)
