"""Somebody with no offence alleged who wants help: a record of the service that helps, and of nobody else.

It is held under UK GDPR by the service, in a confidentiality domain of its own. Nothing links it to a person, a case or
a crime, no police page reads it, and whoever sent it keeps "sent" in the access log and no more.
"""

from datetime import date, datetime, timedelta
from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.law.dates import add_months
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, sensitive, staff, structural
from diversion.references import new_reference
from referrals.codes import (
    HelpCare,
    HelpClosed,
    HelpContactKind,
    HelpHours,
    HelpReach,
    HelpWanted,
    StaffSafety,
)
from referrals.models.scheme import SchemeVersion

#: A list of codes, each once.
CODE = 12


def help_reference() -> str:
    return new_reference("HP")


def _codes(choices: type[models.TextChoices]) -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=CODE, choices=choices), default=list, blank=True)


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def visible_to(self, user: User) -> "HelpRequestQuerySet":
        """The only door: whoever helps people at the service it was sent to. Never police, whoever sent it."""
        if user.is_active and user.is_provider and user.can(Permission.SUPPORT_PEOPLE):
            return self.filter(provider=user.organisation)
        return self.none()

    def open(self) -> "HelpRequestQuerySet":
        return self.filter(state__in=HelpRequest.OPEN)

    def nobodys(self) -> "HelpRequestQuerySet":
        """Those whom nobody helps: nobody took them up, or who did has left the service."""
        helpers = User.objects.who_may(Permission.SUPPORT_PEOPLE, at_once=True)
        here = helpers.filter(pk=models.OuterRef("worker"), organisation=models.OuterRef("provider"))
        return self.filter(~models.Exists(here))

    def over(self) -> "list[HelpRequest]":
        """Those with whom there was no contact for as long as they are kept. What was merged goes with its record."""
        long_ago = clock.now() - timedelta(days=28 * settings.HELP_KEPT_MONTHS)  # no month is shorter
        rows = self.filter(merged_into=None, last_contact_at__lt=long_ago)
        return [one for one in rows if one.goes_on <= clock.today()]


# Of its history only what says nothing about the person is kept: history outlives the record.
@pghistory.track(
    fields=["id", "reference", "provider", "scheme_version", "state", "worker", "version"],
    obj_field=pghistory.ObjForeignKey(related_name="events", db_index=True),
    model_name="HelpRequestEvent",
)
class HelpRequest(models.Model):
    """That somebody wants help: what to call them, how to reach them safely, and what with.

    It is kept for HELP_KEPT_MONTHS after the last contact, whatever its state. "Not seen" is no state: it stands as it
    did. Two records of one person are merged by the service alone, and each stays as it was sent.
    """

    class State(models.TextChoices):
        SENT = "sent", _("Nobody helps yet")
        TAKEN_UP = "taken_up", _("Taken up")
        CLOSED = "closed", _("Closed")
        MERGED = "merged", _("Merged with another")

    OPEN = (State.SENT, State.TAKEN_UP)

    reference = models.CharField(max_length=12, unique=True, default=help_reference)
    submission = models.UUIDField(unique=True)
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="help_requests")
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="help_requests")
    state = models.CharField(max_length=12, choices=State, default=State.SENT)
    name = models.CharField(max_length=80, blank=True)
    reach = models.CharField(max_length=120, blank=True)
    reach_by = _codes(HelpReach)
    hours = models.CharField(max_length=CODE, choices=HelpHours, default=HelpHours.ANY)
    care = _codes(HelpCare)
    wants = _codes(HelpWanted)
    safety = _codes(StaffSafety)
    agreed = models.BooleanField()
    sent_at = models.DateTimeField(default=clock.now)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    worker = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    last_contact_at = models.DateTimeField(default=clock.now, db_index=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=CODE, choices=HelpClosed, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="merged")
    version = models.PositiveIntegerField(default=1)

    objects = HelpRequestQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "submission", "provider", "scheme_version", "state", "merged_into", "version")
        | personal("Reach somebody who asked for help, safely", "name", "reach", "reach_by", "hours", "care")
        | sensitive("Give somebody the help they want (UK GDPR)", "wants")
        | personal("Show that they agreed to be passed on", "agreed")
        | personal("Keep whoever helps safe", "safety")
        | operational("Follow it from sent to closed, and end it in time", "sent_at", "told_at", "closed_at")
        | personal("Say when there was contact, and why it ended", "last_contact_at", "closed_reason")
        | staff("Say who sent it and who helps", "sent_by", "worker")
    )

    class Meta:
        ordering = ["-sent_at", "-pk"]
        verbose_name = _("request for help")
        indexes = [models.Index(fields=["provider", "state"], name="help_provider_state")]
        constraints = [
            models.CheckConstraint(condition=Q(agreed=True), name="help_was_agreed_to"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(closed_reason="")
                | ~Q(state="closed") & Q(closed_at__isnull=True, closed_reason=""),
                name="help_closed_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="merged") ^ Q(merged_into__isnull=True), name="help_merged_into_another"
            ),
            models.CheckConstraint(
                condition=~Q(state="taken_up") | Q(worker__isnull=False), name="help_taken_up_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("No name given"))

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def stopped_at(self) -> datetime | None:
        """When the person asked to stop, where that stands."""
        return self.closed_at if self.closed_reason == HelpClosed.STOPPED else None

    @property
    def goes_on(self) -> date:
        """The day on which it is removed, unless there is contact before."""
        return add_months(clock.local_date(self.last_contact_at), settings.HELP_KEPT_MONTHS)


class HelpContact(models.Model):
    """That somebody was met or spoken to, had word left, or was not seen. Read by the service alone, and goes with it.

    No history is kept of it: nothing changes it, and it has to be gone when the record is.
    """

    request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="contacts")
    submission = models.UUIDField(unique=True)
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=CODE, choices=HelpContactKind)
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    data_use: ClassVar = (
        structural("id", "request", "submission")
        | personal("Know when somebody was last reached, and what they said", "at", "kind", "note")
        | staff("Say who recorded it", "recorded_by")
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()}"
