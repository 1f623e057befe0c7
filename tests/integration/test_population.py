"""Who lives in the force's area: from a census table to the page on who was left out."""

import json
import re
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from diversion.accounts.models import User
from diversion.audit.models import Event
from reporting.measures.residents import beside_residents
from reporting.models import Population
from tests.conftest import Cast
from tests.factories.facts import live

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
START, END = date(2026, 1, 1), date(2026, 6, 30)
PERIOD = {"start": str(START), "end": str(END)}
HEADER = "force,White_excl_GRT,Asian,Black,Mixed_all,Other_incl_GRT"
AVONFORD = 'Avonford,800000,"60,000",40000,20000,10000'


def table(folder: Path, *rows: str) -> Path:
    path = folder / "census.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path


def imported(path: Path, **changes: Any) -> dict[str, Any]:
    told = StringIO()
    call_command("import_population", path, **{"force": "avonford", "area": "Avonford"} | changes, stdout=told)
    found: dict[str, Any] = json.loads(told.getvalue())
    return found


def test_residents_stand_beside_who_was_considered(cast: Cast, tmp_path: Path, signed_in: SignIn) -> None:
    """A chief who is asked why more Black people are considered for each resident needs number and limits."""
    imported(table(tmp_path, "Other Force,1,1,1,1,1", AVONFORD))
    for code, number in {"W1": 400, "B1": 60, "A1": 3, "": 7}.items():
        live(cast["ian"].organisation, number, ethnicity_self_code=code)
    response = signed_in(cast["ian"]).get("/monitoring/left-out", PERIOD)
    text = " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
    assert "Considered, beside who lives here: Avonford, census of 2021" in text
    assert "White 800,000 400 0.50 0.45 to 0.55 reference" in text
    # 60/40,000 against 400/800,000 is 3.00; Clopper and Pearson of 60 of 460, as 20 p / (1 - p).
    assert "Black 40,000 60 1.50 1.17 to 1.93 3.00 2.25 to 3.94" in text
    assert "Asian 60,000 3 0.05 0.02 to 0.15 too few for a ratio" in text
    assert "Not known – 7 – –" in text
    assert "this says nothing of how decisions are made" in text
    assert "White leaves out Gypsy or Irish Traveller" in text
    filtered = signed_in(cast["ian"]).get("/monitoring/left-out", PERIOD | {"gender": "Male"})
    assert "beside who lives here" not in filtered.content.decode()  # residents are of both genders


def test_the_same_table_changes_nothing_and_a_corrected_one_replaces(cast: Cast, tmp_path: Path) -> None:
    """A census that is imported twice must not count twice, and a corrected one must say what it replaced."""
    path = table(tmp_path, AVONFORD)
    assert [imported(path)["fate"], imported(path)["fate"]] == ["added", "unchanged"]
    assert imported(table(tmp_path, AVONFORD.replace("40000", "41000")))["fate"] == "replaced"
    assert Population.objects.get().groups["Black"] == 41_000
    first, second = Event.objects.filter(kind="population.imported").order_by("pk")
    assert first.detail["before"] is None
    assert second.detail["before"]["Black"] == 40_000


@pytest.mark.parametrize(
    ("rows", "changes", "words"),
    [
        ((AVONFORD,), {"area": "Avonforde"}, "No row of census.csv is of 'Avonforde'; did you mean 'Avonford'"),
        ((AVONFORD,), {"force": "nowhere"}, "There is no force 'nowhere' here"),
        ((AVONFORD,), {"mapping": "census-1901"}, "There is no mapping of population 'census-1901'"),
        ((AVONFORD, AVONFORD), {}, "has 2 rows of 'Avonford'"),
        ((AVONFORD.replace("40000", "[c]"),), {}, "'Black' of 'Avonford' was hidden by its publisher"),
        ((AVONFORD.replace("40000", "many"),), {}, "'Black' of 'Avonford': the count is not a whole number"),
        (("Avonford,800000,60000",), {}, "'Black' of 'Avonford': the count is missing"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_the_mend(
    cast: Cast, tmp_path: Path, rows: tuple[str, ...], changes: dict[str, str], words: str
) -> None:
    """A group without its residents would make the others' ratios out of a part of the people."""
    with pytest.raises(CommandError, match=re.escape(words)):
        imported(table(tmp_path, *rows), **changes)
    assert not Population.objects.exists()


def test_more_decisions_than_residents_have_no_interval_and_say_so(cast: Cast, tmp_path: Path) -> None:
    """A shopping town's police deal with visitors: an interval of a share above 1 would be nonsense."""
    imported(table(tmp_path, "Avonford,10,10,10,10,10"))
    live(cast["ian"].organisation, 12)
    found = beside_residents(cast["ian"].organisation, START, END)
    assert found is not None
    assert (found["rows"][0]["per_1000"], found["rows"][0]["interval"]) == (1200.0, None)
