"""What may be told by answers given in confidence: the rule, against people counted one by one."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.measures import NoMeasure, confided, counting
from tests.factories.facts import live

FORCE = Organisation(pk=1, slug="testshire", name="Testshire")
TODAY = date(2026, 6, 10)
DAY = date(2026, 2, 3)
NAMES = [measure.name for measure in confided.IN_ORDER]

#: Standing in each measure -> what people said -> how many.
World = dict[str, dict[str, int]]
standings = st.sampled_from(["".join(letters) for letters in product("eo-", repeat=3)])
said = st.dictionaries(st.sampled_from(["yes", "no", "Unknown"]), st.sampled_from([1, 9, 10, 11, 30]), min_size=1)
worlds = st.dictionaries(standings, said, min_size=1, max_size=5)


class People:
    """Each person of a world, and the sets of them that a figure counts: those of a measure, and those with its event.

    Whoever knows by name how each agreement ended knows these sets, and all that unions and differences make of them.
    """

    def __init__(self, world: World) -> None:
        self.everybody = [
            (standing, word) for standing, said in world.items() for word, number in said.items() for _ in range(number)
        ]

    def of(self, number: int, letters: str) -> frozenset[int]:
        return frozenset(who for who, (standing, _) in enumerate(self.everybody) if standing[number] in letters)

    def answers(self, some: frozenset[int]) -> list[str]:
        return [self.everybody[who][1] for who in some if self.everybody[who][1] != "Unknown"]

    def parts(self, numbers: list[int]) -> list[frozenset[int]]:
        """The smallest groups that the sets of these measures leave when each is cut by the others."""
        known = [self.of(number, letters) for number in numbers for letters in ("eo", "e")]
        parts = [frozenset[int]().union(*known)]
        for one in known:
            parts = [part for whole in parts for part in (whole & one, whole - one) if part]
        return parts

    def is_safe(self, some: frozenset[int]) -> bool:
        answers = self.answers(some)
        return not answers or (len(answers) >= 10 and len(set(answers)) == 2)

    def has_enough(self, number: int) -> bool:
        answers = self.answers(self.of(number, "eo"))
        return min(answers.count("yes"), answers.count("no")) >= 10


@given(worlds)
def test_no_group_that_the_told_figures_set_apart_answers_alike_or_is_few(world: World) -> None:
    """Police know who is in each group: nine people, or thirty who all said yes, would have been promised silence."""
    people = People(world)
    told = [NAMES.index(name) for name in confided.may_tell(world)]
    assert all(people.is_safe(part) for part in people.parts(told))
    assert all(people.has_enough(number) or not people.of(number, "eo") for number in told)


@given(worlds)
def test_what_is_withheld_would_give_something_away(world: World) -> None:
    """A rule that withholds all is safe, and tells nobody whether disabled people complete as often as others."""
    people, told = People(world), [NAMES.index(name) for name in confided.may_tell(world)]
    for number in set(range(len(NAMES))) - set(told):
        beside = [*(one for one in told if one < number), number]
        assert people.of(number, "eo")
        assert not people.has_enough(number) or not all(map(people.is_safe, people.parts(beside)))


@pytest.mark.parametrize(
    ("world", "told"),
    [
        ({"eo-": {"yes": 10, "no": 10}, "oe-": {"yes": 10, "no": 10}}, ["completed", "breached", "charged"]),
        ({"eo-": {"yes": 9, "no": 10}}, ["charged"]),  # nine who said yes; of nobody charged there is nothing to hide
        ({"eo-": {"yes": 10, "no": 10}, "oe-": {"yes": 10}}, ["charged"]),  # all who did not complete said yes
        # One never came: breached less completed would be that person.
        ({"eo-": {"yes": 10, "no": 10}, "oe-": {"yes": 10, "no": 10}, "-e-": {"yes": 1}}, ["completed", "charged"]),
        # Nine are charged of thirty decided about: told of those who broke it, and not of what followed.
        (
            {"eo-": {"yes": 10, "no": 10}, "oee": {"yes": 5, "no": 4}, "oeo": {"yes": 11, "no": 10}},
            ["completed", "breached"],
        ),
        # Whoever did not answer fills no group up.
        ({"eo-": {"yes": 10, "no": 10}, "oe-": {"yes": 1, "Unknown": 40}}, ["charged"]),
    ],
)
def test_which_measures_a_quarter_may_tell(world: World, told: list[str]) -> None:
    """The cases for which the rule was made, each reckoned by hand."""
    assert confided.may_tell(world) == told


QUARTERS = [date(year, month, 1) for year in range(2024, 2028) for month in (1, 4, 7, 10)]
edges = st.sampled_from(QUARTERS) | st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(edges, edges)
def test_only_whole_quarters_that_are_over_are_asked_for(first: date, after: date) -> None:
    """Of two periods that differ by one day, the difference is whoever was decided about on it."""
    end = after - timedelta(days=1)
    whole = first in QUARTERS and after in QUARTERS and end < TODAY
    with clock.set_to(datetime(2026, 6, 10, 9, tzinfo=UTC)):
        if whole:
            confided.check_quarters(first, end, "They are")
        else:
            with pytest.raises(NoMeasure, match="They are counted over whole quarters that have ended"):
                confided.check_quarters(first, end, "They are")


@pytest.mark.parametrize(("today", "over"), [("2026-03-31", False), ("2026-04-01", True)])
def test_a_quarter_is_over_on_the_day_after_its_last(today: str, over: bool) -> None:
    """On its last day a decision may still come, and the figures of the morning and of the evening would tell of it."""
    with clock.set_to(datetime.fromisoformat(f"{today}T11:00:00+00:00")):
        if over:
            confided.check_quarters(date(2026, 1, 1), date(2026, 3, 31), "They are")
        else:
            with pytest.raises(NoMeasure):
                confided.check_quarters(date(2026, 1, 1), date(2026, 3, 31), "They are")


def told(by: list[str], where: dict[str, list[str]] | None = None, **changes: Any) -> Any:
    asked: dict[str, Any] = {"measures": ["completed"], "source": "live", "as_of": TODAY} | changes
    measures = asked.pop("measures")
    return confided.told(FORCE, date(2026, 1, 1), date(2026, 3, 31), by, where, measures, **asked)


def test_other_questions_pass_as_they_were_asked() -> None:
    """A rule for two questions must not change or slow down all others: here a query would fail the test."""
    assert told(["gender"], {"ethnicity": ["Black"]}) == (["completed"], [])
    assert told([], measures=None) == (None, [])
    assert (confided.is_confided(["gender", "month"]), confided.is_confided(["gender", "disability"])) == (False, True)


@pytest.mark.parametrize(
    ("by", "where"),
    [
        (["disability", "gender"], None),
        (["gender", "disability"], None),
        (["disability", "care_experience"], None),
        (["disability"], {"gender": ["Male"]}),
        ([], {"care_experience": ["yes"]}),
        (["disability"], {"disability": ["yes"]}),
    ],
)
def test_in_any_other_shape_nothing_is_even_counted(by: list[str], where: dict[str, list[str]] | None) -> None:
    """Split once more, "yes" would be the word of one person."""
    with pytest.raises(NoMeasure, match="in confidence"):
        told(by, where)


@pytest.mark.django_db
def test_where_somebody_stands_is_read_from_how_it_went() -> None:
    """A letter wrong, and the groups that are checked are not those that the figures set apart."""
    force = Organisation.objects.create(slug="testshire", name="Testshire", kind=Organisation.Kind.POLICE_FORCE)
    came = {"happened_on": DAY, "referred_on": DAY, "started_on": DAY}
    live(force, 2, **came, result="completed")
    live(force, 3, **came, result="not_completed", charged=True)
    live(force, 4, **came, result="not_completed", charged=False)
    live(force, 5, **came, result="not_completed")
    live(force, 6, **came | {"started_on": None}, result="not_completed")
    live(force, 7, **came)
    live(force, 8, happened_on=DAY)
    found = counting.count(
        force_id=force.pk,
        source="live",
        start=DAY,
        end=DAY,
        measures=[confided.EVERYBODY],
        by=(confided.STANDING,),
        as_of=TODAY,
    )
    people = {standing: counts["everybody"].people for (standing,), counts in found.cells.items()}
    assert NAMES == ["completed", "breached", "charged"]
    assert people == {"eo-": 2, "oee": 3, "oeo": 4, "oe-": 5, "-e-": 6, "---": 15}
