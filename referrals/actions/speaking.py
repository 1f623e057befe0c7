"""Authority by radio or telephone: the officer enters who gave it, and that person confirms it afterwards.

It is for offers short of a caution, where the force's policy allows it. The offer may be explained and signed at once;
the case does not close before the authority is confirmed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.shortcuts import get_object_or_404

from cases import actions as case_actions
from cases import legal, rulebook, setting_aside
from cases.actions.authorising import check_authoriser, check_seen
from cases.actions.outbox import changed
from cases.authority_asks import asks_of, check_evidence
from cases.barred import OF_ANOTHER, bar_to
from cases.models import Authorisation, Case, SpokenAuthority
from cases.prosecutors import last_asked
from cases.trained import lacks_training
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.design_system.wording import clock_time, long_date
from diversion.refusals import Outdated, Refused
from referrals.actions.breaching import end_with
from referrals.actions.closing import close_what_waited
from referrals.actions.taking_back import hold_sent, withdraw_live
from referrals.judging.recorded import stands_against
from referrals.models import ProposedAgreement

#: How long after it was given it may still be entered: a long shift.
ENTERED_WITHIN = timedelta(hours=12)
State = SpokenAuthority.State


@dataclass(frozen=True)
class Spoken:
    """Who gave authority, by what, when (aware), and in what words."""

    named: User
    channel: str
    said_at: datetime
    words: str


@transaction.atomic
def enter_spoken(*, case: Case, spoken: Spoken, by: User) -> SpokenAuthority:
    """Enter authority that was given by radio or telephone for the proposal that waits on ``case``.

    Refused where the force's policy or the kind of offer does not allow it (`why_not_spoken`), and for a name that may
    not authorise this case: ``by`` themselves, the officer in the case, whoever corrected it, or somebody below the
    rank. Sent twice it is entered once.
    """
    access.check(by, Permission.RECORD_DECISION)
    case_actions.lock(case)
    authorisation = get_object_or_404(Authorisation, case__in=Case.objects.visible_to(by).filter(pk=case.pk))
    if earlier := _sent_before(authorisation, spoken, by):
        return earlier
    if why := why_not_spoken(authorisation):
        raise Refused(why)
    _check_said(spoken)
    named = spoken.named.at(spoken.said_at)  # who acts in the rank today may not have then, or the other way round
    _check_named(authorisation, named, by)
    hours = rulebook.settings_of(case.force, clock.today()).spoken_confirm_hours
    entered = SpokenAuthority.objects.create(
        authorisation=authorisation,
        named=named,
        rank=named.authorising_rank,
        is_acting=bool(named.acting_rank),
        channel=spoken.channel,
        said_at=spoken.said_at,
        words=spoken.words.strip(),
        entered_by=by,
        entered_at=clock.now(),
        confirm_by=spoken.said_at + timedelta(hours=hours),
    )
    Authorisation.objects.filter(pk=authorisation.pk).update(state=Authorisation.State.SPOKEN)
    detail = {"named": named.pk, "rank": entered.rank, "channel": entered.channel}
    _log("authority.spoken", entered, by, **detail)
    return entered


@transaction.atomic
def confirm_spoken(
    *, spoken: SpokenAuthority, answer: str, seen: int, by: User, evidence_met: bool = False
) -> SpokenAuthority:
    """Confirm authority that was given by radio or telephone: it is ``by``'s decision from now on.

    The named officer says that they gave it, and it counts from when they did. Where it was not confirmed in time
    somebody else of the rank decides instead, and it counts from now. ``seen`` is how many corrections of its crimes
    the page showed: nobody answers for a crime they have not read. ``evidence_met`` certifies that the evidence is
    enough to charge, as for `deciding.authorise`.
    """
    held = _held(spoken, by)
    authorisation, case = held.authorisation, held.authorisation.case
    if _is_answered(held, State.CONFIRMED, answer, by):
        return held
    if words := lacks_training(case, by, clock.today()):
        raise Refused(words)
    check_seen(case, seen)
    authorisation.evidence_certified = check_evidence(asks_of(authorisation), evidence_met)
    _keep_answer(held, State.CONFIRMED, answer, by)
    given_at = max(held.said_at, authorisation.asked_at) if by.pk == held.named_id else clock.now()
    authorisation.state, authorisation.rationale = Authorisation.State.GIVEN, answer.strip()
    authorisation.decided_at, authorisation.decided_by = given_at, by
    authorisation.decided_as = held.rank_in_words if by.pk == held.named_id else by.rank_in_words.lower()
    decided = ["state", "rationale", "decided_at", "decided_by", "decided_as"]
    authorisation.save(update_fields=[*decided, "evidence_certified"])
    _log("authority.confirmed", held, by, **by.acting_detail)
    close_what_waited(case=case, by=by)
    return held


@transaction.atomic
def deny_spoken(*, spoken: SpokenAuthority, answer: str, seen: int, by: User) -> SpokenAuthority:
    """Say that authority was not given so: the proposal waits for a decision again, with the reason among its own.

    A referral that nobody has answered is held meanwhile, as after a correction. What the person has signed, and
    support that has begun, goes on until that is decided: whoever decides it sees that it was signed.
    ``seen`` as for `confirm_spoken`.
    """
    held = _held(spoken, by)
    if _is_answered(held, State.DENIED, answer, by):
        return held
    check_seen(held.authorisation.case, seen)
    _keep_answer(held, State.DENIED, answer, by)
    authorisation = held.authorisation
    authorisation.state = Authorisation.State.WAITING
    authorisation.reasons = [*authorisation.reasons, in_words(held)]
    authorisation.save(update_fields=["state", "reasons"])
    hold_sent(authorisation.case, by)
    _log("authority.denied", held, by)
    return held


@transaction.atomic
def stop_spoken(*, spoken: SpokenAuthority, answer: str, seen: int, by: User) -> SpokenAuthority:
    """Stop the offer before the named officer has confirmed it: by somebody of a higher rank than theirs (`may_stop`).

    It is refused as on the page of the authorisation: its referral is withdrawn, what was signed ends, and the case
    closes without an outcome. ``seen`` as for `confirm_spoken`. Sent twice it is done once.
    """
    held = _held(spoken, by, stops=True)
    authorisation, case = held.authorisation, held.authorisation.case
    if _is_answered(held, State.STOPPED, answer, by):
        return held
    check_seen(case, seen)
    _keep_answer(held, State.STOPPED, answer, by)
    authorisation.state, authorisation.rationale = Authorisation.State.REFUSED, answer.strip()
    authorisation.decided_at, authorisation.decided_by = clock.now(), by
    authorisation.decided_as = by.rank_in_words.lower()
    authorisation.save(update_fields=["state", "rationale", "decided_at", "decided_by", "decided_as"])
    _log("authority.stopped", held, by, **by.acting_detail)
    withdraw_live(case, by)
    end_with(case, by=by)
    case_actions.close(case=case, outcomes={}, by=by)
    return held


def end_spoken(case: Case, by: User) -> None:
    """Nobody has to confirm any more what was said of an offer that the person has declined."""
    held = SpokenAuthority.objects.waiting().select_related("authorisation__case").filter(authorisation__case=case)
    for spoken in held:
        SpokenAuthority.objects.filter(pk=spoken.pk).update(state=State.LAPSED)
        Authorisation.objects.filter(pk=spoken.authorisation_id).update(state=Authorisation.State.LAPSED)
        _log("authority.lapsed", spoken, by)


def why_not_spoken(authorisation: Authorisation) -> str:
    """Why authority for this cannot be given by radio or telephone, with what to do instead; "" where it can."""
    case = authorisation.case
    disposal = legal.disposal_of(case.decision)
    if not rulebook.settings_of(case.force, clock.today()).spoken_authority:
        return "Your force’s policy does not let authority be given by radio or telephone: it is decided on the page."
    if authorisation.state != Authorisation.State.WAITING:
        return "This waits for no authority: open the case again to see how it stands."
    if not ProposedAgreement.objects.filter(case=case, explained_at__isnull=True).exists():
        return "The person has signed this already, or was offered nothing: it is decided on the page."
    if disposal is not None and disposal.code.is_caution:
        return "A caution is not authorised by radio or telephone: it is decided on the page."
    if authorisation.rank == "prosecutor" or last_asked(authorisation) is not None:
        return "A prosecutor decides this: an inspector or above records on the page what they decided."
    if any(setting_aside.waiting(one.findings) for one in case.assessments.all()):
        return "A rule is asked to be set aside: whoever decides that reads it and says why on the page."
    if stands_against(case):
        return "A correction has made this unlawful: nobody may authorise it, and whoever decides ends it on the page."
    if authorisation.questions.filter(answered_at__isnull=True).exists():
        return "A question about this waits for its answer: answer it first."
    if authorisation.spoken.filter(state=State.DENIED).exists():
        return "Authority for this was entered once and not confirmed: it is decided on the page now."
    return ""


def may_answer(spoken: SpokenAuthority, user: User) -> bool:
    """Whether it is ``user``'s to confirm: the named officer's, and once it is overdue anybody's who may authorise."""
    return spoken.is_waiting and (user.pk == spoken.named_id or spoken.is_overdue)


