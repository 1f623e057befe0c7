"""The page "Record a decision": what is wrong with its answers, and what the rules say of what they propose."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.codes import OFFERED, DecisionResult, VictimKind
from cases.findings import Finding
from cases.law.dates import ADULT_AGE, RESPONSIBLE_AGE, age_on
from diversion import clock
from diversion.design_system.wording import long_date
from referrals.forms.decision import FOLLOWING
from referrals.forms.given import Given
from referrals.judging.judge import Judged, judge
from referrals.queries.schemes import not_shared
from referrals.schemes import length


class RecordingForms(Given):
    """Whether the page may be recorded: each form holds what is wrong with it."""

    def _clean_all(self) -> bool:
        """Read every answer; each form says what is wrong with it, whatever is wrong with the others."""
        return all([part.is_valid() for part in self._answered])

    @property
    def _answered(self) -> list[Any]:
        """The forms that hold answers; what only an agreement needs is looked at after them."""
        return [self.person, self.crimes, self.decision, self.facts, *([self.earlier] if self.earlier.is_bound else [])]

    def is_valid(self) -> bool:
        """Whether everything may be recorded; if not, each form holds its errors."""
        valid, parts = self._clean_all(), self._answered
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
        if why := not_shared(self.by.organisation, version.provider):
            self.decision.add_error("option", why)

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
