"""Which facts a report is made of: one force, one source, one period."""

from datetime import date

from diversion.accounts.models import Organisation
from reporting.facts import codes
from reporting.facts.mapping import MappingError
from reporting.facts.sources import Source, all_names, source_named
from reporting.models import Fact


class NoReport(Exception):
    """A report that cannot be made as asked. The message says why and how to ask."""


def check_period(start: date, end: date) -> None:
    if end < start:
        raise NoReport(f"The period ends on {end}, before it begins on {start}: give the earlier day first.")


def choose_source(force: Organisation, start: date, end: date, source: str | None = None) -> Source:
    """The source asked for; else the only one of which the force has facts in the period, or at all; else live.

    NoReport when several could be meant: what they count differs, so they are never added together.
    """
    if source is None:
        source = _only_source(force, start, end)
    if source not in all_names():
        raise NoReport(f"There is no source '{source}': choose {' or '.join(all_names())}.")
    try:
        return source_named(source)
    except MappingError as error:
        raise NoReport(str(error)) from None


def _only_source(force: Organisation, start: date, end: date) -> str:
    facts = Fact.objects.filter(force=force)
    for found in (facts.filter(happened_on__range=(start, end)), facts):
        names = sorted(found.values_list("source", flat=True).distinct())
        if len(names) > 1:
            raise NoReport(
                f"{force} has figures from several sources, which count different things and are never added "
                f"together: choose --source {' or --source '.join(names)}."
            )
        if names:
            return str(names[0])
    return codes.LIVE
