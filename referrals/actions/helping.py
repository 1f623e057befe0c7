"""Help for somebody with no offence alleged: sent by an officer, or come by themselves; and then the service's own.

Police write once and read nothing: what they keep is an entry in their log that says when, and to which organisation.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.celery import TELL, send
from diversion.refusals import Outdated, Refused
from diversion.submissions import submission_key
from diversion.unit_of_work import as_service
from referrals.actions.partner import check_navigator
from referrals.codes import HelpCare, HelpClosed, HelpContactKind, HelpHours, HelpReach, HelpWanted, StaffSafety
from referrals.models import HelpContact, HelpRequest, SchemeVersion
from referrals.queries import help as queries

State = HelpRequest.State
THIS = "This record"
MERGED = (
    "This record was merged with another of the same person since you opened its page. The page shows both as they "
    "are now: look whether what you wanted still has to be done."
)
#: What a service may close it for; that the person asked to stop is an action of its own.
REASONS = [one for one in HelpClosed if one != HelpClosed.STOPPED]


@dataclass(frozen=True)
class HelpDetails:
    """What is passed on of somebody: codes of `referrals.codes`, and two texts that may be empty."""

    name: str = ""
    reach: str = ""
    reach_by: tuple[str, ...] = ()
    hours: str = HelpHours.ANY.value
    care: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    safety: tuple[str, ...] = ()


@transaction.atomic
def ask_for_help(
    *, submission: uuid.UUID, service: SchemeVersion, details: HelpDetails, agreed: bool, by: User
) -> HelpRequest:
    """Send somebody to a service that helps people with no offence alleged.

    The same sent twice with one ``submission`` is one request; anything else sent with it is another, since ``by`` is
    told nothing of what is held.

    The entry in the officer's log names the organisation and no record; the service's own log has the record.
    """
    access.check(by, Permission.RECORD_DECISION)
    asked, created = _made(submission, service, details, agreed=agreed, by=by)
    if created:
        audit.record(queries.SENT_EVENT, audit.Nature.DISCLOSURE, by=by, recipients=[service.provider.name])
        _log("help.arrived", asked, by=None, nature=audit.Nature.COLLECTION)
        transaction.on_commit(lambda: send(TELL, "help", expires=60), robust=True)
    return asked


@transaction.atomic
def write_down_help(
    *, submission: uuid.UUID, service: SchemeVersion, details: HelpDetails, agreed: bool, by: User
) -> HelpRequest:
    """Somebody came to the service themselves: ``by`` writes it down and helps. Nobody outside hears of it."""
    access.check(by, Permission.SUPPORT_PEOPLE)
    here = {"state": State.TAKEN_UP, "worker": by, "told_at": clock.now()}
    asked, created = _made(submission, service, details, agreed=agreed, by=by, **here)
    if created:
        _log("help.arrived", asked, by=by, nature=audit.Nature.COLLECTION)
    return asked


def _made(
    submission: uuid.UUID, service: SchemeVersion, details: HelpDetails, *, agreed: bool, by: User, **here: Any
) -> tuple[HelpRequest, bool]:
    """The record of this ``submission``, and whether it was made now."""
    if service.pk not in [one.pk for one in queries.services(by=by)]:
        raise Refused(
            "This service does not take people with no offence alleged, or no sharing agreement covers such help today:"
            " choose another, or ask your coordinator."
        )
    if not agreed:
        raise Refused("Send nobody who has not agreed to it: ask them first.")
    _check(details)
    values = {"provider": service.provider, "scheme_version": service, "sent_by": by, "agreed": True, **here}
    key = submission_key(submission, service.pk, asdict(details), by.pk)
    with as_service():  # an officer writes what an officer cannot read
        return HelpRequest.objects.get_or_create(submission=key, defaults=values | asdict(details))


@transaction.atomic
def take_up_help(*, asked: HelpRequest, worker: User, version: int, by: User) -> HelpRequest:
    """Say who helps: ``by`` or a colleague. Also of one that somebody helps already, to give it to another."""
    access.check(by, Permission.SUPPORT_PEOPLE)
    check_navigator(worker, by)
    values = {"state": State.TAKEN_UP, "worker": worker}
    return _step(asked, "help.taken_up", HelpRequest.OPEN, version=version, by=by, **values)


@transaction.atomic
def hand_over_help(*, references: Collection[str], holder: User, to: User, by: User) -> list[HelpRequest]:
    """Make ``to`` the worker of those of ``references`` that ``holder`` helps, or ``to`` already; all such, locked.

    Part of `handing_over.hand_over`, which refuses where this and the referrals are not all that was chosen.
    """
    access.check(by, Permission.SUPPORT_PEOPLE)
    check_navigator(to, by)
    chosen = HelpRequest.objects.visible_to(by).open().filter(reference__in=references, worker__in=[holder, to])
    rows = list(chosen.select_for_update(of=("self",)).order_by("pk"))
    for asked in rows:
        if asked.worker_id != to.pk:
            _move(asked, worker=to)
            _log("help.handed_over", asked, by=by)
    return rows


@transaction.atomic
def note_help_contact(
    *, asked: HelpRequest, submission: uuid.UUID, kind: str, note: str = "", version: int, by: User
) -> HelpContact:
    """Note that they were met, had word left, or were not seen. The same of one ``submission`` is one contact.

    "Not seen" changes nothing else. A contact makes the months of keeping begin anew, and whoever had it helps: also
    where nobody did yet, and where it was closed. Where they asked to stop, only meeting or speaking to them does so.
    Refused where it was closed after the page was opened, at ``version``. On a record that was merged with another
    meanwhile it is a contact of that one: ``version`` says nothing of it, so that it is refused where that is closed.
    """
    page, asked = asked, _held(_kept(asked, by), by)
    if kind not in HelpContactKind.values:
        raise Refused("Say whether they were met, had word left, or were not seen.")
    values = {"request": asked, "kind": kind, "note": note.strip(), "recorded_by": by}
    key = submission_key(submission, page.pk, kind, note.strip(), by.pk)
    contact, created = HelpContact.objects.get_or_create(submission=key, defaults=values)
    if created:
        if not asked.is_open and (page.pk, version) != (asked.pk, asked.version):
            raise Outdated(THIS)
        if kind == HelpContactKind.SPOKE or (kind == HelpContactKind.REACHED and not asked.stopped_at):
            _resume(asked, contact.at, by)
        _log("help.contact_noted", asked, by=by, nature=audit.Nature.COLLECTION)
    return contact


@transaction.atomic
def stop_help(*, asked: HelpRequest, version: int, by: User) -> HelpRequest:
    """The person wants no more of it. No reason is asked, and how to reach them goes at once: nobody rings again."""
    access.check(by, Permission.SUPPORT_PEOPLE)
    values = {"state": State.CLOSED, "closed_at": clock.now(), "closed_reason": HelpClosed.STOPPED}
    stopped = _step(asked, "help.stopped", HelpRequest.OPEN, version=version, by=by, **values, **UNREACHED)
    stopped.merged.update(**UNREACHED)
    return stopped


UNREACHED: dict[str, Any] = {"reach": "", "reach_by": [], "care": []}


@transaction.atomic
def close_help(*, asked: HelpRequest, reason: str, version: int, by: User) -> HelpRequest:
    """Close it with a reason. One contact resumes it."""
    access.check(by, Permission.SUPPORT_PEOPLE)
    if reason not in REASONS:
        raise Refused("Choose why the help is closed.")
    values = {"state": State.CLOSED, "closed_at": clock.now(), "closed_reason": reason}
    return _step(asked, "help.closed", HelpRequest.OPEN, version=version, by=by, **values)


@transaction.atomic
def merge_help(*, kept: HelpRequest, other: HelpRequest, version: int, by: User) -> HelpRequest:
    """``other`` is of the same person: it stays as it was sent, and stands on the page of ``kept`` from now on.

    The last contact is the later of both, and if either is open, ``kept`` is: unless they asked to stop at one of them
    and neither were sent nor spoke to anybody since. How to reach them goes then from both.
    """
    access.check(by, Permission.SUPPORT_PEOPLE)
    pair = HelpRequest.objects.visible_to(by).exclude(state=State.MERGED).filter(pk__in={kept.pk, other.pk})
    rows = {one.pk: one for one in pair.select_for_update(of=("self",)).order_by("pk")}
    if kept.pk not in rows and _kept(kept, by).pk != kept.pk:
        raise Refused(MERGED)
    if len(rows) != 2:
        raise Refused("Choose another record of your own service that is of the same person.")
    here, there = rows[kept.pk], rows[other.pk]
    if here.version != version:
        raise Outdated(THIS)
    values, stops = _together(here, there), [one.stopped_at for one in (here, there) if one.stopped_at]
    HelpRequest.objects.filter(merged_into=there).update(merged_into=here)
    gone = {"state": State.MERGED, "merged_into": here, "closed_at": None, "closed_reason": ""}
    _move(there, **gone)
    _move(here, **values)
    if stops:
        _unreach(here, max(stops))
    _log("help.merged", here, by=by, nature=audit.Nature.COMBINATION)
    return here


@transaction.atomic
def forget_help() -> int:
    """Remove whom nobody had contact with for as long as a service keeps them; how many.

    They are locked before they are looked at: whom somebody has contact with meanwhile stays.
    """
    over = HelpRequest.objects.select_for_update().order_by("pk").over()
    for one in over:
        _log("help.forgotten", one, by=None, nature=audit.Nature.ERASURE)
        one.delete()
    return len(over)


def _together(here: HelpRequest, there: HelpRequest) -> dict[str, Any]:
    """How the one record stands that is left of two."""
    values: dict[str, Any] = {"last_contact_at": max(here.last_contact_at, there.last_contact_at)}
    standing = _of_two(here, there)
    return values | {name: getattr(standing, name) for name in ("state", "worker", "closed_at", "closed_reason")}


def _of_two(here: HelpRequest, there: HelpRequest) -> HelpRequest:
    """The one of two records whose standing is that of both: what the person said last, where they asked to stop."""
    if here.stopped_at or there.stopped_at:
        return max(here, there, key=lambda one: (one.stopped_at or queries.last_word(one), one.stopped_at is not None))
    further = State.TAKEN_UP == there.state != here.state or (there.is_open and not here.is_open)
    return there if further else here


def _unreach(asked: HelpRequest, stopped_at: datetime) -> None:
    """Nobody reaches them as they said before they asked to stop, unless they spoke to somebody since."""
    if not queries.contacts_of(asked).filter(kind=HelpContactKind.SPOKE, at__gt=stopped_at).exists():
        HelpRequest.objects.filter(pk__in=queries.on_page(asked), sent_at__lte=stopped_at).update(**UNREACHED)
        asked.refresh_from_db()


def _resume(asked: HelpRequest, at: datetime, by: User) -> None:
    """There was contact: whoever had it helps, unless somebody does."""
    values: dict[str, Any] = {"last_contact_at": at}
    if asked.state != State.TAKEN_UP:
        values |= {"state": State.TAKEN_UP, "worker": by, "closed_at": None, "closed_reason": ""}
    _move(asked, **values)


def _held(asked: HelpRequest, by: User) -> HelpRequest:
    """The record as it stands, locked; refused to whoever may not see it, and of one that was merged."""
    access.check(by, Permission.SUPPORT_PEOPLE)
    found = HelpRequest.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=asked.pk).first()
    if found is None:
        raise Outdated(THIS)
    if found.state == State.MERGED:
        raise Refused(MERGED)
    return found


def _kept(asked: HelpRequest, by: User) -> HelpRequest:
    """The record that stands for ``asked`` now: itself, or the one that it was merged into."""
    found = HelpRequest.objects.visible_to(by).filter(pk=asked.pk).select_related("merged_into").first()
    return found.merged_into or found if found else asked


def _step(
    asked: HelpRequest, kind: str, states: Iterable[str], *, version: int, by: User, **values: Any
) -> HelpRequest:
    """Change the record if it stands in one of ``states`` at ``version``; the same change sent twice is one."""
    found = _held(asked, by)
    if found.version == version and found.state in states:
        _move(found, **values)
        _log(kind, found, by=by)
        return found
    same = {name: value for name, value in values.items() if not isinstance(value, datetime)}
    if found.version != version + 1 or any(getattr(found, name) != value for name, value in same.items()):
        raise Outdated(THIS)
    return found


def _move(asked: HelpRequest, **values: Any) -> None:
    HelpRequest.objects.filter(pk=asked.pk).update(version=F("version") + 1, **values)
    asked.refresh_from_db()


def _log(kind: str, asked: HelpRequest, *, by: User | None, nature: audit.Nature = audit.Nature.ALTERATION) -> None:
    """The entry in the service's own log, of the record and all that was merged into it: no other log names them."""
    audit.record(kind, nature, by=by, subjects=[asked, *asked.merged.all()], organisation_id=asked.provider_id)


def _check(details: HelpDetails) -> None:
    """Refuse what no worker could act on, and codes that are none."""
    known = ((details.reach_by, HelpReach), (details.care, HelpCare), (details.wants, HelpWanted))
    for given, choices in (*known, (details.safety, StaffSafety), ((details.hours,), HelpHours)):
        if not set(given) <= set(choices.values):
            raise Refused("Choose from what the page offers.")
    if not details.wants:
        raise Refused("Choose what they want help with.")
    if not details.reach.strip() and HelpReach.COMES not in details.reach_by:
        raise Refused("Say how to reach them, or that they will come themselves.")
