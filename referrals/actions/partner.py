"""What a provider does with a referral: accept or decline it, and say who helps the person."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cases.actions.locking import lock
from diversion import access, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from referrals.actions.moving import hold_sides, move
from referrals.actions.varying import follow_wait
from referrals.judging.contact import first_contact_by
from referrals.models import Referral
from referrals.queries.facilitating import has_facilitated

State = Referral.State
WAITED = Referral.DeclineReason.WAITED


@transaction.atomic
def accept(*, referral: Referral, navigator: User | None, version: int, by: User) -> Referral:
    """Accept a referral, and name its navigator at once where one is free.

    Whoever was on the waiting list has the days of what they agreed to moved by as long as they waited.
    """
    access.check(by, Permission.DECIDE_REFERRALS)
    check_navigator(navigator, by)
    lock(referral.case)
    check_may_support(navigator, [referral])
    was_listed = Referral.objects.on_list().filter(pk=referral.pk).exists()
    accepted = move(
        referral,
        by=by,
        kind="referral.accepted",
        states=(State.SENT,),
        version=version,
        state=State.ACCEPTED,
        decided_at=clock.now(),
        decided_by=by,
        navigator=navigator,
        contact_by=first_contact_by(referral.case.force, clock.today()),
        **_waited(referral),
    )
    if was_listed:  # not where the same answer is sent twice
        follow_wait(accepted, by=by)
    return accepted


def _waited(referral: Referral) -> dict[str, datetime]:
    """That it is on the waiting list no more, where it was."""
    return {"waited_until": clock.now()} if referral.is_on_list else {}


@transaction.atomic
def decline(*, referral: Referral, reason: str, version: int, by: User, note: str = "") -> Referral:
    """Decline a referral with a reason; it goes back to the officer and the coordinator.

    Of a voluntary scheme they hear that it came back and not why, so that no note is kept.
    """
    access.check(by, Permission.DECIDE_REFERRALS)
    if reason not in Referral.DeclineReason.values or (reason == WAITED and referral.waits_since is None):
        raise Refused("Choose why the referral is declined.")
    return move(
        referral,
        by=by,
        kind="referral.declined",
        states=(State.SENT,),
        version=version,
        state=State.DECLINED,
        decided_at=clock.now(),
        decided_by=by,
        decline_reason=reason,
        decline_note="" if referral.is_voluntary else note,
        **_waited(referral),
    )


@transaction.atomic
def assign(*, referral: Referral, navigator: User, version: int, by: User) -> Referral:
    """Give the referral to another navigator of the same provider."""
    access.check(by, Permission.DECIDE_REFERRALS)
    check_navigator(navigator, by)
    lock(referral.case)
    check_may_support(navigator, [referral])
    states = (State.ACCEPTED, State.STARTED)
    return move(referral, by=by, kind="referral.assigned", states=states, version=version, navigator=navigator)


def check_may_support(navigator: User | None, referrals: Iterable[Referral]) -> None:
    """Refuse who leads, or has led, a meeting with a victim of the person: nobody is on both sides.

    The cases are held. Of two people who name one worker at once, on either side, the second waits and is refused.

    The words do not say why: at the provider nobody else may know that there is a victim whom a colleague was named to.
    """
    for referral in sorted(referrals, key=lambda one: one.case.person_id):
        hold_sides(referral.case.person)
        if navigator is not None and has_facilitated(navigator, referral.case.person):
            raise Refused(f"{navigator} cannot help this person: choose another navigator.")


def navigators_of(user: User) -> "list[User]":
    """The people of ``user``'s provider who may help someone, by name."""
    helpers = User.objects.who_may(Permission.SUPPORT_PEOPLE, at_once=True)
    return list(helpers.filter(organisation=user.organisation))


def check_navigator(navigator: User | None, by: User) -> None:
    """Refuse who does not help people at ``by``'s own provider."""
    if navigator is None:
        return
    if navigator.organisation_id != by.organisation_id or not navigator.can(Permission.SUPPORT_PEOPLE):
        raise Refused("Choose a navigator of your own organisation.")
