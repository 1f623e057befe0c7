"""What is added up of each month: a few cuts through the facts, and which of them can answer a question.

One cut through every column would have nearly as many rows as there are facts. Each of these crosses what pages cross,
and has so few different rows that ten times the facts hardly add any. A question that no cut tells is answered from the
facts: what a measure or dimension needs is read from its own SQL, so that nobody has to say it a second time.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reporting.codes import LIVE

PEOPLE = ("ethnicity_self_group", "ethnicity_self_code", "gender", "age_band")
OUTCOMES = (
    *("considered", "diverted", "referred", "started", "result"),
    *("decision", "authority", "eligibility", "charged", "ending", "due_by"),
)
#: Those that stand in the stages of a fact.
OF_STAGES = (*OUTCOMES[5:], "offence_group", "history", "gravity")


@dataclass(frozen=True)
class Cut:
    """Facts of which ``columns`` are alike are one row; ``staged``: those of live decisions, with their stages.

    ``whole``: a cut with more columns, of whose rows this one is added up.
    """

    name: str
    columns: tuple[str, ...]
    staged: bool
    whole: str = ""


REPORT = Cut(
    "report",
    (*PEOPLE, "ethnicity_officer_group", "scheme", "quality", "disposal", "considered", "diverted"),
    staged=False,
)
#: The first that can answer is asked, the smallest first. A change of any of them needs a migration that marks every
#: month (``MARK_ALL`` of 0004): the rows that stand were counted by the old one.
CUTS = (
    REPORT,
    Cut("schemes", ("scheme", *OUTCOMES), staged=True, whole="outcomes"),
    Cut("people", ("ethnicity_self_group", "age_band", *OUTCOMES), staged=True, whole="outcomes"),
    Cut("outcomes", (*PEOPLE, "scheme", *OUTCOMES), staged=True),
)

#: Days that a cut tells only whether there are, as a fact names them.
WHETHER = {"referred_on": "referred", "started_on": "started"}
_COLUMN = re.compile(r"\b[fs]\.(\w+)( IS (?:NOT )?NULL\b)?")
_OTHER = re.compile(r"\b(?:SELECT|[un]\.\w)")


def cut_for(source: str, conditions: Iterable[str]) -> Cut | None:
    """The cut from which SQL over a fact (``f``) and its stages (``s``) can be answered; None where none tells all."""
    needed = columns_of(" ".join(conditions))
    if needed is None:
        return None
    possible = [cut for cut in of_source(source) if cut.staged == (source == LIVE)]
    return next((cut for cut in possible if needed <= set(cut.columns)), None)


def of_source(source: str) -> tuple[Cut, ...]:
    """The cuts that are made of a source."""
    return tuple(cut for cut in CUTS if source == LIVE or not cut.staged)


def columns_of(conditions: str) -> set[str] | None:
    """The columns that SQL reads; None where it reads other tables, or the very day of what is told only to be."""
    if _OTHER.search(conditions):
        return None
    found = set()
    for name, is_test in _COLUMN.findall(conditions):
        if name in WHETHER and not is_test:
            return None
        found.add(WHETHER.get(name, name))
    return found - {"month"}
