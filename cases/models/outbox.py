from typing import ClassVar

from django.db import models

from diversion import clock
from diversion.data_use import structural


class OutboxEntry(models.Model):
    """That a case changed: written with the change, taken by whoever keeps the monitoring facts."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    data_use: ClassVar = structural("id", "case", "written_at")

    def __str__(self) -> str:
        return f"{self.case_id} at {self.written_at}"
