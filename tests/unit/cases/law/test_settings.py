"""What a force may set: defaults as the domain gives them, and nothing out of range."""

from datetime import date

import pytest
from pydantic import ValidationError

from cases.law.codes import DisposalCode, Rank
from cases.law.settings import DEFAULTS, LawSettings


def test_the_defaults_are_those_of_the_domain() -> None:
    """A default changed by accident would change every force's clocks."""
    assert DEFAULTS.model_dump() == {
        "lead_days": 28,
        "last_safe_day_offset": 1,
        "plan_clock_basis": "issue",
        "plan_weeks_summary": 16,
        "plan_weeks_other": 20,
        "plan_weeks_youth": 16,
        "escalation_days": (42, 28, 14),
        "partner_answer_days": 2,
        "partner_contact_days": 2,
        "question_answer_days": 2,
        "victim_ask_days": 5,
        "victim_review_days": 2,
        "victim_notice_days": 5,
        "victim_notice_days_enhanced": 1,
        "victim_told_rescinded": True,
        "offence_review_days": 5,
        "dpp_authorised_accepted": False,
        "domestic_abuse_rank": Rank.PROSECUTOR,
        "domestic_abuse_training": True,
        "prosecutor_rank": Rank.INSPECTOR,
        "alone_sample_size": 5,
        "offers_first": "rank",
        "undo_minutes": 15,
        "spoken_authority": False,
        "spoken_confirm_hours": 24,
        "record_words_approved": False,
        "rank_overrides": {},
        "in_force_from": {},
        "success_outcomes": {},
        "shop_theft_repeal": None,
        "shop_theft_limit_is_firm": False,
    }


def test_every_setting_says_where_its_default_comes_from() -> None:
    """A coordinator would change a setting without knowing whether it is law or habit."""
    assert all(field.description for field in LawSettings.model_fields.values())


@pytest.mark.parametrize(
    "changes",
    [
        {"lead_days": -1},
        {"plan_weeks_summary": 0},
        {"victim_notice_days": 0},
        {"plan_clock_basis": "report"},
        {"rank_overrides": {"simple_caution": "captain"}},
        {"in_force_from": {"caution": "2027-04-01"}},
        {"lead_day": 28},
    ],
)
def test_a_setting_out_of_range_or_misspelt_is_refused(changes: dict[str, object]) -> None:
    """A mistyped setting would be ignored, and the force believe it set."""
    with pytest.raises(ValidationError):
        LawSettings.model_validate(changes)


def test_settings_are_read_from_what_a_database_keeps() -> None:
    """A force's choices, kept as JSON, would come back as something else."""
    kept = {
        "rank_overrides": {"outcome_22": "inspector"},
        "in_force_from": {"diversionary_caution": "2027-04-01"},
        "shop_theft_repeal": "2026-09-01",
    }
    found = LawSettings.model_validate_json(LawSettings.model_validate(kept).model_dump_json())
    assert found.rank_overrides == {"outcome_22": Rank.INSPECTOR}
    assert found.in_force_from == {DisposalCode.DIVERSIONARY_CAUTION: date(2027, 4, 1)}
    assert found.shop_theft_repeal == date(2026, 9, 1)


def test_settings_cannot_be_changed_in_passing() -> None:
    """One request would change the next one's law."""
    with pytest.raises(ValidationError, match="frozen"):
        DEFAULTS.lead_days = 1  # type: ignore[misc]
