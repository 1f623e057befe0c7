"""From a declaration to what would leave: counted, suppressed with all that readers may hold, and attacked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from diversion import clock
from diversion.accounts.models import Organisation
from diversion.postgres import locks
from reporting.codes import OWN
from reporting.measures.dimensions import BY_NAME
from reporting.models import Release
from reporting.releases import editions, own, revising
from reporting.releases.differing import differences, is_little, told_of
from reporting.releases.every import bare_sheets
from reporting.releases.freezing import (
    KNOWN_TO_PARTNERS,
    CannotRelease,
    Earlier,
    Frozen,
    Sheet,
    freeze,
    is_known_to_partners,
    is_known_to_police,
)
from reporting.releases.standing import (
    as_first_told,
    base,
    still_fits,
    stored,
    with_the_rest,
    with_what_came_of_people,
)
from reporting.releases.tables import UNITS, chain, checked_tables, last_whole, sheets, whole_around
from reporting.suppression.family import Key, key
from reporting.suppression.release import counted, read
from reporting.suppression.tables import Table
from reporting.suppression.thresholds import PUBLISHED, SHARED, Thresholds

THRESHOLDS: Mapping[str, Thresholds] = {"shared": SHARED, "published": PUBLISHED}
FOOTNOTES = (
    "A row is a decision, or a row of an imported file, and not a person: someone decided about twice counts twice.",
    "[c] hidden to protect people; [x] not available, or too few people; [z] a true zero.",
    "Rates and ratios are made from the counts shown. They describe; they do not say why.",
    "Frozen when it was made: later corrections do not move it, and what was first told of a time stands.",
    "Who started and who completed is told once, when there has been time for it to show.",
)
FOOTNOTES_OF = {
    OWN: (
        "A row is a referral, and not a person: someone referred twice counts twice.",
        "Of schemes of which police hear nothing after the referral, as their provider has recorded it.",
        *FOOTNOTES[1:],
    )
}
REVISED_NOTE = (
    "A revision: counted anew from the records as they stood when it was made. Where a change is so small that it "
    "would tell of people, the figure that was first told stands."
)
Document = dict[str, Any]


@dataclass(frozen=True)
class Worked:
    """What would leave, the counts behind it, what the attacker says of it, and the counts of every table of its time:
    later releases of that time are made from those."""

    document: Document
    frozen: Frozen
    verdict: dict[str, Any]
    base: list[dict[str, Any]]


def one_at_a_time(force: Organisation) -> None:
    """Two releases made at once would each not know of the other, and tell together what neither tells alone."""
    locks.one_at_a_time(f"release {force.slug}")


def held_beside(release: Release) -> list[Release]:
    """Every other release that shares some of its time and has left, or is frozen and may leave: readers may hold both.

    A withdrawn one has left; a draft that was discarded or sent back has not.
    """
    found = Release.objects.may_be_held().filter(force=release.force, source=release.source)
    found = found.filter(start__lte=release.end, end__gte=release.start)
    return list(found.exclude(pk=release.pk).order_by("made_at", "pk"))


def check_declared(release: Release) -> list[Release]:
    """The releases held beside it. CannotRelease where what is declared may not stand beside them."""
    _refuse_other_sources(release)
    before = held_beside(release)
    names = _dimensions_of(before, release.unit)
    checked_tables(release.declared["tables"], names, source=release.source)
    return before


def work_out(release: Release) -> Worked:
    """Count what is declared, hide what must be, and attack it beside all that readers may hold."""
    before = check_declared(release)
    asked = counted_now(release, release.declared["tables"])
    every = counting_of(release.source).bare_sheets(release.force, **_whole(release))
    now = base([stored(_of_edition(release, every))])
    told = _told_before(before)
    first = with_the_rest(base([one.counts["base"] for one in before if one.counts.get("base")]), now)
    ripe = {sheet.time for sheet in asked if sheet.told and sheet.of in KNOWN_TO_PARTNERS}
    # What came of people is told once, in whichever telling of the time.
    ripe = {time for time in ripe if editions.plain(time) not in set(map(editions.plain, told))}
    ripe = {time for time in ripe if still_fits(first, now, time, chain(release.source))}
    newest = with_what_came_of_people(first, now, ripe)
    hide = {key(each["measure"], each["at"]) for each in release.hide}
    true = as_first_told(asked, newest, told | ripe)
    if release.declared.get("edition"):
        revising.check(release, true, first)
    frozen = _frozen(release, true, before, hide)
    times = {sheet.time for sheet in asked}
    return _worked(release, frozen, before, stored(sheet for sheet in newest.values() if sheet.time in times))


def counted_now(release: Release, tables: Sequence[Sequence[str]]) -> list[Sheet]:
    """The counts of ``tables`` as the records stand, under the names by which ``release`` tells its times."""
    return _of_edition(release, counting_of(release.source).sheets(release.force, **_whole(release), tables=tables))


@dataclass(frozen=True)
class Counting:
    """By whom the counts of a source are made, and which of them others know besides."""

    sheets: Callable[..., list[Sheet]]
    bare_sheets: Callable[..., list[Sheet]]
    seat: Callable[[Key], bool]


def counting_of(source: str) -> Counting:
    """A force's figures, of which partners know some; or a provider's own, of which police do."""
    if source == OWN:
        return Counting(own.sheets, own.bare_sheets, is_known_to_police)
    return Counting(sheets, bare_sheets, is_known_to_partners)


def _whole(release: Release) -> dict[str, Any]:
    return {"start": release.start, "end": release.end, "source": release.source, "unit": release.unit}


def _of_edition(release: Release, counted: Sequence[Sheet]) -> list[Sheet]:
    edition = int(release.declared.get("edition", 0))
    return [replace(sheet, time=editions.called(sheet.time, edition)) for sheet in counted]


def _told_before(before: Sequence[Release]) -> set[str]:
    """The times of which an earlier release tells what came of people."""
    every = (sheet for one in before for sheet in Earlier.read(one.counts, one.document).sheets)
    return {sheet.time for sheet in every if sheet.of in KNOWN_TO_PARTNERS}


def hide_more(release: Release) -> Worked:
    """The same counts with all that is hidden still hidden, and what the checkers want besides."""
    own = Earlier.read(release.counts, release.document)
    wanted = {key(each["measure"], each["at"]) for each in release.hide}
    untold = [replace(Sheet.read(each), told=False) for each in release.counts.get("untold", [])]
    before = check_declared(release)
    frozen = _frozen(release, [*own.sheets, *untold], before, own.hidden | wanted)
    return _worked(release, frozen, before, release.counts.get("base", []))


def _frozen(release: Release, true: Sequence[Sheet], before: Sequence[Release], hide: Iterable[Key]) -> Frozen:
    names = {name for table in release.declared["tables"] for name in table}
    return freeze(
        release.name,
        true,
        chain(release.source),
        _limits(release),
        earlier=[Earlier.read(one.counts, one.document, stands=one.state == Release.State.RELEASED) for one in before],
        references={name: BY_NAME[name].reference for name in names},
        hide=frozenset(hide),
        seat=counting_of(release.source).seat,
    )


def _worked(release: Release, frozen: Frozen, before: Sequence[Release], kept: list[dict[str, Any]]) -> Worked:
    document = frozen.document | _words(release)
    seat = counting_of(release.source).seat
    known = [sheet.table() for sheet in _known((*frozen.sheets, *frozen.untold), before, seat)]
    verdict = _verdict(document, before, known, seat) | {"longer": _longer(release, document)}
    return Worked(document, frozen, verdict, kept)


def _longer(release: Release, document: Document) -> dict[str, Any] | None:
    """What a longer period that has ended would show by the same tables, where little is left of this one: how many of
    its counts that are not nought; None where no more. It is the one around this, else the last. It is not kept, nor
    released as it is."""
    coarser = [unit for unit, months in UNITS.items() if months > UNITS[release.unit]]
    if not is_little(document) or not coarser:
        return None
    start, end = whole_around(release.start, coarser[0])
    if end > clock.today():
        start, end = last_whole(clock.today(), coarser[0])
    tables = release.declared["tables"]
    own = counting_of(release.source)
    true = own.sheets(release.force, start, end, source=release.source, unit=coarser[0], tables=tables)
    limits = _limits(release)
    found = freeze("longer", true, chain(release.source), limits, effort=0, seat=own.seat).document
    shown, counts = told_of(found)
    shown_here, counts_here = told_of(document)
    told = {"from": start.isoformat(), "to": end.isoformat(), "shown": shown, "of": counts}
    return told if shown * counts_here > shown_here * counts else None


def _known(true: Sequence[Sheet], before: Sequence[Release], seat: Callable[[Key], bool]) -> list[Sheet]:
    """Every table of which somebody else knows some counts, of this release and of those held beside it."""
    earlier = [sheet for one in before for sheet in Earlier.read(one.counts, one.document).sheets]
    return [sheet for sheet in (*true, *earlier) if any(map(seat, map(sheet.cell, sheet.counts)))]


def _words(release: Release) -> Document:
    return {
        "audience": release.audience,
        "force": release.force.slug,
        "force_name": release.force.name,
        "from": release.start.isoformat(),
        "to": release.end.isoformat(),
        "unit": release.unit,
        "source": release.source,
        "grade": "descriptive",
        "footnotes": [*FOOTNOTES_OF.get(release.source, FOOTNOTES), *(_revised(release))],
    }


def _limits(release: Release) -> Thresholds:
    """Those of its audience; of a provider's own figures police know everybody whom they sent."""
    return replace(THRESHOLDS[release.audience], follows_none=release.source == OWN)


