"""The forms of the page "Record a decision", built from what has been typed so far.

The parts that depend on one another (a scheme and its conditions, an age and its resolutions) follow what is chosen, so
that the page works without JavaScript: any button gives it back with everything kept.
"""

import uuid
from functools import cached_property
from typing import Any

from django import forms

from cases.codes import DecisionResult, EarlierOutcomes, NotOfferedReason
from cases.models import Allegation, Case, Catalogue, KnownCrime, Offence, Person
from cases.models.remedy import RemedyAction
from cases.queries import known_history
from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.repeating import typed_number
from referrals.forms.conditions import FreeConditionFormSet, TemplateConditionForm
from referrals.forms.crimes import BaseCrimes, CrimeFormSet, initial_crime, initial_known
from referrals.forms.decision import DecisionForm
from referrals.forms.earlier import earlier_outcomes
from referrals.forms.facts import FactsForm
from referrals.forms.person import PersonForm
from referrals.forms.person_values import initial_of
from referrals.forms.reopening import ethnicity_said
from referrals.forms.setting_aside import SetAsideForm
from referrals.forms.signing import SigningForm
from referrals.judging.options import closing_facts
from referrals.judging.recorded import answers_of, earlier_on_record
from referrals.models import SchemeVersion, Slot
from referrals.queries.remedies import asked_for
from referrals.queries.schemes import free_slots, open_schemes
from referrals.schemes.capacity import full
from referrals.schemes.document import places_in

SLOTS_SHOWN = 4


def _shown(free: list[Slot], data: Any) -> list[Slot]:
    """The first few, and the one that was chosen: others that are published meanwhile do not push it out."""
    chosen = str(data.get("slot", "")) if data is not None else ""
    return [slot for place, slot in enumerate(free) if place < SLOTS_SHOWN or str(slot.pk) == chosen]


def _initial_of(crime: Allegation | KnownCrime, offences: Catalogue) -> dict[str, Any]:
    return initial_crime(crime) if isinstance(crime, Allegation) else initial_known(crime, offences)


