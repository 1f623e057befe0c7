"""Reports that are made by themselves: added, changed and stopped in the browser, and made by the worker."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from reporting import tasks
from reporting.actions import notes, reports, schedules
from reporting.models import ReportRun, ReportSchedule
from tests.conftest import Cast
from tests.factories.facts import live

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
PAGE = "/monitoring/schedules"
CORE = "docProps/core.xml"
QUARTERLY = {"name": "For the panel", "every": "quarter", "purpose": "monitoring", "scheme": ""}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The reports handed to the queue."""
    handed: list[int] = []
    monkeypatch.setattr(reports, "send", lambda task, pk, expires: handed.append(pk))
    return handed


@pytest.fixture
def facts(cast: Cast) -> None:
    """Decisions of the first quarter of 2026, some of them of a scheme."""
    for scheme, number in (("Checkpoint", 12), ("none", 30)):
        live(cast["ian"].organisation, number, happened_on=date(2026, 2, 3), scheme=scheme)


def added(cast: Cast, **changes: str) -> ReportSchedule:
    return schedules.add_schedule(**{**QUARTERLY, **changes}, by=cast["ian"])


@pytest.mark.parametrize(
    ("every", "today", "told"),
    [
        ("month", date(2026, 6, 10), ("2026-05", date(2026, 5, 1), date(2026, 5, 31))),
        ("month", date(2028, 3, 1), ("2028-02", date(2028, 2, 1), date(2028, 2, 29))),
        ("quarter", date(2026, 6, 30), ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31))),
        ("quarter", date(2026, 7, 1), ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))),
        ("quarter", date(2026, 1, 1), ("2025-Q4", date(2025, 10, 1), date(2025, 12, 31))),
        ("year", date(2026, 12, 31), ("2025", date(2025, 1, 1), date(2025, 12, 31))),
        ("financial_year", date(2026, 3, 31), ("2024-25", date(2024, 4, 1), date(2025, 3, 31))),
        ("financial_year", date(2026, 4, 1), ("2025-26", date(2025, 4, 1), date(2026, 3, 31))),
    ],
)
def test_a_time_is_whole_and_over(every: str, today: date, told: tuple[str, date, date]) -> None:
    """A report of a quarter that still runs would be read as the quarter's."""
    assert ReportSchedule(every=every).last_time(today) == told


def test_a_report_is_scheduled_made_and_read(
    cast: Cast, facts: None, signed_in: SignIn, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    """A panel that has to ask somebody for its figures each quarter gets them when that person is there."""
    client = signed_in(cast["ian"])
    assert "No report is made by itself yet." in client.get(PAGE).text
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{PAGE}/add", QUARTERLY | {"scheme": ""})["Location"] == PAGE
    run = ReportRun.objects.get()
    assert sent == [run.pk]
    assert (run.scheduled_for, run.start, run.end, run.asked_by) == (
        "2026-Q1",
        date(2026, 1, 1),
        date(2026, 3, 31),
        None,
    )
    assert f"{run.reference} (waiting to start)" in client.get(PAGE).text
    tasks.run_report(run.pk)
    tasks.run_due_reports()  # the beat asks for no second one
    assert ReportRun.objects.count() == 1
    assert "For the panel" in client.get("/monitoring/", {"start": "2026-01-01", "end": "2026-03-31"}).text
    assert client.get(f"/monitoring/reports/{run.reference}").context["report"]["totals"]["considered"] == 42
    assert Event.objects.filter(kind="report_schedule.added", actor_id=cast["ian"].pk).count() == 1


def test_a_report_of_a_scheme_counts_that_scheme_alone(
    cast: Cast, facts: None, signed_in: SignIn, sent: list[int]
) -> None:
    """A commissioner who is shown the whole force's figures under a scheme's name pays for the wrong one."""
    added(cast, scheme="Checkpoint")
    run = ReportRun.objects.get()
    tasks.run_report(run.pk)
    report = json.loads(bytes(run.artefacts.get(kind="json").content))
    assert (report["scheme"], report["totals"]["considered"]) == ("Checkpoint", 12)
    lines = csv.DictReader(io.StringIO(bytes(run.artefacts.get(kind="csv").content).decode()))
    assert {line["scheme"] for line in lines} == {"Checkpoint"}
    assert b"Checkpoint alone" in zipfile.ZipFile(io.BytesIO(run.artefacts.get(kind="xlsx").content)).read(CORE)
    client = signed_in(cast["ian"])
    for page in (f"/monitoring/reports/{run.reference}", f"/monitoring/reports/{run.reference}/meeting"):
        assert "Of one scheme alone: Checkpoint." in client.get(page).text


def test_the_equality_duty_tells_who_people_are_and_what_is_done(
    cast: Cast, facts: None, signed_in: SignIn, sent: list[int]
) -> None:
    """Figures without what is done about them are half of the duty (Equality Act 2010 s.149)."""
    compared = notes.Compared(
        "offered_of_considered", "gender", "Female", "Male", "look", date(2026, 1, 1), date(2026, 3, 31)
    )
    said = {"kind": "reform", "text": "Each refusal is looked at.", "owner": cast["david"], "due_on": date(2026, 9, 1)}
    notes.write_note(about=compared, **said, by=cast["ian"])
    added(cast, purpose="equality_duty")
    run = ReportRun.objects.get()
    tasks.run_report(run.pk)
    page = signed_in(cast["ian"]).get(f"/monitoring/reports/{run.reference}")
    assert [each.key for each in page.context["sections"]] == [
        *("ethnicity_self_defined", "ethnicity_officer_defined", "age_band", "gender"),
    ]
    assert (
        "Women and girls against men and boys: were offered a resolution (look): Each refusal is looked at."
        in page.text
    )
    assert f"{cast['david'].full_name}, due on 1 September 2026." in page.text
    file = signed_in(cast["ian"]).get(f"/monitoring/reports/{run.reference}/paper.pdf")
    words = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(file.content)).pages).split())
    assert "were offered a resolution (look): Each refusal is looked at." in words


