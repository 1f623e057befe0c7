"""Of what somebody is told."""

from typing import Any

from django import forms

from diversion.accounts.models import User
from diversion.notifications.kinds import topics_for


class ChoiceForm(forms.Form):
    """A box for each topic that ``by`` may choose; none of them ticked is an answer too."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic in topics_for(by):
            self.fields[topic.name] = forms.BooleanField(label=str(topic.label), required=False)
