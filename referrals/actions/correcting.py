"""Correcting a crime in an open case: the rules are asked again, and what was decided stands only if it still may."""

from datetime import date

from django.db import transaction
from django.db.models import F

from cases import actions as case_actions
from cases import legal
from cases.actions.correcting import ask_again, correct_allegation
from cases.legal import Need
from cases.models import Allegation, Assessment, Case, Correction, Offence
from cases.setting_aside import in_words
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.refusals import Refused
from referrals.actions.moving import log
from referrals.judging import judge, recorded
from referrals.judging.finding import Judgement
from referrals.models import Referral


@transaction.atomic
def correct_crime(
    *, allegation: Allegation, committed_on: date, offence: Offence, area: str, reason: str, seen: int, by: User
) -> Correction:
    """Correct the date, the offence or the area of a crime, and ask the rules of the day of the decision again.

    Refused, and nothing changed, where what was decided would not have been lawful, or is against a rule that nobody
    may set aside. Where a rank would have had to decide, it goes back for that: a referral that nobody has answered is
    held meanwhile, and support that has begun goes on.
    """
    case = Case.objects.get(pk=allegation.case_id)
    case_actions.lock(case)
    before, needed = recorded.judge_as_recorded(case), _needed(case)
    correction = correct_allegation(
        allegation=allegation,
        committed_on=committed_on,
        offence=offence,
        area=area,
        reason=reason,
        seen=seen,
        by=by,
    )
    case = Case.objects.get(pk=case.pk)
    # By the reason as well: a rank that decided on other facts has not decided on these.
    known = {(one.criterion, one.rank, one.reason) for one in before if one.blocks or one.need}
    after = recorded.judge_as_recorded(case)
    new = [one for one in after if (one.blocks or one.need) and (one.criterion, one.rank, one.reason) not in known]
    _check_lawful(new)
    _tell_partner(case, by)
    new = [one.asked_aside(reason.strip()) for one in new]
    _keep(case, [next((a for a in new if a.criterion == one.criterion), one) for one in after], by)
    if needs := [*_asked_by(new), *(need for need in _needed(case) if need not in needed)]:
        ask_again(case=case, needs=needs, correction=correction)
        _hold(case, by)
    return correction


def _needed(case: Case) -> list[Need]:
    """Which ranks the law asks of this resolution, for these crimes."""
    day = clock.local_date(case.decision.decided_at)
    allegations = list(case.allegations.select_related("offence"))
    return legal.authority_needed(case.decision, allegations, extra=(), officer=case.officer, on=day)


def _asked_by(judgements: list[Judgement]) -> list[Need]:
    """The ranks that the rules ask, those that may set a rule aside among them."""
    aside = [
        Need(one.override_by, f"A rule is to be set aside: {in_words(one.stored())}")
        for one in judgements
        if one.set_aside
    ]
    return [*(one.need for one in judgements if one.need is not None), *aside]


def _check_lawful(new: list[Judgement]) -> None:
    stopped = list(dict.fromkeys(one.reason for one in new if one.blocks and not one.may_be_set_aside))
    if stopped:
        raise Refused(
            f"Nothing was changed: corrected so, this could not have been decided as it was. {' '.join(stopped)} Tell"
            " your supervisor: what was agreed has to be ended, and the decision made anew."
        )


def _keep(case: Case, findings: list[Judgement], by: User) -> None:
    """What the rules say of the case as corrected, beside what they said at first."""
    first = recorded.answers_of(case)
    if not findings:
        return
    proposal = recorded.proposal_as_recorded(case)
    crimes = [recorded.crime_answers(one) for one in case.allegations.select_related("crime", "offence")]
    Assessment.objects.create(
        case=case,
        answers=first | {"crimes": crimes},
        findings=[one.stored() for one in findings],
        rules=judge.rules_in_words(proposal, clock.local_date(case.decision.decided_at)),
        assessed_by=by,
    )


def _tell_partner(case: Case, by: User) -> None:
    """A provider reads of what kind the first crime is: that must be the crime as it stands."""
    kind = case.allegations.select_related("offence").first().offence.group  # type: ignore[union-attr]
    live = Referral.objects.filter(case=case).exclude(state__in=[*Referral.ENDED, Referral.State.CLOSED])
    for referral in live.exclude(offence_category=kind).select_related("provider"):
        Referral.objects.filter(pk=referral.pk).update(offence_category=kind, version=F("version") + 1)
        if referral.state == Referral.State.HELD:
            continue
        audit.record(
            "referral.corrected",
            audit.Nature.DISCLOSURE,
            by=by,
            subjects=[referral, case, case.person],
            recipients=[referral.provider.name],
        )


def _hold(case: Case, by: User) -> None:
    """Nobody answers a referral whose decision waits again."""
    for referral in Referral.objects.filter(case=case, state=Referral.State.SENT):
        waits = Referral.objects.filter(pk=referral.pk, state=Referral.State.SENT)  # unless accepted at this moment
        if not waits.update(state=Referral.State.HELD, version=F("version") + 1):
            continue
        referral.refresh_from_db()
        log(referral, "referral.held", by=by)
