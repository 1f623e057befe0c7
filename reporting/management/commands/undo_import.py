"""``manage.py undo_import BATCH``: an import taken back, and what it replaced brought back."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.refusals import Refused
from reporting.actions.importing import undo_import
from reporting.intake.near import printable


class Command(BaseCommand):
    """Remarks go to standard error; the last line of standard output is JSON: facts gone, and facts back."""

    help = "Take back an import of facts: what it brought goes, and what it replaced is brought back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int, help="the number of the import, from its last line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Undo it. CommandError where a later import stands in the way."""
        try:
            done = undo_import(batch=options["batch"], by=None)
        except Refused as refusal:
            raise CommandError(printable(str(refusal))) from None
        for remark in (f"The import of {done.file_name} is undone.", *done.told):
            self.stderr.write(printable(remark), str)
        self.stdout.write(json.dumps({"gone": done.gone, "back": done.back}))
