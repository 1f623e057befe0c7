"""A scheme in words: whom it is for, what it asks, where each rule comes from, and how full it is."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.codes import Admission
from cases.eligibility.schemes import Effect, SchemeDocument
from cases.models import PolicyVersion
from cases.sources import in_words as source_in_words
from diversion.accounts.models import User
from diversion.design_system.tables import Column, Table, link, tag
from diversion.design_system.wording import count, long_date
from referrals.actions.versions import templates_of
from referrals.forms.schemes import label_of
from referrals.models import ConditionTemplate, Referral, Scheme, SchemeVersion
from referrals.schemes.adopted import hours_in_words
from referrals.schemes.condition_words import KINDS, OBJECTS
from referrals.schemes.document import planned_version
from referrals.schemes.typed import ages_in_words, repeat_in_words

SEVERITIES = {
    "blocks": gettext_lazy("Stops it"),
    "needs_authority": gettext_lazy("Needs a higher rank"),
    "warns": gettext_lazy("To be considered"),
}
KIND_WORDS, OBJECT_WORDS = dict(KINDS), dict(OBJECTS)


class SchemeInWords:
    """A scheme of a list or of its own page. ``versions`` are prefetched, the newest rules first."""

    def __init__(
        self,
        scheme: Scheme,
        today: date,
        *,
        shared: Mapping[bool, set[int]],
        places: Mapping[int, int],
        until: Mapping[int, date] | None = None,
    ) -> None:
        self.scheme, self.slug, self.name = scheme, scheme.slug, scheme.name
        versions = list(scheme.versions.all())
        self.version = next((one for one in versions if one.is_open(today)), None)
        self.next = next((one for one in reversed(versions) if one.valid_from > today), None)
        self.shown = self.version or self.next or next(iter(versions), None)
        self.others = [one for one in versions if one != self.shown]
        self.status, self.colour = self._status()
        self.unshared = _unshared(self.shown, shared) if self.shown else _("It has no rules and no provider yet.")
        self.shared_until = (until or {}).get(self.shown.provider_id) if self.shown and not self.unshared else None
        self.places = places.get(scheme.pk, 0)
        self.live: int = scheme.live  # type: ignore[attr-defined]
        self.capacity = self.shown.capacity if self.shown else None

    def _status(self) -> tuple[str, str]:
        if self.version and self.version.valid_to:
            return _("Open until %(day)s") % {"day": long_date(self.version.valid_to)}, "yellow"
        if self.version:
            return _("Open"), "green"
        if self.next:
            return _("Opens on %(day)s") % {"day": long_date(self.next.valid_from)}, "blue"
        return _("Ended"), "grey"

    @property
    def use(self) -> str:
        """ "12 of 40", "12, no limit set", or "40 of 40: full"."""
        if self.capacity is None:
            return _("%(live)d, no limit set") % {"live": self.live}
        words = _("%(live)d of %(capacity)d") % {"live": self.live, "capacity": self.capacity}
        return _("%(use)s: full") % {"use": words} if self.live >= self.capacity else words

    @property
    def facts(self) -> dict[str, str]:
        return facts_of(self.shown) if self.shown else {}


def going_on_table(rows: Iterable[Referral], last: date) -> Table:
    """Which cases go on after the day on which the money of their scheme ends, or what lets them be sent there."""
    columns = [Column(heading) for heading in (_("Case"), _("Until"), _("Officer"))]
    shown = [[link(one.case, reverse("case_page", args=[one.case])), until(one), one.case.officer] for one in rows]
    words = _("What goes on after %(day)s, when its money or the sharing agreement ends")
    return Table(words % {"day": long_date(last)}, columns, shown, caption_size="s", stacked=True)


def until(referral: Referral) -> str:
    """When the agreement of a referral ends, in words."""
    agreement = getattr(referral, "agreement", None)
    return long_date(agreement.ends_on) if agreement and agreement.ends_on else _("No end yet")


def scheme_table(schemes: Iterable[SchemeInWords]) -> Table:
    """The coordinator's list: a row for each scheme as it stands today."""
    headings = [_("Scheme"), _("Today"), _("Provider"), _("Ages"), _("People now"), _("Free places in appointments")]
    rows = [
        [
            link(one.name, reverse("scheme_page", args=[one.slug])),
            tag(one.status, one.colour),
            _provider(one),
            one.facts.get("ages"),
            one.use,
            count(one.places),
        ]
        for one in schemes
    ]
    columns = [Column(heading) for heading in headings]
    return Table(caption=_("Schemes"), caption_hidden=True, columns=columns, rows=rows, stacked=True)


