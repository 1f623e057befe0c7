"""What a navigator records. Short on purpose: each required choice costs seconds, many times a day."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.codes import SafeTexts
from diversion import clock
from diversion.design_system.forms import GovDateField, VersionedForm, required
from referrals.codes import Felt, NoteBasis
from referrals.forms.moments import MomentForm
from referrals.models import Appointment, Condition, Contact, Referral
from referrals.person_words import LANGUAGES

Attendance = Appointment.Attendance
# What a row of the caseload offers beside "Attended".
OTHER_RESULTS = [
    (value, label)
    for value, label in Attendance.choices
    if value not in (Attendance.PLANNED, Attendance.ATTENDED)
]  # fmt: skip


class AttendanceForm(VersionedForm):
    attendance = forms.ChoiceField(
        label=_("What happened?"),
        choices=OTHER_RESULTS,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose what happened at the appointment")),
    )
    design = {"attendance": {"small": True}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:  # the buttons "Attended" and "Undo" send the two that the list of reasons leaves out
            self.fields["attendance"].choices = Attendance.choices

    def offer_reasons(self, *, has_begun: bool) -> None:
        """Draw the list of reasons alone, also after a mistake; of an appointment still to come who cancelled it."""
        cancelled = [(value, label) for value, label in OTHER_RESULTS if value in Appointment.CANCELLED_STATES]
        self.fields["attendance"].choices = OTHER_RESULTS if has_begun else cancelled
        if not has_begun:
            self.fields["attendance"].label = _("Who cancelled it?")


class TextRuleForm(VersionedForm):
    texts = forms.ChoiceField(
        label=_("Is a text safe for them, and when?"),
        choices=SafeTexts.choices,
        required=False,
    )
    names_service = forms.BooleanField(label=_("The text may name you: they agreed"), required=False)
    with_parent = forms.BooleanField(label=_("Under 18: a parent or carer agreed too"), required=False)
    language = forms.ChoiceField(label=_("In which language?"), widget=forms.RadioSelect)

    design = {"language": {"small": True}}

    def __init__(self, *args: Any, languages: Collection[str], **kwargs: Any) -> None:
        """``languages``: those that the provider has reviewed; one alone is not asked about."""
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [(code, name) for code, name in LANGUAGES if code in languages]
        if len(languages) == 1:
            del self.fields["language"]

    def clean(self) -> dict[str, Any]:
        return {"language": self.initial["language"]} | (super().clean() or self.cleaned_data)


class ContactForm(forms.Form):
    """Sent by one of two buttons, "Reached" and "Not reached": with the channel preset, two clicks."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=_("How?"),
        choices=Contact.Channel,
        initial=Contact.Channel.TELEPHONE,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose how you tried to reach the person")),
    )
    reached = forms.TypedChoiceField(
        label=_("Was the person reached?"),
        choices=[("yes", _("Reached")), ("no", _("Not reached"))],
        coerce=lambda answer: answer == "yes",
        error_messages=required(_("Say whether the person was reached: use one of the two buttons")),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only your organisation reads it. Leave out what happened at the offence."),
    )
    basis = forms.ChoiceField(
        label=_("Whose word the note is"), choices=[("", _("Not marked")), *NoteBasis.choices], required=False
    )
    design = {"channel": {"small": True}, "note": {"count": None}, "basis": {"optional": False}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()


class AppointmentForm(MomentForm):
    """A meeting to come, or one that happened without being planned. The last place and time are offered again."""

    day = GovDateField(label=_("Date"), error_messages=required(_("Enter the date of the appointment")))
    place = forms.CharField(
        label=_("Place"),
        max_length=150,
        help_text=_("An address, a room, or “by telephone”"),
        error_messages=required(_("Enter the place of the appointment")),
    )
    design = {"time": {"width": 10}, "which": {"small": True}, "place": {"width": 20}}

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].earliest = clock.local_date(referral.made_at)
        last = max(referral.appointments.all(), key=lambda one: one.starts_at, default=None)
        if last is not None:
            local = last.starts_at.astimezone(clock.LONDON)
            self.initial = {"place": last.place, "time": f"{local:%H:%M}", **self.initial}

    @property
    def starts_at(self) -> datetime:
        """The aware moment."""
        return self.moments()[0]


class ConditionForm(VersionedForm):
    state = forms.ChoiceField(
        choices=[(Condition.State.DONE, _("Done")), (Condition.State.NOT_DONE, _("Not done")),
                 (Condition.State.OPEN, _("To do"))],
        error_messages=required(_("Choose whether the condition was done")),
    )  # fmt: skip
    evidence = forms.CharField(
        label=_("What shows it?"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    design = {"evidence": {"optional": False}}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("state") == Condition.State.DONE and not values.get("evidence"):
            self.add_error("evidence", ValidationError(_("Say what shows that the condition was done"), "required"))
        return values


class CloseForm(VersionedForm):
    result = forms.ChoiceField(
        label=_("How did the agreement end?"),
        choices=Referral.Result,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose whether the agreement was completed")),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What helped, and what got in the way. Leave out what was said in confidence."),
    )
    design = {
        "result": {
            "hints": {
                "completed": _("Every condition is done."),
                "not_completed": _("The person is asked for their side; the police then decide what follows."),
            }
        },
        "note": {"count": None},
    }


class FeedbackForm(VersionedForm):
    """Three questions, answered by the person themselves."""

    respect = forms.ChoiceField(
        label=_("Were you treated with respect?"),
        choices=Felt.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose an answer, or that you would rather not say")),
    )
    helped = forms.ChoiceField(
        label=_("Did it help you?"),
        choices=Felt.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose an answer, or that you would rather not say")),
    )
    better = forms.CharField(
        label=_("What would have made it better?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    design = {"respect": {"small": True}, "helped": {"small": True}, "better": {"count": None}}
