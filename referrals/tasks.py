"""Celery's entry points."""

from diversion.celery import app
from diversion.unit_of_work import unit_of_work
from referrals.actions import drafts, helping


@app.task
def forget_drafts() -> int:
    """What was typed and never recorded is not kept for ever."""
    with unit_of_work("forget drafts"):
        return drafts.forget_drafts()


@app.task
def forget_help() -> int:
    """Who asked for help is not kept for ever by whoever helped."""
    with unit_of_work("forget help"):
        return helping.forget_help()