class Parts:
    """All forms of the page for ``by``. ``data`` is what was posted; ``person`` and ``crime`` are on record, or what
    the force's record system tells of the crime.

    ``case`` is one that was left open and is decided on this page.
    """

    def __init__(
        self,
        *,
        by: User,
        data: Any = None,
        person: Person | None = None,
        crime: Allegation | KnownCrime | None = None,
        names: dict[str, str] | None = None,
        case: Case | None = None,
    ) -> None:
        self.by, self.data, self.case = by, data, case
        said = ethnicity_said(case, answers_of(case)) if case else ""
        self.person = PersonForm(data, by=by, initial=initial_of(person) if person else names, said_before=said)
        offences = Offence.objects.catalogue(by.organisation)
        asked = {"offences": offences, "asks_stance": self._asks_stance}
        known = [_initial_of(crime, offences)] if crime else None
        self.crimes: BaseCrimes = CrimeFormSet(data, prefix="crimes", initial=known, form_kwargs=asked)
        self.offences = self.crimes.form_kwargs["offences"]
        self.earlier = earlier_outcomes(data, earlier_on_record(person) if person else [])
        self.versions = open_schemes(by=by)
        chosen = self._chosen_version(data)
        self.decision = DecisionForm(
            data,
            versions=self.versions,
            slots=_shown([slot for slot in self.free if slot.version_id == chosen.pk], data) if chosen else [],
            initial={"submission": uuid.uuid4(), "earlier_outcomes": _history_of(person)},
        )
        self.templates = self._template_forms(chosen)
        agreed = data if data is not None and "conditions-TOTAL_FORMS" in data else None
        self.conditions = FreeConditionFormSet(agreed, prefix="conditions")
        self.facts = FactsForm(data, places=places_in(chosen) if chosen else ())
        self.set_aside = SetAsideForm(data)
        self.signing = SigningForm(data, option=str((data or {}).get("option", "")))
        if person is not None:
            self._first_to_say.widget.attrs["autofocus"] = True

    @cached_property
    def free(self) -> list[Slot]:
        """Appointments that have a place left, soonest first."""
        return list(free_slots(self.versions))

    @cached_property
    def full(self) -> dict[int, str]:
        """The versions of which every place is taken, and how many those are."""
        return full(self.versions)

    def begin_with_somebody_new(self) -> None:
        """Nobody on record was found: the keyboard goes on with what the search has not typed already."""
        names = ("given_names", "family_name", "date_of_birth", "sex")
        first = next(name for name in names if not self.person[name].value())
        self.person.fields[first].widget.attrs["autofocus"] = True

    def go_on_after_who(self) -> None:
        """Somebody was taken with a button: the keyboard goes on with what only they can say of themselves."""
        name = "ethnicity_said" if self.person.asks_confirmation else "ethnicity"
        self.person.fields[name].widget.attrs["autofocus"] = True

    @property
    def _first_to_say(self) -> forms.Field:
        """Where the keyboard begins: nothing else is left to say about somebody on record."""
        return self.person.fields["ethnicity_said"] if self.person.asks_confirmation else self.decision.fields["result"]

    @property
    def _asks_stance(self) -> bool:
        """Whether it has to be said what a victim thinks of settling it out of court.

        Not where that is not offered, unless it is the reason, or a rule of the force can close an option by it:
        whoever was offered nothing must be as well known as whoever was.
        """
        said = self.data or {}
        if said.get("result") != DecisionResult.NOT_OFFERED:
            return True
        is_why = said.get("not_offered_reason") == NotOfferedReason.VICTIM
        return is_why or "victim_view" in closing_facts(self.by.organisation, clock.today())

    @property
    def forms(self) -> list[Any]:
        """All forms in the order of the page."""
        return [
            *(self.person, self.crimes, self.decision, self.earlier, self.facts),
            *(*self.templates, self.conditions, self.signing, self.set_aside),
        ]

    @property
    def case_version(self) -> int:
        """The version of the case that the page showed when it was opened; 0, which no case has, where it says none.

        Once the page says that its person's record was put to another it shows the case with that record.
        """
        shown = typed_number((self.data or {}).get("deciding_version")) or 0
        moved = self.person.put_together is not None and self.case is not None and self.case.version == shown + 1
        return shown + 1 if moved else shown

    @property
    def version(self) -> SchemeVersion | None:
        """The scheme chosen as the page is now."""
        return self.decision.chosen_version

    @property
    def conditions_were_shown(self) -> bool:
        """Whether the officer has seen the conditions of the scheme that is chosen, and not those of another."""
        version = self.version
        return version is None or str((self.data or {}).get("shown_scheme", "")) == str(version.pk)

    def _chosen_version(self, data: Any) -> SchemeVersion | None:
        _disposal, _colon, wanted = str((data or {}).get("option", "")).partition(":")
        return next((version for version in self.versions if str(version.pk) == wanted), None)

    def _template_forms(self, version: SchemeVersion | None) -> list[TemplateConditionForm]:
        """Bound only if they were on the page that was sent, or on one before another scheme was chosen: else they
        begin as the scheme has them."""
        if version is None:
            return []
        said = self.data or {}
        shown = str(said.get("shown_scheme", "")) == str(version.pk)
        found = []
        for template in version.condition_templates.all():
            data = self.data if shown or f"template-{template.pk}-due_on" in said else None
            found.append(TemplateConditionForm(data, template=template, version=version))
        kinds = {one.kind for one in self.asked_for}
        for form in found:
            form.is_asked_for = form.template.kind in kinds
        return found

    @cached_property
    def asked_for(self) -> list[RemedyAction]:
        """What the victims of the case that is decided have asked for, of the community remedy document."""
        found = asked_for(self.case, by=self.by) if self.case else []
        return list(dict.fromkeys(action for one in found for action in one.chosen))

    @property
    def asked_of_no_template(self) -> list[RemedyAction]:
        """What of it the scheme has no condition for: the officer adds one of their own."""
        kinds = {form.template.kind for form in self.templates}
        return [one for one in self.asked_for if one.kind not in kinds]


def _history_of(person: Person | None) -> str:
    return known_history(person) if person else EarlierOutcomes.NOT_CHECKED
