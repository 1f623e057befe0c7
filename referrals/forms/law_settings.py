"""What a force may choose where the law leaves it a choice: days and weeks, ranks and outcomes that no source settles.

Only what the service acts on can be chosen here; each choice stands in the force's policy and is signed with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.eligibility.policy import Policy
from cases.law import disposals
from cases.law.codes import Circumstance, Rank
from cases.law.outcomes import all_outcomes
from cases.law.rehabilitation import default_wordings
from cases.law.settings import LawSettings
from diversion.design_system.forms import GovDateField, required
from diversion.design_system.wording import long_date
from referrals.forms.criteria import RANKS, RevisionForm
from referrals.forms.fields import whole_number

ALL_RANKS = [(Rank.CONSTABLE.value, gettext_lazy("Constable")), *RANKS]
WHEN = {
    Circumstance.INDICTABLE_ONLY: gettext_lazy("an indictable-only offence"),
    Circumstance.SPECIFIED_EITHER_WAY: gettext_lazy("an either-way offence on the specified list"),
    Circumstance.SIMILAR_IN_TWO_YEARS: gettext_lazy("a similar offence in the two years before"),
    Circumstance.HATE_CRIME: gettext_lazy("hate crime"),
    Circumstance.DOMESTIC_ABUSE: gettext_lazy("domestic abuse"),
    Circumstance.HISTORY: gettext_lazy("earlier outcomes"),
    Circumstance.VICTIM_DISAGREES: gettext_lazy("a victim who disagrees"),
}
PLAIN = (
    *("lead_days", "plan_clock_basis", "plan_weeks_summary", "plan_weeks_other", "plan_weeks_youth"),
    *("partner_answer_days", "partner_contact_days", "question_answer_days", "escalation_days"),
    *("victim_ask_days", "victim_notice_days", "victim_notice_days_enhanced", "victim_review_days"),
    *("victim_told_rescinded", "offence_review_days"),
    *("domestic_abuse_rank", "domestic_abuse_training", "prosecutor_rank", "record_words_approved"),
    *("spoken_authority", "spoken_confirm_hours", "undo_minutes", "alone_sample_size", "offers_first"),
    *("shop_theft_repeal", "shop_theft_limit_is_firm"),
)
OUTCOME, RANK = "outcome_", "rank_"
MOST_DAYS = 180  # six months, the shortest limit


@dataclass(frozen=True)
class Unsettled:
    """A choice that no source settles: its name among the settings, what it is about, and what stands unless chosen."""

    name: str
    label: str
    default: str


def unsettled_ranks() -> Iterator[Unsettled]:
    """The ranks that the catalogue of disposals marks unsure, by "disposal" or "disposal.circumstance"."""
    for record in _in_use():
        if record.authority_unsure:
            yield Unsettled(record.code.value, _("%(what)s: who decides") % {"what": record.label}, record.authority)
        for rule in record.exception:
            if rule.unsure:
                words = _("%(what)s with %(when)s: who decides") % {"what": record.label, "when": WHEN[rule.when]}
                yield Unsettled(f"{record.code}.{rule.when}", words, rule.rank)


def unsettled_outcomes() -> Iterator[tuple[Unsettled, tuple[int, ...]]]:
    """The deferrals that forces close with different outcomes, and the outcomes to choose among."""
    for record in _in_use():
        if record.is_deferral and len(record.success_outcomes) > 1:
            words = _("%(what)s, kept: the outcome, where the scheme says none") % {"what": record.label}
            yield Unsettled(record.code.value, words, str(record.outcome_on_completion)), record.success_outcomes


def _in_use() -> Iterator[disposals.Disposal]:
    return (versions[-1] for versions in disposals.catalogue().values() if versions[-1].active)


class DaysField(forms.CharField):
    """Numbers of days with commas between them: "42, 28, 14" is (42, 28, 14)."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value).replace(",", " ").split()
        if not all(one.isdecimal() and 1 <= int(one) <= MOST_DAYS for one in typed):
            words = _("Give whole numbers of days from 1 to %(most)d, with commas between them")
            raise forms.ValidationError(words % {"most": MOST_DAYS})
        return tuple(sorted({int(one) for one in typed}, reverse=True))


