"""The inspector's dashboard and report, and the report that a worker makes."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.management import call_command
from django.test import Client
from pypdf import PdfReader

from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.door import Audience, leave
from referrals.actions import partner
from reporting import monitoring, outbox, tasks
from reporting.actions import reports
from reporting.models import ReportRun
from reporting.presenters import dashboard
from tests.conftest import Cast
from tests.factories.cases import decision, person, record, refer
from tests.factories.facts import live, suspects
from tests.factories.ground import adopt_scheme, move
from tests.factories.papers import charts
from tests.factories.searches import MAPPING, search, write

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
YEAR = {"start": "2026-01-01", "end": "2026-06-30", "source": "live"}
DECLINED = {"result": "offered_declined", "declined_reason": "distrust"}
GENDERS = ("Male", "Female")
NOT_OFFERED: dict[str, Any] = {"decision": "not_offered", "disposal": "not_offered"}
PERIOD = {"start": "2026-06-01", "end": "2026-06-30", "source": "live"}


@pytest.fixture
def cases(cast: Cast) -> None:
    """Three decisions: two Black people, one of them not offered; one White woman who accepted."""
    record(cast["amara"])
    refused = decision(result="not_offered", disposal="", not_offered_reason="history")
    record(cast["amara"], person=person(given_names="Ty"), decision=refused)
    record(cast["amara"], person=person(given_names="Jo", sex="female", ethnicity_self_defined="W1"))
    outbox.drain()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The reports handed to the queue."""
    handed: list[int] = []
    monkeypatch.setattr(reports, "send", lambda task, pk, expires: handed.append(pk))
    return handed


def test_the_dashboard_shows_who_is_offered_and_who_is_not(cast: Cast, cases: None, signed_in: SignIn) -> None:
    """An inspector who saw only those diverted could not see who is left out."""
    response = signed_in(cast["ian"]).get("/monitoring/", PERIOD)
    text = response.content.decode()
    assert response.status_code == 200
    assert "not for release" in text
    assert "1 of 2 Black people considered were offered a resolution, and 1 of 1 White people." in text
    assert "Fewer than 10 people have no share." in text
    assert not re.search(r"\d%", words_of(response).replace("95%", "").partition("What these figures")[0])
    assert "This shows a difference, not its cause." in text
    assert text.count("Not offered and declined are decisions too") == 1
    viewed = Event.objects.get(kind="monitoring.viewed", actor_id=cast["ian"].pk)
    assert viewed.detail["measure"] == "offered_of_considered"


def groups(cast: Cast, **counts: tuple[int, int]) -> None:
    for code, (offered, people) in counts.items():
        live(cast["ian"].organisation, offered, ethnicity_self_code=code)
        live(cast["ian"].organisation, people - offered, ethnicity_self_code=code, **NOT_OFFERED)


def words_of(response: Any) -> str:
    """The text of a page as it is read: no tags, and no more than one space."""
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S).split())


def test_the_finding_stands_first_in_plain_words(cast: Cast, signed_in: SignIn) -> None:
    """An inspector has a minute; whoever must look for the finding reads a chart the wrong way round."""
    groups(cast, W1=(397, 1903), B1=(61, 412), A1=(60, 300), M1=(2, 9))
    live(cast["ian"].organisation, 200, ethnicity_self_code="")
    text = words_of(signed_in(cast["ian"]).get("/monitoring/", YEAR))
    found = [
        "Look more than chance explains",
        "61 of 412 Black people considered were offered a resolution (15%), and 397 of 1,903 White people (21%).",
        "Ratio 0.71 (0.55 to 0.91): more than chance explains.",
        "Among the 412 of 412 and 1,903 of 1,903 who could be compared by offence and earlier outcomes it is 0.71",
        "Ethnicity is not known of 200 of 2,824 (7%), which could reverse it.",
        "This shows a difference, not its cause.",
        "Asian people: no flag (0.96 (0.75 to 1.22)); People of Mixed ethnic groups: insufficient.",
        "From crime to completion",
    ]
    places = [text.find(each) for each in found]
    assert -1 not in places, found[places.index(-1)]
    assert places == sorted(places)


