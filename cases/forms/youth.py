"""What youth justice and police say about a child: taken on, assessed, not kept, ended; and who is told."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import ChildAssessment, YouthDuty
from cases.queries import DutyState
from diversion.accounts.models import Organisation
from diversion.design_system.forms import GovDateField, VersionedForm, required
from diversion.searching import SearchField

ANOTHER = "another"


class InboxFilterForm(forms.Form):
    """Narrows the list of children."""

    kept = ("q",)
    q = SearchField(
        label=gettext_lazy("Name, date of birth or reference"),
        help_text=gettext_lazy("The beginning of a name is enough."),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Where it stands"),
        choices=[("", gettext_lazy("All")), *DutyState.choices],
        required=False,
    )

    mark_optional = False


class AssessmentForm(VersionedForm):
    """That the assessment (PDAT) was made: when, by whom, under what reference. Nothing of what it found."""

    done_on = GovDateField(
        label=gettext_lazy("Day on which it was finished"),
        past=True,
        error_messages=required(gettext_lazy("Enter the day on which the assessment was finished")),
    )
    done_by = forms.CharField(
        label=gettext_lazy("Who made it?"),
        help_text=gettext_lazy("Name and service"),
        max_length=150,
        error_messages=required(gettext_lazy("Enter who made the assessment")),
    )
    reference = forms.CharField(
        label=gettext_lazy("Its reference in youth justice’s own system"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages=required(gettext_lazy("Enter the reference under which it is found")),
    )

    design = {"reference": {"width": 20}}

    @classmethod
    def of(cls, noted: ChildAssessment | None, data: Any = None, *, done_by: str = "") -> "AssessmentForm":
        """The form with what is noted already; ``done_by`` is who usually makes it, where nothing is."""
        initial: dict[str, Any] = {"version": 0, "done_by": done_by}
        if noted is not None:
            initial = {name: getattr(noted, name) for name in ("version", "done_on", "done_by", "reference")}
        return cls(data, auto_id="assessment-%s", initial=initial)


class NotKeptForm(VersionedForm):
    """What of the plan was not kept. The officer and the hub read it."""

    note = forms.CharField(
        label=gettext_lazy("What was not kept?"),
        help_text=gettext_lazy(
            "The officer and the coordinator read this. Nothing that the child told you in confidence."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required(gettext_lazy("Say what was not kept, in a sentence")),
    )

    design = {"note": {"count": None}}


class FinishForm(VersionedForm):
    """What came of it. The service does not see the child any more after it."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=[(one.value, one.label) for one in YouthDuty.SAID],
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what came of it")),
    )

    design = {"reason": {"small": True}}

    def __init__(self, *args: Any, duty: YouthDuty, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if duty.not_kept_at is None:  # it is reported first, with what was not kept
            said = [choice for choice in self.fields["reason"].choices if choice[0] != YouthDuty.End.NOT_KEPT]
            self.fields["reason"].choices = said


class TellForm(VersionedForm):
    """Which service is told, of several that have sign-ins here; or who was told in another way."""

    service = forms.ChoiceField(
        label=gettext_lazy("Which service?"),
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose the service, or “another”")),
    )
    told_whom = forms.CharField(
        label=gettext_lazy("Whom did you tell?"),
        help_text=gettext_lazy("Name and service, for example “Anna Bell, Northmoor Youth Justice”"),
        required=False,
        max_length=150,
    )

    design: dict[str, Any] = {"told_whom": {"optional": False}}

    def __init__(self, *args: Any, services: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = {str(service.pk): service for service in services}
        self.fields["service"].choices = [
            *((key, service.name) for key, service in self.services.items()),
            (ANOTHER, _("Another, which I have told in another way")),
        ]
        if services:
            self.design = {**self.design, "service": {"small": True, "reveal": {ANOTHER: "told_whom"}}}
        else:
            del self.fields["service"]

    def clean(self) -> dict[str, Any]:
        by_other_ways = self.cleaned_data.get("service", ANOTHER) == ANOTHER
        if not self.errors and by_other_ways and not self.cleaned_data["told_whom"].strip():
            self.add_error("told_whom", _("Say whom you told"))
        return self.cleaned_data

    def told(self) -> dict[str, Any]:
        """The arguments of the action."""
        service = self.services.get(self.cleaned_data.get("service", ANOTHER))
        told_whom = "" if service else self.cleaned_data["told_whom"]
        return {"service": service, "told_whom": told_whom, "version": self.cleaned_data["version"]}


class LinkServiceForm(forms.Form):
    """A youth justice service that is told of the force's children, from a day on."""

    service = forms.ModelChoiceField(
        label=gettext_lazy("Youth justice service"),
        queryset=Organisation.objects.none(),
        empty_label=gettext_lazy("Choose one"),
        error_messages=required(gettext_lazy("Choose the youth justice service")),
    )
    valid_from = GovDateField(
        label=gettext_lazy("First day"), error_messages=required(gettext_lazy("Enter the first day"))
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = Organisation.Kind.YOUTH_JUSTICE
        self.fields["service"].queryset = Organisation.objects.filter(kind=kind).order_by("name")


class EndLinkForm(forms.Form):
    """The last day on which a service sees the force's children."""

    last_day = GovDateField(label=gettext_lazy("Last day"), error_messages=required(gettext_lazy("Enter the last day")))
