"""The number of a crime that had none when it was recorded."""

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.design_system.forms import required


class CrimeNumberForm(forms.Form):
    number = forms.CharField(
        label=_("Crime number"),
        help_text=_("As the force’s record system has it now."),
        max_length=40,
        error_messages=required(_("Enter the crime number")),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    design = {"number": {"width": 20}}
