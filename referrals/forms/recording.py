"""The page "Record a decision": its forms together, what they propose, and what the rules say of it.

The parts that depend on one another (a scheme and its conditions, an age and its resolutions) are built from what has
been typed so far, so that the page works without JavaScript: any button gives it back with everything kept.
"""

import uuid
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cases.codes import DecisionResult, EarlierOutcomes, VictimKind
from cases.law.dates import RESPONSIBLE_AGE, age_on
from cases.models import Allegation, Offence, Person
from cases.queries import known_history
from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.forms import hide_errors
from diversion.design_system.wording import long_date
from referrals.forms.conditions import FreeConditionFormSet, TemplateConditionForm, chosen_of
from referrals.forms.crimes import BaseCrimes, CrimeFormSet, initial_crime
from referrals.forms.decision import OFFERED, DecisionForm
from referrals.forms.person import PersonForm
from referrals.forms.person_values import initial_of
from referrals.forms.proposing import propose
from referrals.forms.setting_aside import SetAsideForm
from referrals.judging import judge
from referrals.judging.finding import Judgement
from referrals.judging.proposal import Proposal
from referrals.models import SchemeVersion, SharingAgreement, Slot
from referrals.queries.schemes import free_slots, open_schemes
from referrals.schemes import length
from referrals.schemes.capacity import full

SLOTS_SHOWN = 6


