"""Forms in which somebody says what they found, or will do: notes, dip samples, and what was issued alone."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.design_system.forms import GovDateField, required
from referrals.forms.fields import whole_number
from reporting.actions.sampling import MOST
from reporting.models import AloneItem, DipSample


class NoteForm(forms.Form):
    """What explains a difference, or what the force will change; who answers for it, and by when."""

    kind = forms.ChoiceField(
        label=_("Explain or reform?"),
        choices=(("explain", _("Explain: why the difference is as it is")), ("reform", _("Reform: what will change"))),
        widget=forms.RadioSelect,
        error_messages=required(_("Say whether you explain the difference or change what makes it")),
    )
    text = forms.CharField(
        label=_("What explains it, or what will change?"),
        help_text=_("Do not name anybody who was considered."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages=required(_("Write what explains it, or what will change")),
    )
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Who answers for it?"),
        error_messages=required(_("Choose who answers for it")),
    )
    due_on = GovDateField(label=_("By when?"), error_messages=required(_("Enter the day by which it is due")))

    def __init__(self, *args: Any, owners: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners
        self.fields["owner"].label_from_instance = lambda user: user.full_name


class DrawForm(forms.Form):
    """Of whom a dip sample is drawn, how many of each group, and by which seed."""

    of = forms.ChoiceField(
        label=_("Of whom?"),
        choices=DipSample.Of.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose of whom the sample is")),
    )
    size = whole_number(
        _("How many of each group"),
        least=1,
        most=MOST,
        required=True,
        help_text=_("All of a group in which there are fewer."),
    )
    seed = forms.CharField(
        label=_("Seed"),
        help_text=_("Leave it empty, so that nobody chooses. To draw what somebody else drew, enter their seed."),
        max_length=40,
        required=False,
    )

    design = {"seed": {"width": 20}, "size": {"width": 3}}


class DipFindingForm(forms.Form):
    """What was found of one case or suspect of a dip sample."""

    finding = forms.ChoiceField(
        label=_("What do you find?"),
        widget=forms.RadioSelect,
        error_messages=required(_("Say what you find, or go back to the sample")),
    )
    WORDS = {
        "would_have_offered": _("I would have offered a resolution"),
        "otherwise": _("I would have decided otherwise"),
        "not_enough": _("There is not enough on record to say"),
    }

    def __init__(self, *args: Any, sample: DipSample, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = sample.of == DipSample.Of.OFFERED
        agree = _("I agree that a resolution was offered") if offered else _("I agree that nothing was offered")
        self.fields["finding"].choices = [(str(one), self.WORDS.get(one, agree)) for one in sample.findings]


class AloneFindingForm(forms.Form):
    """What was found of one case that a constable issued alone."""

    finding = forms.ChoiceField(
        label=_("What do you find?"),
        choices=AloneItem.Finding.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Say what you find, or go back to the sample")),
    )
    note = forms.CharField(
        label=_("Why"),
        help_text=_("Wherever it was not right, or not enough is on record."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    design = {"note": {"optional": False}}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("finding", "right") != "right" and not data.get("note", "").strip():
            self.add_error("note", _("Say why, in a sentence"))
        return data
