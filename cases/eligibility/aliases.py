"""Other words for facts and their values, so that a file written from the guidance alone is understood."""

from collections.abc import Callable
from typing import Any

NAME_ALIASES: dict[str, str] = {
    "dob": "date_of_birth", "birth_date": "date_of_birth", "born": "date_of_birth",
    "age_at_disposal": "age", "age_at_decision": "age", "age_now": "age", "age_years": "age", "current_age": "age",
    "gender": "sex",
    "self_defined_ethnicity": "ethnicity", "ethnicity_self_defined": "ethnicity", "sde": "ethnicity",
    "sde_code": "ethnicity", "ethnicity_not_stated": "ethnicity", "ethnicity_not_stated_reason": "ethnicity",
    "source": "origin", "route": "origin", "referral_origin": "origin",
    "offence_suspected": "offence_alleged",
    "offence": "offence_group", "offence_type": "offence_group", "offence_category": "offence_group",
    "ho_code": "offence_code", "cjs_code": "offence_code",
    "mode": "mode_of_trial", "trial_mode": "mode_of_trial", "offence_mode": "mode_of_trial",
    "date_of_offence": "offence_date", "incident_date": "offence_date",
    "offended_in": "offence_area", "offended_in_area": "offence_area", "offence_in_area": "offence_area",
    "offence_location": "offence_area", "offence_place": "offence_area", "area_of_offence": "offence_area",
    "lives_in": "home_area", "lives_in_area": "home_area", "residence": "home_area", "resident_in_area": "home_area",
    "area": "home_area", "area_of_residence": "home_area", "home": "home_area",
    "admission_status": "admission", "plea": "admission", "admits": "admission", "admitted": "admission",
    "evidence_test": "evidence", "evidential_test": "evidence", "sufficient_evidence": "evidence",
    "evidence_sufficient": "evidence", "evidential_test_met": "evidence", "evidence_sufficient_to_charge": "evidence",
    "sufficient_to_charge": "evidence", "sufficient_evidence_to_charge": "evidence",
    "gravity": "gravity_score", "gravity_matrix_score": "gravity_score", "severity": "gravity_score",
    "history": "earlier_outcomes", "previous_outcomes": "earlier_outcomes", "prior_outcomes": "earlier_outcomes",
    "earlier_disposals": "earlier_outcomes", "previous_disposals": "earlier_outcomes",
    "convictions": "previous_convictions", "prior_convictions": "previous_convictions",
    "recent_resolutions": "resolutions_last_12_months", "recent_oocr": "resolutions_last_12_months",
    "recent_oocrs": "resolutions_last_12_months", "resolutions_in_last_12_months": "resolutions_last_12_months",
    "recent_resolutions_count": "resolutions_last_12_months", "oocr_last_12_months": "resolutions_last_12_months",
    "similar_caution_within_two_years": "similar_within_two_years",
    "similar_caution_within_2_years": "similar_within_two_years", "similar_within_2_years": "similar_within_two_years",
    "similar_offence_within_two_years": "similar_within_two_years",
    "similar_offence_within_2_years": "similar_within_two_years",
    "repeat_within_two_years": "similar_within_two_years", "repeat_within_2_years": "similar_within_two_years",
    "hate": "hate_crime", "hate_flag": "hate_crime", "is_hate_crime": "hate_crime",
    "da_flag": "domestic_abuse", "is_domestic_abuse": "domestic_abuse",
    "da_risk": "domestic_abuse_risk", "dash_risk": "domestic_abuse_risk", "dash": "domestic_abuse_risk",
    "domestic_abuse_risk_level": "domestic_abuse_risk", "risk_level": "domestic_abuse_risk",
    "first_statement": "first_statement_date", "statement_date": "first_statement_date",
    "first_witness_statement_date": "first_statement_date", "complainant_statement_date": "first_statement_date",
    "victim": "victim_view", "victim_agrees": "victim_view", "victim_views": "victim_view",
    "consents": "consent", "agrees": "consent", "person_consents": "consent", "agrees_to_take_part": "consent",
    "person_agrees": "consent", "consented": "consent", "consent_given": "consent", "voluntary_consent": "consent",
    "capacity": "has_capacity",
    "aa": "appropriate_adult", "appropriate_adult_present": "appropriate_adult", "aa_present": "appropriate_adult",
    "yjs": "yjs_consulted", "yot_consulted": "yjs_consulted", "youth_justice_service_consulted": "yjs_consulted",
    "pdat": "pdat_done", "prevention_and_diversion_assessment": "pdat_done",
    "cif": "child_information_form", "cif_complete": "child_information_form",
    "co_accused_recorded": "co_accused", "coaccused": "co_accused", "has_co_accused": "co_accused",
    "bail": "on_bail", "court_order": "under_order", "subject_to_order": "under_order",
    "subject_to_court_order": "under_order", "statutory_supervision": "under_order", "on_order": "under_order",
    "under_supervision": "under_order", "under_statutory_supervision": "under_order",
    "detained_for_court": "detained", "detained_under_mha": "detained", "mha_detained": "detained",
    "specified_either_way": "specified_offence", "specified": "specified_offence",
    "substance": "drug", "drug_type": "drug", "drugs_weight_grams": "drug_weight_grams",
    "weight_grams": "drug_weight_grams",
    "drug_grams": "drug_weight_grams", "grams": "drug_weight_grams", "drug_weight": "drug_weight_grams",
    "weight_g": "drug_weight_grams", "drug_weight_g": "drug_weight_grams", "weight": "drug_weight_grams",
    "personal_use": "small_quantity", "small_amount": "small_quantity",
    "exploits_children": "exploits_minors", "amenable_to_diversion": "amenable",
    "value": "value_pounds", "loss_value": "value_pounds", "damage_value": "value_pounds", "value_gbp": "value_pounds",
    "care_leaver": "care_experienced", "need": "needs", "vulnerabilities": "needs",
    "days_since": "days_since_offence", "offence_age_days": "days_since_offence",
    "offence_age_months": "months_since_offence", "days_left_to_limit": "days_to_limit",
    "time_limit_date": "statutory_limit_date", "limit_date": "statutory_limit_date",
    "statutory_time_limit_date": "statutory_limit_date", "statutory_limit": "statutory_limit_date",
}  # fmt: skip

