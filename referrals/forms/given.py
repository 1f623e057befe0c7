"""What the page "Record a decision" says, in the terms in which it is judged and kept."""

from functools import cached_property
from typing import Any

from cases.codes import HISTORY, OFFERED, DecisionResult, EarlierOutcomes
from cases.details import CrimeDetails, DecisionDetails
from referrals.actions.deciding import Support, propose
from referrals.forms.conditions import chosen_of
from referrals.forms.earlier import category_of
from referrals.forms.kept import kept
from referrals.forms.parts import Parts
from referrals.judging.proposal import Proposal
from referrals.models import SchemeVersion


class Given(Parts):
    """The answers of the page, as far as they are given and can be read."""

    @property
    def accepted(self) -> bool:
        """Whether the offer was accepted: then there is an agreement, and perhaps a referral."""
        return bool(self.decision.cleaned_data.get("result") == DecisionResult.OFFERED_ACCEPTED)

    @cached_property
    def _condition_forms(self) -> list[Any]:
        if not self.decision.is_bound or self.decision["result"].value() != DecisionResult.OFFERED_ACCEPTED:
            return []
        return [form for form in [*self.templates, *self.conditions.forms] if form.is_bound]

    @property
    def _chosen_conditions(self) -> list[Any]:
        return chosen_of(self._condition_forms) if self.accepted else []

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
