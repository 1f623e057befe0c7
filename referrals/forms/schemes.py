"""Forms of the coordinator's scheme pages. A scheme is data: what is typed here is all there is to it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import legal
from cases.codes import Admission
from cases.law import disposals
from cases.law.codes import ConditionType
from cases.law.outcomes import all_outcomes
from diversion import clock
from diversion.accounts.models import Organisation
from diversion.design_system.forms import GovDateField, required
from referrals.actions.versions import VersionDetails
from referrals.forms.criteria import RevisionForm
from referrals.forms.fields import whole_number
from referrals.models import SchemeVersion
from referrals.queries.schemes import providers
from referrals.schemes.condition_words import KINDS, OBJECTS
from referrals.schemes.typed import TemplateDetails, days_of, typed_document

Unit = SchemeVersion.DurationUnit
NOT_OF_VERSION = ("name", "provider", "valid_from", "valid_to")
BREACH = ("breach_missed", "breach_rank", "breach_second_rank")
OF_THE_CASE = (*BREACH, "must_refer", "variation_rank", "success_outcome", "success_text", "returns_to", "failure_text")
REPEAT = ("repeat_maximum", "repeat_months", "repeat_if_engaged")
WHO_MAY_ENTER = ("min_age", "max_age", "admissions", "entry_window_months", *REPEAT)
MOST_CONDITIONS = 15
VARIED_BY = [
    ("", gettext_lazy("A sergeant or above (usual)")),
    ("inspector", gettext_lazy("An inspector or above")),
    ("superintendent", gettext_lazy("A superintendent or above")),
]


class RulesForm(forms.Form):
    """The rules of one version."""

    provider = forms.ModelChoiceField(
        label=gettext_lazy("Provider"),
        queryset=Organisation.objects.none(),
        empty_label=gettext_lazy("Choose one"),
        error_messages=required(gettext_lazy("Choose who delivers the scheme")),
    )
    disposals = forms.MultipleChoiceField(
        label=gettext_lazy("With which resolutions?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose none for a scheme that is no police disposal."),
    )
    admissions = forms.MultipleChoiceField(
        label=gettext_lazy("What may the person say about the offence?"),
        choices=Admission,
        widget=forms.CheckboxSelectMultiple,
        error_messages=required(gettext_lazy("Choose at least one: choose all if nothing is asked")),
    )
    min_age = whole_number(gettext_lazy("Lowest age"), most=120)
    max_age = whole_number(gettext_lazy("Highest age"), most=120)
    areas = forms.CharField(
        label=gettext_lazy("Area"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For people to read: where the scheme runs."),
    )
    entry_window_months = whole_number(
        gettext_lazy("Offence no older than, in months"),
        least=1,
        most=120,
        help_text=gettext_lazy("Leave empty if its age does not matter."),
    )
    duration = whole_number(gettext_lazy("Length of the agreement"), least=1)
    duration_unit = forms.ChoiceField(label=gettext_lazy("Length is in"), choices=Unit, initial=Unit.WEEKS)
    min_conditions = whole_number(gettext_lazy("Fewest conditions"), most=20)
    max_conditions = whole_number(gettext_lazy("Most conditions"), most=20)
    capacity = whole_number(
        gettext_lazy("Capacity"), most=100_000, help_text=gettext_lazy("People on the scheme at one time.")
    )
    worker_title = forms.CharField(
        label=gettext_lazy("What the worker is called"),
        max_length=60,
        initial="Navigator",
        error_messages=required(gettext_lazy("Enter what the worker is called, such as navigator or keyworker")),
    )
    confidentiality = forms.ChoiceField(
        label=gettext_lazy("What do police see of the support?"),
        choices=SchemeVersion.Confidentiality,
        initial=SchemeVersion.Confidentiality.ENFORCEABLE,
        widget=forms.RadioSelect,
    )
    without_offence = forms.BooleanField(
        label=gettext_lazy("Also helps people of whom no offence is alleged"),
        required=False,
        help_text=gettext_lazy("Officers can then send somebody with “Get help for somebody”, and hear nothing back."),
    )
    repeat_maximum = whole_number(
        gettext_lazy("Earlier times allowed"), most=10, help_text=gettext_lazy("Leave empty if there is no limit.")
    )
    repeat_months = whole_number(
        gettext_lazy("Within so many months"), least=1, most=120, help_text=gettext_lazy("Empty: ever.")
    )
    repeat_if_engaged = forms.BooleanField(
        label=gettext_lazy("Only times in which the person did not take part count"), required=False
    )
    must_refer = forms.BooleanField(
        label=gettext_lazy("Officers must refer whoever is eligible, or say why not"), required=False
    )
    variation_rank = forms.ChoiceField(
        label=gettext_lazy("Who decides on changes to an agreement?"),
        help_text=gettext_lazy("Changes that are more than a day inside its time, or another activity of the kind."),
        choices=VARIED_BY,
        required=False,
    )
    breach_missed = whole_number(
        gettext_lazy("After how many missed steps may it be put to the police as not kept?"),
        least=1,
        most=10,
        help_text=gettext_lazy("Without a good reason. Each before that is a reminder or a warning. Usual: 3."),
    )
    breach_rank = forms.ChoiceField(
        label=gettext_lazy("Who decides whether an agreement was broken?"), choices=VARIED_BY, required=False
    )
    breach_second_rank = forms.ChoiceField(
        label=gettext_lazy("Who signs a decision to prosecute as well?"),
        choices=[("", gettext_lazy("Nobody else")), ("sergeant", gettext_lazy("A sergeant or above")), *VARIED_BY[1:]],
        required=False,
    )
    success_outcome = forms.ChoiceField(
        label=gettext_lazy("Home Office outcome when a deferral is kept"), required=False
    )
    success_text = forms.CharField(label=gettext_lazy("What success does to the case"), required=False, max_length=300)
    returns_to = forms.MultipleChoiceField(
        label=gettext_lazy("What comes back to the officer when it is not kept?"),
        choices=[("caution", gettext_lazy("A caution")), ("charge", gettext_lazy("A charge"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Beside what the resolution itself holds back."),
    )
    failure_text = forms.CharField(label=gettext_lazy("What failure does to the case"), required=False, max_length=300)
    notes = forms.CharField(
        label=gettext_lazy("Notes for officers"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    design = {
        "disposals": {"small": True, "optional": False},
        "admissions": {"small": True},
        "returns_to": {"small": True, "optional": False},
        "variation_rank": {"optional": False},
        "breach_rank": {"optional": False},
        "breach_second_rank": {"optional": False},
        "confidentiality": {"small": True},
        **{name: {"width": 4} for name in ("min_age", "max_age", "min_conditions", "max_conditions", "capacity")},
        **{name: {"width": 4} for name in ("entry_window_months", "duration", "repeat_maximum", "repeat_months")},
        "breach_missed": {"width": 4, "optional": False},
        "worker_title": {"width": 20},
        "notes": {"count": None},
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = providers()
        offered = [(str(one.code), one.label) for one in legal.disposals_on(clock.today())]
        known = {code for code, _label in offered}
        past = [code for code in self.initial.get("disposals", []) if code not in known]
        self.fields["disposals"].choices = offered + [(code, label_of(code)) for code in past]
        self.fields["success_outcome"].choices = _success_choices()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self._in_order(values, "valid_from", "valid_to", _("The last day must be on or after the first day"))
        self._in_order(values, "min_age", "max_age", _("The highest age must be the lowest age or more"))
        self._in_order(
            values, "min_conditions", "max_conditions", _("The most conditions must be the fewest conditions or more")
        )
        self._check_duration(values)
        if values.get("without_offence") and values.get("confidentiality") != SchemeVersion.Confidentiality.VOLUNTARY:
            words = _("People with no offence alleged are helped in confidence: choose that police see nothing")
            self.add_error("without_offence", words)
        if not self.errors:
            self._check_outcome(values)
        if not self.errors:
            self._check_ages_fit(values)
        return values

    def _in_order(self, values: Mapping[str, Any], first: str, second: str, message: str) -> None:
        low, high = values.get(first), values.get(second)
        if low is not None and high is not None and high < low:
            self.add_error(second if second in self.fields else None, ValidationError(message, "order"))

    def _check_duration(self, values: dict[str, Any]) -> None:
        if values.get("duration_unit") == Unit.OPEN_ENDED:
            values["duration"] = None
        elif "duration" in values and values["duration"] is None:
            self.add_error("duration", _("Enter how long the agreement lasts, or choose “no fixed end”"))

    def _check_ages_fit(self, values: Mapping[str, Any]) -> None:
        lowest, highest = values["min_age"] or 0, values["max_age"] or legal.ADULT * 10
        for code in values["disposals"]:
            disposal = newest(code)
            if highest < disposal.age_min or lowest > (disposal.age_max or highest):
                words = {"resolution": disposal.label, "ages": _law_ages(disposal)}
                self.add_error("disposals", _("%(resolution)s is for %(ages)s: mend the ages or take it off") % words)

    def _check_outcome(self, values: dict[str, Any]) -> None:
        """The law says with what outcomes a kept deferral may close; anything else has one of its own."""
        number = int(values["success_outcome"]) if values["success_outcome"] else None
        values["success_outcome"] = number
        deferrals = [one for one in map(newest, values["disposals"]) if one.is_deferral]
        for disposal in deferrals if number else ():
            if number not in disposal.success_outcomes:
                allowed = _(" or ").join(map(str, disposal.success_outcomes))
                words = {"resolution": disposal.label, "outcomes": allowed}
                self.add_error("success_outcome", _("%(resolution)s, when kept, closes as %(outcomes)s") % words)

    def details(self, templates: Iterable[TemplateDetails], before: SchemeVersion | None = None) -> VersionDetails:
        """What the action needs; ``before`` is the version that is changed. Refused where it does not hold together."""
        given = self.cleaned_data
        document = typed_document(given, templates, name=given.get("name", ""), before=before.rules if before else None)
        first, last = given.get("valid_from") or clock.today(), given.get("valid_to")
        return VersionDetails(given["provider"], first, document, last, given["areas"], given["capacity"])


class TermsForm(RulesForm):
    """How a scheme runs. Who may enter stays as it is in ``latest``.

    It is changed in the policy editor, where the change is seen beforehand on past cases and signed by a second person.
    """

    def __init__(self, *args: Any, latest: SchemeVersion, **given: Any) -> None:
        """``given`` are further values that the page begins with."""
        super().__init__(*args, initial={**rules_of(latest), **given})
        self.latest = latest
        for name in WHO_MAY_ENTER:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        self.cleaned_data |= {"min_age": self.latest.min_age, "max_age": self.latest.max_age}
        return super().clean()

    def details(self, templates: Iterable[TemplateDetails], before: SchemeVersion | None = None) -> VersionDetails:
        return super().details(templates, before or self.latest)


class NewRulesForm(TermsForm):
    """New terms of a scheme that runs, from a date on."""

    valid_from = GovDateField(
        label=gettext_lazy("First day of these rules"), error_messages=required(gettext_lazy("Enter the first day"))
    )
    valid_to = GovDateField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Leave empty if no end is set.")
    )


class SchemeForm(RulesForm):
    """A new scheme: its name, and its first rules. Whoever signs them says from which day they apply."""

    name = forms.CharField(
        label=gettext_lazy("Name of the scheme"),
        max_length=120,
        error_messages=required(gettext_lazy("Enter the name of the scheme")),
    )


class PlannedForm(TermsForm, RevisionForm):
    """How a scheme that is being drafted is to run."""


class ConditionTemplateForm(forms.Form):
    """A condition that the scheme offers or asks of everybody; a form left as it was is passed over."""

    wording = forms.CharField(
        label=gettext_lazy("Wording"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("As the person agrees to it: “I will go to …”"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS, initial="course")
    object = forms.ChoiceField(label=gettext_lazy("What it is for"), choices=OBJECTS, initial="rehabilitative")
    due_days = whole_number(gettext_lazy("Days to do it"), least=1, most=1000)
    minimum_hours = whole_number(
        gettext_lazy("Fewest hours of work"), least=1, most=300, help_text=gettext_lazy("For unpaid or voluntary work.")
    )
    maximum_hours = whole_number(gettext_lazy("Most hours of work"), least=1, most=300)
    sessions = whole_number(
        gettext_lazy("Sessions to attend"),
        least=1,
        most=60,
        help_text=gettext_lazy("The agreement is kept only when as many are recorded as attended."),
    )
    is_mandatory = forms.BooleanField(label=gettext_lazy("Everybody on the scheme has this condition"), required=False)
    design = {
        **{name: {"width": 4} for name in ("due_days", "minimum_hours", "maximum_hours", "sessions")},
        "wording": {"optional": False},
    }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        fewest, most = values.get("minimum_hours"), values.get("maximum_hours")
        if (fewest or most) and values.get("kind") != ConditionType.UNPAID_WORK:
            self.add_error("minimum_hours", _("Hours go with unpaid or voluntary work: take them off this condition"))
        if fewest and most and fewest > most:
            self.add_error("maximum_hours", _("The most hours must be the fewest hours or more"))
        if self.has_changed() and not values.get("wording"):
            self.add_error("wording", _("Enter the wording, or remove this condition"))
        return values


class BaseConditions(forms.BaseFormSet):
    def clean(self) -> None:
        if len([form for form in self.forms if form.has_changed()]) > MOST_CONDITIONS:
            raise ValidationError(_("A scheme may offer 15 conditions at most"))

    def details(self) -> list[TemplateDetails]:
        """The conditions with a wording, in order."""
        return [TemplateDetails(**form.cleaned_data) for form in self.forms if form.cleaned_data.get("wording")]


ConditionsFormSet = forms.formset_factory(
    ConditionTemplateForm, formset=BaseConditions, extra=0, min_num=1, max_num=MOST_CONDITIONS, absolute_max=30
)


def rules_of(version: SchemeVersion) -> dict[str, Any]:
    """A version's rules, to begin new ones from; who may enter is not begun anew."""
    rules = version.rules
    names = [name for name in RulesForm.base_fields if name not in (*NOT_OF_VERSION, *WHO_MAY_ENTER, *OF_THE_CASE)]
    return {
        **{name: getattr(version, name) for name in names},
        "provider": version.provider_id,
        "must_refer": rules.must_refer,
        "variation_rank": _named_rank(rules.variation_rank),
        "breach_missed": rules.breach.missed,
        "breach_rank": _named_rank(rules.breach.rank),
        "breach_second_rank": str(rules.breach.second_rank or ""),
        "success_outcome": rules.on_success.outcome,
        "success_text": rules.on_success.text,
        "failure_text": rules.on_failure.text,
        "returns_to": list(rules.on_failure.returns_to),
    }


