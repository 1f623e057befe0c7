"""The conditions of an agreement: those of the scheme, and free ones such as an apology or compensation."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.law.codes import ConditionObject, ConditionType
from diversion import clock
from diversion.design_system.forms import GovDateField, required
from diversion.design_system.wording import long_date, money
from referrals.models import ConditionTemplate, SchemeVersion
from referrals.schemes import length
from referrals.schemes.adopted import hours_fault
from referrals.schemes.condition_words import (
    ADDED_BY_OFFICERS,
    FOR_PARTNER,
    IN_HOURS,
    IN_POUNDS,
    LABELS,
    USUAL_OBJECTS,
    WORDINGS,
    ConditionDetails,
    with_quantity,
    word_of,
)

MOST_FREE = 5
USUAL_DAYS = 28


class ConditionForm(forms.Form):
    """What a condition of either sort asks: wording, last day, and hours or pounds where its kind has them."""

    wording = forms.CharField(label=gettext_lazy("Wording"), max_length=300, required=False)
    due_on = GovDateField(
        label=gettext_lazy("To be done by"), error_messages=required(gettext_lazy("Enter the day it is to be done by"))
    )
    quantity = forms.DecimalField(
        label=gettext_lazy("Hours or pounds"),
        help_text=gettext_lazy("Hours of unpaid work, or pounds of compensation or penalty."),
        min_value=Decimal("0.01"),
        max_value=Decimal("100000"),
        decimal_places=2,
        required=False,
        error_messages={
            "invalid": gettext_lazy("Hours or pounds must be a number, such as 12 or 25.50"),
            "min_value": gettext_lazy("Hours or pounds must be more than 0"),
        },
    )

    @property
    def is_own_wording(self) -> bool:
        """Whether the officer has written what the person agrees to, in place of words that name nobody."""
        raise NotImplementedError

    def details(self) -> ConditionDetails:
        """For the action."""
        raise NotImplementedError

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < clock.today():
            raise forms.ValidationError(_("A condition must be due today or later: change its date"))
        return day

    def check_ends(self, last: date | None) -> None:
        """A condition may not run on after the agreement: ``last`` is the agreement's last day."""
        due = self.cleaned_data.get("due_on")
        if last is not None and due is not None and due > last:
            words = _("The agreement ends on %(day)s: the condition must be done by then")
            self.add_error("due_on", words % {"day": f"{last:%-d %B %Y}"})

    def check_victims(self, names: Iterable[str]) -> None:
        """Where the partner reads the wording, it may hold no word of a victim's name."""
        details = self.details()
        if details.partner_wording or not self.is_own_wording:
            return
        if found := next((word for name in names if (word := word_of(name, details.wording))), ""):
            words = _("The partner reads this wording, and may not learn who the victim is: take out “%(word)s”")
            self.add_error("wording", words % {"word": found})

    def _with_quantity(self, wording: str, kind: str) -> str:
        """The amount belongs in the agreement that the person keeps, so it stands in the wording."""
        amount = self.cleaned_data.get("quantity")
        if amount is None or kind not in (*IN_HOURS, *IN_POUNDS):
            return wording
        shown = _("%(count)g hours") % {"count": amount} if kind in IN_HOURS else money(amount)
        return with_quantity(wording, shown)


