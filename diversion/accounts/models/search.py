import uuid
from typing import ClassVar

from django.db import models

from diversion import clock
from diversion.accounts.models.user import User
from diversion.data_use import operational, personal, staff, structural


class Search(models.Model):
    """What a user typed to find somebody, for as long as they look at what was found.

    Its id stands in the address instead: names in addresses would stay in the browser's history and in logs.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="searches")
    page = models.CharField(max_length=40)
    typed = models.JSONField()
    made_at = models.DateTimeField(default=clock.now, db_index=True)

    data_use: ClassVar = (
        structural("id")
        | personal("Find a record without its name in an address", "typed")
        | operational("Say which list was searched", "page")
        | staff("Keep a search for the user who made it", "user", "made_at")
    )

    class Meta:
        verbose_name_plural = "searches"

    def __str__(self) -> str:
        return f"{self.page}, {self.made_at:%Y-%m-%d %H:%M}"
