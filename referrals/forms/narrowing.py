"""The page "Record a decision" as it narrows: what the answers so far open and ask, and nothing beyond."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from cases.codes import HISTORY, OFFERED, DecisionResult
from cases.queries import Matches, find_people
from diversion import clock
from diversion.design_system.forms import hide_errors
from diversion.names.tokens import ways
from diversion.names.typed import Sought
from referrals.forms.offered import Offered
from referrals.forms.recording import RecordingForms
from referrals.judging.facts import CaseFacts
from referrals.judging.offers import offers, weigh
from referrals.judging.recorded import earlier_on_record
from referrals.models import Slot
from referrals.queries.schemes import shared_with

LEAST_TYPED = 3  # letters of a name before people on record are looked for


class RecordingPage(RecordingForms):
    """The forms of the page, and what it shows of them as it is now."""

    def show_again(self) -> None:
        """Show the page as it is, with what the answers so far open and ask. Nothing has been submitted, so nothing is
        called wrong."""
        self._clean_all()
        self._ask_of_chosen()
        hide_errors(*self.forms)

    def _ask_of_chosen(self) -> None:
        """The questions of the offer that is chosen, before anything is promised."""
        pair = self.decision.chosen_pair
        if pair is not None and self._result == DecisionResult.OFFERED_ACCEPTED:
            offer = weigh(self._facts_so_far, *pair, force=self.by.organisation, at=clock.today())
            self.facts.ask(offer.open_facts)

    @property
    def _result(self) -> str:
        return str(self.decision["result"].value() or "")

    @property
    def is_offer(self) -> bool:
        """Whether something was offered, so far as is said: then the offers are shown."""
        return self._result in OFFERED

    @property
    def is_agreement(self) -> bool:
        """Whether there is an agreement to make, so far as is said: what only an agreement needs is shown."""
        return self._result == DecisionResult.OFFERED_ACCEPTED and self.decision.chosen_pair is not None

    @property
    def asks_earlier(self) -> bool:
        """Whether the rows of earlier outcomes are asked: something came earlier, by what is said or on record."""
        return str(self.decision["earlier_outcomes"].value()) in HISTORY or any(
            form.initial for form in self.earlier.forms
        )

    @cached_property
    def account_in_one_line(self) -> str:
        """What was said and what there is, once all of it is answered and the page has moved on; "" before."""
        form = self.decision
        names = ("follow", "admission", "evidence", "gravity_score", "earlier_outcomes")
        if (
            not (self._result or self.case)
            or not form.is_bound
            or any(name in form.errors for name in (*names, "origin"))
        ):
            return ""
        said = [_in_words(form[name]) for name in names]
        return "; ".join(said) if all(said) else ""

    @property
    def shows_own_conditions(self) -> bool:
        """Whether the officer's own conditions stand open: there is one, or no scheme brings any."""
        return not self.templates or any(form["kind"].value() for form in self.conditions.forms)

    @property
    def is_narrowed(self) -> bool:
        """Whether the page shows what the answers open and ask; before that, nothing that is missing of it is wrong."""
        return self.data is not None

    def only_more_is_asked(self) -> bool:
        """Whether all that is missing is what this page had not shown yet when it was sent (without JavaScript)."""
        if "narrowed" in (self.data or {}):
            return False
        asked = {"option"} if self.is_offer else set()
        wrong = {name for form in self._answered for name in _wrong_fields(form)}
        return bool(wrong) and wrong <= asked | {"victim_kind", "victim_stance"}

    @cached_property
    def _facts_so_far(self) -> CaseFacts:
        person = self.person.cleaned_data.get("existing")
        ours = earlier_on_record(person) if person else []
        return CaseFacts.of(self._said, self.offences, clock.today(), ours)

    @cached_property
    def offered(self) -> Offered | None:
        """What is open to this person by the answers so far; None until the page says what came of it."""
        if self._result in ("", DecisionResult.UNDECIDED) or not hasattr(self.decision, "cleaned_data"):
            return None
        soonest = _first_of_each(self.free)
        places = {pk: slot.starts_at.timestamp() for pk, slot in soonest.items()}
        found = offers(
            self._facts_so_far, force=self.by.organisation, versions=self.versions, at=clock.today(), places=places
        )
        return Offered(found, closed=self._closed, slots=soonest, chosen=str(self.decision["option"].value() or ""))

    @property
    def rules_nothing_out(self) -> bool:
        """Whether nothing was offered though, by all that is known, something is open: the page says so."""
        return self._result == DecisionResult.NOT_OFFERED and bool(self.offered and self.offered.open)

    @cached_property
    def hits(self) -> Matches | None:
        """People on record who may be the one whose name or date of birth is being typed; None once that is settled."""
        if self.data is None or self.person["existing"].value() or self.person.matches:
            return None
        given = self.person.cleaned_data
        born = given.get("date_of_birth")
        names = " ".join(filter(None, (given.get("given_names"), given.get("family_name"))))
        # A name box holds a name: what looks like a date in it is none, and must not stop the page.
        sought = Sought(tuple(ways(names)) if len(names) >= LEAST_TYPED else (), born, names)
        return find_people(sought=sought, by=self.by) if sought else None

    @cached_property
    def _closed(self) -> dict[int, str]:
        """Schemes to which nobody can be sent now, and why."""
        shared = shared_with(by=self.by)
        unshared = {
            one.pk: _("There is no live sharing agreement with %(provider)s.") % {"provider": one.provider}
            for one in self.versions
            if one.provider_id not in shared
        }
        taken = {pk: _("It is full: %(places)s.") % {"places": places} for pk, places in self.full.items()}
        return unshared | taken


def _in_words(field: BoundField) -> str:
    """What is chosen, in the words of the choices; "" where nothing is."""
    chosen = field.value() or []
    wanted = [str(one) for one in (chosen if isinstance(chosen, list) else [chosen])]
    return ", ".join(str(label) for code, label in field.field.choices if str(code) in wanted)


def _wrong_fields(part: Any) -> Iterator[str]:
    forms_in = part.forms if isinstance(part, forms.BaseFormSet) else [part]
    for form in forms_in:
        yield from form.errors
    if isinstance(part, forms.BaseFormSet) and part.non_form_errors():
        yield ""


def _first_of_each(slots: list[Slot]) -> dict[int, Slot]:
    found: dict[int, Slot] = {}
    for slot in slots:
        found.setdefault(slot.version_id, slot)
    return found
