"""Dip samples in words and tables. Figures come here chosen for their audience; nothing here counts or divides."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cases import legal
from cases.models import Case
from diversion import clock
from diversion.design_system.tables import Column, Table, link
from diversion.design_system.wording import count, short_date
from reporting.door import Audience, Leaving, checked
from reporting.models import DipSample, DipSampleItem

Of = DipSample.Of
NOT_HELD = "–"


def table_of_samples(samples: Iterable[DipSample]) -> Table:
    """Each sample with of whom it is and who drew it."""
    columns = (_("Sample"), _("Of whom"), _("Period"), _("Drawn by"), _("On"))
    rows = [
        [
            link(one.reference, reverse("dip_sample", args=[one.reference])),
            one.get_of_display(),
            f"{short_date(one.start)} – {short_date(one.end)}",
            one.drawn_by.full_name,
            short_date(one.drawn_at),
        ]
        for one in samples
    ]
    return Table(_("Dip samples"), [Column(name) for name in columns], rows, caption_hidden=True, stacked=True)


def told(sample: DipSample, figures: Leaving) -> list[dict[str, Any]]:
    """What another person needs to draw the same sample."""
    by_words = checked(figures, Audience.OPERATIONAL)["by_words"]
    groups = ", ".join(group for groups in sample.where.values() for group in groups)
    return [
        {"key": _("Seed"), "value": sample.seed},
        {"key": _("Of each group"), "value": _("%(size)s, or all where there are fewer") % {"size": sample.size}},
        {"key": _("Groups"), "value": _(by_words)},
        *([{"key": _("Confined to"), "value": groups}] if groups else []),
        {
            "key": _("Drawn"),
            "value": _("by %(who)s on %(day)s")
            % {"who": sample.drawn_by.full_name, "day": short_date(sample.drawn_at)},
        },
    ]


def found_by_group(sample: DipSample, figures: Leaving) -> Table:
    """Each group with how many there were and were drawn, and what was found. No sum over the groups."""
    rows = checked(figures, Audience.OPERATIONAL)["strata"]
    names = (
        _("There were"),
        _("Drawn"),
        *(str(one.label) for one in sample.findings),
        _("Not yet looked at"),
        _("No longer there"),
    )
    return Table(
        _("What was found, by group"),
        [Column(_("Group")), *(Column(name, numeric=True) for name in names)],
        [
            [
                row["group"],
                count(row["people"]),
                count(row["drawn"]),
                *(count(row["findings"][name]) for name in sample.findings),
                count(row["waiting"]),
                count(row["gone"]),
            ]
            for row in rows
        ],
    )


def items(sample: DipSample, found: Iterable[DipSampleItem]) -> Table:
    """What was drawn, in the order of the seed, and what was found. It does not say of which group each is."""
    if sample.of == Of.NOT_CONSIDERED:
        columns = (_("Place"), _("Crime number"), _("Offence"), _("Outcome"), _("On"), _("Finding"))
    else:
        what = _("Offered") if sample.of == Of.OFFERED else _("Why not offered")
        columns = (_("Place"), _("Case"), _("Offence"), what, _("Decided"), _("Finding"))
    rows = [[one.place, *_what(one), _finding(one)] for one in found]
    return Table(_("What was drawn"), [Column(name) for name in columns], rows, stacked=True)


def _what(item: DipSampleItem) -> list[SafeString | str]:
    if (suspect := item.suspect) is not None:
        return [suspect.crime_number, suspect.offence or NOT_HELD, suspect.outcome, short_date(suspect.outcome_on)]
    if (case := item.case) is not None:
        decision = case.decision
        return [_link_to(case), offence_of(case), _said(item)[1], short_date(decision.decided_at)]
    return [_("No longer held"), NOT_HELD, NOT_HELD, NOT_HELD]


def _said(item: DipSampleItem) -> tuple[str, str]:
    """Which question the decision answers, and how: what was offered, or why nothing was."""
    decision = item.case.decision if item.case else None
    if decision is None:
        return "", NOT_HELD
    if item.sample.of != Of.OFFERED:
        return _("Why not offered"), decision.get_not_offered_reason_display() or _("Authority refused")
    if not decision.disposal:  # withdrawn since, and nothing offered in its place
        return _("Offered"), decision.get_result_display()
    return _("Offered"), legal.disposal_label(decision.disposal, clock.local_date(decision.decided_at))


def _link_to(case: Case) -> SafeString:
    shown = link(case.reference, reverse("case_page", args=[case.reference]))
    return format_html('<span class="app-nowrap">{}</span>', shown)


def offence_of(case: Case) -> str:
    return next((each.offence.title for each in case.allegations.all()), NOT_HELD)


def _finding(item: DipSampleItem) -> SafeString | str:
    if item.is_gone:
        return _("No longer there")
    address = reverse("dip_sample_item", args=[item.sample.reference, item.place])
    words = item.get_finding_display() if item.finding else _("Say what you find")
    return link(words, address, about=item.place)


def why_gone(item: DipSampleItem) -> str:
    """Why nothing more can be found of one of them; "" where something can."""
    if item.stands:
        return ""
    if item.case is None:
        return _("This record is no longer held: there is nothing left to look at.")
    return _("This decision was withdrawn since it was drawn: there is nothing left to look at.")


def summary(item: DipSampleItem) -> list[dict[str, Any]]:
    """What stands on record of one of them, as far as the sample tells it: the case itself has the rest."""
    if (suspect := item.suspect) is not None:
        return [
            {"key": _("Crime number"), "value": suspect.crime_number},
            {"key": _("Offence"), "value": suspect.offence or NOT_HELD},
            {"key": _("Outcome"), "value": suspect.outcome},
            {"key": _("On"), "value": short_date(suspect.outcome_on)},
            {"key": _("Age"), "value": suspect.age_band},
        ]
    if (case := item.case) is not None:
        decision = case.decision
        team = case.team.name if case.team else NOT_HELD
        return [
            {"key": _("Case"), "value": _link_to(case)},
            {"key": _("Offence"), "value": offence_of(case)},
            {"key": _("Earlier outcomes"), "value": case.get_earlier_outcomes_display()},
            dict(zip(("key", "value"), _said(item), strict=True)),
            {"key": _("Rationale"), "value": decision.rationale or NOT_HELD},
            {"key": _("Team"), "value": team},
            {"key": _("Decided"), "value": short_date(decision.decided_at)},
        ]
    return []
