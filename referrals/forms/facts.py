"""What a rule still has to know of a person before an offer is recorded: asked only while the answer can change it.

Each question is answered, or said to be not known yet with a reason: then a rank decides that the force's policy names.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.eligibility.facts import VOCABULARY, Fact
from cases.eligibility.reading import REST, FactError, read_values
from diversion.design_system.forms import GovDateField
from diversion.design_system.rendering import errors_of

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
FEW = 3  # answers that are shown at once; of more, one is picked from a list
#: What several schemes exclude: asked as one group, so that one honest answer settles all that was on the page.
EXCLUSIONS = {
    "on_bail": gettext_lazy("On police or court bail for another matter"),
    "under_order": gettext_lazy("Subject to a court order or statutory supervision"),
    "suspended_sentence": gettext_lazy("Subject to a suspended sentence"),
    "conditional_discharge": gettext_lazy("Subject to a conditional discharge"),
    "detained": gettext_lazy("Detained for court or under the Mental Health Act"),
    "co_accused": gettext_lazy("Somebody else is accused of the same offence"),
    "exploits_minors": gettext_lazy("Believed to exploit anyone under 18"),
}
NONE_ON_RECORD, NONE_SAID, NOT_CHECKED = "none_on_record", "none_said", "not_checked"
ALONE = {
    NONE_ON_RECORD: gettext_lazy("None of these, by PNC and the force’s records"),
    NONE_SAID: gettext_lazy("None of these, by the person’s word only"),
    NOT_CHECKED: gettext_lazy("Not checked yet"),
}
#: Asked elsewhere, and left open by saying why: that is said here.
LEFT_OPEN = frozenset({"gravity_score", "earlier_outcomes"})
LAST = ("any_of", "any_of_shown", "not_known_because")
AREAS = frozenset({"home_area", "offence_area"})
_NOT_KNOWN = (NOT_KNOWN, gettext_lazy("Not known yet"))


class FactsForm(forms.Form):
    """One question for each of ``asked``, in the order of the vocabulary. ``places`` are the areas that rules name.

    A question that was answered stays on the page, so that nothing typed is lost where it no longer matters.
    """

    any_of = forms.MultipleChoiceField(
        label=gettext_lazy("Is the person any of these?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    any_of_shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
    not_known_because = forms.CharField(
        label=gettext_lazy("Why it is not known yet"),
        help_text=gettext_lazy("A rank reads this and decides without the answer."),
        max_length=500,
        required=False,
    )

    design = {"not_known_because": {"optional": False}, "any_of": {"small": True, "optional": False}}

    def __init__(self, data: Any, *, asked: Iterable[str] = (), places: Sequence[str] = ()) -> None:
        self.places = places
        super().__init__(data, prefix=PREFIX)
        answered = {name for name in VOCABULARY if data is not None and f"{PREFIX}-{name}" in data}
        self.sent = str((data or {}).get(f"{PREFIX}-any_of_shown", "")).split(",")
        if not places:
            answered -= AREAS  # another scheme's areas: nothing is offered now that would ask
        self.exclusions: list[str] = []
        self.left_open: frozenset[str] = frozenset()
        self._show(answered.union(asked, EXCLUSIONS.keys() & set(self.sent)) - ELSEWHERE)

    def _show(self, names: Iterable[str]) -> None:
        shown = {*names, *self.questions}
        last = {name: self.fields.pop(name) for name in LAST}
        kept = dict(self.fields)
        self.fields.clear()
        for name in VOCABULARY:
            if name in shown and name not in EXCLUSIONS:
                self.fields[name] = kept.get(name) or field_of(VOCABULARY[name], self.places)
        self.fields |= last
        self.exclusions = [name for name in EXCLUSIONS if name in shown]
        self.fields["any_of"].choices = [*((name, EXCLUSIONS[name]) for name in self.exclusions), *ALONE.items()]
        self.design = {**type(self).design, **{name: _design(VOCABULARY[name]) for name in self.single}}

    @property
    def single(self) -> list[str]:
        """The facts that are asked by a question of their own."""
        return [name for name in self.fields if name in VOCABULARY]

    @property
    def single_fields(self) -> list[BoundField]:
        """Their fields, for the page."""
        return [self[name] for name in self.single]

    @property
    def questions(self) -> list[str]:
        """The facts that are on the page."""
        return [*self.single, *self.exclusions]

    @property
    def shown_now(self) -> str:
        """What the group holds, for the hidden input: "none of these" answers for nothing that was not on the page."""
        return ",".join(self.exclusions)

    @property
    def asks(self) -> bool:
        return bool(self.questions or self.left_open)

    def ask(self, names: Iterable[str]) -> None:
        """Put these questions to the officer: each is an error until it is answered."""
        names = list(names)
        self.left_open = LEFT_OPEN.intersection(names)
        missing = [name for name in names if name not in ELSEWHERE]
        self._show(missing)
        for name in missing:
            self.cleaned_data.pop(name, None)
            field = "any_of" if name in EXCLUSIONS else name
            if field not in self.errors:
                words = _("Answer this, or say that it is not known yet: %(question)s")
                self.add_error(field, words % {"question": VOCABULARY[name].question})
        if any(name in EXCLUSIONS and name not in self.sent for name in missing):
            self._empty_group()

    def _empty_group(self) -> None:
        """Take back "none of these": it was said of fewer."""
        ticked = [one for one in self["any_of"].value() or [] if one in self.exclusions]
        data: QueryDict = self.data.copy()
        data.setlist(f"{PREFIX}-any_of", ticked)
        self.data = data

    def clean_any_of(self) -> list[str]:
        ticked: list[str] = self.cleaned_data["any_of"]
        if len(ticked) > 1 and set(ticked) & set(ALONE):
            raise forms.ValidationError(_("Tick what applies, or one of the last three alone"))
        return ticked

    def clean(self) -> dict[str, Any]:
        for name in self.single:
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
        single = [name for name in self.single if self._is_unknown(self.cleaned_data.get(name))]
        return [*single, *(self.exclusions if NOT_CHECKED in self.ticked else [])]

    @property
    def asks_why(self) -> bool:
        """Whether the page asks why something is not known yet: something is not, or a reason stands there already."""
        why = self["not_known_because"]
        return self._is_said_unknown or bool(self.left_open or why.value() or errors_of(why))

    @property
    def is_unexplained(self) -> bool:
        """Whether something is not known yet and nobody has said why: a rank will read that, and decides."""
        return self._is_said_unknown and not (self["not_known_because"].value() or "").strip()

    @property
    def _is_said_unknown(self) -> bool:
        """Whether "not known yet" was answered; what is only left open may be answered still."""
        is_unknown = any(self._is_unknown(self[name].value()) for name in self.single)
        return is_unknown or (bool(self.exclusions) and NOT_CHECKED in (self["any_of"].value() or []))

    @property
    def ticked(self) -> list[str]:
        """What was ticked of the group."""
        return list(self.cleaned_data.get("any_of") or [])

    @property
    def facts(self) -> dict[str, Any]:
        """The answers, as plain JSON in the terms of ``cases.eligibility.facts``."""
        given = {name: self.cleaned_data.get(name) for name in self.single}
        known = {name: _plain(it) for name, it in given.items() if not _is_empty(it) and not self._is_unknown(it)}
        known |= {name: found for name, it in given.items() if (found := _known_in_part(it))}
        if self.ticked and NOT_CHECKED not in self.ticked:
            known |= {name: name in self.ticked for name in self.exclusions}
        return known

    @property
    def held(self) -> list[tuple[str, str]]:
        """What was answered, by the names of its boxes, for a page that does not ask it now and sends it again.

        What cannot be read, or is not known and says no reason, is left out: nobody could put it right there.
        """
        if not (self.is_bound and hasattr(self, "cleaned_data")):
            return []
        answered = {*self.cleaned_data, *AREAS} & {*VOCABULARY, *LAST}
        if not self.cleaned_data.get("not_known_because"):
            answered -= {*self.unknown, *(["any_of"] if NOT_CHECKED in self.ticked else [])}
        sent = {name: self.data.getlist(f"{PREFIX}-{name}") for name in (*VOCABULARY, *LAST) if name in answered}
        return [(f"{PREFIX}-{name}", value) for name, values in sent.items() for value in values if value]

    @property
    def checked(self) -> str:
        """What "none of these" rests on: records, or the person's word; "" where it was not said."""
        return next((one for one in self.ticked if one in (NONE_ON_RECORD, NONE_SAID)), "")

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
        not_all = _("Not known yet, or only in part: tick what is known as well")
        choices: list[tuple[str, Any]] = [
            *fact.values.items(),
            (NONE_OF_THESE, _("None of these")),
            (NOT_KNOWN, not_all),
        ]
        return forms.MultipleChoiceField(
            label=fact.question, choices=choices, widget=forms.CheckboxSelectMultiple, required=False
        )
    values = list(fact.values.items()) if fact.type != "word" else _places(places)
    if fact.type != "yes_no" and len(values) > FEW:
        choices = [("", "---------"), *values, _NOT_KNOWN]
        return forms.ChoiceField(label=fact.question, choices=choices, required=False)
    return forms.ChoiceField(
        label=fact.question, choices=[*values, _NOT_KNOWN], widget=forms.RadioSelect, required=False
    )


def _places(places: Sequence[str]) -> list[tuple[str, str]]:
    named = [(place, place.replace("-", " ").replace("_", " ").title()) for place in places]
    return [*named, ("elsewhere", _("Somewhere else"))]


def _design(fact: Fact) -> dict[str, Any]:
    if fact.type in WRITTEN:
        return {"width": 5, "optional": False}
    return {"small": True, "optional": False, "inline": fact.type == "yes_no" or fact.name in AREAS}


def _is_empty(value: Any) -> bool:
    return value in (None, "", [])


def _known_in_part(value: Any) -> dict[str, bool | None]:
    """Needs that were ticked beside "not known yet": the rest is open."""
    ticked = [one for one in value if one not in (NOT_KNOWN, NONE_OF_THESE)] if isinstance(value, list) else []
    return {**dict.fromkeys(ticked, True), REST: None} if ticked and NOT_KNOWN in value else {}


def _plain(value: Any) -> Any:
    """As JSON: the list of needs without "none of these", words of yes and no as truths."""
    if isinstance(value, list):
        return [one for one in value if one != NONE_OF_THESE]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return {"true": True, "false": False}.get(value, value)
