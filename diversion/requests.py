from django.http import HttpRequest

from diversion.accounts.models import User


class SignedInRequest(HttpRequest):
    """The request of a view that is not public: somebody has signed in (diversion/middleware.py sees to it)."""

    user: User
