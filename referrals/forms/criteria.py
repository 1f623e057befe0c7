"""One criterion of a policy: its words, its weight, where it comes from, and the parameters of its test."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from cases.eligibility.codes import Rank, Severity
from cases.eligibility.criteria import Criterion
from diversion.design_system.forms import required
from referrals.forms.criterion_tests import JOINED, PREFIX, fields_of_kind, initial_of, json_of, kind_choices

SEVERITIES = [
    (Severity.BLOCKS.value, gettext_lazy("It stops the option")),
    (Severity.NEEDS_AUTHORITY.value, gettext_lazy("A rank has to agree")),
    (Severity.WARNS.value, gettext_lazy("It is said, and stops nothing")),
]
RANKS = [
    (Rank.SERGEANT.value, gettext_lazy("Sergeant")),
    (Rank.INSPECTOR.value, gettext_lazy("Inspector")),
    (Rank.SUPERINTENDENT.value, gettext_lazy("Superintendent")),
    (Rank.PROSECUTOR.value, gettext_lazy("Crown Prosecution Service")),
]
TAGS = ("found", "known", "proposal", "unsure")
SOURCE = re.compile(r"^(?P<key>.+?)(?:\s*\((?P<tag>[a-z]+)\))?$")
SHORTEST_REASON = 10


class RevisionForm(forms.Form):
    """A change to a draft, which says which state of it the page showed."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, error_messages=required(gettext_lazy("Open the page again"))
    )


class KindForm(forms.Form):
    """Which kind of test a new criterion, or a further part of one, has."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it looks at"),
        widget=forms.Select,
        error_messages=required(gettext_lazy("Choose what it looks at")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "---------"), *kind_choices()]


class TestForm(RevisionForm):
    """The parameters of one test. ``test_json`` is what they come to."""

    __test__ = False

    def __init__(self, *args: Any, kind: str, test: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {**kwargs.get("initial", {}), **(initial_of(test) if test is not None else {})}
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields.update(fields_of_kind(kind))
        self.design = {**getattr(self, "design", {}), **_designs(self.fields)}

    @property
    def test_json(self) -> dict[str, Any]:
        return json_of(self.kind, self.cleaned_data)

    def explain(self, error: ValidationError) -> None:
        """Put what the policy's own models say at the field that it concerns."""
        for fault in error.errors(include_url=False):
            words = str(fault["msg"]).removeprefix("Value error, ")
            message = _in_words(fault["type"], words)
            names = [name for part in reversed(fault["loc"]) for name in (f"{PREFIX}{part}", str(part))]
            self.add_error(next((name for name in names if name in self.fields), None), message)


