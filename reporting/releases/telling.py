"""A release in words: its sentences and tables, from its document alone. Whoever reads it elsewhere finds no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diversion.design_system.tables import Column, Table, under
from diversion.design_system.wording import long_date
from reporting.codes import OWN
from reporting.door import Leaving, checked
from reporting.intake.words import COMMON_DISPOSALS, LIVE_WORDS
from reporting.measures.dimensions import BY_NAME
from reporting.releases.differing import is_little, told_of
from reporting.releases.looking import looked_at, places
from reporting.suppression.family import Key, key
from reporting.suppression.figures import ratio_interval

COUNTS = {
    "referred": gettext_lazy("Referred"),
    "considered": gettext_lazy("Considered"),
    "offered": gettext_lazy("Offered"),
    "accepted": gettext_lazy("Accepted"),
    "started": gettext_lazy("Started"),
    "completed": gettext_lazy("Completed"),
    "diverted": gettext_lazy("Diverted"),
}
#: What is said of those whom a count tells of; of a count that has no words here, its own word.
DID = {
    "offered": gettext_lazy("were offered a resolution"),
    "accepted": gettext_lazy("accepted it"),
    "started": gettext_lazy("came to a first appointment"),
    "completed": gettext_lazy("completed what they agreed to"),
}
HIDDEN, TRUE_ZERO, NOT_AVAILABLE = "[c]", "[z]", "[x]"
Cells = Mapping[Key, Mapping[str, Any]]


@dataclass(frozen=True)
class Told:
    """One table as it is shown: ``key`` names it in a check, ``title`` says of what and when.

    ``nobody``: the groups whose every count is a true zero, named under it rather than as rows.
    """

    key: str
    title: str
    table: Table
    nobody: str


def sentences(document: Leaving) -> list[str]:
    """What the release says in all, a sentence for each unit of time."""
    checked(document)
    cells, rates = cells_of(document), rates_of(document)
    counts: dict[str, list[str]] = {}
    for table in document["tables"]:
        if table["of"] not in counts.setdefault(table["time"], []):
            counts[table["time"]].append(table["of"])
    return [_sentence(time, names, cells, rates) for time, names in counts.items()]


def _sentence(time: str, names: Sequence[str], cells: Cells, rates: Cells) -> str:
    parts = [_part(time, name, cells, rates, first=not place) for place, name in enumerate(names)]
    return _("%(time)s: %(parts)s.") % {"time": time, "parts": "; ".join(parts)}


def _part(time: str, name: str, cells: Cells, rates: Cells, *, first: bool) -> str:
    place = key(f"{name} in {time}")
    cell = cells.get(place, {})
    shown, did = number_of(cell), did_words(name)
    if shown == HIDDEN and "first" in cell:
        return _("%(count)s %(did)s, as first told") % {"count": f"{cell['first']:,}", "did": did}
    if shown == HIDDEN:
        return hidden_words(name)
    if first:
        return first_words(name, shown)
    rate = rates.get(place, {})
    return f"{shown} {did}" if rate.get("value") is None else f"{shown} {did} ({rate_words(rate)})"


def did_words(name: str) -> str:
    """What is said of those whom a count tells of: "were offered a resolution"."""
    return str(DID.get(name) or _("were %(word)s") % {"word": str(COUNTS.get(name, name)).lower()})


def hidden_words(name: str) -> str:
    """That a count of everybody is hidden; it says nothing about how large it is."""
    return _("how many %(did)s is hidden, to protect people") % {"did": did_words(name)}


def first_words(name: str, shown: str) -> str:
    """Of how many people, or referrals, everything after it is told."""
    words = _("%(count)s referrals were made") if name == "referred" else _("%(count)s people %(did)s")
    return words % {"count": shown, "did": did_words(name)}


def told_tables(document: Leaving) -> list[Told]:
    """Its tables: a row for each group, a column for each count with its rate of the count before it under it."""
    checked(document)
    cells, rates = cells_of(document), rates_of(document)
    return [_told(number, tables, cells, rates) for number, tables in looked_at(document).items()]


def _told(number: str, tables: Sequence[Mapping[str, Any]], cells: Cells, rates: Cells) -> Told:
    dimensions, every = tables[0]["dimensions"], places(tables)
    empty = [at for at in every if at and all(_is_zero(cells, table, at) for table in tables)]
    rows = [at for at in every if at not in empty]
    nobody = "; ".join(row_words(at, dimensions) for at in empty if _is_largest(at, empty))
    return Told(number, title(tables), _table(tables, rows, cells, rates), nobody)


def _is_zero(cells: Cells, table: Mapping[str, Any], at: Mapping[str, str]) -> bool:
    return cells.get(key(table["measure"], at), {}).get("mark") == TRUE_ZERO


def _is_largest(at: Mapping[str, str], empty: Sequence[Mapping[str, str]]) -> bool:
    """Whether no other empty group holds this one: where there are no women at all, no Black women need be named."""
    return not any(other != at and other.items() <= at.items() for other in empty)


def title(tables: Sequence[Mapping[str, Any]]) -> str:
    """ "2026 Q1, by gender and by origin"."""
    by = kinds(tables[0]["dimensions"])
    return _("%(time)s, by %(dimensions)s") % {"time": tables[0]["time"], "dimensions": by}


def kinds(dimensions: Sequence[str]) -> str:
    """ "gender and by origin"."""
    words = [BY_NAME[name].words if name in BY_NAME else name for name in dimensions]
    return _(" and by ").join(word[:1].lower() + word[1:] for word in words)


def row_words(at: Mapping[str, str], dimensions: Sequence[str]) -> str:
    """The groups of a row; "everyone" for each dimension over which it is a total."""
    if not at:
        return _("Everyone")
    words = ", ".join(group_words(name, at[name]) if name in at else _("everyone") for name in dimensions)
    return words[:1].upper() + words[1:]


def group_words(dimension: str, group: str) -> str:
    """What a group is called: of a scheme or resolution the words that stand for its code."""
    words = {"scheme": LIVE_WORDS.schemes, "disposal": COMMON_DISPOSALS | LIVE_WORDS.disposals}.get(dimension, {})
    return words.get(group, group)


def is_of_results(table: Mapping[str, Any]) -> bool:
    """Whether a table tells what those whom it counts were given; each share in it is then of them."""
    return bool(table.get("results"))


def _table(
    tables: Sequence[Mapping[str, Any]], places_shown: Sequence[Mapping[str, str]], cells: Cells, rates: Cells
) -> Table:
    names = [str(COUNTS.get(table["of"], table["of"])) for table in tables]
    dimensions = tables[0]["dimensions"]
    rows = [
        [row_words(at, dimensions), *(_cell(key(table["measure"], at), cells, rates) for table in tables)]
        for at in places_shown
    ]
    columns = [Column(_("Group")), *(Column(name, numeric=True) for name in names)]
    return Table(caption=title(tables), caption_hidden=True, columns=columns, rows=rows)


def _cell(place: Key, cells: Cells, rates: Cells) -> Any:
    cell, rate = cells.get(place, {}), rates.get(place, {})
    shown, first = _count(cell), cell.get("first")
    if first is not None and shown == HIDDEN:
        return under(f"{first:,}", _("as first told"))
    notes = [rate_words(rate)] if rate.get("value") is not None else []
    if first is not None and first != cell.get("value", 0):
        notes.append(_("first told: %(count)s") % {"count": f"{first:,}"})
    return under(shown, "; ".join(notes)) if notes else shown


def rate_words(rate: Mapping[str, Any]) -> str:
    """ "45.2%, 41.3% to 49.2%"; that it has no interval where it has none."""
    said = {"rate": f"{rate['value']:g}%"}
    if not rate.get("interval"):
        return _("%(rate)s, no interval") % said
    low, high = rate["interval"]
    return _("%(rate)s, %(low)s to %(high)s") % (said | {"low": f"{low:g}%", "high": f"{high:g}%"})


def _count(cell: Mapping[str, Any]) -> str:
    value = cell.get("value")
    return f"{value:,.0f}" if value is not None else str(cell.get("mark", NOT_AVAILABLE))


def number_of(cell: Mapping[str, Any]) -> str:
    """A count within a sentence."""
    return "0" if cell.get("mark") == TRUE_ZERO else _count(cell)


def cells_of(document: Mapping[str, Any]) -> Cells:
    """Each cell of the document by its place."""
    return {key(table["measure"], cell["at"]): cell for table in document["tables"] for cell in table["cells"]}


def rates_of(document: Mapping[str, Any]) -> Cells:
    """Each published rate by the count that it is of."""
    rates = document.get("rates", [])
    return {key(rate["numerator"]["measure"], rate["numerator"]["at"]): rate for rate in rates}


def ratio_table(document: Leaving) -> Table | None:
    """Each group's rate over that of the group compared with; None where the release has none that may be told."""
    cells = cells_of(checked(document))
    rows = [_ratio_row(one, cells) for one in document.get("ratios", []) if one.get("value") is not None]
    columns = [Column(words) for words in (_("Group"), _("Compared with"), _("Rate"))]
    numbers = (_("Of the group"), _("Of those compared with"), _("Ratio"), _("95% interval"))
    columns += [Column(words, numeric=True) for words in numbers]
    return Table(caption=_("Ratios of rates"), columns=columns, rows=rows, caption_size="s") if rows else None


