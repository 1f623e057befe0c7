"""Releases from facts to file: frozen, whole, and not to be undone, on made-up people and on a real force."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from diversion.accounts.models import Organisation
from diversion.audit.models import Event
from diversion.refusals import Refused
from reporting.actions.importing import import_facts
from reporting.actions.releases import as_file, make_release
from reporting.door import NotThroughTheDoor, checked, drafted, released
from reporting.models import Fact, Release, StageFact
from reporting.releases.changes import changes_since
from tests.conftest import Cast
from tests.factories.facts import live
from tests.factories.releases import attack, left

REAL = Path(__file__).resolve().parents[3] / "shared/data/police-uk/durham-stop-and-search_2019-01_2021-11.csv.gz"
Q1 = {"start": date(2026, 1, 1), "end": date(2026, 3, 31)}


@pytest.fixture
def force(cast: Cast, frozen: datetime) -> Organisation:
    """Avonford with some hundred decisions in a quarter, groups of very different size."""
    avonford = cast["ian"].organisation
    numbers = {"W1": 60, "B1": 25, "A2": 14, "W3": 6, "M1": 3, "": 11}
    for code, number in numbers.items():
        for gender, share in (("Male", number), ("Female", number // 3)):
            day = {"happened_on": date(2026, 2, 3), "ethnicity_self_code": code, "gender": gender, "age": 20 + number}
            live(avonford, share, **day)
            live(avonford, share // 2, **day, decision="not_offered", disposal="not_offered")
            live(avonford, share // 4, **day, decision="offered_declined")
    return avonford


def test_a_release_is_frozen_whole_and_logged(force: Organisation, cast: Cast) -> None:
    """A release that could be altered would say different things to two readers."""
    release = left(force, cast)
    assert release.sha256 == hashlib.sha256(as_file(release.document).encode()).hexdigest()
    stored = Release.objects.get()
    assert as_file(stored.document) == as_file(release.document)
    gone = Release.objects.filter(pk=stored.pk)
    for change in (lambda: gone._raw_delete(gone.db), lambda: gone.update(name="other"), lambda: gone.update(hide=[1])):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()
    event = Event.objects.get(kind="release.released")
    assert (event.actor_id, event.nature) == (cast["samir"].pk, "disclosure")
    figures = released(stored)
    assert str(checked(figures).audience) == "published"
    assert "marking" not in figures


def test_shared_and_published_give_nothing_away_together(force: Organisation, tmp_path: Path) -> None:
    """A panel member reads the newspaper too."""
    names = []
    for audience, tables in (("shared", [("ethnicity_apart", "gender")]), ("published", [("ethnicity_apart",)])):
        release = make_release(force=force, audience=audience, **Q1, tables=tables, by=None)
        path = tmp_path / f"{audience}.json"
        path.write_text(as_file(drafted(release)), encoding="utf-8")
        names.append(path)
    assert attack(names[0])["hidden"] > 0
    assert attack(*names)["too_narrow"] == 0


def test_a_release_does_not_move_and_says_what_has_changed_since(force: Organisation, cast: Cast) -> None:
    """A late correction belongs in the next look, not in figures that others quote."""
    release = make_release(force=force, audience="published", **Q1, by=None)
    assert changes_since(release, by=cast["ian"])["unchanged"]
    one = Fact.objects.filter(ethnicity_self_code="B1", diverted=True, gender="Male").first()
    assert one is not None
    Fact.objects.filter(pk=one.pk).update(diverted=False)
    StageFact.objects.filter(pk=one.pk).update(decision="offered_declined")
    found = changes_since(release, by=cast["ian"])
    at = {"ethnicity_apart": "Black", "gender": "Male"}
    (row,) = [row for row in found["changed"] if row["at"] == at]
    assert (row["of"], row["time"], row["then"] - row["now"]) == ("accepted", "2026 Q1", 1)
    assert found["marking"].startswith("operational")
    before = Release.objects.get().document
    again = make_release(force=force, audience="shared", **Q1, by=None)
    assert [t["cells"] for t in again.document["tables"]] == [t["cells"] for t in before["tables"]]


def test_the_same_table_the_other_way_about_has_not_changed(force: Organisation) -> None:
    """Every count of it was called changed, from nobody: a force would correct what was right."""
    for audience, table in (("published", ("ethnicity_apart", "gender")), ("shared", ("gender", "ethnicity_apart"))):
        release = make_release(force=force, audience=audience, **Q1, tables=[table], by=None)
        assert changes_since(release)["changed"] == []
    StageFact.objects.filter(fact__force=force, decision="offered_accepted").update(decision="offered_declined")
    assert {row["of"] for row in changes_since(release)["changed"]} <= {"offered", "accepted", "started", "completed"}
    Fact.objects.filter(force=force).update(diverted=False)
    assert {row["now"] for row in changes_since(release)["changed"] if row["of"] == "accepted"} == {0}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"start": date(2026, 1, 5)}, "whole months.*give 2026-01-01 to 2026-03-31"),
        ({"end": date(2026, 6, 30)}, "has not come yet"),
        ({"audience": "operational"}, "exact figures are never released"),
        ({"tables": [("intervention",)]}, "whoever accepted by disposal or scheme"),
        ({"tables": [("scheme", "disposal")]}, "a table for each"),
        ({"tables": [("ethnicity", "gender", "age_band")]}, "one or two dimensions beside the time"),
        ({"tables": [("ethnicity",), ("ethnicity_apart",)]}, "two forms of one thing"),
    ],
)
def test_what_could_be_undone_is_refused_with_what_cannot(
    force: Organisation, asked: dict[str, Any], words: str
) -> None:
    """A period cut at a day, a finer group beside a coarser: subtraction does the rest."""
    with pytest.raises(Refused, match=words):
        make_release(**({"force": force, "audience": "published", **Q1, "by": None} | asked))


def test_a_second_release_of_a_time_keeps_to_the_unit_and_the_groups_of_the_first(force: Organisation) -> None:
    """Months beside quarters, or 18+1 beside 5+1, are told by subtraction."""
    make_release(force=force, audience="published", **Q1, tables=[("ethnicity",)], by=None)
    with pytest.raises(Refused, match="Release it by quarter"):
        make_release(force=force, audience="shared", **Q1, unit="month", by=None)
    with pytest.raises(Refused, match="two forms of one thing"):
        make_release(force=force, audience="shared", **Q1, tables=[("ethnicity_code",)], by=None)


def test_two_sources_never_tell_of_one_time(force: Organisation) -> None:
    """A force's file may hold the very decisions that were recorded here: what one release hides the other shows."""
    live_release = make_release(force=force, audience="published", **Q1, tables=[("gender",)], by=None)
    Release.objects.create(
        **{field: getattr(live_release, field) for field in ("force", "audience", "unit", "declared", "document")},
        **{field: getattr(live_release, field) for field in ("counts", "price", "sha256", "state")},
        name="imported",
        source="police-uk-stop-search",
        start=date(2025, 12, 1),
        end=date(2025, 12, 31),
    )
    with pytest.raises(Refused, match=r"from the source 'police-uk-stop-search'. Both may tell of the same people"):
        make_release(force=force, audience="shared", start=date(2025, 12, 1), end=date(2026, 2, 28), by=None)
    make_release(force=force, audience="shared", **Q1, tables=[("gender",)], by=None)


