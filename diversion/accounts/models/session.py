from typing import Any, ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from diversion.accounts.models.user import User
from diversion.data_use import operational, staff


class Session(AbstractBaseSession):
    """A sign-in that goes on, as Django keeps it, and whose it is: so that its user sees it and can end it."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    began_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=40, blank=True)

    data_use: ClassVar = operational("Keep somebody signed in", "session_key", "session_data", "expire_date") | staff(
        "Show a user where they are signed in", "user", "began_at", "used_at", "source", "browser"
    )

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        verbose_name = "session"

    def get_decoded(self) -> dict[str, Any]:
        from diversion.accounts.sessions import SessionStore

        return SessionStore.held_by(self)

    @classmethod
    def get_session_store_class(cls) -> type:
        from diversion.accounts.sessions import SessionStore

        return SessionStore
