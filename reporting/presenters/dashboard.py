"""The dashboard's funnel, its work to do and its footnotes, in words and tables.

Figures come here already chosen for their audience; nothing here counts or divides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.design_system.charts import share_bar
from diversion.design_system.tables import Column, Table, link, under
from diversion.design_system.wording import count, percent
from reporting.codes import AT_RISK
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Behind, Row, filled, number_of, with_interval
from reporting.presenters.report import interval
from reporting.presenters.sentence import SAID, sentence_of

STAGES = {
    "considered": gettext_lazy("Considered"),
    "eligible": gettext_lazy("Eligible"),
    "offered": gettext_lazy("Offered"),
    "accepted": gettext_lazy("Accepted"),
    "referred": gettext_lazy("Referred"),
    "started": gettext_lazy("Started"),
    "completed": gettext_lazy("Completed"),
    "diverted": gettext_lazy("Diverted"),
}
MISSING = {
    "ethnicity": gettext_lazy("Ethnicity"),
    "history": gettext_lazy("Earlier outcomes"),
    "eligibility": gettext_lazy("Eligibility"),
}
#: What no measure of the dashboard says by itself.
ENDED = {
    "withdrawn_by_others:with": gettext_lazy("Turned away or withdrawn, of those due"),
    "still_open:with": gettext_lazy("Still open, of those due"),
    "ended:by_others": gettext_lazy("Declined by the partner, or withdrawn"),
    "ended:not_told": gettext_lazy("Referred to a voluntary scheme, of which police hear nothing"),
    "ended:undated": gettext_lazy("Ended on a day that nobody knows"),
    "ended:dated": gettext_lazy("Referred to a scheme of which police hear"),
}
PARTS = {
    "of": gettext_lazy(": everybody of whom it can be told"),
    "without": gettext_lazy(": not"),
    "pending": gettext_lazy(": waiting, or not known"),
}


@dataclass(frozen=True)
class FunnelRow:
    """One stage: how many reached it, its share of the stage before, and who waits beside it."""

    stage: str
    bar: SafeString
    people: SafeString | str
    share: SafeString | str
    waiting: SafeString | str = ""


def funnel(figures: Leaving, behind: Behind, of_suspects: str) -> list[FunnelRow]:
    """Every stage from suspects, where an extract tells of them, to completed.

    ``of_suspects``: the address where suspects, who are no cases, stand by group.
    """
    found = checked(figures, Audience.OPERATIONAL)["funnel"]
    suspects, considered, rows = found["suspects"], found["considered"], []
    most = max(suspects["denominator"] if suspects else 0, considered, 1)
    if suspects:
        people = link(count(suspects["denominator"]), of_suspects, hidden=_("suspects, by group"))
        rows.append(FunnelRow(_("Suspects"), share_bar(suspects["denominator"] / most), people, ""))
    share = _share_of(suspects, lambda _figure: of_suspects) if suspects else ""
    of = "offered_of_considered:of"
    rows.append(
        FunnelRow(str(STAGES["considered"]), share_bar(considered / most), number_of(considered, behind, of), share)
    )
    for stage in found["stages"]:
        name = stage["stage"]
        figure = "offered_of_considered:with" if name == "offered" else f"{name}:with"
        rows.append(
            FunnelRow(
                str(STAGES[name]),
                share_bar(stage["people"] / most),
                number_of(stage["people"], behind, figure),
                _share_of(stage, behind, name),
                number_of(stage["pending"], behind, f"{name}:pending") if stage["pending"] else "",
            )
        )
    return rows


def cohort(figures: Leaving, behind: Behind = None) -> SafeString | str:
    """Completion of everybody referred long enough ago, in a sentence; nothing of an imported file."""
    found = checked(figures, Audience.OPERATIONAL)["funnel"].get("cohort")
    if not found or not found["denominator"]:
        return ""
    words = _("Of everybody referred long enough ago, whether they came or not: %(share)s completed.")
    return filled(words, share=with_interval(found, behind, "completed_in_time"))


def _of_suspects(figures: Leaving) -> list[str]:
    """Why more suspects than decisions can have been considered; nothing where no extract tells of suspects."""
    found = checked(figures, Audience.OPERATIONAL)["funnel"]
    if not found["suspects"]:
        return []
    words = _(
        "A suspect counts once for each crime, and a decision once: %(some)s of %(all)s suspects were considered, in "
        "%(decisions)s decisions."
    )
    suspects = found["suspects"]
    said = {"some": count(suspects["numerator"]), "all": count(suspects["denominator"])}
    return [words % (said | {"decisions": count(found["considered"])})]


#: Of so many teams the page shows at once what is missing, and still ends after three screens (our own).
TEAMS_SHOWN = 6


def to_do(figures: Leaving, behind: Behind) -> list[Table]:
    """What is missing, by team, the most first: each number a list of cases to complete. Then the other teams."""
    rows = [row for row in checked(figures, Audience.OPERATIONAL)["to_do"] if any(row[name] for name in MISSING)]
    first, others = rows[:TEAMS_SHOWN], rows[TEAMS_SHOWN:]
    named = {_("Missing answers by team"): first, _("Missing answers by other teams"): others}
    return [_missing(caption, some, behind) for caption, some in named.items() if some]


def _missing(caption: str, rows: list[Row], behind: Behind) -> Table:
    columns = [Column(_("Team")), *(Column(words, numeric=True) for words in MISSING.values())]
    return Table(
        caption=caption,
        caption_hidden=True,
        columns=columns,
        rows=[
            [
                row["team"] if row["team"] != "Unknown" else _("No team"),
                *(number_of(row[name], behind, f"no_{name}", team=row["team"]) for name in MISSING),
            ]
            for row in rows
        ],
    )


def figure_words(figure: str, where: Mapping[str, Any], *more: str) -> str:
    """Which cases a list holds: "Started: waiting, Black, Response A"."""
    groups = [group for groups in where.values() for group in groups]
    return ", ".join(one for one in (_did(figure), *groups, *more) if one)


def _did(figure: str) -> str:
    name, _colon, part = figure.partition(":")
    if figure in ENDED:
        return str(ENDED[figure])
    if name == AT_RISK:
        return _("Still open as week %(week)s since the referral began") % {"week": part}
    if (name, part) == ("offered_of_considered", "of"):
        name, part = "considered", ""
    missing = MISSING.get(name.removeprefix("no_"))
    words = _("%(what)s not known") % {"what": missing} if missing else STAGES.get(name.removesuffix("_of_considered"))
    return f"{sentence_of(str(words or SAID.get(name, ('', name))[1]))}{PARTS.get(part, '')}"


def footnotes(figures: Leaving) -> list[str]:
    """What the figures cannot show, said once for the page."""
    notes = [str(line) for line in checked(figures, Audience.OPERATIONAL)["footnotes"]]
    if figures["source"] != "live":
        return notes
    return [
        *notes,
        *_of_suspects(figures),
        _("Whoever still waits stands beside a rate and is never in it."),
        _("Of voluntary schemes police hear nothing after the referral: their people are in no later stage."),
        _("An offer to somebody whom no rule let in is among the offers, and not in the share of eligible people."),
        _("Offence and earlier outcomes are police decisions themselves: adjusting for them can hide what they carry."),
        _(
            "A number of people leads to their cases, for whoever may open every case of the force. Suspects, places "
            "and those compared by offence and earlier outcomes have no list."
        ),
        _("No flag is not the absence of a difference. Groups of fewer than 10 people have no share."),
        _("Ranges beside shares (Wilson) and ratios (Katz) are 95% intervals."),
        _("The smallest ratio that so many could show, and a share not known, estimate nothing and have no interval."),
    ]


def _share_of(row: Row, behind: Behind = None, figure: str = "") -> SafeString | str:
    """As ``with_interval``, on two lines: the share of how many, and under it its interval."""
    if not row["denominator"]:
        return "–"
    part, whole = (row["numerator"], "with"), (row["denominator"], "of")
    told = [number_of(number, behind, f"{figure}:{which}") for number, which in (part, whole)]
    counts = filled(_("%(part)s of %(whole)s"), part=told[0], whole=told[1])
    if row["rate"] is None:
        return counts
    share = format_html('{} <span class="app-nowrap">({})</span>', percent(row["rate"], 0), counts)
    return under(share, interval(row["interval"], 0))
