"""The measures, declared once as data: what is counted, of whom, what it is to the person, and where it comes from.

A condition is SQL over the columns of a fact (``f``) and its stages (``s``). Every rate is of the people of the stage
before; ``pending`` are those of whom it cannot be told yet, or was not recorded: they stand beside the rate and are
never among its people, where they would count as failures.
docs/measures.md lists each measure, and a test holds it to this list.
"""

from dataclasses import dataclass
from typing import Literal

from reporting.codes import NOT_TOLD, SPARE_WEEKS
from reporting.statistics.flags import Direction

Grade = Literal["descriptive", "comparative", "randomised"]
FOLLOW_UP_DAYS = 365
#: From which level on a need is one that a service is expected to meet: our own default [unsure].
NEED_LEVEL = 2

OFFERED = "s.decision IN ('offered_accepted', 'offered_declined') AND s.authority <> 'refused'"
IS_ELIGIBLE = "f.considered AND s.eligibility = 'eligible'"
REFERRED = "f.diverted AND f.referred_on IS NOT NULL"
#: Police hear nothing after the referral to a voluntary scheme: its people are in no later denominator.
SENT = f"{REFERRED} AND s.ending <> '{NOT_TOLD}'"
STARTED = f"{SENT} AND f.started_on IS NOT NULL"
ENDED = "f.result <> ''"
#: Nobody has ended the referral in any way yet. One that the partner declined, or that was withdrawn, is not open.
OPEN = "s.ending = ''"
BREACHED = f"{SENT} AND f.result = 'not_completed'"
#: People referred so long ago that the agreement should be over, whatever became of it.
COHORT = f"{SENT} AND s.due_by <= %(as_of)s"
COHORT_WAITS = f"{SENT} AND s.due_by > %(as_of)s"
COHORT_OF = f"people referred as long ago as the scheme takes, and {SPARE_WEEKS} weeks more"
COHORT_PENDING = "referred later than that"
SCHEME_OFFERED = f"{OFFERED} AND f.scheme <> 'none'"
NOT_SAID = "s.without_scheme IN ('', 'not_known')"
SERIOUS_NEED = f"n.at_start >= {NEED_LEVEL}"
MATURE = f"f.happened_on <= %(as_of)s - {FOLLOW_UP_DAYS}"
#: Ministry of Justice, Guide to proven reoffending statistics: an offence in the follow-up that was proven in it or in
#: a further six months (domain 5.1, PRS11).
WAIT_MONTHS = 6
FOLLOWED_MONTHS = (12, 24)
FOLLOWED = "u.case_id IS NOT NULL"


def after(months: int) -> str:
    """The same day of the month so many months after the decision, or the last of a shorter month."""
    return f"(f.happened_on + interval '{months} months')::date"


def followed(months: int) -> str:
    """Whether the extract tells of the whole time and the wait after it."""
    return f"({FOLLOWED} AND {after(months + WAIT_MONTHS)} <= LEAST(u.followed_to, %(as_of)s))"


def still_followed(months: int) -> str:
    """Whether nobody can tell yet: the time and the wait after it are not over, or the extract ends before."""
    over = f"{after(months + WAIT_MONTHS)} <= "
    return f"(NOT {over} %(as_of)s OR ({FOLLOWED} AND NOT {over} u.followed_to))"


def proven(months: int) -> str:
    """A first reoffence within the time, proven within it or the wait after it."""
    within = f"u.reoffence_on > f.happened_on AND u.reoffence_on <= {after(months)}"
    return f"{within} AND u.proven_on <= {after(months + WAIT_MONTHS)}"


