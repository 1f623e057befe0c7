"""A release on one page, for a new chief and for everybody: each sentence from its document alone, with its numbers.

A count that is hidden is said to be hidden. Of groups the first rate alone is told (offered, of those considered), in
the last time that the release tells of; the release itself has the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.design_system.wording import long_date
from reporting.codes import UNKNOWN
from reporting.door import Leaving, checked
from reporting.measures.dimensions import BY_NAME
from reporting.releases import telling
from reporting.releases.telling import COUNTS, HIDDEN, Cells
from reporting.suppression.family import Key, key


@dataclass(frozen=True)
class Part:
    """Sentences under a heading."""

    title: str
    sentences: Sequence[str]


def brief(document: Leaving) -> list[Part]:
    """For a new chief: what happened to how many, which groups differ and by how much, and what is not told."""
    whole = _Whole(checked(document))
    parts = [
        Part(_("What happened"), list(_happened(whole, _rate))),
        Part(_("Groups compared"), [*_ratios(whole), *_not_compared(whole)]),
        Part(_("What is not known, and what is hidden"), [*_unknown(whole), *_hidden(document)]),
        Part(_("How to read it"), [*_difference(whole), *_chance(whole), _of_release(document)]),
    ]
    return [part for part in parts if part.sentences]


def plain(document: Leaving) -> list[Part]:
    """For everybody, in plain words: shares as so many in every 100."""
    whole = _Whole(checked(document), in_words=True)
    parts = [
        Part(_("What this is about"), [_purpose(document)]),
        Part(_("What happened"), list(_happened(whole, _in_100))),
        Part(_("Groups beside each other"), [*_groups_in_100(whole), *_not_compared(whole), *_difference(whole)]),
        Part(_("What we do not show"), [*_unknown(whole), *_hidden(document)]),
        Part(_("How sure we are"), [_surely(), *_chance(whole)]),
    ]
    return [part for part in parts if part.sentences]


class _Whole:
    """The document with its cells and rates by place, and the counts of its last time in their order."""

    def __init__(self, document: Mapping[str, Any], *, in_words: bool = False) -> None:
        self.cells: Cells = telling.cells_of(document)
        self.rates: Cells = telling.rates_of(document)
        self.time = document["tables"][-1]["time"] if document["tables"] else ""
        self.when = _in_words(self.time) if in_words else self.time
        self.tables = [one for one in document["tables"] if one["time"] == self.time]
        self.chain = list(dict.fromkeys(one["of"] for one in self.tables))
        self.ratios = [one for one in document.get("ratios", []) if self._is_first(one)]

    def _is_first(self, ratio: Mapping[str, Any]) -> bool:
        """Whether it compares the first rate of the last time, of groups of one kind."""
        events, people = ratio["group"]["events"], ratio["group"]["people"]
        wanted = [self.measure(name) for name in self.chain[1::-1]]
        return [events["measure"], people["measure"]] == wanted and len(events["at"]) == 1

    def measure(self, count: str) -> str:
        """The name of a count in the last time, as cells have it."""
        return f"{count} in {self.time}"

    def number(self, place: Key) -> str:
        return telling.number_of(self.cells.get(place, {}))


#: What those whom a count tells of are called as the people of the next count; of others its own word.
WHO = {
    "offered": gettext_lazy("offered one"),
    "accepted": gettext_lazy("who accepted"),
    "started": gettext_lazy("who came"),
}


def _who(name: str) -> str:
    return str(WHO.get(name) or _names_of(name))


#: The first and last month of a quarter.
QUARTERS = {"Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12)}


def _in_words(time: str) -> str:
    """ "January to March 2026" of "2026 Q1"; any other time as the release has it."""
    year, _space, quarter = time.partition(" ")
    if quarter not in QUARTERS:
        return time
    first, last = (date_format(date(int(year), month, 1), "F") for month in QUARTERS[quarter])
    return _("%(first)s to %(last)s %(year)s") % {"first": first, "last": last, "year": year}


def _happened(whole: _Whole, share: Any) -> Iterator[str]:
    """Each count of everybody, of the count before it."""
    for place, name in enumerate(whole.chain):
        here = key(whole.measure(name))
        number = whole.number(here)
        if number == HIDDEN:
            yield f"{whole.when}: {telling.hidden_words(name)}."
        elif not place:
            yield f"{whole.when}: {telling.first_words(name, number)}{_twice(name)}."
        else:
            yield _of_before(number, name, whole, whole.chain[place - 1], share(whole.rates.get(here, {})))


def _twice(name: str) -> str:
    return "" if name == "referred" else _("; who was decided about twice counts twice")


def _of_before(number: str, name: str, whole: _Whole, before: str, share: str) -> str:
    people = whole.number(key(whole.measure(before)))
    told = {"count": number, "did": telling.did_words(name), "who": _who(before)}
    if people == HIDDEN:
        return _("%(count)s %(did)s; of how many %(who)s is hidden.") % told
    said = _("%(count)s of the %(people)s %(who)s %(did)s") % (told | {"people": people})
    return f"{said}: {share}." if share else f"{said}."


def _rate(rate: Mapping[str, Any]) -> str:
    """ "58.3%, 52% to 64.4%"; "" where the release gives no rate."""
    return telling.rate_words(rate) if rate.get("value") is not None else ""


def _in_100(rate: Mapping[str, Any]) -> str:
    """ "about 58 in every 100; allowing for chance, 52 to 64"; "" where the release gives no rate with its interval."""
    if rate.get("value") is None or not rate.get("interval"):
        return ""
    low, high = rate["interval"]
    told = {"rate": f"{rate['value']:.0f}", "low": f"{low:.0f}", "high": f"{high:.0f}"}
    return _("about %(rate)s in every 100; allowing for chance, %(low)s to %(high)s") % told


def _ratios(whole: _Whole) -> Iterator[str]:
    """Each ratio of the first rate that the release gives, with its numbers and whether chance explains it."""
    words = _("%(group)s: %(a)s of %(n)s; %(other)s: %(c)s of %(m)s. Ratio %(ratio)s (%(ends)s): %(chance)s.")
    told = [(one, telling.interval_of_ratio(one, whole.cells)) for one in whole.ratios if one.get("value") is not None]
    if told and any(interval for _one, interval in told):
        yield _("%(time)s, %(events)s of those %(people)s:") % {"time": whole.when, **_names(whole)}
    for one, interval in told:
        if interval:
            yield words % {**_four(one, whole), **_ends(one["value"], interval), "chance": _by_chance(interval)}


def _names(whole: _Whole) -> dict[str, str]:
    people, events = (str(COUNTS.get(name, name)).lower() for name in whole.chain[:2])
    return {"events": events, "people": people}


def _four(one: Mapping[str, Any], whole: _Whole) -> dict[str, str]:
    group, other, _rate = telling.ratio_words(one)
    a, n, c, m = (telling.number_of(cell) for cell in telling.counts_of_ratio(one, whole.cells))
    return {"group": group, "other": other, "a": a, "n": n, "c": c, "m": m}


def _ends(value: float, interval: Sequence[float]) -> dict[str, str]:
    ends = _("%(low)s to %(high)s") % {"low": f"{interval[0]:.2f}", "high": f"{interval[1]:.2f}"}
    return {"ratio": f"{value:.2f}", "ends": ends}


def _by_chance(interval: Sequence[float]) -> str:
    low, high = interval
    return _("compatible with no difference") if low <= 1 <= high else _("more than chance alone explains")


def _groups_in_100(whole: _Whole) -> Iterator[str]:
    """Each group beside the one compared with, as so many in 100, and whether chance explains the difference."""
    for one in whole.ratios:
        interval = telling.interval_of_ratio(one, whole.cells)
        sides = [_side(one[name], whole) for name in ("group", "reference")]
        if interval and all(sides):
            low, high = interval
            differs = _("The difference is larger than chance alone explains.")
            alike = _("The difference could be chance.")
            yield f"{'. '.join(sides)}. {alike if low <= 1 <= high else differs}"


def _side(side: Mapping[str, Any], whole: _Whole) -> str:
    """ "Black: 40 of the 80 considered were offered a resolution: about 50 in every 100"; "" where not told."""
    events, people = (key(side[name]["measure"], side[name]["at"]) for name in ("events", "people"))
    share, numbers = _in_100(whole.rates.get(events, {})), [whole.number(place) for place in (events, people)]
    if not share or HIDDEN in numbers:
        return ""
    words = _("%(group)s: %(a)s of the %(n)s %(who)s %(did)s: %(share)s")
    told = {"group": ", ".join(side["events"]["at"].values()), "a": numbers[0], "n": numbers[1], "share": share}
    return words % (told | {"who": _who(whole.chain[0]), "did": telling.did_words(whole.chain[1])})


def _not_compared(whole: _Whole) -> Iterator[str]:
    """Which groups cannot be compared, of those that the first rate is of."""
    kinds: dict[str, list[str]] = {}
    for one in whole.ratios:
        ((name, group),) = one["group"]["people"]["at"].items()
        nobody = whole.number(key(one["group"]["people"]["measure"], {name: group})) == "0"
        if telling.interval_of_ratio(one, whole.cells) is None and not nobody:
            kinds.setdefault(_kind(name), []).append(group)
    told = _("Not compared, because a count is hidden to protect people or there are too few people: %(groups)s.")
    if kinds:
        yield told % {"groups": "; ".join(f"{kind}: {', '.join(groups)}" for kind, groups in kinds.items())}


def _kind(dimension: str) -> str:
    return BY_NAME[dimension].words if dimension in BY_NAME else dimension


def _unknown(whole: _Whole) -> Iterator[str]:
    """Of how many each kind of group is not known: nobody knows how that would change the comparison."""
    words = _("%(dimension)s: not known of %(count)s of the %(people)s %(word)s.")
    hidden = _("%(dimension)s: of how many it is not known is hidden, to protect people.")
    for table in whole.tables:
        if table["of"] != whole.chain[0] or len(table["dimensions"]) != 1:
            continue
        (name,) = table["dimensions"]
        if UNKNOWN not in table["categories"][name]:
            continue
        number, people = whole.number(key(table["measure"], {name: UNKNOWN})), whole.number(key(table["measure"]))
        if HIDDEN in (number, people):
            yield hidden % {"dimension": _kind(name)}
        elif number != "0":
            told = {"dimension": _kind(name), "count": number, "people": people, "word": _names_of(whole.chain[0])}
            yield words % told


def _names_of(count: str) -> str:
    return str(COUNTS.get(count, count)).lower()


def _hidden(document: Leaving) -> Iterator[str]:
    rule = next(one["value"] for one in telling.about(document) if one["key"] == _("Protection"))
    yield telling.left_sentence(document)
    yield rule


def _difference(whole: _Whole) -> Iterator[str]:
    """Where any groups are compared."""
    if any(telling.interval_of_ratio(one, whole.cells) for one in whole.ratios):
        yield _("This shows a difference, not its cause.")


def _chance(whole: _Whole) -> Iterator[str]:
    told = [one for one in whole.ratios if one.get("value") is not None]
    if len(told) > 1:
        words = _("%(n)s groups are compared: of twenty such comparisons one looks like a difference by chance alone.")
        yield words % {"n": len(told)}


def _surely() -> str:
    return _(
        "Few people make any share unsure. Where it says “allowing for chance”, the figure for many such people would "
        "lie between the two numbers nineteen times in twenty."
    )


def _purpose(document: Leaving) -> str:
    days = [long_date(date.fromisoformat(document[name])) for name in ("from", "to")]
    words = _(
        "Police can offer some people a resolution out of court: help, or something to make up for what happened. "
        "These figures tell how often %(force)s did so from %(first)s to %(last)s, and for whom."
    )
    return words % {"force": document["force_name"], "first": days[0], "last": days[1]}


def _of_release(document: Leaving) -> str:
    days = [long_date(date.fromisoformat(document[name])) for name in ("from", "to")]
    words = _(
        "Every number here stands in the release of %(first)s to %(last)s. A percentage is of the count before it, "
        "with its 95%% interval (Wilson); a ratio has its own (Katz)."
    )
    return words % {"first": days[0], "last": days[1]}
