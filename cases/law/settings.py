"""What a force may set. Every default is marked with where it comes from; nothing unsettled is a hard rule."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field, field_validator

from cases.law.codes import Circumstance, DisposalCode, Rank

ClockBasis = Literal["issue", "offence"]
OfferOrder = Literal["rank", "formality", "place"]


class LawSettings(BaseModel, frozen=True, extra="forbid"):
    """The force's choices, given as an argument to every function that needs one. Immutable; days unless named.

    They stand in the force's policy, signed and dated with it: a decision keeps the version of the policy of its day.
    """

    lead_days: int = Field(default=28, ge=0, description="Days needed to charge before a limit. Our default.")
    last_safe_day_offset: int = Field(default=1, ge=0, description="Days before the limit that are called safe.")
    plan_clock_basis: ClockBasis = Field(default="issue", description="[unsure] Codes differ: from issue or offence.")
    plan_weeks_summary: int = Field(default=16, ge=1, description="[known] Code: 16 weeks, summary-only offences.")
    plan_weeks_other: int = Field(default=20, ge=1, description="[known] Code: 20 weeks, either-way and indictable.")
    plan_weeks_youth: int = Field(default=16, ge=1, description="SUFF: a child's conditional caution, 16 weeks.")
    escalation_days: tuple[int, ...] = Field(default=(42, 28, 14), description="Days before a limit. Our default.")
    partner_answer_days: int = Field(default=2, ge=1, description="Working days to answer a referral. Our default.")
    partner_contact_days: int = Field(
        default=2, ge=1, description="Working days from accepting a referral to the first contact. Our default."
    )
    question_answer_days: int = Field(
        default=2, ge=1, description="Working days to answer a question between partner and police. Our default."
    )
    victim_notice_days: int = Field(default=5, ge=1, description="[known] Victims' Code, working days.")
    victim_notice_days_enhanced: int = Field(default=1, ge=1, description="[known] Enhanced rights, working days.")
    victim_ask_days: int = Field(default=5, ge=1, description="Working days to ask a victim's views. Our default.")
    victim_review_days: int = Field(
        default=2, ge=1, description="Working days for a sergeant to review a later objection. Our default."
    )
    offence_review_days: int = Field(
        default=5, ge=1, le=20, description="Working days to decide what follows from a new allegation. Our default."
    )
    victim_told_rescinded: bool = Field(
        default=True, description="[unsure] A victim is told that a decision was rescinded, as of a decision."
    )
    dpp_authorised_accepted: bool = Field(
        default=False, description="CJA 2003 s.22(4): accept people specifically authorised by the DPP."
    )
    rank_overrides: dict[str, Rank] = Field(
        default_factory=dict,
        description="Rank by “disposal” or “disposal.circumstance”, for example simple_caution.hate_crime.",
    )
    domestic_abuse_rank: Rank = Field(
        default=Rank.PROSECUTOR,
        description="[unsure] Who decides at high risk, with controlling behaviour, or below the minimum standards.",
    )
    domestic_abuse_training: bool = Field(
        default=True, description="[unsure] Whoever authorises where there is domestic abuse has training that counts."
    )
    prosecutor_rank: Literal[Rank.SERGEANT, Rank.INSPECTOR, Rank.SUPERINTENDENT] = Field(
        default=Rank.INSPECTOR,
        description="[unsure] Who may refer a case to a prosecutor and enter the answer; the hub enters it too.",
    )
    alone_sample_size: int = Field(
        default=5, ge=1, le=20, description="Cases in a sergeant's sample of what was issued alone. Our default."
    )
    offers_first: OfferOrder = Field(
        default="rank",
        description="By what offers are put in order first: lowest rank, least formal, or soonest place. Our default.",
    )
    undo_minutes: int = Field(
        default=15,
        ge=0,
        le=1440,
        description="Minutes in which whoever closed something can undo it; nothing is sent meanwhile. Our default.",
    )
    spoken_authority: bool = Field(
        default=False,
        description="Whether authority may be given by radio or telephone, for offers short of a caution. Our default.",
    )
    spoken_confirm_hours: int = Field(
        default=24, ge=1, le=72, description="Hours in which whoever gave it confirms it. Our default."
    )
    record_words_approved: bool = Field(
        default=False, description="Whether the force has approved the words that people are told about their record."
    )
    in_force_from: dict[DisposalCode, date] = Field(
        default_factory=dict, description="Commencement of a disposal that ships inactive (2022 Act cautions)."
    )
    success_outcomes: dict[DisposalCode, int] = Field(
        default_factory=dict, description="[unsure] Home Office outcome a kept deferral closes with, by disposal."
    )
    shop_theft_repeal: date | None = Field(
        default=None, description="[unsure] First offence date after the repeal of MCA 1980 s.22A; none known yet."
    )
    shop_theft_limit_is_firm: bool = Field(
        default=False, description="[unsure] Jobson v DPP 2025 found no limit; true treats six months as a bar."
    )

    @field_validator("rank_overrides")
    @classmethod
    def _of_known_rules(cls, ranks: dict[str, Rank]) -> dict[str, Rank]:
        """A mistyped name would leave the rank as it was, and nobody would learn of it."""
        for name in ranks:
            disposal, dot, circumstance = name.partition(".")
            DisposalCode.parse(disposal)
            if dot:
                Circumstance.parse(circumstance)
        return ranks


DEFAULTS = LawSettings()
