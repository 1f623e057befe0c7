"""Deciding what an officer may not decide alone. The authoriser is never the officer in the case."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from cases import legal, setting_aside
from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.authority_asks import Asks, asks_of, check_evidence
from cases.barred import bar_to
from cases.details import Prosecutor
from cases.models import Assessment, Authorisation, Case, Correction
from cases.prosecutors import last_asked, why_not_authorised
from cases.trained import lacks_training
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused


@dataclass(frozen=True)
class Said:
    """What whoever decides says: what they decide and why, what makes the circumstances exceptional, whose decision it
    was where a prosecutor made it, and that the evidence is enough to charge.
    """

    state: Authorisation.State
    rationale: str
    exceptional: str = ""
    prosecutor: Prosecutor | None = None
    evidence_met: bool = False


@transaction.atomic
def authorise(
    *,
    case: Case,
    rationale: str,
    seen: int,
    by: User,
    prosecutor: Prosecutor | None = None,
    exceptional: str = "",
    evidence_met: bool = False,
) -> Authorisation | None:
    """Authorise the resolution that waits on ``case``; Refused below its rank, None where this was sent before.

    ``seen`` is `Case.times_changed` as the page showed it: nobody decides on a crime, or an offer, they have not read.
    ``prosecutor`` says who decided, where only a prosecutor may; then it must be there. ``exceptional`` says what makes
    the circumstances exceptional: it must be there where a finding names them (`cases.authority_asks`).
    ``evidence_met`` certifies that the evidence is enough to charge, which a resolution may need.
    """
    said = Said(Authorisation.State.GIVEN, rationale.strip(), exceptional.strip(), prosecutor, evidence_met)
    return _decide(case, said, by, seen)


@transaction.atomic
def refuse(
    *, case: Case, rationale: str, seen: int, by: User, prosecutor: Prosecutor | None = None, exceptional: str = ""
) -> Authorisation | None:
    """Refuse it: the case goes back to the officer with the reason. None where this was sent before.

    What was said of ``exceptional`` circumstances is kept where they are asked for, and never required.
    """
    said = Said(Authorisation.State.REFUSED, rationale.strip(), exceptional.strip(), prosecutor)
    return _decide(case, said, by, seen)


def check_may_decide(case: Case, by: User) -> Authorisation:
    """The authorisation of ``case``, held until the transaction ends; Refused where ``by`` may not decide it."""
    access.check(by, Permission.AUTHORISE)
    lock(case)  # before anything is read: a correction that goes first may ask for another rank
    authorisation = Authorisation.objects.get(case__in=Case.objects.filter(force=by.organisation), case=case)
    check_authoriser(case, authorisation.rank, by)
    return authorisation


def check_authoriser(case: Case, rank: str, by: User) -> None:
    """Refuse whoever decided or corrected ``case``, and whoever is below ``rank``: nobody authorises their own."""
    if bar := bar_to(case, rank, by):
        raise Refused(bar.format(rank=rank))


def check_seen(case: Case, seen: int) -> None:
    """Refuse whoever has read ``case`` as it was: ``seen`` is `Case.times_changed` as the page showed it.

    One decision is withdrawn and another waits in its place: nobody gives their authority to what they have not read.
    """
    if seen == case.times_changed:
        return
    corrected = Correction.objects.filter(case=case).last()
    withdrawn = case.withdrawals.last()
    if withdrawn is not None and (corrected is None or corrected.corrected_at < withdrawn.at):
        raise Outdated("What is proposed in this case")
    is_persons = corrected is not None and "person" in corrected.changes
    raise Outdated("The record of this person" if is_persons else "A crime in this case")


def _decide(case: Case, said: Said, by: User, seen: int) -> Authorisation | None:
    authorisation = check_may_decide(case, by)
    asked = last_asked(authorisation)
    if asked is not None and asked.decided_on:  # whoever entered it has named them
        said = replace(said, prosecutor=Prosecutor(asked.prosecutor, asked.decided_on, asked.reference))
    if _is_sent_again(authorisation, said, by):
        return None  # a browser that had no answer sends the same once more
    if not said.rationale:
        raise Refused("Say why, in a sentence.")
    if said.state == Authorisation.State.GIVEN and (words := lacks_training(case, by, clock.today())):
        raise Refused(words)
    check_seen(case, seen)
    binds = asked is not None and (asked.is_waiting or said.state == Authorisation.State.GIVEN)
    if binds and (words := why_not_authorised(authorisation)):
        raise Refused(words)
    named, asks = _named(authorisation, said.prosecutor), asks_of(authorisation)
    kept = named | _exceptional(asks, said) | _evidence(replace(asks, evidence=asks.evidence and not named), said)
    aside = _set_aside(case, said.state, said.rationale, by)
    moved = Authorisation.objects.filter(pk=authorisation.pk, state=Authorisation.State.WAITING).update(
        state=said.state,
        rationale=said.rationale,
        decided_at=clock.now(),
        decided_by=by,
        decided_as=by.rank_in_words.lower(),
        **kept,
    )
    if not moved:
        raise Outdated("This authorisation")
    for begun in (authorisation.questions, authorisation.put_to_prosecutors):
        begun.exclude(typed={}).update(typed={})  # what was only begun
    detail = ({"rules_set_aside": aside} if aside else {}) | by.acting_detail
    audit.record(
        f"authorisation.{said.state}", audit.Nature.ALTERATION, by=by, subjects=[case, case.person], detail=detail
    )
    changed(case)
    authorisation.refresh_from_db()
    return authorisation


def _is_sent_again(authorisation: Authorisation, said: Said, by: User) -> bool:
    now = (authorisation.state, authorisation.rationale, authorisation.decided_by)
    if now != (said.state, said.rationale, by) or _told_of(authorisation) != said.prosecutor:
        return False
    return authorisation.exceptional in ("", said.exceptional)  # "" where nobody asked for it


def _told_of(authorisation: Authorisation) -> Prosecutor | None:
    """Whose decision was recorded, where it was a prosecutor's."""
    if authorisation.prosecutor_on is None:
        return None
    return Prosecutor(authorisation.prosecutor, authorisation.prosecutor_on, authorisation.prosecutor_reference)