@dataclass(frozen=True)
class Measure:
    """One measure. ``events`` of ``people``; both are conditions, and an event is counted only among the people.

    ``live`` measures can be told of this service's own decisions only. ``days`` makes it a time: the days of each of
    the people. ``needs`` says what must be collected first: such a measure is named and never computed.
    """

    name: str
    words: str
    of: str
    direction: Direction
    source: str
    events: str = "FALSE"
    people: str = "FALSE"
    pending: str = "FALSE"
    pending_words: str = ""
    grade: Grade = "descriptive"
    live: bool = True
    days: str = ""
    needs: str = ""
    followed: bool = False
    not_found: str = "FALSE"
    # The measure whose other side this is: it says nothing new, so disparities compare it only where it is named.
    other_side_of: str = ""
    # The measure whose events are those of this one's people who do not have its event, wherever both have the same
    # people: then the two are one comparison, counted once in a family.
    complement_of: str = ""
    # Counts needs (``n``) and not decisions: reporting.measures.needs has the rules.
    of_needs: bool = False
    # Of people whom a provider has taken on, and so could ask about disability and care.
    asked: bool = False


LADDER = "domain 4.1, denominator ladder"


def reoffended(months: int, among: str = "f.diverted") -> Measure:
    """Proven reoffending of the decisions that ``among`` chooses; of people who accepted unless told."""
    return Measure(
        f"reoffended_{months}",
        f"proven to have offended within {months} months (proven in them or in {WAIT_MONTHS} more)",
        "people who accepted, of whom a follow-up extract tells for the whole time",
        Direction.HARM,
        "Ministry of Justice, proven reoffending (domain 5.1); the extract of `import_followup`",
        events=proven(months),
        people=f"{among} AND {followed(months)}",
        pending=f"{among} AND {still_followed(months)}",
        pending_words=f"not followed for {months} months and {WAIT_MONTHS} more yet",
        followed=True,
        not_found=f"{among} AND NOT {FOLLOWED} AND NOT {still_followed(months)}",
    )


def cohort(name: str, words: str, direction: Direction, events: str) -> Measure:
    """One of the five ways in which a referral that should be over can stand: together they are everybody referred."""
    return Measure(
        name,
        words,
        COHORT_OF,
        direction,
        "our own: by cohort, so that who never arrives stays in (domain 5.1, by intention to treat)",
        events=events,
        people=COHORT,
        pending=COHORT_WAITS,
        pending_words=COHORT_PENDING,
        other_side_of="" if name == "completed_in_time" else "completed_in_time",
    )


