"""The wheel of needs, what came of them, and the two questions asked for monitoring. Nothing here must be answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from diversion import clock
from diversion.design_system.forms import GovDateField, VersionedForm
from referrals.actions.needs import OutcomeDetails
from referrals.codes import Answer, NeedDomain, NeedResult, Severity
from referrals.models import NeedOutcome

#: On a narrow screen the words stand once above the wheel, and stay with each level for whoever has it read out.
_WITH_WORDS = '{}<span class="app-wheel__words"> {}</span>'
_html = lazy(format_html, SafeString)
LEVELS = [("", _("Not asked")), *((level, _html(_WITH_WORDS, level, words)) for level, words in Severity.choices)]
NOTHING_YET = ("", _("Nothing yet"))
KEEP = "keep"
#: GSS harmonised standards "Long-lasting health conditions and illness" and "Activity restriction".
CONDITION = _(
    "Do you have any physical or mental health conditions or illnesses lasting or expected to last 12 months or more?"
)
EFFECT = _("Do any of your conditions or illnesses reduce your ability to carry out day-to-day activities?")


class ReviewForm(VersionedForm):
    """A level for each of the sixteen needs, as the last review left them."""

    def __init__(self, *args: Any, levels: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for domain, label in NeedDomain.choices:
            self.fields[domain] = forms.TypedChoiceField(
                label=label,
                choices=LEVELS,
                coerce=int,
                empty_value=None,
                required=False,
                initial=levels.get(domain, ""),
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Choose a level from 0 to 3, or “Not asked”")},
            )
        self.fields["rest"] = forms.BooleanField(
            label=_("Everything left at “Not asked” was asked about, and there is no need"), required=False
        )

    @property
    def key(self) -> list[tuple[int, str]]:
        """The levels and their words."""
        return [(level, str(words)) for level, words in Severity.choices]

    @property
    def wheel(self) -> list[forms.BoundField]:
        return [self[domain] for domain in NeedDomain.values]

    @property
    def levels(self) -> dict[str, int]:
        """Need -> level, of those that were asked about."""
        answered = {domain: self.cleaned_data[domain] for domain in NeedDomain.values}
        blank = Severity.NONE.value if self.cleaned_data["rest"] else None
        levels = {domain: blank if level is None else level for domain, level in answered.items()}
        return {domain: level for domain, level in levels.items() if level is not None}


class OutcomeForm(VersionedForm):
    """What came of one need; its prefix is the need's code."""

    result = forms.ChoiceField(choices=[NOTHING_YET, *NeedResult.choices], required=False, widget=forms.RadioSelect)
    met_on = GovDateField(
        label=_("On what day was it met?"), required=False, past=True, help_text=_("Leave it blank for today.")
    )
    service = forms.CharField(
        label=_("Which service?"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"list": "services", "autocomplete": "off"}),
        error_messages={"max_length": _("The name of the service must be %(limit_value)d characters or fewer")},
    )
    design = {
        "result": {"small": True, "reveal": {"met": "met_on"}, "label_size": "s", "optional": False},
        "met_on": {"optional": False},
        "service": {"width": 20},
    }

    def __init__(self, data: Any = None, *, domain: str, outcome: NeedOutcome | None) -> None:
        words = NeedDomain(domain).label
        values = {name: getattr(outcome, name) for name in ("result", "met_on", "service")} if outcome else {}
        super().__init__(data, prefix=domain, auto_id=f"{domain}-%s", initial=values)
        self.domain, self.stands = domain, outcome.version if outcome else 0
        self.fields["result"].label = format_lazy(_("What came of it: {need}"), need=words)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("result") != NeedResult.MET:
            values["met_on"] = None
        elif values.get("met_on") is None and "met_on" not in self.errors:
            values["met_on"] = clock.today()
        return values

    @property
    def details(self) -> OutcomeDetails:
        values = self.cleaned_data
        service = values["service"] if values["result"] else ""
        return OutcomeDetails(self.domain, values["result"], service, values["met_on"], values["version"])


def outcome_forms(
    found: Sequence[str], outcomes: Mapping[str, NeedOutcome], data: Mapping[str, Any] | None = None
) -> list[OutcomeForm]:
    """One for each need that was found."""
    return [OutcomeForm(data, domain=domain, outcome=outcomes.get(domain)) for domain in found]


class AnswersForm(VersionedForm):
    """Disability by the two questions of the harmonised standard, and care experience; only the answers are kept."""

    condition = forms.ChoiceField(label=CONDITION, widget=forms.RadioSelect, required=False)
    effect = forms.ChoiceField(
        label=EFFECT,
        choices=[("lot", _("Yes, a lot")), ("little", _("Yes, a little")), ("none", _("Not at all"))],
        widget=forms.RadioSelect,
        required=False,
    )
    care_experience = forms.ChoiceField(
        label=_("Were you ever in care as a child?"),
        choices=Answer.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text=_(
            "That is, looked after by a local authority: with foster carers, in a children’s home, or with relatives "
            "or friends whom the council had asked."
        ),
    )
    design = {
        "condition": {"small": True, "reveal": {"yes": "effect"}, "label_size": "m", "optional": False},
        "effect": {"small": True, "optional": False},
        "care_experience": {"small": True, "label_size": "m", "optional": False},
    }

    def __init__(self, *args: Any, disability: str = Answer.UNKNOWN, care_experience: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.disability_on_record = disability
        kept = {Answer.YES: _("As recorded: disabled"), Answer.NO: _("As recorded: not disabled")}
        keep = [(KEEP, kept[Answer(disability)])] if disability in kept else []
        self.fields["condition"].choices = [*keep, *Answer.choices]
        self.initial = {"condition": KEEP if keep else disability, "care_experience": care_experience, **self.initial}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("condition") == Answer.YES and not values.get("effect") and "effect" not in self.errors:
            message = _("Choose whether it reduces what the person can do, or another answer to the first question")
            self.add_error("effect", ValidationError(message, "required"))
        return values

    @property
    def answers(self) -> dict[str, str]:
        """The answers that are kept. Disabled is who has such a condition that reduces day-to-day activities."""
        condition = self.cleaned_data["condition"] or Answer.UNKNOWN
        if condition == KEEP:
            condition = self.disability_on_record
        elif condition == Answer.YES and self.cleaned_data["effect"] == "none":
            condition = Answer.NO
        return {"disability": condition, "care_experience": self.cleaned_data["care_experience"] or Answer.UNKNOWN}