def test_the_comparison_is_chosen_in_the_address(cast: Cast, signed_in: SignIn) -> None:
    """A link sent to a colleague must show what its sender saw; and the norm is not always the same group."""
    groups(cast, W1=(40, 80), B1=(20, 80))
    client = signed_in(cast["ian"])
    asked = YEAR | {"by": "ethnicity", "reference": "Black", "measure": "offered"}
    text = words_of(client.get("/monitoring/", asked))
    assert "40 of 80 White people found eligible were offered a resolution (50%), and 20 of 80 Black people" in text
    # What does not go together is as if it had not been chosen: without a script, one choice cannot change another.
    live(cast["ian"].organisation, 40, gender="Female")
    mixed = client.get("/monitoring/", YEAR | {"by": "gender", "reference": "Black", "measure": "nothing"})
    assert mixed.status_code == 200
    assert "Against men and boys" in mixed.content.decode()


def test_what_adjusting_leaves_is_said_as_it_is(cast: Cast, signed_in: SignIn) -> None:
    """A difference that adjusting turns round, told as the same one still there, accuses the wrong decision."""
    kinds = {"Theft": ((19, 20), (240, 300)), "Violence": ((45, 300), (1, 100))}
    for offence, pairs in kinds.items():
        for code, (offered, people) in zip(("B1", "W1"), pairs, strict=True):
            same: dict[str, Any] = {"ethnicity_self_code": code, "offence_group": offence}
            live(cast["ian"].organisation, offered, **same)
            live(cast["ian"].organisation, people - offered, **same, **NOT_OFFERED)
    text = words_of(signed_in(cast["ian"]).get("/monitoring/", YEAR))
    assert "Ratio 0.33 (0.26 to 0.42): more than chance explains." in text
    assert re.search(r"it is 1\.\d\d \(1\.\d\d to \d\.\d\d\), more than chance explains, the other way about", text)


def test_each_filter_in_force_can_be_taken_off_again(cast: Cast, signed_in: SignIn) -> None:
    """A filter that cannot be seen makes every figure wrong for whoever reads them next."""
    live(cast["ian"].organisation, 12, gender="Female")
    live(cast["ian"].organisation, 30)
    page = signed_in(cast["ian"]).get("/monitoring/", YEAR | {"gender": "Female", "age": "25-34"})
    (gender, age) = page.context["chips"]
    assert (gender["text"], age["name"]) == ("Female", "Age")
    assert "gender" not in gender["href"]
    assert "age=25-34" in gender["href"]
    assert page.context["figures"]["funnel"]["considered"] == 12
    assert "from=" not in page.context["cleared"]
    assert "age" not in page.context["cleared"].partition("?")[2].split("&")


def test_a_figure_leads_to_its_cases_for_those_who_may_open_them(cast: Cast, cases: None, signed_in: SignIn) -> None:
    """An inspector who cannot see the cases behind a figure cannot explain it; who may not see them gets no list."""
    client = signed_in(cast["david"])
    page = client.get("/monitoring/", PERIOD)
    (address,) = {found for found in re.findall(r'href="([^"]+figure=offered_of_considered%3Awith)"', _html(page))}
    behind = client.get(address)
    assert behind.status_code == 200
    assert len(behind.context["page"].object_list) == 2
    assert Event.objects.filter(kind="monitoring.cases_shown").count() == 1
    group = client.get("/monitoring/cases", PERIOD | {"figure": "offered_of_considered:without", "group": "Black"})
    assert [case.person.given_names for case in group.context["page"].object_list] == ["Ty"]
    assert client.get("/monitoring/cases", PERIOD | {"figure": "no_such:with"}).status_code == 404
    assert client.get("/monitoring/cases", PERIOD | {"figure": "offered:with", "end": "x"}).status_code == 404
    assert as_many_as_told(client, page) > 10
    assert "figure=" not in _html(signed_in(cast["ian"]).get("/monitoring/", PERIOD))
    assert signed_in(cast["ian"]).get(address).status_code == 403


