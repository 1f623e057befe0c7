"""``manage.py data_quality --force SLUG --from DAY --to DAY``: what is missing or doubtful in a source."""

from argparse import ArgumentParser
from typing import Any

from diversion.accounts.models import Organisation
from reporting import monitoring
from reporting.codes import LIVE
from reporting.door import Audience, Leaving, leave
from reporting.facts.sources import all_names
from reporting.management.commands._figures import FiguresCommand
from reporting.measures.overview import HEADLINE, Question, overview

ABOUT = ("from", "to", "source", "source_title")


class Command(FiguresCommand):
    """Prints what the monitoring report finds doubtful, for whoever mends a file before anybody reads figures of it."""

    name = "data_quality"
    help = "What is missing, contradictory or repeated in a source, and of what no ratio may be given. Not for release."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--source", choices=all_names(), help="needed only where a force has several")

    def figures(self, force: Organisation, options: dict[str, Any]) -> Leaving:
        start, end = options["start"], options["end"]
        report = monitoring.compute(force, start, end, options["source"])
        by_team = None
        if report["source"] == LIVE:
            by_team = overview(force, Question(start, end, LIVE, by="ethnicity", measure=HEADLINE))["to_do"]
        found = {
            **{name: report[name] for name in ABOUT},
            "rows": report["totals"]["rows"],
            "missing": {table["by"]: table["unknown_share"] for table in report["tables"]},
            "missing_by_team": by_team,
            "contradictions": report["data_quality"]["rules"],
            "ethnicity_told_twice": report["data_quality"]["ethnicity"],
            "repeated_rows": report["data_quality"]["repeated_rows"],
            "no_ratio": sorted({*report["data_quality"]["single_group"], *report["data_quality"]["all_unknown"]}),
            "not_understood": report["unknown_values"],
            "not_considered": report["not_considered"],
            "hidden_by_the_source": report["suppressed"],
        }
        return leave(found, audience=Audience.OPERATIONAL, force=force)