def _ratio_row(one: Mapping[str, Any], cells: Cells) -> list[str]:
    a, n1, c, n2 = (_count(cell) for cell in counts_of_ratio(one, cells))
    sides = [_("%(a)s of %(n)s") % {"a": events, "n": people} for events, people in ((a, n1), (c, n2))]
    low, high = interval_of_ratio(one, cells) or (None, None)
    ends = _("no interval") if low is None else _("%(low)s to %(high)s") % {"low": f"{low:.2f}", "high": f"{high:.2f}"}
    return [*ratio_words(one), *sides, f"{one['value']:.2f}", ends]


def counts_of_ratio(one: Mapping[str, Any], cells: Cells) -> list[Mapping[str, Any]]:
    """The cells that a ratio is made of: events and people of the group, then of those compared with."""
    counts = [one[side][name] for side in ("group", "reference") for name in ("events", "people")]
    return [cells.get(key(count["measure"], count["at"]), {}) for count in counts]


def interval_of_ratio(one: Mapping[str, Any], cells: Cells) -> Sequence[float] | None:
    """As the release gives it; of the counts that it shows, for one that was frozen before ratios had intervals."""
    if one.get("value") is None or one.get("interval"):
        return one.get("interval")
    counts = [cell["value"] for cell in counts_of_ratio(one, cells) if cell.get("value") is not None]
    return ratio_interval(*counts) if len(counts) == 4 else None


