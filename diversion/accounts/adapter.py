from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest

from diversion.accounts.models import Permit, User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator: nobody signs themselves up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        """Keep a new password: of the user who is signed in and gave the old one, or of whoever came by a link."""
        is_own = context.request.user.is_authenticated and context.request.user.pk == user.pk
        grounds = Permit.Grounds.OWN_PASSWORD if is_own else Permit.Grounds.LINK
        user.keep_password(password, grounds, user)
