"""Which prosecutor decided, in the forms of what only one may decide: one home, so that they ask and read alike."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.details import Prosecutor
from diversion.design_system.forms import GovDateField

#: Each field with what is said where it is left empty.
PROSECUTORS = {
    "prosecutor": gettext_lazy("Enter the name of the prosecutor who decided"),
    "prosecutor_on": gettext_lazy("Enter the day on which the prosecutor decided"),
    "prosecutor_reference": gettext_lazy("Enter the prosecution service’s reference"),
}
DESIGN = {name: {"optional": False} for name in PROSECUTORS}


def prosecutor_fields() -> tuple[forms.CharField, GovDateField, forms.CharField]:
    """Name, day and reference, to be declared under the names of ``PROSECUTORS`` where they are to stand."""
    name = forms.CharField(label=gettext_lazy("Prosecutor who decided"), max_length=150, required=False)
    day = GovDateField(label=gettext_lazy("When they decided"), past=True, required=False)
    reference = forms.CharField(
        label=gettext_lazy("Their reference"),
        help_text=gettext_lazy("Of the prosecution service."),
        max_length=60,
        required=False,
    )
    return name, day, reference


class NamesProsecutor(forms.Form):
    """A form with `prosecutor_fields`, which are asked only where the decision is a prosecutor's."""

    def __init__(self, *args: Any, is_prosecutors: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in () if is_prosecutors else PROSECUTORS:
            del self.fields[name]

    def need_prosecutor(self) -> None:
        """Say of each field that is left empty what is to be entered."""
        for name, words in PROSECUTORS.items():
            if name in self.fields and name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, words)

    @property
    def by_prosecutor(self) -> Prosecutor | None:
        """Who decided it, of a form that is valid; None where it is not a prosecutor's, or not all of it is given."""
        name, day, reference = (self.cleaned_data.get(one) for one in PROSECUTORS)
        return Prosecutor(name, day, reference) if name and day and reference else None
