"""The community remedy document of a force, as data."""

from datetime import date
from typing import ClassVar, NamedTuple

import pghistory
from django.db import models

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.data_use import operational, staff, structural


class RemedyAction(NamedTuple):
    """One action of the document: its short name, the words a victim is asked with, and the kind of condition it is.

    ``kind`` is a code of ``cases.law.codes.ConditionType``: a scheme's condition of that kind does it.
    """

    code: str
    words: str
    kind: str


class RemedyDocumentQuerySet(models.QuerySet["RemedyDocument"]):
    def of(self, force: Organisation) -> "RemedyDocumentQuerySet":
        """Those of a force, the one that applies last first; of two from one day, the one published later."""
        return self.filter(force=force).order_by("-valid_from", "-pk")

    def before(self, document: "RemedyDocument") -> "RemedyDocumentQuerySet":
        """Those of one force whose place ``document`` took, itself or through others."""
        same_day = models.Q(valid_from=document.valid_from, pk__lt=document.pk)
        return self.filter(models.Q(valid_from__lt=document.valid_from) | same_day)

    def in_force(self, force: Organisation, day: date) -> "RemedyDocument | None":
        """What victims are asked with on ``day``; None where the force has published nothing by then."""
        return self.of(force).filter(valid_from__lte=day).first()


@pghistory.track()
class RemedyDocument(models.Model):
    """What the local policing body has published for victims to choose from, from a day on (2014 Act ss.101-103).

    A version is never edited: what a victim chose stands by the words of the document it was chosen from. The next one
    takes its place from its own first day.
    """

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="remedy_documents")
    title = models.CharField(max_length=150)
    valid_from = models.DateField()
    actions = models.JSONField(default=list)
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = RemedyDocumentQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "force")
        | operational(
            "Ask victims which action they would like (ASBCPA 2014 s.102)",
            *("title", "valid_from", "actions", "published_at"),
        )
        | staff("Say who entered the document", "published_by")
    )

    class Meta:
        ordering = ["-valid_from", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def choices(self) -> list[RemedyAction]:
        """Its actions, in its own order."""
        return [RemedyAction(one["code"], one["words"], one["kind"]) for one in self.actions]

    def has_begun(self, day: date) -> bool:
        """Whether its first day has come by ``day``."""
        return self.valid_from <= day
