"""The fixed codes of the policy: disposals, ranks, admissions, offence groups. Labels are what an officer reads."""

from enum import IntEnum, StrEnum


class Rank(StrEnum):
    """Who may authorise, lowest first. ``prosecutor`` is the Crown Prosecution Service."""

    CONSTABLE = "constable"
    SERGEANT = "sergeant"
    INSPECTOR = "inspector"
    SUPERINTENDENT = "superintendent"
    PROSECUTOR = "prosecutor"

    @property
    def level(self) -> int:
        return list(Rank).index(self)


class Severity(StrEnum):
    """What follows when a criterion is not met."""

    BLOCKS = "blocks"
    NEEDS_AUTHORITY = "needs_authority"
    WARNS = "warns"


class Result(StrEnum):
    """The three values of a finding (Kleene's strong logic)."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Level(IntEnum):
    """How far a completely known case is from being offered an option. The worst criterion decides."""

    ELIGIBLE = 0
    SERGEANT = 1
    INSPECTOR = 2
    SUPERINTENDENT = 3
    PROSECUTOR = 4
    INELIGIBLE = 5


DISPOSALS = {
    "community_resolution": "Community resolution",
    "simple_caution": "Simple caution",
    "conditional_caution": "Conditional caution",
    "youth_caution": "Youth caution",
    "youth_conditional_caution": "Youth conditional caution",
    "penalty_notice": "Penalty notice for disorder",
    "cannabis_warning": "Cannabis warning",
    "khat_warning": "Khat warning",
    "outcome_22": "Outcome 22 (diversion before any charge or caution)",
    "deferred_caution": "Deferred caution",
    "deferred_charge": "Deferred charge",
    "deferred_summons": "Deferred summons",
    "deferred_prosecution_child": "Deferred prosecution of a child (outcome 23)",
    "diversionary_caution": "Diversionary caution (2022 Act)",
    "community_caution": "Community caution (2022 Act)",
}

ADMISSIONS = {
    "admitted": "Admits the offence",
    "accepts_responsibility": "Accepts responsibility, without a full admission",
    "no_comment": "No comment or no reply",
    "denied": "Denies it",
    "not_asked": "Not asked",
}

OFFENCE_GROUPS = {
    "shop_theft": "Theft from a shop",
    "theft": "Other theft",
    "burglary": "Burglary",
    "robbery": "Robbery",
    "criminal_damage": "Criminal damage",
    "drug_possession": "Possession of a controlled drug",
    "drug_supply": "Supply of drugs, or possession with intent to supply",
    "fraud": "Fraud",
    "public_order": "Public order",
    "drunk_disorderly": "Drunk and disorderly",
    "common_assault": "Common assault or battery",
    "actual_bodily_harm": "Assault causing actual bodily harm",
    "emergency_worker_assault": "Assault on a constable or emergency worker",
    "serious_violence": "More serious violence",
    "weapon_possession": "Offensive weapon or bladed article",
    "harassment": "Harassment or stalking",
    "malicious_communications": "Malicious communications",
    "cyber": "Computer misuse and other cyber crime",
    "child_neglect": "Child neglect",
    "driving": "Driving",
    "sexual": "Sexual offence",
    "indecent_images": "Indecent images",
    "prostitution": "Selling sex, loitering or soliciting",
    "other": "Another offence",
}

NEEDS = {
    "accommodation": "Housing or accommodation",
    "ete": "Education, training and employment",
    "finance": "Finance, benefit and debt",
    "drugs": "Drugs",
    "alcohol": "Alcohol",
    "mental_health": "Mental health",
    "physical_health": "Physical health",
    "relationships": "Relationships and family",
    "attitudes": "Attitudes, thinking and behaviour",
    "trauma": "Trauma or victimisation",
    "exploitation": "Exploitation, criminal or sexual",
    "domestic_abuse_victim": "Experience of domestic abuse",
    "domestic_abuse_perp": "Use of domestic abuse",
    "neuro": "Neurodiversity or learning",
    "gambling": "Gambling",
    "caring": "Caring responsibilities",
}

CAUTIONS = ("simple_caution", "conditional_caution", "youth_caution", "youth_conditional_caution")
#: Of these alone it matters whether they were for a similar offence (CJCA 2015 s.17(4)).
SIMILAR_MATTERS = ("conviction", *CAUTIONS)
DEFERRALS = ("deferred_caution", "deferred_charge", "deferred_summons", "deferred_prosecution_child")
EARLIER_OUTCOMES = {"conviction": "Conviction", "scheme": "A scheme, without a disposal", **DISPOSALS}
