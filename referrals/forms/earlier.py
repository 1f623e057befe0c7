"""Earlier outcomes of a person, one a row: what it was, when, and of convictions and cautions whether it was for a
similar offence."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.codes import EarlierOutcomes
from cases.eligibility.codes import CAUTIONS, EARLIER_OUTCOMES, SIMILAR_MATTERS
from diversion.design_system.forms import GovDateField
from referrals.forms.folding import are_answered

MOST = 12
PREFIX = "earlier"
SIMILAR = [("true", gettext_lazy("Similar")), ("false", gettext_lazy("Not similar"))]


class EarlierForm(forms.Form):
    """One earlier outcome; a row in which nothing is chosen is passed over. ``scheme`` comes from our own records."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Earlier outcome"),
        choices=[("", "---------"), *EARLIER_OUTCOMES.items()],
        required=False,
    )
    on = GovDateField(label=gettext_lazy("When"), help_text="", past=True, required=False)
    similar = forms.ChoiceField(
        label=gettext_lazy("Was it for a similar offence?"), choices=SIMILAR, widget=forms.RadioSelect, required=False
    )
    scheme = forms.SlugField(required=False, widget=forms.HiddenInput, max_length=80)
    # Set on a row of our own records: the page shows it as a line, and asks of it at most whether it was similar.
    ours = forms.BooleanField(required=False, widget=forms.HiddenInput)

    design = {
        "outcome": {"optional": False},
        "on": {"optional": False},
        "similar": {"small": True, "inline": True, "optional": False},
    }

    @property
    def in_one_line(self) -> str:
        """ "Community resolution, 3 March 2026" of a row of our own records; "" of one that is typed."""
        return self.in_words if self["ours"].value() else ""

    @property
    def in_words(self) -> str:
        """The same of any row; "" until both are said."""
        outcome = EARLIER_OUTCOMES.get(str(self["outcome"].value() or ""), "")
        day = self.fields["on"].widget.format_value(self["on"].value())
        return f"{outcome}, {day}" if outcome and day else ""

    @property
    def shown(self) -> tuple[str, ...]:
        """The boxes of this row: what stands on our own records is not asked again."""
        similar = ("similar",) if self.asks_similar else ()
        return similar if self.in_one_line and not self.errors else ("outcome", "on", *similar)

    @property
    def asks_similar(self) -> bool:
        """Whether it may matter that the offence was similar: what it was is not said yet, or it is one of those."""
        outcome = self["outcome"].value()
        return not outcome or outcome in SIMILAR_MATTERS or bool(self["similar"].value())

    @property
    def is_settled(self) -> bool:
        """Whether everything is said of this outcome."""
        return are_answered(self, ("outcome", "on", *self.shown))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("outcome") and (data.get("on") or data.get("similar")):
            self.add_error("outcome", _("Choose what the earlier outcome was, or empty this row"))
        return data

    @property
    def fact(self) -> dict[str, Any] | None:
        """In the terms of ``cases.eligibility``; None for a row that is passed over."""
        data = self.cleaned_data
        if not data.get("outcome"):
            return None
        found: dict[str, Any] = {"outcome": data["outcome"]}
        if data.get("on"):
            found["date"] = data["on"].isoformat()
        if data.get("similar"):
            found["similar"] = data["similar"] == "true"
        if data.get("scheme"):
            found["scheme"] = data["scheme"]
        return found


class BaseEarlier(forms.BaseFormSet):
    """The rows that were said."""

    @property
    def facts(self) -> list[dict[str, Any]]:
        return [fact for form in self.forms if hasattr(form, "cleaned_data") and (fact := form.fact) is not None]


EarlierFormSet: type[BaseEarlier] = forms.formset_factory(  # type: ignore[assignment]
    EarlierForm, formset=BaseEarlier, extra=0, min_num=1, max_num=MOST, absolute_max=MOST
)


def earlier_outcomes(data: Any, known: list[dict[str, Any]]) -> BaseEarlier:
    """The rows as posted; on a new page those that our own records hold. A page sent without them has none."""
    sent = data is not None and f"{PREFIX}-TOTAL_FORMS" in data
    return EarlierFormSet(data if sent else None, prefix=PREFIX, initial=[_initial(one) for one in known] or None)


def _initial(fact: dict[str, Any]) -> dict[str, Any]:
    return {"outcome": fact["outcome"], "on": fact.get("date"), "scheme": fact.get("scheme", ""), "ours": True}


def category_of(outcomes: list[dict[str, Any]], said: str) -> str:
    """The gravest of the rows as the record counts it; what was ``said`` where there is no row."""
    kinds = {str(one["outcome"]) for one in outcomes}
    if "conviction" in kinds:
        return EarlierOutcomes.CONVICTION
    if kinds & set(CAUTIONS):
        return EarlierOutcomes.CAUTION
    if kinds - {"scheme"}:
        return EarlierOutcomes.RESOLUTION
    return said
