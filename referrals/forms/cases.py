"""What an officer does on a case that is already recorded: find it, refer again, settle a condition, decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import legal
from cases.law.outcomes import Result
from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.design_system.forms import OPEN_AGAIN, GovDateField, required
from diversion.design_system.wording import long_date
from diversion.searching import SearchField
from referrals.forms.decision import length_in_words, slot_in_words
from referrals.judging.fit import closed_because
from referrals.models import Condition, Referral, SchemeVersion, Slot
from referrals.queries.breaches import may_follow
from referrals.queries.cases import CaseStatus, scheme_of
from referrals.schemes.document import terms_of
from referrals.schemes.missed import is_missed, waits_for_worker

MINE, TEAM, NOBODYS = "mine", "team", "nobodys"
DONE = Condition.State.DONE.value
ASK = "ask"  # beside the states: it is open still, and the worker is asked why


class CaseFilterForm(forms.Form):
    """Narrows the list of cases; whose is offered as far as the user may see more than their own."""

    kept = ("q",)
    q = SearchField(
        label=gettext_lazy("Name, date of birth, case reference or crime number"),
        help_text=gettext_lazy("The beginning of a name or of a crime number is enough."),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Where it stands"),
        choices=[("", gettext_lazy("All")), *CaseStatus.choices],
        required=False,
    )
    whose = forms.ChoiceField(label=gettext_lazy("Whose"), required=False)

    mark_optional = False

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("All that I may see")), (MINE, _("Mine"))]
        if by.team_id and by.can(Permission.VIEW_TEAM_CASES, Permission.VIEW_FORCE_CASES):
            choices.append((TEAM, _("My team’s")))
        if by.can(Permission.VIEW_TEAM_CASES, Permission.VIEW_FORCE_CASES):
            choices.append((NOBODYS, _("Nobody’s: the officer has left")))
        self.fields["whose"].choices = choices


class ReferAgainForm(forms.Form):
    """Another scheme after a partner declined: those that take this resolution, admission and age."""

    scheme = forms.ChoiceField(
        label=gettext_lazy("Scheme"),
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose the scheme to refer the person to")),
    )
    slot = forms.ChoiceField(label=gettext_lazy("First appointment"), required=False)

    design: dict[str, Any] = {"slot": {"optional": False}}

    def __init__(
        self,
        *args: Any,
        versions: Sequence[SchemeVersion],
        slots: Sequence[Slot],
        full: Mapping[int, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {str(version.pk): version for version in versions}
        self.slots = {str(slot.pk): slot for slot in slots}
        self.fields["scheme"].choices = [(key, one.scheme.name) for key, one in self.versions.items()]
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, slot in self.slots.items():
            groups.setdefault(slot.version.scheme.name, []).append((key, slot_in_words(slot)))
        self.fields["slot"].choices = [("", _("Not booked now")), *groups.items()]
        hints = {key: _hint(one, full.get(one.pk, "")) for key, one in self.versions.items()}
        self.design = {**self.design, "scheme": {"small": True, "hints": hints}}

    def clean(self) -> dict[str, Any]:
        slot = self.slots.get(self.cleaned_data.get("slot", ""))
        version = self.versions.get(self.cleaned_data.get("scheme", ""))
        if slot is not None and version is not None and slot.version_id != version.pk:
            words = _("That appointment belongs to another scheme: choose one of %(scheme)s")
            self.add_error("slot", words % {"scheme": version.scheme.name})
        return self.cleaned_data

    def chosen(self) -> dict[str, Any]:
        """The arguments of the action."""
        return {
            "scheme_version": self.versions[self.cleaned_data["scheme"]],
            "slot": self.slots.get(self.cleaned_data["slot"]),
        }


def _hint(version: SchemeVersion, full: str) -> str:
    """Who delivers it, for how long, and what it asks of everybody; or, before all that, that it is full."""
    if full:
        return _("Full: %(places)s") % {"places": full}
    required_wordings = [one.wording for one in version.condition_templates.all() if one.is_mandatory]
    words = f"{version.provider}; {length_in_words(version)}"
    if not required_wordings:
        return words
    return _("%(scheme)s. Asks: %(conditions)s") % {"scheme": words, "conditions": " ".join(required_wordings)}


@dataclass(frozen=True)
class Signing:
    """Whether the person signs before a condition is let go, with an adult where ``is_child``, and what bars the reader
    from letting it go."""

    is_signed: bool = False
    is_child: bool = False
    bar: str = ""


NOTHING_SIGNED = Signing()


class SettleForm(forms.Form):
    """What came of a condition that police look after themselves."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=required(OPEN_AGAIN))
    state = forms.ChoiceField(
        label=gettext_lazy("What came of it"),
        choices=[
            (Condition.State.DONE.value, Condition.State.DONE.label),
            (Condition.State.NOT_DONE.value, Condition.State.NOT_DONE.label),
            (Condition.State.CANCELLED.value, Condition.State.CANCELLED.label),
            (ASK, gettext_lazy("Not done yet: ask the worker why")),
        ],
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what came of the condition")),
    )
    evidence = forms.CharField(
        label=gettext_lazy("What shows it"),
        help_text=gettext_lazy("For example: letter seen, receipt number"),
        required=False,
        max_length=500,
    )
    signed_on = GovDateField(
        label=gettext_lazy("If no longer needed: the day on which the person signed that"), past=True, required=False
    )
    adult = forms.CharField(
        label=gettext_lazy("If no longer needed: the appropriate adult who signed with the child"),
        required=False,
        max_length=150,
    )

    design = {
        "state": {"inline": True, "small": True},
        "evidence": {"optional": False},
        "signed_on": {"optional": False},
        "adult": {"optional": False},
    }

    def __init__(
        self,
        *args: Any,
        condition: Condition,
        beside: bool = False,
        may_ask: bool = False,
        is_left: bool = False,
        signing: Signing = NOTHING_SIGNED,
        **kwargs: Any,
    ) -> None:
        """``beside``: a partner helps, or has helped, with the rest; ``may_ask``: its worker can be asked why.
        ``is_left``: a facilitator led it, and leads it no longer."""
        super().__init__(*args, **kwargs)
        lets_go = not beside or is_left
        asked = {"signed_on": signing.is_signed, "adult": signing.is_signed and signing.is_child}
        for name in (name for name, is_asked in asked.items() if not is_asked or not lets_go or signing.bar):
            del self.fields[name]
        if not condition.can_be_done:
            words = _("It lasts until %(day)s: that it was kept can be recorded from then on")
            self.fields["state"].help_text = words % {"day": long_date(condition.last_day)}
        is_to_ask = may_ask and is_missed(condition) and not condition.was_asked
        wait = waits_for_worker(condition) if may_ask else None
        if wait:
            words = _("The worker is asked why. Not done can be recorded from %(day)s, or once they have answered")
            self.fields["state"].help_text = words % {"day": long_date(wait + timedelta(days=1))}
        if is_left:
            words = _("No facilitator leads it any more. That it did not come about does not count against the person")
            self.fields["state"].help_text = words
        if lets_go and signing.bar:
            said, bar = self.fields["state"].help_text, signing.bar.removesuffix(".")
            self.fields["state"].help_text = f"{said}. {bar}" if said else bar
        refused = {
            DONE: not condition.can_be_done,
            Condition.State.NOT_DONE.value: is_to_ask or wait is not None or is_left,
            Condition.State.CANCELLED.value: not lets_go or bool(signing.bar),
            ASK: not is_to_ask,
        }
        if not self.is_bound:  # a page opened before still gets its answer in words
            choices = self.fields["state"].choices
            self.fields["state"].choices = [one for one in choices if not refused.get(one[0])]
        # Nothing to choose: the page says so and records it with what shows it, without which nothing is done.
        self.is_done_alone = [one[0] for one in self.fields["state"].choices] == [DONE]