class LawSettingsForm(RevisionForm):
    """Every choice with what stands now. ``chosen`` makes the document of the policy with them."""

    lead_days = whole_number(
        gettext_lazy("Days needed to charge if an agreement fails"),
        most=180,
        required=True,
        help_text=gettext_lazy("One that leaves fewer days than this before a limit needs a sergeant. We suggest 28."),
    )
    plan_weeks_summary = whole_number(
        gettext_lazy("Most weeks of an agreement: summary-only offences"), least=1, most=52, required=True
    )
    plan_weeks_other = whole_number(
        gettext_lazy("Most weeks of an agreement: other offences"), least=1, most=52, required=True
    )
    plan_weeks_youth = whole_number(
        gettext_lazy("Most weeks of an agreement: children"), least=1, most=52, required=True
    )
    plan_clock_basis = forms.ChoiceField(
        label=gettext_lazy("These weeks run from"),
        choices=[("issue", gettext_lazy("The day it is issued")), ("offence", gettext_lazy("The day of the offence"))],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The codes of practice differ."),
    )
    escalation_days = DaysField(
        label=gettext_lazy("Days before a time limit on which somebody is told"),
        help_text=gettext_lazy("With commas between them. The officer, those who authorise in the team and the hub."),
        max_length=40,
        error_messages=required(gettext_lazy("Give at least one number of days")),
    )
    partner_answer_days = whole_number(
        gettext_lazy("Working days in which a partner answers a referral"), least=1, most=20, required=True
    )
    partner_contact_days = whole_number(
        gettext_lazy("Working days from then to the first contact with the person"), least=1, most=20, required=True
    )
    question_answer_days = whole_number(
        gettext_lazy("Working days in which a question between partner and police is answered"),
        least=1,
        most=20,
        required=True,
    )
    victim_ask_days = whole_number(
        gettext_lazy("Working days in which a victim is asked for their views"), least=1, most=20, required=True
    )
    victim_notice_days = whole_number(
        gettext_lazy("Working days in which a victim is told of a decision"), least=1, most=10, required=True
    )
    victim_notice_days_enhanced = whole_number(
        gettext_lazy("The same, for a victim with enhanced rights"), least=1, most=10, required=True
    )
    victim_review_days = whole_number(
        gettext_lazy("Working days in which a sergeant reviews a later objection"), least=1, most=20, required=True
    )
    offence_review_days = whole_number(
        gettext_lazy("Working days in which a new offence is reviewed"), least=1, most=20, required=True
    )
    victim_told_rescinded = forms.BooleanField(
        label=gettext_lazy("A victim is told that a decision was rescinded"),
        help_text=gettext_lazy("In the days in which they are told of a decision. No source settles it."),
        required=False,
    )
    unknown_rank = forms.ChoiceField(
        label=gettext_lazy("Who decides an offer while something is not known yet"), choices=RANKS
    )
    domestic_abuse_rank = forms.ChoiceField(
        label=gettext_lazy("Who decides on domestic abuse at high risk or with controlling behaviour"),
        choices=RANKS,
        help_text=gettext_lazy("And on a conditional caution below the minimum standards. No source settles it."),
    )
    domestic_abuse_training = forms.BooleanField(
        label=gettext_lazy("Only somebody trained in domestic abuse authorises where there is any"),
        required=False,
        help_text=gettext_lazy("Your administrator records who was trained, and until when it counts."),
    )
    prosecutor_rank = forms.ChoiceField(
        label=gettext_lazy("Who may refer a case to a prosecutor, from what rank"),
        choices=[one for one in RANKS if one[0] != Rank.PROSECUTOR],
        help_text=gettext_lazy("They enter the prosecutor’s answer too, or the hub does. No source settles it."),
    )
    offers_first = forms.ChoiceField(
        label=gettext_lazy("What officers see first of the offers that are open"),
        choices=[
            ("rank", gettext_lazy("What needs the lowest rank")),
            ("formality", gettext_lazy("What is least formal")),
            ("place", gettext_lazy("What has the soonest appointment")),
        ],
        help_text=gettext_lazy(
            "The other two decide where this leaves two alike. A scheme that must be used is first."
        ),
    )
    spoken_authority = forms.BooleanField(
        label=gettext_lazy("Authority may be given by radio or telephone, for offers short of a caution"),
        required=False,
        help_text=gettext_lazy("The officer enters who gave it and when; that person confirms it afterwards."),
    )
    spoken_confirm_hours = whole_number(
        gettext_lazy("Hours in which whoever gave it confirms it"), least=1, most=72, required=True
    )
    undo_minutes = whole_number(
        gettext_lazy("Minutes in which whoever closed something can undo it"),
        most=1440,
        required=True,
        help_text=gettext_lazy("Nothing of it is told to anybody before. 0: it cannot be undone."),
    )
    alone_sample_size = whole_number(
        gettext_lazy("Cases in a sergeant’s sample of what constables issued alone"), least=1, most=20, required=True
    )
    record_words_approved = forms.BooleanField(
        label=gettext_lazy("We approve the words that people are told about their record"),
        required=False,
    )
    shop_theft_limit_is_firm = forms.BooleanField(
        label=gettext_lazy("Six months bar a charge of shop theft of £200 or less"),
        required=False,
        help_text=gettext_lazy("The High Court held in 2025 that they do not. Tick it only where you are advised so."),
    )
    shop_theft_repeal = GovDateField(
        label=gettext_lazy("First day of offences after the repeal of section 22A (shop theft)"),
        required=False,
        help_text=gettext_lazy("Leave it empty until the day is known."),
    )

    design = {
        "lead_days": {"width": 4},
        "plan_weeks_summary": {"width": 4},
        "plan_weeks_other": {"width": 4},
        "plan_weeks_youth": {"width": 4},
        "escalation_days": {"width": 10},
        "partner_answer_days": {"width": 4},
        "partner_contact_days": {"width": 4},
        "question_answer_days": {"width": 4},
        "victim_ask_days": {"width": 4},
        "victim_notice_days": {"width": 4},
        "victim_notice_days_enhanced": {"width": 4},
        "victim_review_days": {"width": 4},
        "spoken_confirm_hours": {"width": 4},
        "undo_minutes": {"width": 4},
        "alone_sample_size": {"width": 4},
    }

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        kwargs["initial"] = {**initial_of(policy), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.fields["record_words_approved"].help_text = _words_on_records()
        for one in unsettled_ranks():
            self.fields[RANK + one.name] = _choice(one, ALL_RANKS)
        for one, numbers in unsettled_outcomes():
            words = [(str(number), f"{number}: {all_outcomes()[number].name}") for number in numbers]
            self.fields[OUTCOME + one.name] = _choice(one, words)

    def in_words(self) -> dict[str, str]:
        """What stands, by the fields' names, as it is read."""
        return {name: _said(field, self.initial[name]) for name, field in self.fields.items() if name in self.initial}

    def chosen(self) -> Policy:
        """The policy with what was chosen in place of what stood."""
        data = self.cleaned_data
        kept = self.policy.settings.model_dump()
        settings = kept | {name: data[name] for name in PLAIN}
        settings["rank_overrides"] = kept["rank_overrides"] | _named(data, RANK)
        settings["success_outcomes"] = {name: int(number) for name, number in _named(data, OUTCOME).items()}
        for name in [RANK + one.name for one in unsettled_ranks() if not data[RANK + one.name]]:
            settings["rank_overrides"].pop(name.removeprefix(RANK), None)
        given = self.policy.model_dump() | {"settings": settings, "unknown_rank": data["unknown_rank"]}
        return Policy.model_validate(given)


def initial_of(policy: Policy) -> dict[str, Any]:
    """What stands in ``policy``, by the names of the form's fields; "" where the force has chosen nothing."""
    settings: LawSettings = policy.settings
    initial: dict[str, Any] = {name: getattr(settings, name) for name in PLAIN}
    initial["escalation_days"] = ", ".join(map(str, settings.escalation_days))
    initial |= {"unknown_rank": policy.unknown_rank.value, "domestic_abuse_rank": settings.domestic_abuse_rank.value}
    initial["prosecutor_rank"] = settings.prosecutor_rank.value
    for one in unsettled_ranks():
        initial[RANK + one.name] = str(settings.rank_overrides.get(one.name, ""))
    for one, _numbers in unsettled_outcomes():
        chosen = {code.value: number for code, number in settings.success_outcomes.items()}
        initial[OUTCOME + one.name] = str(chosen.get(one.name, ""))
    return initial


def _words_on_records() -> str:
    """The words that would be printed on agreements, each once, for whoever approves them."""
    texts = [one.text for one in default_wordings() if one.spent != "not_commenced"]
    return _("Printed on agreements once you approve them: %(texts)s") % {"texts": " — ".join(texts)}


def _choice(one: Unsettled, choices: list[Any]) -> forms.ChoiceField:
    """One choice, beginning with what stands where the force chooses nothing."""
    stands = dict(choices).get(one.default, one.default)
    nothing = _("Not chosen: %(stands)s, which no source settles") % {"stands": stands}
    return forms.ChoiceField(label=one.label, choices=[("", nothing), *choices], required=False)


def _said(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return long_date(value)
    return str(dict(getattr(field, "choices", ())).get(value, _("Not set") if value is None else value))


def _named(data: dict[str, Any], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix) and value}