MEASURES = (
    Measure(
        "considered",
        "considered for a resolution",
        "suspects in the force's outcome extract",
        Direction.BENEFIT,
        f"{LADDER}; the extract of `import_suspects`",
        needs="the force's outcome extract; `manage.py measures --funnel` gives it by group",
    ),
    Measure(
        "diverted",
        "offered a resolution and accepted it, with authority where it is needed",
        "decisions recorded (of an imported file: rows that its mapping counts as considered)",
        Direction.BENEFIT,
        LADDER,
        events="f.diverted",
        people="f.considered",
        live=False,
    ),
    Measure(
        "eligible",
        "the force's rules left a disposal or a scheme open, with a higher rank's authority or without",
        "decisions recorded of which the rules can tell",
        Direction.BENEFIT,
        LADDER,
        events="s.eligibility = 'eligible'",
        people="f.considered AND s.eligibility <> 'unknown'",
        pending="f.considered AND s.eligibility = 'unknown'",
        pending_words="an answer that decides was not known, or no rule was applied",
    ),
    Measure(
        "offered",
        "offered a resolution",
        "eligible people",
        Direction.BENEFIT,
        LADDER,
        events=OFFERED,
        people=IS_ELIGIBLE,
        pending="f.considered AND s.eligibility = 'unknown'",
        pending_words="eligibility not known",
    ),
    Measure(
        "eligible_not_offered",
        "not offered a resolution, although the rules left one open",
        "eligible people",
        Direction.HARM,
        "our own: 1 − `offered`",
        events=f"NOT ({OFFERED})",
        people=IS_ELIGIBLE,
        pending="f.considered AND s.eligibility = 'unknown'",
        pending_words="eligibility not known",
        other_side_of="offered",
    ),
    Measure(
        "offered_of_considered",
        "offered a resolution",
        "decisions recorded, eligible or not",
        Direction.BENEFIT,
        "our own: nobody is left out because no rule was applied to them",
        events=OFFERED,
        people="f.considered",
    ),
    Measure(
        "declined",
        "declined the offer",
        "people offered a resolution",
        Direction.NEITHER,
        "domain 4.1; declining is a choice, neither benefit nor harm",
        events="s.decision = 'offered_declined'",
        people=OFFERED,
    ),
    Measure(
        "accepted",
        "accepted the offer",
        "people offered a resolution that waits for nobody's authority",
        Direction.NEITHER,
        "domain 4.1; the other side of declining, and a choice like it",
        events="f.diverted",
        complement_of="declined",
        people=f"{OFFERED} AND s.authority <> 'waiting'",
        pending=f"{OFFERED} AND s.authority = 'waiting'",
        pending_words="waiting for authorisation",
    ),
    Measure(
        "referred",
        "referred to a scheme",
        "people who accepted",
        Direction.BENEFIT,
        LADDER,
        events=REFERRED,
        people="f.diverted",
    ),
    Measure(
        "started",
        "started: came to a first appointment",
        "people referred who have started, or whose referral has ended without that",
        Direction.BENEFIT,
        LADDER,
        events=STARTED,
        people=f"{SENT} AND (f.started_on IS NOT NULL OR NOT {OPEN})",
        pending=f"{SENT} AND f.started_on IS NULL AND {OPEN}",
        pending_words="referred, and neither started nor ended yet",
    ),
    Measure(
        "completed",
        "completed the agreement",
        "people who started and whose referral has ended",
        Direction.BENEFIT,
        LADDER,
        events=f"{STARTED} AND f.result = 'completed'",
        people=f"{STARTED} AND {ENDED}",
        pending=f"{STARTED} AND {OPEN}",
        pending_words="started and still under way",
        asked=True,
    ),
    cohort(
        "completed_in_time",
        "completed the agreement, of everybody referred long enough ago",
        Direction.BENEFIT,
        "f.result = 'completed'",
    ),
    cohort(
        "ended_before_starting",
        "ended without keeping the agreement, before a first appointment",
        Direction.HARM,
        "f.result = 'not_completed' AND f.started_on IS NULL",
    ),
    cohort(
        "ended_after_starting",
        "ended without keeping the agreement, after starting",
        Direction.HARM,
        "f.result = 'not_completed' AND f.started_on IS NOT NULL",
    ),
    cohort(
        "withdrawn_by_others",
        "declined by the partner, or withdrawn or rescinded by police",
        Direction.HARM,
        "s.ending IN ('declined', 'withdrawn')",
    ),
    cohort("still_open", "neither completed nor ended, long after the scheme should be over", Direction.HARM, OPEN),
    Measure(
        "breached",
        "ended without keeping the agreement",
        "people referred whose referral has ended",
        Direction.HARM,
        "domain 4.1 (harm events)",
        events=BREACHED,
        people=f"{SENT} AND {ENDED}",
        pending=f"{SENT} AND {OPEN}",
        pending_words="referral still under way",
        asked=True,
        complement_of="completed",
    ),
    Measure(
        "charged",
        "charged or summonsed after an agreement that was not kept (outcome 1)",
        "people who did not keep the agreement and about whom somebody has decided what follows",
        Direction.HARM,
        "domain 1.8 and 4.1",
        events="s.charged",
        people=f"{BREACHED} AND s.charged IS NOT NULL",
        pending=f"{BREACHED} AND s.charged IS NULL",
        pending_words="what follows is not decided yet",
        asked=True,
    ),
    Measure(
        "came_back",
        f"had another decision in this service within {FOLLOW_UP_DAYS} days",
        f"people who accepted, {FOLLOW_UP_DAYS} days ago or more",
        Direction.HARM,
        "our own: what this service can see from inside; it is not reoffending",
        events=f"s.next_decision_on <= f.happened_on + {FOLLOW_UP_DAYS}",
        people=f"f.diverted AND {MATURE}",
        pending=f"f.diverted AND NOT {MATURE}",
        pending_words=f"accepted less than {FOLLOW_UP_DAYS} days ago",
    ),
    Measure(
        "days_to_first_appointment",
        "days from the decision to the first appointment that the person came to",
        "people referred who came to one, or whose referral has ended without that",
        Direction.NEITHER,
        "domain 5.2 T10 (drop-off before the first contact); median and quartiles of those who came",
        events="s.first_appointment_on IS NOT NULL",
        people=f"{SENT} AND (s.first_appointment_on IS NOT NULL OR NOT {OPEN})",
        pending=f"{SENT} AND s.first_appointment_on IS NULL AND {OPEN}",
        pending_words="no appointment attended yet",
        days="s.first_appointment_on - f.happened_on",
    ),
    Measure(
        "net_widening",
        "the outcome indicated without the scheme was no action",
        "people offered a scheme, of whom an officer said what was indicated without it",
        Direction.HARM,
        "our own, after domain 4.1 and 5.1",
        events="s.without_scheme = 'no_action'",
        people=f"{SCHEME_OFFERED} AND NOT {NOT_SAID}",
        pending=f"{SCHEME_OFFERED} AND {NOT_SAID}",
        pending_words="nobody said, or the officer did not know",
    ),
    Measure(
        "need_met",
        "a service met the need, and in how many days after it was found",
        f"needs at level {NEED_LEVEL} or more at the start of which it is recorded what came, each of a person's once",
        Direction.BENEFIT,
        "domain 3.7 and J7; median and quartiles of those that were met",
        events="n.outcome = 'met'",
        people=f"{SERIOUS_NEED} AND n.outcome <> ''",
        pending=f"{SERIOUS_NEED} AND n.outcome = ''",
        pending_words="nothing recorded of what came of the need yet",
        days="n.days_to_met",
        of_needs=True,
    ),
    Measure(
        "need_lower",
        "the need is lower at the end than it was at the start",
        "needs found at the start and reviewed again at the end",
        Direction.BENEFIT,
        "domain 3.7 and J7 (the same levels at the start and at the end)",
        events="n.at_end < n.at_start",
        people="n.at_start >= 1 AND n.at_end IS NOT NULL",
        pending="n.at_start >= 1 AND n.at_end IS NULL",
        pending_words="not reviewed at the end, or not yet",
        of_needs=True,
    ),
    *(reoffended(months) for months in FOLLOWED_MONTHS),
)
BY_NAME = {measure.name: measure for measure in MEASURES}
COMPUTED = tuple(measure for measure in MEASURES if not measure.needs)
FUNNEL = ("eligible", "offered", "accepted", "referred", "started", "completed")


