"""Get help for somebody with no offence alleged: what an officer passes on, and what the service does with it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.accounts.models import User
from diversion.design_system.forms import VersionedForm, required
from diversion.searching import few_words
from referrals.actions.helping import REASONS, HelpDetails
from referrals.codes import HelpCare, HelpContactKind, HelpHours, HelpReach, HelpWanted, StaffSafety
from referrals.models import HelpRequest, SchemeVersion
from referrals.queries.help import BY_NAME, BY_SEEN
from referrals.schemes.typed import ages_in_words

NOBODYS = "nobodys"


class HelpForm(forms.Form):
    """One page and no search. Sent by the button that says that they agree.

    The page always sends the service that it names, also where there is one and none is asked for: they agreed to that
    one, and to no other that may stand in its place by then.
    """

    submission = forms.UUIDField(widget=forms.HiddenInput)
    service = forms.ChoiceField(
        label=gettext_lazy("Which service?"),
        widget=forms.RadioSelect,
        error_messages=required(
            gettext_lazy("Choose the service"),
            invalid_choice=gettext_lazy(
                "The service that was chosen takes nobody as it did. Choose from those that do, and ask them again "
                "whether they agree"
            ),
        ),
    )
    name = forms.CharField(
        label=gettext_lazy("What would they like to be called?"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Any name. Leave it empty if they would rather not say."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reach = forms.CharField(
        label=gettext_lazy("Telephone, or where they can be found"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reach_by = forms.MultipleChoiceField(
        label=gettext_lazy("How do they want to be reached?"),
        choices=HelpReach,
        widget=forms.CheckboxSelectMultiple,
        error_messages=required(gettext_lazy("Choose how they want to be reached")),
    )
    hours = forms.ChoiceField(
        label=gettext_lazy("When is it safe?"), choices=HelpHours, initial=HelpHours.ANY, widget=forms.RadioSelect
    )
    care = forms.MultipleChoiceField(
        label=gettext_lazy("Is anything unsafe for them?"),
        choices=HelpCare,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    wants = forms.MultipleChoiceField(
        label=gettext_lazy("What do they want help with?"),
        choices=HelpWanted,
        widget=forms.CheckboxSelectMultiple,
        error_messages=required(gettext_lazy("Choose what they want help with")),
    )
    safety = forms.MultipleChoiceField(
        label=gettext_lazy("Must the worker take care?"),
        choices=StaffSafety,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only if you know of something. Nothing else that police know is passed on."),
    )
    agreed = forms.ChoiceField(
        label=gettext_lazy("Do they agree?"),
        choices=[("yes", gettext_lazy("Yes"))],
        error_messages=required(gettext_lazy("Send nobody who has not agreed: use the button that says so")),
    )
    design = {
        "service": {"small": True},
        "reach_by": {"small": True},
        "hours": {"small": True, "inline": True},
        "care": {"small": True, "optional": False},
        "wants": {"small": True},
        "safety": {"small": True, "optional": False},
        "name": {"width": 20, "optional": False},
        "reach": {"optional": False},
    }

    def __init__(self, *args: Any, services: Sequence[SchemeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()
        self.by_pk = {str(one.pk): one for one in services}
        self.fields["service"].choices = [(pk, _service_words(one)) for pk, one in self.by_pk.items()]
        if len(services) == 1:
            self.fields["service"].initial = next(iter(self.by_pk))
        if not self.is_bound:
            self.fields["name"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        comes = HelpReach.COMES in values.get("reach_by", [])
        if not values.get("reach") and not comes and "reach_by" in values:
            words = _("Enter a telephone number or a place, or choose that they will come or ring themselves")
            self.add_error("reach", words)
        return values

    @property
    def is_asked_which(self) -> bool:
        """Where there are several, and where another was sent than the one that there is now."""
        return len(self.by_pk) > 1 or (self.is_bound and "service" in self.errors)

    @property
    def service_chosen(self) -> SchemeVersion:
        """That of a form that is valid."""
        return self.by_pk[self.cleaned_data["service"]]

    @property
    def passed_on(self) -> dict[str, Any]:
        """What the action takes, of a form that is valid."""
        given = self.cleaned_data
        lists = {name: tuple(given[name]) for name in ("reach_by", "care", "wants", "safety")}
        details = HelpDetails(name=given["name"], reach=given["reach"], hours=given["hours"], **lists)
        agreed = given["agreed"] == "yes"
        return {
            "submission": given["submission"],
            "service": self.service_chosen,
            "details": details,
            "agreed": agreed,
        }


def _service_words(version: SchemeVersion) -> str:
    """ "DIVERT, Bridgeway: people aged 18 to 25"; without the ages where the scheme takes people of any."""
    name = f"{version.scheme.name}, {version.provider.name}"
    if version.min_age is None and version.max_age is None:
        return name
    return _("%(name)s: people %(ages)s") % {"name": name, "ages": ages_in_words(version.min_age, version.max_age)}


class ListForm(forms.Form):
    """Finds one of those who ask for help, and narrows and orders the list of them."""

    kept = ("q",)
    q = forms.CharField(
        label=gettext_lazy("Name, telephone, place or reference"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("A part is enough. People whose help is closed are found as well."),
        validators=[few_words],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    helper = forms.ChoiceField(label=gettext_lazy("Who helps"), required=False)
    sort = forms.ChoiceField(
        label=gettext_lazy("In order of"),
        choices=[
            ("", gettext_lazy("Longest wait")),
            (BY_NAME, gettext_lazy("Name")),
            (BY_SEEN, gettext_lazy("Longest without contact")),
        ],
        required=False,
    )
    mark_optional = False

    def __init__(self, *args: Any, colleagues: Sequence[User], by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(str(one.pk), one.full_name) for one in colleagues if one.pk != by.pk]
        mine = (str(by.pk), _("I do"))
        nobody = (NOBODYS, _("Nobody, or somebody who has left"))
        self.fields["helper"].choices = [("", _("Anybody")), mine, nobody, *others]

    @property
    def narrowed(self) -> dict[str, Any]:
        """What `queries.help.listed` takes; nothing of a form that is not valid."""
        given = self.cleaned_data if self.is_valid() else {}
        helper = given.get("helper", "")
        return {
            "text": given.get("q", ""),
            "helper": int(helper) if helper not in ("", NOBODYS) else None,
            "nobodys": helper == NOBODYS,
            "order": given.get("sort", ""),
        }


class TakeUpForm(VersionedForm):
    """Who helps: whoever presses the button, or a colleague."""

    worker = forms.TypedChoiceField(
        label=gettext_lazy("Who helps?"), error_messages=required(gettext_lazy("Choose who helps"))
    )

    def __init__(self, *args: Any, colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_pk = {str(one.pk): one for one in colleagues}
        self.fields["worker"].choices = [("", _("Choose one")), *((pk, one.full_name) for pk, one in by_pk.items())]
        self.fields["worker"].coerce = by_pk.__getitem__


class HelpContactForm(VersionedForm):
    """Sent by one of three buttons: one click, or a note and a click."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        choices=HelpContactKind,
        error_messages=required(gettext_lazy("Say what came of it: use one of the three buttons")),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Only your organisation reads it, and it goes when the record goes."),
    )
    design = {"note": {"count": None}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()


class CloseHelpForm(VersionedForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it closed?"),
        choices=[(one.value, one.label) for one in REASONS],
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose why it is closed")),
    )
    design = {"reason": {"small": True}}


class MergeForm(VersionedForm):
    """Another record of the same person, to stand on this one's page from now on."""

    other = forms.TypedChoiceField(
        label=gettext_lazy("The other record"), error_messages=required(gettext_lazy("Choose the other record"))
    )

    def __init__(self, *args: Any, others: Sequence[tuple[HelpRequest, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_pk = {str(one.pk): one for one, _words in others}
        self.fields["other"].choices = [("", _("Choose one")), *((str(one.pk), words) for one, words in others)]
        self.fields["other"].coerce = self.by_pk.__getitem__


class DutyForm(forms.Form):
    """On duty from now on."""

    hours = forms.TypedChoiceField(
        label=gettext_lazy("For how long?"),
        choices=[(n, format_lazy(gettext_lazy("{n} hours"), n=n)) for n in (4, 8, 12)],
        coerce=int,
        initial=8,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose for how long you are on duty")),
    )
    telephone = forms.CharField(
        label=gettext_lazy("Telephone that officers are told"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    design = {"hours": {"small": True, "inline": True}, "telephone": {"width": 20}}