_NOT_ADMITTED = ("no_comment", "denied", "not_asked")
_BELOW_CHARGE = ("offence_made_out", "insufficient")
VALUE_ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "ethnicity": {"ns": ("N1", "N2", "N3", "N4"), "not_stated": ("N1", "N2", "N3", "N4"), "declined": ("N4",)},
    "sex": {"f": ("female",), "woman": ("female",), "m": ("male",), "man": ("male",)},
    "admission": {
        "true": ("admitted",), "yes": ("admitted",), "admits": ("admitted",), "full_admission": ("admitted",),
        "guilty": ("admitted",), "admits_offence": ("admitted",),
        "false": _NOT_ADMITTED, "no": _NOT_ADMITTED, "not_admitted": _NOT_ADMITTED, "none": _NOT_ADMITTED,
        "accepts": ("accepts_responsibility",), "accepted_responsibility": ("accepts_responsibility",),
        "acceptance": ("accepts_responsibility",), "no_reply": ("no_comment",), "silent": ("no_comment",),
        "denies": ("denied",), "denial": ("denied",), "not_guilty": ("denied",),
    },
    "evidence": {
        "true": ("charge_standard",), "yes": ("charge_standard",), "sufficient": ("charge_standard",),
        "sufficient_to_charge": ("charge_standard",),
        "sufficient_evidence": ("charge_standard",), "met": ("charge_standard",), "full_code": ("charge_standard",),
        "false": _BELOW_CHARGE, "no": _BELOW_CHARGE, "not_met": _BELOW_CHARGE,
        "not_sufficient_to_charge": _BELOW_CHARGE,
        "none": ("insufficient",), "not_sufficient": _BELOW_CHARGE, "offence_occurred": ("offence_made_out",),
    },
    "mode_of_trial": {
        "summary_only": ("summary",), "eitherway": ("either_way",), "tew": ("either_way",),
        "triable_either_way": ("either_way",), "indictable_only": ("indictable",),
        "not_indictable": ("summary", "either_way"), "not_summary": ("either_way", "indictable"),
    },
    "offence_group": {
        "shoplifting": ("shop_theft",), "retail_theft": ("shop_theft",), "theft_from_shop": ("shop_theft",),
        "shop_lifting": ("shop_theft",), "low_value_shop_theft": ("shop_theft",), "vandalism": ("criminal_damage",),
        "damage": ("criminal_damage",),
        "drugs": ("drug_possession", "drug_supply"), "drugs_possession": ("drug_possession",),
        "possession": ("drug_possession",), "possession_of_drugs": ("drug_possession",),
        "cannabis_possession": ("drug_possession",), "possession_of_cannabis": ("drug_possession",),
        "possession_of_controlled_drug": ("drug_possession",), "drug_trafficking": ("drug_supply",),
        "drugs_supply": ("drug_supply",), "pwits": ("drug_supply",), "supply": ("drug_supply",),
        "drugs_trafficking": ("drug_supply",),
        "assault": ("common_assault", "actual_bodily_harm", "emergency_worker_assault"),
        "violence": ("common_assault", "actual_bodily_harm", "emergency_worker_assault", "serious_violence"),
        "battery": ("common_assault",), "common_assault_or_battery": ("common_assault",),
        "abh": ("actual_bodily_harm",), "assault_pc": ("emergency_worker_assault",),
        "assault_emergency_worker": ("emergency_worker_assault",), "assault_on_emergency_worker":
        ("emergency_worker_assault",), "assault_constable": ("emergency_worker_assault",),
        "gbh": ("serious_violence",), "grievous_bodily_harm": ("serious_violence",),
        "knife_possession": ("weapon_possession",), "knife": ("weapon_possession",), "weapon": ("weapon_possession",),
        "weapons": ("weapon_possession",), "offensive_weapon": ("weapon_possession",),
        "bladed_article": ("weapon_possession",), "stalking": ("harassment",), "cyber_crime": ("cyber",),
        "cybercrime": ("cyber",), "malicious_communication": ("malicious_communications",),
        "drunk_and_disorderly": ("drunk_disorderly",), "d_d": ("drunk_disorderly",), "traffic": ("driving",),
        "sexual_offence": ("sexual",), "sex_work": ("prostitution",), "misc": ("other",), "neglect": ("child_neglect",),
    },
    "victim_view": {
        "true": ("agrees",), "yes": ("agrees",), "agree": ("agrees",), "agreed": ("agrees",),
        "supports": ("agrees",), "no": ("objects",), "false": ("objects",), "disagrees": ("objects",),
        "object": ("objects",),
        "consulted": ("agrees", "objects", "no_view", "uncontactable", "no_victim"),
        "declined": ("no_view",), "none": ("no_victim",), "victimless": ("no_victim",),
    },
    "origin": {
        "voluntary_attendance": ("voluntary",), "voluntary_interview": ("voluntary",), "arrest": ("custody",),
        "roadside": ("street",), "social": ("social_contact",), "social_contact_referral": ("social_contact",),
        "self": ("self_referral",),
    },
    "interpreter": {
        "true": ("arranged",), "yes": ("arranged",), "no": ("not_needed",), "false": ("not_needed",),
        "none": ("not_needed",), "not_required": ("not_needed",), "needed": ("not_arranged",),
        "required": ("not_arranged",), "needed_not_arranged": ("not_arranged",), "present": ("arranged",),
        "needed_perhaps": ("arranged", "not_arranged"), "not_yet": ("not_needed", "not_arranged"),
    },
    "appropriate_adult": {
        "true": ("present",), "yes": ("present",), "arranged": ("present",), "not_required": ("not_needed",),
        "false": ("not_needed", "not_present"), "no": ("not_needed", "not_present"),
        "none": ("not_needed", "not_present"),
        "needed": ("not_present",), "required": ("not_present",), "absent": ("not_present",),
        "not_arranged": ("not_present",), "needed_perhaps": ("present", "not_present"),
    },
    "drug": {
        "a": ("class_a",), "b": ("class_b", "cannabis"), "c": ("class_c", "khat"), "heroin": ("class_a",),
        "cocaine": ("class_a",), "crack": ("class_a",), "mdma": ("class_a",), "ecstasy": ("class_a",),
        "amphetamine": ("class_b",), "ketamine": ("class_b",), "no": ("none",), "false": ("none",),
    },
    "domestic_abuse_risk": {"low": ("standard",)},
}  # fmt: skip

