"""What one may ask the access log."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.accounts.models import User
from diversion.audit.queries import UNUSUAL, Search
from diversion.design_system.forms import CatalogueSelect, GovDateField
from diversion.searching import SearchField

NATURES = [
    ("collection", gettext_lazy("Collection: something was recorded")),
    ("alteration", gettext_lazy("Alteration: something was changed")),
    ("consultation", gettext_lazy("Consultation: something was looked at")),
    ("disclosure", gettext_lazy("Disclosure: something was passed on")),
    ("combination", gettext_lazy("Combination: records were joined")),
    ("erasure", gettext_lazy("Erasure: something was removed")),
    ("security", gettext_lazy("Security: sign-ins and refusals")),
    ("administration", gettext_lazy("Administration: users, schemes and reports")),
]
UNUSUAL_WORDS = gettext_lazy("Unusual access")


# The log has no day outside these, and at the ends of the calendar a day more or less is no date.
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


class LogForm(forms.Form):
    """What is asked of the log; ``person`` is somebody chosen from those whom a name found."""

    kept = ("name",)
    person = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    name = SearchField(
        label=gettext_lazy("Name or date of birth of the person"),
        help_text=gettext_lazy("Shows everybody who looked at what is held of them, partners too."),
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference of a case or referral"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Shows everybody who looked at it, partners too."),
    )
    user = forms.ModelChoiceField(
        label=gettext_lazy("User"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Everybody"),
        widget=CatalogueSelect,
    )
    nature = forms.ChoiceField(
        label=gettext_lazy("What was done"),
        choices=[("", gettext_lazy("Anything")), (UNUSUAL, UNUSUAL_WORDS), *NATURES],
        required=False,
    )
    first = GovDateField(label=gettext_lazy("From"), required=False, earliest=EARLIEST, latest=LATEST)
    last = GovDateField(label=gettext_lazy("To"), required=False, earliest=EARLIEST, latest=LATEST)
    mark_optional = False

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.filter(organisation=by.organisation)
        if not by.is_police:
            del self.fields["person"], self.fields["name"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day must be on or after the first day"))
        return values

    def search(self) -> Search:
        """What is asked; nothing where the form is empty."""
        if not self.is_valid():
            return Search()
        given = self.cleaned_data
        user = given["user"]
        return Search(
            reference=given["reference"],
            person_id=given.get("person"),
            actor_id=user.pk if user else None,
            nature=given["nature"],
            first=given["first"],
            last=given["last"],
        )

    def name_sought(self) -> str:
        """The name or date of birth that is typed and asked about: nothing once somebody is chosen."""
        given = self.cleaned_data if self.is_valid() else {}
        return "" if given.get("person") else str(given.get("name") or "")
