"""What is read to a person before they agree, and who signed."""

from dataclasses import dataclass

from cases import legal
from cases.law.rehabilitation import Told, wording_for
from cases.models import Case
from diversion import clock
from diversion.refusals import Refused

VOLUNTARY = "No police resolution was issued."


@dataclass(frozen=True)
class Signed:
    """The name that the person signed with the officer, and that of a child's appropriate adult."""

    signed_as: str
    adult: str = ""


def told_of(disposal: str) -> Told | None:
    """What a person is told before they sign: what ``disposal`` means for them later; None for no resolution."""
    return wording_for(disposal, clock.today()) if disposal not in ("", legal.NO_DISPOSAL) else None


def read_of(disposal: str) -> str:
    """The words that were read, with their version, as they are kept with the signature."""
    told = told_of(disposal)
    return f"{told.text} (version {told.version})" if told else VOLUNTARY


def check_signed(case: Case, signed: Signed) -> Signed:
    """``signed``, without what stands around the names; Refused where the person, or a child's adult, is not named."""
    name, adult = signed.signed_as.strip(), signed.adult.strip()
    if not name:
        raise Refused("Enter the name that the person signed.")
    if legal.is_child(case) and not adult:
        raise Refused("Name the appropriate adult who was there and signed with the child.")
    return Signed(name, adult)
