"""``check``: with ``--deploy`` a warning is a failure, since nobody reads what does not stop the start."""

from typing import Any

from django.core.management.commands import check


class Command(check.Command):
    def handle(self, *app_labels: Any, **options: Any) -> None:
        if options["deploy"] and options["fail_level"] == "ERROR":
            options["fail_level"] = "WARNING"
        super().handle(*app_labels, **options)
