"""The decision: what the person says, what the evidence is, what came of it, and which of the open offers was made."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import legal
from cases.codes import (
    NAMED_TO_DECIDE,
    OFFERED,
    Admission,
    DecisionResult,
    DeclinedReason,
    EarlierOutcomes,
    NotOfferedReason,
    Origin,
    WithoutScheme,
)
from cases.law import workdays
from cases.models import PendingDecision
from diversion import clock
from diversion.design_system.forms import GovDateField, required
from diversion.design_system.wording import clock_time, long_date, weekday_date
from referrals.judging.facts import ADULT_THERE, ALONE, INTERPRETER, NOT_NOW
from referrals.judging.offers import key_of, pairs
from referrals.models import SchemeVersion, Slot

EVIDENCE = [
    ("charge_standard", gettext_lazy("Enough to charge")),
    ("offence_made_out", gettext_lazy("Enough to show an offence, not to charge")),
    ("insufficient", gettext_lazy("Not enough")),
]
#: Reasons that no evidence of this kind goes with: a charge is in the public interest only once there is evidence for
#: it (Code for Crown Prosecutors, 4.1 to 4.14).
CONTRADICTED_BY = {
    NotOfferedReason.EVIDENCE.value: "charge_standard",
    NotOfferedReason.NOT_IN_PUBLIC_INTEREST.value: "insufficient",
}
FOLLOWING = gettext_lazy("Say whether they can follow: nothing they say counts before that")
BOTH = f"{INTERPRETER} {ADULT_THERE}"
# One of five, so that it is answered by one key or click. Kept as a list: who is there to help, or that nobody is.
FOLLOW = [
    (ALONE, gettext_lazy("Yes, without help")),
    (INTERPRETER, gettext_lazy("With an interpreter, who is there")),
    (ADULT_THERE, gettext_lazy("With an appropriate adult, who is there")),
    (BOTH, gettext_lazy("With both of them there")),
    (NOT_NOW, gettext_lazy("Not now (unwell, drunk, distressed)")),
]
# Five steps in words, where neither matrix nor catalogue gives the score (domain notes 1.10: scores 1 to 5).
GRAVITY = [
    ("1", gettext_lazy("1: very minor, hardly any harm or loss")),
    ("2", gettext_lazy("2: minor, usually settled informally")),
    ("3", gettext_lazy("3: moderate, usually a caution")),
    ("4", gettext_lazy("4: serious, a caution only for good reasons")),
    ("5", gettext_lazy("5: very serious, normally charged")),
]


def next_working_day() -> date:
    """By when something is usually decided that is left open today: youth justice and the hub are in by then."""
    return workdays.next_working_day(clock.today())


class OneOfWays(forms.RadioSelect):
    """Radios of which one stands for two answers: "interpreter appropriate_adult"."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """What was sent, also as two answers of one name: a page that was left open, or a case, holds them so."""
        ways = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or ()
        return " ".join([ways] if isinstance(ways, str) else ways)


class DecisionForm(forms.Form):
    """``versions`` are the schemes open today, ``slots`` the free appointments of the chosen one.
    Every offer of the day can be chosen; what the rules say of each is for the page to show."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    follow = forms.ChoiceField(
        label=gettext_lazy("Can they follow what is said and agreed?"),
        choices=FOLLOW,
        widget=OneOfWays,
        required=False,
        help_text=gettext_lazy("Before anything they say counts."),
    )
    gravity_score = forms.ChoiceField(
        label=gettext_lazy("How serious, on the gravity matrix"),
        choices=GRAVITY,
        widget=forms.RadioSelect,
        required=False,
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("Where the person was dealt with"),
        choices=Origin.choices,
        initial=Origin.STREET,
    )
    admission = forms.ChoiceField(
        label=gettext_lazy("What the person says"),
        choices=Admission.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what the person says about the offence")),
    )
    evidence = forms.ChoiceField(
        label=gettext_lazy("Evidence"), choices=EVIDENCE, widget=forms.RadioSelect, required=False
    )
    earlier_outcomes = forms.ChoiceField(
        label=gettext_lazy("Earlier outcomes"),
        choices=EarlierOutcomes.choices,
        initial=EarlierOutcomes.NOT_CHECKED,
        widget=forms.RadioSelect,
    )
    result = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=DecisionResult.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose whether a resolution was offered, and what the person said")),
    )
    declined_reason = forms.ChoiceField(
        label=gettext_lazy("Why the person declined"),
        choices=DeclinedReason.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    not_offered_reason = forms.ChoiceField(
        label=gettext_lazy("Why nothing was offered"),
        choices=NotOfferedReason.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    waits_for = forms.ChoiceField(
        label=gettext_lazy("Who decides next"),
        choices=[("", "---------"), *((one.value, one.label) for one in NAMED_TO_DECIDE)],
        required=False,
    )
    decide_by = GovDateField(
        label=gettext_lazy("By when"),
        help_text=gettext_lazy("The time limit runs on meanwhile. You find the case on your list until it is decided."),
        initial=next_working_day,
        required=False,
    )
    # A resolution, with a scheme or alone: "community_resolution:17" (`referrals.judging.offers.key_of`).
    option = forms.ChoiceField(
        label=gettext_lazy("What was offered"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("That scheme is not open any more: choose what was offered")},
    )
    without_scheme = forms.ChoiceField(
        label=gettext_lazy("Without this scheme, what would have happened?"),
        choices=[("", "---------"), *WithoutScheme.choices],
        required=False,
    )
    slot = forms.ChoiceField(
        label=gettext_lazy("First appointment"),
        help_text=gettext_lazy("The soonest: ask whether it suits."),
        required=False,
    )
    rationale = forms.CharField(
        label=gettext_lazy("Reasons for the decision"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
    )

    design = {
        "follow": {"small": True, "optional": False},
        "gravity_score": {"small": True, "optional": False},
        "admission": {"small": True},
        "evidence": {"small": True, "optional": False},
        "earlier_outcomes": {"small": True},
        "result": {
            "small": True,
            "label_hidden": True,
            "reveal": {
                DecisionResult.OFFERED_DECLINED: "declined_reason",
                DecisionResult.NOT_OFFERED: "not_offered_reason",
                DecisionResult.UNDECIDED: ("waits_for", "decide_by"),
            },
        },
        "declined_reason": {"small": True, "optional": False},
        "not_offered_reason": {"small": True},
        "without_scheme": {"optional": False},
        "slot": {"optional": False},
        "rationale": {"count": None},
    }

    def __init__(
        self,
        *args: Any,
        versions: Sequence[SchemeVersion],
        slots: Sequence[Slot] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.slots = slots
        self.pairs = {key_of(disposal, one): (disposal, one) for disposal, one in pairs(versions, clock.today())}
        self.fields["option"].choices = [(key, offer_in_words(*pair)) for key, pair in self.pairs.items()]
        self.fields["slot"].choices = [("", _("Not booked now")), *((str(s.pk), slot_in_words(s)) for s in slots)]
        self.fields["slot"].error_messages["invalid_choice"] = _(
            "That appointment has just been taken: choose another time"
        )

    @property
    def chosen_pair(self) -> tuple[str, SchemeVersion | None] | None:
        """The resolution and the scheme chosen as the form is now, valid or not in the rest."""
        return self.pairs.get(str(self["option"].value() or ""))

    @property
    def chosen_version(self) -> SchemeVersion | None:
        """The scheme chosen as the form is now, valid or not in the rest."""
        return self.chosen_pair[1] if self.chosen_pair else None

    @property
    def asks_follow(self) -> bool:
        """Whether the page asks if the person can follow: where something is offered, or they may yet say something.

        What they have said counts only after it, whatever came of it. An answer that was given stays on the page.
        """
        is_nothing = self["result"].value() == DecisionResult.NOT_OFFERED
        return not is_nothing or self["admission"].value() != Admission.NOT_ASKED or bool(self["follow"].value())

    @property
    def why_not_offered(self) -> str:
        """The reason chosen for offering nothing, in words; "" where none is."""
        return str(dict(NotOfferedReason.choices).get(self["not_offered_reason"].value() or "", ""))

    @property
    def is_elsewhere(self) -> bool:
        """Whether the person was not dealt with on the street: then the page shows where."""
        return self["origin"].value() != Origin.STREET

    def clean_follow(self) -> list[str]:
        way: str = self.cleaned_data["follow"]
        return way.split()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        result = data.get("result")
        reasons = {
            DecisionResult.OFFERED_DECLINED: ("declined_reason", _("Choose why the person declined")),
            DecisionResult.NOT_OFFERED: ("not_offered_reason", _("Choose why nothing was offered")),
        }
        for code, (name, message) in reasons.items():
            if result != code:
                data[name] = ""
            elif not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        self._clean_pending(data)
        if result in OFFERED or result == DecisionResult.NOT_OFFERED:
            self._clean_evidence(data)
        if result in OFFERED:
            self._clean_offer(data)
        else:
            data["option"] = data["slot"] = ""
        if result == DecisionResult.NOT_OFFERED:
            self._clean_said(data)
        disposal, version = self.pairs.get(data.get("option", ""), ("", None))
        data |= {"disposal": disposal, "scheme": version}
        if version is None:
            data["without_scheme"] = ""
        return data

    def _clean_pending(self, data: dict[str, Any]) -> None:
        """Who decides next, and by when, of what is not decided yet."""
        if data.get("result") != DecisionResult.UNDECIDED:
            data |= {"waits_for": "", "decide_by": None}
            for name in ("waits_for", "decide_by"):
                self.errors.pop(name, None)  # a box that is not on the page stops nothing
            return
        if not data.get("waits_for") and "waits_for" not in self.errors:
            self.add_error("waits_for", _("Choose who decides next"))
        if data.get("decide_by") is None and "decide_by" not in self.errors:
            self.add_error("decide_by", _("Enter by when it is decided"))
        elif data.get("decide_by") and data["decide_by"] < clock.today():
            self.add_error("decide_by", _("This day has passed: enter one to come"))
        elif data.get("decide_by") and data["decide_by"] > (last := PendingDecision.last_day()):
            words = _("A case is left open until %(day)s at most: enter an earlier day")
            self.add_error("decide_by", words % {"day": long_date(last)})

    def _clean_evidence(self, data: dict[str, Any]) -> None:
        """Asked alike of whoever is offered something and nothing: else one of them is unknown in the figures."""
        given = data.get("evidence")
        if not given and "evidence" not in self.errors:
            self.add_error("evidence", _("Choose what the evidence supports"))
        elif given and CONTRADICTED_BY.get(data.get("not_offered_reason", "")) == given:
            words = _("“%(evidence)s” contradicts the reason “%(reason)s”: change the evidence or the reason")
            reason = NotOfferedReason(data["not_offered_reason"]).label
            # At the reason: what the evidence is stays known, and rules out what it rules out.
            self.add_error("not_offered_reason", words % {"evidence": dict(EVIDENCE)[given], "reason": reason})

    def _clean_said(self, data: dict[str, Any]) -> None:
        """What somebody said is recorded only with whether they could follow."""
        has_said = data.get("admission") not in (None, "", Admission.NOT_ASKED)
        if has_said and not data.get("follow") and "follow" not in self.errors:
            self.add_error("follow", FOLLOWING)

    def _clean_offer(self, data: dict[str, Any]) -> None:
        if not data.get("option") and "option" not in self.errors:
            self.add_error("option", _("Choose what was offered"))


def offer_in_words(disposal: str, version: SchemeVersion | None) -> str:
    """ "Community resolution with Pathfinder", "Community resolution, no scheme"."""
    label = legal.disposal_label(disposal, clock.today())
    if version is None:
        return _("%(resolution)s, no scheme") % {"resolution": label}
    return _("%(resolution)s with %(scheme)s") % {"resolution": label, "scheme": version.scheme.name}


def length_in_words(version: SchemeVersion) -> str:
    """ "4 months", "3 sessions", or that there is no fixed end."""
    if version.duration is None or version.duration_unit == SchemeVersion.DurationUnit.OPEN_ENDED:
        return _("no fixed end")
    return f"{version.duration} {version.get_duration_unit_display()}"


def slot_in_words(slot: Slot) -> str:
    """ "Friday 12 June 2026, 10am, Harbour House"."""
    return f"{weekday_date(slot.starts_at)}, {clock_time(slot.starts_at)}, {slot.place}"
