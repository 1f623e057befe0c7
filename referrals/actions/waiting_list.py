"""A provider's waiting list: who is put on it, and who comes back to the hub when no place comes free in time.

Whoever waits has the place they were sent for, so that nobody sent later is in front of them. The clocks of the
provider stand still meanwhile; those of the law do not.
"""

from datetime import date

from django.db import transaction

from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.law.dates import long_date
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.moving import move
from referrals.judging.waiting import start_by
from referrals.models import Appointment, Referral

State = Referral.State


@transaction.atomic
def put_on_list(*, referral: Referral, reason: str, place_on: date | None, version: int, by: User) -> Referral:
    """Put a referral on the waiting list; ``place_on``: when a place is expected, where that is known.

    A first appointment that was booked is cancelled by the service and given to others. Raises Refused for a day that
    has passed, and where the support could not begin in time any more: then the hub looks for another scheme.
    """
    access.check(by, Permission.DECIDE_REFERRALS)
    if reason not in Referral.WaitReason.values:
        raise Refused("Choose why the person has to wait.")
    lock(referral.case)
    last = start_by(referral)
    _check_days(place_on, last)
    wait = {"waits_since": clock.now(), "wait_reason": reason, "place_on": place_on, "start_by": last}
    still = {"contact_by": None, "slot": None}
    moved = move(referral, by=by, kind="referral.put_on_list", states=(State.SENT,), version=version, **wait, **still)
    planned = Appointment.objects.filter(referral=moved, attendance=Appointment.Attendance.PLANNED)
    planned.update(attendance=Appointment.Attendance.CANCELLED_BY_PROVIDER, recorded_at=clock.now(), recorded_by=by)
    changed(moved.case)
    return moved


def _check_days(place_on: date | None, last: date | None) -> None:
    today = clock.today()
    if place_on and place_on < today:
        raise Refused("The day on which a place is expected has passed: enter a later one, or none.")
    if last and max(place_on or today, today) > last:
        raise Refused(
            f"The support has to begin by {long_date(last)}, and would not on a waiting list. Accept the referral, or"
            " decline it, so that another scheme can be found."
        )


@transaction.atomic
def take_off_list(*, referral: Referral, version: int, by: User) -> Referral:
    """Bring a referral back from its provider's waiting list, for the hub to find another scheme."""
    access.check(by, Permission.MANAGE_SCHEMES)
    if referral.is_voluntary or referral.waits_since is None:
        raise Outdated("This referral")
    back = _back() | {"decided_by": by}
    return move(referral, by=by, kind="referral.handed_back", states=(State.SENT,), version=version, **back)


@transaction.atomic
def hand_back_late(*, referral_id: int) -> bool:
    """Hand a referral back whose last safe day to begin has passed; False where it can wait. The service's own doing.

    That day is worked out anew: a corrected crime may have moved a limit since.
    """
    lock(Referral.objects.select_related("case").get(pk=referral_id).case)
    referral = Referral.objects.on_list().select_related("case", "scheme_version").filter(pk=referral_id).first()
    if referral is None:
        return False
    last = start_by(referral)
    is_late = last is not None and last < clock.today()
    if not is_late and last == referral.start_by:
        return False
    values = {"start_by": last} | (_back() if is_late else {})
    Referral.objects.filter(pk=referral.pk).update(version=referral.version + 1, **values)
    kind = "referral.handed_back" if is_late else "referral.start_moved"
    subjects, force = [referral, referral.case], referral.case.force_id
    audit.record(kind, audit.Nature.ALTERATION, by=None, subjects=subjects, organisation_id=force)
    changed(referral.case)
    return is_late


def _back() -> dict[str, object]:
    now, reason = clock.now(), Referral.DeclineReason.WAITED
    return {"state": State.DECLINED, "decline_reason": reason, "decided_at": now, "waited_until": now}
