"""The facts of each month added up, so that the figures of years are read from thousands of rows and not millions."""

from typing import ClassVar

from django.db import models

from diversion.accounts.models import Organisation
from diversion.data_use import personal, sensitive, structural


class MonthCount(models.Model):
    """How many facts of a force, source and month are alike in everything that a cut tells.

    A cut is a choice of columns (``reporting.facts.cuts``): those beside it are null. Every number is a sum over facts,
    so what is added up here is what a pass over the facts would add. Nothing in it depends on the day on which it is
    read, but ``due_by``, which stands as the day itself until that has passed. A month that is marked (``MonthMark``)
    may be out of date and is read from the facts. Personal data, like the facts: many a count is of one person.
    """

    force = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=40)
    month = models.DateField()
    cut = models.CharField(max_length=10)

    ethnicity_self_code = models.CharField(max_length=2, null=True)
    ethnicity_self_group = models.CharField(max_length=8, null=True)
    ethnicity_officer_group = models.CharField(max_length=8, null=True)
    age_band = models.CharField(max_length=20, null=True)
    gender = models.CharField(max_length=8, null=True)
    scheme = models.CharField(max_length=50, null=True)
    disposal = models.CharField(max_length=40, null=True)
    quality = models.CharField(max_length=200, null=True)
    considered = models.BooleanField(null=True)
    diverted = models.BooleanField(null=True)
    # Whether there is such a day: which one it is no cut tells.
    referred = models.BooleanField(null=True)
    started = models.BooleanField(null=True)
    result = models.CharField(max_length=20, null=True)

    decision = models.CharField(max_length=20, null=True)
    authority = models.CharField(max_length=10, null=True)
    eligibility = models.CharField(max_length=10, null=True)
    charged = models.BooleanField(null=True)
    ending = models.CharField(max_length=15, null=True)
    due_by = models.DateField(null=True)
    offence_group = models.CharField(max_length=40, null=True)
    history = models.CharField(max_length=12, null=True)
    gravity = models.PositiveSmallIntegerField(null=True)

    facts = models.PositiveIntegerField()
    # Of an imported file: those of them that say what another row said.
    repeats = models.PositiveIntegerField()
    # The days between which they lie: a month that a period cuts through can be read where nothing lies outside it.
    first_on = models.DateField()
    last_on = models.DateField()

    data_use: ClassVar = (
        structural("id", "force", "source", "cut")
        | personal(
            "Monitor who is offered a resolution and who is not, without reading every decision again",
            *("month", "age_band", "gender", "scheme", "disposal", "quality", "considered", "diverted", "referred"),
            *("started", "result", "decision", "authority", "eligibility", "charged", "ending", "due_by"),
            *("offence_group", "history", "gravity", "facts", "repeats", "first_on", "last_on"),
        )
        | sensitive(
            "Monitor who is offered a resolution and who is not (Equality Act 2010 s.149)",
            *("ethnicity_self_code", "ethnicity_self_group", "ethnicity_officer_group"),
        )
    )

    class Meta:
        indexes = [models.Index(fields=["force", "source", "cut", "month"], name="month_count_read")]

    def __str__(self) -> str:
        return f"{self.source} facts of {self.month:%Y-%m}, {self.cut}"


class MonthMark(models.Model):
    """A transaction that changed facts of a month: until the month has been counted anew, its facts are read.

    Written by the triggers of the facts. Each transaction makes a mark of its own: whoever counts takes away the marks
    that stood before, so that a change that is committed meanwhile keeps its own. With one mark for all of them that
    one would be lost, and writers would wait for each other.
    """

    force = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=40)
    month = models.DateField()
    transaction = models.BigIntegerField()
    # With the number of the transaction, because a restored database numbers them from the beginning.
    marked_at = models.DateTimeField()

    data_use: ClassVar = structural("id", "force", "source", "month", "transaction", "marked_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["force", "source", "month", "transaction", "marked_at"], name="month_marked_once"
            )
        ]

    def __str__(self) -> str:
        return f"changed {self.source} facts of {self.month:%Y-%m}"