def test_the_price_of_a_release_is_told_to_the_force_alone(force: Organisation) -> None:
    """The share of the counts lost, beside the counts shown, is the sum of those hidden. Where the fewest that must
    be hidden are as many as are hidden, each is known to be small."""
    release = make_release(force=force, audience="published", **Q1, by=None)
    assert release.price["fewest_cells"] > 0
    assert "price" not in release.document


def test_a_group_is_listed_whether_or_not_the_period_has_anybody_in_it(force: Organisation) -> None:
    """Listed only where there is somebody, it would say of a hidden count that it is not nought."""
    live(force, 3, happened_on=date(2026, 2, 3), area="Town")
    live(force, 12, happened_on=date(2025, 2, 3), area="Harbour")
    release = make_release(force=force, audience="published", **Q1, tables=[("area",)], by=None)
    for table in release.document["tables"]:
        assert {"Town", "Harbour"} <= set(table["categories"]["area"])


def test_only_those_who_report_for_the_force_release_its_figures(force: Organisation, cast: Cast) -> None:
    """Publishing for another force, or without the right, is a disclosure nobody answers for."""
    from django.core.exceptions import PermissionDenied

    for key in ("amara", "ben", "hana"):
        with pytest.raises(PermissionDenied):
            make_release(force=force, audience="published", **Q1, by=cast[key])


def test_no_page_for_the_force_takes_a_release_for_exact_figures(force: Organisation, cast: Cast) -> None:
    """A page that mixed the two would show [c] to those who may see, or worse the other way about."""
    from reporting.presenters import report as presenters

    release = left(force, cast)
    with pytest.raises(NotThroughTheDoor, match="operational ones only"):
        presenters.tiles(released(release))


@pytest.mark.django_db
@pytest.mark.skipif(not REAL.exists(), reason="needs the real files in ../shared/data, which are not here")
def test_a_real_force_is_released_twice_and_withstands_the_attack(tmp_path: Path) -> None:
    """Real groups are lopsided in ways that made-up ones are not."""
    import_facts(path=REAL, mapping="police-uk-stop-search", force="durham", by=None)
    durham = Organisation.objects.get(slug="durham")
    period = {"start": date(2020, 1, 1), "end": date(2020, 6, 30)}
    release = make_release(force=durham, audience="published", **period, by=None)
    other = [("ethnicity_apart",), ("age_band", "gender")]
    second = make_release(force=durham, audience="shared", **period, tables=other, by=None)
    paths = [tmp_path / "published.json", tmp_path / "shared.json"]
    for path, one in zip(paths, (release, second), strict=True):
        path.write_text(as_file(drafted(one)), encoding="utf-8")
    for held in (paths[:1], paths):
        verdict = attack(*held)
        assert (verdict["too_narrow"], verdict["promised"]) == (0, 9)
    assert release.price["cells_hidden"] < release.price["cells"]
