"""Who may decide, and that nobody decides their own case."""

from datetime import date
from itertools import chain, combinations, product

import pytest

from cases.law.authority import authority_needed, check_authorisation, may_authorise
from cases.law.codes import Circumstance, DisposalCode, Rank, Severity, UnknownCode
from cases.law.disposals import disposals_at, get
from cases.law.settings import LawSettings

TODAY = date(2026, 6, 1)
ACTIVE = [record.code for record in disposals_at(TODAY)]
SETS = list(chain.from_iterable(combinations(Circumstance, size) for size in range(4)))


@pytest.mark.parametrize(
    ("disposal", "circumstances", "required"),
    [
        ("community_resolution", [], "constable"),
        ("community_resolution", ["history"], "sergeant"),
        ("community_resolution", ["victim_disagrees"], "sergeant"),
        ("community_resolution", ["hate_crime"], "inspector"),
        ("community_resolution", ["history", "domestic_abuse"], "inspector"),
        ("community_resolution", ["indictable_only"], "prosecutor"),
        ("simple_caution", [], "sergeant"),
        ("simple_caution", ["similar_in_two_years"], "inspector"),
        ("simple_caution", ["specified_either_way"], "inspector"),
        ("simple_caution", ["indictable_only"], "superintendent"),
        ("simple_caution", ["hate_crime"], "prosecutor"),
        ("conditional_caution", [], "sergeant"),
        ("conditional_caution", ["domestic_abuse"], "inspector"),
        ("conditional_caution", ["hate_crime"], "prosecutor"),
        ("conditional_caution", ["similar_in_two_years"], "sergeant"),
        ("youth_caution", [], "sergeant"),
        ("youth_conditional_caution", ["indictable_only"], "prosecutor"),
        ("penalty_notice", [], "constable"),
        ("cannabis_warning", [], "constable"),
        ("outcome_22", [], "sergeant"),
        ("deferred_summons", [], "constable"),
        ("deferred_prosecution_child", [], "inspector"),
    ],
)
def test_the_lowest_rank_that_may_decide(disposal: str, circumstances: list[str], required: str) -> None:
    """A decision would be taken below the rank the law or the guidance names."""
    for rank in Rank:
        verdict = may_authorise(rank, disposal, at=TODAY, circumstances=circumstances, prosecutor_consented=False)
        assert verdict.required == required
        police_only = any(need.police_rank for need in verdict.needed) and rank is Rank.PROSECUTOR
        if not verdict.prosecutor_consent and not police_only:
            assert bool(verdict) is rank.reaches(Rank(required))


def test_an_indictable_only_simple_caution_needs_both_rank_and_consent() -> None:
    """Section 17(2) would be met by half."""

    def ask(rank: str, *, consented: bool) -> bool:
        return bool(
            may_authorise(
                rank,
                "simple_caution",
                at=TODAY,
                circumstances=["indictable_only"],
                prosecutor_consented=consented,
            )
        )

    assert ask("superintendent", consented=True)
    assert not ask("superintendent", consented=False)
    assert not ask("inspector", consented=True)
    assert not ask("prosecutor", consented=True), "the rank of police officer is not a prosecutor's to hold"


