"""What a young person agrees with their worker: what a parent or carer may be told, and what follows at 18."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.design_system.forms import VersionedForm
from referrals.codes import TELLS, After18, MayBeTold


class ParentRuleForm(VersionedForm):
    adult = forms.CharField(label=_("Parent or carer: name"), max_length=150, required=False)
    may_be_told = forms.ChoiceField(
        label=_("What may they be told?"),
        choices=[*MayBeTold.choices, ("", _("Not asked yet: nothing is told"))],
        widget=forms.RadioSelect,
        required=False,
    )
    after_18 = forms.ChoiceField(
        label=_("Which support do they want once they are 18?"),
        help_text=_("What they agreed to stays as it is, and so does who helps them."),
        choices=[*After18.choices, ("", _("Not asked, or not decided yet"))],
        widget=forms.RadioSelect,
        required=False,
    )
    also_after_18 = forms.BooleanField(
        label=_("They agree that it goes on so after their 18th birthday: what a parent is told, and texts"),
        required=False,
    )
    design = {
        "adult": {"optional": False, "width": 20},
        "may_be_told": {"small": True, "optional": False},
        "after_18": {"small": True, "optional": False},
    }

    def __init__(self, *args: Any, asks_after: bool, **kwargs: Any) -> None:
        """``asks_after``: whether the birthday is near enough to ask what follows it."""
        super().__init__(*args, **kwargs)
        if not asks_after:
            del self.fields["after_18"], self.fields["also_after_18"]

    def clean(self) -> dict[str, Any]:
        """What is not asked stays as it was."""
        values = super().clean() or self.cleaned_data
        if values.get("may_be_told") in TELLS and not values.get("adult"):
            self.add_error("adult", _("Name the parent or carer who may be told"))
        return {name: self.initial[name] for name in ("after_18", "also_after_18")} | values
