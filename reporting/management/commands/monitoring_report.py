"""``manage.py monitoring_report --force SLUG --from DAY --to DAY --out FOLDER``: report.json and report.csv."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion import audit
from diversion.accounts.models import Organisation
from diversion.unit_of_work import unit_of_work
from reporting import monitoring, outbox
from reporting.door import Leaving
from reporting.facts.sources import all_names
from reporting.monitoring.files import write

AUDIENCES = ("operational", "shared", "published")


def day(text: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise ArgumentTypeError(f"'{text}' is not a day: write it as 2026-06-30")
    return found


class Command(BaseCommand):
    """Writes the monitoring report of a force and period. Both days are included; they are local dates."""

    help = "Write the monitoring report of a force: report.json and report.csv."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", required=True, help="the force's slug (thames-valley)")
        parser.add_argument("--from", dest="start", required=True, type=day, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="end", required=True, type=day, metavar="YYYY-MM-DD")
        parser.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="made if it is not there")
        parser.add_argument("--source", choices=all_names(), help="needed only where a force has several")
        parser.add_argument("--audience", choices=AUDIENCES, default="operational")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["audience"] != "operational":
            raise CommandError(
                f"A report for the audience '{options['audience']}' needs small counts to be hidden, all tables "
                "together: use make_release. Leave --audience out for exact counts, which are not for release."
            )
        with unit_of_work("bring facts up to date"):
            outbox.drain()
        with unit_of_work("monitoring_report"):
            report = self._report(options)
        self._write(options["out"], report)
        if not report["totals"]["rows"]:
            self.stderr.write(
                f"{report['force_name']} has no figures from {options['start']} to {options['end']}: every count is 0.",
                str,
            )
        self.stdout.write(f"{options['out'] / 'report.json'} ({monitoring.MARKING})")

    def _report(self, options: dict[str, Any]) -> Leaving:
        """The report, and its entry in the log: exact counts of few people say something about each of them."""
        force = force_named(options["force"])
        try:
            report = monitoring.compute(force, options["start"], options["end"], options["source"])
        except monitoring.NoReport as refusal:
            raise CommandError(str(refusal)) from None
        detail = {key: report[key] for key in ("from", "to", "source", "audience")}
        audit.record("report.produced", audit.Nature.CONSULTATION, by=None, subjects=[force], detail=detail)
        return report

    def _write(self, folder: Path, report: Leaving) -> None:
        try:
            write(folder, {"report.csv": monitoring.as_csv(report), "report.json": monitoring.as_json(report)})
        except OSError as error:
            raise CommandError(f"The report cannot be written to {folder}: {error.strerror or error}.") from None


def force_named(slug: str) -> Organisation:
    """The force with this slug. CommandError, naming those there are, where there is none."""
    forces = Organisation.objects.filter(kind=Organisation.Kind.POLICE_FORCE)
    found = forces.filter(slug=slug).first()
    if found is None:
        known = ", ".join(forces.order_by("slug").values_list("slug", flat=True)) or "none yet: import facts first"
        raise CommandError(f"There is no force '{slug}'. Known: {known}.")
    return found
