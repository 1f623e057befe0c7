from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from diversion.accounts.models import User


class Backend(AuthenticationBackend):
    """Signs in by e-mail address, as allauth does; each page then asks once who its user is and what they may do."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.with_permissions().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
