"""Of what an officer is told by e-mail."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NoticeForm(forms.Form):
    """Each is a box of its own: none of them ticked is an answer too."""

    started = forms.BooleanField(label=_("They came for the first time"), required=False)
    attended = forms.BooleanField(label=_("They came again"), required=False)
    ended = forms.BooleanField(label=_("The support ended, completed or not"), required=False)
