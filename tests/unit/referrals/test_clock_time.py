"""Times as people write them."""

from datetime import time

import pytest
from django.core.exceptions import ValidationError

from referrals.forms.fields import ClockTimeField


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2:30pm", time(14, 30)),
        ("2.30 p.m.", time(14, 30)),
        ("9am", time(9)),
        ("14:30", time(14, 30)),
        ("1430", time(14, 30)),
        ("Midday", time(12)),
        ("12am", time(0)),
    ],
)
def test_read_as_meant(typed: str, meant: time) -> None:
    """Half a day's difference is a door that nobody opens."""
    assert ClockTimeField().clean(typed) == meant


@pytest.mark.parametrize("typed", ["", "half two", "25:00", "2:75pm", "1pm pm"])
def test_refused_in_words(typed: str) -> None:
    """A time guessed from a mistake would be worse than none."""
    with pytest.raises(ValidationError, match="Enter a time"):
        ClockTimeField().clean(typed)