def without_ratio(document: Leaving) -> list[str]:
    """Of which groups in which there is anybody it gives no ratio, and why: a sentence for each rate and reason."""
    reasons = {HIDDEN: _("a count in it is hidden to protect people"), NOT_AVAILABLE: _("there are too few people")}
    found: dict[tuple[str, str], list[str]] = {}
    cells = cells_of(checked(document))
    for one in document.get("ratios", []):
        _events, people, *_reference = counts_of_ratio(one, cells)
        if one.get("value") is None and people.get("mark") != TRUE_ZERO:
            group, _other, rate = ratio_words(one)
            found.setdefault((rate, reasons.get(one.get("mark"), reasons[NOT_AVAILABLE])), []).append(group)
    words = _("%(rate)s: no ratio is given of %(groups)s, because %(why)s.")
    return [
        words % {"rate": rate, "groups": ", ".join(dict.fromkeys(groups)), "why": why}
        for (rate, why), groups in found.items()
    ]


def ratio_words(one: Mapping[str, Any]) -> list[str]:
    """Whose rate, whose it is compared with, and which rate."""
    group, reference = (", ".join(one[side]["events"]["at"].values()) for side in ("group", "reference"))
    events, people = one["group"]["events"]["measure"], one["group"]["people"]["measure"].partition(" in ")[0]
    rate = _("%(events)s, of those %(people)s") % {"events": events[:1].upper() + events[1:], "people": people}
    return [group, reference, rate]


def about(document: Leaving) -> list[dict[str, str]]:
    """What it is of and by which rule it was protected: rows of a summary list."""
    days = [long_date(date.fromisoformat(checked(document)[name])) for name in ("from", "to")]
    policy = document["policy"]
    rule = _("Counts from 1 to %(most)s are never shown, nor what would tell them; each could be any of %(width)s.")
    return [
        {"key": _("Provider") if document["source"] == OWN else _("Force"), "value": document["force_name"]},
        {"key": _("Period"), "value": _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}},
        {
            "key": _("Protection"),
            "value": rule % {"most": policy["threshold"] - 1, "width": policy["protection"] + 1},
        },
    ]


def footnotes(document: Leaving) -> list[str]:
    """How to read it, a sentence or two each."""
    rates = _(
        "The range beside it is its 95% interval (Wilson), and that beside a ratio its 95% interval (Katz). All are "
        "made of the counts shown here, and of nothing else."
    )
    of_force = _(
        "A percentage is of the count before it: offered of considered, accepted of offered; that of a scheme or "
        "resolution is of everybody in the row’s group who accepted. Who was decided about twice counts twice."
    )
    of_own = _("A percentage is of the count before it: started of referred, completed of started.")
    first = of_own if document["source"] == OWN else of_force
    return [*map(str, checked(document)["footnotes"]), f"{first} {rates}"]


def left(document: Leaving) -> dict[str, int]:
    """Of the document's figures: how many it prints, and how many of those are hidden."""
    marks = [cell.get("mark") for cell in cells_of(checked(document)).values()]
    return {"printed": len(marks), "hidden": marks.count(HIDDEN), "shown": len(marks) - marks.count(HIDDEN)}


