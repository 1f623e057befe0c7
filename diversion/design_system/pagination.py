"""Which pages of a list to link to, as GOV.UK Pagination shows them: first, around the current one, last."""

from typing import Any

from django.core.paginator import Page
from django.http import QueryDict


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

    return {
        "page": page,
        "previous": address(page.previous_page_number()) if page.has_previous() else None,
        "next": address(page.next_page_number()) if page.has_next() else None,
        "items": [
            {"number": number, "href": address(number), "current": number == page.number} if number else {"gap": True}
            for number in shown_numbers(page.number, page.paginator.num_pages)
        ],
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
