"""Which facts a report is made of: one force, one source, one period."""

from datetime import date

from django.db.models import Q

from diversion.accounts.models import Organisation
from reporting import codes
from reporting.facts.sources import Source, all_names, source_named
from reporting.intake.mappings.parts import MappingError
from reporting.models import Fact, ImportBatch, SuppressedCount


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
    every = sources_of(force)
    facts = Fact.objects.filter(force=force, happened_on__range=(start, end))
    names = [name for name in every if facts.filter(source=name).exists()] or every
    if len(names) > 1:
        raise NoReport(
            f"{force} has figures from several sources, which count different things and are never added together: "
            f"choose --source {' or --source '.join(names)}."
        )
    return names[0] if names else codes.LIVE


def has_hidden_counts(force: Organisation, source: str, start: date, end: date) -> bool:
    """Whether some of what the source tells of the period is a count that its publisher hid."""
    hidden = SuppressedCount.objects.filter(force=force, source=source, replaced_by=None)
    return source != codes.LIVE and hidden.filter(happened_on__range=(start, end)).exists()


def sources_of(force: Organisation) -> list[str]:
    """The sources of which the force may have facts: asked of the batches, because the facts may be millions."""
    imported = ImportBatch.objects.filter(Q(accepted__gt=0) | Q(replaced__gt=0), force=force).order_by("source")
    live = [codes.LIVE] if Fact.objects.filter(force=force, source=codes.LIVE).exists() else []
    return live + list(imported.values_list("source", flat=True).distinct())


def has_decisions(force: Organisation, start: date, end: date, scheme: str = "") -> bool:
    """Whether anything was decided in these days, of one scheme where it is named."""
    facts = Fact.objects.filter(force=force, source=codes.LIVE, happened_on__range=(start, end))
    return (facts.filter(scheme=scheme) if scheme else facts).exists()