def _named(authorisation: Authorisation, prosecutor: Prosecutor | None) -> dict[str, Any]:
    """Which prosecutor decided, where only one may: without a name nobody answers for it. Refused without."""
    if authorisation.rank != "prosecutor" and prosecutor is None:
        return {}
    if prosecutor is None or not prosecutor.name.strip() or not prosecutor.reference.strip():
        raise Refused("Say which prosecutor decided it, on what day, and the prosecution service's reference.")
    if not clock.local_date(authorisation.asked_at) <= prosecutor.decided_on <= clock.today():
        raise Refused("The prosecutor decided between the day it was put to them and today: check the date.")
    return {
        "prosecutor": prosecutor.name.strip(),
        "prosecutor_on": prosecutor.decided_on,
        "prosecutor_reference": prosecutor.reference.strip(),
    }


def _exceptional(asks: Asks, said: Said) -> dict[str, Any]:
    """What makes the circumstances exceptional, where its findings name them; Refused where it is missing.

    A caution that the law allows in exceptional circumstances alone would stand with nobody's word for them.
    """
    if asks.exceptional and said.state == Authorisation.State.GIVEN and not said.exceptional:
        raise Refused(
            "This may be given in exceptional circumstances only: say what makes them exceptional, in a sentence."
        )
    return {"exceptional": said.exceptional} if asks.exceptional or asks.may_be_exceptional else {}


def _evidence(asks: Asks, said: Said) -> dict[str, Any]:
    """That the evidence is enough to charge, where whoever authorises it certifies that; Refused where they do not."""
    if said.state != Authorisation.State.GIVEN:
        return {}
    return {"evidence_certified": check_evidence(asks, said.evidence_met)}


def _set_aside(case: Case, state: Authorisation.State, rationale: str, by: User) -> list[str]:
    """Keep in each finding that was to be set aside what was decided; the criteria that were set aside.

    Each rule asks for its own rank, which may not be the one that decides the rest. One that was decided before, in a
    case that came back after a correction, stays as it was decided.
    """
    decision = setting_aside.GIVEN if state == Authorisation.State.GIVEN else setting_aside.KEPT
    found: list[str] = []
    for assessment in Assessment.objects.filter(case=case):  # not those that a page has loaded: there may be more
        asked = setting_aside.waiting(assessment.findings)
        for one in asked:
            if not legal.may_record_decision(by.authorising_rank, one["override_by"]):
                raise Refused(f"Only the rank of {one['override_by']} or above can set this aside: {one['reason']}")
        if asked:
            assessment.findings = setting_aside.decided(
                assessment.findings, decision=decision, because=rationale, by=by, at=clock.now()
            )
            assessment.save(update_fields=["findings"])
            found += [str(one["rule"]) for one in asked]
    return found if decision == setting_aside.GIVEN else []
