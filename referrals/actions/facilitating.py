"""A named restorative-justice facilitator: named by police with the victim's agreement, and settling what is theirs."""

import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F

from cases import actions as case_actions
from cases.actions.outbox import changed
from cases.actions.victims import MAY_SEE, record_of
from cases.law.codes import ConditionType
from cases.models import Allegation, Case
from cases.models.victim import ContactResult, VictimChannel, of_one_victim, with_victim_for
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from diversion.submissions import submission_key
from diversion.unit_of_work import as_service
from referrals.actions.closing import close_what_waited
from referrals.actions.moving import hold_sides
from referrals.actions.standing import follow
from referrals.actions.support import check_still_judged
from referrals.actions.taking_back import take_back_settled
from referrals.actions.undoing import keep_undoable, undo_held
from referrals.judging.variation import is_conditional
from referrals.models import Condition, Facilitation, FacilitatorContact, Referral, Undoable
from referrals.models.facilitation import NOTHING_YET
from referrals.queries.cases import VOLUNTARY
from referrals.queries.facilitating import (
    agrees,
    conditions_of,
    has_decided,
    has_supported,
    is_alone,
    to_choose_from,
    who_may_facilitate,
)

Letter, Meeting = Facilitation.Letter, Facilitation.Meeting
#: What a condition is once this came of it. A victim who does not take a letter, or stops, takes nothing from it.
STATES = {
    Letter.TAKEN: Condition.State.DONE,
    Letter.NOT_TAKEN: Condition.State.DONE,
    Letter.NOT_WRITTEN: Condition.State.NOT_DONE,
    Meeting.HELD: Condition.State.DONE,
    Meeting.VICTIM_STOPPED: Condition.State.CANCELLED,
    Meeting.PERSON_STOPPED: Condition.State.NOT_DONE,
}
#: All that whoever reads the condition learns: whether the victim took it is not theirs to know.
EVIDENCE = "Confirmed by the facilitator."


@transaction.atomic
def name_facilitator(
    *, allegation: Allegation, facilitator: User, conditions: Collection[Condition] = (), by: User
) -> Facilitation:
    """Let ``facilitator`` know of this victim, in this case, and of nobody else. The same named twice is one.

    ``conditions``: which letters and meetings of the case are for this victim, asked where several were harmed; named
    once more with others, those are theirs from then on. Raises Refused without the victim's agreement to a letter or a
    meeting and to sharing, for a closed case, for whoever decided the case, helps or has helped the person, and for who
    is not one; Outdated where another was named meanwhile.
    """
    access.check(by, *MAY_SEE)
    case_actions.lock(allegation.case)
    allegation = with_victim_for(by).select_related("case__person", "victim").get(pk=of_one_victim(allegation)[0].pk)
    hold_sides(allegation.case.person)
    running = Facilitation.objects.live().filter(allegation=allegation).first()
    if running is not None:
        if running.facilitator_id == facilitator.pk:
            return _choose(running, conditions, by)
        raise Outdated("Who leads it")
    if allegation.case.closed_at is not None:
        raise Refused("This case is closed: nobody is put in touch any more.")
    if not agrees(record_of(allegation)):
        raise Refused("Record first that the victim wants a letter or a meeting, and that a facilitator may be told.")
    if has_decided(facilitator, allegation):
        raise Refused(f"{facilitator} decided this case: choose somebody else.")
    if has_supported(facilitator, allegation.case.person):
        raise Refused(
            f"{facilitator} helps the person, has helped them, or works where they were sent for voluntary help: choose"
            " somebody else."
        )
    if facilitator not in who_may_facilitate(allegation):
        raise Refused("Choose a facilitator of your force, or of a provider with whom it has a sharing agreement.")
    chosen = _chosen(allegation, conditions)
    made = Facilitation.objects.create(
        allegation=allegation,
        facilitator=facilitator,
        organisation_id=facilitator.organisation_id,
        conditions=chosen,
        named_by=by,
    )
    audit.record(
        "facilitation.named", audit.Nature.DISCLOSURE, by=by,
        subjects=[allegation.case, allegation.victim or allegation.case], recipients=[str(facilitator.organisation)],
    )  # fmt: skip
    changed(allegation.case)
    return made


