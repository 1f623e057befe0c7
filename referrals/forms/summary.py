"""A pasted summary of an occurrence, and the page "Record a decision" as it fills it in."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from cases.codes import EarlierOutcomes
from cases.intake.summary import MOST, Summary
from diversion import clock
from diversion.design_system.forms import required
from diversion.names.typed import in_two
from referrals.forms.reopening import as_rows, as_sent

OF_CRIME = {"number": "number", "offence": "offence", "committed_on": "committed_on", "area": "area"}
LONGEST = {"number": 40, "area": 100, "victim": 150}  # characters, as the boxes have them


class SummaryForm(forms.Form):
    summary = forms.CharField(
        label=gettext_lazy("Summary of the occurrence"),
        help_text=gettext_lazy(
            "Copied from your record system with its labels: “Crime number: …”, “Offence: …”, “Suspect: …”. It fills in"
            " the page for you to check, and is not kept."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
        max_length=MOST,
        error_messages=required(gettext_lazy("Paste the summary first, or fill in the page below")),
    )

    design = {"summary": {"count": None}}


def typed_from(summary: Summary) -> QueryDict:
    """What the page would send with the facts of ``summary`` typed into it."""
    facts = summary.facts
    crime: dict[str, Any] = {box: _short(name, facts.get(name, "")) for name, box in OF_CRIME.items()}
    if "committed_on" not in summary.unread:  # a date that was told and could not be read is typed by the officer
        crime["committed_on"] = crime["committed_on"] or clock.today()
    crime["victim_name"] = _short("victim", facts.get("victim", ""))
    crime["victim_kind"] = facts.get("victim_kind", "")
    given, family = in_two(str(facts.get("person", "")))
    return as_sent(
        {
            "submission": str(uuid.uuid4()),
            "given_names": given,
            "family_name": family,
            "date_of_birth": facts.get("born", ""),
            "sex": facts.get("sex", ""),
            "earlier_outcomes": EarlierOutcomes.NOT_CHECKED.value,
            **as_rows("crimes", [crime]),
        }
    )


def _short(name: str, value: str | date) -> str | date:
    return value[: LONGEST.get(name, 500)] if isinstance(value, str) else value