class RecordingPage:
    """All forms of the page for ``by``. ``data`` is what was posted; ``person`` and ``crime`` are on record."""

    def __init__(
        self,
        *,
        by: User,
        data: Any = None,
        person: Person | None = None,
        crime: Allegation | None = None,
        names: dict[str, str] | None = None,
    ) -> None:
        self.by, self.data = by, data
        self.judgements: list[Judgement] = []
        self.person = PersonForm(data, by=by, initial=initial_of(person) if person else names)
        known = [initial_crime(crime)] if crime else None
        self.crimes: BaseCrimes = CrimeFormSet(
            data, prefix="crimes", initial=known, form_kwargs={"offences": Offence.objects.catalogue(by.organisation)}
        )
        if person is not None:
            # Nothing is left to say about somebody on record, so typing begins with the crime.
            self.crimes.forms[0].fields["number"].widget.attrs["autofocus"] = True
        self.versions = list(open_schemes(by=by))
        free, self.full = list(free_slots(self.versions)), full(self.versions)
        chosen = self._chosen_version(data)
        self.decision = DecisionForm(
            data,
            versions=self.versions,
            slots=[slot for slot in free if chosen and slot.version_id == chosen.pk][:SLOTS_SHOWN],
            next_slots=_first_of_each(free),
            full=self.full,
            born=self.person.known_birth,
            initial={"submission": uuid.uuid4(), "earlier_outcomes": _history_of(person)},
        )
        self.templates = self._template_forms(chosen)
        self.conditions = FreeConditionFormSet(data, prefix="conditions")
        self.set_aside = SetAsideForm(data)

    @property
    def forms(self) -> list[Any]:
        """All forms in the order of the page."""
        return [self.person, self.crimes, self.decision, *self.templates, self.conditions, self.set_aside]

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
        wanted = str((data or {}).get("scheme", ""))
        return next((version for version in self.versions if str(version.pk) == wanted), None)

    def _template_forms(self, version: SchemeVersion | None) -> list[TemplateConditionForm]:
        """Bound only if they were on the page that was sent: else they begin as the scheme has them."""
        if version is None:
            return []
        shown = str((self.data or {}).get("shown_scheme", "")) == str(version.pk)
        data = self.data if shown else None
        return [
            TemplateConditionForm(data, template=template, version=version)
            for template in version.condition_templates.all()
        ]

    def show_again(self) -> None:
        """Only show the page as it is: nothing has been submitted, so nothing is called wrong."""
        hide_errors(self.person, self.crimes, self.decision, self.conditions, *self.templates, self.set_aside)

    def is_valid(self) -> bool:
        """Whether everything may be recorded; if not, each form holds its errors."""
        parts: list[Any] = [self.person, self.crimes, self.decision]
        valid = [part.is_valid() for part in parts]  # a list: every form says what is wrong with it
        self._check_dates()
        if all(valid) and self._no_errors(parts):
            self._check_agreement()
            if self._is_agreement_valid() and self._no_errors(parts):
                self._judge()
        return self._no_errors([*parts, *self._condition_forms, self.set_aside])

    def _check_dates(self) -> None:
        """Birth and offences together, whatever else is wrong: a child under 10 cannot be guilty of an offence."""
        born = self.person.cleaned_data.get("date_of_birth")
        filled = [form.cleaned_data for form in self.crimes.filled() if hasattr(form, "cleaned_data")]
        first = min((day for data in filled if (day := data.get("committed_on"))), default=None)
        if born is None or first is None:
            return
        if first < born:
            words = _("The person was born after the offence of %(day)s: check both dates")
            self.person.add_error("date_of_birth", words % {"day": long_date(first)})
        elif age_on(born, first) < RESPONSIBLE_AGE:
            words = _("The person was under 10: a child of that age cannot be guilty. Check the date of birth")
            self.person.add_error("date_of_birth", words)

    def _no_errors(self, parts: list[Any]) -> bool:
        return not any(_has_errors(part) for part in parts)

    @property
    def accepted(self) -> bool:
        """Whether the offer was accepted: then there is an agreement, and perhaps a referral."""
        return bool(self.decision.cleaned_data.get("result") == DecisionResult.OFFERED_ACCEPTED)

    @cached_property
    def _condition_forms(self) -> list[Any]:
        if not self.decision.is_bound or self.decision["result"].value() != DecisionResult.OFFERED_ACCEPTED:
            return []
        return [form for form in [*self.templates, *self.conditions.forms] if form.is_bound]

    def _check_agreement(self) -> None:
        version = self.version if self.decision.cleaned_data["result"] in OFFERED else None
        if version is None or not self.accepted:
            return
        if self.templates and not self.conditions_were_shown:
            words = _("Read the conditions of %(scheme)s below with the person, then record the decision")
            self.decision.add_error("scheme", words % {"scheme": version.scheme.name})
        if version.pk in self.full:
            words = _("%(scheme)s is full, %(places)s: choose another scheme, or ask your coordinator")
            self.decision.add_error("scheme", words % {"scheme": version.scheme.name, "places": self.full[version.pk]})
        if not SharingAgreement.is_live(self.by.organisation, version.provider, clock.today()):
            words = _(
                "There is no live sharing agreement with %(provider)s, so nobody can be referred there:"
                " choose another scheme, or ask your coordinator"
            )
            self.decision.add_error("scheme", words % {"provider": version.provider})

    def _is_agreement_valid(self) -> bool:
        if not self.accepted:
            return True
        for form in self._condition_forms:
            form.is_valid()
        end = length.end_of(self.version, clock.today()) if self.version else None
        for form in self._chosen_conditions:
            form.check_ends(end)
            if self.version and not form.errors:
                form.check_victims(self._victims)
        return self._no_errors(self._condition_forms)

    @property
    def _victims(self) -> list[str]:
        """People typed as victims on this page; the name of a shop is no secret from the partner."""
        given = [form.cleaned_data for form in self.crimes.filled()]
        return [data["victim_name"] for data in given if data["victim_kind"] == VictimKind.PERSON]

    @property
    def _chosen_conditions(self) -> list[Any]:
        return chosen_of(self._condition_forms) if self.accepted else []

    def _judge(self) -> None:
        """Ask the law and the scheme; what blocks becomes an error at the answer that it concerns."""
        self.judgements = self.set_aside.asked(judge.judge(self.proposal, clock.today()))
        for judgement in self.judgements:
            if judgement.blocks:
                self._add_error(judgement)

    def _add_error(self, judgement: Judgement) -> None:
        message = judgement.reason
        if judgement.override_by:
            words = _("%(reason)s Only the rank of %(rank)s or above can set this aside.")
            message = words % {"reason": judgement.reason, "rank": judgement.override_by}
        if judgement.about in self.decision.fields:
            self.decision.add_error(judgement.about, message)
        elif judgement.about in self.person.fields:
            self.person.add_error(judgement.about, message)
        else:
            self.decision.add_error(None, message)

    @cached_property
    def proposal(self) -> Proposal:
        """What is proposed, once the forms are valid."""
        decision = self.decision.cleaned_data
        return propose(
            person=self.person.cleaned_data,
            decision=decision,
            crimes=[form.details() for form in self.crimes.filled()],
            conditions=self._chosen_conditions,
            version=self.version if decision["result"] in OFFERED else None,
            force=self.by.organisation,
        )


def _has_errors(part: Any) -> bool:
    if isinstance(part, forms.BaseFormSet):
        return bool(part.total_error_count())
    return part.is_bound and bool(part.errors)


def _first_of_each(slots: list[Slot]) -> dict[int, Slot]:
    found: dict[int, Slot] = {}
    for slot in slots:
        found.setdefault(slot.version_id, slot)
    return found


def _history_of(person: Person | None) -> str:
    return known_history(person) if person else EarlierOutcomes.NOT_CHECKED