class CriterionForm(TestForm):
    """A criterion with a single test; of joined tests only the words are here. ``criterion`` is the valid result."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, as the officer reads it when it is not met"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=400,
        error_messages=required(gettext_lazy("Enter the reason in plain English")),
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("What follows when it is not met"),
        choices=SEVERITIES,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what follows when it is not met")),
    )
    rank = forms.ChoiceField(
        label=gettext_lazy("Who has to agree"), choices=[("", "---------"), *RANKS], required=False
    )
    override_by = forms.ChoiceField(
        label=gettext_lazy("Who may set it aside, with a recorded reason"),
        choices=[("", gettext_lazy("Nobody")), *RANKS],
        required=False,
    )
    question = forms.CharField(
        label=gettext_lazy("Question, if the usual one does not do"), max_length=200, required=False
    )
    sources = forms.CharField(
        label=gettext_lazy("Where the rule comes from"),
        help_text=gettext_lazy(
            "One source a line, and how sure it is in brackets: found (read in the source), known, proposal (ours), or"
            " unsure. For example: YJLC-CR (found)"
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=required(gettext_lazy("Enter at least one source, so that it can be checked")),
    )
    unsure = forms.BooleanField(label=gettext_lazy("This must be checked before anybody relies on it"), required=False)

    design = {
        "severity": {"small": True, "reveal": {"needs_authority": "rank", "blocks": "override_by"}},
        "rank": {"optional": False},
        "override_by": {"optional": False},
        "unsure": {"small": True},
        "reason": {"count": None},
        "sources": {"count": None},
    }

    def __init__(
        self, *args: Any, kind: str, criterion: Criterion | None = None, taken: Iterable[str] = (), **kwargs: Any
    ) -> None:
        initial = {**_words_of(criterion), **kwargs.pop("initial", {})}
        test = criterion.test if criterion else None
        super().__init__(*args, kind=kind, test=test, initial=initial, **kwargs)
        self.before, self.taken = criterion, set(taken)
        self.order_fields([*(name for name in self.fields if name.startswith(PREFIX)), *self.fields])
        self.criterion: Any = None  # a Criterion, once the form is valid

    def clean_reason(self) -> str:
        reason = " ".join(self.cleaned_data["reason"].split())
        if len(reason) < SHORTEST_REASON:
            raise forms.ValidationError(_("Say the reason in a whole sentence, of 10 letters or more"))
        return reason

    def clean_sources(self) -> list[dict[str, str]]:
        found = []
        for line in self.cleaned_data["sources"].splitlines():
            match = SOURCE.match(line.strip())
            if match is None:
                continue
            tag = match["tag"] or "found"
            if tag not in TAGS:
                words = _("“%(line)s”: say in brackets found, known, proposal or unsure")
                raise forms.ValidationError(words % {"line": line.strip()})
            if len(match["key"]) < 2:
                raise forms.ValidationError(_("“%(line)s” is too short to find the source by") % {"line": line.strip()})
            found.append({"key": match["key"], "tag": tag})
        return found

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("severity") != Severity.NEEDS_AUTHORITY:
            data["rank"] = ""
        elif not data.get("rank") and "rank" not in self.errors:
            self.add_error("rank", _("Choose who has to agree"))
        if data.get("severity") != Severity.BLOCKS:
            data["override_by"] = ""
        if any(source["tag"] == "unsure" for source in data.get("sources") or []):
            data["unsure"] = True  # a doubt about the source is a doubt about the rule
        if not self.errors:
            self._build(data)
        return data

    def _build(self, data: Mapping[str, Any]) -> None:
        names = ("severity", "reason", "question", "sources", "unsure")
        given: dict[str, Any] = {name: data[name] for name in names}
        given |= {name: data[name] or None for name in ("rank", "override_by")}
        joined = self.before is not None and self.kind in JOINED
        given["test"] = self.before.test.model_dump() if joined and self.before else self.test_json
        given["id"] = self.before.id if self.before else self._new_id()
        try:
            self.criterion = Criterion.model_validate(given)
        except ValidationError as error:
            self.explain(error)

    def _new_id(self) -> str:
        base = slugify(self.kind.replace("_", "-"))
        names = (base, *(f"{base}-{number}" for number in range(2, 1000)))
        return next(name for name in names if name not in self.taken)


def _words_of(criterion: Criterion | None) -> dict[str, Any]:
    if criterion is None:
        return {"severity": Severity.BLOCKS.value}
    return {
        "reason": criterion.reason,
        "severity": criterion.severity.value,
        "rank": criterion.rank.value if criterion.rank else "",
        "override_by": criterion.override_by.value if criterion.override_by else "",
        "question": criterion.question,
        "sources": "\n".join(f"{source.key} ({source.tag})" for source in criterion.sources),
        "unsure": criterion.unsure,
    }


def _designs(fields: Mapping[str, forms.Field]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, field in fields.items():
        if name.startswith(PREFIX):
            short = isinstance(field, forms.IntegerField | forms.FloatField)
            boxes = isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
            found[name] = {"width": 4} if short else {"small": True} if boxes else {}
    return found


def _in_words(kind: str, words: str) -> str:
    """The models' own sentences, and plain ones in place of the library's."""
    if kind in ("value_error", "assertion_error"):
        return f"{words[:1].upper()}{words[1:]}"
    plain = {"too_short": _("Choose or enter at least one"), "missing": _("This is needed")}
    return plain.get(kind, words)
