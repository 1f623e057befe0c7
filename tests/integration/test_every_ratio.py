"""Every share and ratio that leaves, on whatever page or in whatever file, has its interval beside it."""

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from diversion.accounts.models import Organisation, User
from reporting import tasks, urls
from reporting.actions import reports
from reporting.actions.releases import make_release
from reporting.models import Population, Release
from tests.conftest import Cast
from tests.factories.facts import harmed, live, suspects
from tests.factories.papers import charts
from tests.factories.releases import Q1, left, let_go, of_northmoor

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
YEAR = "?start=2026-01-01&end=2026-06-30&source=live"
#: Forms, lists of names and what is only posted to: no figure of people by group stands there.
WITHOUT_FIGURES = {
    *("dip_samples", "dip_sample_draw", "dip_sample", "dip_sample_item", "finding_notes", "finding_note_add"),
    *("finding_note_done", "figure_cases", "team_cases", "report_ask", "report_progress", "report_again"),
    *(
        "release_list",
        "release_declare",
        "release_changed",
        "release_freeze",
        "release_again",
        "release_discard",
        "release_withdraw",
    ),
    # Of panels: who sits, redacted cases, and a table by year that counts cases and gives no share.
    *("panel_convene", "panels", "panel", "panel_excuse", "panel_case", "panel_action_done"),
    *("sittings", "sitting", "sitting_case"),
    *("release_check", "schedules", "schedule_add", "schedule_change", "alone_samples", "alone_item"),
}
SHARE, RATIO = r"\d+(?:\.\d+)?%", r"(?<![\d.,£])\d+\.\d\d(?![\d%.])"
#: A share in plain words.
IN_WORDS = r"about \d+ in every 100"
#: What estimates nothing, each in the words that say so.
COUNTED = re.compile(
    r"95% interval|not known of [^.(]*\(\d+%\)|Not known: [\d.]+% of [^.]*, counted and not estimated"
    r"|[\d.]+% self-defined ethnicity not known counted, not estimated|At most \d+%, as far as chance goes"
    rf"|{RATIO} or (?:less|more)|Limits of chance, [\d.]+%|(?:95|99\.8)% (?:limits|lie in the band|in the broken lines)"
)


def blocks(html: str) -> Iterator[str]:
    """The rows, sentences and tiles of a page. The finding is one: its shares stand in a sentence, and their intervals
    in the next. What is drawn in a chart is left out: its line is the interval, and its description is read here."""
    html = re.sub(r"<(script|style|text)\b.*?</\1>", " ", html, flags=re.S)
    html = re.sub(
        r'<section class="app-finding".*?</section>',
        lambda one: re.sub(r"</?(p|li)\b[^>]*>", " ", one[0]),
        html,
        flags=re.S,
    )
    for block in re.split(r"</(?:p|li|tr|caption|figcaption|desc|title|h\d|section|summary)>", html):
        yield " ".join(unescape(re.sub(r"<[^>]+>", " ", block)).split())


def alone(words: str) -> int:
    """How many shares or ratios of a sentence or row have no interval in it."""
    words = COUNTED.sub(" ", words)
    short = 0
    words = re.sub(rf"{IN_WORDS}; allowing for chance, \d+ to \d+", " ", words)
    short += len(re.findall(IN_WORDS, words))
    for figure in (SHARE, RATIO):
        words, intervals = re.subn(rf"{figure} to {figure}", " ", words)
        short += max(0, len(re.findall(figure, words)) - intervals)
    return short


def figures_in(html: str) -> int:
    return len(re.findall(rf"{SHARE}|{IN_WORDS}", COUNTED.sub(" ", " ".join(blocks(html)))))


def bare(document: Any, where: str = "") -> Iterator[str]:
    """Where a JSON document has a rate, share or ratio without an interval."""
    if isinstance(document, dict):
        told = [document.get(name) for name in ("rate", "ratio", "share")]
        told += [document.get("value")] if {"numerator", "reference"} & document.keys() else []
        if any(isinstance(one, float) for one in told) and not document.get("interval"):
            yield where
        for name, value in document.items():
            yield from bare(value, f"{where}.{name}")
    elif isinstance(document, list):
        for value in document:
            yield from bare(value, where)


@pytest.fixture
def force(cast: Cast) -> Organisation:
    """A difference between two groups, the rest small, in two times; some suspects; and schemes with results."""
    avonford = cast["ian"].organisation
    refused = {"decision": "not_offered", "disposal": "not_offered"}
    for day in (Q1["start"], date(2026, 5, 4)):
        for code, offered, not_offered in (("W1", 120, 60), ("B1", 40, 40), ("A1", 30, 20), ("M1", 3, 2), ("", 8, 5)):
            live(avonford, offered, happened_on=day, ethnicity_self_code=code, scheme="Checkpoint")
            live(avonford, not_offered, happened_on=day, ethnicity_self_code=code, **refused)
        live(avonford, 25, happened_on=day, gender="Female", decision="offered_declined")
    harmed(live(avonford, 12, happened_on=Q1["start"]))
    harmed(live(avonford, 12, happened_on=Q1["start"]), decision_told_on=None)
    for scheme, came in (("Checkpoint", 40), ("Pathfinder", 30), ("Turning Point", 12)):
        due = {"referred_on": date(2026, 1, 5), "due_by": date(2026, 4, 1), "happened_on": Q1["start"]}
        live(avonford, came, scheme=scheme, **due, started_on=date(2026, 1, 9), result="completed")
        live(avonford, 15, scheme=scheme, **due, result="breached")
    suspects(avonford, White=40, Black=20)
    residents = {"White": 90_000, "Black": 4_000, "Asian": 5_000, "Mixed": 900, "Other": 100}
    Population.objects.create(force=avonford, year=2021, title="Census", area="Avonford", groups=residents)
    return avonford


