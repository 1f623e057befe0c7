"""A page "Record a decision" that is not finished: what its officer has typed, kept for that officer alone."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models

from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.data_use import personal, staff, structural


class DecisionDraftQuerySet(models.QuerySet["DecisionDraft"]):
    def visible_to(self, user: User) -> "DecisionDraftQuerySet":
        """The only door: whoever typed it, while they may record decisions, and nobody else whatever their role."""
        if not (user.is_active and user.is_police and user.can(Permission.RECORD_DECISION)):
            return self.none()
        return self.filter(author=user)

    def over(self) -> "DecisionDraftQuerySet":
        """Those that nobody has gone on with for as long as drafts are kept."""
        return self.filter(kept_at__lte=clock.now() - timedelta(days=settings.DRAFT_DAYS))


class DecisionDraft(models.Model):
    """What stands on one page, from the first answer until it is recorded, let go, or DRAFT_DAYS old.

    ``typed`` holds each field of the page with its values, as a browser sends them. ``window`` is the browser window
    that wrote last and ``revision`` how often was written: a second window cannot replace what the first typed unseen.
    Nothing of it is found by a search or counted, and no history is kept: what is recorded has its own.
    """

    submission = models.UUIDField()
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    typed = models.JSONField()
    window = models.CharField(max_length=36, blank=True)
    revision = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField(default=clock.now)
    kept_at = models.DateTimeField(default=clock.now, db_index=True)

    objects = DecisionDraftQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "submission", "window", "revision")
        | personal("Lose nothing of a record that is being written", "typed")
        | staff("Give it back to the officer who writes it", "author", "begun_at", "kept_at")
    )

    class Meta:
        ordering = ["-kept_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["author", "submission"], name="one_draft_of_a_page")]

    def __str__(self) -> str:
        return f"{self.author}, {self.begun_at:%Y-%m-%d %H:%M}"

    @property
    def goes_at(self) -> datetime:
        """When it is let go unless somebody goes on with it."""
        return self.kept_at + timedelta(days=settings.DRAFT_DAYS)

    def is_elsewhere(self, window: str, seen: int) -> bool:
        """Whether another window wrote what this one, which has ``seen`` that revision, does not show."""
        return self.window != window and self.revision != seen
