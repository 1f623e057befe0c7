"""The decision: what the person says, what the evidence is, what was offered, and through which scheme."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import legal
from cases.codes import (
    Admission,
    DecisionResult,
    DeclinedReason,
    EarlierOutcomes,
    NotOfferedReason,
    Origin,
    WithoutScheme,
)
from cases.law import dates
from diversion import clock
from diversion.design_system.forms import required
from diversion.design_system.wording import clock_time, weekday_date
from referrals.judging.facts import ADULT_THERE, ALONE, INTERPRETER, NOT_NOW
from referrals.judging.fit import closed_because
from referrals.models import SchemeVersion, Slot

NO_SCHEME = ""
EVIDENCE = [
    ("charge_standard", gettext_lazy("Enough to charge")),
    ("offence_made_out", gettext_lazy("Enough to show an offence, not to charge")),
    ("insufficient", gettext_lazy("Not enough")),
]
# One group: a box left empty in it is an answer once any of them is ticked.
FOLLOW = [
    (ALONE, gettext_lazy("Yes, without help")),
    (INTERPRETER, gettext_lazy("With an interpreter, who is there")),
    (ADULT_THERE, gettext_lazy("With an appropriate adult, who is there")),
    (NOT_NOW, gettext_lazy("Not now (unwell, drunk, distressed)")),
]
# Five steps in words, where neither matrix nor catalogue gives the score (domain notes 1.10: scores 1 to 5).
GRAVITY = [
    ("1", gettext_lazy("1: very minor, hardly any harm or loss")),
    ("2", gettext_lazy("2: minor, usually settled informally")),
    ("3", gettext_lazy("3: moderate, usually a caution")),
    ("4", gettext_lazy("4: serious, a caution only for good reasons")),
    ("5", gettext_lazy("5: very serious, normally charged")),
]
OFFERED = (DecisionResult.OFFERED_ACCEPTED, DecisionResult.OFFERED_DECLINED)


class DecisionForm(forms.Form):
    """``versions`` are the schemes open today, ``slots`` the free appointments of the chosen one, ``born`` the date of
    birth if it is known: a resolution or scheme that does not fit the age is left out, or shown with its reason.
    ``full`` says of a scheme that has no place left how many are taken, by the id of its version."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    follow = forms.MultipleChoiceField(
        label=gettext_lazy("Can they follow what is said and agreed?"),
        choices=FOLLOW,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Before anything they say counts."),
    )
    gravity_score = forms.ChoiceField(
        label=gettext_lazy("How serious, on the gravity matrix"),
        choices=GRAVITY,
        widget=forms.RadioSelect,
        required=False,
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("Where the person was dealt with"),
        choices=Origin.choices,
        initial=Origin.STREET,
        widget=forms.RadioSelect,
    )
    admission = forms.ChoiceField(
        label=gettext_lazy("What the person says"),
        choices=Admission.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what the person says about the offence")),
    )
    evidence = forms.ChoiceField(
        label=gettext_lazy("Evidence"), choices=EVIDENCE, widget=forms.RadioSelect, required=False
    )
    earlier_outcomes = forms.ChoiceField(
        label=gettext_lazy("Earlier outcomes"),
        choices=EarlierOutcomes.choices,
        initial=EarlierOutcomes.NOT_CHECKED,
        widget=forms.RadioSelect,
    )
    result = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=DecisionResult.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose whether a resolution was offered, and what the person said")),
    )
    declined_reason = forms.ChoiceField(
        label=gettext_lazy("Why the person declined"),
        choices=[("", "---------"), *DeclinedReason.choices],
        required=False,
    )
    not_offered_reason = forms.ChoiceField(
        label=gettext_lazy("Why nothing was offered"),
        choices=[("", "---------"), *NotOfferedReason.choices],
        required=False,
    )
    disposal = forms.ChoiceField(label=gettext_lazy("Resolution"), widget=forms.RadioSelect, required=False)
    scheme = forms.ChoiceField(label=gettext_lazy("Scheme"), widget=forms.RadioSelect, required=False)
    without_scheme = forms.ChoiceField(
        label=gettext_lazy("Without this scheme, what would have happened?"),
        choices=[("", "---------"), *WithoutScheme.choices],
        required=False,
    )
    slot = forms.ChoiceField(label=gettext_lazy("First appointment"), widget=forms.RadioSelect, required=False)
    rationale = forms.CharField(
        label=gettext_lazy("Reasons for the decision"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
    )

    design = {
        "follow": {"small": True, "optional": False},
        "gravity_score": {"small": True, "optional": False},
        "origin": {"inline": True, "small": True},
        "admission": {"small": True},
        "evidence": {"small": True, "optional": False},
        "earlier_outcomes": {"small": True},
        "result": {
            "small": True,
            "label_hidden": True,
            "reveal": {
                DecisionResult.OFFERED_DECLINED: "declined_reason",
                DecisionResult.NOT_OFFERED: "not_offered_reason",
            },
        },
        "disposal": {"small": True, "optional": False, "css_class": "app-columns"},
        "without_scheme": {"label_hidden": True, "optional": False},
        "slot": {"small": True, "inline": True, "optional": False},
        "rationale": {"count": None},
    }

    def __init__(
        self,
        *args: Any,
        versions: Sequence[SchemeVersion],
        slots: Sequence[Slot] = (),
        next_slots: dict[int, Slot] | None = None,
        full: Mapping[int, str] | None = None,
        born: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.age, self.slots, self.full = _age(born), slots, full or {}
        self._closed = {version.pk: closed_to_age(version, born) for version in versions}
        fitting_first = sorted(versions, key=self._out_of_reach)
        self.versions = {str(version.pk): version for version in fitting_first}
        self.fields["disposal"].choices = disposal_choices(self.age, str(self["disposal"].value() or ""))
        self.fields["scheme"].choices = [
            (NO_SCHEME, _("No scheme")),
            *((key, version.scheme.name) for key, version in self.versions.items()),
        ]
        self.fields["slot"].choices = [("", _("Not booked now")), *((str(s.pk), slot_in_words(s)) for s in slots)]
        self.fields["slot"].error_messages["invalid_choice"] = _(
            "That appointment has just been taken: choose another time"
        )
        hints = {key: self._hint(version, next_slots or {}) for key, version in self.versions.items()}
        self.design = {
            **self.design,
            "scheme": {"small": True, "optional": False, "hints": hints, "css_class": "app-columns"},
        }

    def _out_of_reach(self, version: SchemeVersion) -> bool:
        """Whether nobody, or nobody of this age, can be sent there now: such schemes come last."""
        return version.pk in self.full or bool(self._closed[version.pk])

    def _hint(self, version: SchemeVersion, next_slots: dict[int, Slot]) -> str:
        parts = [str(version.provider), length_in_words(version)]
        if self._closed[version.pk]:
            why = " ".join(self._closed[version.pk]).rstrip(".")
            parts.append(_("not for this age (%(why)s)") % {"why": why})
        elif version.pk in self.full:
            parts.append(_("full: %(places)s") % {"places": self.full[version.pk]})
        elif version.pk in next_slots:
            parts.append(_("next appointment %(when)s") % {"when": slot_in_words(next_slots[version.pk])})
        return "; ".join(parts)

    @property
    def is_adult(self) -> bool:
        """Whether the questions for children need not be shown."""
        return self.age is not None and self.age >= dates.ADULT_AGE

    @property
    def chosen_version(self) -> SchemeVersion | None:
        """The scheme chosen as the form is now, valid or not in the rest."""
        return self.versions.get(str(self["scheme"].value() or ""))

    def clean_follow(self) -> list[str]:
        ways: list[str] = self.cleaned_data["follow"]
        if (ALONE in ways and len(ways) > 1) or (NOT_NOW in ways and len(ways) > 1):
            raise forms.ValidationError(_("Choose “without help” or “not now” alone, or who is there to help"))
        return ways

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        result = data.get("result")
        reasons = {
            DecisionResult.OFFERED_DECLINED: ("declined_reason", _("Choose why the person declined")),
            DecisionResult.NOT_OFFERED: ("not_offered_reason", _("Choose why nothing was offered")),
        }
        for code, (name, message) in reasons.items():
            if result != code:
                data[name] = ""
            elif not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        if result in OFFERED:
            self._clean_offer(data)
        elif result:
            data["disposal"] = data["scheme"] = data["slot"] = ""
        if not data.get("scheme"):
            data["without_scheme"] = ""
        return data

    def _clean_offer(self, data: dict[str, Any]) -> None:
        version = self.versions.get(data.get("scheme", ""))
        if not data.get("evidence") and "evidence" not in self.errors:
            self.add_error("evidence", _("Choose what the evidence supports"))
        if data.get("disposal") or "disposal" in self.errors:
            return
        fitting = [code for code, _label in self.fields["disposal"].choices]
        allowed = [code for code in (version.disposals or [legal.NO_DISPOSAL]) if code in fitting] if version else []
        if len(allowed) == 1:
            data["disposal"] = allowed[0]  # the scheme leaves no choice
        else:
            self.add_error("disposal", _("Choose the resolution that was offered"))


def disposal_choices(age: int | None, chosen: str = "") -> list[tuple[str, str]]:
    """What may be issued today, and to somebody of this age if it is known; then "no police disposal".

    One that is already ``chosen`` stays: the law says in its own words why it does not fit the age.
    """
    today = legal.disposals_on(clock.today())
    fitting = [one for one in today if age is None or one.suits_age(age) or one.code == chosen]
    return [*((one.code.value, one.label) for one in fitting), (legal.NO_DISPOSAL, str(_("No police disposal")))]


def length_in_words(version: SchemeVersion) -> str:
    """ "4 months", "3 sessions", or that there is no fixed end."""
    if version.duration is None or version.duration_unit == SchemeVersion.DurationUnit.OPEN_ENDED:
        return _("no fixed end")
    return f"{version.duration} {version.get_duration_unit_display()}"


def closed_to_age(version: SchemeVersion, born: date | None) -> list[str]:
    """Why the scheme is not for somebody born on that day, by its own rules that block; empty where it may be."""
    today = clock.today()
    return [] if born is None or born > today else closed_because(version, {"date_of_birth": born}, today)


def slot_in_words(slot: Slot) -> str:
    """ "Friday 12 June 2026, 10am, Harbour House"."""
    return f"{weekday_date(slot.starts_at)}, {clock_time(slot.starts_at)}, {slot.place}"


def _age(born: date | None) -> int | None:
    today = clock.today()
    return None if born is None or born > today else dates.age_on(born, today)
