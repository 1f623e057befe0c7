"""The report as one document, in full precision."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from diversion import clock
from diversion.accounts.models import Organisation
from reporting import codes
from reporting.door import MARKING, Audience, Leaving, leave
from reporting.facts.selection import NoReport, check_period, choose_source
from reporting.facts.sources import Source
from reporting.models import FindingNote, ReportPurpose
from reporting.monitoring.cube import count
from reporting.monitoring.hidden import hidden_counts, outside, spread, with_ranges
from reporting.monitoring.quality import data_quality, unknown_values
from reporting.monitoring.tables import counted, sum_over, tables

__all__ = ["MARKING", "NoReport", "compute"]

CONFIDENCE = 0.95
WHO_PEOPLE_ARE = ("ethnicity_self_defined", "ethnicity_officer_defined", "age_band", "gender")

Report = Leaving


def compute(
    force: Organisation,
    start: date,
    end: date,
    source: str | None = None,
    *,
    scheme: str = "",
    purpose: str = ReportPurpose.MONITORING,
) -> Report:
    """The monitoring report of ``force`` from ``start`` to ``end``, both days included; docs/importing.md has its keys.

    ``scheme``: of its decisions alone. For the equality duty there are the tables of who people are, and ``notes``:
    what the force has written to differences in these days. Exact counts, for operational use in the force only. It
    reads what the facts hold now: bring live ones up to date first (``reporting.outbox.drain``). NoReport for a period
    or a source that cannot be.
    """
    check_period(start, end)
    chosen = choose_source(force, start, end, source)
    cube = count(force.pk, chosen.name, start, end, scheme)
    every = sum_over({disposal: counts} for _, disposal, counts in cube.by_disposal("gender"))
    hidden = hidden_counts(force.pk, chosen.name, start, end)
    made = with_ranges(tables(cube, chosen, start, end), hidden)
    is_equality = purpose == ReportPurpose.EQUALITY_DUTY
    if is_equality:
        made = [table for table in made if table["by"] in WHO_PEOPLE_ARE]
    total = counted("Total", every, chosen)
    figures = {
        **_about(force, start, end, chosen),
        **({"scheme": scheme} if scheme else {}),
        **({"notes": _notes(force, start, end)} if is_equality else {}),
        "totals": spread({"rows": sum(counts.rows for counts in every.values())} | total, hidden),
        "suppressed": len(hidden),
        **_left_out(every, hidden),
        "tables": made,
        "data_quality": data_quality(cube, chosen, made),
        "unknown_values": unknown_values(force.pk, chosen.name, start, end),
    }
    return leave(figures, audience=Audience.OPERATIONAL, force=force)


def _about(force: Organisation, start: date, end: date, chosen: Source) -> dict[str, Any]:
    """Whose figures, of which days, from which records, and in which words."""
    return {
        "force": force.slug,
        "force_name": force.name,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "source": chosen.name,
        "source_title": chosen.title,
        "licence": chosen.licence,
        # A demonstration's own cases are made up; a file imported for it may be real.
        "made_up": force.is_demonstration and chosen.name == codes.LIVE,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "confidence": CONFIDENCE,
        "words": chosen.words.for_report(),
        "footnotes": list(chosen.words.footnotes),
    }


def _left_out(every: Mapping[str, Any], hidden: Any) -> dict[str, Any]:
    """Rows that are no decision considered, by result; with what hidden counts leave open, where there are any."""
    found = {
        code: counts.rows - counts.considered
        for code, counts in sorted(every.items())
        if counts.rows > counts.considered
    }
    return {"not_considered": found, **({"not_considered_range": outside(found, hidden)} if hidden else {})}


def _notes(force: Organisation, start: date, end: date) -> list[dict[str, str | bool]]:
    """Every note of "explain or reform" on figures of these days."""
    found = FindingNote.objects.filter(force=force, start__lte=end, end__gte=start).select_related("owner")
    words = ("kind", "measure", "by", "group", "compared_with", "flag", "text")
    return [
        {
            **{name: getattr(one, name) for name in words},
            "owner": one.owner.full_name,
            "due_on": one.due_on.isoformat(),
            "done": one.done_at is not None,
        }
        for one in found.order_by("due_on", "pk")
    ]
