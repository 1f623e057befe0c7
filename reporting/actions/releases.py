"""Freezing figures for people outside the force. What is made here never changes again."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import QuerySet

from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from reporting.codes import LIVE
from reporting.measures.dimensions import BY_NAME
from reporting.measures.figures import source_of
from reporting.models import Release
from reporting.releases.freezing import CannotRelease, Earlier, Frozen, freeze, price
from reporting.releases.tables import DEFAULT_TABLES, chain, checked_tables, sheets, unit_for
from reporting.suppression.thresholds import PUBLISHED, SHARED, Thresholds

THRESHOLDS: Mapping[str, Thresholds] = {"shared": SHARED, "published": PUBLISHED}
FOOTNOTES = (
    "A row is a decision, or a row of an imported file, and not a person: someone decided about twice counts twice.",
    "[c] hidden to protect people; [x] not available, or too few people; [z] a true zero.",
    "Rates and ratios are made from the counts shown. They describe; they do not say why.",
    "Frozen when it was made: later corrections do not move it.",
)


@transaction.atomic
def make_release(
    *,
    force: Organisation,
    audience: str,
    start: date,
    end: date,
    by: User | None,
    name: str = "",
    source: str | None = None,
    unit: str | None = None,
    tables: Sequence[Sequence[str]] = DEFAULT_TABLES,
) -> Release:
    """Freeze the figures of ``force`` from ``start`` to ``end``, whole units of time, for an audience outside it.

    ``by`` None is the service's operator. Every table is suppressed together with all others, and with every earlier
    release of the same time. Refused where nothing safe can be made as asked.
    """
    _check(force, audience, start, end, by)
    chosen = source_of(force, start, end, source)
    _one_at_a_time(force)
    try:
        whole = unit_for(start, end, unit)
        _refuse_other_sources(force, chosen, start, end)
        before = _earlier(force, chosen, start, end)
        declared = checked_tables(tables, _dimensions_of(before, whole), live=chosen == LIVE)
        frozen = freeze(
            name or _name(force, audience, start, end, before),
            sheets(force, start, end, source=chosen, unit=whole, tables=declared),
            chain(chosen),
            THRESHOLDS[audience],
            earlier=[Earlier.read(release.counts, release.document) for release in before],
            references={name: BY_NAME[name].reference for table in declared for name in table},
        )
    except CannotRelease as fault:
        raise Refused(str(fault)) from None
    return _keep(frozen, force, audience, chosen, (start, end, whole), declared, by)


def _check(force: Organisation, audience: str, start: date, end: date, by: User | None) -> None:
    if by is not None:
        access.check(by, Permission.RUN_REPORTS)
        if by.organisation_id != force.pk:
            raise PermissionDenied
    if audience not in THRESHOLDS:
        raise Refused(
            f"A release is for {' or '.join(THRESHOLDS)}, not '{audience}': exact figures are never released."
        )
    if end < start:
        raise Refused("The last day is before the first: change one of them.")
    if end > clock.today():
        raise Refused(f"The period ends on {end}, which has not come yet: a release would move.")


def _one_at_a_time(force: Organisation) -> None:
    """Two releases made at once would each not know of the other, and tell together what neither tells alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"release {force.slug}"])


def _earlier(force: Organisation, source: str, start: date, end: date) -> list[Release]:
    """Every earlier release that shares some of the time, whoever it was for: readers may hold both."""
    found: QuerySet[Release] = Release.objects.filter(force=force, source=source, start__lte=end, end__gte=start)
    return list(found.order_by("made_at", "pk"))


def _refuse_other_sources(force: Organisation, source: str, start: date, end: date) -> None:
    """Figures of two sources may tell of the same people by different rules of counting. Nothing says which of their
    counts are equal, so they cannot be suppressed as one family; and where they are, what one hides the other may show.
    """
    overlapping = Release.objects.filter(force=force, start__lte=end, end__gte=start)
    other = overlapping.exclude(source=source).order_by("made_at").first()
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


def _name(force: Organisation, audience: str, start: date, end: date, before: Sequence[Release]) -> str:
    """A name that says what it is; a number where there is one like it."""
    plain = f"{force.slug} {start} to {end}, {audience}"
    taken = set(Release.objects.filter(force=force, name__startswith=plain).values_list("name", flat=True))
    return next(name for name in (plain, *(f"{plain}, {n}" for n in range(2, len(taken) + 3))) if name not in taken)


def _keep(
    frozen: Frozen,
    force: Organisation,
    audience: str,
    source: str,
    period: tuple[date, date, str],
    declared: Sequence[Sequence[str]],
    by: User | None,
) -> Release:
    start, end, unit = period
    name = frozen.document["name"]
    if Release.objects.filter(force=force, name=name).exists():
        raise Refused(f"There is a release called '{name}' already: choose another name.")
    document = frozen.document | {
        "audience": audience,
        "force": force.slug,
        "force_name": force.name,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "unit": unit,
        "source": source,
        "grade": "descriptive",
        "footnotes": list(FOOTNOTES),
    }
    release = Release.objects.create(
        force=force,
        name=name,
        audience=audience,
        source=source,
        start=start,
        end=end,
        unit=unit,
        declared={"tables": [list(table) for table in declared]},
        document=document,
        counts={"sheets": [sheet.stored() for sheet in frozen.sheets]},
        price=price(frozen.result),
        sha256=hashlib.sha256(as_file(document).encode()).hexdigest(),
        made_by=by,
    )
    detail = {"audience": audience, "from": document["from"], "to": document["to"], "source": source}
    recipients = [str(Release.Audience(audience).label)]
    audit.record(
        "release.made", audit.Nature.DISCLOSURE, by=by, subjects=[release, force], recipients=recipients, detail=detail
    )
    return release


def as_file(document: Mapping[str, Any]) -> str:
    """The document as its file: keys in order, so that the same release always gives the same bytes."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False, sort_keys=True) + "\n"
