from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.accounts import sign_in
from diversion.accounts.models import Permit, User
from diversion.accounts.reset import ask_for_link
from diversion.audit import sign_ins
from diversion.requests import source_of


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator: nobody signs themselves up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        """Keep a new password: of the user who is signed in and gave the old one, or of whoever came by a link."""
        is_own = context.request.user.is_authenticated and context.request.user.pk == user.pk
        grounds = Permit.Grounds.OWN_PASSWORD if is_own else Permit.Grounds.LINK
        user.keep_password(password, grounds, user)
        sign_in.forgive(context.request, user)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Put it into the outbox: the link in ``context`` is thrown away, and another made as the message goes."""
        ask_for_link(user)

    def get_client_ip(self, request: HttpRequest) -> str:
        return source_of(request) or "unknown"

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The password again, and no page of django-allauth for a second factor: there are none here."""
        if not user.is_authenticated or not user.has_usable_password():
            return []
        url = reverse("account_reauthenticate")
        return [{"id": "reauthenticate", "description": _("Use your password"), "url": url}]

    def get_login_stages(self) -> list[str]:
        """As django-allauth's, with ours for the second step (`stages`)."""
        own = {"allauth.mfa.stages.AuthenticateStage": "diversion.accounts.stages.SecondStep"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts of our own, in place of django-allauth's, which shut an account for whoever knows its address."""
        address = str(credentials.get("email") or "")
        try:
            self._counted = sign_in.consume(request, address)
        except sign_in.TooMany:
            sign_ins.record_failed(address, refused=True)
            raise self.validation_error("too_many_login_attempts") from None

    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        """Refuse whoever may not sign in; django-allauth asks only whether an account is active."""
        if user.may_sign_in:
            return None
        clear_login(request)
        return cast(HttpResponse, self.respond_user_inactive(request, user))

    def _rollback_login_failed_rl_usage(self) -> None:
        sign_in.give_back(self._counted)

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        sign_in.remember(request, response, user)
        return response
