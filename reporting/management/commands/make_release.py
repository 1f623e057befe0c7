"""``manage.py make_release --force SLUG --from DAY --to DAY --audience shared|published --out FILE``: a draft.

It makes drafts only: two people of the force check each before it leaves."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from reporting import outbox
from reporting.actions.releases import THRESHOLDS, as_file, make_release
from reporting.door import drafted
from reporting.facts.sources import all_names
from reporting.management.commands.monitoring_report import day, force_named
from reporting.measures import NoMeasure
from reporting.models import Release
from reporting.monitoring import NoReport
from reporting.monitoring.files import write
from reporting.releases.tables import UNITS


class Command(BaseCommand):
    """Freezes a draft and writes it as `manage.py attack` reads it. The last line of its output is JSON."""

    help = (
        "Freeze a draft of figures for people outside the force: small counts hidden once, all tables together. It is "
        "not to be passed on before two people of the force have checked it in the service."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", required=True, help="the force's slug")
        parser.add_argument("--from", dest="start", required=True, type=day, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="end", required=True, type=day, metavar="YYYY-MM-DD")
        parser.add_argument("--audience", required=True, choices=tuple(THRESHOLDS))
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")
        parser.add_argument("--name", default="", help="default: force, period and audience")
        parser.add_argument("--source", choices=all_names(), help="needed only where a force has several")
        parser.add_argument("--unit", choices=tuple(UNITS), help="default: quarters where the period is whole ones")
        parser.add_argument(
            "--table",
            action="append",
            metavar="DIMENSION[,DIMENSION]",
            help="a table beside the time; may be repeated (default: the ladder's for the volumes of the year before)",
        )
        parser.add_argument(
            "--revises", metavar="REFERENCE", help="count the days of this release anew, from the records as they stand"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with unit_of_work("bring facts up to date"):
            outbox.drain()
        tables = [tuple(table.split(",")) for table in options["table"] or []] or None
        with unit_of_work("make_release"):
            try:
                release = make_release(
                    force=force_named(options["force"]),
                    tables=tables,
                    by=None,
                    revises=_revised(options["revises"]),
                    anew=bool(options["revises"]),
                    **{key: options[key] for key in ("audience", "start", "end", "name", "source", "unit")},
                )
            except (Refused, NoReport, NoMeasure) as refusal:
                raise CommandError(str(refusal)) from None
        self._write(options["out"], as_file(drafted(release)))
        told = {
            "release": release.name,
            "reference": release.reference,
            "state": release.state,
            "sha256": release.sha256,
            "price": release.price,
        }
        self.stdout.write(json.dumps(told, ensure_ascii=False))

    def _write(self, path: Path, content: str) -> None:
        try:
            write(path.parent, {path.name: content})
        except OSError as error:
            raise CommandError(f"The release cannot be written to {path}: {error.strerror or error}.") from None


def _revised(reference: str | None) -> Release | None:
    if reference is None:
        return None
    found = Release.objects.filter(reference=reference).first()
    if found is None:
        raise CommandError(f"There is no release {reference}: give the reference that stands on its page.")
    return found
