"""Celery's entry points."""

from diversion.accounts.actions import searches
from diversion.celery import app
from diversion.unit_of_work import unit_of_work


@app.task
def forget_searches() -> int:
    """What was searched for is not kept beyond a shift."""
    with unit_of_work("forget searches"):
        return searches.forget_searches()
