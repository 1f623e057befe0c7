"""Example people for every scheme: somebody it takes, and what about them would change the answer.

Everybody starts from ``somebody``: a person about whom everything is known. ``FITS`` says what each scheme needs beside
that; ``CHANGES`` says, for the criterion it is named after, what one thing about the person is different.
"""

from datetime import date, timedelta
from typing import Any

from cases.eligibility.dates import add_months

Facts = dict[str, Any]


def somebody(at: date, age: int = 20) -> Facts:
    """An adult of 20 with every fact known and nothing against them, whose offence was two weeks ago."""
    return {
        "date_of_birth": add_months(at, -12 * age - 3),
        "sex": "female",
        "ethnicity": "B1",
        "origin": "custody",
        "offence_alleged": True,
        "offence_group": "theft",
        "offence_code": "TH68001",
        "mode_of_trial": "either_way",
        "offence_date": at - timedelta(days=14),
        "offence_area": "in_area",
        "home_area": "in_area",
        "admission": "admitted",
        "evidence": "charge_standard",
        "gravity_score": 2,
        "earlier_outcomes": [],
        "hate_crime": False,
        "domestic_abuse": False,
        "victim_view": "agrees",
        "consent": True,
        "has_capacity": True,
        "interpreter": "not_needed",
        "appropriate_adult": "not_needed" if age >= 18 else "present",
        "yjs_consulted": True,
        "pdat_done": True,
        "child_information_form": True,
        "co_accused": False,
        "on_bail": False,
        "under_order": False,
        "suspended_sentence": False,
        "conditional_discharge": False,
        "detained": False,
        "specified_offence": False,
        "drug": "none",
        "small_quantity": True,
        "drug_weight_grams": 1,
        "low_level_supply": True,
        "exploits_minors": False,
        "amenable": True,
        "value_pounds": 40,
        "care_experienced": False,
        "needs": ["alcohol"],
    }


FITS: dict[str, Facts] = {
    "checkpoint": {"home_area": "durham", "offence_area": "darlington"},
    "checkpoint-surrey": {"home_area": "surrey", "offence_area": "surrey"},
    "checkpoint-plus": {"home_area": "surrey", "offence_area": "surrey"},
    "pathfinder": {"home_area": "devon", "offence_area": "cornwall"},
    "drug-diversion": {"offence_group": "drug_possession", "drug": "cannabis", "offence_area": "west_berkshire"},
    "drug-diversion-youth": {"offence_group": "drug_possession", "drug": "cannabis", "offence_area": "thames_valley"},
    "wy-conditional-caution": {"home_area": "west_yorkshire"},
    "wy-community-payback": {"home_area": "west_yorkshire"},
    "wy-liaison-diversion": {"home_area": "west_yorkshire", "needs": ["mental_health"]},
    "pathways": {"home_area": "cumbria", "offence_area": "cumbria"},
    "divert": {"home_area": "london"},
    "lead": {"offence_group": "drug_possession", "offence_area": "seattle"},
    "youth-knife-plan": {"offence_group": "weapon_possession"},
    "cara": {
        "sex": "male",
        "domestic_abuse": True,
        "domestic_abuse_risk": "standard",
        "controlling_behaviour": False,
        "first_domestic_abuse": True,
        "harmed_seen_apart": True,
    },
}

OF_AN_OFFENCE = {"offence_group", "offence_code", "offence_date", "mode_of_trial", "gravity_score"}
AGES = {"drug-diversion-youth": 14, "youth-knife-plan": 14}


