"""What a merge made a rank decide, once the two records are parted: taken back, or put to that rank again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F, Q

from cases import actions as case_actions
from cases import setting_aside
from cases.actions.correcting import ask_again, ask_what_is_left
from cases.findings import Need
from cases.models import Assessment, Authorisation, Case, Correction, PersonMerge, ProsecutorReferral
from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Refused
from diversion.unit_of_work import as_service
from referrals.actions.breaching import go_on_with
from referrals.actions.closing import close_what_waited
from referrals.actions.correcting import needs_of
from referrals.actions.deciding import send_held
from referrals.actions.moving import log
from referrals.actions.standing import follow
from referrals.judging import recorded
from referrals.models import Agreement, Referral
from referrals.schemes.capacity import take_place_again

State = Authorisation.State
CONFIRM = Need(
    "sergeant", "Two records of the person were put together and parted again: confirm that the decision stands."
)
REFUSED = (
    "This was refused while the person’s record was together with that of somebody else, and the two are parted:"
    " decide it again by the person’s own history."
)
#: What of an authorisation is put back as it stood.
DECIDED = (
    "state",
    "rank",
    "reasons",
    "asked_at",
    "decided_at",
    "decided_by_id",
    "decided_as",
    "rationale",
    "exceptional",
    "evidence_certified",
)
BY_PROSECUTOR = ("prosecutor", "prosecutor_on", "prosecutor_reference")


def take_back_what_it_asked(case: Case, merge: PersonMerge, because: str, by: User) -> None:
    """Undo for ``case`` what the merge had asked of a rank, now that its person's history is their own again.

    What waits only since then is asked no more: the case goes on as before, and a referral that was held goes on its
    way. Where it cannot (something else was corrected or said meanwhile, or the scheme takes nobody any more), a rank
    confirms. What was refused meanwhile is put to that rank again. What was authorised stays authorised.
    """
    asked = _asked_by(merge, case)
    standing = Authorisation.objects.filter(case=case).first()
    if asked is None or standing is None:
        return
    if standing.state == State.WAITING and case.closed_at is None:
        _stop_asking(case, standing, asked, because, by)
    elif standing.state == State.REFUSED and standing.decided_at and standing.decided_at >= asked.corrected_at:
        _ask_who_refused(case, standing, merge, because, by)
    follow(case.pk)


def _asked_by(merge: PersonMerge, case: Case) -> Correction | None:
    rows = Correction.objects.filter(case=case, changes__has_key="person", corrected_at__gte=merge.merged_at)
    return rows.filter(corrected_by=merge.merged_by, reason=merge.reason).first()


def _stop_asking(case: Case, standing: Authorisation, asked: Correction, because: str, by: User) -> None:
    _forget_set_aside(case, asked, because, by)
    judged = recorded.judge_as_recorded(case)
    left = needs_of(judged.findings, judged.unknown_rank) if judged else []
    of_the_parting = Q(changes__has_key="person", reason=because, corrected_by=by)
    alone = not Correction.objects.filter(case=case, pk__gt=asked.pk).exclude(of_the_parting).exists()
    try:
        with transaction.atomic():
            if alone and _as_before(standing, asked, left):
                _go_on(case, by)
                return
    except Refused:  # nobody may be sent there any more: what is parted is parted, and a rank sees to the rest
        standing.refresh_from_db()
    ask_what_is_left(case=case, needs=left, otherwise=CONFIRM)


def _as_before(standing: Authorisation, asked: Correction, left: Sequence[Need]) -> bool:
    """Have the authorisation as it stood before the merge; False where that is not known, or something was said."""
    if asked.authorised_before:
        given = _events(standing).filter(state=State.GIVEN).order_by("pgh_id").last()
        if given is None or given.decided_at != datetime.fromisoformat(asked.authorised_before["at"]):
            return False
        columns: dict[str, Any] = {name: getattr(given, name) for name in (*DECIDED, *BY_PROSECUTOR)}
        Authorisation.objects.filter(pk=standing.pk).update(**columns)
        return True
    first = _events(standing).order_by("pgh_id").first()
    is_of_merge = first is not None and first.asked_at >= asked.corrected_at
    if left or not is_of_merge or standing.spoken.exists() or standing.questions.exists() or _was_put(standing):
        return False
    standing.delete()  # its history stays
    return True


def _go_on(case: Case, by: User) -> None:
    if Agreement.objects.filter(case=case).exists():
        send_held(case, by=by)
    close_what_waited(case=case, by=by)


def _ask_who_refused(case: Case, standing: Authorisation, merge: PersonMerge, because: str, by: User) -> None:
    """Open the case again with what the refusal ended, and have that rank decide: unless it was decided anew since."""
    crimes = case.allegations.values("crime")
    since = {"recorded_at__gt": standing.decided_at, "person": case.person_id}
    if Case.objects.filter(allegations__crime__in=crimes, **since).exclude(pk=case.pk).exists():
        return
    ended = _ended_with(case, standing)
    case_actions.reopen(case=case, by=by)
    for referral, state in ended:
        _take_up(referral, state, by)
    go_on_with(case, by=by)
    case.refresh_from_db()
    correction = Correction.objects.create(
        case=case,
        allegation=case.allegations.earliest("pk"),
        changes={"person": [str(merge.kept), str(merge.merged)]},
        reason=because,
        corrected_by=by,
    )
    judged, need = recorded.judge_as_recorded(case), Need(standing.rank, REFUSED)
    left = needs_of(judged.findings, judged.unknown_rank) if judged else []
    ask_again(case=case, needs=[need], correction=correction)
    ask_what_is_left(case=case, needs=[need, *left])


@as_service()  # police read no history of voluntary support, which a refusal withdraws all the same
def _ended_with(case: Case, standing: Authorisation) -> list[tuple[Referral, str]]:
    """The referrals that the refusal withdrew, and the state of each before: it closed the case, so none came later."""
    refused = _events(standing).filter(state=State.REFUSED).order_by("pgh_id").last()
    found = []
    for referral in Referral.objects.filter(case=case, state=Referral.State.WITHDRAWN).select_related("slot"):
        history = list(
            apps.get_model("referrals.ReferralEvent")._base_manager.filter(pgh_obj=referral).order_by("pgh_id")
        )
        last = next((place for place, one in enumerate(history) if one.state == Referral.State.WITHDRAWN), 0)
        if refused is not None and last and history[last].pgh_created_at >= refused.pgh_created_at:
            found.append((referral, history[last - 1].state))
    return found


def _take_up(referral: Referral, state: str, by: User) -> None:
    """Support that had begun goes on until it is decided; nobody answers one that was only sent.

    Where somebody else has its place by now it stays withdrawn: the officer refers the person anew.
    """
    state = Referral.State.HELD if state == Referral.State.SENT else state
    try:
        take_place_again(referral)
    except Refused:
        return
    Referral.objects.filter(pk=referral.pk).update(state=state, version=F("version") + 1)
    referral.refresh_from_db()
    log(referral, "referral.held" if state == Referral.State.HELD else "referral.taken_up", by=by)


def _forget_set_aside(case: Case, asked: Correction, because: str, by: User) -> None:
    """Nobody decides any more on setting aside a rule that stood against the other person."""
    for one in Assessment.objects.filter(case=case, assessed_at__gte=asked.corrected_at, answers={}):
        if setting_aside.waiting(one.findings):
            one.findings = list(
                setting_aside.decided(
                    one.findings, decision=setting_aside.TAKEN_BACK, because=because, by=by, at=clock.now()
                )
            )
            one.save(update_fields=["findings"])


def _events(standing: Authorisation) -> Any:
    return apps.get_model("cases.AuthorisationEvent")._base_manager.filter(pgh_obj=standing)


def _was_put(standing: Authorisation) -> bool:
    return ProsecutorReferral.objects.filter(authorisation=standing).exists()
