"""What people read for each source: the keys of figures never change, the words beside them say what was counted."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Line = str


class Words(BaseModel):
    """The words of one source, for page, table and export alike."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    row: Line = Field(description="what one row is: search, referral, decision")
    considered: Line
    diverted: Line
    rate: Line = Field(description="diverted of considered, as one phrase")
    benefit: bool = Field(description="whether a high rate is good for the person")
    grade: Literal["descriptive", "comparative", "randomised"]
    footnotes: tuple[Line, ...] = Field(min_length=1, description="shown under every table")
    groups: dict[str, Line] = {}
    schemes: dict[str, Line] = {}
    disposals: dict[str, Line] = {}

    def for_report(self) -> dict[str, Any]:
        """Everything but the footnotes, with a word for every outcome that a row may have."""
        return self.model_dump(exclude={"footnotes"}) | {"disposals": COMMON_DISPOSALS | self.disposals}


#: Of outcomes that no source need name.
COMMON_DISPOSALS = {"not_recorded": "Not recorded", "unrecognised": "Recorded in a word that is not known"}

#: Decisions recorded in this service.
LIVE_WORDS = Words(
    row="decision",
    considered="decisions recorded",
    diverted="offered a resolution and accepted it",
    rate="share of decisions recorded in which a resolution was offered and accepted",
    benefit=True,
    grade="descriptive",
    footnotes=(
        "A row is a decision, not a person: someone decided about twice is counted twice.",
        "Not offered and declined are decisions too, and are counted; what is not decided yet is none, and left out.",
        "A caution or a penalty notice is a sanction, not support.",
        "A resolution that was accepted and not kept is still counted. Age is the age at the offence.",
    ),
    schemes={"none": "No scheme"},
    disposals={
        "community_resolution": "Community resolution",
        "simple_caution": "Simple caution",
        "conditional_caution": "Conditional caution",
        "youth_caution": "Youth caution",
        "youth_conditional_caution": "Youth conditional caution",
        "penalty_notice": "Penalty notice",
        "cannabis_warning": "Cannabis warning",
        "khat_warning": "Khat warning",
        "outcome_22": "Diversionary activity with no further action (outcome 22)",
        "deferred_caution": "Deferred caution",
        "deferred_charge": "Deferred charge",
        "deferred_summons": "Deferred summons",
        "deferred_prosecution_child": "Deferred prosecution of a child (outcome 23)",
        "not_offered": "Not offered",
        "declined": "Offered and declined",
        "waiting_for_authority": "Accepted, waiting for authority or a signature",
        "not_authorised": "Accepted, and authority refused",
        "none": "No disposal",
        "not_decided": "Not decided yet",
    },
)