def left_sentence(document: Leaving) -> str:
    """What hiding has left of it."""
    found = left(document)
    words = _("%(shown)s of %(printed)s counts are shown; %(hidden)s are hidden.")
    return words % {name: f"{number:,}" for name, number in found.items()}


def little_sentences(document: Leaving, verdict: Mapping[str, Any]) -> list[str]:
    """That little is left, and what would show more; nothing where much is."""
    few = _few(verdict)
    if not is_little(checked(document)):
        return [*few, _("Groups that hold more people, or a longer period, tell more.")] if few else []
    shown, every = told_of(document)
    words = _("Little is left: of %(every)s counts that are not nought, %(shown)s are shown.")
    found = [words % {"every": f"{every:,}", "shown": f"{shown:,}"}, *few]
    longer = verdict.get("longer")
    if longer:
        words = _("A longer period tells more: %(first)s to %(last)s would show %(shown)s of %(every)s.")
        days = [long_date(date.fromisoformat(longer[name])) for name in ("from", "to")]
        told = {"first": days[0], "last": days[1], "shown": f"{longer['shown']:,}", "every": f"{longer['of']:,}"}
        found.append(words % told)
    return [*found, _("Fewer groups crossed with each other, and coarser ones, tell more too.")]


def _few(verdict: Mapping[str, Any]) -> list[str]:
    """That groups are too small to tell what came of them, where whoever knows how many they are reads it."""
    words = _("What came of groups of fewer than %(width)s people is hidden.") % {"width": verdict["promised"]}
    return [words] if verdict.get("known_before") else []


def verdict_sentence(verdict: Mapping[str, Any]) -> str:
    """What the attacker found, in words."""
    words = ngettext(
        "The attacker, who knows everything in it and in %(held)s other release of the same time, could narrow none "
        "of the %(hidden)s hidden counts to fewer than %(width)s numbers.",
        "The attacker, who knows everything in it and in %(held)s other releases of the same time, could narrow none "
        "of the %(hidden)s hidden counts to fewer than %(width)s numbers.",
        len(verdict["held"]),
    )
    if not verdict["held"]:
        words = _(
            "The attacker, who knows everything in it, could narrow none of the %(hidden)s hidden counts to fewer than "
            "%(width)s numbers."
        )
    told = {"held": len(verdict["held"]), "hidden": verdict["hidden"], "width": verdict["promised"] + 1}
    seats = {
        "own": _("Nor could police, who know how many they referred, of what they do not know."),
        "": _("Nor could somebody who knows every started and every completed count, of what they do not know."),
    }
    found = [words % told, *([seats[verdict.get("source", "")]] if verdict.get("seat") else [])]
    if few := verdict.get("known_before"):
        known = _(
            "%(few)s of the hidden counts are of groups so small that whoever knows how many are in one knows them to "
            "fewer numbers beforehand: the release tells them nothing more."
        )
        found.append(known % {"few": few})
    return " ".join(found)


def beside_table(verdict: Mapping[str, Any]) -> Table | None:
    """How it differs from the other releases of the same time, in numbers of figures; None where there is none."""
    names = ("same", "changed", "shown_anew", "hidden_there", "hidden_here", "no_longer")
    headings = (
        _("The same in both"),
        _("Told differently"),
        _("Only here"),
        _("Shown here, hidden there"),
        _("Hidden here, shown there"),
        _("Only there"),
    )
    rows = [[one["release"], *(f"{one[name]:,}" for name in names)] for one in verdict["beside"]]
    columns = [Column(_("Release")), *(Column(words, numeric=True) for words in headings)]
    return (
        Table(caption=_("Beside earlier releases"), caption_hidden=True, columns=columns, rows=rows, stacked=True)
        if rows
        else None
    )


def shown_figures(document: Leaving, number: str) -> list[tuple[Key, str]]:
    """The figures that one table shows, each with its words: "Offered, Black, all: 45"."""
    tables, cells = looked_at(checked(document))[number], cells_of(document)
    found = [(key(table["measure"], at), table, at) for at in places(tables) for table in tables]
    shown = [one for one in found if _count(cells.get(one[0], {})) not in (HIDDEN, NOT_AVAILABLE)]
    return [(place, _figure_words(table, at, cells[place])) for place, table, at in shown]


def _figure_words(table: Mapping[str, Any], at: Mapping[str, str], cell: Mapping[str, Any]) -> str:
    name, row = COUNTS.get(table["of"], table["of"]), row_words(at, table["dimensions"])
    return _("%(count)s, %(row)s: %(value)s") % {"count": name, "row": row, "value": number_of(cell)}
