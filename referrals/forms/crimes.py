"""The crimes of a case: number, offence, date, victim. One or more."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.codes import VictimKind, VictimStance
from cases.details import CrimeDetails
from cases.models import Allegation, Catalogue, KnownCrime, Offence
from cases.models.crime import NO_NUMBER, crime_number, stand_in
from diversion import clock
from diversion.design_system.forms import GovDateField, required
from diversion.design_system.wording import long_date
from referrals.forms.folding import are_answered, in_words
from referrals.forms.offences import OffenceField, chosen_entry

MOST = 10
DOMESTIC_ABUSE, HATE_CRIME = "domestic_abuse", "hate_crime"


class CrimeForm(forms.Form):
    """One crime. ``offences`` is the force's catalogue, ``entry`` what was chosen from it, once the form is valid.

    ``asks_stance`` says whether what the victim thinks has to be said: not where nothing is offered to anybody.
    """

    entry: Offence

    number = forms.CharField(
        label=gettext_lazy("Crime number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    no_number = forms.BooleanField(label=gettext_lazy("No number yet"), required=False)
    # The stand-in of a crime that was recorded without a number.
    recorded_as = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    offence = OffenceField()
    committed_on = GovDateField(
        label=gettext_lazy("Date of the offence"),
        past=True,
        initial=clock.today,
        error_messages=required(gettext_lazy("Enter the date of the offence")),
    )
    area = forms.CharField(label=gettext_lazy("Area"), max_length=100, required=False)
    victim_kind = forms.ChoiceField(
        label=gettext_lazy("Victim"), choices=VictimKind.choices, widget=forms.RadioSelect, required=False
    )
    victim_name = forms.CharField(label=gettext_lazy("Victim’s name"), max_length=150, required=False)
    # Set of a crime on record: who the victim is stands on the page as a line, and only what they think is asked.
    victim_on_record = forms.BooleanField(widget=forms.HiddenInput, required=False)
    victim_stance = forms.ChoiceField(
        label=gettext_lazy("What the victim thinks of settling it out of court"),
        choices=VictimStance.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    flags = forms.MultipleChoiceField(
        label=gettext_lazy("This crime is"),
        choices=[(DOMESTIC_ABUSE, gettext_lazy("Domestic abuse")), (HATE_CRIME, gettext_lazy("Hate crime"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    first_statement_on = GovDateField(
        label=gettext_lazy("Date of the first statement or recorded interview"),
        help_text=gettext_lazy("For domestic abuse: the time limit counts from it. Leave it empty if there is none."),
        past=True,
        required=False,
    )

    design = {
        "number": {"width": 20, "optional": False},
        "no_number": {"small": True},
        "area": {"width": 20},
        "victim_kind": {"inline": True, "small": True, "optional": False},
        "victim_stance": {"inline": True, "small": True, "optional": False},
        "flags": {"small": True, "optional": False, "reveal": {DOMESTIC_ABUSE: "first_statement_on"}},
    }

    def __init__(self, *args: Any, offences: Catalogue, asks_stance: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offences, self._is_stance_asked = offences, asks_stance
        self.fields["offence"].offer(offences)

    @property
    def in_one_line(self) -> str:
        """The crime, once it is said what and when it was: "AV/1/26; Theft from a shop; 7 June 2026"; else ""."""
        offence = self.offences.latest(str(self["offence"].value() or ""))
        none_yet = _("No number yet") if self["no_number"].value() else ""
        number = "" if "number" in self.errors else str(self["number"].value() or none_yet)
        if offence is None or not number or not are_answered(self, ("offence", "committed_on")):
            return ""
        said = [number, offence.title, _as_date(self), str(self["area"].value() or "")]
        return "; ".join(filter(None, [*said, in_words(self["flags"])]))

    @property
    def is_not_only_today(self) -> bool:
        """Whether day and area are to be seen: it was another day, an area is known, or one of them is wrong."""
        wrong = {"committed_on", "area"} & set(self.errors)
        return bool(wrong or self["area"].value()) or _as_date(self) != long_date(clock.today())

    @property
    def victim_in_one_line(self) -> str:
        """The victim and what they think, once both are said; else ""."""
        kind = in_words(self["victim_kind"])
        if self["victim_kind"].value() == VictimKind.NONE:
            return kind
        said = [kind, str(self["victim_name"].value() or ""), in_words(self["victim_stance"])]
        return "; ".join(filter(None, said)) if kind and (said[-1] or not self.asks_stance) else ""

    @property
    def asks_stance(self) -> bool:
        """Whether the page asks what the victim thinks; an answer that was given stays on the page."""
        return self._is_stance_asked or bool(self["victim_stance"].value())

    @property
    def known_victim(self) -> str:
        """Who the victim is, of a crime on record: "A business: Hart’s"; "" where that is asked."""
        kind, wrong = in_words(self["victim_kind"]), {"victim_kind", "victim_name"} & set(self.errors)
        if not self["victim_on_record"].value() or not kind or wrong:
            return ""
        return ": ".join(filter(None, [kind, str(self["victim_name"].value() or "")]))

    @property
    def asks_victim(self) -> bool:
        """Whether there may be a victim: the offence is known and is not one without, or a victim was named."""
        offence = self.offences.latest(str(self["offence"].value() or ""))
        return bool(self["victim_kind"].value() or self["victim_name"].value()) or (
            offence is not None and not offence.without_victim
        )

    def clean_number(self) -> str:
        return crime_number(self.cleaned_data["number"])

    def _clean_numbering(self, data: dict[str, Any]) -> None:
        """A crime has a number, or somebody says that it has none yet; then it is called by a stand-in."""
        number, recorded_as = data.get("number", ""), data.get("recorded_as", "")
        if recorded_as and number:
            self.add_error("number", _("Enter it on the page of the case: leave it empty here"))
        elif data.get("no_number") and number:
            self.add_error("number", _("Empty the crime number, or untick “No number yet”"))
        elif number.startswith(NO_NUMBER.strip()):
            self.add_error("number", _("Tick “No number yet” instead"))
        elif not number and not data.get("no_number") and "number" not in self.errors:
            self.add_error("number", _("Enter the crime number, or tick “No number yet”"))
        elif data.get("no_number"):
            data["number"] = recorded_as if recorded_as.startswith(NO_NUMBER) else stand_in()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        self._clean_numbering(data)
        if entry := chosen_entry(self, self.offences):
            self.entry = entry
        self._check_victim(data)
        statement, committed = data.get("first_statement_on"), data.get("committed_on")
        if statement and DOMESTIC_ABUSE not in data.get("flags", []):
            data["first_statement_on"] = None
        elif statement and committed and statement < committed:
            words = _("The first statement cannot be before the offence: check both dates")
            self.add_error("first_statement_on", words)
        return data

    def _check_victim(self, data: dict[str, Any]) -> None:
        offence = self.offences.latest(data.get("offence", ""))
        if not data.get("victim_kind") and "victim_kind" not in self.errors:
            if offence is not None and not offence.without_victim:
                self.add_error("victim_kind", _("Say who the victim is, or that there is none"))
            data["victim_kind"] = VictimKind.NONE
        if data.get("victim_kind") == VictimKind.NONE:
            data["victim_name"] = data["victim_stance"] = ""
        elif not data.get("victim_stance") and self._is_stance_asked and "victim_stance" not in self.errors:
            self.add_error("victim_stance", _("Say what the victim thinks, or that they have not been asked"))

    def details(self) -> CrimeDetails:
        """For the action."""
        data = self.cleaned_data
        return CrimeDetails(
            number=data["number"],
            committed_on=data["committed_on"],
            offence=self.entry,
            area=data["area"],
            victim_kind=data["victim_kind"],
            victim_name=data["victim_name"],
            victim_stance=data["victim_stance"],
            is_domestic_abuse=DOMESTIC_ABUSE in data["flags"],
            is_hate_crime=HATE_CRIME in data["flags"],
            first_statement_on=data["first_statement_on"],
        )


def _as_date(form: CrimeForm) -> str:
    widget = form.fields["committed_on"].widget
    return str(widget.format_value(form["committed_on"].value()))


def initial_crime(known: Allegation) -> dict[str, Any]:
    """The form's values for a crime already on record; the victim is asked again about this person."""
    return {
        "number": "" if known.crime.awaits_number else known.crime.number,
        "no_number": known.crime.awaits_number,
        "recorded_as": known.crime.number if known.crime.awaits_number else "",
        "offence": known.offence.code,
        "committed_on": known.committed_on,
        "area": known.area,
        "victim_kind": known.victim.kind if known.victim else VictimKind.NONE,
        "victim_name": known.victim.name if known.victim else "",
        "victim_on_record": known.victim is not None,
        "flags": [
            flag
            for flag, is_set in ((DOMESTIC_ABUSE, known.is_domestic_abuse), (HATE_CRIME, known.is_hate_crime))
            if is_set
        ],
        "first_statement_on": known.first_statement_on,
    }