def may_stop(spoken: SpokenAuthority, user: User) -> bool:
    """Whether ``user`` may stop the offer while it waits: they hold a higher rank than whoever is to confirm it."""
    higher = user.authorising_rank != spoken.rank and legal.outranks(user.authorising_rank, spoken.rank)
    return spoken.is_waiting and user.pk != spoken.named_id and higher


def in_words(spoken: SpokenAuthority) -> str:
    """What became of authority that was denied, as whoever decides now reads it."""
    moment = f"{clock_time(spoken.said_at)} on {long_date(spoken.said_at)}"
    return (
        f"{spoken.entered_by} entered that {spoken.named} gave authority by {spoken.get_channel_display().lower()} at"
        f" {moment}. {spoken.answered_by} did not confirm it: {spoken.answer}"
    )


def _sent_before(authorisation: Authorisation, spoken: Spoken, by: User) -> SpokenAuthority | None:
    said = {"named": spoken.named, "said_at": spoken.said_at, "words": spoken.words.strip(), "entered_by": by}
    return authorisation.spoken.waiting().filter(**said).first()


def _check_said(spoken: Spoken) -> None:
    if spoken.channel not in SpokenAuthority.Channel.values:
        raise Refused("Choose whether it was by radio or by telephone.")
    if not spoken.words.strip():
        raise Refused("Write what they said, in a sentence.")
    if not clock.now() - ENTERED_WITHIN <= spoken.said_at <= clock.now():
        raise Refused("Enter when they said it: at most 12 hours ago, and not still to come.")


