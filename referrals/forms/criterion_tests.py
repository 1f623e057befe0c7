"""The fields of a test, a set for each kind, made from the kind's own model: a new kind is editable at once.

Tests that join others have no fields of their own: their parts are edited one by one.
"""

import types
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.eligibility.base import Data, Span
from cases.eligibility.codes import ADMISSIONS, EARLIER_OUTCOMES, NEEDS, OFFENCE_GROUPS
from cases.eligibility.criteria import KINDS
from cases.eligibility.facts import RISK, VOCABULARY
from cases.eligibility.wording import KIND_LABELS
from diversion.design_system.forms import GovDateField, required
from referrals.forms.fields import whole_number

PREFIX = "test_"
JOINED = ("all_of", "any_of", "not")
MODELS: dict[str, type[Data]] = {model.model_fields["kind"].default: model for model in KINDS}
# The drug and the like keep their labels with the fact of the same name.
FACT_OF = {"admission": "admission", "victim_view": "victim_view"}
UNITS = (("days", _("days")), ("weeks", _("weeks")), ("months", _("months")))

LABELS = {
    ("age", "minimum"): _("Youngest age"),
    ("age", "maximum"): _("Oldest age"),
    ("age", "on"): _("Age on the day of"),
    ("gravity", "minimum"): _("Lowest score"),
    ("gravity", "maximum"): _("Highest score"),
    ("number", "maximum"): _("No more than"),
    ("history", "maximum"): _("No more than this many"),
    ("history", "within_months"): _("Within so many months before the offence"),
    ("history", "outcomes"): _("Outcomes that count"),
    ("history", "scheme"): _("Only those of this scheme (its short name)"),
    ("history", "unengaged"): _("Only those in which the person did not take part"),
    ("no_similar", "months"): _("Months before the offence"),
    ("time_limit", "days"): _("Days left before the limit"),
    ("time_limit", "plan"): _("After a plan of"),
    ("entry_window", "window"): _("No older than"),
    ("needs", "any_of"): _("Which needs (none: any need)"),
    ("needs", "at_least"): _("At least this many"),
    ("offence", "groups"): _("Is one of these"),
    ("offence", "codes"): _("Or has one of these offence codes"),
    ("offence", "not_groups"): _("Is none of these"),
    ("offence", "not_codes"): _("And has none of these offence codes"),
    ("area", "fact"): _("What is looked at"),
    ("area", "any_of"): _("Areas"),
    ("flag", "fact"): _("Question"),
    ("flag", "expected"): _("Answer that is needed"),
    ("domestic_abuse", "accepted_risks"): _("Assessed risks that are accepted (none: never accepted)"),
    ("in_force", "starts"): _("From"),
    ("in_force", "ends"): _("Up to and including"),
}
CODES: dict[tuple[str, str], Mapping[str, str]] = {
    ("admission", "any_of"): ADMISSIONS,
    ("history", "outcomes"): EARLIER_OUTCOMES,
    ("needs", "any_of"): NEEDS,
    ("offence", "groups"): OFFENCE_GROUPS,
    ("offence", "not_groups"): OFFENCE_GROUPS,
    ("domestic_abuse", "accepted_risks"): RISK,
    ("age", "on"): {"disposal": "the decision", "offence": "the offence"},
    ("area", "fact"): {"home_area": "Where the person lives", "offence_area": "Where the offence happened"},
    ("number", "fact"): {"drug_weight_grams": "Weight in grams", "value_pounds": "Value in pounds"},
}


def kind_choices() -> list[tuple[str, str]]:
    """Every kind that stands by itself, by its label; several are joined afterwards."""
    return sorted(((kind, KIND_LABELS[kind]) for kind in MODELS if kind not in JOINED), key=lambda pair: pair[1])


def fields_of_kind(kind: str) -> dict[str, forms.Field]:
    """The form fields of a kind, by name (``test_…``); none for a kind without parameters."""
    fields: dict[str, forms.Field] = {}
    for name, info in MODELS[kind].model_fields.items():
        if name != "kind" and kind not in JOINED:
            fields |= _fields_for(kind, name, info)
    return fields


def initial_of(test: Any) -> dict[str, Any]:
    """What the fields of ``test`` show before anybody types."""
    shown: dict[str, Any] = {}
    for name in type(test).model_fields:
        value = getattr(test, name)
        if isinstance(value, Span):
            shown |= {f"{PREFIX}{name}_amount": value.amount, f"{PREFIX}{name}_unit": value.unit}
        elif isinstance(value, bool):
            shown[PREFIX + name] = "true" if value else "false"
        elif isinstance(value, tuple) and (test.kind, name) in WORDS:
            shown[PREFIX + name] = "\n".join(value)
        elif name != "kind":
            shown[PREFIX + name] = list(value) if isinstance(value, tuple) else value
    return shown


