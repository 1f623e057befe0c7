from typing import ClassVar

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from diversion.accounts.models import Organisation
from diversion.data_use import Use, operational, personal, sensitive, structural
from reporting import codes
from reporting.models.importing import ImportBatch

#: Marks each month of some rows as changed in this transaction, in ``MonthMark``.
MARK = """INSERT INTO reporting_monthmark (force_id, source, month, transaction, marked_at)
    SELECT DISTINCT force_id, source, month, pg_current_xact_id()::text::bigint, transaction_timestamp() FROM {rows}
    ON CONFLICT DO NOTHING"""

#: Each new fact's force exists, and an imported one has the force and the source of its batch. Its month is marked in
#: the same pass over the new facts, of which an import has millions.
BELONGS = f"""
    WITH fact AS MATERIALIZED (SELECT DISTINCT force_id, source, batch_id, month FROM new_facts),
    marked AS ({MARK.format(rows="fact")})
    SELECT EXISTS (
        SELECT FROM fact
        LEFT JOIN accounts_organisation AS force ON force.id = fact.force_id
        LEFT JOIN reporting_importbatch AS batch
            ON batch.id = fact.batch_id AND batch.force_id = fact.force_id AND batch.source = fact.source
        WHERE force.id IS NULL OR (fact.batch_id IS NOT NULL AND batch.id IS NULL)
    ) INTO is_wrong;
    IF is_wrong THEN
        RAISE foreign_key_violation USING MESSAGE = 'A fact has no force, or not that of its batch.';
    END IF;
    RETURN NULL;
"""  # noqa: S608 (names of our tables)


