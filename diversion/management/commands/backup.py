"""``manage.py backup TO``: the whole database as one encrypted file, with a manifest of what it holds."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion import audit, clock
from diversion.management.backups import BACKED_UP, keys
from diversion.management.backups.making import Made, make
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work


class Command(BaseCommand):
    """Remarks go to standard error; the last line of standard output is JSON. Exit status 1: no backup was made."""

    help = (
        "Write the whole database, as it is at one moment, into one encrypted file, with a manifest of what it holds "
        "and without any key. It is made for the public keys in BACKUP_RECIPIENTS; only their secret keys open it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("to", type=Path, help="the file, or a folder in which it is named after the time")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            recipients = keys.recipients()
            made = make(_path(options["to"]), recipients)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        with unit_of_work("backup"):
            nature = audit.Nature.ADMINISTRATION
            audit.record(BACKED_UP, nature, by=None, detail=_told(made))
        where = f"The public keys were read from {recipients.where}."
        self.stderr.write(f"{where} Keep the secret ones apart from backups.", str)
        self.stdout.write(json.dumps({"file": str(made.path), **_told(made)}))


def _path(to: Path) -> Path:
    if to.is_dir():
        return to / f"diversion-{clock.now():%Y%m%dT%H%M%SZ}.backup"
    if not to.parent.is_dir():
        raise Refused(f"There is no folder {to.parent}: make it, or name another.")
    return to


def _told(made: Made) -> dict[str, Any]:
    """What is said of a backup, in the log too."""
    return made.manifest.about | {"bytes": made.size, "sha256": made.digest}
