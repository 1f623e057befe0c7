from typing import ClassVar

from django.db import models
from django.db.models import Q

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.data_use import operational, staff, structural


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    TEXT = "text", "Text message"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> "MessageQuerySet":
        """Those of the user's own organisation."""
        return self.filter(organisation=user.organisation_id)

    def ready(self, kind: str) -> "MessageQuerySet":
        """Those of a kind whose time has come, in the order in which they were found to be due."""
        return self.filter(kind=kind, state=Message.State.WAITING, due_at__lte=clock.now()).order_by("pk")


class Message(models.Model):
    """One message to one addressee about one thing, from when it was due to what came of it.

    ``kind`` and ``about`` say what of, in the words of the kind that wrote it (`kinds`); with ``to`` they are there
    once, so that nobody is told of one thing twice. ``to`` is a user; none where it goes to the person whom an
    organisation helps, and the kind knows whom. Neither words nor address are kept.

    ``SENDING`` is written, and committed, before a message is handed over: a worker that dies in between leaves it so,
    and it is not sent again (`actions.sending.give_up_broken`). It errs towards one message too few: whoever waits for
    it finds the same on a page of the service, and a person who is told twice, or late, may be put at risk.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not sent"
        CANCELLED = "cancelled", "Not wanted any more"

    kind = models.CharField(max_length=30)
    about = models.CharField(max_length=80)
    channel = models.CharField(max_length=10, choices=Channel)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    queued_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)  # held until then: its hour, or the next try
    good_until = models.DateTimeField(null=True, blank=True)  # after it nobody needs it any more
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True)

    objects = MessageQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "kind", "about", "organisation", "state")
        | operational("Send it once, at its time, and say what came of it", "channel", "queued_at", "due_at")
        | operational("Try again, and say why it was not sent", "good_until", "attempts", "tried_at", "reason")
        | staff("Say who was told", "to")
    )

    class Meta:
        ordering = ["-queued_at", "-pk"]
        indexes = [
            models.Index(fields=["kind", "due_at"], condition=Q(state="waiting"), name="message_waits"),
            models.Index(fields=["organisation", "-queued_at"], name="message_of_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "about", "to"], name="message_once"),
            models.UniqueConstraint(
                fields=["kind", "about"], condition=Q(to__isnull=True), name="message_to_person_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class Choice(models.Model):
    """That a user wants to be told of a topic, or does not; no row where they have not chosen (`kinds.Topic`)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="message_choices")
    topic = models.CharField(max_length=30)
    wanted = models.BooleanField()

    data_use: ClassVar = structural("id") | staff("Tell somebody what they want to be told", "user", "topic", "wanted")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="message_choice_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.topic}"
