"""How dates and limits read, without a database."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cases.models import Person
from referrals.models import Referral, Scheme, SchemeVersion
from referrals.presenters.case import SupportView, ethnicity_in_words, limit_colour, limit_in_words

TODAY = date(2026, 6, 10)


def test_days_to_a_limit_read_as_people_say_them() -> None:
    """A limit misread by a day is a prosecution lost."""
    assert limit_in_words(TODAY, TODAY) == "Today is the last day"
    assert limit_in_words(TODAY + timedelta(days=1), TODAY) == "1 day left"
    assert limit_in_words(TODAY + timedelta(days=29), TODAY) == "29 days left"
    assert limit_in_words(TODAY - timedelta(days=1), TODAY) == "Passed 1 day ago"
    assert limit_in_words(None, TODAY) == "No time limit"


@given(st.integers(-400, 400))
def test_the_nearer_the_limit_the_stronger_the_colour(days: int) -> None:
    """A limit that has passed must never look calm."""
    strength = ["", "yellow", "red"].index(limit_colour(TODAY + timedelta(days=days), TODAY))
    nearer = ["", "yellow", "red"].index(limit_colour(TODAY + timedelta(days=days - 1), TODAY))
    assert nearer >= strength
    assert (days <= 14) == (strength == 2)


def test_ethnicity_is_the_persons_own_or_says_why_not() -> None:
    """The officer's view must never stand where the person's answer belongs."""
    stated = Person(ethnicity_self_defined="B1", ethnicity_officer_defined="IC1")
    assert ethnicity_in_words(stated) == "Black or Black British: Caribbean"
    declined = Person(ethnicity_not_stated="N4", ethnicity_officer_defined="IC3")
    assert ethnicity_in_words(declined) == "N4: person declined to say"
    carried = Person(
        ethnicity_self_defined="W1",
        ethnicity_not_stated="carried",
        ethnicity_source="Custody",
        ethnicity_recorded_on=date(2025, 1, 2),
    )
    assert ethnicity_in_words(carried).endswith("(carried from Custody, 2 January 2025)")


def test_a_voluntary_referral_looks_the_same_whatever_came_of_it() -> None:
    """Somebody who sought help freely must not be watched through it, not even by what is missing."""
    version = SchemeVersion(scheme=Scheme(name="DIVERT"), confidentiality="voluntary")
    states = ("sent", "accepted", "started", "closed")
    views = [SupportView(Referral(scheme_version=version, state=state, started_at=None, result="")) for state in states]
    assert {(view.state, tuple(view.feedback), view.why_declined) for view in views} == {
        ("Sent", ("This support is voluntary: nothing that happens in it is shared with police.",), "")
    }
