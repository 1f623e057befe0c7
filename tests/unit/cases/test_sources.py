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
        ("YJLC-CR [known]", NAMES["YJLC-CR"]),
        ("Pathfinder: DC, S17", f"Pathfinder: {NAMES['DC']}, {NAMES['S17']}"),
    ],
)
def test_what_was_kept_with_an_earlier_decision_is_told_in_words_too(kept: str, words: str) -> None:
    """Findings stand as they were kept; half of what waits today was kept before this."""
    assert in_words(kept) == words
    assert in_words(words) == words


@pytest.mark.parametrize("own", ["DC Futures", "DC Futures: our own rule 4", "Children Act 1989 S17", *NAMES.values()])
def test_a_name_that_holds_the_letters_of_a_key_stands_as_it_is(own: str) -> None:
    """A force's own source would be rewritten into an Act that does not exist, and sergeants would cite it."""
    assert in_words(own) == own


def test_no_rule_cites_what_we_have_not_read() -> None:
    """A name of guidance that does not say so would stand as law before whoever decides about a child."""
    wrong = ("PACE Code C", "Guidance on Charging", "youth caution guidance", "DPP v Jackson", "Code of Practice 2013")
    sources = {in_words(source) for source in told()}
    assert not [source for source in sources for name in wrong if name in source]


@pytest.mark.parametrize("code", ["youth_caution", "youth_conditional_caution", "deferred_prosecution_child"])
def test_no_rule_about_children_cites_guidance_on_adults(code: str) -> None:
    """A child's sergeant would read that the Director's Guidance on adults' cautions orders an inspector's review."""
    criteria = [one for version in disposals.catalogue()[code] for one in law_criteria(version)]
    criteria += [one for option in load_policy().disposals if option.disposal == code for one in option.criteria]
    assert len(criteria) > 10
    assert not [one.id for one in criteria if "Conditional Cautions 2024" in one.sources_in_words]
