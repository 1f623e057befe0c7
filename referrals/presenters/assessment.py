"""The assessment as it stood: the answers that were given, and what the rules made of them, for police's pages."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from cases import legal, setting_aside
from cases.eligibility.codes import EARLIER_OUTCOMES
from cases.eligibility.facts import VOCABULARY
from cases.law.dates import ADULT_AGE, age_on
from cases.models import Assessment
from cases.sources import in_words as source_in_words
from diversion import clock
from diversion.design_system.wording import long_date
from referrals.forms.crimes import CrimeForm
from referrals.forms.decision import DecisionForm
from referrals.forms.facts import ALONE as NONE_OF_THEM
from referrals.forms.person import PersonForm

RESULT_ORDER = ("not_met", "unknown", "met")
#: Rules that an adult meets by being one: what they ask concerns children.
OF_CHILDREN = frozenset({"yjs-consulted", "pdat-done", "child-information-form", "youth_justice"})
#: Rules whose id alone tells nobody what was met.
NAMED = {"pdat-done": _lazy("Prevention and Diversion Assessment (PDAT) made")}
# The person's particulars stand in the bar at the top of the page; here is what the decision was made on.
ELSEWHERE = (
    "given_names",
    "family_name",
    "date_of_birth",
    "telephone",
    "safe_contact",
    "safe_contact_texts",
    "rationale",
)


class AssessmentView:
    """The answers given and what the rules made of them, as they were kept."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.answers = _answer_rows(assessment.answers, clock.local_date(assessment.assessed_at))
        kept = sorted(assessment.findings, key=lambda one: RESULT_ORDER.index(one.get("result", "unknown")))
        findings = [{**one, "source": source_in_words(str(one.get("source", "")))} for one in kept]
        self.against = [{**one, "aside": aside_in_words(one)} for one in findings if one.get("result") == "not_met"]
        self.unknown = [one for one in findings if one.get("result") == "unknown"]
        # The reason of a finding says what is wrong where it is not met: of one that is met, its name is enough.
        met = [one for one in findings if one.get("result") == "met" and not _passes_by(one, assessment)]
        self.met = [{**one, "in_words": name_of_rule(str(one["rule"]))} for one in met]

    @property
    def unsettled(self) -> set[str]:
        """The reasons that rest on a rule which nobody has settled, however they came to be shown."""
        return {str(one["reason"]) for one in self.assessment.findings if one.get("unsure")}

    def against_beside(self, said: Collection[str]) -> list[dict[str, Any]]:
        """What the rules said against it, without the reasons that the page has ``said`` already."""
        return [one for one in self.against if one["reason"] not in said]


def marked(reasons: Iterable[str], views: Iterable[AssessmentView]) -> list[dict[str, Any]]:
    """Why a rank has to decide; each with whether its rule is not settled, so that nobody reads a setting as law."""
    unsettled = set().union(*(view.unsettled for view in views))
    return [{"reason": reason, "unsure": reason in unsettled} for reason in reasons]


def aside_in_words(finding: dict[str, Any]) -> str:
    """Who set a rule aside, when and why, as the finding keeps it; "" where nobody asked."""
    said = finding.get("set_aside")
    if not said:
        return ""
    asked = _("To be set aside, the officer said: %(why)s") % {"why": said["asked_because"]}
    if "decision" not in said:
        return asked
    words = {
        setting_aside.GIVEN: _("Set aside by %(who)s, %(day)s: %(why)s"),
        setting_aside.KEPT: _("Not set aside. %(who)s, %(day)s: %(why)s"),
        setting_aside.TAKEN_BACK: _("Nobody has to decide on it any more. %(who)s, %(day)s: %(why)s"),
    }[said["decision"]]
    day = long_date(datetime.fromisoformat(said["at"]))
    return f"{asked} {words % {'who': said['by'], 'day': day, 'why': said['because']}}"


def _passes_by(finding: dict[str, Any], assessment: Assessment) -> bool:
    """Whether a rule asks something of children alone, and the person was an adult: listed as met it would say of an
    adult that youth justice was asked."""
    day = clock.local_date(assessment.assessed_at)
    is_adult = age_on(assessment.case.person.date_of_birth, day) >= ADULT_AGE
    return is_adult and _last_part(str(finding["rule"])) in OF_CHILDREN


