"""A provider's own spreadsheet: whom it helps already goes on here, by the reference of what police have sent."""

import csv
import json
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.models import Case
from diversion import clock
from diversion.unit_of_work import current
from referrals.models import Appointment, Referral
from tests.conftest import Cast

pytestmark = pytest.mark.usefixtures("frozen")
HUGH = "hugh@harbour.example"


def row(referral: Referral, **changes: str) -> dict[str, str]:
    """One meeting of last week, in the worker's own words."""
    week_ago = clock.today() - timedelta(days=7)
    return {
        "Reference": referral.reference,
        "Worker": "George@harbour.example",
        "Appointment": f"{week_ago:%d/%m/%Y} 10:30",
        "Place": "Harbour House",
        "Attendance": "Attended",
    } | changes


def bring(path: Path, *rows: dict[str, str], by: str = HUGH, **options: Any) -> tuple[dict[str, Any], str]:
    """What the command said of ``rows``: its last line, and its remarks."""
    file = path / "caseload.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        table = csv.DictWriter(opened, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    out, err = StringIO(), StringIO()
    with suppress(CommandError):  # some rows were rejected: the remarks say which
        call_command("import_caseload", str(file), by=by, stdout=out, stderr=err, **options)
    return json.loads(out.getvalue()), err.getvalue()


def test_whom_a_provider_helps_goes_on_with_their_worker_and_appointments(
    cast: Cast, sent: Referral, tmp_path: Path
) -> None:
    """A service that moves here would type forty people again, and those who came would count as never seen."""
    next_week = clock.today() + timedelta(days=7)
    rows = [row(sent), row(sent, Appointment=f"{next_week:%Y-%m-%d} 14:00", Attendance="")]
    assert bring(tmp_path, *rows, dry_run=True)[0]["taken_on"] == 2
    assert not Appointment.objects.filter(referral=sent).exists()
    told, remarks = bring(tmp_path, *rows)
    assert (told["taken_on"], told["rejected"]) == (2, 0), remarks
    sent.refresh_from_db()
    assert (sent.state, sent.navigator, sent.decided_by) == ("started", cast["george"], cast["hugh"])
    kept = Appointment.objects.filter(referral=sent).order_by("starts_at")
    assert [one.attendance for one in kept] == ["attended", "planned"]
    assert bring(tmp_path, *rows)[0]["unchanged"] == 2
    assert (kept.count(), current().user_id) == (2, None)


@pytest.mark.parametrize("known_as", ["case", "brought_as"])
def test_a_row_joins_the_case_of_the_force_by_its_reference_too(
    known_as: str, cast: Cast, sent: Referral, tmp_path: Path
) -> None:
    """The service writes down what police call the case, and knows no other reference."""
    Case.objects.filter(pk=sent.case_id).update(brought_as="OLD-7")
    reference = sent.case.reference if known_as == "case" else "old-7"
    assert bring(tmp_path, row(sent, Reference=reference))[0]["taken_on"] == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Reference": "OLD-99"}, "have the hub of the force refer them"),
        ({"Worker": "amara@avonford.example"}, "nobody of your service who helps people"),
        ({"Appointment": "next Tuesday"}, "is no day and time"),
        ({"Appointment": "29/03/2026 01:30"}, "in the hour in which clocks change"),
        ({"Attendance": "perhaps"}, "its attendance is none of"),
        ({"Place": ""}, "an appointment has no place"),
        ({"Reference": ""}, "its reference is empty"),
    ],
)
def test_what_cannot_be_taken_on_is_told_by_line_and_the_rest_goes_in(
    changes: dict[str, str], words: str, cast: Cast, sent: Referral, tmp_path: Path
) -> None:
    """One slip would keep everybody out, or somebody would be lost without a word."""
    told, remarks = bring(tmp_path, row(sent, Reference=sent.case.reference), row(sent, **changes))
    assert (told["taken_on"], told["rejected"]) == (1, 1)
    assert words in remarks
    assert "Harbour House" not in remarks


def test_nobody_elses_people_are_found_and_nobody_else_may(cast: Cast, sent: Referral, tmp_path: Path) -> None:
    """A spreadsheet would tell one service whom another helps."""
    told, remarks = bring(tmp_path, row(sent, Worker="fatima@bridgeway.example"), by=cast["hana"].email)
    assert (told["taken_on"], told["rejected"]) == (0, 1)
    assert "Nobody of that reference was sent to you" in remarks
    with pytest.raises(CommandError, match="names nobody who decides on referrals"):
        call_command("import_caseload", str(tmp_path / "caseload.csv"), by=cast["george"].email)
    sent.refresh_from_db()
    assert sent.state == "sent"
