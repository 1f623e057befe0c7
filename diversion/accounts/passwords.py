"""A link with which somebody sets a password: good once, for some days, and shown to the administrator once."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest
from django.urls import reverse

from diversion.accounts.models import User

SESSION_KEY = "password_link"


def keep_link(request: HttpRequest, user: User) -> None:
    """Make a link for ``user``, to be shown by the next page of the administrator's session and then forgotten.

    It stops working once a password is set with it (the token hashes the password) or PASSWORD_RESET_TIMEOUT is over.
    """
    request.session[SESSION_KEY] = [user.pk, request.build_absolute_uri(link_path(user))]


def link_path(user: User) -> str:
    """The path of a link with which ``user`` sets a password."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)


def take_link(request: HttpRequest, user: User) -> str:
    """The link kept for ``user``, once; "" if there is none."""
    pk, link = request.session.get(SESSION_KEY, (None, ""))
    if pk != user.pk:
        return ""
    del request.session[SESSION_KEY]
    return link
