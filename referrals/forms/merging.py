"""Two records of one person: which stays, how the person is reached, and how it is known; and parting them again."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Person
from diversion.design_system.forms import required
from diversion.searching import SearchField
from referrals.actions.merging import KEPT, OTHER


class OtherRecordForm(forms.Form):
    """Looks for the other record."""

    q = SearchField(
        label=gettext_lazy("Find the other record"),
        help_text=gettext_lazy("The beginning of any part of the name, a date of birth like 4/3/2001, or both."),
    )
    mark_optional = False


class MergeForm(forms.Form):
    """``this`` is the record that the page was opened from, ``other`` the one beside it."""

    stays = forms.ChoiceField(
        label=gettext_lazy("Which record stays"),
        help_text=gettext_lazy("The one whose name and date of birth are right: correct it first where neither is."),
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose which record stays")),
    )
    contact = forms.ChoiceField(
        label=gettext_lazy("How the person is reached from now on"),
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose how the person is reached")),
    )
    reason = forms.CharField(
        label=gettext_lazy("How you know that this is one person"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages=required(gettext_lazy("Say how you know that this is one person, in a sentence")),
    )

    design = {"reason": {"count": None}}

    def __init__(self, *args: Any, this: Person, other: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.this, self.other = this, other
        for name, words in (("stays", _("%(who)s, on the %(side)s")), ("contact", _("As on the %(side)s"))):
            self.fields[name].choices = [
                (str(one.pk), words % {"who": one, "side": side})
                for one, side in ((this, _("left")), (other, _("right")))
            ]

    @property
    def merged(self) -> dict[str, Any]:
        """What a valid form says, as the action takes it."""
        data = self.cleaned_data
        kept, other = (self.this, self.other) if data["stays"] == str(self.this.pk) else (self.other, self.this)
        contact = KEPT if data["contact"] == str(kept.pk) else OTHER
        return {"kept": kept, "other": other, "contact": contact, "reason": data["reason"]}


class SplitForm(forms.Form):
    """Why they are two people after all."""

    because = forms.CharField(
        label=gettext_lazy("Why these are two people after all"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        error_messages=required(gettext_lazy("Say why these are two people after all, in a sentence")),
    )

    design = {"because": {"count": None}}
