"""Why a decision is withdrawn on which nobody has acted yet."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.withdrawing import TakenBack
from cases.models import Withdrawal
from diversion.design_system.forms import VersionedForm, required

Reason = Withdrawal.Reason


class WithdrawForm(VersionedForm):
    """The reason, in a code and in words. ``left_open``: nothing was decided, so that only the record can be wrong."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose why")),
    )
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        help_text=gettext_lazy("For another reason say which. Where it stands in another case, give its reference."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    design = {"words": {"count": None}}

    def __init__(self, *args: Any, left_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if left_open and not self.is_bound:  # what was sent before it was left open is said once more, and is done
            self.fields["reason"].choices = [(one.value, one.label) for one in Withdrawal.CLOSES]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("reason") == Reason.OTHER and not data.get("words", "").strip():
            self.add_error("words", _("Say why it is withdrawn, in a sentence"))
        return data

    def why(self) -> TakenBack:
        """For the action."""
        return TakenBack(self.cleaned_data["reason"], self.cleaned_data["words"])
