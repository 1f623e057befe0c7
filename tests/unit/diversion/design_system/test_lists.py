"""Pages, orders and filters of a list."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from diversion.design_system.filtering import chips_of, other_parameters
from diversion.design_system.gallery_samples import ListFilter
from diversion.design_system.pagination import LAST_PAGE, page_links, page_so_far, shown_numbers, with_parameter
from diversion.design_system.tables import Column, Table, headings, link, order_by


@given(st.integers(1, 400), st.data())
def test_pages_shown_have_no_hole_without_a_gap_and_no_gap_of_one(last: int, data: st.DataObject) -> None:
    """A gap that hides a single page takes as much room as the page it hides."""
    current = data.draw(st.integers(1, last))
    shown = shown_numbers(current, last)
    assert shown[0] == 1
    assert shown[-1] == last
    assert current in shown
    for before, after in pairwise(shown):
        assert before is None or after is None or after == before + 1
    numbers = [number for number in shown if number]
    gaps = [b - a for a, b in pairwise(numbers) if b - a > 1]
    assert all(gap > 2 for gap in gaps)
    assert len(shown) <= 9


def test_links_to_other_pages_keep_filter_and_order() -> None:
    """A filter lost on page two shows other people's cases as if they matched."""
    links = page_links(Paginator(range(50), 10).page(2), QueryDict("state=open&need=a&need=b&page=2&sort=-name"))
    assert links["next"] == "?state=open&need=a&need=b&sort=-name&page=3"


def test_one_page_needs_no_links() -> None:
    """Links that lead to the page one is on are noise for a screen reader."""
    assert page_links(Paginator(range(3), 10).page(1), QueryDict())["items"] == []


def first_of(length: int) -> Callable[[int], range]:
    return lambda most: range(min(most, length))


@pytest.mark.parametrize(("length", "count", "more"), [(3, 3, False), (1000, 1000, False), (1001, 1000, True)])
def test_a_long_list_is_counted_so_far_and_no_further(length: int, count: int, more: bool) -> None:
    """Counting a hundred thousand cases costs more than showing those that are read."""
    page = page_so_far(first_of(length), 25, None)
    assert (page.paginator.count, page.paginator.more) == (count, more)
    assert (page_links(page, QueryDict())["items"][-1:] == [{"gap": True}]) == more


def test_a_long_list_can_be_read_on_past_what_is_counted() -> None:
    """The older cases would be out of reach."""
    page = page_so_far(first_of(5000), 25, "60")
    assert list(page.object_list) == list(range(1475, 1500))
    assert page.has_next()
    assert page_so_far(first_of(5000), 25, "200").has_next() is False


@pytest.mark.parametrize(("asked", "first"), [("x", 0), ("-4", 0), ("0", 0), ("9" * 30, 0), ("99999999", 9975)])
def test_a_page_number_that_nobody_was_offered_reads_no_more_than_the_last(asked: str, first: int) -> None:
    """An address made by hand would have the database read everything."""
    read: list[int] = []

    def rows(most: int) -> range:
        read.append(most)
        return range(min(most, 1_000_000))

    assert next(iter(page_so_far(rows, 25, asked).object_list)) == first
    assert read[0] <= (LAST_PAGE + 1) * 25 + 1


def test_a_heading_sorts_and_then_sorts_the_other_way_from_the_first_page() -> None:
    """Page 7 of another order shows rows from the middle of nowhere."""
    request = RequestFactory().get("/?sort=name&page=7&state=open")
    table = Table("Cases", [Column("Name", sort="name"), Column("Age")], [], order="name")
    name, age = headings(table, request)
    assert name["aria_sort"] == "ascending"
    assert name["href"] == "?state=open&sort=-name"
    assert "href" not in age


@pytest.mark.parametrize(
    ("asked", "order"),
    [("name", "name"), ("-name", "-name"), ("password", "-opened"), ("--name", "-opened"), ("", "-opened")],
)
def test_only_named_orders_are_followed(asked: str, order: str) -> None:
    """An order straight from the address could sort by, and so betray, a field that is not shown."""
    request = RequestFactory().get("/", {"sort": asked})
    assert order_by(request, ["name", "opened"], default="-opened") == order


def test_rows_that_do_not_fit_the_columns_are_refused() -> None:
    """A cell under the wrong heading is a wrong figure."""
    with pytest.raises(ValueError, match=r"shorter|longer"):
        Table("Cases", [Column("Name"), Column("Age")], [["Ada"]]).lines()


def test_text_of_a_link_is_escaped() -> None:
    """A person's name is not markup."""
    html = link("<b>", "/x?a=1&b=2", "for <i>")
    assert 'href="/x?a=1&amp;b=2">&lt;b&gt;<span' in html
    assert " for &lt;i&gt;</span>" in html


def test_each_filter_in_force_has_a_chip_that_takes_it_off_alone() -> None:
    """Without chips, people forget a filter and believe the list is whole."""
    request = RequestFactory().get("/?state=open&words=Ada&since=1+6+2026&sort=name&page=2")
    chips = {chip["name"]: chip for chip in chips_of(ListFilter(request.GET), request)}
    assert {name: chip["text"] for name, chip in chips.items()} == {
        "State": "Open",
        "Name": "Ada",
        "Opened since": "1 June 2026",
    }
    assert chips["Opened since"]["href"] == "?state=open&words=Ada&sort=name"
    assert "state" not in chips["State"]["href"]


def test_one_of_several_ticked_values_can_be_taken_off() -> None:
    """Taking off one need must leave the other."""

    class Needs(forms.Form):
        need = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], required=False)

    request = RequestFactory().get("/?need=a&need=b")
    chips = chips_of(Needs(request.GET), request)
    assert [(chip["text"], chip["href"]) for chip in chips] == [("A", "?need=b"), ("B", "?need=a")]


def test_applying_a_filter_keeps_the_order_and_begins_at_the_first_page() -> None:
    """The order is not part of the filter form, so it travels beside it."""
    request = RequestFactory().get("/?state=open&sort=name&page=2")
    assert other_parameters(ListFilter(request.GET), request.GET) == [("sort", "name")]


def test_a_parameter_can_be_taken_out_of_an_address() -> None:
    """None means gone, not the word None."""
    assert with_parameter(QueryDict("a=1&page=2"), page=None) == "?a=1"
