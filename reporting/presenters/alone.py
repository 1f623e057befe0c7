"""What was issued alone, in words and tables."""

from collections.abc import Collection, Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import legal
from diversion import clock
from diversion.design_system.tables import Column, Table, link
from diversion.design_system.wording import long_date, short_date
from reporting.models import AloneItem, AloneSample
from reporting.presenters.sampling import NOT_HELD, offence_of

#: Of what does not stand any more there is nothing to read.
WITHDRAWN = gettext_lazy("Withdrawn since")


def sample_views(samples: Iterable[AloneSample], seen: Collection[int]) -> list[dict[str, Any]]:
    """Each sample with how it was drawn, and its cases in the order of the seed; named are those of ``seen`` alone."""
    words = _("Drawn by %(who)s on %(day)s, seed %(seed)s: issued from %(start)s to %(end)s.")
    return [
        {
            "reference": one.reference,
            "words": words
            % {
                "who": one.drawn_by,
                "day": long_date(one.drawn_at),
                "seed": one.seed,
                "start": long_date(one.start),
                "end": long_date(one.end),
            },
            "table": _table(one, seen),
        }
        for one in samples
    ]


def _table(sample: AloneSample, seen: Collection[int]) -> Table:
    columns = [Column(name) for name in (_("Place"), _("Case"), _("Finding"), _("Found by"))]
    rows = [
        [one.place, _case(one, seen), _finding(one, sample, seen), one.found_by or NOT_HELD]
        for one in sample.items.all()
    ]
    title = _("Sample %(reference)s, team %(team)s") % {"reference": sample.reference, "team": sample.team}
    return Table(title, columns, rows, stacked=True)


def _case(item: AloneItem, seen: Collection[int]) -> str:
    if item.case is None:
        return _("No longer held")
    return f"{item.case.person}, {item.case.reference}" if item.case_id in seen else _("With another team now")


def _finding(item: AloneItem, sample: AloneSample, seen: Collection[int]) -> Any:
    if item.case is not None and item.case_id not in seen:
        return item.get_finding_display() or NOT_HELD
    if not item.finding and item.case is not None and not item.stands:
        return WITHDRAWN
    address = reverse("alone_item", args=[sample.reference, item.place])
    words = item.get_finding_display() if item.finding else _("Read it, and say what you find")
    return link(words, address, about=item.place)


def item_rows(item: AloneItem) -> list[dict[str, Any]]:
    """What the decision rests on, as far as this page tells it: the case itself has the rest."""
    case = item.case
    if case is None:
        return []
    decision = case.decision
    day = clock.local_date(decision.decided_at)
    return [
        {"key": _("Case"), "value": link(case.reference, reverse("case_page", args=[case.reference]))},
        {"key": _("Person"), "value": str(case.person)},
        {"key": _("Offence"), "value": offence_of(case)},
        {"key": _("Resolution"), "value": legal.disposal_label(decision.disposal, day) if item.stands else WITHDRAWN},
        {"key": _("Scheme"), "value": decision.scheme or NOT_HELD},
        {"key": _("What the person says"), "value": decision.get_admission_display()},
        {"key": _("Earlier outcomes"), "value": case.get_earlier_outcomes_display()},
        {"key": _("Reasons"), "value": decision.rationale or NOT_HELD},
        {"key": _("Decided by"), "value": f"{decision.decided_by}, {short_date(day)}"},
    ]
