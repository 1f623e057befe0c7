"""Sending somebody to another scheme after a partner declined: judged as anew, on the answers that were given."""

from datetime import date, timedelta

from django.db import transaction

from cases import actions as case_actions
from cases import setting_aside
from cases.findings import Identity
from cases.models import Assessment, Authorisation, Case
from diversion import access, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.closing import close_without_partner
from referrals.actions.deciding import send
from referrals.actions.standing import follow
from referrals.judging import recorded
from referrals.judging.judge import Judged, rules_in_words
from referrals.judging.proposal import Proposal
from referrals.models import Agreement, Condition, Referral, SchemeVersion, Slot
from referrals.queries.cases import may_refer_again
from referrals.schemes import length
from referrals.schemes.condition_words import ConditionDetails


@transaction.atomic
def refer_again(*, case: Case, scheme_version: SchemeVersion, slot: Slot | None, by: User) -> Referral:
    """Send the person to another scheme after a partner declined; the agreement goes with them.

    What the new scheme requires is added to it. Raises Refused for the scheme that declined, for one whose rules or
    whose length stop it, and where a rank must decide that has not decided it in this case.
    """
    access.check(by, Permission.RECORD_DECISION)
    case_actions.lock(case)
    _check_returned(case, scheme_version, by)
    added = missing_conditions(case, scheme_version)
    proposal = recorded.proposal_of(case, scheme_version, added)
    judged = recorded.judge_again(proposal, clock.today())
    _check_judged(case, judged)
    referral = send(case, scheme_version, slot, by=by)
    ends_on = length.end_of(scheme_version, clock.today())
    Agreement.objects.filter(case=case).update(referral=referral, ends_on=ends_on)
    for details in added:
        Condition.objects.create(agreement=Agreement.objects.get(case=case), **vars(details))
    _keep(case, proposal, judged, by)
    if case.closed_at is None:
        close_without_partner(case=case, by=by)
    follow(case.pk)  # conditions were added after the last change that was told
    return referral


def missing_conditions(case: Case, version: SchemeVersion) -> list[ConditionDetails]:
    """What ``version`` requires and the agreement of ``case`` does not hold yet, due as the scheme says."""
    held = set(recorded.conditions_of(case).values_list("kind", "wording"))
    required = version.condition_templates.filter(is_mandatory=True)
    end = length.end_of(version, clock.today())
    return [
        ConditionDetails(one.kind, one.object, one.wording, _due(one.due_days, end), sessions=one.sessions)
        for one in required
        if (one.kind, one.wording) not in held
    ]


def _due(days: int | None, end: date | None) -> date:
    usual = clock.today() + timedelta(days=days or 28)
    return min(usual, end) if days and end else end or usual


def _check_returned(case: Case, version: SchemeVersion, by: User) -> None:
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise Outdated("This case")
    referrals = Referral.objects.filter(case=case)
    if referrals.exclude(state__in=Referral.ENDED).exists():
        raise Refused("This case already has a referral.")
    declined = referrals.filter(state=Referral.State.DECLINED)
    if not may_refer_again(case):
        raise Outdated("This case")
    if declined.filter(scheme_version__scheme=version.scheme_id).exists():
        raise Refused(f"{version.scheme.name} has declined this person: choose another scheme.")


def _check_judged(case: Case, judged: Judged) -> None:
    aside = {_key(one) for one in _set_aside_before(case)}
    blocked = list(dict.fromkeys(one.reason for one in judged.findings if one.blocks and one.identity not in aside))
    if blocked:
        raise Refused(" ".join(blocked))
    unanswered = list(dict.fromkeys(one.reason for one in judged.findings if one.is_unanswered))
    if unanswered:
        words = " ".join(unanswered)
        raise Refused(f"This scheme asks what nobody has answered in this case: {words} Record a new decision.")
    given = Authorisation.objects.filter(case=case, state__in=Authorisation.LETS_SIGN).first()
    asked = [need for need in judged.needs if given is None or need.reason not in given.reasons]
    if asked:
        words = " ".join(dict.fromkeys(need.reason for need in asked))
        raise Refused(f"{words} That rank has not decided this here: record it as a new decision.")


def _key(kept: setting_aside.Kept) -> Identity:
    return (str(kept["rule"]), str(kept.get("version", "")), str(kept.get("rank", "")), str(kept.get("crime", "")))


def _set_aside_before(case: Case) -> list[setting_aside.Kept]:
    """What a rank has set aside in this case stays so; a rule of the new scheme is not among it."""
    found = [one for assessment in case.assessments.all() for one in setting_aside.given(assessment.findings)]
    return [one for one in found if not str(one["rule"]).startswith("scheme.")]


def _keep(case: Case, proposal: Proposal, judged: Judged, by: User) -> None:
    version = proposal.plan.version
    Assessment.objects.create(
        case=case,
        answers={"scheme": version.scheme.slug if version else ""},
        findings=[one.stored() for one in judged.findings],
        rules=rules_in_words(proposal, clock.today()),
        assessed_by=by,
    )
