"""What the page of what works is asked."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from reporting.codes import LIVE
from reporting.forms.asking import PeriodForm, UsualChoiceField
from reporting.measures.dimensions import BY_NAME
from reporting.measures.working import SPLIT_BY


class WhatWorksForm(PeriodForm):
    """A period of this service's own decisions, and by what each scheme is split."""

    by = UsualChoiceField(label=_("Split each scheme by"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, sources=[LIVE], **kwargs)
        self.fields["by"].choices = [(name, _(BY_NAME[name].words)) for name in SPLIT_BY]

    @property
    def split_by(self) -> str:
        return self.cleaned_data["by"] or SPLIT_BY[0]