def test_a_schedule_is_stopped_and_what_it_made_stays(
    cast: Cast, facts: None, signed_in: SignIn, sent: list[int]
) -> None:
    """A report that nobody reads any more must end, and the ones that were read must not be lost."""
    made, client = added(cast), signed_in(cast["ian"])
    page = f"{PAGE}/{made.reference}"
    assert 'value="For the panel"' in client.get(page).text
    assert client.post(page, QUARTERLY | {"is_on": "no", "seen": "1"}).status_code == 302
    assert "Stopped" in client.get(PAGE).text
    with clock.set_to(datetime(2026, 7, 2, 9, tzinfo=UTC)):
        live(cast["ian"].organisation, 3, happened_on=date(2026, 5, 3))
        tasks.run_due_reports()
    assert ReportRun.objects.count() == 1
    changed = Event.objects.get(kind="report_schedule.changed")
    assert (changed.detail["before"]["is_on"], changed.detail["after"]["is_on"]) == (True, False)
    late = client.post(page, QUARTERLY | {"name": "Late", "is_on": "yes", "seen": "1"})
    assert late.status_code == 422
    assert "changed since you opened this page" in late.text
    assert 'value="Late"' in late.text
    with pytest.raises(Outdated):
        schedules.change_schedule(schedule=made, seen=1, **QUARTERLY, is_on=True, by=cast["ian"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Write what the report is called"),
        ({}, "A report like this is made already"),
    ],
)
def test_what_cannot_be_scheduled_is_said_and_what_was_typed_is_kept(
    cast: Cast, signed_in: SignIn, changes: dict[str, str], words: str
) -> None:
    """Two schedules alike would send every panel two reports of each quarter."""
    added(cast)
    response = signed_in(cast["ian"]).post(f"{PAGE}/add", {**QUARTERLY, "name": "Again", **changes})
    assert response.status_code == 422
    assert words in response.text
    assert ReportSchedule.objects.count() == 1


def test_the_equality_duty_is_of_the_whole_force(cast: Cast) -> None:
    """What a force publishes of one scheme alone would be read as all that it does."""
    with pytest.raises(Refused, match="choose no scheme"):
        added(cast, purpose="equality_duty", scheme="Checkpoint")


def test_a_force_begins_with_a_monthly_report_that_it_may_stop_for_good(cast: Cast, sent: list[int]) -> None:
    """What was made before there was a choice goes on, is not made twice, and ends when somebody says so."""
    force = cast["ian"].organisation
    live(force, 3, happened_on=date(2026, 5, 3))
    values: dict[str, Any] = {"force": force, "source": "live", "scheduled_for": "2026-05"}
    before = ReportRun.objects.create(**values, start=date(2026, 5, 1), end=date(2026, 5, 31))
    tasks.run_due_reports()
    monthly = ReportSchedule.objects.get()
    assert list(monthly.runs.all()) == [before]
    told = {"name": monthly.name, "every": "month", "purpose": "monitoring", "scheme": "", "is_on": False}
    schedules.change_schedule(schedule=monthly, seen=1, **told, by=cast["ian"])
    tasks.run_due_reports()
    assert (ReportSchedule.objects.count(), ReportRun.objects.count()) == (1, 1)


def test_a_force_that_has_a_monthly_report_of_its_own_gets_no_second_one(cast: Cast, sent: list[int]) -> None:
    """Somebody who sets it up before the service does would read each month twice, or stop the beat."""
    live(cast["ian"].organisation, 3, happened_on=date(2026, 5, 3))
    added(cast, every="month")
    tasks.run_due_reports()
    assert ReportSchedule.objects.filter(is_on=True).count() == ReportRun.objects.count() == 1


def test_only_those_who_run_reports_change_what_is_made(cast: Cast, signed_in: SignIn) -> None:
    """A reader of figures must not stop a report that others rely on; another force's schedule is not there at all."""
    made = added(cast)
    assert signed_in(cast["noel"]).get(f"{PAGE}/{made.reference}").status_code in (403, 404)
    assert made.name not in signed_in(cast["noel"]).get(PAGE).text
