"""Forms of the administrator's pages."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.accounts.actions.users import UserDetails
from diversion.accounts.confirming import ConfirmedForm
from diversion.accounts.models import Role, Team, User, Vetting
from diversion.accounts.queries import roles_for, teams_for
from diversion.design_system.forms import GovDateField, required
from diversion.searching import few_words


class UserForm(forms.Form):
    """Who somebody is and what they may do, within the administrator's own organisation."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=required(_("Enter the full name")),
    )
    rank = forms.ChoiceField(label=_("Rank"), choices=User.Rank, required=False)
    collar_number = forms.CharField(label=_("Collar number"), max_length=20, required=False)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("No team")
    )
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"),
        queryset=Role.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a role somebody can sign in, and open nothing."),
    )
    design = {"roles": {"small": True}, "collar_number": {"width": 10}}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].queryset = roles_for(by)
        self.fields["team"].queryset = teams_for(by)
        if not by.is_police:
            del self.fields["rank"], self.fields["collar_number"]

    def details(self) -> UserDetails:
        """What the actions need."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("email", "roles")}
        return UserDetails(**given, roles=list(self.cleaned_data["roles"]))


class NewUserForm(UserForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages=required(
            _("Enter the e-mail address"), invalid=_("Enter an e-mail address, like name@example.org")
        ),
    )
    field_order = ["full_name", "email"]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class ApprovalForm(ConfirmedForm):
    """The second person's answer, given by a button: to approve takes their password, to refuse does not."""

    def needs_password(self) -> bool:
        return self.data.get("decision") == "approve"


class EndSessionsForm(ConfirmedForm):
    """Which of one's other sign-ins to end; the password is asked for unless it was given lately."""

    ends = forms.MultipleChoiceField(
        label=_("Where do you want to be signed out?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages=required(_("Choose where you want to be signed out"))
        | {"invalid_choice": _("One of them has ended already: choose among those that are left")},
    )

    def __init__(self, *args: Any, others: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["ends"]).choices = others


class TrainingForm(forms.Form):
    """That somebody was trained, and how long it counts."""

    trained_on = GovDateField(
        label=_("Trained on"), past=True, error_messages=required(_("Enter the day of the training"))
    )
    counts_until = GovDateField(
        label=_("It counts until"), error_messages=required(_("Enter the last day on which it counts"))
    )


class VettingForm(forms.Form):
    """How somebody who is no police officer is vetted, and until when."""

    vetting = forms.ChoiceField(
        label=_("Vetted to"),
        choices=[("", _("Choose one")), *Vetting.choices],
        error_messages=required(_("Choose the level of vetting")),
    )
    vetted_until = GovDateField(
        label=_("Its last day"), error_messages=required(_("Enter the last day of the vetting"))
    )


class ActingForm(forms.Form):
    """A higher rank in which somebody acts for some days."""

    rank = forms.ChoiceField(
        label=_("Acting as"),
        choices=[
            ("", _("Choose one")),
            *((rank.value, rank.label) for rank in User.Rank if rank not in (User.Rank.NONE, User.Rank.CONSTABLE)),
        ],
        error_messages=required(_("Choose the rank in which they act")),
    )
    acting_from = GovDateField(label=_("First day"), error_messages=required(_("Enter the first day")))
    acting_until = GovDateField(label=_("Last day"), error_messages=required(_("Enter the last day")))


class UserFilterForm(forms.Form):
    text = forms.CharField(
        label=_("Name or e-mail address"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The beginning of any part of it is enough."),
        validators=[few_words],
    )
    status = forms.ChoiceField(
        label=_("Account"),
        required=False,
        choices=[("", _("Any")), ("active", _("Can sign in")), ("disabled", _("Disabled, or vetting has ended"))],
    )
    mark_optional = False
    kept = ("text",)


def details_of(user: User) -> dict[str, Any]:
    """What a form about ``user`` begins with."""
    return {
        "full_name": user.full_name,
        "rank": user.rank,
        "collar_number": user.collar_number,
        "team": user.team_id,
        "roles": [role.pk for role in user.roles.all()],
    }
