"""Who may not authorise a case whatever anybody says: nobody decides on their own, nor above their rank."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases import legal
from cases.models import (
    Authorisation,
    Case,
    OffenceReview,
    Rescission,
    Withdrawal,
)
from cases.queries import has_corrected, has_merged
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission

#: From what rank somebody answers a complaint.
ANSWERS = "sergeant"


class Bar(StrEnum):
    """What bars somebody, with what they are told of it."""

    OWN = "You are the officer in this case: someone else must decide it."
    CORRECTED = "You corrected a crime in this case: someone else must decide it."
    MERGED = "You put two records of this person together, or parted them: someone else must decide it."
    RANK = "This needs the rank of {rank} or above."


#: The same of somebody else, as whoever names them is told.
OF_ANOTHER = {
    Bar.OWN: "{who} decided on this case or has it: name somebody else.",
    Bar.CORRECTED: "{who} corrected a crime in this case: name somebody else.",
    Bar.MERGED: "{who} put two records of the person together, or parted them: name somebody else.",
    Bar.RANK: "{who} does not hold the rank of {rank} or above: name somebody who does.",
}


def bar_to(case: Case, rank: str, who: User) -> Bar | None:
    """Why ``who`` may not authorise ``case``, for which ``rank`` is needed; None where they may."""
    if who.pk in (case.officer_id, case.decision.decided_by_id):  # who decided may have handed the case over since
        return Bar.OWN
    if bar := bar_of_correction(case, who):
        return bar
    return None if legal.may_record_decision(who.authorising_rank, rank) else Bar.RANK


def bar_of_correction(case: Case, who: User) -> Bar | None:
    """What bars whoever corrected what the decision on ``case`` rests on; None where they corrected nothing of it."""
    if not has_corrected(case, by=who):
        return None
    return Bar.MERGED if has_merged(case, by=who) else Bar.CORRECTED


def took_part(case: Case, who: User) -> bool:
    """Whether ``who`` had a part in the decision on ``case``: then they do not judge what somebody says against it.

    The officer in the case, and whoever decided, corrected it (`has_corrected`), authorised or refused it (also before
    a correction had that decided again), entered authority by radio or telephone, was named as having given it, or
    answered for it; of a decision that was withdrawn too.
    """
    if who.pk in (case.officer_id, case.decision.decided_by_id) or has_corrected(case, by=who):
        return True
    spoken = Q(named=who) | Q(entered_by=who) | Q(answered_by=who)
    if _of_authority("SpokenAuthority", case).filter(spoken).exists():
        return True
    if Authorisation.objects.filter(case=case, decided_by=who).exists():
        return True
    if Withdrawal.objects.filter(Q(decided_by=who) | Q(authorised_by=who) | Q(by=who), case=case).exists():
        return True
    return _authorities(case).filter(decided_by=who).exists()  # a correction takes it off the row


def _authorities(case: Case) -> "QuerySet[Any]":
    """Whatever the authority of ``case`` has said: also of a decision that was withdrawn, with which its row went."""
    return apps.get_model("cases.AuthorisationEvent")._base_manager.filter(case=case.pk)


def _of_authority(model: str, case: Case) -> "QuerySet[Any]":
    """The history of what hangs on the authority of ``case``, of whichever decision."""
    rows = apps.get_model(f"cases.{model}Event")._base_manager.all()
    return rows.filter(authorisation__in=_authorities(case).values("pgh_obj"))


#: What floors above know of a part that somebody had: each answers by what it keeps of the case.
PARTS: list[Callable[[Case, User], bool]] = []


def had_a_hand(case: Case, who: User) -> bool:
    """Whether ``who`` had a part in the decision (`took_part`), or in the case beside it.

    As its officer once, by asking about the decision, putting it to a prosecutor or having it rescinded, by telling of
    a new offence, or by deciding what followed.
    """
    if took_part(case, who):
        return True
    once = apps.get_model("cases.CaseEvent")._base_manager.filter(pgh_obj=case, officer=who)
    asked = _of_authority("AuthorisationQuestion", case).filter(asked_by=who)
    put = _of_authority("ProsecutorReferral", case).filter(asked_by=who)
    ended = Rescission.objects.filter(Q(asked_by=who) | Q(decided_by=who), case=case)
    told = Q(told_by=who) | Q(confirmed_by=who) | Q(decided_by=who)
    reviewed = OffenceReview.objects.filter(told, case=case)
    return any(rows.exists() for rows in (once, asked, put, ended, reviewed)) or any(part(case, who) for part in PARTS)


def bar_to_answer(case: Case, who: User) -> str:
    """Why ``who`` may not answer a complaint about ``case``, in a sentence; "" where they may.

    From a sergeant up, or the hub; nobody answers for what they did themselves (`had_a_hand`).
    """
    if not (who.can(Permission.MANAGE_SCHEMES) or legal.may_record_decision(who.authorising_rank, ANSWERS)):
        return _("A complaint is answered from the rank of sergeant up, or by the coordinator.")
    if had_a_hand(case, who):
        return _("You had a part in deciding on this case: somebody else answers the complaint.")
    return ""
