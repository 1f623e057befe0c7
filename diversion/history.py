"""Field history as the service keeps it: what every row was, who changed it and in which request (django-pghistory)."""

from django.db import models
from pghistory.models import Event as BaseEvent


class Event(BaseEvent):
    """A row of history. Its key has 64 bits: with 30 rows a case, 32 would end at seventy million cases."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True
