"""What is handed over, and to whom."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.design_system.forms import required


class HandOverForm(forms.Form):
    """Everything that somebody holds is ticked to begin with: most often they have left."""

    references = forms.MultipleChoiceField(
        label=_("What is handed over"),
        widget=forms.CheckboxSelectMultiple,
        error_messages=required(
            _("Tick at least one"),
            invalid_choice=_("Something you ticked has changed hands or was closed meanwhile: look at what is left"),
        ),
    )
    to = forms.ModelChoiceField(
        label=_("To whom"),
        queryset=User.objects.none(),
        empty_label=_("Choose one"),
        error_messages=required(_("Choose who takes it over")),
    )
    design = {"references": {"small": True}}

    def __init__(self, *args: Any, held: Sequence[tuple[str, str]], takers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["references"].choices = held
        self.fields["references"].initial = [reference for reference, _words in held]
        self.fields["to"].queryset = takers
