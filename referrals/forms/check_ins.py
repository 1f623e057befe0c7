"""What somebody is asked between appointments, what was done about an answer, and the list of questions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.design_system.forms import GovDateField, VersionedForm, required
from referrals.codes import ANSWERS, AnswerList, CheckAnswer, CheckInDone, ReadDays, Replies, Rhythm
from referrals.forms.telephone import DialledField
from referrals.models import CheckInDesk, CheckInPlan, CheckInQuestion
from referrals.models.check_in import MOST_QUESTIONS
from referrals.person_words import LANGUAGES

#: At which hours and half hours a provider begins and ends reading.
TIMES = [(f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}") for hour in range(24) for minute in (0, 30)]


class PlanForm(VersionedForm):
    """Up to three questions of the provider's list, and a rhythm. They are asked first whether they want it."""

    questions = forms.TypedMultipleChoiceField(
        label=_("Questions beside how they are, three at most"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    rhythm = forms.ChoiceField(
        label=_("How often?"),
        choices=Rhythm,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose how often they are asked")),
    )
    language = forms.ChoiceField(
        label=_("In which language?"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Nobody has reviewed the page in that language any more")},
    )
    until_on = GovDateField(label=_("Last day, if before the support ends"), required=False)
    agreed = forms.BooleanField(
        label=_("They agreed to be asked, and know that nobody reads it at once"),
        error_messages=required(_("Ask them first, then say that they agreed")),
    )
    design = {"questions": {"small": True}, "rhythm": {"small": True}, "language": {"small": True}}

    def __init__(
        self, *args: Any, offered: list[CheckInQuestion], languages: list[str], plan: CheckInPlan | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["questions"].choices = [(one.pk, one.words) for one in offered]
        self.fields["language"].choices = [(code, name) for code, name in LANGUAGES if code in languages]
        self.initial = {"rhythm": Rhythm.WEEKLY, "language": languages[0]} | (_stands(plan) if plan else {})
        if len(languages) == 1:  # nothing to choose: the page says which it is
            self.initial["language"] = languages[0]
            self.fields["language"].widget = forms.HiddenInput()

    def clean_questions(self) -> list[int]:
        chosen: list[int] = self.cleaned_data["questions"]
        if len(chosen) > MOST_QUESTIONS:
            raise forms.ValidationError(_("Choose three questions at most"))
        return chosen


def _stands(plan: CheckInPlan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in ("questions", "rhythm", "language", "until_on")}


class CheckReviewForm(forms.Form):
    done = forms.ChoiceField(
        label=_("What was done?"),
        choices=CheckInDone,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose what was done")),
        help_text=_("If you tried and did not reach them, record a contact: their answer goes on waiting."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only your organisation reads it. Leave out what happened at the offence."),
    )
    design = {"done": {"small": True}, "note": {"count": None}}


class QuestionForm(forms.Form):
    words = forms.CharField(
        label=_("Question, in English"), max_length=120, error_messages=required(_("Enter the question"))
    )
    welsh = forms.CharField(
        label=_("The same in Welsh"),
        max_length=160,
        required=False,
        help_text=_("Without it the question is asked of nobody who is asked in Welsh."),
    )
    answers = forms.ChoiceField(
        label=_("Which answers does it offer?"),
        choices=AnswerList,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose which answers it offers")),
    )
    flags = forms.MultipleChoiceField(
        label=_("Which answers ask for somebody?"),
        choices=CheckAnswer,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever gives one of these is seen to, and the hours until then are counted."),
    )
    design = {"answers": {"small": True}, "flags": {"small": True}}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        offered = ANSWERS.get(given.get("answers", ""), ())
        if given.get("answers") and not set(given.get("flags", ())) <= set(offered):
            self.add_error("flags", _("Mark only answers that this question offers"))
        return given


class DeskForm(VersionedForm):
    """When answers are read and whom people ring: the page says it to everybody who answers."""

    telephone = DialledField(
        label=_("Telephone that somebody answers in these hours"),
        max_length=30,
        error_messages=required(_("Enter the telephone that people ring")),
    )
    days = forms.ChoiceField(
        label=_("On which days?"),
        choices=ReadDays,
        widget=forms.RadioSelect,
        help_text=_("Monday to Friday leaves out bank holidays, and the page says so. Every day is also at Christmas."),
    )
    opens = forms.TimeField(label=_("From"), widget=forms.Select(choices=TIMES))
    closes = forms.TimeField(label=_("Until"), widget=forms.Select(choices=TIMES))
    replies = forms.ChoiceField(
        label=_("What may people answer to a reminder of an appointment, by a link in it?"),
        choices=Replies,
        required=False,
        widget=forms.RadioSelect,
    )
    design = {"days": {"small": True}, "replies": {"small": True, "optional": False}}

    def __init__(self, *args: Any, desk: CheckInDesk | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ("telephone", "days", "opens", "closes", "replies")
        stands = {name: getattr(desk, name) for name in names} if desk else {}
        self.initial = {"days": ReadDays.WEEKDAYS, "opens": "09:00", "closes": "17:00", "replies": Replies.NONE} | {
            name: f"{value:%H:%M}" if name in ("opens", "closes") else value for name, value in stands.items()
        }