def json_of(kind: str, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The test as JSON from what the form holds; what was left empty takes the kind's own default."""
    given: dict[str, Any] = {"kind": kind}
    for name in MODELS[kind].model_fields:
        if f"{PREFIX}{name}_amount" in cleaned:
            amount = cleaned[f"{PREFIX}{name}_amount"]
            value: Any = {"amount": amount, "unit": cleaned[f"{PREFIX}{name}_unit"]} if amount else None
        else:
            value = cleaned.get(PREFIX + name)
        if value not in (None, "", [], ()):
            given[name] = value.isoformat() if isinstance(value, date) else value
    return given


class WordsField(forms.CharField):
    """Words or codes, one a line or parted by commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def to_python(self, value: Any) -> Any:
        return [word for line in str(value or "").splitlines() for part in line.split(",") if (word := part.strip())]

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")


class AreasField(WordsField):
    """Areas as people write them; kept as the engine compares them (``devon_and_cornwall``)."""

    def to_python(self, value: Any) -> Any:
        return ["_".join(word.lower().replace("-", " ").split()) for word in super().to_python(value)]


WORDS: dict[tuple[str, str], type[WordsField]] = {
    ("area", "any_of"): AreasField,
    ("offence", "codes"): WordsField,
    ("offence", "not_codes"): WordsField,
}


def _fields_for(kind: str, name: str, info: Any) -> dict[str, forms.Field]:
    label = LABELS.get((kind, name)) or _("One of these")
    annotation, optional = _bare(info.annotation)
    must = info.is_required() and not optional
    found = _fields_of(kind, name, annotation, label, must, info)
    if not info.is_required() and not isinstance(info.default, tuple | type(None)):
        found[PREFIX + name].initial = str(info.default).lower() if annotation is bool else info.default
    return found


def _fields_of(kind: str, name: str, annotation: Any, label: Any, must: bool, info: Any) -> dict[str, forms.Field]:
    if annotation is Span:
        return _span_fields(name, label, must)
    if (kind, name) in WORDS:
        words = required(_("Enter at least one, one a line"))
        return {PREFIX + name: WORDS[kind, name](label=label, required=must, error_messages=words)}
    return {PREFIX + name: _field(kind, name, annotation, label, must, info)}


def _field(kind: str, name: str, annotation: Any, label: Any, must: bool, info: Any) -> forms.Field:
    if get_origin(annotation) is tuple:
        words = required(_("Choose at least one"))
        choices = _choices(kind, name, get_args(annotation)[0])
        return forms.MultipleChoiceField(
            label=label,
            choices=choices,
            required=must,
            widget=forms.CheckboxSelectMultiple,
            error_messages=words,
        )
    for sort, make in MAKERS.items():
        if annotation is sort:
            return make(label, must, info)
    words = required(_("Choose one"))
    many = len(get_args(annotation)) > 4
    widget = forms.Select if many else forms.RadioSelect
    return forms.ChoiceField(
        label=label, choices=_choices(kind, name, annotation), required=True, widget=widget, error_messages=words
    )


def _yes_no(label: Any, must: bool, info: Any) -> forms.Field:
    choices = [("true", _("Yes")), ("false", _("No"))]
    words = required(_("Choose the answer that is needed"))
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=words)


def _whole(label: Any, must: bool, info: Any) -> forms.Field:
    least, most = _ends(info)
    return whole_number(label, least=least, most=most, required=must)


def _number(label: Any, must: bool, info: Any) -> forms.Field:
    words = required(_("Enter a number"), invalid=_("Enter a number, such as 2.5"), min_value=_("Enter 0 or more"))
    return forms.FloatField(label=label, min_value=0, required=must, error_messages=words)


def _day(label: Any, must: bool, info: Any) -> forms.Field:
    return GovDateField(label=label, required=must)


MAKERS: dict[type, Callable[[Any, bool, Any], forms.Field]] = {
    bool: _yes_no,
    int: _whole,
    float: _number,
    date: _day,
    str: lambda label, must, info: forms.CharField(label=label, required=must, max_length=80),
}


def _span_fields(name: str, label: Any, must: bool) -> dict[str, forms.Field]:
    return {
        f"{PREFIX}{name}_amount": whole_number(label, least=1, most=400, required=must),
        f"{PREFIX}{name}_unit": forms.ChoiceField(label=_("Counted in"), choices=UNITS, initial="months"),
    }


def _ends(info: Any) -> tuple[int, int]:
    """The least and the most that the model allows."""
    least, most = 0, 400
    for rule in info.metadata:
        if (smallest := getattr(rule, "ge", None)) is not None:
            least = int(smallest)
        if (below := getattr(rule, "gt", None)) is not None:
            least = int(below) + 1
        most = getattr(rule, "le", None) or most
    return least, most


def _bare(annotation: Any) -> tuple[Any, bool]:
    """The annotation without ``| None``, and whether it had it."""
    if get_origin(annotation) in (Union, types.UnionType):
        left = [each for each in get_args(annotation) if each is not type(None)]
        return left[0], len(left) < len(get_args(annotation))
    return annotation, False


def _choices(kind: str, name: str, annotation: Any) -> list[tuple[str, str]]:
    table = CODES.get((kind, name))
    codes = get_args(annotation) if get_origin(annotation) is Literal else tuple(table or ())
    if table is None and name == "fact":
        table = {code: VOCABULARY[code].question for code in codes}
    if table is None:
        table = VOCABULARY[FACT_OF.get(kind, kind)].values
    return [(code, str(table.get(code, code))) for code in codes]
