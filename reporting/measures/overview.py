"""Everything that the dashboard shows of a force and period, in a handful of passes over the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import LIVE
from reporting.door import Audience, Leaving, leave
from reporting.facts.selection import choose_source
from reporting.measures import counting, coverage, figures, spread
from reporting.measures.declared import BY_NAME, FUNNEL, Measure
from reporting.measures.dimensions import UNKNOWN, Dimension
from reporting.measures.disparity import disparity
from reporting.measures.schemes import scheme_rows, without_small_rates
from reporting.statistics.flags import Direction, Flag
from reporting.statistics.trend import cochran_armitage

HEADLINE = "offered_of_considered"
#: What an imported file can tell.
IMPORTED = "diverted"
#: What can be compared on the dashboard, each of the people of the stage before.
MEASURES = (
    *(HEADLINE, "offered", "declined", "referred", "started"),
    *("completed_in_time", "completed", "breached", "charged"),
)
#: Fewer people than that have no rate on a page.
FEWEST_FOR_A_RATE = spread.FEWEST
HEAT = ("age_band", "ethnicity")

_TEAM = "SELECT team.name FROM cases_case c JOIN accounts_team team ON team.id = c.team_id WHERE c.id = f.case_id"
TEAM = Dimension("team", "Team", f"COALESCE(({_TEAM}), '{UNKNOWN}')", live=True)
#: What is missing, as a list of work: nobody has asked yet. Somebody who was asked and did not say is not among them.
MISSING = (
    Measure(
        "ethnicity",
        "without self-defined ethnicity, and nobody has said why",
        "decisions recorded",
        Direction.NEITHER,
        "our own",
        events="f.ethnicity_self_code = ''",
        people="f.considered",
    ),
    Measure(
        "history",
        "earlier outcomes not checked",
        "decisions recorded",
        Direction.NEITHER,
        "our own",
        events="s.history = 'unknown'",
        people="f.considered",
    ),
    Measure(
        "eligibility",
        "eligibility cannot be told: an answer is missing, or no rule was applied",
        "decisions recorded",
        Direction.NEITHER,
        "our own",
        events="s.eligibility = 'unknown'",
        people="f.considered",
    ),
)


@dataclass(frozen=True)
class Question:
    """What the dashboard is asked: one measure by one dimension against a group, of the facts in some groups."""

    start: date
    end: date
    source: str
    by: str
    measure: str
    reference: str = ""
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        return self.source == LIVE


def overview(force: Organisation, asked: Question) -> Leaving:
    """The figures of the dashboard; operational and exact. docs/measures.md, section 19, has the keys.

    NoMeasure or NoReport for what cannot be had.
    """
    chosen = choose_source(force, asked.start, asked.end, asked.source)
    content = {
        **figures.about(force, asked.start, asked.end, asked.source),
        "source_title": chosen.title,
        "made_up": force.is_demonstration and asked.is_live,
        "words": chosen.words.for_report(),
        "footnotes": list(chosen.words.footnotes),
        "measure": figures.described(BY_NAME[asked.measure]),
        "by": asked.by,
        "where": {name: list(groups) for name, groups in asked.where.items()},
        "comparison": _comparison(force, asked),
        "funnel": _funnel(force, asked),
        "trend": _trend(force, asked),
        "heat": _heat(force, asked),
        "schemes": scheme_rows(force, asked.start, asked.end, asked.where) if asked.is_live else [],
        "to_do": _to_do(force, asked) if asked.is_live else [],
        "missing": [figures.described(measure) for measure in MISSING],
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _rows(force: Organisation, asked: Question, by: Sequence[str], measures: Sequence[str]) -> list[dict[str, Any]]:
    found = figures.compute(force, asked.start, asked.end, by, asked.where, measures, source=asked.source)
    return [row for row in found["rows"] if len(row["at"]) == len(by)]


def _comparison(force: Organisation, asked: Question) -> dict[str, Any]:
    """The one table asked for, its rows with the one to speak of first, and what the family is."""
    references = {asked.by: asked.reference} if asked.reference else None
    found = disparity(
        *(force, asked.start, asked.end, [asked.by], [asked.measure]),
        references=references,
        where=asked.where,
        source=asked.source,
    )
    table = found["tables"][0]
    rows = sorted(table["against_reference"], key=_speaks_first)
    return {
        **{key: table[key] for key in ("reference", "overall", "unknown", "unknown_share")},
        "groups": [without_small_rates(group) for group in table["groups"]],
        "rows": [_without_small_shares(row) for row in rows],
        "compared": len(rows),
        "words": table.get("words", ""),
        "family_size": found["family_size"]["against_reference"],
        "adjusted_for": found["adjusted_for"],
        "rule": found["rule"],
        "notes": found["notes"],
    }


def _without_small_shares(row: Mapping[str, Any]) -> dict[str, Any]:
    """No share of a group, or of the reference, in which there are too few people."""
    shares = {"people": "rate", "reference_people": "reference_rate"}
    return {**row, **{share: None for people, share in shares.items() if row[people] < FEWEST_FOR_A_RATE}}


def _speaks_first(row: Mapping[str, Any]) -> tuple[int, bool, float, str]:
    """A flag before none, one to the group's disadvantage before another, and then the least likely by chance: never
    the ratio farthest from 1, which the smallest group would have."""
    flags = [Flag.ACT, Flag.LOOK, Flag.NONE, Flag.INSUFFICIENT]
    return flags.index(Flag(row["flag"])), not row["adverse"], row["p"], row["group"]


def _funnel(force: Organisation, asked: Question) -> dict[str, Any]:
    """Each stage with its count, and its share of the stage before; ``suspects`` where an outcome extract is there."""
    names = (HEADLINE, "completed_in_time", *FUNNEL) if asked.is_live else (IMPORTED,)
    found = {row["measure"]: row for row in _rows(force, asked, (), names)}
    if not asked.is_live:
        whole = found[IMPORTED]
        return {"considered": whole["denominator"], "suspects": None, "stages": [_stage(IMPORTED, whole)]}
    offered = found[HEADLINE]
    stages = [_stage(name, found[name]) for name in FUNNEL]
    stages[1]["people"] = offered["numerator"]  # those offered one whom no rule let in are offered one too
    return {
        "considered": offered["denominator"],
        "offered_of_considered": without_small_rates(offered),
        "suspects": None if asked.where else _suspects(force, asked),
        "stages": stages,
        "cohort": without_small_rates(found["completed_in_time"]),
    }


def _stage(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """``people`` reached the stage, ``numerator`` of ``denominator`` of those of whom it can be told."""
    return {**figures.described(BY_NAME[name]), "people": row["numerator"], **without_small_rates(row), "stage": name}


def _suspects(force: Organisation, asked: Question) -> dict[str, Any] | None:
    if not coverage.has_extract(force, asked.start, asked.end):
        return None
    return without_small_rates(coverage.coverage(force, asked.start, asked.end)["total"])


def _trend(force: Organisation, asked: Question) -> dict[str, Any]:
    rows = _rows(force, asked, ("month",), (asked.measure,))
    found = {row["at"]["month"]: row for row in rows}
    nobody = {"numerator": 0, "denominator": 0}
    months = [found.get(month, nobody) for month in _months(asked)]
    pairs = [(row["numerator"], row["denominator"]) for row in months]
    return {"months": _months(asked), "rows": list(map(without_small_rates, rows)), **asdict(cochran_armitage(pairs))}


def _months(asked: Question) -> list[str]:
    first, last = (day.year * 12 + day.month - 1 for day in (asked.start, asked.end))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1)]


def _heat(force: Organisation, asked: Question) -> list[dict[str, Any]]:
    """Age by ethnicity."""
    return [without_small_rates(row) for row in _rows(force, asked, HEAT, (asked.measure,))]


def _to_do(force: Organisation, asked: Question) -> list[dict[str, Any]]:
    """Missing answers by team, the most first."""
    found = counting.count(
        force_id=force.pk,
        source=LIVE,
        start=asked.start,
        end=asked.end,
        measures=MISSING,
        by=(TEAM,),
        where=figures.kept(asked.where, live=True),
        as_of=clock.today(),
    )
    rows = [
        {
            "team": team,
            "decisions": counts["ethnicity"].people,
            **{one.name: counts[one.name].events for one in MISSING},
        }
        for (team,), counts in found.cells.items()
    ]
    return sorted(rows, key=lambda row: (-sum(row[one.name] for one in MISSING), row["team"]))
