"""What people read while they wait at a terminal."""

from io import StringIO

import pytest
from django.core.management.base import OutputWrapper

from diversion.management.steps import Stopwatch, step


def test_each_step_ends_with_its_seconds() -> None:
    """Whoever waits learns nothing of where the time went."""
    out = StringIO()
    with step(OutputWrapper(out), "Tables"):
        assert out.getvalue().rstrip() == "  Tables"
    Stopwatch().stop(OutputWrapper(out), "The web server")
    assert [line.split() for line in out.getvalue().splitlines()] == [
        ["Tables", "0", "s"],
        ["The", "web", "server", "0", "s"],
    ]


def test_a_step_that_fails_says_so_at_its_own_line() -> None:
    """The error would be printed behind the step's name, on the same line."""
    out = StringIO()
    with pytest.raises(ValueError, match="no room"), step(OutputWrapper(out), "Tables"):
        raise ValueError("no room")
    assert out.getvalue().split() == ["Tables", "failed"]
