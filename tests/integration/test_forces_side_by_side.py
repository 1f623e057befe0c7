"""Forces side by side: what each has released of one time, on one page, and nothing that is made of two."""

import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client

from diversion.accounts.models import Organisation, User
from reporting.actions.releases import withdraw
from reporting.door import released
from reporting.intake.mappings.parts import MappingError
from reporting.models import Release
from reporting.views import release_comparison
from tests.conftest import Cast
from tests.factories.facts import live
from tests.factories.releases import Q1, left, of_northmoor

SignIn = Callable[[User], Client]
PAGE = "/releases/compare"


@pytest.fixture
def northmoor(cast: Cast, frozen: datetime) -> Cast:
    """Who makes and checks the releases of Northmoor, by the keys of those who do so in Avonford."""
    return of_northmoor(cast)


def counted(force: Organisation, **offered: int) -> None:
    """Of 100 people of each gender so many were offered."""
    for gender, number in offered.items():
        day = {"happened_on": Q1["start"], "gender": gender}
        live(force, number, **day)
        live(force, 100 - number, **day, decision="not_offered", disposal="not_offered")


def leaves(people: Cast, **changes: Any) -> Release:
    """A release of the force of ``people`` by gender, which has left."""
    return left(people["ian"].organisation, people, **{"tables": [("gender",)]} | changes)


@pytest.fixture
def both(cast: Cast, northmoor: Cast) -> list[Release]:
    """Avonford offered 40 women and 60 men of 100 each; Northmoor 30 women and 50 men."""
    counted(cast["ian"].organisation, Female=40, Male=60)
    counted(northmoor["ian"].organisation, Female=30, Male=50)
    return [leaves(cast), leaves(northmoor)]


def words(client: Client, path: str = PAGE, status: int = 200) -> str:
    """What is read on the page, without marks of HTML."""
    answer = client.get(path)
    assert answer.status_code == status
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.parametrize("who", ["ian", "noel", "hana", "rosa"])
def test_each_force_has_its_own_figures_and_intervals(
    both: list[Release], cast: Cast, signed_in: SignIn, who: str
) -> None:
    """Good practice is not shared where nobody sees how often others offer; a rate without interval would rank them."""
    read = words(signed_in(cast[who]))
    assert "Offered, of those considered" in read
    assert "Male 60 of 100 60%, 50.2% to 69.1% 50 of 100 50%, 40.4% to 59.6%" in read
    assert "Avonford" in read
    assert "no force is divided by another" in read.lower()


def test_what_one_force_hides_stays_hidden(cast: Cast, northmoor: Cast, signed_in: SignIn) -> None:
    """A count that Northmoor hides must not come back by way of Avonford's table."""
    counted(cast["ian"].organisation, Female=40, Male=60)
    counted(northmoor["ian"].organisation, Female=4, Male=50)
    leaves(cast)
    leaves(northmoor)
    read = words(signed_in(cast["ian"]))
    assert "Female 40 of 100 40%, 30.9% to 49.8% [c]" in read
    assert "4 of 100" not in read


def test_only_what_stands_is_compared(both: list[Release], cast: Cast, northmoor: Cast, signed_in: SignIn) -> None:
    """A release that was withdrawn would go on being quoted, beside one that was not."""
    withdraw(release=both[1], why="A group was miscounted.", by=northmoor["ian"])
    read = words(signed_in(cast["ian"]))
    assert "Nothing can be laid side by side yet" in read
    assert "Northmoor" not in read


def test_other_days_are_no_comparison(cast: Cast, northmoor: Cast, signed_in: SignIn) -> None:
    """A winter beside a summer reads as a difference between forces."""
    for people in (cast, northmoor):
        counted(people["ian"].organisation, Female=40, Male=60)
    leaves(cast)
    leaves(northmoor, start=date(2025, 10, 1), end=date(2025, 12, 31))
    assert "Nothing can be laid side by side yet" in words(signed_in(cast["ian"]))


def test_a_table_that_only_one_of_them_tells_is_named(cast: Cast, northmoor: Cast, signed_in: SignIn) -> None:
    """A table that is silently missing looks like a force with nothing to tell."""
    for people in (cast, northmoor):
        counted(people["ian"].organisation, Female=40, Male=60)
    leaves(cast, tables=[("gender",), ("origin",)])
    leaves(northmoor)
    read = words(signed_in(cast["noel"]))
    assert "What only some of them tell" in read
    assert "Offered in 2026 Q1, by origin" in read


def test_a_time_that_nobody_released_is_answered_in_words(both: list[Release], cast: Cast, signed_in: SignIn) -> None:
    """An old link must say what to choose instead."""
    read = words(signed_in(cast["ian"]), f"{PAGE}?time=2019", status=422)
    assert "Choose one of the times of which two forces have released figures" in read


def test_the_list_leads_there(both: list[Release], cast: Cast, signed_in: SignIn) -> None:
    """A page that nothing leads to is read by nobody."""
    assert f'href="{PAGE}"' in signed_in(cast["hana"]).get("/releases/").content.decode()


def test_a_second_release_of_a_force_does_not_hide_its_first(cast: Cast, northmoor: Cast, signed_in: SignIn) -> None:
    """Whoever releases more would be compared in less."""
    for people in (cast, northmoor):
        counted(people["ian"].organisation, Female=40, Male=60)
        leaves(people)
    leaves(cast, tables=[("origin",)])
    read = words(signed_in(cast["noel"]))
    assert "Male 60 of 100 60%, 50.2% to 69.1% 60 of 100 60%, 50.2% to 69.1%" in read
    assert "Offered in 2026 Q1, by origin" in read
    assert "Offered in 2026 Q1, by gender" not in read


def test_where_there_is_nobody_nothing_is_called_hidden(both: list[Release], cast: Cast, signed_in: SignIn) -> None:
    """A true nought that reads as hidden makes a reader suspect a group of people where there is none."""
    read = words(signed_in(cast["ian"]))
    assert "no force shows it of" not in read


@pytest.mark.parametrize("without", ["force", "unit"])
def test_a_release_that_cannot_be_read_is_left_out_and_named(
    both: list[Release], cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    """One bad document would shut the page for every reader, of every time."""

    def spoilt(release: Release) -> Any:
        if release.pk == both[1].pk:
            release.document = {name: value for name, value in release.document.items() if name != without}
        return released(release)

    monkeypatch.setattr(release_comparison, "released", spoilt)
    assert f"does not say its {without}" in words(signed_in(cast["ian"]))


def test_figures_outlive_the_mapping_by_which_they_came(
    both: list[Release], cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mapping is a file of the service: once it is gone, what was released by it is still read."""

    def gone(name: str) -> Any:
        raise MappingError(f"There is no mapping {name}.")

    monkeypatch.setattr(release_comparison, "source_named", gone)
    assert "1 January 2026 to 31 March 2026, live, by quarter" in words(signed_in(cast["ian"]))