@pytest.mark.parametrize(
    ("page", "asked", "title"),
    [
        ("/monitoring/", {"gender": "Male"}, "Monitoring"),
        ("/monitoring/left-out", {"gender": "Male"}, "Who was left out, and why"),
        ("/monitoring/schemes", {}, "Schemes compared"),
        ("/monitoring/teams", {}, "Teams"),
        ("/monitoring/what-works", {"by": "gender"}, "What works"),
    ],
)
def test_a_list_of_cases_leads_back_to_the_page_that_it_was_opened_from(
    cast: Cast, cases: None, signed_in: SignIn, page: str, asked: dict[str, str], title: str
) -> None:
    """Who goes through a scheme's figures case by case lost their place, days and filter after the first list."""
    day, referred = date(2026, 6, 2), {"scheme": "Apple", "referred_on": date(2026, 6, 3)}
    live(cast["david"].organisation, 12, happened_on=day, **referred, started_on=date(2026, 6, 9))
    client = signed_in(cast["david"])
    html = unescape(_html(client.get(page, PERIOD | asked)))
    address = re.search(r'href="(/monitoring/cases\?[^"]+)"', html)
    assert address is not None
    back = re.search(r'href="([^"]+)" class="govuk-back-link[^"]*">([^<]+)<', unescape(_html(client.get(address[1]))))
    assert back is not None
    assert (back[1].partition("?")[0], back[2].strip()) == (page, title)
    kept = dict(parse_qsl(back[1].partition("?")[2]))
    assert {"start": PERIOD["start"], "end": PERIOD["end"], **asked}.items() <= kept.items()


def as_many_as_told(client: Client, page: Any) -> int:
    """How many numbers of a page lead to a list, each of which holds as many cases as its number."""
    told = set(re.findall(r'href="([^"]+figure=[^"]+)">([\d,]+)', _html(page)))
    for each, number in told:
        assert client.get(each).context["page"].paginator.count == int(number.replace(",", "")), each
    return len(told)


def test_too_few_for_a_share_lead_to_their_cases(cast: Cast, cases: None, signed_in: SignIn) -> None:
    """Where there is no share the cases are all that can be looked at."""
    client = signed_in(cast["david"])
    told = re.findall(r'href="([^"]+figure=[^"]+)">too few', _html(client.get("/monitoring/", PERIOD)))
    assert sorted(client.get(each).context["page"].paginator.count for each in told) == [1, 2]


def test_each_page_of_figures_leads_to_as_many_cases_as_it_tells(cast: Cast, signed_in: SignIn) -> None:
    """A number that leads to other cases than its own is explained by the wrong ones."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = [refer(cast["amara"], version, person=person(given_names=name)) for name in ("Al", "Bo", "Cy")]
    partner.decline(referral=sent[0], reason="risk", note="", version=sent[0].version, by=cast["hugh"])
    white = {"given_names": "Jo", "ethnicity_self_defined": "W1"}
    record(cast["amara"], person=person(**white), decision=decision(**DECLINED))
    outbox.drain()
    client = signed_in(cast["david"])
    least = {"": 20, "left-out": 2, "schemes": 4, "teams": 15, "what-works": 4}
    for page, links in least.items():
        assert as_many_as_told(client, client.get(f"/monitoring/{page}", PERIOD)) >= links, page
        assert "figure=" not in _html(signed_in(cast["ian"]).get(f"/monitoring/{page}", PERIOD))
        client = signed_in(cast["david"])


def test_suspects_lead_to_where_they_stand_by_group(cast: Cast, cases: None, signed_in: SignIn) -> None:
    """Of suspects there is no case: who asks about their number must not find a page of other people."""
    suspects(cast["ian"].organisation, White=2, Black=1)
    client = signed_in(cast["ian"])
    (address,) = set(re.findall(r'href="([^"]+#suspects)"', _html(client.get("/monitoring/", PERIOD))))
    there = _html(client.get(address))
    assert 'id="suspects"' in there
    assert "Suspects are no cases of this service" in there


def _html(response: Any) -> str:
    return unescape(response.content.decode())


def test_what_is_missing_leads_to_the_cases_to_complete(cast: Cast, signed_in: SignIn) -> None:
    """A share unknown is nobody's work; a list of a team's decisions is."""
    nobody_asked = {"ethnicity_self_defined": "", "ethnicity_not_stated": "to_be_asked"}
    case = record(cast["amara"], person=person(given_names="Jo", **nobody_asked))
    record(cast["amara"])
    outbox.drain()
    client = signed_in(cast["david"])
    (address,) = re.findall(r'href="([^"]+figure=no_ethnicity[^"]+)"', _html(client.get("/monitoring/", PERIOD)))
    assert "team=Response" in address
    assert list(client.get(address).context["page"].object_list) == [case]


def test_what_is_missing_in_many_teams_is_told_of_those_with_most_first(cast: Cast) -> None:
    """A force of forty teams would scroll past its own charts, or lose the last team's work."""
    missing = [{"team": f"T{9 - n}", "ethnicity": 9 - n, "history": 0, "eligibility": 0} for n in range(9)]
    figures = leave({"to_do": missing}, audience=Audience.OPERATIONAL, force=cast["ian"].organisation)
    first, others = dashboard.to_do(figures, None)
    assert [row[0] for row in (*first.rows, *others.rows)] == [f"T{9 - n}" for n in range(9)]
    assert len(first.rows) == dashboard.TEAMS_SHOWN
    few = leave({"to_do": missing[:2]}, audience=Audience.OPERATIONAL, force=cast["ian"].organisation)
    assert [len(each.rows) for each in dashboard.to_do(few, None)] == [2]


