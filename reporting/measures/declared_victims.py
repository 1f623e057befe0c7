"""What is counted of victims, declared as data: a condition is SQL over a victim of a decision (``v``).

They stand apart from the measures of people who were decided about: a rate of victims is compared with none of those,
and is split by nobody's ethnicity, age or sex.
"""

from reporting.measures.declared import Measure
from reporting.statistics.flags import Direction

CODE = "Victims' Code 2021, rights 6 and 9; the days are the force's settings"
#: What victims said they want in a poll of 2025: quickly, and to be told (domain 10).
WANTED = "domain 10, what victims want"
DECIDED, ENDED = "v.decided_on IS NOT NULL", "v.ended_on IS NOT NULL"


def _days(name: str, words: str, until: str, since: str, pending_words: str) -> Measure:
    return Measure(
        name,
        words,
        "victims of a case that has come so far",
        Direction.NEITHER,
        f"{WANTED}; median and quartiles of those",
        events="TRUE",
        people=f"v.{until} IS NOT NULL",
        pending=f"v.{until} IS NULL",
        pending_words=pending_words,
        days=f"v.{until} - v.{since}",
    )


def _told(name: str, words: str, notice: str, events: str) -> Measure:
    """Of those who are owed a notice and want it: who was told already, or whose day has passed."""
    owed = f"v.{notice}_due_on IS NOT NULL AND NOT v.{notice}_unwanted"
    waits = f"v.{notice}_told_on IS NULL AND v.{notice}_due_on >= %(as_of)s"
    return Measure(
        name,
        words,
        "victims who are owed it, have not said that they want no updates, and were told or whose day has passed",
        Direction.BENEFIT,
        CODE,
        events=events,
        people=f"{owed} AND NOT ({waits})",
        pending=f"{owed} AND {waits}",
        pending_words="not told yet, and the day has not passed",
    )


TIMES = (
    _days(
        "victim_days_to_decision",
        "days from the crime to the decision",
        *("decided_on", "committed_on", "nobody has decided yet"),
    ),
    _days(
        "victim_days_recorded_to_decision",
        "days from the record here to the decision",
        *("decided_on", "recorded_on", "nobody has decided yet"),
    ),
    _days(
        "victim_days_to_end", "days from the crime to the end of the case", *("ended_on", "committed_on", "still open")
    ),
    _days(
        "victim_days_recorded_to_end",
        "days from the record here to the end of the case",
        *("ended_on", "recorded_on", "still open"),
    ),
)
NOTICES = (
    _told(
        "victim_told_decision_in_time",
        "told of the decision by the day on which it was due",
        "decision",
        "v.decision_told_on <= v.decision_due_on",
    ),
    _told("victim_told_decision", "told of the decision at all", "decision", "v.decision_told_on IS NOT NULL"),
    _told(
        "victim_told_end_in_time",
        "told of the end by the day on which it was due",
        "end",
        "v.end_told_on <= v.end_due_on",
    ),
    _told("victim_told_end", "told of the end at all", "end", "v.end_told_on IS NOT NULL"),
)
VICTIM_MEASURES = (*TIMES, *NOTICES)