def _last_part(rule: str) -> str:
    return rule.rpartition(".")[2]


def name_of_rule(rule: str) -> str:
    """ "Drug possession" for "scheme.drug-possession"."""
    name = _last_part(rule)
    return str(NAMED[name]) if name in NAMED else name.replace("-", " ").replace("_", " ").capitalize()


def _answer_rows(answers: dict[str, Any], day: date) -> list[dict[str, str]]:
    fields = {**PersonForm.base_fields, **DecisionForm.base_fields}
    shown = {name: value for name, value in answers.items() if name in fields and name not in ELSEWHERE}
    rows = [{"key": str(fields[name].label), "value": _in_words(fields[name], value)} for name, value in shown.items()]
    rows += _offer_rows(answers, day)
    rows += [{"key": VOCABULARY[name].question, "value": _fact(name, value)} for name, value in _facts(answers)]
    unknown = answers.get("not_known") or {}
    rows += [
        {"key": VOCABULARY[name].question, "value": _("Not known yet: %(why)s") % {"why": why}}
        for name, why in unknown.items()
        if name in VOCABULARY
    ]
    rows += [{"key": str(_("Earlier outcome")), "value": _earlier(one)} for one in answers.get("earlier", [])]
    for number, crime in enumerate(answers.get("crimes", []), start=1):
        for name, field in CrimeForm.base_fields.items():
            if name in crime:
                key = _("Crime %(n)d: %(question)s") % {"n": number, "question": str(field.label).lower()}
                rows.append({"key": key, "value": _in_words(field, crime[name])})
    return rows


def _offer_rows(answers: dict[str, Any], day: date) -> Iterable[dict[str, str]]:
    """What was offered: the page asks it as one choice, and the record keeps a resolution and a scheme."""
    if code := answers.get("disposal"):
        yield {"key": str(_("Resolution")), "value": legal.disposal_label(code, day)}
    if slug := answers.get("scheme"):
        yield {"key": str(_("Scheme")), "value": slug.replace("-", " ").capitalize()}
    if checked := answers.get("checked"):
        yield {"key": str(_("Checked")), "value": str(NONE_OF_THEM[checked])}


def _facts(answers: dict[str, Any]) -> list[tuple[str, Any]]:
    """What was answered because a rule asked for it, in the order of the vocabulary."""
    given = answers.get("facts") or {}
    return [(name, given[name]) for name in VOCABULARY if name in given]


def _fact(name: str, value: Any) -> str:
    labels = VOCABULARY[name].values
    if isinstance(value, dict):  # known in part
        known = [str(labels.get(one, one)) for one, said in value.items() if said]
        return "; ".join([*known, str(_("the rest not known yet"))])
    if isinstance(value, list):
        return "; ".join(labels.get(str(one), str(one)) for one in value) or str(_("None of these"))
    word = str(value).lower() if isinstance(value, bool) else str(value)
    return labels.get(word, word.replace("-", " ").capitalize())


def _earlier(outcome: dict[str, Any]) -> str:
    """ "Simple caution, 10 January 2025, similar offence"."""
    parts = [EARLIER_OUTCOMES.get(str(outcome.get("outcome")), str(outcome.get("outcome")))]
    if outcome.get("date"):
        parts.append(long_date(date.fromisoformat(str(outcome["date"]))))
    if outcome.get("similar") is not None:
        parts.append(str(_("similar offence") if outcome["similar"] else _("not similar")))
    return ", ".join(parts)


def _in_words(field: Any, value: Any) -> str:
    """A code in the words of the form's own choices; a date as people read it; anything else as it is."""
    if isinstance(value, list):
        return "; ".join(_in_words(field, one) for one in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    for code, label in _flat(getattr(field, "choices", ())):
        if str(code) == str(value):
            return str(label)
    try:
        return long_date(datetime.fromisoformat(str(value)).date())
    except ValueError:
        # An offence is kept as the slug of an entry that may have changed since.
        is_coded = field.label == CrimeForm.base_fields["offence"].label
        return str(value).replace("-", " ").capitalize() if is_coded else str(value)


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for code, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield code, label
