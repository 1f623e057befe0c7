"""The page "Record a decision": its forms together, what they propose, and what the rules say of it.

The parts that depend on one another (a scheme and its conditions, an age and its resolutions) are built from what has
been typed so far, so that the page works without JavaScript: any button gives it back with everything kept.
"""

import uuid
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.codes import HISTORY, OFFERED, DecisionResult, EarlierOutcomes, NotOfferedReason, VictimKind
from cases.details import CrimeDetails, DecisionDetails
from cases.findings import Finding
from cases.law.dates import ADULT_AGE, RESPONSIBLE_AGE, age_on
from cases.models import Allegation, Case, Catalogue, KnownCrime, Offence, Person
from cases.models.remedy import RemedyAction
from cases.queries import known_history
from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.repeating import typed_number
from diversion.design_system.wording import long_date
from referrals.actions.deciding import Support, propose
from referrals.forms.conditions import FreeConditionFormSet, TemplateConditionForm, chosen_of
from referrals.forms.crimes import BaseCrimes, CrimeFormSet, initial_crime, initial_known
from referrals.forms.decision import FOLLOWING, DecisionForm
from referrals.forms.earlier import category_of, earlier_outcomes
from referrals.forms.facts import FactsForm
from referrals.forms.kept import kept
from referrals.forms.person import PersonForm
from referrals.forms.person_values import initial_of
from referrals.forms.reopening import ethnicity_said
from referrals.forms.setting_aside import SetAsideForm
from referrals.forms.signing import SigningForm
from referrals.judging.judge import Judged, judge
from referrals.judging.options import closing_facts
from referrals.judging.proposal import Proposal
from referrals.judging.recorded import answers_of, earlier_on_record
from referrals.models import SchemeVersion, SharingAgreement, Slot
from referrals.queries.remedies import asked_for
from referrals.queries.schemes import free_slots, open_schemes
from referrals.schemes import length
from referrals.schemes.capacity import full
from referrals.schemes.document import places_in

SLOTS_SHOWN = 4


def _shown(free: list[Slot], data: Any) -> list[Slot]:
    """The first few, and the one that was chosen: others that are published meanwhile do not push it out."""
    chosen = str(data.get("slot", "")) if data is not None else ""
    return [slot for place, slot in enumerate(free) if place < SLOTS_SHOWN or str(slot.pk) == chosen]


def _initial_of(crime: Allegation | KnownCrime, offences: Catalogue) -> dict[str, Any]:
    return initial_crime(crime) if isinstance(crime, Allegation) else initial_known(crime, offences)


