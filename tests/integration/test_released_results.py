"""What people who accepted were given, by scheme and by resolution: released, hidden where small, and compared."""

import io
import json
import re
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from python_calamine import CalamineWorkbook

from diversion.accounts.models import Organisation
from reporting.actions.releases import as_file
from reporting.models import Release
from tests.conftest import Cast
from tests.factories.facts import live
from tests.factories.releases import attack, left, of_northmoor

pytestmark = pytest.mark.usefixtures("frozen")
DAY = date(2026, 2, 3)
#: (gender, scheme, disposal): how many accepted it.
GIVEN = {
    ("Male", "none", "community_resolution"): 120,
    ("Male", "Checkpoint", "deferred_charge"): 60,
    ("Male", "Pathfinder", "outcome_22"): 4,
    ("Female", "none", "community_resolution"): 40,
    ("Female", "Checkpoint", "deferred_charge"): 30,
    ("Female", "Pathfinder", "community_resolution"): 25,
}
TABLES = [("gender", "disposal"), ("gender",), ("scheme",)]


def decided(force: Organisation) -> None:
    """Everybody who accepted, and as many each who were offered nothing or declined."""
    for (gender, scheme, disposal), number in GIVEN.items():
        day: dict[str, Any] = {"happened_on": DAY, "gender": gender}
        live(force, number, **day, scheme=scheme, disposal=disposal)
        live(force, number, **day, decision="not_offered", disposal="not_offered")
        live(force, number, **day, decision="offered_declined", disposal="declined")


def told(release: Release, *dimensions: str) -> dict[tuple[str, ...], Any]:
    """Of the one table by these dimensions each figure or mark; it counts who accepted and nobody else."""
    (table,) = (each for each in release.document["tables"] if each["dimensions"] == list(dimensions))
    assert (table["of"], table["results"]) == ("accepted", [dimensions[-1]])
    cells = {tuple(cell["at"].get(name, "") for name in dimensions): cell for cell in table["cells"]}
    return {at: cell.get("value", cell.get("mark")) for at, cell in cells.items()}


def partners_know(release: Release) -> dict[str, Any]:
    """How many came to each scheme, as its provider has counted them."""
    (table,) = (each for each in release.document["tables"] if each["dimensions"] == ["scheme"])
    cells = [{"at": {"scheme": name}, "value": number} for name, number in (("Checkpoint", 90), ("Pathfinder", 29))]
    own = {name: table[name] for name in ("measure", "dimensions", "categories")} | {"cells": cells}
    return {name: release.document[name] for name in ("format", "force", "source")} | {"tables": [own]}


def text(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(words).split())


def test_what_people_accepted_is_released_by_scheme_and_resolution_and_compared(
    cast: Cast, signed_in: Any, frozen: datetime, tmp_path: Path
) -> None:
    """Of two forces that offer alike one gives help and the other cautions: *accepted* alone says that they agree. And
    four men with one outcome are told by what is left of the others, unless that is hidden too."""
    force = cast["ian"].organisation
    decided(force)
    release = left(force, cast, tables=TABLES)
    by_disposal, by_scheme = told(release, "gender", "disposal"), told(release, "scheme")
    every = {"", "community_resolution", "deferred_charge", "outcome_22"}
    assert {disposal for _gender, disposal in by_disposal} == every
    assert by_disposal["Male", "outcome_22"] == "[c]"
    assert "[c]" in (by_disposal["Male", "community_resolution"], by_disposal["Male", "deferred_charge"])
    assert {at: by_scheme[at,] for at in ("none", "Checkpoint", "Pathfinder")} == {
        "none": 160,
        "Checkpoint": 90,
        "Pathfinder": 29,
    }
    shares = [one for one in release.document["rates"] if one["denominator"]["measure"].startswith("accepted in")]
    shares = [one for one in shares if {"scheme", "disposal"} & one["numerator"]["at"].keys()]
    assert len([one for one in shares if one["value"] is not None]) > 4
    for one in shares:
        at = one["numerator"]["at"]
        assert one["denominator"]["at"] == {name: group for name, group in at.items() if name == "gender"}
        assert ("interval" in one) == (one["value"] is not None)
    path, own = tmp_path / "release.json", tmp_path / "own.json"
    path.write_text(as_file(release.document), encoding="utf-8")
    own.write_text(json.dumps(partners_know(release)), encoding="utf-8")
    assert attack(path)["too_narrow"] == 0
    call_command("attack", str(path), "--knows", str(own), stdout=io.StringIO())

    client = signed_in(cast["ian"])
    page = text(client, f"/releases/{release.reference}/")
    assert "2026 Q1, by gender and by disposal" in page
    assert "Checkpoint 90 32.3%, 27% to 38%" in page
    assert "No scheme 160 57.3%, 51.5% to 63%" in page
    assert "Share of those accepted" in page
    assert "that of a scheme or resolution is of everybody in the row’s group who accepted" in page
    assert page.index("2026 Q1, by gender and by disposal") > page.index("2026 Q1, by gender ")  # of everybody first
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/releases/{release.reference}/workbook").content))
    words = {str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}
    assert {"Community resolution", "No scheme"} <= words
    for name in ("brief", "summary", "paper.pdf"):
        assert client.get(f"/releases/{release.reference}/{name}").status_code == 200
    declare = text(client, "/releases/declare")
    assert "Scheme, of those who accepted" in declare

    northmoor = of_northmoor(cast)
    decided(northmoor["ian"].organisation)
    left(northmoor["ian"].organisation, northmoor, tables=TABLES)
    beside = text(client, "/releases/compare")
    assert "Share of those accepted, by gender and by disposal" in beside
    both = r"160 of 279 57\.3%, 51\.5% to 63%"
    assert re.search(rf"No scheme {both} {both}", beside)


def test_what_a_provider_knows_of_its_scheme_tells_it_nothing_of_others(cast: Cast) -> None:
    """Its workers know that fifty women came to them: of 55 who accepted, five women with no scheme would be left."""
    force = cast["ian"].organisation
    for gender, scheme, number in (
        *(("Male", "none", 200), ("Male", "Checkpoint", 50), ("Female", "Checkpoint", 50)),
        ("Female", "none", 5),
    ):
        live(force, number, happened_on=DAY, gender=gender, scheme=scheme)
    release = left(force, cast, tables=[("gender",), ("gender", "scheme")])
    assert release.verdict["seat"]
    accepted = {
        cell["at"].get("gender", ""): cell.get("value", cell.get("mark"))
        for table in release.document["tables"]
        for cell in table["cells"]
        if (table["of"], table["dimensions"]) == ("accepted", ["gender"])
    }
    assert accepted["Female"] == "[c]"
