"""What works, in words and tables. Figures come here chosen for their audience; nothing here counts or divides."""

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system.tables import Column, Table, under
from diversion.design_system.wording import count, percent
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Behind, Row, number_of, with_interval
from reporting.presenters.report import NOTHING, interval

#: Dimension -> the field that confines a list of cases to one of its groups.
FIELDS = {"offence_group": "offence", "ethnicity": "ethnicity", "gender": "gender", "age_band": "age"}
SIDES = ("group", "comparator")


@dataclass(frozen=True)
class Told:
    """One finding about accepting: who was followed, the ratios in sentences, and what they cannot show."""

    months: int
    grade: str
    table: Table
    sentences: list[str]
    cannot_show: list[str]


def effects(figures: Leaving) -> list[Told]:
    """Accepting beside not being diverted, for each time of follow-up of which anybody was followed."""
    found = checked(figures, Audience.OPERATIONAL)["effect"]
    return [_effect(one) for one in found if one["group"]["denominator"] or one["comparator"]["denominator"]]


def _effect(one: Row) -> Told:
    months = one["follow_up"]["months"]
    names = (_("Followed"), _("Proven to have offended"), _("Not followed long enough yet"), _("Not in the extract"))
    rows = [
        [
            _(one[side]["who"]),
            count(one[side]["denominator"]),
            with_interval(one[side]),
            count(one[side]["pending"]),
            count(one[side]["not_found"]),
        ]
        for side in SIDES
    ]
    title = _("Proven to have offended within %(months)s months") % {"months": months}
    table = Table(title, [Column(_("Who")), *(Column(name, numeric=True) for name in names)], rows)
    return Told(months, _(one["grade"]), table, _ratios(one), [_(words) for words in one["cannot_show"]])


def _ratios(one: Row) -> list[str]:
    """The crude ratio and the adjusted ones, each with its interval and of how many it speaks."""
    told = [_ratio(_("Not adjusted"), one["crude"])]
    people = _("%(compared)s of %(of)s and %(reference)s of %(reference_of)s people could be compared")
    for name, words in (
        ("adjusted", _("Adjusted for offence and earlier outcomes")),
        ("adjusted_for_gravity", _("Adjusted for gravity and earlier outcomes")),
    ):
        found = one[name]
        if found.get("ratio") is None or not found.get("interval"):
            continue
        of = people % {
            "compared": count(found["compared"]),
            "of": count(found["compared_of"]),
            "reference": count(found["reference_compared"]),
            "reference_of": count(found["reference_compared_of"]),
        }
        told += [f"{_ratio(words, found)} {of}.", *(_(warning) for warning in found["warnings"])]
    return told


def _ratio(words: str, found: Row) -> str:
    if found.get("ratio") is None or not found.get("interval"):
        return _("%(words)s: no ratio. %(why)s") % {"words": words, "why": _(found.get("words", ""))}
    low, high = found["interval"]
    chance = _("compatible with no difference") if low <= 1 <= high else _("more than chance alone explains")
    said = _("%(words)s: ratio %(ratio)s (%(low)s to %(high)s), %(chance)s.")
    numbers = {"ratio": f"{found['ratio']:.2f}", "low": f"{low:.2f}", "high": f"{high:.2f}"}
    return said % {"words": words, "chance": chance, **numbers}


def scheme_tables(figures: Leaving, behind: Behind) -> list[dict[str, Any]]:
    """A table of each scheme, by name: everybody, then its groups. Of a voluntary scheme until the referral alone."""
    found = checked(figures, Audience.OPERATIONAL)
    return [
        {"name": one["scheme"], "voluntary": one["voluntary"], "table": _table(one, found, behind)}
        for one in found["schemes"]
    ]


def _table(one: Row, found: Row, behind: Behind) -> Table:
    field = FIELDS[found["by"]]
    places: list[tuple[dict[str, str], str, Row]] = [({}, _("Everybody"), one["everybody"])]
    places += [({field: row["group"]}, row["group"], row) for row in one["groups"]]
    names = [_("Accepted"), _("Referred")]
    if not one["voluntary"]:
        names += [_("Started"), _("Waiting to start"), _("Completed of those due"), _("Not due yet")]
        names += [_("Proven to have offended within 12 months"), _("Not followed long enough yet")]
    of = _behind_scheme(behind, one["scheme"])
    rows = [[words, *_cells(row, of, where, voluntary=one["voluntary"])] for where, words, row in places]
    title = _("%(scheme)s, by %(by)s") % {"scheme": one["scheme"], "by": _lower(found["by_words"])}
    columns = [Column(_("Group")), *(Column(name, numeric=True) for name in names)]
    return Table(title, columns, rows, caption_hidden=True)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _behind_scheme(behind: Behind, scheme: str) -> Behind:
    return None if behind is None else lambda figure, **of: behind(figure, scheme=scheme, **of)


def _cells(row: Row, behind: Behind, where: dict[str, str], *, voluntary: bool) -> list[Any]:
    """Each count with its cases; each rate with its interval, and who waits. Of reoffending no list is told."""
    shown: list[Any] = [_number(row, name, "numerator", behind, where) for name in ("accepted", "referred")]
    if voluntary:
        return shown
    for name, of in (("started", behind), ("completed_in_time", behind), ("reoffended_12", None)):
        shown += [_share(row, name, of, where), _number(row, name, "pending", of, where)]
    lost = row["reoffended_12"]["not_found"] if "reoffended_12" in row else 0
    if lost:
        shown[-1] = under(shown[-1], _("%(n)s not in the extract") % {"n": count(lost)})
    return shown


PARTS = {"numerator": "with", "denominator": "of", "pending": "pending"}


def _number(row: Row, name: str, part: str, behind: Behind, where: dict[str, str]) -> SafeString | str:
    return number_of(row[name][part], behind, f"{name}:{PARTS[part]}", **where) if name in row else NOTHING


def _share(row: Row, name: str, behind: Behind, where: dict[str, str]) -> SafeString | str:
    """ "12 of 40 (30%), 18.1% to 45.4%", both numbers with their cases; no share of fewer than 10 people."""
    one = row.get(name)
    if one is None or not one["denominator"]:
        return NOTHING
    events, people = (_number(row, name, part, behind, where) for part in ("numerator", "denominator"))
    if one["rate"] is None:
        return format_html(_("{} of {}"), events, people)
    return format_html(_("{} of {} ({}), {}"), events, people, percent(one["rate"], 0), interval(one["interval"]))
