"""A user ends sign-ins of their own: at a computer that they left, or that they do not know (ASVS 5.0, 7.5.2).

Whoever runs the service ends everybody's, when something is wrong (7.4.5); an administrator one user's (`users`).
"""

from collections.abc import Collection

from django.db import transaction

from diversion import audit
from diversion.accounts.models import Organisation, Session, User
from diversion.refusals import Refused


@transaction.atomic
def end_sessions(*, ends: Collection[str], by: User) -> int:
    """End those of ``by``'s sessions that the access log knows by one of ``ends``; how many.

    Of nobody else: the keys of sessions are compared among ``by``'s own alone.
    """
    own = {one.pk: audit.digest(one.pk) for one in Session.objects.filter(user=by)}
    ended = {key: known for key, known in own.items() if known in ends}
    if not ended:
        raise Refused("Nothing was ended: choose where you want to be signed out.")
    Session.objects.filter(pk__in=ended).delete()
    detail = {"sessions": sorted(ended.values())}
    audit.record("account.sessions_ended", audit.Nature.SECURITY, by=by, subjects=[by], detail=detail)
    return len(ended)


@transaction.atomic
def end_everybodys_sessions(*, organisation: Organisation | None, by: User | None) -> int:
    """End every session of ``organisation``, or of the whole service; how many. ``by`` None is whoever runs it."""
    sessions = Session.objects.exclude(user=None)
    if organisation is not None:
        sessions = sessions.filter(user__organisation=organisation)
    ended, _rows = sessions.delete()
    own = organisation.pk if organisation else None
    audit.record(
        "account.all_sessions_ended", audit.Nature.SECURITY, by=by, detail={"count": ended}, organisation_id=own
    )
    return ended
