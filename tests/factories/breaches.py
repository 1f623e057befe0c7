"""An agreement that is not being kept: heard on both sides, and decided."""

from cases import legal
from cases.models import Case
from diversion.accounts.models import User
from referrals.actions import breaching
from referrals.models import Breach, Referral

NO_EXCUSE = "Not kept, and no reasonable excuse was given."


def heard(breach: Breach, *, worker: User, advice: str = "prosecute", account: str = "") -> Breach:
    """With what the person says (nothing to a partner's worker, by default), and what ``worker`` recommends.

    A child was asked with their mother.
    """
    account = account or ("I have nothing to add." if worker.is_police else "")
    adult = "Ines Price" if legal.is_child(breach.case) else ""
    said = {"how": "said" if account else "nothing", "account": account, "adult": adult}
    breach = breaching.note_account(breach=breach, **said, version=breach.version, by=worker)
    why = "Tried by telephone and by letter."
    return breaching.advise(breach=breach, advice=advice, why=why, version=breach.version, by=worker)


def broken(case: Case, cast: dict[str, User], way: str = "prosecute") -> Breach:
    """It was decided by david that the agreement of ``case``, of amara's, was broken; george helped, if anybody."""
    case = Case.objects.get(pk=case.pk)
    breach = breaching.ask_for_account(case=case, by=cast["amara"])
    worker = cast["george"] if breach.referral_id else cast["amara"]
    told = "Pat Reed, youth justice" if legal.is_child(case) else ""
    ruling = breaching.Ruling(way=way, rationale=NO_EXCUSE, youth_justice=told)
    breach = heard(breach, worker=worker, advice=way)
    return breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["david"])


def last_of(referral: Referral) -> Breach:
    return Breach.objects.filter(referral=referral).latest("opened_at")