def _unshared(version: SchemeVersion, shared: Mapping[bool, set[int]]) -> str:
    """Whom the sharing agreement lets nobody send to the provider of these rules, by a decision or for help; "" where
    whoever they are for can be sent.
    """
    decided, helped = version.provider_id in shared[False], version.provider_id in shared[True]
    if not decided and not (version.without_offence and helped):
        return _("No live sharing agreement: nobody can be referred")
    if not decided:
        return _("The sharing agreement is under UK GDPR alone: nobody can be referred by a decision")
    if version.without_offence and not helped:
        return _("The sharing agreement is for law enforcement alone: help with no offence alleged is not offered")
    return ""


def _provider(scheme: SchemeInWords) -> str:
    """Who delivers it, and the warning without which nobody would know why it takes no one."""
    provider = scheme.facts.get("provider", "")
    if not scheme.unshared and scheme.shared_until is None:
        return provider
    warning = scheme.unshared
    if scheme.shared_until:
        words = _("The sharing agreement ends on %(day)s: after it nobody new can be referred")
        warning = words % {"day": long_date(scheme.shared_until)}
    return format_html("{}<br><strong>{}</strong>", provider, warning)


class VersionInWords:
    """The rules between two dates, as the scheme's page shows them."""

    def __init__(self, version: SchemeVersion) -> None:
        self.version, self.dates, self.facts = version, dates_of(version), rule_rows(version)
        self.criteria = Table(
            caption=_("Who may enter, and where each rule comes from"),
            columns=[Column(_("If not met")), Column(_("What it does")), Column(_("Source"))],
            rows=criterion_rows(version),
            caption_size="s",
            stacked=True,
        )
        self.conditions = condition_table(version.condition_templates.all())
        self.sources = ", ".join(source_in_words(source["key"]) for source in version.sources)
        self.unsure = version.rules.unsure


class PlannedInWords:
    """How a scheme that is being drafted is to run, for whoever signs it. Who may enter stands with the criteria."""

    def __init__(self, draft: PolicyVersion) -> None:
        version = planned_version(draft)
        whom = (_("These rules apply"), _("Ages"), _("Admission"), _("Age of the offence"), _("Coming back"))
        self.facts = [row for row in rule_rows(version) if row["key"] not in whom]
        if version.capacity is not None:
            self.facts.append({"key": _("People at a time"), "value": count(version.capacity)})
        self.unsure = version.rules.unsure
        self.templates = templates_of(version)
        self.conditions = condition_table(self.templates)


def condition_table(templates: Iterable[ConditionTemplate]) -> Table:
    """The conditions that a scheme offers or asks of everybody."""
    headings = [_("Wording"), _("Kind"), _("What it is for"), _("Who has it"), _("How much, and by when")]
    return Table(
        caption=_("Conditions"),
        columns=[Column(heading) for heading in headings],
        rows=template_rows(templates),
        caption_size="s",
        stacked=True,
    )


def dates_of(version: SchemeVersion) -> str:
    words = {"first": long_date(version.valid_from), "last": long_date(version.valid_to)}
    return _("%(first)s to %(last)s") % words if version.valid_to else _("from %(first)s") % words


def facts_of(version: SchemeVersion) -> dict[str, str]:
    """Each rule that stands in a field of its own, in words."""
    return {
        "provider": version.provider.name if version.provider_id else _("Nobody yet"),
        "dates": dates_of(version),
        "ages": capfirst(ages_in_words(version.min_age, version.max_age)),
        "disposals": ", ".join(label_of(code) for code in version.disposals) or _("No police disposal"),
        "admissions": _admissions(version),
        "window": _window(version.entry_window_months),
        "duration": _duration(version),
        "conditions": _conditions(version.min_conditions, version.max_conditions),
        "confidentiality": version.get_confidentiality_display(),
        "repeat": repeat_in_words(version.rules.repeat(version.scheme.slug)),
    }


def rule_rows(version: SchemeVersion) -> list[dict[str, Any]]:
    """The summary list of one version."""
    facts = facts_of(version)
    labels = [
        ("dates", _("These rules apply")),
        ("provider", _("Provider")),
        ("ages", _("Ages")),
        ("disposals", _("Resolutions")),
        ("admissions", _("Admission")),
        ("window", _("Age of the offence")),
        ("duration", _("Length")),
        ("conditions", _("Conditions")),
        ("confidentiality", _("What police see")),
    ]
    rows = [{"key": label, "value": facts[name]} for name, label in labels]
    rows += [
        {"key": _("Worker"), "value": capfirst(version.worker_title)},
        {"key": _("Area"), "value": version.areas},
        {"key": _("Coming back"), "value": facts["repeat"]},
    ]
    return rows + [{"key": key, "value": value} for key, value in _said(version.rules) if value]


