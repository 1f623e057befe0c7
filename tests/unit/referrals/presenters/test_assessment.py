"""The assessment of a case as its page tells it."""

from cases.eligibility.criteria import AnyOf
from cases.eligibility.kinds_dates import Age
from cases.eligibility.policy import load_policy
from cases.law import disposals
from cases.law.dates import ADULT_AGE
from cases.statute import law_criteria
from referrals.presenters.assessment import OF_CHILDREN


def test_what_an_adult_meets_by_being_one_is_known_as_of_children() -> None:
    """A rule added for children would stand on every adult's page as met, though nobody was asked anything."""
    criteria = [one for disposal in load_policy().disposals for one in disposal.criteria]
    criteria += [one for versions in disposals.catalogue().values() for each in versions for one in law_criteria(each)]
    adult = Age(minimum=ADULT_AGE)
    found = {one.id for one in criteria if isinstance(one.test, AnyOf) and adult in one.test.tests}
    assert found == OF_CHILDREN
