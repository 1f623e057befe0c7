"""What the victims of a case chose from the community remedy document, beside what is agreed or proposed."""

from collections.abc import Collection
from dataclasses import dataclass

from cases import remedies
from cases.models import Allegation, Case, VictimRecord
from cases.models.remedy import RemedyAction
from cases.models.victim import with_victim_for
from diversion.accounts.models import User
from referrals.models import Condition, ProposedAgreement


@dataclass(frozen=True)
class Asked:
    """One victim's answer. ``unmet`` is what nothing agreed or proposed does."""

    allegation: Allegation
    chosen: list[RemedyAction]
    unmet: list[RemedyAction]
    has_no_preference: bool


def kinds_of(case: Case) -> set[str]:
    """The kinds of the conditions that are agreed in a case and stand; of those proposed, where nobody has agreed."""
    agreed = list(Condition.objects.filter(agreement__case=case).values_list("kind", "state"))
    if agreed:
        return {kind for kind, state in agreed if state != Condition.State.CANCELLED}
    proposal = ProposedAgreement.objects.filter(case=case).first()
    return {one["kind"] for one in proposal.conditions} if proposal else set()


def asked_in(case: Case, *, among: Collection[int] | None = None) -> list[Asked]:
    """Each victim of a case who has answered; ``among`` these crimes. Pages say which: those that `asked_for` finds."""
    rows = VictimRecord.objects.filter(allegation__case=case).exclude(remedies=[])
    rows = rows if among is None else rows.filter(allegation__in=among)
    found = list(rows.select_related("remedy_document", "allegation__victim"))
    kinds = kinds_of(case) if found else set()
    return [_asked(one, kinds) for one in found]


def asked_for(case: Case, *, by: User) -> list[Asked]:
    """Those of them of whom ``by`` may know."""
    return asked_in(case, among=list(with_victim_for(by).filter(case=case).values_list("pk", flat=True)))


def _asked(record: VictimRecord, kinds: set[str]) -> Asked:
    return Asked(
        allegation=record.allegation,
        chosen=remedies.chosen(record),
        unmet=remedies.unmet(record, kinds),
        has_no_preference=remedies.NO_PREFERENCE in record.remedies,
    )