class NoMeasure(Exception):
    """A measure, dimension or source that cannot be had. The message says why, and what can."""


def named(
    names: list[str] | tuple[str, ...] | None, *, live: bool, of_needs: bool = False, asked: bool = False
) -> tuple[Measure, ...]:
    """The measures asked for, all that can be computed of the source if None. NoMeasure where one cannot.

    ``of_needs``: those that count needs, which are never mixed with those that count decisions. ``asked``: those of
    people whom a provider could ask.
    """
    possible = [measure for measure in COMPUTED if (live or not measure.live) and measure.of_needs == of_needs]
    possible = [measure for measure in possible if measure.asked or not asked]
    if names is None:
        return tuple(possible)
    for name in names:
        if name not in BY_NAME:
            raise NoMeasure(f"There is no measure '{name}': choose {', '.join(one.name for one in possible)}.")
        if BY_NAME[name].needs:
            raise NoMeasure(f"'{name}' cannot be computed: it needs {BY_NAME[name].needs}.")
        if BY_NAME[name].of_needs != of_needs:
            raise NoMeasure(f"'{name}' counts {'decisions, not needs' if of_needs else 'needs'}: ask for it apart.")
        if asked and not BY_NAME[name].asked:
            raise NoMeasure(
                f"Disability and care experience are known only of people whom a provider asked, so that '{name}' by "
                f"them would mislead: choose {', '.join(one.name for one in possible)}."
            )
        if BY_NAME[name] not in possible:
            raise NoMeasure(f"'{name}' can be told of this service's own decisions only: choose the source 'live'.")
    return tuple(BY_NAME[name] for name in names)
