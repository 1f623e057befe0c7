"""What a person does on the page that a link in a text opens. They have not signed in: whoever has the link is them.

Nothing of it touches an appointment, a condition, a clock or a ladder, and no answer is none of these either.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from diversion import audit, clock
from diversion.refusals import Refused
from diversion.unit_of_work import as_service
from referrals.codes import ANSWERS, FLAGGED_MOODS, Mood
from referrals.models import CheckIn, CheckInPlan
from referrals.queries.check_ins import digest_of

#: Within which the same answers sent again are the same press of a button.
AGAIN = timedelta(minutes=10)


@as_service()
@transaction.atomic
def answer_check_in(
    *, token: str, mood: str, wants_help: bool, wants_call: bool, answers: Mapping[str, str]
) -> CheckIn | None:
    """Keep what the person says, once; None where the link is not to be answered: unknown, used or old.

    Raises Refused where nothing is said, or something that the page did not offer.
    """
    rows = CheckIn.objects.select_for_update(of=("self",)).select_related("referral__case__person")
    row = rows.filter(token_digest=digest_of(token), appointment=None).first()
    if row is None:
        return None
    said: dict[str, Any] = {"mood": mood, "wants_help": wants_help, "wants_call": wants_call}
    said["answers"] = {key: value for key, value in answers.items() if value}
    if not row.is_open:
        return row if _is_sent_again(row, said) else None
    _check(row, said)
    for name, value in said.items():
        setattr(row, name, value)
    row.answered_at, row.is_flagged = clock.now(), _asks_for_somebody(row)
    row.save(update_fields=[*said, "answered_at", "is_flagged"])
    _log("checkin.answered", audit.Nature.COLLECTION, row)
    return row


def _is_sent_again(row: CheckIn, said: Mapping[str, Any]) -> bool:
    return row.answered_at is not None and clock.now() - row.answered_at < AGAIN and row.said() == said


def _check(row: CheckIn, said: Mapping[str, Any]) -> None:
    if not any(said.values()):
        raise Refused("Nothing was answered.")
    offered = {str(one["id"]): ANSWERS[one["answers"]] for one in row.asked}
    known = all(value in offered.get(key, ()) for key, value in said["answers"].items())
    if not known or said["mood"] not in ("", *Mood.values):
        raise Refused("This is none of the answers that were offered.")


def _asks_for_somebody(row: CheckIn) -> bool:
    """Whether a worker looks at it at once: help, a call, a low mood, or an answer that its question flags."""
    flagged = any(row.answers.get(str(one["id"])) in one["flags"] for one in row.asked)
    return row.wants_help or row.wants_call or row.mood in FLAGGED_MOODS or flagged


@as_service()
@transaction.atomic
def stop_from_link(*, token: str) -> bool:
    """Ask them no more; whether the link is one by which that can be said. It can be until it is too old."""
    row = CheckIn.objects.filter(token_digest=digest_of(token), appointment=None, expires_at__gt=clock.now()).first()
    if row is None:
        return False
    rows = CheckInPlan.objects.filter(referral=row.referral_id, stopped_at=None)
    if rows.update(stopped_at=clock.now(), stopped_by=None):
        _log("checkin.stopped_by_person", audit.Nature.ALTERATION, row)
    return True


def _log(kind: str, nature: audit.Nature, row: CheckIn) -> None:
    """In the provider's log alone, and without what was said."""
    subjects = [row.referral, row.referral.case.person]
    audit.record(kind, nature, by=None, subjects=subjects, organisation_id=row.provider_id)
