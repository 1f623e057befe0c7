"""Celery's entry points for what belongs to no app."""

from diversion.celery import app
from diversion.management import pruning
from diversion.unit_of_work import unit_of_work


@app.task
def prune() -> int:
    """Remove what has been kept as long as its setting says; how many rows."""
    with unit_of_work("prune"):
        return sum(one.over for one in pruning.prune())
