"""Writing the offence catalogue: the shared entries as they are shipped, and what a force adds for itself."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cases.catalogue.entry import CHANGEABLE, Entry
from cases.catalogue.files import Offered, shipped
from cases.catalogue.planning import Fate, Kept, Plan, Step, plan
from cases.models import Offence
from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.postgres.locks import one_at_a_time
from diversion.refusals import Refused


@transaction.atomic
def load_offences() -> int:
    """Bring the shared catalogue up to the one that is shipped; return how many entries that has.

    ValueError where an entry of it cannot stand: a service must not start with half a catalogue.
    """
    done = import_offences(offered=shipped(), force=None, by=None)
    if done.rejects:
        first = done.rejects[0]
        raise ValueError(f"The shipped catalogue, line {first.line} ({first.code}): {first.reason}.")
    return done.rows


@transaction.atomic
def import_offences(*, offered: Offered, force: Organisation | None, dry_run: bool = False, by: User | None) -> Plan:
    """Take the entries into the catalogue of ``force``, or into the one that all share; return what became of each.

    ``dry_run`` writes nothing. ``by`` None is the service's operator, who alone keeps the shared entries. Rows that
    are rejected change nothing, and the others are taken.
    """
    _check_keeper(force, by)
    one_at_a_time(f"offences of {force.pk if force else 'all'}")
    there = [Kept(row.pk, row.entry()) for row in Offence.objects.standing().filter(owner=force)]
    own = {kept.entry.code for kept in there}
    found = plan(offered, there, taken=_shared_codes() - own if force else ())
    if not dry_run and found.accepted:
        _carry_out(found, force)
        detail = {str(fate): found.count(fate) for fate in Fate} | {"rejected": len(found.rejects)}
        subjects = [force] if force else []
        audit.record("offences.imported", audit.Nature.ADMINISTRATION, by=by, subjects=subjects, detail=detail)
    return found


@transaction.atomic
def add_offence(*, entry: Entry, by: User) -> Offence:
    """Add an entry of the force's own, or one that follows or corrects the one it has under this code."""
    done = import_offences(offered=Offered(((1, entry),)), force=by.organisation, by=by)
    if done.rejects:
        raise Refused(f"{done.rejects[0].reason[:1].upper()}{done.rejects[0].reason[1:]}.")
    return Offence.objects.standing().get(owner=by.organisation, code=entry.code, valid_from=entry.valid_from)


@transaction.atomic
def end_offence(*, offence: Offence, last_day: date, by: User) -> Offence:
    """Let an entry of the force's own end: decisions about later offences can no longer rest on it."""
    _check_keeper(by.organisation, by)
    held = Offence.objects.select_for_update().standing().filter(owner=by.organisation, pk=offence.pk).first()
    if held is None:
        raise PermissionDenied
    if last_day < held.starts:
        raise Refused(f"It begins on {held.starts:%-d %B %Y}: it cannot end before that.")
    if held.valid_to and last_day > held.valid_to:
        raise Refused(f"It ended on {held.valid_to:%-d %B %Y} already: add it anew if it is to begin again.")
    held.valid_to = last_day
    held.save(update_fields=["valid_to"])
    audit.record("offence.ended", audit.Nature.ADMINISTRATION, by=by, subjects=[held, by.organisation])
    return held


def _check_keeper(force: Organisation | None, by: User | None) -> None:
    if force is not None and force.kind != Organisation.Kind.POLICE_FORCE:
        raise Refused(f"{force} is not a police force: offences belong to a force, or to all of them.")
    if by is None:
        return
    access.check(by, Permission.MANAGE_SCHEMES)
    if force is None or force.pk != by.organisation_id:
        raise PermissionDenied


def _shared_codes() -> set[str]:
    return set(Offence.objects.standing().filter(owner__isnull=True).values_list("code", flat=True))


def _carry_out(found: Plan, force: Organisation | None) -> None:
    """First what makes room (what ends, what is replaced), then the new rows: no two stand for one day at any time."""
    for kept, last in found.closing:
        Offence.objects.filter(pk=kept.pk).update(valid_to=last)
    replaced = [step.kept.pk for step in _of(found, Fate.CORRECTS) if step.kept]
    Offence.objects.filter(pk__in=replaced).update(replaced_at=clock.now())
    for step in _of(found, Fate.CHANGED):
        changes = {name: getattr(step.entry, name) for name in CHANGEABLE}
        Offence.objects.filter(pk__in=[step.kept.pk] if step.kept else []).update(**changes)
    new = _of(found, Fate.ADDED, Fate.FOLLOWS, Fate.CORRECTS)
    Offence.objects.bulk_create(Offence(owner=force, **asdict(step.entry)) for step in new)


def _of(found: Plan, *fates: Fate) -> Iterable[Step]:
    return (step for step in found.steps if step.fate in fates)
