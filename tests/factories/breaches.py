"""An agreement that is not being kept: heard on both sides, and decided."""

from cases.models import Case
from diversion.accounts.models import User
from referrals.actions import breaching
from referrals.models import Breach, Referral

NO_EXCUSE = "Not kept, and no reasonable excuse was given."


def heard(breach: Breach, *, worker: User, advice: str = "prosecute", account: str = "") -> Breach:
    """With what the person says (nothing, by default), and what ``worker`` recommends."""
    how = "said" if account else "nothing"
    breach = breaching.note_account(breach=breach, how=how, account=account, version=breach.version, by=worker)
    why = "Tried by telephone and by letter."
    return breaching.advise(breach=breach, advice=advice, why=why, version=breach.version, by=worker)


def broken(case: Case, cast: dict[str, User], way: str = "prosecute") -> Breach:
    """It was decided by david that the agreement of ``case``, of amara's, was broken; george helped, if anybody."""
    case = Case.objects.get(pk=case.pk)
    breach = breaching.ask_for_account(case=case, by=cast["amara"])
    worker = cast["george"] if breach.referral_id else cast["amara"]
    ruling = breaching.Ruling(way=way, rationale=NO_EXCUSE)
    return breaching.decide_breach(breach=heard(breach, worker=worker, advice=way), ruling=ruling, by=cast["david"])


def last_of(referral: Referral) -> Breach:
    return Breach.objects.filter(referral=referral).latest("opened_at")
