"""Reading what is known of victims: whoever is owed something, and one record. Nobody at a partner reads any of it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from cases.models import Allegation, Crime, VictimDuty
from cases.models.crime import crime_number
from cases.models.victim import of_one_victim, with_victim_for
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from referrals.judging.variation import touches_victim
from referrals.models import Agreement, Condition, Referral
from referrals.queries.standing import VOLUNTARY

OF_CASE = ("case__person", "case__decision", "case__officer", "crime", "offence", "victim", "victim_record")


def duty_keys(*, by: User, kind: str = "", text: str = "", most: int) -> list[int]:
    """The ids of the first ``most`` things that victims are owed and ``by`` may know of, the nearest day first.

    ``text`` is a case reference or the beginning of a crime number.
    """
    rows = VictimDuty.objects.to_do_now().filter(allegation__in=with_victim_for(by))
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        number = crime_number(text)
        crimes = Crime.objects.numbered_from(number, force=by.organisation)
        rows = rows.filter(
            Q(allegation__case__reference__in=[number, f"DV-{number}"]) | Q(allegation__crime__in=crimes)
        )
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True)[:most])


def duty_rows(keys: Sequence[int]) -> list[VictimDuty]:
    """The duties of `duty_keys`, in their order, with what a list shows. The view logs whom it shows."""
    rows = VictimDuty.objects.filter(pk__in=keys)
    found = {one.pk: one for one in rows.select_related("allegation__case", "allegation__crime", "allegation__victim")}
    return [found[key] for key in keys if key in found]


def due_to_victims(*, by: User) -> QuerySet[VictimDuty]:
    """What is due by today in ``by``'s own cases; for a victim coordinator all that is owed in the force."""
    rows = VictimDuty.objects.to_do_now().filter(allegation__in=with_victim_for(by))
    if by.can(Permission.VIEW_VICTIMS):
        return rows
    return rows.filter(due_on__lte=clock.today(), allegation__case__officer=by.pk)


def duties_for_home(*, by: User) -> Shown[VictimDuty]:
    """The first ten of them, the nearest day first."""
    return first(due_to_victims(by=by).select_related("allegation__case").order_by("due_on", "pk"))


def open_victim(*, reference: str, pk: int, by: User) -> Any:
    """The crime of a case with its victim and all that is kept of them; 404 for whoever may not know."""
    rows = with_victim_for(by).select_related(*OF_CASE)
    rows = rows.prefetch_related("victim_contacts__recorded_by", "victim_duties__done_by")
    asked = rows.filter(pk=pk, case__reference=reference).first()
    if asked is None:
        raise Http404("No victim whom you may know of is recorded there.")
    allegation = rows.get(pk=of_one_victim(asked)[0].pk)  # it holds what is kept of this victim in the case
    subjects = [allegation.case, allegation.victim]
    audit.record("victim.record_opened", audit.Nature.CONSULTATION, by=by, subjects=[one for one in subjects if one])
    return allegation


def owed_conditions(allegation: Allegation) -> tuple[Agreement | None, list[Condition], bool]:
    """The agreement of the case, what of it touches a victim, and whether its state is shared with police."""
    agreement = Agreement.objects.filter(case=allegation.case_id).first()
    if agreement is None:
        return None, [], True
    voluntary = Referral.objects.filter(case=allegation.case_id, scheme_version__confidentiality=VOLUNTARY)
    found = [one for one in agreement.conditions.all() if touches_victim(one)]
    return agreement, found, not voluntary.exists()


def is_only_victim(allegation: Allegation) -> bool:
    """Whether nobody else was harmed in the case: then the words of a condition tell of nobody else."""
    others = Allegation.objects.filter(case=allegation.case_id, victim__isnull=False)
    return not others.exclude(victim=allegation.victim_id).exists()
