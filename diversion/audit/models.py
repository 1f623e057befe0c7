import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from diversion.data_use import operational, staff, structural

#: How far the clock of a host may be from the database's before what it writes is refused.
NEAR = "5 minutes"
# In production the time is that of the writing, and a row that says another is refused: nobody adds to last week's log.
# Its number comes from the sequence, which web and worker cannot set back: no entry stands among those of last week.
STAMPED = f"""
    IF NOT diversion_clock_may_be_set() THEN
        IF (NEW.at - clock_timestamp() BETWEEN interval '-{NEAR}' AND interval '{NEAR}') IS NOT TRUE THEN
            RAISE EXCEPTION 'The access log takes no entry of another time: this one says %, and the database %.',
                NEW.at, clock_timestamp() USING HINT = 'Set the clocks of the hosts alike.';
        END IF;
        IF NEW.id IS DISTINCT FROM currval(pg_get_serial_sequence('audit_event', 'id')) THEN
            RAISE EXCEPTION 'The access log numbers its entries itself: write none.';
        END IF;
        NEW.at := clock_timestamp();
    END IF;
    RETURN NEW;
"""


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, key: str) -> "EventQuerySet":
        """Entries that concern the record of this key."""
        return self.filter(subjects__contains=[key])


class Event(models.Model):
    """One entry of the access log. It holds no foreign keys: erasing a record never blocks or loses its history."""

    append_only = True

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=60)
    nature = models.CharField(max_length=20)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    organisation_id = models.BigIntegerField(null=True)
    unit_id = models.UUIDField()
    unit_name = models.CharField(max_length=200)
    source = models.CharField(max_length=45, default="", db_default="", blank=True)
    session = models.CharField(max_length=32, default="", db_default="", blank=True)
    subjects = ArrayField(models.CharField(max_length=60), default=list)
    recipients = ArrayField(models.CharField(max_length=200), default=list)
    detail = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    data_use = (
        structural("id", "unit_id")
        | staff(
            "Show who did or saw what, and from where (DPA 2018 s.62)",
            *("actor_id", "actor_name", "organisation_id", "source", "session"),
        )
        | operational(
            "Show what was done, when and to which records (DPA 2018 s.62)",
            *("at", "kind", "nature", "unit_name", "subjects", "recipients", "detail"),
        )
    )

    class Meta:
        indexes = [
            GinIndex(fields=["subjects"], name="event_subjects"),
            models.Index(fields=["actor_id", "at"], name="event_actor"),
            models.Index(fields=["organisation_id", "at", "id"], name="event_organisation"),
        ]
        triggers = [
            pgtrigger.Trigger(name="log_is_stamped", when=pgtrigger.Before, operation=pgtrigger.Insert, func=STAMPED)
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