def change(criterion: str, at: date) -> Facts:
    """What is different about the person so that this criterion, and no other that blocks, is not met."""
    summary = {"mode_of_trial": "summary"}
    return {
        "offence-alleged": {"offence_alleged": False},
        "adult": {"date_of_birth": add_months(at, -12 * 17), "appropriate_adult": "present"},
        "age-range": {"date_of_birth": add_months(at, -12 * 31)},
        "child": {"date_of_birth": add_months(at, -12 * 18), "appropriate_adult": "not_needed"},
        "lives-in-area": {"home_area": "kent"},
        "offended-in-area": {"offence_area": "kent"},
        "area": {"home_area": "kent", "offence_area": "kent"},
        "entry-window": {"offence_date": add_months(at, -3) - timedelta(days=4)},
        "offence-list": {"offence_group": "robbery"},
        "driving": {"offence_group": "driving"},
        "drug-possession": {"offence_group": "public_order"},
        "weapon-possession": {"offence_group": "public_order"},
        "small-quantity": {"small_quantity": False},
        "low-level-supply": {"offence_group": "drug_supply", "low_level_supply": False},
        "hate-crime": {"hate_crime": True},
        "domestic-abuse": {"domestic_abuse": True, "domestic_abuse_risk": "high"},
        "admission": {"admission": "denied"},
        "evidence": {"evidence": "insufficient"},
        "detained": {"detained": True},
        "under-order": {"under_order": True},
        "suspended-sentence": {"suspended_sentence": True},
        "conditional-discharge": {"conditional_discharge": True},
        "on-bail": {"on_bail": True},
        "co-accused": {"co_accused": True},
        "indictable-only": {"mode_of_trial": "indictable"},
        "time-limit": {**summary, "offence_date": add_months(at, -3) + timedelta(days=1)},
        "time-limit-lead": {**summary, "offence_date": add_months(at, -2) + timedelta(days=1)},
        "consent": {"consent": False},
        "interpreter": {"interpreter": "not_arranged"},
        "appropriate-adult": {"appropriate_adult": "not_present"},
        "capacity": {"has_capacity": False},
        "yjs-consulted": {"yjs_consulted": False},
        "women": {"sex": "male"},
        "who": {"sex": "male", "needs": ["alcohol", "drugs"]},
        "gravity": {"gravity_score": 4},
        "vulnerability": {"needs": []},
        "origin": {"origin": "street"},
        "weight": {"drug_weight_grams": 3.1},
        "exploits-minors": {"exploits_minors": True},
        "amenable": {"amenable": False},
        "man": {"sex": "female"},
        "risk": {"domestic_abuse_risk": "high"},
        "first": {"first_domestic_abuse": False},
        "no-control": {"controlling_behaviour": True},
        "victim-safe": {"harmed_seen_apart": False},
        "no-violence": {
            "earlier_outcomes": [{"outcome": "conviction", "date": at - timedelta(days=300), "similar": True}]
        },
        "repeat": {},
        "engaged-before": {},
    }[criterion]


CHANGES_OF_ONE_SCHEME: dict[tuple[str, str], Facts] = {
    ("wy-conditional-caution", "time-limit"): {"months_before": 4},
    ("wy-community-payback", "time-limit"): {"months_before": 4},
    ("wy-conditional-caution", "time-limit-lead"): {"months_before": 3},
    ("wy-community-payback", "time-limit-lead"): {"months_before": 3},
    ("drug-diversion", "time-limit"): {"months_before": 6},
    ("cara", "time-limit"): {"months_before": 3},
    ("cara", "domestic-abuse"): {"domestic_abuse": False, "domestic_abuse_risk": None},
    ("youth-knife-plan", "time-limit"): {"months_before": 3},
    ("youth-knife-plan", "time-limit-lead"): {"months_before": 2},
    ("wy-liaison-diversion", "child"): {"years": 9, "appropriate_adult": "present"},
    ("pathfinder", "age-range"): {"years": 31},
    ("divert", "age-range"): {"years": 26},
}


def changed(scheme: str, criterion: str, at: date) -> Facts:
    """The person of ``scheme`` with the one thing changed that ``criterion`` is about."""
    person = {**somebody(at, AGES.get(scheme, 20)), **FITS[scheme]}
    special = dict(CHANGES_OF_ONE_SCHEME.get((scheme, criterion), {}))
    if criterion in ("repeat", "engaged-before"):
        special["earlier_outcomes"] = [
            {
                "outcome": "scheme",
                "scheme": scheme,
                "date": at - timedelta(days=200),
                "similar": False,
                "engaged": criterion == "repeat",
            }
        ]
    if "months_before" in special:
        special = {"mode_of_trial": "summary", "offence_date": add_months(at, -special["months_before"])}
    if "years" in special:
        special["date_of_birth"] = add_months(at, -12 * special.pop("years"))
    different = {**person, **(special or change(criterion, at))}
    return {
        name: value
        for name, value in different.items()
        if value is not None and (different["offence_alleged"] or name not in OF_AN_OFFENCE)
    }
