"""Whether a scheme takes this person: its stored criteria, and the rules in its version's own fields."""

from datetime import date
from typing import Any

from cases import legal
from cases.law import checks, dates
from referrals.judging.finding import Judgement
from referrals.judging.proposal import ACCEPTED, Proposal
from referrals.judging.rules import criterion_kinds, judge_scheme
from referrals.models import SchemeVersion


def judge_entry(proposal: Proposal, at: date) -> list[Judgement]:
    """Every finding of the chosen scheme; none where no scheme is chosen."""
    version = proposal.version
    if version is None:
        return []
    person, known = person_facts(proposal, at), proposal.known_earlier
    return [
        *_scheme_fields(version, proposal, at),
        *judge_scheme(version, person=person, crimes=proposal.crimes, at=at, known_earlier=known),
    ]


def person_facts(proposal: Proposal, at: date) -> dict[str, Any]:
    """What the answers say of the person and the decision, the same for each crime."""
    return {
        "date_of_birth": proposal.date_of_birth,
        "admission": proposal.admission,
        "evidence": proposal.evidence,
        "consent": proposal.result == ACCEPTED,
        **_arrangements(proposal, at),
        **(proposal.person_facts or {}),
    }


def _arrangements(proposal: Proposal, at: date) -> dict[str, Any]:
    """Asked of children only: for an adult nobody has said whether an appropriate adult is needed."""
    if not proposal.is_child(at):
        return {"appropriate_adult": "present"} if proposal.appropriate_adult else {}
    adult = "present" if proposal.appropriate_adult else "not_present"
    return {"appropriate_adult": adult, "yjs_consulted": proposal.youth_justice}


def _scheme_fields(version: SchemeVersion, proposal: Proposal, at: date) -> list[Judgement]:
    """The rules that stand in the version's own fields, where its criteria do not say the same already."""
    kinds, name = criterion_kinds(version), version.scheme.name
    age = dates.age_on(proposal.date_of_birth, at)
    found = []
    if "age" not in kinds and not (version.min_age or 0) <= age <= (version.max_age or dates.ADULT_AGE * 10):
        found.append(
            _of_scheme(name, "age", f"{name} is for {ages_in_words(version)}; this person is {age}.", "scheme")
        )
    if "admission" not in kinds and version.admissions and proposal.admission not in version.admissions:
        said = " or ".join(checks.SAID[word] for word in version.admissions)  # type: ignore[index]
        found.append(_of_scheme(name, "admission", f"{name} takes a person who {said}.", "admission"))
    if "entry_window" not in kinds and version.entry_window_months:
        window = dates.entry_window(proposal.first_offence, at, version.entry_window_months)
        if not window.is_open:
            found.append(_of_scheme(name, "entry_window", window.explanation, "scheme"))
    return found + _scheme_disposals(version, proposal)


def _scheme_disposals(version: SchemeVersion, proposal: Proposal) -> list[Judgement]:
    allowed = version.disposals or [legal.NO_DISPOSAL]
    if not proposal.disposal or proposal.disposal in allowed:
        return _scheme_conditions(version, proposal)
    labels = " or ".join(f"“{legal.disposal_label(code, version.valid_from)}”" for code in allowed)
    words = f"{version.scheme.name} goes with {labels}: choose that, or another scheme."
    return [_of_scheme(version.scheme.name, "disposal", words, "disposal")]


def _scheme_conditions(version: SchemeVersion, proposal: Proposal) -> list[Judgement]:
    """The law counts conditions against the scheme's limits only where there is one; no condition at all is here."""
    if proposal.conditions or not version.min_conditions or proposal.result != ACCEPTED:
        return []
    words = f"{version.scheme.name} asks at least {version.min_conditions} conditions; none given."
    return [_of_scheme(version.scheme.name, "conditions", words, "scheme")]


def ages_in_words(version: SchemeVersion) -> str:
    """ "people aged 18 to 25", "people aged 18 and over", "people under 18", or "people of any age"."""
    if version.min_age and version.max_age:
        return f"people aged {version.min_age} to {version.max_age}"
    if version.min_age:
        return f"people aged {version.min_age} and over"
    return f"people aged up to {version.max_age}" if version.max_age else "people of any age"


def _of_scheme(name: str, code: str, reason: str, about: str) -> Judgement:
    return Judgement(f"scheme.{code}", "not_met", "blocks", reason, f"rules of {name}", about=about)
