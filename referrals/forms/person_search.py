"""The box above the page "Record a decision": a crime by its number, or somebody on record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from diversion.searching import SearchField


class SearchBox(forms.TextInput):
    input_type = "search"


class PersonSearchForm(forms.Form):
    """Looks for a crime by its number, or for somebody on record before another record of them is made."""

    kept = ("q",)
    q = SearchField(
        label=gettext_lazy("Find the crime or the person first"),
        help_text=gettext_lazy(
            "A crime number like AV/1234/26; or the beginning of any part of the name, a date of birth like"
            " 4/3/2001, or both."
        ),
        widget=SearchBox(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self["q"].value():
            self.fields["q"].widget.attrs["autofocus"] = True
