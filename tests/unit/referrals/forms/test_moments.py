"""Times as people write them, and the two nights on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from diversion import clock
from referrals.forms.moments import ClockTimeField, MomentForm
from referrals.forms.running import SlotForm

SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


def read(typed: str) -> time | None:
    return ClockTimeField().clean(typed)


def planned(day: date, at: str, **more: str) -> MomentForm:
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        return MomentForm({"day": day.isoformat(), "time": at, **more})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2:30pm", time(14, 30)),
        ("2.30 p.m.", time(14, 30)),
        ("2.30 p.m", time(14, 30)),
        ("9am", time(9)),
        ("14:30", time(14, 30)),
        ("1430", time(14, 30)),
        ("0900", time(9)),
        ("Midday", time(12)),
        ("12am", time(0)),
        ("12:05 am", time(0, 5)),
        ("2\N{NO-BREAK SPACE}pm", time(14)),
        ("12", time(12)),
        ("10", time(10)),
        ("14", time(14)),
        ("9", time(9)),
        ("08", time(8)),
        ("18", time(18)),
    ],
)
def test_read_as_meant(typed: str, meant: time) -> None:
    """Half a day's difference is a door that nobody opens, and a missed appointment is a breach."""
    assert read(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "half two", "24", "25:00", "2400", "1260", "2:75pm", "1pm pm", "13pm", "0am", "100", "2:3", "99", "٩"]
)
def test_refused_in_words(typed: str) -> None:
    """A time guessed from a mistake would be worse than none: "100" was 10:00am and "24" was 2:04am."""
    with pytest.raises(ValidationError, match="Enter a time"):
        read(typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("7", "Say which half of the day: enter 7am or 7pm"),
        ("01", "Say which half of the day: enter 1am or 1pm"),
        ("19", "Enter the minutes too: 19:00"),
        ("0", "Enter the minutes too: 00:00"),
    ],
)
def test_a_bare_hour_that_may_mean_two_is_refused_with_the_ways_to_write_it(typed: str, words: str) -> None:
    """Who types "7" for the evening would be waited for in the morning."""
    with pytest.raises(ValidationError) as refusal:
        read(typed)
    assert refusal.value.messages == [words]


@given(st.times(), st.sampled_from(["{:%H:%M}", "{:%H%M}", "{:%H.%M}", "{:%I:%M%p}", "{:%I:%M %p}", "{:%I.%M %p}"]))
def test_every_time_written_out_is_read_as_itself(moment: time, written: str) -> None:
    """Each way in which a whole time can be written, at every minute of the day."""
    at = moment.replace(second=0, microsecond=0, fold=0)
    assert read(written.format(at)) == at
    assert read(written.format(at).lower()) == at


@given(st.from_regex(r"[0-9]{1,6}", fullmatch=True))
@example("12")
@example("100")
def test_digits_alone_are_an_hour_of_the_working_day_or_all_four(digits: str) -> None:
    """No digit is ever made an hour and its neighbour a minute, as strptime does."""
    try:
        found = read(digits)
    except ValidationError:
        found = None
    if len(digits) == 4:
        hour, minute = int(digits[:2]), int(digits[2:])
        expected = time(hour, minute) if hour < 24 and minute < 60 else None
    else:
        expected = time(int(digits)) if len(digits) < 3 and 8 <= int(digits) <= 18 else None
    assert found == expected


@given(st.text(max_size=12))
def test_anything_typed_gives_a_time_or_a_message(typed: str) -> None:
    """The page must not be lost for a slip of the hand."""
    try:
        found = read(typed)
    except ValidationError as refusal:
        assert all(refusal.messages)  # noqa: PT017 - either outcome is right, and each is checked
    else:
        assert isinstance(found, time)


def test_an_hour_that_the_clocks_skip_is_refused() -> None:
    """It was saved an hour later than typed: the person would come to a closed door."""
    form = planned(SPRING, "1:30am")
    assert form.errors["time"] == [
        "There is no 1:30am on 28 March 2027, because the clocks go forward: enter another time"
    ]
    assert planned(SPRING, "00:59").is_valid()
    assert planned(SPRING, "2am").is_valid()


def test_an_hour_that_comes_twice_is_asked_about() -> None:
    """Each of the two would be a guess; what was typed stays."""
    form = planned(AUTUMN, "1:30am")
    assert form.errors == {"which": ["Choose which 1:30am is meant"]}
    assert form["time"].value() == "1:30am"
    assert form["which"].label == (
        "1:30am comes twice on Sunday 25 October 2026, when the clocks go back. Which is meant?"
    )
    found = {}
    for which in ("first", "second"):
        answered = planned(AUTUMN, "1:30am", which=which)
        assert answered.is_valid()
        [found[which]] = answered.moments()
    assert found["first"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert found["second"] == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_question_is_not_asked_of_any_other_time() -> None:
    """A question about a night that nobody means would only slow people down."""
    assert "which" not in planned(AUTUMN, "2am").fields
    assert "which" not in planned(AUTUMN, "half two").fields
    assert "which" not in MomentForm().fields
    left = planned(AUTUMN, "10:30", which="second")  # the time was changed after the question
    assert left.is_valid()
    assert left.moments() == [datetime(2026, 10, 25, 10, 30, tzinfo=UTC)]


def test_each_of_several_weeks_is_judged() -> None:
    """Eight nights of a drop-in, one of them when the clocks change: the fourth week was an hour wrong."""
    given = {"day": "2026-10-18", "time": "1:30", "place": "Harbour House", "places": "2", "weeks": "2"}
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        assert SlotForm(given).errors == {"which": ["Choose which 1:30am is meant"]}
        assert SlotForm(given | {"weeks": "1"}).is_valid()
        answered = SlotForm(given | {"which": "second"})
        assert answered.is_valid()
        skipping = SlotForm(given | {"day": "2027-03-21"})
        assert "28 March 2027" in skipping.errors["time"][0]
    assert answered.moments() == [datetime(2026, 10, day, hour, 30, tzinfo=UTC) for day, hour in ((18, 0), (25, 1))]


@given(
    st.dates(date(2026, 6, 10), date(2027, 6, 1)) | st.sampled_from([SPRING, AUTUMN]),
    st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0)),
    st.sampled_from(["", "first", "second"]),
)
def test_what_is_planned_is_what_was_typed(day: date, at: time, which: str) -> None:
    """Whatever day and time: the clock in London shows just that at the moment planned, or the form says why not."""
    form = planned(day, f"{at:%H:%M}", which=which)
    shown = datetime.combine(day, at)
    ways = _moments_by_search(shown)
    assert form.is_valid() == (len(ways) == 1 or (len(ways) == 2 and which != ""))
    if form.is_valid():
        assert form.moments() == [ways[-1 if which == "second" else 0]]


def _moments_by_search(shown: datetime) -> list[datetime]:
    """Every quarter of an hour around it, asked what the clock shows then."""
    around = [shown.replace(tzinfo=UTC) + timedelta(minutes=minutes) for minutes in range(-120, 121, 15)]
    return [one for one in around if one.astimezone(clock.LONDON).replace(tzinfo=None) == shown]
