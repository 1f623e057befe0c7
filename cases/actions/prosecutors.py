"""Putting a decision that waits to a prosecutor, and entering what they decided. Meanwhile every clock runs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404

from cases import legal
from cases.actions.asking import kept_of
from cases.actions.authorising import check_seen
from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.details import ProsecutorsAnswer
from cases.models import Authorisation, Case, PendingDecision, ProsecutorReferral
from cases.prosecutors import bar_to_enter, bar_to_refer, last_asked
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.design_system.wording import long_date
from diversion.refusals import Outdated, Refused

State = ProsecutorReferral.State


@dataclass(frozen=True)
class AskedOfProsecutor:
    """Why a case goes to a prosecutor, what they are asked, and by when an answer is needed."""

    reason: str
    question: str
    due_on: date


@transaction.atomic
def refer_to_prosecutor(
    *, case: Case, asked: AskedOfProsecutor, seen: int, typed: Mapping[str, str] | None = None, by: User
) -> ProsecutorReferral:
    """Put the decision that waits on ``case`` to a prosecutor: until they answer nobody decides, offers or signs it.

    It may be put to them again once they have answered. ``seen`` is how many corrections of its crimes the page showed.
    What ``by`` had ``typed`` of a decision of their own is kept for them (`asking.typed_by`).
    Raises Refused below the rank that the policy names, and to whoever had a part in it. Sent twice it is done once.
    """
    access.check(by, Permission.AUTHORISE)
    authorisation = _held(case, by)
    if bar := bar_to_refer(authorisation.case, by):
        raise Refused(bar)
    earlier = last_asked(authorisation)
    if earlier and earlier.is_waiting:
        if _says(earlier) == asked and earlier.asked_by == by:
            return earlier
        raise Outdated("This authorisation")
    check_seen(case, seen)
    _check_asked(asked)
    put = ProsecutorReferral.objects.create(
        authorisation=authorisation,
        reason=asked.reason.strip(),
        question=asked.question.strip(),
        due_on=asked.due_on,
        seen=seen,
        typed=kept_of(typed),
        asked_by=by,
        asked_as=by.rank_in_words.lower(),
    )
    _log("prosecutor.asked", put, by, due_on=asked.due_on.isoformat(), **by.acting_detail)
    return put


@transaction.atomic
def enter_prosecutors_decision(
    *, case: Case, answer: ProsecutorsAnswer, seen: int, because: str = "", by: User
) -> ProsecutorReferral:
    """Enter what the prosecutor decided: the case goes back to those who authorise, who act on it.

    What was entered before is put right in the same way, with ``because``, until the case is authorised or refused; its
    history keeps both. ``seen`` as for `refer_to_prosecutor`: what was corrected by then, whoever enters it
    has told the prosecutor. Refused to whoever is neither of the rank that the policy names nor of the hub.
    """
    access.check(by, Permission.AUTHORISE, Permission.MANAGE_SCHEMES)
    authorisation = _held(case, by)
    if bar := bar_to_enter(authorisation.case, by):
        raise Refused(bar)
    asked = last_asked(authorisation)
    if asked is None:
        raise Outdated("This referral to a prosecutor")
    new = _checked(asked, answer)
    if asked.is_decided:
        if all(getattr(asked, name) == value for name, value in new.items()):
            return asked  # sent before
        if not because.strip():
            raise Refused("A decision is entered already: say why it is put right, in a sentence.")
    check_seen(case, seen)
    corrects = asked.is_decided
    for name, value in new.items():
        setattr(asked, name, value)
    asked.state, asked.corrected_because = State.DECIDED, because.strip() if corrects else ""
    asked.answered_at, asked.answered_by, asked.seen = clock.now(), by, seen
    asked.save()
    _log("prosecutor.corrected" if corrects else "prosecutor.decided", asked, by, decision=answer.decision)
    return asked


@transaction.atomic
def take_back_from_prosecutor(*, case: Case, because: str, by: User) -> ProsecutorReferral:
    """Take back what no prosecutor has answered yet: it is decided here after all. Sent twice it is done once."""
    access.check(by, Permission.AUTHORISE)
    authorisation = _held(case, by)
    if bar := bar_to_refer(authorisation.case, by):
        raise Refused(bar)
    if not because.strip():
        raise Refused("Say why it is taken back, in a sentence.")
    asked = authorisation.put_to_prosecutors.order_by("asked_at", "pk").last()
    if asked and (asked.state, asked.words, asked.answered_by) == (State.TAKEN_BACK, because.strip(), by):
        return asked
    if asked is None or not asked.is_waiting:
        raise Outdated("This referral to a prosecutor")
    asked.state, asked.words = State.TAKEN_BACK, because.strip()
    asked.answered_at, asked.answered_by = clock.now(), by
    asked.save()
    _log("prosecutor.taken_back", asked, by)
    return asked


def _held(case: Case, by: User) -> Authorisation:
    """The authorisation that waits on ``case``, held until the transaction ends."""
    lock(case)
    rows = Authorisation.objects.filter(case__in=Case.objects.filter(force=by.organisation), case=case)
    authorisation = get_object_or_404(rows.select_related("case__decision", "case__force", "case__person"))
    if authorisation.state != Authorisation.State.WAITING:
        raise Outdated("This authorisation")
    return authorisation


def _says(asked: ProsecutorReferral) -> AskedOfProsecutor:
    return AskedOfProsecutor(asked.reason, asked.question, asked.due_on)


def _check_asked(asked: AskedOfProsecutor) -> None:
    if not asked.reason.strip():
        raise Refused("Say why a prosecutor is to decide, in a sentence.")
    if not asked.question.strip():
        raise Refused("Say what the prosecutor is asked, in a sentence.")
    if not clock.today() <= asked.due_on <= PendingDecision.last_day():
        last = long_date(PendingDecision.last_day())
        raise Refused(f"Give a day from today until {last} by which the prosecutor is to answer.")


def _checked(asked: ProsecutorReferral, answer: ProsecutorsAnswer) -> dict[str, Any]:
    """The answer as it is kept; Refused without a name, a reference, a day that fits, or a decision."""
    told = answer.by
    if not told.name.strip() or not told.reference.strip():
        raise Refused("Say which prosecutor decided it, on what day, and the prosecution service's reference.")
    if not clock.local_date(asked.asked_at) <= told.decided_on <= clock.today():
        raise Refused("The prosecutor decided between the day it was put to them and today: check the date.")
    if answer.decision not in ProsecutorReferral.Decision.values:
        raise Refused("Choose what the prosecutor decided.")
    if answer.disposal and answer.decision != ProsecutorReferral.Decision.AGREED:
        raise Refused("A resolution goes with “agreed” alone: choose one of the two.")
    if answer.disposal and answer.disposal not in [one.code for one in legal.disposals_on(clock.today())]:
        raise Refused("Choose one of the resolutions that may be issued today.")
    return {
        "prosecutor": told.name.strip(),
        "decided_on": told.decided_on,
        "reference": told.reference.strip(),
        "decision": answer.decision,
        "disposal": answer.disposal,
        "words": answer.words.strip(),
    }


def _log(kind: str, asked: ProsecutorReferral, by: User, **detail: object) -> None:
    case = asked.authorisation.case
    audit.record(kind, audit.Nature.ALTERATION, by=by, subjects=[case, case.person], detail=detail)
    changed(case)
