"""Who of a service is on duty now: whom an officer can ring, and who hears when somebody asks for help."""

from typing import ClassVar

from django.db import models

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, staff, structural


class DutyQuerySet(models.QuerySet["Duty"]):
    def visible_to(self, user: User) -> "DutyQuerySet":
        """Those of one's own service, for whoever helps people there."""
        if user.is_active and user.is_provider and user.can(Permission.SUPPORT_PEOPLE):
            return self.filter(worker__organisation=user.organisation)
        return self.none()

    def now_of(self, provider: Organisation) -> "DutyQuerySet":
        """Who is on duty at ``provider`` now and still works there, who goes last first."""
        helpers = User.objects.who_may(Permission.SUPPORT_PEOPLE, at_once=True).filter(organisation=provider)
        return self.filter(until__gt=clock.now(), worker__in=helpers).select_related("worker").order_by("-until", "pk")


class Duty(models.Model):
    """Until when a worker is on duty, and the telephone that officers are told. One row a worker, written anew."""

    worker = models.OneToOneField(User, on_delete=models.CASCADE, related_name="duty")
    telephone = models.CharField(max_length=40, blank=True)
    until = models.DateTimeField(db_index=True)

    objects = DutyQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id")
        | staff("Say who is on duty, and how officers reach them", "worker", "telephone")
        | operational("Say until when", "until")
    )

    class Meta:
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return f"{self.worker} until {self.until:%Y-%m-%d %H:%M}"
