from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, staff, structural
from diversion.references import new_reference


def note_reference() -> str:
    return new_reference("MN")


class NoteQuerySet(models.QuerySet["FindingNote"]):
    def visible_to(self, user: User) -> "NoteQuerySet":
        """Those of the force's own figures, for whoever sees the figures."""
        if not (user.is_active and user.is_police and user.can(Permission.VIEW_MONITORING)):
            return self.none()
        return self.filter(force=user.organisation)


class FindingNote(models.Model):
    """What explains a difference between two groups, or what the force will change: "explain or reform".

    It names the comparison and holds no count: the figures move, and are read anew where the note leads.
    """

    class Kind(models.TextChoices):
        EXPLAIN = "explain", "Explain"
        REFORM = "reform", "Reform"

    reference = models.CharField(max_length=12, unique=True, default=note_reference)
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="finding_notes")
    kind = models.CharField(max_length=8, choices=Kind)
    # Which comparison it is about: names of reporting.measures, the groups, and the flag that it had.
    measure = models.CharField(max_length=40)
    by = models.CharField(max_length=40)
    group = models.CharField(max_length=60)
    compared_with = models.CharField(max_length=60)
    flag = models.CharField(max_length=15)
    start = models.DateField()
    end = models.DateField()
    text = models.CharField(max_length=1000)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "force")
        | operational(
            "Explain a difference between groups, or change what makes it (Equality Act 2010 s.149)",
            *("kind", "measure", "by", "group", "compared_with", "flag", "start", "end", "text", "due_on"),
            *("written_at", "done_at"),
        )
        | staff("Say who answers for it", "owner", "written_by", "done_by")
    )

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="finding_note_days_in_order"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="finding_note_done_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="finding_note_says_something"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due_on < clock.today()