def _check_named(authorisation: Authorisation, named: User, by: User) -> None:
    """Whoever is named may decide this case on its page too: the radio gives nobody a power."""
    case = authorisation.case
    if named.pk == by.pk:
        raise Refused("Nobody authorises what they enter themselves: name whoever gave you authority.")
    if named.organisation_id != case.force_id or not named.can(Permission.AUTHORISE):
        raise Refused(f"{named} authorises nothing at {case.force}: name somebody who does.")
    if bar := bar_to(case, authorisation.rank, named):
        raise Refused(OF_ANOTHER[bar].format(who=named, rank=authorisation.rank))
    if lacks_training(case, named, clock.today()):
        raise Refused(f"There is domestic abuse, and {named} has no training in it that counts today: name another.")


def _held(spoken: SpokenAuthority, by: User, *, stops: bool = False) -> SpokenAuthority:
    """The authority with its case, held until the transaction ends; refused to whoever may not answer for it."""
    access.check(by, Permission.AUTHORISE)
    rows = SpokenAuthority.objects.filter(authorisation__case__force=by.organisation)
    case = get_object_or_404(rows.select_related("authorisation__case"), pk=spoken.pk).authorisation.case
    case_actions.lock(case)
    held = rows.select_related("named", "entered_by", "authorisation__case__decision").get(pk=spoken.pk)
    check_authoriser(held.authorisation.case, held.authorisation.rank, by)
    if by.pk == held.entered_by_id:
        raise Refused("You entered this: someone else must confirm it.")
    if stops and held.is_waiting and not may_stop(held, by):
        raise Refused(f"Only somebody of a higher rank than {held.named} stops this before it is confirmed.")
    if held.is_waiting and not stops and not may_answer(held, by):
        raise Refused(f"{held.named} confirms this. Once their time has ended, somebody else may decide.")
    return held


def _is_answered(held: SpokenAuthority, state: str, answer: str, by: User) -> bool:
    """Whether ``by`` has sent this very answer before. Outdated where it was answered otherwise."""
    if held.is_waiting:
        return False
    if (held.state, held.answer, held.answered_by_id) != (state, answer.strip(), by.pk):
        raise Outdated("This authority")
    return True


def _keep_answer(held: SpokenAuthority, state: State, answer: str, by: User) -> None:
    if not answer.strip():
        raise Refused("Say why, in a sentence.")
    held.state, held.answer, held.answered_at, held.answered_by = state, answer.strip(), clock.now(), by
    held.save(update_fields=["state", "answer", "answered_at", "answered_by"])


def _log(kind: str, spoken: SpokenAuthority, by: User, **detail: object) -> None:
    case = spoken.authorisation.case
    audit.record(kind, audit.Nature.ALTERATION, by=by, subjects=[case, case.person], detail=detail)
    changed(case)