def test_who_was_left_out_is_told_by_reason_and_leads_to_the_cases(cast: Cast, signed_in: SignIn) -> None:
    """A share not offered says nothing of why: the reasons, by group, are what an inspector asks officers about."""
    refused = {"result": "not_offered", "disposal": "", "not_offered_reason": "history"}
    case = record(cast["amara"], person=person(given_names="Ty"), decision=decision(**refused))
    white = {"given_names": "Jo", "ethnicity_self_defined": "W1"}
    record(cast["amara"], person=person(**white), decision=decision(**refused | {"not_offered_reason": "evidence"}))
    record(cast["amara"], person=person(given_names="Al"), decision=decision(**DECLINED))
    record(cast["amara"], person=person(given_names="Bo"))
    outbox.drain()
    client = signed_in(cast["david"])
    page = client.get("/monitoring/left-out", PERIOD)
    not_offered, declined = (page.context["figures"][name] for name in ("not_offered", "declined"))
    assert {row["reason"]: row["people"] for row in not_offered["rows"]} == {"history": 1, "evidence": 1}
    groups = {each["group"]: (each["people"], each["of"]) for each in not_offered["groups"]}
    assert groups == {"White": (1, 1), "Black": (1, 3)}
    assert [(row["reason"], row["people"]) for row in declined["rows"]] == [("distrust", 1)]
    assert [(each["people"], each["of"]) for each in declined["groups"]] == [(1, 2)]
    assert "Earlier resolutions or convictions" in page.content.decode()
    (address,) = {one for one in re.findall(r'href="([^"]+reason=history[^"]*)"', _html(page)) if "group=Black" in one}
    behind = client.get(address)
    assert list(behind.context["page"].object_list) == [case]
    assert "Earlier resolutions or convictions" in words_of(behind)
    assert Event.objects.filter(kind="monitoring.left_out_viewed").count() == 1
    filtered = client.get("/monitoring/left-out", PERIOD | {"ethnicity": "White"})
    assert [chip["text"] for chip in filtered.context["chips"]] == ["White"]
    assert filtered.context["figures"]["not_offered"]["rows"][0]["people"] == 1
    assert client.get("/monitoring/left-out", PERIOD | {"end": "2026-05-01"}).status_code == 422
    assert "figure=" not in _html(signed_in(cast["ian"]).get("/monitoring/left-out", PERIOD))


def test_suspects_whom_nobody_considered_are_told_by_group(cast: Cast, signed_in: SignIn) -> None:
    """Who never reached a decision is in no other figure of this service. Of nine no share is told: it is chance."""
    suspects(cast["ian"].organisation, White=10, Black=9)
    client = signed_in(cast["ian"])
    text = words_of(client.get("/monitoring/left-out", PERIOD))
    assert "White 10 0 0.0%" in text
    assert "Black 9 0 – –" in text
    assert "Total 19 0 0.0%" in text
    assert "cannot be told here" in words_of(
        signed_in(cast["ian"]).get("/monitoring/left-out", PERIOD | {"age": "10-17"})
    )