FOLLOWED_BY = {
    Result.FAILED_PROSECUTED: gettext_lazy("Charged or summonsed for the offence"),
    Result.FAILED_CAUTIONED: gettext_lazy("Cautioned"),
    Result.FAILED_NO_ACTION: gettext_lazy("No further action"),
}


class AfterFailureForm(forms.Form):
    """What follows an agreement that was not kept: what the law allows after this resolution."""

    result = forms.ChoiceField(
        label=gettext_lazy("What follows"),
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what follows")),
    )

    outcome = forms.ChoiceField(
        label=gettext_lazy("Home Office outcome, if no further action"),
        help_text=gettext_lazy("The law leaves this to you: the crimes of this case close with it."),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, if no further action"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    design = {"result": {"small": True}, "outcome": {"optional": False}, "reason": {"optional": False, "count": None}}

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scheme = scheme_of(case)
        by_law, decided = legal.may_follow_failure(case.decision, terms_of(scheme)), may_follow(case)
        self.fields["result"].choices = [(one.value, FOLLOWED_BY[one]) for one in by_law if one in decided]
        if scheme and (text := scheme.rules.on_failure.text):
            self.fields["result"].help_text = f"{scheme.scheme.name}: {text}"
        left_open = legal.outcomes_without_action(case.decision, on=clock.today())
        choices = [(str(one.number), f"{one.number}: {one.name}") for one in left_open]
        self.fields["outcome"].choices = [("", _("Choose one")), *choices]
        if not choices:
            del self.fields["outcome"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        if "outcome" in self.fields and self.cleaned_data.get("result") == Result.FAILED_NO_ACTION:
            if not self.cleaned_data.get("outcome"):
                self.add_error("outcome", _("Choose the Home Office outcome that the crimes close with"))
            if not self.cleaned_data.get("reason", "").strip():
                self.add_error("reason", _("Say why nothing more is done, in a sentence"))
        return self.cleaned_data


class AnswerForm(forms.Form):
    """The answer to an authoriser's question."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages=required(gettext_lazy("Write the answer, in a sentence")),
    )

    design = {"answer": {"count": None}}


def schemes_that_fit(case: Case, versions: Sequence[SchemeVersion]) -> list[SchemeVersion]:
    """The schemes that take this case's resolution, and have neither declined nor a rule against age or admission."""
    decision = case.decision
    facts = {"date_of_birth": case.person.date_of_birth, "admission": decision.admission}
    declined = Referral.objects.filter(case=case, state=Referral.State.DECLINED)
    declined_by = set(declined.values_list("scheme_version__scheme", flat=True))
    return [
        version
        for version in versions
        if version.scheme_id not in declined_by
        and decision.disposal in (version.disposals or ["none"])
        and not closed_because(version, facts, clock.today())
    ]
