"""``manage.py effect --force SLUG --from DAY --to DAY``: proven reoffending, as JSON; operational."""

from typing import Any

from diversion.accounts.models import Organisation
from reporting.door import Leaving
from reporting.management.commands._figures import FiguresCommand
from reporting.measures.effect import effect


class Command(FiguresCommand):
    """Prints the finding of a force and period; with --out it is written to effect.json there."""

    name = "effect"
    help = (
        "Compare proven reoffending of people who accepted with that of people considered and not diverted, crude and "
        "adjusted, with what the comparison cannot show. Not for release."
    )

    def figures(self, force: Organisation, options: dict[str, Any]) -> Leaving:
        return effect(force, options["start"], options["end"])