def _revised(release: Release) -> tuple[str, ...]:
    return (REVISED_NOTE,) if release.declared.get("edition") else ()


def _verdict(
    document: Document, before: Sequence[Release], own: Sequence[Table], seat: Callable[[Key], bool]
) -> dict[str, Any]:
    """What `manage.py attack` says of the document held beside the others: of a stranger, and of somebody who knows
    besides what is known from the ``seat`` of ``own``. CannotRelease where either finds a count."""
    held = [one.document for one in before]
    knows = [counted(own, seat) | {name: document[name] for name in ("force", "source")}] if own else []
    try:
        knowledge, there = read([document, *held]), read([document, *held], knows)
        narrow = knowledge.too_narrow() or there.too_narrow() or knowledge.told_changes()
        few = there.known_before(there.suppressed, there.thresholds.width)
    except ValueError as fault:
        raise CannotRelease(f"The attacker cannot read it beside earlier releases: {fault}") from fault
    if narrow:
        raise CannotRelease(
            f"Beside earlier releases {len(narrow)} hidden counts could be told too closely. Release fewer tables, or "
            "a time that has not been released."
        )
    return {
        "hidden": len(knowledge.suppressed),
        "promised": knowledge.thresholds.width,
        "seat": bool(own),
        "known_before": len(few),
        **({"source": OWN} if document["source"] == OWN else {}),
        "held": [{"pk": one.pk, "sha256": one.sha256} for one in before],
        "beside": [differences(document, one.document) for one in before],
    }


def _refuse_other_sources(release: Release) -> None:
    """Figures of two sources may tell of the same people by different rules of counting. Nothing says which of their
    counts are equal, so they cannot be suppressed as one family; and where they are, what one hides the other may show.
    """
    overlapping = Release.objects.may_be_held().filter(
        force=release.force, start__lte=release.end, end__gte=release.start
    )
    other = overlapping.exclude(source=release.source).order_by("made_at").first()
    if other is not None:
        raise CannotRelease(
            f"Release {other.name} holds some of this time from the source '{other.source}'. Both may tell of the same "
            f"people, and what one hides the other could show: release another time, or '{other.source}' again."
        )


def _dimensions_of(before: Iterable[Release], unit: str) -> set[str]:
    names = set()
    for release in before:
        if release.unit != unit:
            raise CannotRelease(
                f"Release {release.name} holds some of this time by {release.unit}; by {unit} as well, its hidden "
                f"counts could be worked out. Release it by {release.unit}."
            )
        names |= {name for table in release.declared["tables"] for name in table}
    return names
