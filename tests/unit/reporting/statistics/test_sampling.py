"""A sample that can be drawn again, by anybody and without this service."""

from reporting.statistics.sampling import drawn, place

NAMES = [f"DV-{number:04}-0000" for number in range(200)]


def test_the_place_is_what_any_tool_would_work_out() -> None:
    """A reviewer who doubts a sample must be able to work it out by hand: printf 'June DV-7K3M-9QX2' | sha256sum."""
    assert place("June", "DV-7K3M-9QX2") == "54306ebfbdc79fdfdf765366706366a564b117d4f36b218690e1f91768747b1f"


def test_the_same_seed_draws_the_same_and_a_larger_sample_holds_the_smaller() -> None:
    """A sample that depends on the order of rows, or is drawn anew for every size, can be suspected of a choice."""
    ten = drawn("June", NAMES, 10)
    assert drawn("June", reversed(NAMES), 10) == ten
    assert drawn("June", NAMES, 20)[:10] == ten
    assert drawn("July", NAMES, 10) != ten
    assert sorted(drawn("June", NAMES[:3], 10)) == NAMES[:3]


def test_each_is_drawn_about_as_often() -> None:
    """A seed that favours some references would show the same officers' cases each time. 400 draws of 20 in 200 draw
    each 40 times on average; the standard deviation is 6, and no one of 200 lies five of those away."""
    times = dict.fromkeys(NAMES, 0)
    for seed in range(400):
        for name in drawn(str(seed), NAMES, 20):
            times[name] += 1
    assert min(times.values()) > 10
    assert max(times.values()) < 70