def marks(name: str, rows: str, operation: pgtrigger.Operation, **tables: str) -> pgtrigger.Trigger:
    """A trigger that marks the months of what a statement changed; ``rows`` are their force, source and month."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=f"{MARK.format(rows=rows)};\n    RETURN NULL;",
    )


class FactColumns(models.Model):
    """What a fact says, wherever it is kept."""

    source = models.CharField(max_length=40)
    # No foreign key: erasing a case must not wait for its fact, which weeding keeps in a coarser form.
    case_id = models.BigIntegerField(null=True)

    happened_on = models.DateField()
    month = models.DateField()
    age = models.PositiveSmallIntegerField(null=True)
    age_band = models.CharField(max_length=20)
    ethnicity_self_code = models.CharField(max_length=2, blank=True)
    ethnicity_self_group = models.CharField(max_length=8)
    ethnicity_officer_group = models.CharField(max_length=8)
    gender = models.CharField(max_length=8)
    scheme = models.CharField(max_length=50, blank=True)
    disposal = models.CharField(max_length=40)
    considered = models.BooleanField()
    diverted = models.BooleanField()
    referred_on = models.DateField(null=True)
    started_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    result = models.CharField(max_length=20, blank=True)
    # Codes of the data-quality rules that the row breaks, with a space between.
    quality = models.CharField(max_length=200, blank=True)

    # What an imported row says, digested with its force and source; the how-manieth of such rows in its file.
    digest = models.UUIDField(null=True)
    occurrence = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True


def use_of_fact(*keys: str) -> dict[str, Use]:
    """Why a fact is held; ``keys`` are the structural fields beside its own."""
    return (
        structural("id", "force", "source", "batch", "digest", "occurrence", *keys)
        | personal(
            "Monitor who is offered a resolution and who is not",
            *("happened_on", "month", "age", "age_band", "gender", "scheme", "disposal", "considered", "diverted"),
            *("referred_on", "started_on", "closed_on", "result"),
        )
        | sensitive(
            "Monitor who is offered a resolution and who is not (Equality Act 2010 s.149)",
            *("ethnicity_self_code", "ethnicity_self_group", "ethnicity_officer_group"),
        )
        | operational("Show what is doubtful in a source, rather than drop it", "quality")
    )


class Fact(FactColumns):
    """One decision, or one row of an imported file, as the figures see it: typed, narrow, and without a name.

    A live fact (source "live") follows its case through the outbox and is personal data like the case itself. An
    imported one belongs to the batch that brought it. Facts of two sources are never added together: what is counted
    differs. Dates are local (Europe/London). Codes and groups stand in ``reporting.codes``.
    """

    # PostgreSQL checks a foreign key row by row, which would take two thirds of an import's time. The trigger below
    # checks a whole statement's rows at once.
    force = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="facts", db_index=False, db_constraint=False
    )
    batch = models.ForeignKey(
        ImportBatch, null=True, on_delete=models.CASCADE, related_name="facts", db_index=False, db_constraint=False
    )
    data_use: ClassVar = use_of_fact("case_id")

    class Meta:
        indexes = [
            # Imported rows lie together, by force and roughly by day: a summary of each 32 pages finds a period, and
            # costs an import nothing. Live ones come and go singly.
            BrinIndex(fields=["force", "happened_on"], pages_per_range=32, autosummarize=True, name="fact_summary"),
            models.Index(fields=["force", "happened_on"], condition=Q(source=codes.LIVE), name="fact_live_day"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fact_belongs",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_facts"),
                declare=[("is_wrong", "boolean")],
                func=BELONGS,
            ),
            marks("fact_goes", "old_facts", pgtrigger.Delete, old="old_facts"),
            marks(
                "fact_changes",
                "(SELECT force_id, source, month FROM old_facts"
                " UNION SELECT force_id, source, month FROM new_facts) AS both_facts",
                pgtrigger.Update,
                old="old_facts",
                new="new_facts",
            ),
            pgtrigger.Trigger(
                name="fact_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("force_id", "batch_id", "source"),
                condition=pgtrigger.AnyChange("force", "batch", "source"),
                func="RAISE EXCEPTION 'A fact keeps its force, source and batch.';",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "occurrence"], condition=Q(digest__isnull=False), name="fact_imported_once"
            ),
            models.UniqueConstraint(
                fields=["case_id"], condition=Q(case_id__isnull=False), name="fact_once_for_a_case"
            ),
            models.CheckConstraint(
                condition=Q(source=codes.LIVE, batch__isnull=True, digest__isnull=True, occurrence__isnull=True)
                | (
                    ~Q(source=codes.LIVE)
                    & Q(batch__isnull=False, digest__isnull=False, occurrence__gte=1, case_id__isnull=True)
                ),
                name="fact_is_live_or_imported",
            ),
            models.CheckConstraint(
                condition=Q(diverted=False) | Q(considered=True), name="fact_diverted_of_considered"
            ),
            models.CheckConstraint(
                condition=Q(month__lte=F("happened_on")) & Q(month__day=1), name="fact_month_of_its_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} fact of {self.happened_on}"


class ReplacedFact(FactColumns):
    """A fact that a later publication of its month has taken the place of: no figure counts it, because none reads
    this table. It stays to be brought back, and so that the row it came from is known if its file is imported again.
    """

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="replaced_facts")
    replaced_by = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="took_out")

    data_use: ClassVar = use_of_fact("case_id", "replaced_by")

    def __str__(self) -> str:
        return f"replaced {self.source} fact of {self.happened_on}"


class SuppressedCount(FactColumns):
    """A count of a published table that its publisher hid: from ``low`` to ``high`` events, open above where null.

    It is no fact, because nobody knows how many it stands for: a sum over it is a range, without a rate.
    """

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="suppressed_counts")
    low = models.PositiveIntegerField()
    high = models.PositiveIntegerField(null=True)
    # Set where a later publication of its month has taken its place.
    replaced_by = models.ForeignKey(ImportBatch, null=True, on_delete=models.PROTECT, related_name="took_out_counts")

    data_use: ClassVar = use_of_fact("case_id", "replaced_by") | operational(
        "Say that a figure is not known exactly, rather than give a wrong one", "low", "high"
    )

    class Meta:
        indexes = [models.Index(fields=["force", "source", "happened_on"], name="suppressed_count_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(high__isnull=True) | Q(low__lte=F("high")), name="suppressed_count_is_a_range"
            ),
            models.UniqueConstraint(
                fields=["digest", "occurrence"],
                condition=Q(replaced_by__isnull=True),
                name="suppressed_count_imported_once",
            ),
        ]

    def __str__(self) -> str:
        return f"suppressed {self.source} count of {self.happened_on}"
