"""What is asked of the force and of members about a scrutiny panel."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.design_system.forms import GovDateField, required
from reporting.models import PanelFinding, PanelMember

#: What a member answers who may know somebody in a case.
ASIDE = "aside"


def _lines(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), **more)


class ConveneForm(forms.Form):
    """Who looks at a sample, who leads them, and when they meet."""

    members = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        label=_("Who sits on the panel?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages=required(_("Choose two members or more")),
    )
    chair = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Who takes the chair?"),
        error_messages=required(_("Choose who takes the chair")),
    )
    meets_on = GovDateField(
        label=_("When does the panel meet?"),
        help_text=_("Members find for themselves before that day."),
        error_messages=required(_("Enter the day on which the panel meets")),
    )

    def __init__(self, *args: Any, members: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("members", "chair"):
            field = self.fields[name]
            field.queryset = members
            field.label_from_instance = lambda user: f"{user.full_name}, {user.organisation}"


class DeclareForm(forms.Form):
    """Conflicts of interest, before anything is read."""

    interest = forms.ChoiceField(
        label=_("Do you have a conflict of interest?"),
        help_text=_("Work for the force or for a service it refers to, say. Of a single case you may stand aside."),
        choices=(
            (PanelMember.Interest.NONE, _("No, none that I know of")),
            (PanelMember.Interest.SOME, _("There is something that the force and the others should know")),
        ),
        widget=forms.RadioSelect,
        error_messages=required(_("Say whether you have a conflict of interest")),
    )
    words = _lines(_("What is it?"), max_length=500, required=False)

    design = {"interest": {"reveal": {"some": "words"}}}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("interest") == PanelMember.Interest.SOME and not data.get("words", "").strip():
            self.add_error("words", _("Say what it is"))
        return data


class FindForm(forms.Form):
    """What a member finds of a case, or that they stand aside."""

    finding = forms.ChoiceField(
        label=_("What do you find?"),
        choices=(*PanelFinding.choices, (ASIDE, _("I may know somebody in this case: I stand aside"))),
        widget=forms.RadioSelect,
        error_messages=required(_("Say what you find, or that you stand aside")),
    )
    words = _lines(
        _("Why"),
        help_text=_("Wherever it is not appropriate and consistent. The others read it once all findings are in."),
        max_length=1000,
        required=False,
    )

    design = {"words": {"optional": False}}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("finding", ASIDE) not in (ASIDE, PanelFinding.APPROPRIATE) and not data.get("words", "").strip():
            self.add_error("words", _("Say why, in a sentence"))
        return data

    @property
    def found(self) -> dict[str, str]:
        """As the action takes it."""
        given = self.cleaned_data
        return {"finding": "" if given["finding"] == ASIDE else given["finding"], "words": given["words"]}


class SettleForm(forms.Form):
    """What the panel found of a case."""

    finding = forms.ChoiceField(
        label=_("What did the panel find?"),
        choices=PanelFinding.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Say what the panel found")),
    )
    words = _lines(
        _("Why, for the officer in the case"),
        help_text=_("The officer reads this. Wherever it is not appropriate and consistent; name nobody."),
        max_length=1000,
        required=False,
    )

    design = {"words": {"optional": False}}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_plain = data.get("finding", PanelFinding.APPROPRIATE) == PanelFinding.APPROPRIATE
        if not is_plain and not data.get("words", "").strip():
            self.add_error("words", _("Say why: the officer in the case learns from it"))
        return data


class SetAsideForm(forms.Form):
    """That a case was not scrutinised: its button is all that is asked."""


class ReasonsForm(forms.Form):
    """The officer's reasons as the panel may read them."""

    text = _lines(
        _("The officer’s reasons, for the panel"),
        help_text=_("Read them through: leave out whatever could say who it is, who was harmed or who decided."),
        max_length=4000,
        required=False,
    )

    design = {"text": {"optional": False}}


class ActionForm(forms.Form):
    """What the force does about a finding; who answers for it, and by when."""

    action = _lines(
        _("What is done about it?"), max_length=500, error_messages=required(_("Say what is done about it"))
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
