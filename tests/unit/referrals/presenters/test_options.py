"""What the rules left open, as a supervisor reads it."""

import pytest

from cases.eligibility.kept import KeptOption
from referrals.presenters.options import options_in_words

SERGEANT, INSPECTOR = "needs_authority:sergeant", "needs_authority:inspector"


def option(title: str, *possible: str) -> KeptOption:
    status = "undetermined" if len(possible) > 1 else possible[0].partition(":")[0]
    return KeptOption(key=f"disposal:{title}", kind="disposal", title=title, status=status, possible=possible)


@pytest.mark.parametrize(
    ("possible", "words"),
    [
        (["eligible"], "Warning"),
        ([SERGEANT], "Warning (with a sergeant’s authority)"),
        ([SERGEANT, INSPECTOR], "Warning (with a sergeant’s authority or higher)"),
        (["eligible", INSPECTOR], "Warning (perhaps with an inspector’s authority)"),
        (["needs_authority:prosecutor"], "Warning (with the Crown Prosecution Service’s authority)"),
    ],
)
def test_an_open_option_says_who_would_have_to_agree(possible: list[str], words: str) -> None:
    """ "Allowed" without the rank would blame an officer for what was not theirs to give."""
    assert options_in_words([option("Warning", *possible), option("Other", "ineligible")]) == words


def test_what_could_not_be_told_is_said_and_not_called_allowed() -> None:
    """An unknown taken for a yes would accuse the officer; taken for a no it would excuse them."""
    unsure = option("Scheme", "eligible", "ineligible")
    assert options_in_words([option("Warning", "eligible"), unsure]) == "Warning. Of some others it is not known."
    assert options_in_words([unsure]) == "Not known: not enough was asked to tell"
    assert options_in_words([option("Warning", "ineligible")]) == "Nothing: every option was ruled out"


def test_options_that_ask_for_the_same_authority_stand_together() -> None:
    """Ten options, each with its own sentence about a sergeant, are read by nobody."""
    options = [option("Warning", "eligible"), option("Caution", SERGEANT), option("Scheme", SERGEANT)]
    assert options_in_words(options) == "Warning; Caution, Scheme (with a sergeant’s authority)"