class RecordingForms:
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
        self.versions = list(open_schemes(by=by))
        self.free, self.full = list(free_slots(self.versions)), full(self.versions)
        chosen = self._chosen_version(data)
        self.decision = DecisionForm(
            data,
            versions=self.versions,
            slots=_shown([slot for slot in self.free if chosen and slot.version_id == chosen.pk], data),
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

    def _clean_all(self) -> bool:
        """Read every answer; each form says what is wrong with it, whatever is wrong with the others."""
        return all([part.is_valid() for part in self._answered])

    @property
    def _answered(self) -> list[Any]:
        """The forms that hold answers; what only an agreement needs is looked at after them."""
        return [self.person, self.crimes, self.decision, self.facts, *([self.earlier] if self.earlier.is_bound else [])]

    def is_valid(self) -> bool:
        """Whether everything may be recorded; if not, each form holds its errors."""
        valid = self._clean_all()
        parts = [
            self.person,
            self.crimes,
            self.decision,
            self.facts,
            *([self.earlier] if self.earlier.is_bound else []),
        ]
        self._check_dates()
        if valid and self._no_errors(parts):
            self._check_agreement()
            if self._is_agreement_valid() and self._no_errors(parts):
                self._judge()
        signs = [self.signing] if self.accepted else []
        return self._no_errors([*parts, *self._condition_forms, *signs, self.set_aside])

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
            self.decision.add_error("option", words % {"scheme": version.scheme.name})
        if version.pk in self.full:
            words = _("%(scheme)s is full, %(places)s: choose another scheme, or ask your coordinator")
            self.decision.add_error("option", words % {"scheme": version.scheme.name, "places": self.full[version.pk]})
        if not SharingAgreement.is_live(self.by.organisation, version.provider, clock.today()):
            words = _(
                "There is no live sharing agreement with %(provider)s, so nobody can be referred there:"
                " choose another scheme, or ask your coordinator"
            )
            self.decision.add_error("option", words % {"provider": version.provider})

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

    judged: Judged

    def _judge(self) -> None:
        """Ask the rulebooks; what stops becomes an error at the answer that it concerns, what is open a question."""
        asked = self.set_aside.asked(judge(self.proposal, clock.today()))
        self.judged = asked
        for finding in asked.stopping:
            self._add_error(finding)
        if not asked.stopping:
            self._ask(dict.fromkeys([*asked.open_facts, *self._gravity_left_out]))
        if self.accepted and not asked.stopping and not asked.needs:  # what a rank decides is signed after that
            self.signing.ask(is_child=self.is_child)

    @property
    def is_child(self) -> bool:
        """Whether the person is under 18 today, as far as their birth is said."""
        born = getattr(self.person, "cleaned_data", {}).get("date_of_birth")
        return born is not None and age_on(born, clock.today()) < ADULT_AGE

    @property
    def _gravity_left_out(self) -> list[str]:
        """The question how serious it is, where nothing was offered and neither matrix, officer nor a reason tells.

        Figures are adjusted for it: unasked, whoever was offered nothing would be compared as unknown.
        """
        if self.decision.cleaned_data["result"] != DecisionResult.NOT_OFFERED:
            return []
        facts = self.proposal.facts
        is_known = all("gravity_score" in crime for crime in facts.given_with_ours)
        return [] if is_known or "gravity_score" in self.answers.get("not_known", {}) else ["gravity_score"]

    def _ask(self, names: Iterable[str]) -> None:
        """Put what is still open to the officer, each question where the page has it."""
        names = list(names)
        self.facts.ask(names)
        for name in names:
            field, words = ASKED_AT.get(name, ("", ""))
            if field and field not in self.decision.errors:
                self.decision.add_error(field, words)

    def _add_error(self, finding: Finding) -> None:
        message = finding.reason
        if finding.override_by:
            words = _("%(reason)s Only the rank of %(rank)s or above can set this aside.")
            message = words % {"reason": finding.reason, "rank": finding.override_by}
        about = ON_OFFER.get(finding.about, finding.about)
        if about in self.decision.fields:
            self.decision.add_error(about, message)
        elif finding.about in self.person.fields:
            self.person.add_error(finding.about, message)
        else:
            self.decision.add_error(None, message)

    @cached_property
    def crime_details(self) -> list[CrimeDetails]:
        """The crimes, for the action."""
        return [form.details() for form in self.crimes.filled()]

    @cached_property
    def answers(self) -> dict[str, Any]:
        """Every answer given, as it is judged and kept, once the forms are valid."""
        version = self._version_offered
        agreed = [kept(vars(form.details())) for form in self._chosen_conditions]
        return self._said | kept({"conditions": agreed, "scheme": version.scheme.slug if version else ""})

    @cached_property
    def _said(self) -> dict[str, Any]:
        """The answers about person, crimes and decision, as far as they are given and can be read."""
        given = {**self.person.cleaned_data, **self.decision.cleaned_data}
        outcomes = self.earlier.facts if self.earlier.is_bound else []
        earlier = given.get("earlier_outcomes", "")
        score = given.pop("gravity_score", "")
        return kept(
            {
                **given,
                "scheme": "",
                "earlier_outcomes": category_of(outcomes, earlier),
                "earlier": outcomes if earlier in HISTORY else [],
                "facts": {**self.facts.facts, **({"gravity_score": int(score)} if score else {})},
                "checked": self.facts.checked,
                "not_known": self._not_known(score, earlier),
                "person_already_on_record": given.get("existing") is not None,
                "crimes": [kept(form.cleaned_data) for form in self.crimes.filled() if hasattr(form, "cleaned_data")],
            }
        )

    def _not_known(self, score: str, earlier: str) -> dict[str, str]:
        """Why each fact is not known yet; earlier outcomes and gravity are left open by their own questions."""
        because = self.facts.cleaned_data.get("not_known_because", "").strip()
        left_open = [] if score else ["gravity_score"]
        left_open += ["earlier_outcomes"] if earlier == EarlierOutcomes.NOT_CHECKED else []
        return {**self.facts.not_known, **(dict.fromkeys(left_open, because) if because else {})}

    @property
    def _version_offered(self) -> SchemeVersion | None:
        return self.version if self.decision.cleaned_data["result"] in OFFERED else None

    @cached_property
    def decision_details(self) -> DecisionDetails:
        """The decision, for the action."""
        given = self.decision.cleaned_data
        names = ("result", "admission", "disposal", "not_offered_reason", "declined_reason", "rationale")
        return DecisionDetails(**{name: given[name] for name in (*names, "without_scheme", "waits_for", "decide_by")})

    @cached_property
    def support(self) -> Support:
        """The scheme, the appointment and the conditions, for the action."""
        wanted = self.decision.cleaned_data["slot"]
        slot = next((slot for slot in self.decision.slots if str(slot.pk) == wanted), None)
        return Support(
            scheme_version=self._version_offered,
            slot=slot if self.accepted else None,
            conditions=[form.details() for form in self._chosen_conditions],
            signed=self.signing.signed if self.accepted else None,
            admitted=self.signing.admitted if self.accepted and self.signing.is_valid() else None,
        )

    @cached_property
    def proposal(self) -> Proposal:
        """What is proposed, once the forms are valid: what is judged is what will stand on the record."""
        return propose(
            self.answers,
            self.decision_details,
            self.support,
            person=self.person.cleaned_data.get("existing"),
            offences=self.offences,
            by=self.by,
        )


#: What a finding is about, where the page asks it as one choice.
ON_OFFER = {"disposal": "option", "scheme": "option"}
#: Questions of the page itself that a rule may still wait for, and what to do about each.
ASKED_AT: dict[str, tuple[str, Any]] = {
    "has_capacity": ("follow", FOLLOWING),
    "interpreter": ("follow", FOLLOWING),
    "appropriate_adult": ("follow", FOLLOWING),
    "gravity_score": ("gravity_score", gettext_lazy("Choose how serious it is, or say below why it is not known yet")),
    "earlier_outcomes": (
        "earlier_outcomes",
        gettext_lazy("Say what came earlier and when, or say below why it is not known yet"),
    ),
    "first_statement_date": (
        "option",
        gettext_lazy("Enter the day of the first statement beside the crime: the time limit counts from it"),
    ),
}


def _has_errors(part: Any) -> bool:
    if isinstance(part, forms.BaseFormSet):
        return bool(part.total_error_count())
    return part.is_bound and bool(part.errors)


def _history_of(person: Person | None) -> str:
    return known_history(person) if person else EarlierOutcomes.NOT_CHECKED
