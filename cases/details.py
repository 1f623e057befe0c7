"""What somebody said of a person, a crime and a decision, before it is on record: what actions take and rules read."""

from dataclasses import dataclass
from datetime import date

from cases.codes import VictimKind
from cases.models import Offence, Person


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
