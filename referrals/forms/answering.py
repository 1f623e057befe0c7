"""What a person answers on the page of a check-in. Every question may be left out; its words come with its language."""

from typing import Any

from django import forms

from referrals.codes import ANSWERS, Mood
from referrals.models import CheckIn
from referrals.person_words import words

ASKED = "question"


class AnswerForm(forms.Form):
    mark_optional = False

    def __init__(self, *args: Any, check_in: CheckIn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said, self.check_in = words(check_in.language), check_in
        self.words = said
        wrong = {"invalid_choice": said["not_offered"]}
        moods = [(code, said["moods"][code]) for code in Mood.values]
        self.fields["mood"] = _choice(said["mood"], moods, wrong)
        for one in check_in.asked:
            offered = [(code, said["answers"][code]) for code in ANSWERS[one["answers"]]]
            self.fields[f"{ASKED}-{one['id']}"] = _choice(one["words"], offered, wrong)
        self.fields["also"] = forms.MultipleChoiceField(
            label=said["also"],
            choices=[("help", said["help"]), ("call", said["call"])],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages=wrong,
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not any(given.values()):
            self.add_error(None, self.words["nothing_said"])
        return given

    @property
    def said(self) -> dict[str, Any]:
        """As `answering.answer_check_in` takes it."""
        given = self.cleaned_data
        answers = {str(one["id"]): given.get(f"{ASKED}-{one['id']}", "") for one in self.check_in.asked}
        also = given["also"]
        return {
            "mood": given["mood"],
            "wants_help": "help" in also,
            "wants_call": "call" in also,
            "answers": answers,
        }


def _choice(label: str, choices: list[tuple[str, str]], wrong: dict[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=forms.RadioSelect, error_messages=wrong
    )