def _chosen(allegation: Allegation, conditions: Collection[Condition]) -> list[int]:
    """The ids of what police said is for this victim; none is kept where nobody else was harmed."""
    if is_alone(allegation):
        return []
    free = {one.pk for one in to_choose_from(allegation)}
    if any(one.pk not in free for one in conditions):
        raise Refused("Choose letters and meetings of this case that nobody leads for another victim.")
    return sorted({one.pk for one in conditions})


def _choose(running: Facilitation, conditions: Collection[Condition], by: User) -> Facilitation:
    chosen = _chosen(running.allegation, conditions)
    if chosen != running.conditions:
        running.conditions = chosen
        running.save(update_fields=["conditions"])
        subjects = [running.allegation.case]
        audit.record("facilitation.conditions_chosen", audit.Nature.ALTERATION, by=by, subjects=subjects)
        changed(running.allegation.case)
    return running


@transaction.atomic
def end_facilitation(*, facilitation: Facilitation, by: User) -> Facilitation:
    """Shut the facilitator's page of it. Ended twice it is ended once."""
    access.check(by, *MAY_SEE)
    case_actions.lock(facilitation.allegation.case)
    row = Facilitation.objects.get(pk=facilitation.pk, allegation__in=with_victim_for(by))
    if row.ended_at is None:
        _end(row, Facilitation.Ended.BY_POLICE, by)
    return row


def end_without_agreement(allegation: Allegation, *, by: User) -> None:
    """End what a victim no longer agrees to. Called by the action that keeps what they wish, which holds the case."""
    row = Facilitation.objects.filter(allegation=allegation, ended_at__isnull=True).first()
    if row is not None and not agrees(record_of(allegation)):
        _end(row, Facilitation.Ended.WITHDRAWN, by)


def end_in(case: Case, *, by: User) -> None:
    """End what is led in ``case``, of which nothing that was agreed stands any more. The caller holds the case."""
    for row in Facilitation.objects.filter(allegation__case=case, ended_at__isnull=True).select_related("allegation"):
        _end(row, Facilitation.Ended.BY_POLICE, by)


def _end(row: Facilitation, reason: Facilitation.Ended, by: User) -> None:
    row.ended_at, row.ended_by, row.end_reason = clock.now(), by, reason
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    case = row.allegation.case
    audit.record("facilitation.ended", audit.Nature.ALTERATION, by=by, subjects=[case])
    changed(case)


@transaction.atomic
def note_facilitator_contact(
    *, facilitation: Facilitation, submission: uuid.UUID, who: str, channel: str, result: str, note: str = "", by: User
) -> FacilitatorContact:
    """Note an attempt of a facilitator's own. The same sent twice with one ``submission`` is one.

    Raises Refused by a number of the victim's that is also the person's.
    """
    row = _own(facilitation, by)
    said = {"who": who, "channel": channel, "result": result, "note": note.strip()}
    key = submission_key(submission, row.pk, said, by.pk)
    if earlier := FacilitatorContact.objects.filter(submission=key).first():
        return earlier
    known = (FacilitatorContact.Who.values, VictimChannel.values, ContactResult.values)
    if any(value not in values for value, values in zip((who, channel, result), known, strict=True)):
        raise Refused("Choose whom you tried to reach, how, and what came of it.")
    made = FacilitatorContact.objects.create(facilitation=row, submission=key, **said, recorded_by=by)
    _log("facilitation.contact_noted", row, by)
    return made


@transaction.atomic
def settle_facilitated(*, facilitation: Facilitation, condition: Condition, came: str, version: int, by: User) -> None:
    """Say what came of a letter or a meeting, and with it settle the condition. The same sent twice is once.

    A letter that was handed over is done, taken or not; a meeting that the victim no longer wants is no longer needed.
    ``NOTHING_YET`` takes back what they said, and opens the case that closed with it, while that can be undone. Raises
    Refused for what is not theirs to settle, Outdated where it was changed meanwhile.
    """
    row = _own(facilitation, by)
    with as_service(), audit.in_log_of(row.allegation.case.force_id):
        found = next((one for one in conditions_of([row])[row.pk] if one.pk == condition.pk), None)
        if found is None:
            raise Refused("This is not yours to settle: the police see to it in another way.")
        if came == NOTHING_YET:
            _take_back(row, found, version, by)
        else:
            _settle(row, found, came, version, by)


def _kind(condition: Condition) -> str:
    return "meeting" if condition.kind == ConditionType.RJ else "letter"


