"""What somebody said of a person, a crime and a decision, before it is on record: what actions take and rules read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.codes import VictimKind
from cases.eligibility.kept import KeptOption
from cases.findings import UNKNOWN_RANK, Finding
from cases.models import Offence, Person


@dataclass(frozen=True)
class Prosecutor:
    """A prosecutor's decision, as the officer who records it was told: whose, on what day, under what reference."""

    name: str
    decided_on: date
    reference: str


@dataclass(frozen=True)
class ProsecutorsAnswer:
    """What a prosecutor answered to a case that was put to them: who, and what they decided (ProsecutorReferral).

    ``disposal`` is the resolution that they agreed to, "" where they left that open; ``words`` what they said to it.
    """

    by: Prosecutor
    decision: str
    disposal: str = ""
    words: str = ""


@dataclass(frozen=True)
class PersonDetails:
    """What is known of the person. ``existing`` names a record that already stands and is brought up to date.

    Names and date of birth say whose record it is: they change only where the officer ``corrects`` the record. A way
    to reach the person that is None was not asked; an empty one was taken off. ``version`` is that of the record as
    the officer saw it.
    """

    given_names: str
    family_name: str
    date_of_birth: date
    sex: str
    ethnicity_self_defined: str = ""
    ethnicity_not_stated: str = ""
    ethnicity_source: str = ""
    ethnicity_recorded_on: date | None = None
    ethnicity_officer_defined: str = ""
    telephone: str | None = None
    safe_contact: str | None = None
    safe_contact_texts: str | None = None
    needs_interpreter: str | None = None
    existing: Person | None = None
    version: int | None = None
    corrects: bool = False


@dataclass(frozen=True)
class CrimeDetails:
    number: str
    committed_on: date
    offence: Offence
    area: str = ""
    victim_kind: str = VictimKind.NONE
    victim_name: str = ""
    victim_stance: str = ""
    is_domestic_abuse: bool = False
    is_hate_crime: bool = False
    first_statement_on: date | None = None

    @property
    def counts_as_hate(self) -> bool:
        """Whether the officer marked it as hate crime, or the offence itself is an aggravated one."""
        return self.is_hate_crime or self.offence.hate_variant


@dataclass(frozen=True)
class DecisionDetails:
    result: str
    admission: str
    disposal: str = ""
    not_offered_reason: str = ""
    declined_reason: str = ""
    scheme: str = ""
    # What would have happened without the scheme (WithoutScheme); only where one was offered, and never asked for.
    without_scheme: str = ""
    rationale: str = ""
    # Of what is not decided yet: who decides next (WaitsFor), and by when.
    waits_for: str = ""
    decide_by: date | None = None


@dataclass(frozen=True)
class CaseDetails:
    """What the officer says of one case: about whom, over which crimes, and what was decided.

    ``answers`` is all of it once more in the words in which rules ask, with what the rules alone ask for.
    """

    person: PersonDetails
    crimes: Sequence[CrimeDetails]
    origin: str
    earlier_outcomes: str
    decision: DecisionDetails
    answers: dict[str, Any]


@dataclass(frozen=True)
class Weighed:
    """What the rules said of a decision.

    ``findings`` are about what was proposed: who has to decide follows from them (``cases.findings.needs``), and
    ``unknown_rank`` decides where a rule cannot be answered yet. ``options``: every disposal and scheme of the force
    that day, and what its rules said of each for these answers. ``rules``: the versions of them, in words.
    """

    findings: Sequence[Finding]
    options: Sequence[KeptOption]
    rules: str
    unknown_rank: str = UNKNOWN_RANK