def test_the_page_is_drawn_without_a_package_that_draws(cast: Cast, cases: None, signed_in: SignIn) -> None:
    """Half a second of processor time for each page of charts was what the dashboard cost."""
    page = signed_in(cast["ian"]).get("/monitoring/", PERIOD)
    drawings = re.findall(r"<svg[^>]*role=.img.*?<title[^>]*>(.*?)</title><desc[^>]*>(.*?)</desc>", _html(page), re.S)
    assert len(drawings) >= 2
    assert all(title and described for title, described in drawings)


def test_the_page_takes_as_many_queries_for_many_facts_as_for_few(
    cast: Cast, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    """A query for each scheme, team or group would be felt by every force but a small one."""
    for number in range(12):
        live(cast["ian"].organisation, 4, scheme=f"Scheme {number}", ethnicity_self_code=("W1", "B1")[number % 2])
    client = signed_in(cast["ian"])
    client.get("/monitoring/", YEAR)
    with django_assert_max_num_queries(32):
        client.get("/monitoring/", YEAR)


def test_an_imported_file_has_a_page_too(cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    """A force that begins with its old records must find them here, without stages that they do not hold."""
    rows = [
        search(Date=f"2020-06-{day:02}T12:00:00+00:00", Gender=gender) for day in range(1, 20) for gender in GENDERS
    ]
    call_command("import_facts", str(write(tmp_path / "f.csv", rows)), mapping=MAPPING, force="avonford")
    asked = {"start": "2020-06-01", "end": "2020-06-30", "source": MAPPING, "by": "gender"}
    text = words_of(signed_in(cast["ian"]).get("/monitoring/", asked))
    assert "19 of 19 women and girls among searches that led to action" in text
    assert "Diverted" in text
    assert "Referred" not in text
    assert "No answer is missing" not in text, "nobody looked: a file tells no teams"
    assert "A report of it says what is missing in it." in text


def test_another_force_is_not_counted(cast: Cast, cases: None, signed_in: SignIn) -> None:
    """Figures of one's own force must hold nobody else's cases."""
    record(cast["ben"])
    outbox.drain()
    report = monitoring.compute(cast["ian"].organisation, *_period())
    assert report["totals"]["considered"] == 3


def _period() -> tuple[date, date]:
    return date(2026, 6, 1), date(2026, 6, 30)


def asked_by(user: User) -> ReportRun:
    start, end = _period()
    return reports.ask(force=user.organisation, source="live", start=start, end=end, by=user)


@pytest.mark.parametrize(("who", "status"), [("amara", 403), ("lena", 403), ("fatima", 404), ("ian", 200)])
def test_monitoring_is_for_those_who_monitor(cast: Cast, signed_in: SignIn, who: str, status: int) -> None:
    """Exact counts of small groups identify people."""
    assert signed_in(cast[who]).get("/monitoring/").status_code == status


def test_days_out_of_order_are_said_and_kept(cast: Cast, signed_in: SignIn) -> None:
    """A silent empty report would read as "nobody was diverted"."""
    response = signed_in(cast["ian"]).get("/monitoring/", PERIOD | {"end": "2026-05-01"})
    assert response.status_code == 422
    assert "The last day is before the first" in response.content.decode()


def ask(client: Client, sent: list[int], django_capture_on_commit_callbacks: Any) -> ReportRun:
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/monitoring/reports", PERIOD)
    assert response.status_code == 302
    run = ReportRun.objects.get()
    assert sent == [run.pk]
    return run


def test_a_report_is_asked_for_made_and_read(
    cast: Cast, cases: None, signed_in: SignIn, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    """The whole way of a report, but for the worker's own process. A share of two people would be read as a finding."""
    live(cast["ian"].organisation, 10, happened_on=date(2026, 6, 4))
    client = signed_in(cast["ian"])
    run = ask(client, sent, django_capture_on_commit_callbacks)
    page = f"/monitoring/reports/{run.reference}"
    assert "being made" in client.get(page).content.decode()
    assert client.get(f"{page}/progress").json()["finished"] is False

    tasks.run_report(run.pk)

    assert client.get(f"{page}/progress").json() == {
        "done": 100,
        "total": 100,
        "message": "Ready",
        "finished": True,
    }
    text = client.get(page).content.decode()
    assert "Ethnicity, as people describe themselves" in text
    assert "<svg" in text
    assert "White 11 11 100.0% 74.1% to 100.0% Black 2 1 – –" in words_of(client.get(page))
    report = json.loads(client.get(f"{page}/files/json").content)
    by = {table["by"]: {row["group"]: row for row in table["rows"]} for table in report["tables"]}
    assert (by["ethnicity_self_defined"]["Black"]["considered"], by["gender"]["Female"]["diverted"]) == (2, 1)
    assert "not-for-release" in client.get(f"{page}/files/csv")["Content-Disposition"]
    book = client.get(f"{page}/files/xlsx")
    assert book.content.startswith(b"PK")
    assert f"{page}/files/xlsx" in client.get(page).content.decode()
    made = client.get(f"{page}/paper.pdf").content
    assert any(chart.startswith("Ethnicity, as people describe themselves: ") for chart in charts(made))
    paper = PdfReader(io.BytesIO(made))
    words = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    assert "exact counts for use within the force: not for release" in words
    assert "Ethnicity, as people describe themselves" in words
    assert Event.objects.filter(kind="report.downloaded").count() == 4


def test_a_kept_report_prints_the_same_bytes_again(cast: Cast, cases: None, signed_in: SignIn, sent: list[int]) -> None:
    """Two papers of one report that differ by a byte cannot be told from one that somebody changed."""
    run = asked_by(cast["ian"])
    tasks.run_report(run.pk)
    paper = f"/monitoring/reports/{run.reference}/paper.pdf"
    first = signed_in(cast["ian"]).get(paper).content
    record(cast["amara"], person=person(given_names="Al"))
    outbox.drain()
    with clock.set_to(clock.now() + timedelta(days=40)):
        again = signed_in(cast["david"]).get(paper, headers={"accept-language": "cy"}).content
    assert again == first
    told = PdfReader(io.BytesIO(first))
    assert told.metadata is not None
    # The time of printing would differ from one second to the next, and two prints of a test are of one second.
    assert {"/CreationDate", "/ModDate"}.isdisjoint(told.metadata)
    assert b"CreateDate" not in first


def test_one_page_for_a_meeting_says_what_moved_since_the_report_before(
    cast: Cast, signed_in: SignIn, sent: list[int]
) -> None:
    """A meeting that reads last quarter's share beside this one's must hear whether chance alone would do it."""
    force = cast["ian"].organisation
    for month, offered in ((5, 20), (6, 60)):
        live(force, offered, happened_on=date(2026, month, 4))
        live(force, 80 - offered, happened_on=date(2026, month, 4), **NOT_OFFERED)
    for start, end in ((date(2026, 5, 1), date(2026, 5, 31)), (date(2026, 6, 1), date(2026, 6, 30))):
        run = reports.ask(force=force, source="live", start=start, end=end, by=cast["ian"])
        tasks.run_report(run.pk)
    page = signed_in(cast["david"]).get(f"/monitoring/reports/{run.reference}/meeting")
    text = words_of(page)
    assert "Before: 1 May 2026 to 31 May 2026." in text
    assert "White 80 60 75.0% 64.5% to 83.2% 25% (20 of 80), 16.8% to 35.5% +50.0 (+35.2 to +61.6)*" in text
    assert "No note is open." in text
    first = ReportRun.objects.earliest("pk")
    alone = words_of(signed_in(cast["ian"]).get(f"/monitoring/reports/{first.reference}/meeting"))
    assert "it is not told what moved" in alone
    assert Event.objects.filter(kind="report.compared", actor_id=cast["david"].pk).count() == 1
    assert signed_in(cast["noel"]).get(f"/monitoring/reports/{run.reference}/meeting").status_code == 404
    waiting = reports.ask(force=force, source="live", start=date(2026, 4, 1), end=date(2026, 4, 30), by=cast["ian"])
    assert signed_in(cast["ian"]).get(f"/monitoring/reports/{waiting.reference}/meeting").status_code == 404


def test_a_failed_report_says_why_and_runs_again(
    cast: Cast,
    cases: None,
    signed_in: SignIn,
    sent: list[int],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """A report that fails in silence is waited for until the meeting."""
    client = signed_in(cast["ian"])
    run = ask(client, sent, django_capture_on_commit_callbacks)
    with monkeypatch.context() as broken:
        broken.setattr(monitoring, "compute", lambda *a, **k: 1 / 0)
        tasks.run_report(run.pk)
    page = f"/monitoring/reports/{run.reference}"
    assert "ZeroDivisionError" in client.get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{page}/again")
    tasks.run_report(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == ("ready", "")


def test_a_report_delivered_twice_is_made_once(cast: Cast, cases: None, sent: list[int]) -> None:
    """Celery delivers at least once: the second worker must leave the first one's work alone."""
    run = reports.ask(
        force=cast["ian"].organisation, source="live", start=_period()[0], end=_period()[1], by=cast["ian"]
    )
    assert reports.take(run.pk) is not None
    assert reports.take(run.pk) is None
    tasks.run_report(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("running", 1)


def test_a_report_whose_worker_was_killed_is_handed_on(
    cast: Cast, cases: None, signed_in: SignIn, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    """It stood at "40%" for a quarter of an hour, and nobody was told that nothing went on."""
    client = signed_in(cast["ian"])
    run = ask(client, sent, django_capture_on_commit_callbacks)
    assert reports.take(run.pk) is not None
    page, later = f"/monitoring/reports/{run.reference}", clock.now() + timedelta(seconds=31)
    assert client.get(f"{page}/progress").json()["message"] == "Running"
    with clock.set_to(later), django_capture_on_commit_callbacks(execute=True):
        assert client.get(f"{page}/progress").json()["message"].startswith("What made this report has stopped.")
        tasks.hand_on_reports()
    assert sent == [run.pk, run.pk]
    with clock.set_to(later):
        tasks.run_report(run.pk)
    assert client.get(f"{page}/progress").json()["message"] == "Ready"


def test_a_report_that_nobody_makes_says_so(
    cast: Cast, cases: None, signed_in: SignIn, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    """Without a worker the bar stood still, and the inspector waited for a report that nobody made."""
    client = signed_in(cast["ian"])
    run = ask(client, sent, django_capture_on_commit_callbacks)
    with clock.set_to(clock.now() + timedelta(minutes=3)):
        assert "Reports are not being made at the moment." in client.get(f"/monitoring/reports/{run.reference}").text


def test_the_month_is_scheduled_once_however_many_beats_run(cast: Cast, cases: None, sent: list[int]) -> None:
    """Two beats by mistake must not give two reports of a month."""

    with clock.set_to(datetime(2026, 7, 2, 9, tzinfo=UTC)):
        tasks.run_due_reports()
        tasks.run_due_reports()
    run = ReportRun.objects.get()
    assert (run.scheduled_for, str(run.start), str(run.end)) == ("2026-06", "2026-06-01", "2026-06-30")


def test_a_stranger_to_the_force_finds_no_report(cast: Cast, cases: None, signed_in: SignIn, sent: list[int]) -> None:
    """A colleague of another force must not learn even that a report exists."""
    run = reports.ask(
        force=cast["ian"].organisation, source="live", start=_period()[0], end=_period()[1], by=cast["ian"]
    )
    client = signed_in(move(cast["ian"], cast["ben"].organisation))
    for suffix in ("", "/progress", "/files/json"):
        assert client.get(f"/monitoring/reports/{run.reference}{suffix}").status_code == 404


def test_a_report_that_is_under_way_is_not_begun_again(cast: Cast, signed_in: SignIn, sent: list[int]) -> None:
    """A second press must come back to the report with a sentence, not to a failure."""
    run = reports.ask(
        force=cast["ian"].organisation, source="live", start=date(2026, 1, 1), end=date(2026, 2, 1), by=cast["ian"]
    )
    response = signed_in(cast["ian"]).post(f"/monitoring/reports/{run.reference}/again", follow=True)
    assert response.status_code == 200
    assert "has changed since you opened this page" in response.content.decode()


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ({"start": "0001-01-01"}, "on or after 1 January 2000"),
        ({"start": "2010-01-01"}, "at most ten years"),
    ],
)
def test_a_period_is_of_a_length_that_can_be_read(
    cast: Cast, signed_in: SignIn, period: dict[str, str], said: str
) -> None:
    """A slip in the year would make a page of two thousand years of months, and stop the service for everybody."""
    response = signed_in(cast["ian"]).get("/monitoring/", PERIOD | period)
    assert response.status_code == 422
    assert said in response.content.decode()
