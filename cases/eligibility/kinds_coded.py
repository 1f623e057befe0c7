"""Kinds of test about coded facts: what was said, what is alleged, what has been arranged.

No kind reads ethnicity. ``Flag`` lists the facts it accepts.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from .base import Context, Data, check_codes
from .codes import OFFENCE_GROUPS
from .dates import latest_birth
from .formula import And, AtMost, Const, Formula, Not, OneOf, Or


class Choice(Data):
    """Base of the tests that ask whether a coded fact is one of a list."""

    def formula(self, context: Context) -> Formula:
        return OneOf(self.kind, frozenset(self.any_of))  # type: ignore[attr-defined]


AdmissionCode = Literal["admitted", "accepts_responsibility", "no_comment", "denied", "not_asked"]


class Admission(Choice):
    """What the person says about the offence is one of these."""

    kind: Literal["admission"] = "admission"
    any_of: tuple[AdmissionCode, ...] = Field(min_length=1)


class Evidence(Choice):
    """The evidence reaches one of these standards."""

    kind: Literal["evidence"] = "evidence"
    any_of: tuple[Literal["charge_standard", "offence_made_out", "insufficient"], ...] = Field(min_length=1)


class ModeOfTrial(Choice):
    """The offence is tried in one of these ways."""

    kind: Literal["mode_of_trial"] = "mode_of_trial"
    any_of: tuple[Literal["summary", "either_way", "indictable"], ...] = Field(min_length=1)


class VictimView(Choice):
    """The victim's view is one of these."""

    kind: Literal["victim_view"] = "victim_view"
    any_of: tuple[Literal["agrees", "objects", "no_view", "uncontactable", "not_asked", "no_victim"], ...] = Field(
        min_length=1
    )


class Sex(Choice):
    """The person's sex is one of these (schemes for women)."""

    kind: Literal["sex"] = "sex"
    any_of: tuple[Literal["female", "male", "other"], ...] = Field(min_length=1)


class Origin(Choice):
    """How the person came to the service."""

    kind: Literal["origin"] = "origin"
    any_of: tuple[Literal["street", "custody", "voluntary", "social_contact", "self_referral"], ...] = Field(
        min_length=1
    )


class Drug(Choice):
    """Which controlled drug the offence is about."""

    kind: Literal["drug"] = "drug"
    any_of: tuple[Literal["cannabis", "khat", "class_a", "class_b", "class_c", "none"], ...] = Field(min_length=1)


FlagName = Literal[
    "offence_alleged", "hate_crime", "domestic_abuse", "co_accused", "on_bail", "under_order",
    "suspended_sentence", "conditional_discharge", "detained", "specified_offence", "small_quantity",
    "low_level_supply", "exploits_minors", "amenable", "care_experienced", "has_capacity", "yjs_consulted",
    "pdat_done", "child_information_form", "controlling_behaviour", "first_domestic_abuse", "harmed_seen_apart",
    "approved_programme",
]  # fmt: skip


class Flag(Data):
    """A yes-or-no fact has this answer."""

    kind: Literal["flag"] = "flag"
    fact: FlagName
    expected: bool

    def formula(self, context: Context) -> Formula:
        return OneOf(self.fact, frozenset({self.expected}))


class Offence(Data):
    """The offence is in one of ``groups`` or ``codes`` (if either is given), and in none of the excluded ones."""

    kind: Literal["offence"] = "offence"
    groups: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    not_groups: tuple[str, ...] = ()
    not_codes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.groups or self.codes or self.not_groups or self.not_codes):
            raise ValueError("an offence test needs groups or codes, included or excluded")
        check_codes({*self.groups, *self.not_groups}, OFFENCE_GROUPS, "offence group")
        return self

    def formula(self, context: Context) -> Formula:
        included = [OneOf("offence_group", frozenset(self.groups))] if self.groups else []
        if self.codes:
            included.append(OneOf("offence_code", frozenset(self.codes)))
        parts: list[Formula] = [Or(tuple(included))] if included else []
        if self.not_groups:
            parts.append(Not(OneOf("offence_group", frozenset(self.not_groups))))
        if self.not_codes:
            parts.append(Not(OneOf("offence_code", frozenset(self.not_codes))))
        return And(tuple(parts))


class Area(Data):
    """The person lives in, or the offence happened in, one of these areas."""

    kind: Literal["area"] = "area"
    fact: Literal["home_area", "offence_area"]
    any_of: tuple[str, ...] = Field(min_length=1)

    def formula(self, context: Context) -> Formula:
        return OneOf(self.fact, frozenset({*self.any_of, "in_area"}))


class Consent(Data):
    """The person agrees to take part."""

    kind: Literal["consent"] = "consent"

    def formula(self, context: Context) -> Formula:
        return OneOf("consent", frozenset({True}))


class DomesticAbuse(Data):
    """There is no domestic abuse, or its assessed risk is one of ``accepted_risks`` (none: never accepted)."""

    kind: Literal["domestic_abuse"] = "domestic_abuse"
    accepted_risks: tuple[Literal["standard", "medium", "high"], ...] = ()

    def formula(self, context: Context) -> Formula:
        none = OneOf("domestic_abuse", frozenset({False}))
        return Or((none, OneOf("domestic_abuse_risk", frozenset(self.accepted_risks))))


class Interpreter(Data):
    """An interpreter is arranged, or not needed."""

    kind: Literal["interpreter"] = "interpreter"

    def formula(self, context: Context) -> Formula:
        return OneOf("interpreter", frozenset({"not_needed", "arranged"}))


class AppropriateAdult(Data):
    """An appropriate adult is present, or the person is an adult who does not need one."""

    kind: Literal["appropriate_adult"] = "appropriate_adult"

    def formula(self, context: Context) -> Formula:
        adult = AtMost("date_of_birth", latest_birth(context.at, 18))
        return Or(
            (
                OneOf("appropriate_adult", frozenset({"present"})),
                And((adult, OneOf("appropriate_adult", frozenset({"not_needed"})))),
            )
        )


class Authority(Data):
    """Never met: the option always needs the rank of its criterion (a conditional caution is never a constable's)."""

    kind: Literal["authority"] = "authority"

    def formula(self, context: Context) -> Formula:
        return Const(False)
