"""What is asked about a person: names, date of birth, monitoring answers, and how they are reached."""

from django import forms
from django.utils.translation import gettext_lazy

from cases.codes import EthnicitySaid, OfficerDefinedEthnicity, SafeTexts, SelfDefinedEthnicity, Sex
from cases.models import Person
from diversion.design_system.forms import GovDateField, in_letters, required
from referrals.forms.person_values import ethnicity_choices

#: Answers about texts that only a worker hears.
BY_WORKER = (SafeTexts.STOPPED, SafeTexts.WRONG)


class PersonFields(forms.Form):
    """The questions alone; `referrals.forms.person` knows what the answers mean together."""

    existing = forms.ModelChoiceField(
        Person.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": gettext_lazy("That record is not there any more: search for the person.")},
    )
    # The version of that record when its details were put on the page, so that nothing changed since is undone.
    person_version = forms.IntegerField(
        required=False,
        widget=forms.HiddenInput,
        max_value=2**31 - 1,
        error_messages=dict.fromkeys(("invalid", "max_value"), gettext_lazy("Search for the person again.")),
    )
    corrects = forms.BooleanField(
        label=gettext_lazy("Correct the name or date of birth of this record"), required=False
    )
    same_person = forms.ChoiceField(
        label=gettext_lazy("Is this the same person?"), required=False, widget=forms.RadioSelect
    )
    given_names = forms.CharField(
        label=gettext_lazy("Given names"),
        max_length=150,
        validators=[in_letters],
        error_messages=required(gettext_lazy("Enter given names")),
    )
    family_name = forms.CharField(
        label=gettext_lazy("Family name"),
        max_length=150,
        validators=[in_letters],
        error_messages=required(gettext_lazy("Enter a family name")),
    )
    date_of_birth = GovDateField(
        label=gettext_lazy("Date of birth"),
        help_text="",
        past=True,
        error_messages=required(gettext_lazy("Enter the date of birth")),
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        choices=Sex.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose the person’s sex")),
    )
    ethnicity = forms.ChoiceField(
        label=gettext_lazy("Ethnicity, as the person describes it"),
        help_text=gettext_lazy("Ask the person to choose from the card; do not choose for them."),
        choices=ethnicity_choices,
        error_messages=required(
            gettext_lazy("Choose the ethnicity that the person gave, or the reason why there is none")
        ),
    )
    ethnicity_said = forms.ChoiceField(
        label=gettext_lazy("Ethnicity, as they described it before"),
        help_text=gettext_lazy("If they say something else, change it under “Check or change these details”."),
        choices=EthnicitySaid.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    carried_answer = forms.ChoiceField(
        label=gettext_lazy("Their answer in the earlier record"),
        choices=[("", "---------"), *SelfDefinedEthnicity.choices],
        required=False,
    )
    carried_source = forms.CharField(
        label=gettext_lazy("Which record it was"),
        help_text=gettext_lazy("For example: custody record"),
        max_length=100,
        required=False,
    )
    carried_on = GovDateField(label=gettext_lazy("When they gave that answer"), help_text="", past=True, required=False)
    officer_defined = forms.ChoiceField(
        label=gettext_lazy("Officer-defined ethnicity"),
        help_text=gettext_lazy("Secondary, and never used in place of the person’s own answer."),
        choices=[("", "---------"), *OfficerDefinedEthnicity.choices],
        required=False,
    )
    telephone = forms.CharField(
        label=gettext_lazy("Telephone"),
        widget=forms.TextInput(attrs={"placeholder": " "}),  # the page's style asks by it whether there is a number
        max_length=30,
        required=False,
    )
    safe_contact = forms.CharField(
        label=gettext_lazy("Safe ways to make contact"),
        help_text=gettext_lazy("For example: not after 6pm"),
        max_length=200,
        required=False,
    )
    safe_contact_texts = forms.ChoiceField(
        label=gettext_lazy("Is a text safe as a reminder?"),
        help_text=gettext_lazy("It says the day and time, and no more."),
        choices=[one for one in SafeTexts.choices if one[0] not in BY_WORKER],
        required=False,
    )
    needs_interpreter = forms.CharField(
        label=gettext_lazy("Language, if an interpreter is needed"), max_length=60, required=False
    )

    design = {
        "sex": {"inline": True, "small": True},
        "ethnicity_said": {"inline": True, "small": True, "optional": False},
        "same_person": {"small": True, "optional": False},
        "date_of_birth": {"optional": False, "width": 20},
        "telephone": {"width": 20},
        "needs_interpreter": {"width": 20},
        "safe_contact_texts": {"optional": False},
    }

    def clean_safe_contact_texts(self) -> str:
        """A yes is said of a number: where that was emptied the page does not show the question, and nobody said it."""
        texts = SafeTexts(self.cleaned_data["safe_contact_texts"])
        return "" if texts.is_yes and not self.cleaned_data.get("telephone") else texts.value
