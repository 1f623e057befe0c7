"""Whether an agreement was broken: why it is asked, both sides, and the decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import legal
from diversion.accounts.confirming import ConfirmedForm
from diversion.design_system.forms import GovDateField, VersionedForm, required
from referrals.actions.breaching import Ruling
from referrals.actions.letting_go import Signed
from referrals.codes import AccountHow, BreachTrigger, BreachWay
from referrals.forms.naming_prosecutor import DESIGN, NamesProsecutor, prosecutor_fields
from referrals.judging.variation import is_conditional
from referrals.models import Breach

#: Not what police alone begin it by, nor what follows by itself.
TRIGGERS = [one for one in BreachTrigger.choices if one[0] not in (BreachTrigger.ENDED, BreachTrigger.OFFENCE)]


class PutForm(forms.Form):
    """The worker puts it to police."""

    trigger = forms.ChoiceField(
        label=gettext_lazy("Why do you ask?"),
        choices=TRIGGERS,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose why it is asked whether the agreement is kept")),
    )
    seen = forms.IntegerField(
        widget=forms.HiddenInput, error_messages=required(gettext_lazy("Open this page again, then try once more."))
    )
    design = {"trigger": {"small": True}}


class AccountForm(VersionedForm):
    """The person's side."""

    how = forms.ChoiceField(
        label=gettext_lazy("What does the person say?"),
        choices=AccountHow.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what came of asking them")),
    )
    account = forms.CharField(
        label=gettext_lazy("In their own words"),
        help_text=gettext_lazy(
            "Read it to them first: the police read this. Nothing that they told you in confidence."
        ),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    adult = forms.CharField(
        label=gettext_lazy("Appropriate adult who was with them"),
        help_text=gettext_lazy("A child is asked with a parent, guardian or another adult for them: the full name."),
        required=False,
        max_length=150,
    )
    design: dict[str, Any] = {
        "adult": {"optional": False},
        "how": {"small": True, "reveal": {AccountHow.SAID.value: "account"}},
        "account": {"optional": False, "count": None},
    }

    def __init__(self, *args: Any, is_child: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_child:
            del self.fields["adult"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        asked = values.get("how") in (AccountHow.SAID, AccountHow.NOTHING)
        if "adult" in self.fields and asked and not values.get("adult", "").strip():
            self.add_error("adult", _("Name the appropriate adult who was with the child"))
        if values.get("how") == AccountHow.SAID and not values.get("account", "").strip():
            self.add_error("account", _("Write what they say, in their own words"))
        return values


class OfficersAccountForm(AccountForm):
    """The same, noted by police: where a partner helps, its worker reads it as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("Read it to them first. A partner who helps reads it too: nothing about a victim.")
        self.fields["account"].help_text = words
        self.fields["how"].help_text = _(
            "Only their own words end the days that they have: not that you did not reach them, nor that they told the"
            " police nothing."
        )


class AdviceForm(VersionedForm):
    """What the worker recommends."""

    advice = forms.ChoiceField(
        label=gettext_lazy("What do you recommend?"),
        choices=BreachWay.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what you recommend")),
    )
    why = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("The police read this: what the person has done and can still do. No notes."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required(gettext_lazy("Say why, in a sentence")),
    )
    design = {"advice": {"small": True}, "why": {"count": None}}


class DecideBreachForm(ConfirmedForm, NamesProsecutor, VersionedForm):
    """The decision. What is asked beside it depends on who looks after the agreement, and on whose decision it is."""

    way = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=BreachWay.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what is done")),
    )
    new_day = GovDateField(
        label=gettext_lazy("If it goes on: by when is it to be done?"),
        help_text=gettext_lazy("No partner looks after it: what was not done is to be done by that day."),
        required=False,
    )
    signed_on = GovDateField(
        label=gettext_lazy("If it goes on: the day on which the person signed that new day"),
        help_text=gettext_lazy("It is a conditional caution: nobody moves a day without the person’s signature."),
        past=True,
        required=False,
    )
    signed_with = forms.CharField(
        label=gettext_lazy("If it goes on: the appropriate adult who signed with the child"),
        required=False,
        max_length=150,
    )
    told = forms.CharField(
        label=gettext_lazy("What are the worker and the person told?"),
        help_text=gettext_lazy("The partner reads this: nothing about a victim or about earlier dealings with police."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    rationale = forms.CharField(
        label=gettext_lazy("Your reason"),
        help_text=gettext_lazy("Only police read it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required(gettext_lazy("Say why, in a sentence")),
    )
    prosecutor, prosecutor_on, prosecutor_reference = prosecutor_fields()

    youth_justice = forms.CharField(
        label=gettext_lazy("If it is prosecuted: whom did you tell in youth justice?"),
        help_text=gettext_lazy("The name and the service. A child is not prosecuted before they know of it."),
        max_length=150,
        required=False,
    )

    design: dict[str, Any] = {
        "way": {"small": True},
        "new_day": {"optional": False},
        "signed_on": {"optional": False},
        "signed_with": {"optional": False},
        "told": {"optional": False, "count": None},
        "rationale": {"count": None},
        "youth_justice": {"optional": False},
        **DESIGN,
    }

    def __init__(self, *args: Any, breach: Breach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = breach.referral.scheme_version if breach.referral else None
        if version and (text := version.rules.on_failure.text):
            self.fields["way"].help_text = _("%(scheme)s, if it is not kept: %(text)s") % {
                "scheme": version.scheme.name,
                "text": text,
            }
        has_partner = breach.referral_id is not None
        unneeded = ["new_day"] if has_partner else ["told"]
        is_signed = not has_partner and is_conditional(breach.case)
        unneeded += [] if is_signed else ["signed_on"]
        is_child = legal.is_child(breach.case)
        unneeded += [] if is_signed and is_child else ["signed_with"]
        unneeded += [] if is_child else ["youth_justice"]
        for name in unneeded:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("way") in (BreachWay.EXCUSE, BreachWay.VARY):
            if "told" in self.fields and not values.get("told", "").strip():
                self.add_error("told", _("Say what the worker and the person are told, in a sentence"))
            if "new_day" in self.fields and "new_day" not in self.errors and not values.get("new_day"):
                self.add_error("new_day", _("Enter the day by which it is to be done"))
            if "signed_on" in self.fields and "signed_on" not in self.errors and not values.get("signed_on"):
                self.add_error("signed_on", _("Enter the day on which the person signed it"))
        is_childs = "youth_justice" in self.fields and values.get("way") == BreachWay.PROSECUTE
        if is_childs and not values.get("youth_justice", "").strip():
            self.add_error("youth_justice", _("Say whom you told in youth justice"))
        return values

    @property
    def ruling(self) -> Ruling:
        """What the action takes, of a form that is valid."""
        given = self.cleaned_data
        return Ruling(
            way=given["way"],
            rationale=given["rationale"],
            told=given.get("told", ""),
            new_day=given.get("new_day"),
            prosecutor=self.by_prosecutor,
            youth_justice=given.get("youth_justice", ""),
            signed=Signed(given.get("signed_on"), given.get("signed_with", "")),
        )


class SignForm(ConfirmedForm, VersionedForm):
    """The second signature."""

    SIGN, REFUSE = "sign", "refuse"

    decision = forms.ChoiceField(
        label=gettext_lazy("Do you agree that it is prosecuted?"),
        choices=[(SIGN, gettext_lazy("Yes, I sign it")), (REFUSE, gettext_lazy("No: it is to be decided anew"))],
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose whether you sign it")),
    )
    rationale = forms.CharField(
        label=gettext_lazy("Your reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required(gettext_lazy("Say why, in a sentence")),
    )
    design = {"decision": {"inline": True}, "rationale": {"count": None}}
