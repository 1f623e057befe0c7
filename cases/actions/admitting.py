"""Keeping a person's words of admission, where the law wants an admission before it gives what was offered."""

from dataclasses import asdict, dataclass

from cases import legal
from cases.models import Case, WordsOfAdmission
from diversion.accounts.models import User
from diversion.refusals import Refused


@dataclass(frozen=True)
class Admitted:
    """The person's own words, where they are recorded (`WordsOfAdmission.RecordedIn`), and under what reference."""

    words: str
    recorded_in: str
    reference: str = ""


def asks_words(case: Case) -> bool:
    """Whether the words of admission are kept: the law gives what was offered to nobody who has not admitted it."""
    disposal = legal.disposal_of(case.decision)
    return disposal is not None and disposal.needs_admission


def keep_admission(case: Case, said: Admitted | None, by: User) -> None:
    """Keep what the person said to ``by`` today; of a resolution that needs no admission nothing is kept.

    Refused without their words, and without where those are recorded.
    """
    if asks_words(case):
        WordsOfAdmission.objects.create(case=case, heard_by=by, **asdict(_checked(said)))


def _checked(said: Admitted | None) -> Admitted:
    if said is None or not any(letter.isalpha() for letter in said.words):
        raise Refused("Enter what the person said when they admitted it, in their own words.")
    if said.recorded_in not in WordsOfAdmission.RecordedIn.values:
        raise Refused("Choose where their words of admission are recorded.")
    if said.recorded_in == WordsOfAdmission.RecordedIn.OTHER and not said.reference.strip():
        raise Refused("Say where their words of admission are recorded: enter its reference.")
    return Admitted(said.words.strip(), said.recorded_in, said.reference.strip())
