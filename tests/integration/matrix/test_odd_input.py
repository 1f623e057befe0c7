"""Whatever is sent to any page: no fault of the service, nothing lost that was typed, no markup shown as markup.

A small sample of it is in `make test`: test_matrix.py, whose world it shares.
"""

import time
from collections import Counter

import pytest
from django.http import HttpResponse
from django.utils.html import escape

from tests.integration.matrix import odd, world
from tests.integration.matrix.asking import POST, Row
from tests.integration.matrix.fuzzing import Sent, fuzzed, lost, repeats_markup
from tests.integration.test_every_url import ROUTES

#: How many parts there are, side by side, and how many odd values each sends.
PARTS, EACH = 8, 12_500
AT = "/referrals/RF-1/contacts"
pytestmark = pytest.mark.django_db


def sent(**typed: str) -> Sent:
    """A form of contacts, sent."""
    route = next(one for one in ROUTES if one.name == "contact_record")
    return Sent(Row(route, POST, "made up", AT), "george", "", AT, tuple(typed.items()))


PAGE = (
    '<form method="post" action="/referrals/RF-1/contacts">'
    '<input name="day" value="{}"><textarea name="note">{}</textarea></form>'
)


@pytest.mark.parametrize(
    ("day", "note", "shown", "said"),
    [
        ("31 2 2026", "a & b", ("31 2 2026", "a &amp; b"), ""),
        ("2026-06-10", "a", ("10 June 2026", "a"), ""),
        ("31 2 2026", "a", ("", "a"), "lost what was typed in day (status 422)"),
        ("1", "all of it", ("1", "all of"), "lost what was typed in note (status 422)"),
    ],
)
def test_a_field_that_lost_what_was_typed_is_found(day: str, note: str, shown: tuple[str, str], said: str) -> None:
    """Whatever looks at nothing finds nothing, and would say for ever that all is well."""
    wrong, gone = lost(sent(day=day, note=note), HttpResponse(PAGE.format(*shown), status=422))
    assert wrong.startswith(said)
    assert bool(wrong) == bool(said)
    assert gone == set()


def test_a_field_that_is_gone_and_markup_that_is_shown_as_such_are_found() -> None:
    """As above."""
    assert lost(sent(note="a word"), HttpResponse("<p>It has ended.</p>", status=422)) == ("", {"note"})
    assert repeats_markup(HttpResponse(f"<p>{escape(odd.MARKUP)}</p>")) == ""
    for shown in (odd.MARKUP, escape(odd.MARKUP).replace("&quot;", '"'), escape(odd.MARKUP).replace("&#x27;", "'")):
        assert repeats_markup(HttpResponse(f"<p>{shown}</p>"))


@pytest.mark.parametrize(("count", "gone"), [("2", {"rows-1-note"}), ("1", set()), ("today", set())])
def test_a_row_is_lost_where_the_page_counts_it(count: str, gone: set[str]) -> None:
    """No browser sends a row beyond its count: each odd count would be told as a fault, among which nobody sees one."""
    page = '<form method="post" action="/referrals/RF-1/contacts"><input type="hidden" name="rows-TOTAL_FORMS"></form>'
    typed = sent(**{"rows-TOTAL_FORMS": count, "rows-1-note": "a word"})
    assert lost(typed, HttpResponse(page, status=422)) == ("", gone)


@pytest.mark.sweep
@pytest.mark.parametrize("part", range(PARTS))
def test_odd_input_is_answered_whole(made: world.World, part: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Every route and way, an eighth of them in each part."""
    begun = time.monotonic()
    fuzzing = fuzzed(made, str(part), EACH, lambda found: found[part::PARTS])
    took = time.monotonic() - begun
    with capsys.disabled():
        print(f"\nOdd input, part {part}: {fuzzing.values} values in {fuzzing.sent} requests, {took:.0f} s;")  # noqa: T201
        print(f"{Counter(fuzzing.answers)}; the slowest {fuzzing.slowest[0]:.1f} s ({fuzzing.slowest[1]})")  # noqa: T201
    assert not fuzzing.wrong, "\n".join(fuzzing.wrong)
    assert fuzzing.values >= EACH