class TemplateConditionForm(ConditionForm):
    """A condition that the scheme offers or requires. A required one has no tick box: it always stands."""

    use = forms.BooleanField(required=False)

    #: Whether a victim has asked for what this condition does.
    is_asked_for = False

    def __init__(self, *args: Any, template: ConditionTemplate, version: SchemeVersion, **kwargs: Any) -> None:
        self.template = template
        kwargs.setdefault("prefix", f"template-{template.pk}")
        kwargs["initial"] = {
            "use": template.is_mandatory,
            "wording": template.wording,
            "due_on": due_of(template, version),
        }
        super().__init__(*args, **kwargs)
        self.fields["use"].label = template.wording
        if template.is_mandatory:
            del self.fields["use"]
        if template.kind not in (*IN_HOURS, *IN_POUNDS):
            del self.fields["quantity"]
        else:
            self.fields["quantity"].label = _("Hours") if template.kind in IN_HOURS else _("Pounds")
            self.fields["quantity"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """Hours are those that the scheme asks; what was typed wrongly has its own words already."""
        template, hours = self.template, self.cleaned_data.get("quantity")
        fault = hours_fault(template.minimum_hours, template.maximum_hours, hours)
        if fault and "quantity" not in self.errors:
            self.add_error("quantity", fault)
        return self.cleaned_data

    @property
    def is_chosen(self) -> bool:
        """Whether the condition stands in the agreement as the form is now."""
        return self.template.is_mandatory or bool(self["use"].value())

    @property
    def due_in_words(self) -> str:
        """The last day as typed, for the line that folds it away; as the scheme has it where that is no date."""
        field = self.fields["due_on"]
        try:
            return long_date(field.clean(self["due_on"].value()))
        except forms.ValidationError:
            return long_date(self.initial["due_on"])

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.is_chosen:
            self._errors = forms.utils.ErrorDict()  # what was not chosen need not be right

    @property
    def is_own_wording(self) -> bool:
        return self.cleaned_data.get("wording") not in ("", None, self.template.wording)

    def details(self) -> ConditionDetails:
        wording = self.cleaned_data.get("wording") or self.template.wording
        rewritten = wording != self.template.wording and self.template.kind in FOR_PARTNER
        return ConditionDetails(
            kind=self.template.kind,
            object=self.template.object,
            wording=self._with_quantity(wording, self.template.kind),
            due_on=self.cleaned_data["due_on"],
            partner_wording=self._with_quantity(self.template.wording, self.template.kind) if rewritten else "",
            sessions=self.template.sessions,
        )


class FreeConditionForm(ConditionForm):
    """A condition of the officer's own; a row without a kind is passed over."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Another condition"),
        choices=[("", gettext_lazy("None")), *((code.value, LABELS[code]) for code in ADDED_BY_OFFICERS)],
        required=False,
    )
    field_order = ("kind", "wording", "quantity", "due_on")

    design = {"quantity": {"width": 5}, "kind": {"optional": False}, "wording": {"optional": False}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = usual_due

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self["kind"].value():
            self._errors = forms.utils.ErrorDict()

    @property
    def is_chosen(self) -> bool:
        return bool(self["kind"].value())

    @property
    def is_own_wording(self) -> bool:
        return bool(self.cleaned_data.get("wording"))

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data.get("kind")
        if chosen and chosen not in WORDINGS and not self.cleaned_data.get("wording"):
            self.add_error("wording", _("Say what the person agreed to do"))
        if (
            chosen == ConditionType.COMPENSATION
            and not self.cleaned_data.get("quantity")
            and "quantity" not in self.errors
        ):
            self.add_error("quantity", _("Enter how many pounds of compensation were agreed"))
        return self.cleaned_data

    def details(self) -> ConditionDetails:
        kind = ConditionType(self.cleaned_data["kind"])
        wording = self.cleaned_data["wording"] or str(WORDINGS.get(kind, ""))
        for_partner = str(FOR_PARTNER.get(kind, ""))
        return ConditionDetails(
            kind=kind.value,
            object=USUAL_OBJECTS.get(kind, ConditionObject.REHABILITATIVE).value,
            wording=self._with_quantity(wording, kind),
            due_on=self.cleaned_data["due_on"],
            partner_wording=self._with_quantity(for_partner, kind) if for_partner not in ("", wording) else "",
        )


FreeConditionFormSet = forms.formset_factory(
    FreeConditionForm, extra=0, min_num=1, max_num=MOST_FREE, absolute_max=MOST_FREE
)


def usual_due() -> date:
    """Four weeks on: the last day of a free condition unless the officer says otherwise."""
    return clock.today() + timedelta(days=USUAL_DAYS)


def due_of(template: ConditionTemplate, version: SchemeVersion) -> date:
    """The last day of a template's condition agreed today: its own, and never after the agreement's end."""
    today = clock.today()
    end = length.end_of(version, today)
    own = today + timedelta(days=template.due_days) if template.due_days else end or usual_due()
    return min(own, end) if end else own


def chosen_of(forms_of_both: Sequence[TemplateConditionForm | FreeConditionForm]) -> list[Any]:
    """The forms whose condition stands in the agreement."""
    return [form for form in forms_of_both if form.is_chosen]
