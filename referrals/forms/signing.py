"""What is read aloud, and the signature, where the officer may issue on their own what is offered."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.law.rehabilitation import Told
from cases.legal import needs_admission
from diversion import clock
from diversion.design_system.forms import in_letters
from referrals.actions.signing import Signed, told_of
from referrals.forms.admitting import NAMES, AdmittedForm


class SigningForm(AdmittedForm):
    """Who signs, once what they agree to stands on the page, and their words where it needs an admission.

    ``signed_for`` is the offer that was on the page when they signed: a signature under one offer is none under
    another, and is asked again.
    """

    signed_for = forms.CharField(required=False, widget=forms.HiddenInput, max_length=100)
    signed_as = forms.CharField(
        label=gettext_lazy("Signature: their name, typed by them"),
        max_length=150,
        required=False,
        validators=[in_letters],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    adult = forms.CharField(
        label=gettext_lazy("Appropriate adult, who signs too: name"),
        max_length=150,
        required=False,
        validators=[in_letters],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    design = {"signed_as": {"optional": False}, "adult": {"optional": False}, **AdmittedForm.ADMITTED_DESIGN}

    def __init__(self, data: Any = None, *, option: str = "", **kwargs: Any) -> None:
        self.is_of_another = bool(data) and data.get("signed_as", "") != "" and data.get("signed_for", "") != option
        if self.is_of_another:
            data = {**{name: data.get(name) for name in data}, "signed_as": "", "adult": ""}
        super().__init__(data, **kwargs)
        self.option = option
        if not self.asks_words:
            self.leave_out_admission()

    @property
    def asks_words(self) -> bool:
        """Whether the resolution that is chosen needs an admission, of which the words are kept."""
        return needs_admission(self.option.partition(":")[0], clock.today())

    @property
    def words_kept(self) -> list[tuple[str, str]]:
        """What was typed of an admission, for a page that does not ask it now: under another offer it does again."""
        said = self.data if self.is_bound else {}
        return [(name, str(said[name])) for name in NAMES if said.get(name)]

    @property
    def told(self) -> Told | None:
        """What is read to them: what the resolution that is chosen means later; None where none is issued."""
        return told_of(self.option.partition(":")[0])

    def ask(self, *, is_child: bool) -> None:
        """Say what is missing of who signs."""
        if self.errors:
            return
        if not self.cleaned_data["signed_as"].strip():
            again = _("The offer has changed since they signed: read this one to the person, and let them sign it")
            first = _("Read it to the person, and enter the name that they sign")
            self.add_error("signed_as", again if self.is_of_another else first)
        if is_child and not self.cleaned_data["adult"].strip():
            self.add_error("adult", _("Name the appropriate adult who signs with the child"))
        if self.asks_words:
            self.ask_admission()

    @property
    def signed(self) -> Signed | None:
        """Who signed, for the action; None where nobody did."""
        name = self.cleaned_data.get("signed_as", "").strip() if self.is_bound and self.is_valid() else ""
        return Signed(name, self.cleaned_data.get("adult", "").strip()) if name else None
