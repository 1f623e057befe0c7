"""A scheme's rules as a coordinator types them: every one becomes the document that decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.codes import Admission
from cases.eligibility.base import Span
from cases.eligibility.schemes import RepeatPolicy, SchemeDocument
from diversion.refusals import Refused
from referrals.schemes.typed import TemplateDetails, ages_in_words, criteria_for, repeat_in_words, typed_document

ages = st.none() | st.integers(0, 120)
WORK = TemplateDetails("unpaid_work", "reparative", "I will do voluntary work.", minimum_hours=18, maximum_hours=36)


@given(
    ages, ages, st.lists(st.sampled_from(Admission.values), unique=True), st.none() | st.integers(1, 120), st.booleans()
)
def test_what_is_typed_is_what_the_document_says(
    low: int | None, high: int | None, admissions: list[str], months: int | None, engaged: bool
) -> None:
    """A limit that is shown and does not decide, or decides and is not shown, would turn people away unseen."""
    if low is not None and high is not None and low > high:
        low, high = high, low
    values = {"min_age": low, "max_age": high, "admissions": admissions, "entry_window_months": months}
    repeat = {"repeat_maximum": 1, "repeat_months": months, "repeat_if_engaged": engaged}
    read = typed_document(values | repeat, name="New Start")
    assert (read.minimum_age, read.maximum_age) == (low, high)
    assert set(read.admissions) == set(admissions or Admission.values)
    assert (read.entry_window.amount if read.entry_window else None) == months
    back = read.repeat("new-start")
    assert (back.maximum, back.within_months, back.if_engaged) == (1, months, engaged)


def test_every_answer_allowed_asks_nothing() -> None:
    """A criterion that everybody meets would only make officers ask."""
    assert [one.test.kind for one in criteria_for({"admissions": list(Admission.values)}, "New")] == ["consent"]


def document() -> SchemeDocument:
    values = {"min_age": 18, "duration": 4, "duration_unit": "months", "returns_to": ["caution"], "must_refer": True}
    return typed_document(values, [WORK], name="New")


def test_who_may_enter_stays_as_it_was_when_the_rest_is_typed_anew() -> None:
    """“Where does this rule come from?” must have the same answer after a change to something else."""
    before = document()
    after = typed_document({"min_age": 30, "duration": None}, [WORK], before=before)
    assert (after.criteria, after.sources, after.minimum_age) == (before.criteria, before.sources, 18)
    assert (after.open_ended, after.must_refer, after.on_failure.returns_to) == (True, False, ())


def test_only_a_voluntary_scheme_takes_people_of_whom_nothing_is_alleged() -> None:
    """Police would see how somebody attends who did nothing but ask for help."""
    taken = typed_document({"without_offence": True, "confidentiality": "voluntary"})
    assert taken.without_offence
    with pytest.raises(Refused, match="tells police nothing"):
        typed_document({"without_offence": True, "confidentiality": "enforceable"}, before=taken)


def test_a_condition_left_as_it_was_keeps_its_time_in_months() -> None:
    """Four months typed as 120 days would end before the agreement."""
    before = document()
    due = before.conditions[0].model_copy(update={"due": Span(amount=4, unit="months"), "slug": "voluntary-work"})
    before = before.model_copy(update={"conditions": (due,)})
    same = TemplateDetails(**{**vars(WORK), "due_days": 120})
    assert typed_document({}, [same], before=before).conditions == (due,)
    sooner = TemplateDetails(**{**vars(WORK), "due_days": 60})
    assert str(typed_document({}, [sooner], before=before).conditions[0].due) == "60 days"


def test_more_for_everybody_than_an_agreement_may_hold_is_refused() -> None:
    """Nobody could ever be recorded on such a scheme."""
    asked = [TemplateDetails("course", "rehabilitative", f"Course {n}.", is_mandatory=True) for n in (1, 2)]
    with pytest.raises(Refused, match="more mandatory conditions than max_conditions allows"):
        typed_document({"max_conditions": 1}, asked)


def test_limits_in_words() -> None:
    """The coordinator reads these words to see whether the limits are right."""
    words = [ages_in_words(*pair) for pair in ((18, 25), (18, None), (None, 17), (None, None))]
    assert words == ["aged 18 to 25", "aged 18 or over", "aged 17 or under", "of any age"]
    again = RepeatPolicy(maximum=0, within_months=12, override_by="inspector")
    assert repeat_in_words(again) == "No earlier time in 12 months, unless an inspector decides otherwise"
    engaged = RepeatPolicy(maximum=1, if_engaged=True)
    assert repeat_in_words(engaged) == "At most 1 earlier time without taking part"
    assert repeat_in_words(RepeatPolicy()) == "No limit on coming back"
