"""Questions between a partner and police about somebody who was sent, and their answers."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.design_system.forms import required
from referrals.models import Question

FOR_POLICE = _("Nothing about a victim, and nothing that was told in confidence. It is kept as you write it.")
FOR_PARTNER = _(
    "The partner reads this: nothing about a victim, a crime number or earlier dealings with police."
    " It is kept as you write it."
)


class AskForm(forms.Form):
    """What is asked of the other side: a partner says of whom, police ask the partner."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    to = forms.ChoiceField(
        label=_("Whom do you ask?"),
        choices=[(one.value, one.label) for one in (Question.To.OFFICER, Question.To.HUB)],
        initial=Question.To.OFFICER,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose whom you ask")),
    )
    question = forms.CharField(
        label=_("Your question"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=required(_("Write your question, in a sentence")),
    )
    design = {"to": {"small": True}, "question": {"count": None}}

    def __init__(self, *args: Any, of_police: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()
        self.fields["question"].help_text = FOR_PARTNER if of_police else FOR_POLICE
        if of_police:
            del self.fields["to"]

    @property
    def asked(self) -> dict[str, Any]:
        """As the action takes it."""
        return {"to": Question.To.PARTNER.value, **self.cleaned_data}


class QuestionAnswerForm(forms.Form):
    """The answer, once and for good."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=required(_("Write your answer, in a sentence")),
    )
    design = {"answer": {"count": None}}

    def __init__(self, *args: Any, of_police: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].help_text = FOR_PARTNER if of_police else FOR_POLICE
