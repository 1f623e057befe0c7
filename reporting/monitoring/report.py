"""The report as one document, in full precision."""

from datetime import date

from diversion import clock
from diversion.accounts.models import Organisation
from reporting import codes
from reporting.door import MARKING, Audience, Leaving, leave
from reporting.facts.selection import NoReport, check_period, choose_source
from reporting.monitoring.cube import count
from reporting.monitoring.hidden import hidden_counts, outside, spread, with_ranges
from reporting.monitoring.quality import data_quality, unknown_values
from reporting.monitoring.tables import counted, sum_over, tables

__all__ = ["MARKING", "NoReport", "compute"]

CONFIDENCE = 0.95

Report = Leaving


def compute(force: Organisation, start: date, end: date, source: str | None = None) -> Report:
    """The monitoring report of ``force`` from ``start`` to ``end``, both days included; docs/importing.md has its keys.

    Exact counts, for operational use in the force only. It reads what the facts hold now: bring live ones up to date
    first (``reporting.outbox.drain``). NoReport for a period or a source that cannot be.
    """
    check_period(start, end)
    chosen = choose_source(force, start, end, source)
    cube = count(force.pk, chosen.name, start, end)
    every = sum_over({disposal: counts} for _, disposal, counts in cube.by_disposal("gender"))
    hidden = hidden_counts(force.pk, chosen.name, start, end)
    made = with_ranges(tables(cube, chosen, start, end), hidden)
    left_out = {
        code: counts.rows - counts.considered
        for code, counts in sorted(every.items())
        if counts.rows > counts.considered
    }
    total = counted("Total", every, chosen)
    figures = {
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
        "totals": spread({"rows": sum(counts.rows for counts in every.values())} | total, hidden),
        "suppressed": len(hidden),
        "not_considered": left_out,
        **({"not_considered_range": outside(left_out, hidden)} if hidden else {}),
        "tables": made,
        "data_quality": data_quality(cube, chosen, made),
        "unknown_values": unknown_values(force.pk, chosen.name, start, end),
    }
    return leave(figures, audience=Audience.OPERATIONAL, force=force)