def _settle(row: Facilitation, condition: Condition, came: str, version: int, by: User) -> None:
    kind = _kind(condition)
    if came not in (Meeting.values if kind == "meeting" else Letter.values):
        raise Refused("Choose what came of it.")
    case = row.allegation.case
    if STATES[came] == Condition.State.CANCELLED and is_conditional(case):  # type: ignore[index]
        raise Refused("In a conditional caution this is a change that the police decide: tell the victim coordinator.")
    if getattr(row, kind) == came and not Condition.objects.filter(pk=condition.pk, version=version).exists():
        return  # a browser that had no answer sends the same once more
    if case.closed_at is not None:
        raise Refused("The case closed with what you said before: take that back first.")
    _check_support_goes_on(condition)
    check_still_judged(condition, STATES[came])  # type: ignore[index]
    before = condition.state
    values = {"state": STATES[came], "evidence": EVIDENCE, "settled_by": by, "settled_at": clock.now()}  # type: ignore[index]
    rows = Condition.objects.filter(pk=condition.pk, version=version)
    if not rows.update(**values, by_facilitator=True, version=F("version") + 1):
        raise Outdated("This condition")
    condition.refresh_from_db()
    take_back_settled(condition, by)
    Facilitation.objects.filter(pk=row.pk).update(**{kind: came})
    _log("facilitation.settled", row, by)
    close_what_waited(case=case, by=by)
    if not _is_helped(condition):
        keep_undoable(case, by, was_open=True, condition=condition, before=before)
    follow(case.pk)


def _take_back(row: Facilitation, condition: Condition, version: int, by: User) -> None:
    """It is open again, and so is the case that closed with it. What was said before stands in the history."""
    if condition.state == Condition.State.OPEN:
        return  # sent once more
    done = Undoable.objects.live().filter(condition=condition, by=by).select_related("case", "condition", "by").first()
    if condition.version != version or not condition.by_facilitator:
        raise Outdated("This condition")
    if done is not None:
        undo_held(done, by)
    elif row.allegation.case.closed_at is not None:
        raise Refused("The case is closed: tell the police that this was a mistake.")
    _check_support_goes_on(condition)
    check_still_judged(condition, Condition.State.OPEN)
    values: dict[str, Any] = {"state": Condition.State.OPEN, "evidence": "", "settled_by": None, "settled_at": None}
    Condition.objects.filter(pk=condition.pk).update(**values, by_facilitator=False, version=F("version") + 1)
    Facilitation.objects.filter(pk=row.pk).update(**{_kind(condition): ""})
    _log("facilitation.taken_back", row, by)
    follow(row.allegation.case_id)


def _is_helped(condition: Condition) -> bool:
    """Whether a partner helps with the rest, or is to: the case does not close with this then."""
    over = [*Referral.ENDED, Referral.State.CLOSED]
    return Referral.objects.filter(agreement=condition.agreement_id).exclude(state__in=over).exists()


def _check_support_goes_on(condition: Condition) -> None:
    """Nothing is settled anew once the support that it belongs to was closed as not completed. What was completed waits
    for what the facilitator settles; of voluntary support they learn nothing, who may be police."""
    ended = Referral.objects.filter(agreement=condition.agreement_id, result=Referral.Result.NOT_COMPLETED)
    if ended.exclude(scheme_version__confidentiality=VOLUNTARY).exists():
        raise Refused("The support was closed: nothing more can be recorded of what was agreed in it.")


def _own(facilitation: Facilitation, by: User) -> Facilitation:
    """The facilitation, if it is ``by``'s and runs; its case is held until the transaction ends."""
    access.check(by, Permission.FACILITATE)
    own = Facilitation.objects.of(by).get(pk=facilitation.pk)
    with as_service():
        row = Facilitation.objects.select_related("allegation__case__person", "allegation__victim").get(pk=own.pk)
        case_actions.lock(row.allegation.case)
        row.allegation.case.refresh_from_db(fields=["closed_at"])
        is_live = Facilitation.objects.working().filter(pk=row.pk).exists()
        if not is_live or not agrees(record_of(row.allegation)):
            raise Refused("You lead this no longer: the victim or the police have ended it, or the case is closed.")
    return row


def _log(kind: str, row: Facilitation, by: User) -> None:
    case = row.allegation.case
    subjects = [one for one in (case, row.allegation.victim) if one is not None]
    audit.record(kind, audit.Nature.ALTERATION, by=by, subjects=subjects, organisation_id=case.force_id)
    with as_service():
        changed(case)
