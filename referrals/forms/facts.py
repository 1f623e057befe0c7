"""What a rule still has to know of a person before an offer is recorded: asked only while the answer can change it.

Each question is answered, or said to be not known yet with a reason: then a rank decides that the force's policy names.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.eligibility.facts import VOCABULARY, Fact
from cases.eligibility.reading import FactError, read_values
from diversion.design_system.forms import GovDateField

NOT_KNOWN = "not_known"
NONE_OF_THESE = "none"
PREFIX = "fact"
#: Asked elsewhere on the page, each by a question of its own.
ELSEWHERE = frozenset(
    {
        *("date_of_birth", "sex", "ethnicity", "origin", "admission", "evidence", "consent", "earlier_outcomes"),
        *("offence_alleged", "offence_group", "offence_code", "mode_of_trial", "offence_date", "first_statement_date"),
        *("hate_crime", "domestic_abuse", "victim_view", "has_capacity", "interpreter", "appropriate_adult"),
        *("gravity_score",),
    }
)
WRITTEN = ("whole", "number")
AREAS = frozenset({"home_area", "offence_area"})
_NOT_KNOWN = (NOT_KNOWN, gettext_lazy("Not known yet"))


class FactsForm(forms.Form):
    """One question for each of ``asked``, in the order of the vocabulary. ``places`` are the areas that rules name.

    A question that was answered stays on the page, so that nothing typed is lost where it no longer matters.
    """

    not_known_because = forms.CharField(
        label=gettext_lazy("Why it is not known yet"),
        help_text=gettext_lazy("A rank reads this and decides without the answer."),
        max_length=500,
        required=False,
    )

    design = {"not_known_because": {"optional": False}}

    def __init__(self, data: Any, *, asked: Iterable[str] = (), places: Sequence[str] = ()) -> None:
        self.places = places
        super().__init__(data, prefix=PREFIX)
        self.missing: set[str] = set()
        answered = {name for name in VOCABULARY if data is not None and f"{PREFIX}-{name}" in data}
        if not places:
            answered -= AREAS  # another scheme's areas: nothing is offered now that would ask
        self._show(answered.union(asked) - ELSEWHERE)

    def _show(self, names: Iterable[str]) -> None:
        shown = {*names, *(name for name in self.fields if name in VOCABULARY)}
        reason = self.fields.pop("not_known_because")
        kept = dict(self.fields)
        self.fields.clear()
        for name in VOCABULARY:
            if name in shown:
                self.fields[name] = kept.get(name) or field_of(VOCABULARY[name], self.places)
        self.fields["not_known_because"] = reason
        self.design = {**type(self).design, **{name: _design(VOCABULARY[name]) for name in self.questions}}

    @property
    def questions(self) -> list[str]:
        """The facts that are on the page."""
        return [name for name in self.fields if name in VOCABULARY]

    @property
    def asks(self) -> bool:
        return bool(self.questions)

    def ask(self, names: Iterable[str]) -> None:
        """Put these questions to the officer: each is an error until it is answered."""
        missing = [name for name in names if name not in ELSEWHERE]
        self._show(missing)
        for name in missing:
            self.cleaned_data.pop(name, None)
            if name not in self.errors:
                words = _("Answer this, or say that it is not known yet: %(question)s")
                self.add_error(name, words % {"question": VOCABULARY[name].question})

    def clean(self) -> dict[str, Any]:
        for name in self.questions:
            self._check(name)
        if self.unknown and not self.cleaned_data.get("not_known_because", "").strip():
            words = _("Say why it is not known yet, in a few words: whoever decides reads it")
            self.add_error("not_known_because", words)
        return self.cleaned_data

    def _check(self, name: str) -> None:
        """An answer that nobody can read is an error here, in the words of the one reader of facts."""
        value = self.cleaned_data.get(name)
        if name in self.errors or _is_empty(value) or self._is_unknown(value):
            return
        try:
            read_values(VOCABULARY[name], _plain(value))
        except FactError as error:
            self.add_error(name, str(error))

    @property
    def unknown(self) -> list[str]:
        """Questions that were answered "not known yet"."""
        return [name for name in self.questions if self._is_unknown(self.cleaned_data.get(name))]

    @property
    def facts(self) -> dict[str, Any]:
        """The answers, as plain JSON in the terms of ``cases.eligibility.facts``."""
        given = {name: self.cleaned_data.get(name) for name in self.questions}
        return {
            name: _plain(value) for name, value in given.items() if not _is_empty(value) and not self._is_unknown(value)
        }

    @property
    def not_known(self) -> dict[str, str]:
        """Why each of the others is not known yet."""
        return dict.fromkeys(self.unknown, self.cleaned_data.get("not_known_because", "").strip())

    def _is_unknown(self, value: Any) -> bool:
        if isinstance(value, list):
            return NOT_KNOWN in value
        return str(value or "").strip().lower().replace(" ", "_") == NOT_KNOWN


def field_of(fact: Fact, places: Sequence[str] = ()) -> forms.Field:
    """The question of a fact, in the shape of its answer; "not known yet" is always one of the answers."""
    if fact.type == "date":
        return GovDateField(label=fact.question, past=True, required=False)
    if fact.type in WRITTEN:
        hint = _("A number, or “not known”.")
        return forms.CharField(label=fact.question, help_text=hint, max_length=20, required=False)
    if fact.type == "needs":
        choices = [*fact.values.items(), (NONE_OF_THESE, _("None of these")), _NOT_KNOWN]
        return forms.MultipleChoiceField(
            label=fact.question, choices=choices, widget=forms.CheckboxSelectMultiple, required=False
        )
    values = list(fact.values.items()) if fact.type != "word" else _places(places)
    return forms.ChoiceField(
        label=fact.question, choices=[*values, _NOT_KNOWN], widget=forms.RadioSelect, required=False
    )


def _places(places: Sequence[str]) -> list[tuple[str, str]]:
    named = [(place, place.replace("-", " ").replace("_", " ").title()) for place in places]
    return [*named, ("elsewhere", _("Somewhere else"))]


def _design(fact: Fact) -> dict[str, Any]:
    if fact.type in WRITTEN:
        return {"width": 5, "optional": False}
    return {"small": True, "optional": False, "inline": fact.type == "yes_no"}


def _is_empty(value: Any) -> bool:
    return value in (None, "", [])


def _plain(value: Any) -> Any:
    """As JSON: the list of needs without "none of these", words of yes and no as truths."""
    if isinstance(value, list):
        return [one for one in value if one != NONE_OF_THESE]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return {"true": True, "false": False}.get(value, value)
