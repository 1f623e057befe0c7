import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from diversion.design_system.repeating import resized, typed_number

words = st.text(st.characters(categories=["L"]), min_size=1, max_size=5)


def posted(values: list[str], **pressed: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"other": "kept", "crimes-TOTAL_FORMS": str(len(values)), "crimes-INITIAL_FORMS": "0"})
    data.update({f"crimes-{number}-name": value for number, value in enumerate(values)})
    data.update({f"crimes-{key}": value for key, value in pressed.items()})
    return data


def names(data: QueryDict) -> list[str | None]:
    return [data.get(f"crimes-{number}-name") for number in range(int(data["crimes-TOTAL_FORMS"]))]


@given(st.lists(words, min_size=1, max_size=12), st.data())
def test_removing_a_row_keeps_all_others_in_order(values: list[str], data: st.DataObject) -> None:
    """An officer who takes the wrong crime out must not lose what was typed for the right one."""
    removed = data.draw(st.integers(0, len(values) - 1))
    left, changed = resized(posted(values, remove=str(removed)), "crimes")
    assert changed
    assert names(left) == values[:removed] + values[removed + 1 :]
    assert left["other"] == "kept"


@given(st.lists(words, max_size=12))
def test_adding_a_row_adds_an_empty_one_at_the_end(values: list[str]) -> None:
    """Add another must not touch what is there."""
    left, changed = resized(posted(values, add="1"), "crimes")
    assert changed
    assert names(left) == [*values, None]


def test_an_ordinary_submit_is_left_alone() -> None:
    """Otherwise saving would be taken for adding."""
    data = posted(["a"])
    assert resized(data, "crimes") == (data, False)


def test_nonsense_in_the_request_removes_nothing() -> None:
    """A hand-made request must not crash the page or shift rows."""
    for pressed in ("7", "-1", "x", ""):
        data = posted(["a"], remove=pressed)
        assert resized(data, "crimes") == (data, False)
    assert resized(QueryDict("crimes-TOTAL_FORMS=x&crimes-add=1"), "crimes")[0]["crimes-TOTAL_FORMS"] == "1"


def test_boxes_with_several_values_keep_them_all() -> None:
    """Ticked boxes of a later row must move up whole."""
    data = QueryDict("crimes-TOTAL_FORMS=2&crimes-1-tick=a&crimes-1-tick=b&crimes-remove=0", mutable=True)
    left, _changed = resized(data, "crimes")
    assert left.getlist("crimes-0-tick") == ["a", "b"]


@pytest.mark.parametrize("odd", ["²", "٣", "-1", "9" * 30, "9" * 5000, "1e3", "", "\x00"])
def test_what_is_no_row_number_leaves_the_page_as_it_is(odd: str) -> None:
    """A hand-made request must not stop the page: these are digits to Python and no numbers to int()."""
    assert typed_number(odd) is None
    assert resized(posted(["one"], remove=odd), "crimes")[1] is False
    data = posted(["one"], add="1")
    data["crimes-TOTAL_FORMS"] = odd
    assert resized(data, "crimes")[0]["crimes-TOTAL_FORMS"] == "1"