def test_a_referral_is_satisfied_by_a_prosecutors_recorded_decision() -> None:
    """A hate crime sent to the prosecutor and answered could be given by nobody."""
    asked = {"at": TODAY, "circumstances": ["hate_crime", "similar_in_two_years"], "prosecutor_consented": True}
    assert may_authorise("inspector", "simple_caution", **asked)  # type: ignore[arg-type]
    assert not may_authorise("sergeant", "simple_caution", **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("disposal", ACTIVE)
def test_somebody_can_always_decide(disposal: str) -> None:
    """A combination of rules would leave a case that no rank may resolve."""
    stuck = [
        circumstances
        for circumstances in SETS
        if not any(
            may_authorise(rank, disposal, at=TODAY, circumstances=circumstances, prosecutor_consented=True)
            for rank in Rank
        )
    ]
    assert stuck == []


@pytest.mark.parametrize("disposal", ACTIVE)
def test_a_higher_police_rank_is_never_refused_what_a_lower_may(disposal: str) -> None:
    """A superintendent would have to ask an inspector."""
    police = [rank for rank in Rank if rank is not Rank.PROSECUTOR]
    for circumstances in SETS:
        answers = [
            bool(may_authorise(rank, disposal, at=TODAY, circumstances=circumstances, prosecutor_consented=True))
            for rank in police
        ]
        assert answers == sorted(answers), circumstances


@pytest.mark.parametrize("disposal", ACTIVE)
def test_another_circumstance_never_lowers_the_rank(disposal: str) -> None:
    """Recording that a crime is a hate crime would make it easier to resolve."""
    for circumstances, extra in product(SETS, Circumstance):
        plain = may_authorise("constable", disposal, at=TODAY, circumstances=circumstances).required
        more = may_authorise("constable", disposal, at=TODAY, circumstances=[*circumstances, extra]).required
        assert more.reaches(plain)


def test_a_force_sets_its_own_ranks_and_the_mark_of_doubt_goes() -> None:
    """A force that has settled a rank would go on reading that it is unsettled."""
    plain = may_authorise("sergeant", "outcome_22", at=TODAY)
    assert plain
    assert plain.unsure
    settings = LawSettings(rank_overrides={"outcome_22": Rank.INSPECTOR})
    settled = may_authorise("sergeant", "outcome_22", at=TODAY, settings=settings)
    assert not settled
    assert settled.required is Rank.INSPECTOR
    assert not settled.unsure


def test_a_force_sets_the_rank_of_one_circumstance_alone() -> None:
    """Setting the rank for hate crime would change every community resolution."""
    settings = LawSettings(rank_overrides={"community_resolution.hate_crime": Rank.SERGEANT})
    lifted = may_authorise(
        "sergeant", "community_resolution", at=TODAY, circumstances=["hate_crime"], settings=settings
    )
    assert lifted
    assert not lifted.unsure
    assert may_authorise("constable", "community_resolution", at=TODAY, settings=settings)


def test_every_reason_is_kept_the_ordinary_rank_first() -> None:
    """Only the last reason would be shown, and the officer would mend one of three."""
    record = get("community_resolution", TODAY)
    needed = authority_needed(record, ["history", "victim_disagrees", "hate_crime"])
    assert [need.rank for need in needed] == [Rank.CONSTABLE, Rank.SERGEANT, Rank.SERGEANT, Rank.INSPECTOR]
    assert [need.unsure for need in needed] == [False, False, False, True]
    assert all(need.reason and need.source for need in needed)


@pytest.mark.parametrize(
    ("rank", "disposal", "circumstances", "words"),
    [
        (
            "constable",
            "conditional_caution",
            [],
            "A sergeant or above may authorise a conditional caution in this case. A constable alone may not.",
        ),
        (
            "inspector",
            "community_resolution",
            ["hate_crime"],
            "An inspector or above may authorise a community resolution in this case.",
        ),
        (
            "sergeant",
            "conditional_caution",
            ["hate_crime"],
            "A prosecutor may authorise a conditional caution in this case. A sergeant alone may not.",
        ),
        (
            "superintendent",
            "simple_caution",
            ["indictable_only"],
            (
                "A superintendent or above may authorise a simple caution in this case, with the prosecutor's consent. "
                "A superintendent alone may not."
            ),
        ),
    ],
)
def test_the_words_say_who_may(rank: str, disposal: str, circumstances: list[str], words: str) -> None:
    """An officer would be refused and not told whom to ask."""
    assert may_authorise(rank, disposal, at=TODAY, circumstances=circumstances).explanation == words


@pytest.mark.parametrize(("rank", "circumstance"), [("captain", "history"), ("sergeant", "historic")])
def test_an_unknown_rank_or_circumstance_is_an_error(rank: str, circumstance: str) -> None:
    """A misspelt circumstance would lift nothing, silently."""
    with pytest.raises(UnknownCode, match="Use one of"):
        may_authorise(rank, "community_resolution", at=TODAY, circumstances=[circumstance])


def check(disposal: str, rank: str, *, own: bool, **more: object) -> list[tuple[str, Severity]]:
    found = check_authorisation(
        disposal,
        at=TODAY,
        officer="PC 1",
        authoriser="PC 1" if own else "PS 2",
        rank=rank,
        **more,  # type: ignore[arg-type]
    )
    return [(finding.code, finding.severity) for finding in found]


@pytest.mark.parametrize(
    "disposal", ["community_resolution", "penalty_notice", "cannabis_warning", "khat_warning", "deferred_summons"]
)
def test_an_officer_issues_the_everyday_ones_alone(disposal: str) -> None:
    """A street resolution would need a second officer to press a button."""
    assert check(disposal, "constable", own=True) == []


def test_once_anything_lifts_it_a_second_person_decides() -> None:
    """A sergeant on patrol would resolve their own hate crime case."""
    assert check("community_resolution", "inspector", own=True, circumstances=["hate_crime"]) == [
        ("own_case", Severity.BLOCK)
    ]


@pytest.mark.parametrize("disposal", [code for code in ACTIVE if not get(code, TODAY).self_issue])
@pytest.mark.parametrize("rank", list(Rank))
def test_rank_never_lets_anybody_decide_their_own_case(disposal: str, rank: Rank) -> None:
    """A superintendent could bring and decide a case alone."""
    assert ("own_case", Severity.BLOCK) in check(disposal, rank, own=True)


def test_both_faults_are_said_at_once() -> None:
    """The officer would mend one and be refused again."""
    assert check("conditional_caution", "constable", own=True) == [
        ("rank", Severity.BLOCK),
        ("own_case", Severity.BLOCK),
    ]


def test_a_day_before_the_rules_is_a_finding_and_not_a_crash() -> None:
    """An imported case of 2012 would stop the page."""
    [finding] = check_authorisation("outcome_22", at=date(2018, 1, 1), officer="1", authoriser="2", rank="inspector")
    assert finding.code == "not_in_force"
    assert "2018" in finding.reason


def test_dpp_authorisation_does_not_stand_in_for_a_higher_rank() -> None:
    """A civilian with the DPP's authority would decide what goes to the inspector."""
    settings = LawSettings(dpp_authorised_accepted=True)
    asked = {"at": TODAY, "dpp_authorised": True, "settings": settings}
    assert may_authorise("constable", "conditional_caution", **asked)  # type: ignore[arg-type]
    lifted = may_authorise("constable", "conditional_caution", circumstances=["domestic_abuse"], **asked)  # type: ignore[arg-type]
    assert not lifted
    assert lifted.required is Rank.INSPECTOR


def test_codes_are_strings_a_database_can_keep() -> None:
    """A stored code would come back as something that compares unequal."""
    assert DisposalCode.CONDITIONAL_CAUTION == "conditional_caution"
    assert Rank.parse("inspector") is Rank.INSPECTOR
    assert f"{Rank.SERGEANT}" == "sergeant"
