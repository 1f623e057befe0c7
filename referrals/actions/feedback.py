"""What a person says of the help they had: asked at the end, of their own will, and read by the service's managers."""

from django.db import transaction
from django.db.models import F

from cases import actions as case_actions
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.codes import Felt
from referrals.models import PersonFeedback, Referral

HELPED = (Referral.State.STARTED, Referral.State.CLOSED)


@transaction.atomic
def note_feedback(
    *, referral: Referral, respect: str, helped: str, better: str = "", version: int = 0, by: User
) -> PersonFeedback:
    """Keep what the person says. They may say it anew: ``version`` is that of what they said before, 0 for nothing.

    The worker who hands it over writes it and does not read it back. The same sent twice is one.
    """
    access.check(by, Permission.SUPPORT_PEOPLE)
    case_actions.lock(referral.case)
    if not Referral.objects.visible_to(by).filter(pk=referral.pk, state__in=HELPED).exists():
        raise Refused("They can be asked once the support has started.")
    if not {respect, helped} <= set(Felt.values):
        raise Refused("Choose an answer to both questions, or that they would rather not say.")
    values = {"respect": respect, "helped": helped, "better": better.strip()}
    found = PersonFeedback.objects.filter(referral=referral).first()
    if found is None:
        found = PersonFeedback.objects.create(referral=referral, **values, noted_by=by)
    elif found.version == version:
        new = {"said_at": clock.now(), "noted_by": by, "version": F("version") + 1}
        PersonFeedback.objects.filter(pk=found.pk).update(**values, **new)
        found.refresh_from_db()
    elif any(getattr(found, name) != value for name, value in values.items()):
        raise Outdated("What they said")
    else:
        return found
    audit.record("feedback.noted", audit.Nature.COLLECTION, by=by, subjects=[referral, referral.case.person])
    return found
