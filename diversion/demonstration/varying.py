"""Two changes to agreements of made-up people: one that waits for a rank, and one that was decided."""

from cases import legal
from cases.law.codes import ConditionType
from diversion import clock
from diversion.accounts.models import User
from diversion.unit_of_work import unit_of_work
from referrals.actions import varying
from referrals.actions.varying import Change
from referrals.models import Condition, ConditionChange, Referral

LASTING = [kind for kind in ConditionType if kind.lasts]
OPEN = (Referral.State.ACCEPTED, Referral.State.STARTED)
ASKED = (
    ("work", "A new job with shifts: half of it by day, and the rest by telephone.", "I will do half of it by phone."),
    ("caring", "Looks after a parent who came out of hospital on Monday.", "I will do this from home, by phone."),
)


def tell(people: dict[str, User]) -> int:
    """Ask for both and decide the second, where there is somebody and it is not told yet; how many there are then."""
    with unit_of_work("demonstration"):
        told = len(ConditionChange.objects.filter(because__in=[because for _reason, because, _words in ASKED]))
        for condition, (reason, because, words) in zip(_conditions(), ASKED[told:], strict=False):
            change = _ask(condition, reason, because, words)
            told += 1
            if told == len(ASKED):
                by = people["carol"] if legal.may_record_decision("sergeant", change.rank) else people["david"]
                varying.authorise_change(change=change, rationale="It can still be kept this way.", by=by)
    return told


def _conditions() -> list[Condition]:
    """What may be changed in the force that has a sergeant: of one person each, the longest due first."""
    rows = Condition.objects.filter(
        state=Condition.State.OPEN,
        changes__isnull=True,
        agreement__case__force__slug="avonford",
        agreement__case__decision__disposal__in=("community_resolution", "deferred_charge"),
        agreement__referral__state__in=OPEN,
        agreement__referral__scheme_version__confidentiality="enforceable",
        agreement__referral__navigator__isnull=False,
        due_on__gte=clock.today(),
        partner_wording="",
    ).exclude(kind__in=LASTING)
    found = rows.exclude(agreement__referral__appointments__isnull=True).order_by("-due_on", "pk").distinct()
    first: dict[int, Condition] = {}
    for one in found.select_related("agreement__referral__navigator", "agreement__case"):
        first.setdefault(one.agreement_id, one)
    return list(first.values())[: len(ASKED)]


def _ask(condition: Condition, reason: str, because: str, words: str) -> ConditionChange:
    case = condition.agreement.case
    change = Change(
        way="other",
        reason=reason,
        wording=words,
        because=because,
        agreed_on=clock.today(),
        agreed_how="signed",
        adult="Jo Marsh" if legal.is_child(case) else "",
    )
    by = User.objects.get(caseload__agreement=condition.agreement)
    return varying.change_condition(condition=condition, change=change, version=condition.version, by=by)
