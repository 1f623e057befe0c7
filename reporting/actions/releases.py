"""Making figures for people outside the force: declared, worked out, frozen as a draft, withdrawn. Two others check
them before they leave (``release_checks``); what has left never changes."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from diversion import audit, clock
from diversion.accounts.models import Organisation, User
from diversion.celery import send
from diversion.design_system.wording import long_date
from diversion.refusals import Refused
from reporting.codes import OWN
from reporting.facts.selection import NoReport
from reporting.measures import NoMeasure
from reporting.measures.figures import source_of
from reporting.models import Release
from reporting.models.release import may_make
from reporting.releases import ladder, own
from reporting.releases.freezing import CannotRelease, price
from reporting.releases.lifecycle import Step, after, conflict, may
from reporting.releases.revising import next_edition
from reporting.releases.tables import checked_tables, unit_for
from reporting.releases.working_out import THRESHOLDS, Worked, check_declared, hide_more, one_at_a_time, work_out

State = Release.State
NAME_LENGTH = Release._meta.get_field("name").max_length or 0
WORK_OUT = "reporting.tasks.work_out_release"


@transaction.atomic
def declare(
    *,
    force: Organisation,
    audience: str,
    start: date,
    end: date,
    by: User | None,
    name: str = "",
    source: str | None = None,
    unit: str | None = None,
    tables: Sequence[Sequence[str]] | None = None,
    revises: Release | None = None,
    anew: bool = False,
) -> Release:
    """Say which tables of which whole units of time are to leave ``force``, and for whom; a worker works them out.

    Without ``tables`` the ladder's rung for a force of this size. ``by`` None is the service's operator. ``revises``:
    what it is to stand in place of; ``anew``: with its days counted from the records as they now stand, and not from
    what was first told. Refused where they may not leave as declared, with what may.
    """
    release = _declared(force, audience, start, end, by, name, source, unit, tables, revises, anew)
    _enqueue(release)
    return release


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
    tables: Sequence[Sequence[str]] | None = None,
    revises: Release | None = None,
    anew: bool = False,
) -> Release:
    """Declare a release, work it out and freeze it as a draft, at once. It leaves only when two people have checked it.

    Without ``tables`` the ladder's rung for a force of this size. Every table is suppressed together with all others,
    and with every release of the same time that readers may hold. Refused where nothing safe can be made as asked.
    """
    release = _declared(force, audience, start, end, by, name, source, unit, tables, revises, anew)
    try:
        _keep(release, work_out, Step.WORK_OUT, by)
    except CannotRelease as fault:
        raise Refused(str(fault)) from None
    return freeze_draft(release=release, by=by)


@transaction.atomic
def freeze_draft(*, release: Release, by: User | None) -> Release:
    """Freeze what the preview shows as a draft, for two other people to check."""
    locked = _locked(release, Step.FREEZE, by)
    locked.state, locked.round = after(locked.state, Step.FREEZE), locked.round + 1
    locked.save(update_fields=["state", "round"])
    audit.record("release.frozen", audit.Nature.ADMINISTRATION, by=by, subjects=[locked, locked.force])
    return locked


@transaction.atomic
def count_again(*, release: Release, by: User) -> Release:
    """Work a release out anew from the records as they now stand."""
    locked = _locked(release, Step.COUNT_AGAIN, by)
    locked.state, locked.problem = after(locked.state, Step.COUNT_AGAIN), ""
    locked.made_by = locked.made_by or by  # whoever brings the operator's draft on is its author
    locked.save(update_fields=["state", "problem", "made_by"])
    audit.record("release.counted_again", audit.Nature.ADMINISTRATION, by=by, subjects=[locked])
    _enqueue(locked)
    return locked


@transaction.atomic
def discard(*, release: Release, by: User) -> Release:
    """Give up a release that has not left: nothing later has to reckon with it."""
    locked = _locked(release, Step.DISCARD, by)
    locked.state = after(locked.state, Step.DISCARD)
    locked.save(update_fields=["state"])
    audit.record("release.discarded", audit.Nature.ADMINISTRATION, by=by, subjects=[locked])
    return locked


@transaction.atomic
def withdraw(*, release: Release, why: str, by: User) -> Release:
    """Take back what has left. Others keep their copies, so every later release reckons with it all the same."""
    locked = _locked(release, Step.WITHDRAW, by)
    if not why.strip():
        raise Refused("Say why it is withdrawn: its readers are told.")
    locked.state, locked.withdrawn_why = after(locked.state, Step.WITHDRAW), why.strip()
    locked.withdrawn_at, locked.withdrawn_by = clock.now(), by
    locked.save(update_fields=["state", "withdrawn_why", "withdrawn_at", "withdrawn_by"])
    audit.record("release.withdrawn", audit.Nature.DISCLOSURE, by=by, subjects=[locked, locked.force])
    return locked


@transaction.atomic
def work_out_declared(release_id: int) -> None:
    """The worker's part: what was declared, or what checkers want hidden besides. One that another worker has, or that
    has been worked out, is left alone."""
    waiting = Release.objects.filter(pk=release_id, state__in=[State.DECLARED, State.HIDING])
    found = waiting.select_for_update(of=("self",), skip_locked=True).select_related("force", "made_by").first()
    if found is None:
        return
    hiding = found.state == State.HIDING
    try:
        with transaction.atomic():
            _keep(found, hide_more if hiding else work_out, Step.WORK_OUT, found.made_by)
    except CannotRelease as fault:
        fail(found, str(fault))


@transaction.atomic
def fail(release: Release, why: str) -> None:
    """Note why a release could not be made, in words for its author."""
    release.state, release.problem = after(release.state, Step.FAIL), why
    release.save(update_fields=["state", "problem"])
    audit.record("release.not_made", audit.Nature.ADMINISTRATION, by=release.made_by, subjects=[release])


def _declared(
    force: Organisation,
    audience: str,
    start: date,
    end: date,
    by: User | None,
    name: str,
    source: str | None,
    unit: str | None,
    tables: Sequence[Sequence[str]] | None,
    revises: Release | None,
    anew: bool,
) -> Release:
    _check(force, audience, start, end, by)
    if anew:
        _check_revises(revises, force, start, end)
    one_at_a_time(force)
    try:
        is_own = force.kind == Organisation.Kind.PROVIDER
        chosen = OWN if is_own else source_of(force, start, end, source)
        rung = None if tables else ladder.OWN_RUNG if is_own else ladder.chosen(force, chosen, start, end)
        unit = unit or (rung.unit if rung and ladder.fits(start, end, rung.unit) else None)
        declared = checked_tables(tables or (rung.tables if rung else ()), (), source=chosen)
        release = Release(
            force=force,
            name=_name(force, name or _usual_name(force, start, end, audience), given=bool(name)),
            audience=audience,
            source=chosen,
            start=start,
            end=end,
            unit=unit_for(start, end, unit),
            declared={"tables": [list(table) for table in declared], "rung": rung.words if rung else ""},
            made_by=by,
            revises=revises,
        )
        before = check_declared(release)
        if anew:
            release.declared |= {"edition": next_edition(before)}
    except (CannotRelease, NoMeasure, NoReport) as fault:
        raise Refused(str(fault)) from None
    release.save()
    detail = {"audience": audience, "from": start.isoformat(), "to": end.isoformat(), "source": chosen}
    audit.record("release.declared", audit.Nature.ADMINISTRATION, by=by, subjects=[release, force], detail=detail)
    return release


def _check(force: Organisation, audience: str, start: date, end: date, by: User | None) -> None:
    if by is not None and not may_make(by, force):
        raise PermissionDenied
    if force.kind == Organisation.Kind.PROVIDER:
        _check_own(force, audience)
    if audience not in THRESHOLDS:
        raise Refused(
            f"A release is for {' or '.join(THRESHOLDS)}, not '{audience}': exact figures are never released."
        )
    if end < start:
        raise Refused("The last day is before the first: change one of them.")
    if end > clock.today():
        raise Refused(f"The period ends on {end}, which has not come yet: a release would move.")


def _check_own(provider: Organisation, audience: str) -> None:
    if not own.has_any(provider):
        raise Refused("Only figures of schemes of which police hear nothing are yours to release, and you have none.")
    if audience != Release.Audience.SHARED:
        raise Refused("A provider shares its own figures with whoever commissions it: they are not published here.")


def _check_revises(revises: Release | None, force: Organisation, start: date, end: date) -> None:
    if revises is None or revises.force_id != force.pk or revises.released_at is None:
        raise Refused("Figures are counted anew beside a release that has left: choose which one is revised.")
    if (revises.start, revises.end) != (start, end):
        raise Refused(
            f"A revision is of the days that it revises: give {revises.start} to {revises.end}, or do not count anew."
        )


def _usual_name(force: Organisation, start: date, end: date, audience: str) -> str:
    """Whose figures, of which days and for whom; a number still fits behind it."""
    days = f", {long_date(start)} to {long_date(end)}, {audience}"
    return force.name[: NAME_LENGTH - len(", 99") - len(days)] + days


def _name(force: Organisation, plain: str, *, given: bool) -> str:
    """The name, with a number where there is one like it; one that somebody chose is theirs to change."""
    standing = Release.objects.exclude(state=State.DISCARDED).filter(force=force, name__startswith=plain)
    taken = set(standing.values_list("name", flat=True))
    if given and plain in taken:
        raise Refused(f"There is a release called '{plain}' already: choose another name.")
    return next(name for name in (plain, *(f"{plain}, {n}" for n in range(2, len(taken) + 3))) if name not in taken)


def _locked(release: Release, step: Step, by: User | None) -> Release:
    """The release as it now stands, for a step that ``by`` may take. The operator, None, may take any."""
    if by is not None and not may(by, step, release):
        raise PermissionDenied
    found = Release.objects.select_for_update(of=("self",)).select_related("force", "made_by").get(pk=release.pk)
    if by is not None and (why := conflict(by, step, found)):
        raise Refused(why)
    return found


def _keep(release: Release, working: Callable[[Release], Worked], step: Step, by: User | None) -> None:
    """Work it out, and keep what would leave with the counts behind it."""
    one_at_a_time(release.force)
    worked = working(release)
    frozen = worked.frozen
    if release.state == State.HIDING:
        release.round += 1
    release.state = after(release.state, step)
    release.document, release.verdict, release.problem = worked.document, worked.verdict, ""
    release.counts = {
        "sheets": [sheet.stored() for sheet in frozen.sheets],
        "untold": [sheet.stored() for sheet in frozen.untold],
        "base": worked.base,
    }
    release.price = price(frozen.result)
    release.sha256 = hashlib.sha256(as_file(worked.document).encode()).hexdigest()
    release.save()
    audit.record("release.worked_out", audit.Nature.COMBINATION, by=by, subjects=[release, release.force])


def _enqueue(release: Release) -> None:
    """Hand it to a worker once what asks for it is committed; where the queue is down, the sweep does."""
    transaction.on_commit(lambda: send(WORK_OUT, release.pk), robust=True)


def as_file(document: Mapping[str, Any]) -> str:
    """The document as its file: keys in order, so that the same release always gives the same bytes."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False, sort_keys=True) + "\n"