@pytest.fixture
def pages(force: Organisation, cast: Cast) -> dict[str, str]:
    """Name of each page and file with figures -> its address."""
    kept = {}
    for start, end in ((date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 5, 31))):
        run = reports.ask(force=force, source="live", start=start, end=end, by=cast["ian"])
        tasks.run_report(run.pk)
        kept = {"reference": run.reference}
    release = make_release(force=force, audience="published", **Q1, tables=[("ethnicity",)], by=cast["ian"])
    gone = {"reference": release.reference}
    _beside_northmoor(cast)
    return {
        **{
            name: reverse(name) + YEAR
            for name in ("dashboard", "left_out", "teams", "team", "scheme_figures", "what_works", "victim_figures")
        },
        **{name: reverse(name, kwargs=kept) for name in ("report_page", "report_meeting", "report_paper")},
        **{
            f"report_file {kind}": reverse("report_file", kwargs=kept | {"kind": kind})
            for kind in ("csv", "json", "xlsx")
        },
        "release_check_table": reverse("release_check_table", kwargs=gone | {"table": 1}),
        **{
            name: reverse(name, kwargs=gone)
            for name in (
                "release_page",
                "release_brief",
                "release_summary",
                "release_file",
                "release_workbook",
                "release_paper",
            )
        },
        "release_compare": reverse("release_compare"),
    }


def _beside_northmoor(cast: Cast) -> None:
    """What another force has released of the same quarter."""
    people, day = of_northmoor(cast), Q1["start"]
    northmoor = people["ian"].organisation
    for code in ("W1", "B1"):
        live(northmoor, 40, happened_on=day, ethnicity_self_code=code)
        live(northmoor, 40, happened_on=day, ethnicity_self_code=code, decision="not_offered", disposal="not_offered")
    left(northmoor, people, tables=[("ethnicity",)])


def test_no_share_or_ratio_leaves_without_its_interval(pages: dict[str, str], cast: Cast, signed_in: SignIn) -> None:
    """A share of 40 people read like one of 4,000 makes a chief act on chance, or a newspaper accuse by it."""
    routes = {str(one.name) for one in (*urls.urlpatterns, *urls.releases, *urls.sittings)}
    assert routes == {name.partition(" ")[0] for name in pages} | WITHOUT_FIGURES, "say where its figures are looked at"
    for name, address in pages.items():
        if name == "release_page":
            let_go(Release.objects.get(force=cast["ian"].organisation), cast)
        client = signed_in(cast["samir" if name == "release_check_table" else "carol" if name == "team" else "ian"])
        response = client.get(address)
        assert response.status_code == 200, name
        content = response.content
        if address.endswith(("xlsx", "workbook")):
            _look_at_workbook(name, content)
        elif address.endswith("pdf"):
            words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
            assert len(re.findall(SHARE, words)) > 2, f"{name}: nothing to look at"
            # Of a chart its line is the interval; its description is read.
            drawn = re.compile(r"\b0% \d+% \d+%|[\d.]+% \(n = [\d,]+\)")
            assert alone(drawn.sub(" ", " ".join(words.split()))) == 0, name
            assert [one for chart in charts(content) for one in chart.split("; ") if alone(one)] == [], name
        elif name in ("release_file", "report_file json"):
            assert list(bare(json.loads(content))) == [], name
        elif name == "report_file csv":
            assert "rate,interval_low,interval_high" in content.decode()
        else:
            html = content.decode()
            assert name == "team" or figures_in(html) > 2, f"{name}: nothing to look at"
            assert [words for words in blocks(html) if alone(words)] == [], name


def _look_at_workbook(name: str, content: bytes) -> None:
    """Each rate or ratio of a row has a number in the two columns after it."""
    book, seen = CalamineWorkbook.from_filelike(io.BytesIO(content)), 0
    for sheet in book.sheet_names[3:]:
        header, *rows = book.get_sheet_by_name(sheet).to_python()[4:]
        for place, words in enumerate(map(str, header)):
            if not re.search(r"(rate|ratio|share[^,]*)$", words, re.I) or (sheet == "ratios" and words == "Rate"):
                continue
            given = [row[place : place + 3] for row in rows if isinstance(row[place], float)]
            seen += len(given)
            assert all(isinstance(end, float) for row in given for end in row), f"{name}: {sheet}, {words}"
    assert seen, f"{name}: nothing to look at"


def test_the_test_itself_finds_a_bare_figure() -> None:
    """A look that finds nothing would pass for ever."""
    assert alone("Black 15% of 412") == 1
    assert alone("Black 15% 12% to 19% 0.71") == 1
    assert alone("Black 15% 12% to 19% 0.71 (0.55 to 0.91)") == 0
    assert alone("Black: about 15 in every 100") == 1
    assert alone("Black: about 15 in every 100; allowing for chance, 12 to 19") == 0
    assert list(bare({"rows": [{"rate": 0.5, "interval": None}]})) == [".rows"]
