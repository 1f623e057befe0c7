"""Whether a decision may still be withdrawn: nobody has answered it, acted on it or been told of it yet."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Value
from django.utils.translation import gettext as _

from cases.codes import DecisionResult
from cases.law.codes import DisposalCode
from cases.legal import NO_DISPOSAL
from cases.models import Authorisation, Case, ProsecutorReferral, Rescission, VictimDuty, Withdrawal
from cases.models.victim import DutyKind
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from referrals.models import Agreement, Condition, ConditionChange, Referral, SchemeVersion

State = Authorisation.State
VOLUNTARY = SchemeVersion.Confidentiality.VOLUNTARY
#: What binds nobody, though it is signed: neither a caution nor a penalty, and nothing follows where it is not kept.
BINDS_NOBODY = (NO_DISPOSAL, DisposalCode.COMMUNITY_RESOLUTION.value, DisposalCode.OUTCOME_22.value)


def is_theirs(case: Case, by: User) -> bool:
    """Whether ``by`` may withdraw the decision on ``case``: its officer, whoever made it, or the hub."""
    own = by.pk in (case.officer_id, case.decision.decided_by_id)
    return by.can(Permission.MANAGE_SCHEMES) or (own and by.can(Permission.RECORD_DECISION))


def is_left_open(case: Case) -> bool:
    """Whether nothing was decided yet: only that the case was recorded can be in error."""
    return bool(case.decision.result == DecisionResult.UNDECIDED)


def why_not_withdrawn(case: Case, found: Collection[str] | None = None) -> str:
    """Why the decision on ``case``, which the caller has opened, is not withdrawn, in a sentence; "" where it may be.

    Of voluntary support the answer is the same whatever came of it. ``found``: the kinds of `what_stops` of which there
    is any, where the caller has asked.
    """
    if is_left_open(case):
        return _("This case is closed: nothing was decided in it.") if case.closed_at else ""
    if case.brought_as:
        return _("This was decided elsewhere: it is withdrawn there.")
    if clock.now() - case.decision.decided_at > timedelta(days=settings.WITHDRAW_DAYS):
        days = {"n": settings.WITHDRAW_DAYS}
        return _("This was decided more than %(n)d days ago: it is not withdrawn any more.") % days
    found = _stops(case) if found is None else found
    binds = case.decision.disposal not in BINDS_NOBODY
    return next((_WORDS[kind]() for kind in _WORDS if kind in found and (kind != SIGNED or binds)), "")


RESCINDED, VOLUNTARY_SENT, ANSWERED, REFUSED, SPOKEN, PUT, SIGNED, SETTLED, TOLD = (
    *("rescinded", "voluntary", "answered", "refused", "spoken", "put", "signed", "settled", "told"),
)
#: What stops it, in words; the first that holds is said.
_WORDS = {
    RESCINDED: lambda: _("Somebody has asked that this decision be rescinded, or it is: it is not withdrawn."),
    VOLUNTARY_SENT: lambda: _(
        "The person was sent to voluntary support, of which police hear nothing more: the decision is not withdrawn."
    ),
    ANSWERED: lambda: _("The partner has answered: the decision is not withdrawn any more."),
    REFUSED: lambda: _("This was not authorised, and ended with that: record what is decided in its place."),
    SPOKEN: lambda: _(
        "Authority was given by radio or telephone and is not confirmed yet: whoever gave it answers first."
    ),
    PUT: lambda: _("This was put to a prosecutor: whoever authorises it acts on what the prosecutor decides."),
    SIGNED: lambda: _("This was signed, and binds: the decision is not withdrawn any more."),
    SETTLED: lambda: _("Something that was agreed is done or changed: the decision is not withdrawn any more."),
    TOLD: lambda: _("A victim was told of this decision: it is not withdrawn any more."),
}


def _stops(case: Case) -> set[str]:
    """Which kinds of thing stop it, in one statement."""
    kinds = what_stops(case.pk)
    firsts = [rows.order_by().values_list(Value(kind), flat=True)[:1] for kind, rows in kinds.items()]
    return set(firsts[0].union(*firsts[1:], all=True))


def what_stops(case: int) -> dict[str, QuerySet[Any]]:
    """What stops it that ``case`` (an id) may have, by kind; a signature stops what binds alone."""
    of_case = {"case": case}
    referrals, asked = Referral.objects.filter(**of_case), Authorisation.objects.filter(**of_case)
    is_voluntary = Q(scheme_version__confidentiality=VOLUNTARY)
    put = ProsecutorReferral.objects.filter(authorisation__case=case)
    conditions = Condition.objects.filter(agreement__case=case)
    changes = ConditionChange.objects.filter(condition__agreement__case=case)
    told = VictimDuty.objects.filter(allegation__case=case, kind=DutyKind.DECISION, done_at__isnull=False)
    return {
        RESCINDED: Rescission.objects.filter(**of_case).exclude(state=Rescission.State.REFUSED),
        VOLUNTARY_SENT: referrals.filter(is_voluntary, sent_at__isnull=False),
        ANSWERED: referrals.exclude(is_voluntary).filter(decided_at__isnull=False),
        REFUSED: asked.filter(state=State.REFUSED),
        SPOKEN: asked.filter(state=State.SPOKEN),
        PUT: put.exclude(state=ProsecutorReferral.State.TAKEN_BACK),
        SIGNED: Agreement.objects.filter(**of_case),
        SETTLED: conditions.filter(Q(pk__in=changes.values("condition")) | ~Q(state=Condition.State.OPEN)),
        TOLD: told.exclude(channel=""),  # "": who wants no updates, and was told nothing
    }


def in_error_for_home(*, by: User) -> Shown[Withdrawal]:
    """What was closed as recorded in error, the latest first, for the coordinator."""
    return first(Withdrawal.objects.shown_to(by).select_related("case__person", "by").order_by("-at", "-pk"))
