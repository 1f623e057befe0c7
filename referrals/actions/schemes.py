"""A scheme that runs: new terms from a date on, its end, and the agreement to share. ``scheme_rules`` adds one."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.shortcuts import get_object_or_404

from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from diversion.unit_of_work import read_again
from referrals.actions.versions import VersionDetails, write_version
from referrals.codes import Regime
from referrals.models import Scheme, SchemeVersion, SharingAgreement, Slot


@transaction.atomic
def add_version(*, scheme: Scheme, version: VersionDetails, by: User) -> SchemeVersion:
    """Change the rules of a scheme from a date on: the version before ends the day before. Referrals keep theirs.

    Appointments from that date on go over to the new version, where the same provider delivers it: those of another
    are that provider's own, and what is booked there stands.
    """
    latest = _latest(scheme, by)
    if latest and version.valid_from <= latest.valid_from:
        raise Refused(f"The rules in force began on {latest.valid_from:%-d %B %Y}: new ones must begin later.")
    if latest and (latest.valid_to is None or latest.valid_to >= version.valid_from):
        SchemeVersion.objects.filter(pk=latest.pk).update(valid_to=version.valid_from - timedelta(days=1))
    added = write_version(scheme, version)
    if latest and latest.provider_id == added.provider_id:
        starts = datetime.combine(version.valid_from, time.min, clock.LONDON)
        Slot.objects.filter(version=latest, starts_at__gte=starts).update(version=added)
    _log("scheme.changed", scheme, by)
    return added


@transaction.atomic
def end_scheme(*, scheme: Scheme, last_day: date, by: User) -> Scheme:
    """End a scheme: nobody is referred after ``last_day``; agreements under way run on."""
    latest = _latest(scheme, by)
    if latest is None or last_day < latest.valid_from:
        raise Refused("The last day is before the rules in force began.")
    SchemeVersion.objects.filter(pk=latest.pk).update(valid_to=last_day)
    read_again()
    _log("scheme.ended", scheme, by)
    return scheme


@transaction.atomic
def agree_sharing(
    *,
    force: Organisation,
    provider: Organisation,
    from_day: date,
    document: str,
    by: User,
    to_day: date | None = None,
    regime: str = "",
    purpose: str = "",
    controllers: str = "",
) -> None:
    """Record the sharing agreement between ``by``'s force and a provider; the same one twice is recorded once.

    One of the same title and days, recorded again with other terms (``regime`` is a code of `Regime`), is corrected.
    Refused for no provider, and for a regime that there is not.
    """
    access.check(by, Permission.MANAGE_SCHEMES)
    if force.pk != by.organisation_id or provider.kind != Organisation.Kind.PROVIDER:
        raise Refused("A sharing agreement is between your own force and a provider: choose a provider.")
    if regime not in ("", *Regime.values):
        raise Refused("Choose under which law data is shared.")
    values = {"force": force, "provider": provider, "valid_from": from_day, "valid_to": to_day, "document": document}
    terms = {"regime": regime, "purpose": purpose, "controllers": controllers}
    if SharingAgreement.objects.filter(**values, **terms if regime else {}).exists():
        return
    if not SharingAgreement.objects.filter(**values).update(**terms):
        SharingAgreement.objects.create(**values, **terms)
    audit.record("sharing.agreed", audit.Nature.ADMINISTRATION, by=by, recipients=[provider.name])


def _latest(scheme: Scheme, by: User) -> SchemeVersion | None:
    """The latest rules of a scheme of ``by``'s own force, held against a second change at the same moment."""
    access.check(by, Permission.MANAGE_SCHEMES)
    own = get_object_or_404(Scheme.objects.visible_to(by).select_for_update(), pk=scheme.pk)
    return own.versions.order_by("-valid_from").first()


def _log(kind: str, scheme: Scheme, by: User) -> None:
    audit.record(kind, audit.Nature.ADMINISTRATION, by=by, subjects=[scheme])
