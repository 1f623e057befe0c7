"""What a coordinator changes of a running scheme at once: how many people it takes, its telephone, its money."""

from datetime import date

from django.db import transaction

from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from diversion.unit_of_work import read_again
from referrals.codes import PlacesReason
from referrals.models import Scheme, SchemeVersion


@transaction.atomic
def change_telephone(*, scheme: Scheme, telephone: str, by: User) -> Scheme:
    """Say what number people ring; it is printed on every agreement from then on. Empty: none."""
    access.check(by, Permission.MANAGE_SCHEMES)
    own = Scheme.objects.visible_to(by).select_for_update(no_key=True).get(pk=scheme.pk)
    before, own.telephone = own.telephone, telephone.strip()
    own.save(update_fields=["telephone"])
    detail = {"from": before, "to": own.telephone}
    audit.record("scheme.telephone_changed", audit.Nature.ADMINISTRATION, by=by, subjects=[own], detail=detail)
    return own


@transaction.atomic
def change_money(*, scheme: Scheme, until: date | None, by: User) -> Scheme:
    """Say until when the support is paid for; None where no end is known. Nobody is kept out by it: officers and the
    provider are told whom it would leave."""
    access.check(by, Permission.MANAGE_SCHEMES)
    own = Scheme.objects.visible_to(by).select_for_update(no_key=True).get(pk=scheme.pk)
    before, own.money_until = own.money_until, until
    own.save(update_fields=["money_until"])
    detail = {"from": before and before.isoformat(), "to": until and until.isoformat()}
    audit.record("scheme.money_changed", audit.Nature.ADMINISTRATION, by=by, subjects=[own], detail=detail)
    return own


@transaction.atomic
def change_capacity(*, scheme: Scheme, capacity: int, reason: str, by: User) -> SchemeVersion:
    """Let more people onto a scheme, or fewer, under the rules in force; who is on it already stays.

    The number is no rule of the scheme: nobody has to sign it. The log keeps what it was, and why it was changed:
    ``reason`` is a code of `PlacesReason`.
    """
    access.check(by, Permission.MANAGE_SCHEMES)
    own = Scheme.objects.visible_to(by).select_for_update(no_key=True).get(pk=scheme.pk)
    version = SchemeVersion.objects.open_on(clock.today()).filter(scheme=own).first()
    if version is None:
        raise Refused(f"{own.name} has no rules in force today: its places are set with its next ones.")
    why = PlacesReason(reason)
    before, version.capacity = version.capacity, capacity
    version.save(update_fields=["capacity"])
    read_again()
    detail = {"from": before, "to": capacity, "reason": why.value}
    audit.record("scheme.capacity_changed", audit.Nature.ADMINISTRATION, by=by, subjects=[own], detail=detail)
    return version