def initial_known(known: KnownCrime, offences: Catalogue) -> dict[str, Any]:
    """The form's values for a crime that the force's record system tells of; what it does not tell is left out."""
    entry = offences.latest(known.offence)
    told = {
        "number": known.number,
        "offence": entry.code if entry else "",
        "committed_on": known.committed_on,
        "area": known.area,
        "victim_kind": known.victim_kind,
        "victim_name": known.victim_name,
    }
    return {name: value for name, value in told.items() if value}


def left_to_fill(form: CrimeForm, known: KnownCrime) -> dict[str, Any]:
    """What the record system tells of a crime and nobody has typed: the day too, where it is the usual one."""
    told = initial_known(known, form.offences)
    kept = {name for name in told if form[name].value()} - {"committed_on"}
    if _as_date(form) != long_date(clock.today()):
        kept.add("committed_on")
    if {"victim_kind", "victim_name"} & kept:
        kept |= {"victim_kind", "victim_name"}
    if told.get("committed_on") == clock.today():
        kept.add("committed_on")
    return {name: value for name, value in told.items() if name not in kept}


def known_in_words(told: dict[str, Any], offences: Catalogue) -> str:
    """What can be filled in, in one line."""
    entry = offences.latest(told.get("offence", ""))
    day = long_date(told["committed_on"]) if "committed_on" in told else ""
    said = [entry.title if entry else "", day, told.get("area", ""), told.get("victim_name", "")]
    return "; ".join(filter(None, said))


class BaseCrimes(forms.BaseFormSet):
    """The crimes of one case: rows left empty are passed over, and a number may stand only once."""

    def filled(self) -> list[CrimeForm]:
        """The rows that hold a crime; all of them valid once the set is."""
        return [form for number, form in enumerate(self.forms) if number == 0 or form.has_changed()]

    def full_clean(self) -> None:
        super().full_clean()
        if self.forms:  # an empty row says for itself what is missing
            kept = [error for error in self.non_form_errors().as_data() if error.code != "too_few_forms"]
            self._non_form_errors = self.error_class(kept, error_class="nonform", renderer=self.renderer)

    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.filled():
            number = form.cleaned_data.get("number", "") if hasattr(form, "cleaned_data") else ""
            if number and number in seen:
                form.add_error("number", _("This crime number is on the page twice: change it, or empty that row"))
            seen.add(number)


CrimeFormSet: type[BaseCrimes] = forms.formset_factory(  # type: ignore[assignment]
    CrimeForm, formset=BaseCrimes, extra=0, min_num=1, max_num=MOST, absolute_max=MOST, validate_min=True
)
