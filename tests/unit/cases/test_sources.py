"""Where a rule comes from is told in words that an officer knows."""

import re
from collections.abc import Iterator

import pytest

from cases.eligibility.policy import load_policy
from cases.eligibility.schemes import load_scheme_library
from cases.law import disposals, gravity
from cases.sources import NAMES, in_words
from cases.statute import law_criteria

#: Capitals that are words: bodies and acts that are known by them.
KNOWN = {"ACPO", "ASBCPA", "CARA", "CDA", "CJA", "CJCA", "CJPA", "CPS", "DIVERT", "DPP", "EWHC", "LEAD", "NPCC", "PACE"}
KNOWN |= {"PCSC", "SI", "UK", "M01", "WLR"}
CODE = re.compile(r"\b[A-Z][A-Z0-9]+(?:-[A-Za-z0-9]+)*\b")


def told() -> Iterator[str]:
    """Every source that a rule of the law, of the default policy or of a scheme in the library names."""
    options = [*load_policy().disposals, *(one for scheme in load_scheme_library() for one in scheme.versions)]
    yield from (source.key for option in options for criterion in option.criteria for source in criterion.sources)
    for versions in disposals.catalogue().values():
        for one in versions:
            yield from (one.source, one.authority_source, *(each.source for each in one.exception))
            yield from (source.key for criterion in law_criteria(one) for source in criterion.sources)
    yield from (matrix.source for matrix in gravity.matrices())


def test_no_source_is_told_in_a_key_or_by_our_own_notes() -> None:
    """A sergeant who reads "domain notes 1.1; NECHO" cannot tell the law from a habit of some force."""
    for source in told():
        words = in_words(source)
        assert "domain notes" not in source, source
        assert not {code for code in CODE.findall(words) if code not in KNOWN}, words
        assert not re.search(r"\[(known|found|unsure|proposal)", words), words


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("domain notes 1.1 (default)", "our reading of the guidance (default)"),
        (
            "NECHO; domain notes 1.1, 1.11 (local practice)",
            f"{NAMES['NECHO']}; our reading of the guidance (local practice)",
        ),
        ("DUR1, DUR2", f"{NAMES['DUR1']}, {NAMES['DUR2']}"),
        ("our own DURATION", "our own DURATION"),
    ],
)
def test_what_was_kept_with_an_earlier_decision_is_told_in_words_too(kept: str, words: str) -> None:
    """Findings stand as they were kept; half of what waits today was kept before this."""
    assert in_words(kept) == words
    assert in_words(words) == words