def _named_rank(named: str | None) -> str:
    """A sergeant, whom a scheme names, is the usual one."""
    return str(named or "") if str(named or "") in dict(VARIED_BY) else ""


def templates_of(version: SchemeVersion) -> list[dict[str, Any]]:
    """The conditions of a version, to begin new ones from."""
    return [
        {
            "wording": one.wording,
            "kind": one.type,
            "object": one.object,
            "due_days": days_of(one.due),
            "minimum_hours": one.minimum_hours,
            "maximum_hours": one.maximum_hours,
            "sessions": one.sessions,
            "is_mandatory": one.mandatory,
        }
        for one in version.rules.conditions
    ]


def _success_choices() -> list[tuple[str, str]]:
    """With what a kept deferral may close, by the law of today on all of them."""
    today = clock.today()
    numbers = sorted({number for one in legal.disposals_on(today) for number in one.success_outcomes})
    found = [(str(number), f"{number}: {all_outcomes()[number].name}") for number in numbers]
    return [("", _("As the law says")), *found]


def newest(code: str) -> disposals.Disposal:
    return disposals.catalogue()[disposals.DisposalCode(code)][-1]


def label_of(code: str) -> str:
    return newest(code).label


def _law_ages(disposal: disposals.Disposal) -> str:
    words = {"lowest": disposal.age_min, "highest": disposal.age_max}
    if disposal.age_max is None:
        return _("people aged %(lowest)d or over") % words
    return _("people aged %(lowest)d to %(highest)d") % words
