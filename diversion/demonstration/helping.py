"""Two made-up people with no offence alleged: one whom nobody helps yet, and one whom a worker has met."""

import uuid
from datetime import timedelta
from typing import Any

from diversion import clock
from diversion.accounts.models import User
from diversion.unit_of_work import unit_of_work
from referrals.actions import duty, helping
from referrals.actions.helping import HelpDetails
from referrals.models import HelpRequest
from referrals.queries.help import services

WAITS = HelpDetails("Robin", "07700 900174", ("text", "find"), "evening", ("shared",), ("stay", "mind"), ("public",))
MET = HelpDetails("", "By the fountain in Mill Lane, most mornings", ("find",), "day", (), ("food", "drink"), ())
SENT = ((WAITS, timedelta(hours=2)), (MET, timedelta(days=3)))
SUBMISSIONS = tuple(uuid.uuid5(uuid.NAMESPACE_URL, f"diversion:help:{number}") for number in range(len(SENT)))


def tell(people: dict[str, User]) -> int:
    """Send both to a service of the worker's own organisation, once; how many were added.

    None where there is no such service: a demonstration that was begun before schemes helped such people goes on.
    """
    officer, worker, now, added = people["amara"], people["george"], clock.now(), 0
    for (details, back), submission in zip(SENT, SUBMISSIONS, strict=True):
        if HelpRequest.objects.filter(sent_by=officer, wants=list(details.wants)).exists():
            continue
        with clock.set_to(now - back), unit_of_work("demonstration"):
            mine = [one for one in services(by=officer) if one.provider_id == worker.organisation_id]
            if not mine:
                return added
            asked = helping.ask_for_help(
                submission=submission, service=mine[0], details=details, agreed=True, by=officer
            )
            if details is MET:
                _met(asked, worker)
        added += 1
    if added:
        with unit_of_work("demonstration"):
            duty.go_on_duty(hours=12, telephone="01632 960 122", by=worker)
    return added


def _met(asked: HelpRequest, worker: User) -> None:
    asked = helping.take_up_help(asked=asked, worker=worker, version=asked.version, by=worker)
    with clock.set_to(clock.now() + timedelta(hours=20)):
        note = "Talked over a cup of tea. Wants to see the doctor first, and the hostel after that."
        now: dict[str, Any] = {"asked": asked, "version": asked.version, "by": worker}
        helping.note_help_contact(submission=asked.submission, kind="spoke", note=note, **now)
    with clock.set_to(clock.now() + timedelta(hours=44)):
        helping.note_help_contact(submission=asked.submission, kind="not_seen", **now)
