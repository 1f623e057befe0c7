"""Which pages of a list to link to, as GOV.UK Pagination shows them: first, around the current one, last."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property

#: How many rows of a long list are counted; a page further on is found by going on, up to the last that is shown.
COUNTED, LAST_PAGE = 1_000, 400


class PaginatorSoFar(Paginator):
    """Pages of a list that may be very long, of which ``count`` rows are known; ``more``: another page follows them."""

    def __init__(self, rows: Sequence[Any], per_page: int, *, reach: int) -> None:
        super().__init__(rows[:reach], per_page)
        self.more = len(rows) > reach

    @cached_property
    def num_pages(self) -> int:
        return min(super().num_pages + self.more, LAST_PAGE)


def page_so_far(first: Callable[[int], Sequence[Any]], per_page: int, number: str | None) -> "Page[Any]":
    """The page asked for, of a list of which ``first(most)`` gives the first ``most`` rows.

    The whole is never counted: who has ten thousand cases narrows the list, and does not read to its end.
    """
    asked = _number(number)
    reach = max(COUNTED, asked * per_page)
    return PaginatorSoFar(first(reach + 1), per_page, reach=reach).get_page(asked)


def page_and_next(rows: "QuerySet[Any]", per_page: int, number: str | None) -> "Page[Any]":
    """The page asked for, of a list that only grows: of the rest no more is asked than whether there is any."""
    asked = _number(number)
    before = (asked - 1) * per_page
    found = list(rows[before : before + per_page + 1])
    if before and not found:
        return page_and_next(rows, per_page, None)
    known = PaginatorSoFar(range(before + len(found)), per_page, reach=before + per_page)
    return Page(found[:per_page], asked, known)


def page_of_all(
    read: Callable[[int, int], tuple[Sequence[Any], int]], per_page: int, number: str | None
) -> "Page[Any]":
    """The page asked for, or the last where there are fewer: ``read(start, stop)`` gives rows, and how many there are.

    Of no rows it need not know how many there are: then the first are asked for.
    """
    asked = _number(number)
    rows, total = read((asked - 1) * per_page, asked * per_page)
    if asked > 1 and not rows:
        total = read(0, 1)[1]
        asked = max(-(-total // per_page), 1)
        rows, total = read((asked - 1) * per_page, asked * per_page)
    return Page(rows, asked, Paginator(range(total), per_page))


def _number(asked: str | None) -> int:
    """A number that nobody was offered is the first page or the last that is shown."""
    return min(max(int(asked), 1), LAST_PAGE) if asked and asked.isdecimal() and len(asked) < 9 else 1


def with_parameter(query: QueryDict, **changes: Any) -> str:
    """The query string with some parameters changed (None takes one out), and the rest as they were."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value is not None:
            changed[name] = str(value)
    return f"?{changed.urlencode()}"


def page_links(page: "Page[Any]", query: QueryDict, parameter: str = "page") -> dict[str, Any]:
    """Context for components/pagination.html: ``previous``, ``next`` (addresses or None) and ``items``."""
    if page.paginator.num_pages < 2:
        return {"items": []}

    def address(number: int) -> str:
        return with_parameter(query, **{parameter: number})

    goes_on = [{"gap": True}] if getattr(page.paginator, "more", False) else []
    return {
        "page": page,
        "previous": address(page.previous_page_number()) if page.has_previous() else None,
        "next": address(page.next_page_number()) if page.has_next() else None,
        "items": [
            {"number": number, "href": address(number), "current": number == page.number} if number else {"gap": True}
            for number in shown_numbers(page.number, page.paginator.num_pages)
        ]
        + goes_on,
    }


def shown_numbers(current: int, last: int) -> list[int | None]:
    """Page numbers to show, None for a gap: ``shown_numbers(6, 20) == [1, None, 5, 6, 7, None, 20]``."""
    near = sorted({1, last, *(number for number in (current - 1, current, current + 1) if 1 <= number <= last)})
    shown: list[int | None] = []
    for before, number in zip([0, *near], near, strict=False):
        if number - before == 2:
            shown.append(number - 1)
        elif number - before > 2:
            shown.append(None)
        shown.append(number)
    return shown