def _said(rules: SchemeDocument) -> list[tuple[str, str]]:
    """What a scheme may say beside: each only where it does."""
    extension = _("by %(time)s at most") % {"time": rules.extension} if rules.extension else ""
    must = _("Officers must refer whoever is eligible, or say why not") if rules.must_refer else ""
    return [
        (_("Longer, if agreed"), extension),
        (_("How people come to it"), rules.referral_route),
        (_("Must they be referred?"), must),
        (_("With no offence alleged"), _("Helps them too, and police hear nothing") if rules.without_offence else ""),
        (_("Who decides on changes to an agreement"), _rank_in_words(rules.variation_rank)),
        (_("When it is not being kept"), _ladder_in_words(rules)),
        (_("Contact"), rules.contact_frequency),
        (_("If it is kept"), _effect_on_case(rules.on_success)),
        (_("If it is not kept"), _effect_on_case(rules.on_failure)),
        (_("Notes"), rules.note),
    ]


def _ladder_in_words(rules: SchemeDocument) -> str:
    """ "Put to the police after 3 missed steps. Inspector or above signs a prosecution as well"."""
    if rules.ladder is None:
        return _("Nothing follows from it")
    words = ngettext(
        "Put to the police after %(n)d missed step without a good reason",
        "Put to the police after %(n)d missed steps without a good reason",
        rules.ladder.missed,
    )
    decides, signs = _rank_in_words(rules.ladder.rank), _rank_in_words(rules.ladder.second_rank)
    found = [words % {"n": rules.ladder.missed}]
    found += [_("%(rank)s decides") % {"rank": decides}] if decides else []
    found += [_("%(rank)s signs a decision to prosecute as well") % {"rank": signs}] if signs else []
    return ". ".join(found)


def _rank_in_words(named: str | None) -> str:
    """ "Inspector or above"; "" where the scheme names nobody."""
    return _("%(rank)s or above") % {"rank": User.Rank(str(named)).label} if named else ""


def _effect_on_case(effect: Effect) -> str:
    """What it does to the case, and the Home Office outcome where one follows."""
    outcome = _("Home Office outcome %(n)d.") % {"n": effect.outcome} if effect.outcome else ""
    return " ".join(part for part in (effect.text, outcome) if part)


def _admissions(version: SchemeVersion) -> str:
    if set(version.admissions) == set(Admission.values):
        return _("Whatever the person says")
    return ", ".join(str(Admission(code).label) for code in version.admissions)


def criterion_rows(version: SchemeVersion) -> list[list[str]]:
    """Reason, what it does, and its sources, of each criterion."""
    return [
        [criterion["reason"], _effect(criterion), _sources(criterion["sources"], criterion.get("unsure", False))]
        for criterion in version.criteria
    ]


def template_rows(templates: Iterable[ConditionTemplate]) -> list[list[str]]:
    return [
        [
            template.wording,
            str(KIND_WORDS.get(template.kind, template.kind)),
            str(OBJECT_WORDS.get(template.object, template.object)),
            _("Everybody") if template.is_mandatory else _("As agreed"),
            "; ".join(_amounts(template)),
        ]
        for template in templates
    ]


def _effect(criterion: Mapping[str, Any]) -> str:
    words = str(SEVERITIES.get(criterion.get("severity", "blocks"), ""))
    rank = criterion.get("rank") or criterion.get("override_by")
    if not rank:
        return words
    if criterion.get("rank"):
        return _("Needs a %(rank)s") % {"rank": rank}
    return _("%(words)s, unless a %(rank)s decides otherwise") % {"words": words, "rank": rank}


def _sources(sources: list[dict[str, str]], unsure: bool) -> str:
    words = ", ".join(source_in_words(source["key"]) for source in sources)
    return _("%(sources)s (to be checked with the force)") % {"sources": words} if unsure else words


def _window(months: int | None) -> str:
    if not months:
        return _("Does not matter, or see the rules below")
    words = ngettext("No older than %(n)d month", "No older than %(n)d months", months)
    return words % {"n": months}


def _duration(version: SchemeVersion) -> str:
    if version.duration is None:
        return capfirst(_("no fixed end"))
    unit = version.get_duration_unit_display()
    return f"{version.duration} {unit.removesuffix('s') if version.duration == 1 else unit}"


def _conditions(fewest: int, most: int | None) -> str:
    words = {"fewest": fewest, "most": most}
    if most is None:
        return _("At least %(fewest)d") % words if fewest else _("Any number")
    return _("%(fewest)d to %(most)d") % words


def _amounts(template: ConditionTemplate) -> list[str]:
    """Hours and sessions that it asks, and its last day."""
    found = []
    if template.minimum_hours or template.maximum_hours:
        hours = hours_in_words(template.minimum_hours, template.maximum_hours)
        found.append(_("%(hours)s hours") % {"hours": hours})
    if template.sessions:
        found.append(ngettext("%(n)d session", "%(n)d sessions", template.sessions) % {"n": template.sessions})
    return [*found, _days(template)]


def _days(template: ConditionTemplate) -> str:
    if not template.due_days:
        return _("by the end")
    return ngettext("within %(n)d day", "within %(n)d days", template.due_days) % {"n": template.due_days}
