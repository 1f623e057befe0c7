"""A telephone number that people ring, as people write it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DIALLED = re.compile(r"\+?[0-9][0-9 ()-]{5,30}(?: ?(?:ext|x)\.? ?[0-9]{1,6})?")


class DialledField(forms.CharField):
    """Raises ValidationError for anything that nobody can dial."""

    def clean(self, value: Any) -> str:
        given = str(super().clean(value))
        if given and not DIALLED.fullmatch(given):
            raise ValidationError(_("Enter a telephone number, like 01632 960 001"))
        return given