NEEDS_ALIASES = {
    "housing": "accommodation", "homelessness": "accommodation", "homeless": "accommodation",
    "employment": "ete", "education": "ete", "training": "ete", "finances": "finance", "debt": "finance",
    "drug": "drugs", "substance_misuse": "drugs", "physical": "physical_health", "mental": "mental_health",
    "family": "relationships", "sexual_exploitation": "exploitation", "neurodiversity": "neuro", "learning": "neuro",
}  # fmt: skip

OUTCOME_ALIASES = {
    "caution": "simple_caution", "cr": "community_resolution", "cc": "conditional_caution", "yc": "youth_caution",
    "ycc": "youth_conditional_caution", "pnd": "penalty_notice", "convicted": "conviction", "o22": "outcome_22",
    "penalty_notice_for_disorder": "penalty_notice", "outcome_8": "community_resolution",
    "outcome_23": "deferred_prosecution_child", "deferred_prosecution": "deferred_charge",
}  # fmt: skip


def _said(name: str, if_yes: Any, if_no: Any) -> Callable[[Any], tuple[str, Any]]:
    """A yes-or-no word that answers another fact; any other answer is passed on as it is."""
    words = {"true": if_yes, "yes": if_yes, "false": if_no, "no": if_no}
    return lambda value: (name, words.get(str(value).strip().lower(), value))


def _abuse(value: Any) -> tuple[str, Any]:
    """Domestic abuse answered with a level of risk says both."""
    risk = str(value).strip().lower()
    return ("domestic_abuse_risk", risk) if risk in {"standard", "medium", "high"} else ("domestic_abuse", value)


RENAMED_VALUES: dict[str, Callable[[Any], tuple[str, Any]]] = {
    "no_offence_alleged": _said("offence_alleged", False, True),
    "domestic_abuse": _abuse,
    "da": _abuse,
    "victim_consulted": _said("victim_view", "consulted", "not_asked"),
    "no_victim": _said("victim_view", "no_victim", None),
    "victim_objects": _said("victim_view", "objects", None),
    "indictable_only": _said("mode_of_trial", "indictable", "not_indictable"),
    "summary_only": _said("mode_of_trial", "summary", "not_summary"),
    "interpreter_needed": _said("interpreter", "needed_perhaps", "not_needed"),
    "interpreter_arranged": _said("interpreter", "arranged", "not_yet"),
    "appropriate_adult_needed": _said("appropriate_adult", "needed_perhaps", "not_needed"),
}
"""Words that say the answer to another fact: what fact and value each means."""
