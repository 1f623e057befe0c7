"""Reading dip samples, and those of what was issued alone; whoever is shown is logged."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from cases.models import Case
from cases.queries import log_shown
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.home import Shown, first
from reporting.door import Audience, Leaving, leave
from reporting.measures import sampling
from reporting.models import (
    AloneItem,
    AloneSample,
    DipSample,
    DipSampleItem,
)
from reporting.queries import TOLD_FOR, may_open_cases


def dip_samples(*, by: User) -> QuerySet[DipSample]:
    """The dip samples of ``by``'s own force, the latest first."""
    return DipSample.objects.visible_to(by).select_related("drawn_by", "force")


def open_sample(*, reference: str, by: User) -> DipSample:
    """A dip sample of ``by``'s own force, or 404; looking at it is logged."""
    sample = get_object_or_404(dip_samples(by=by), reference=reference)
    audit.record("dip_sample.opened", audit.Nature.CONSULTATION, by=by, subjects=[sample])
    return sample


def found_in(sample: DipSample, *, by: User) -> Leaving:
    """The strata of a dip sample, and what was found in each; exact and not for release."""
    return leave(sampling.told(sample), audience=Audience.OPERATIONAL, force=sample.force, by=by)


def sample_items(sample: DipSample, *, by: User) -> list[DipSampleItem]:
    """The cases or suspects that were drawn, for whoever may open every case of the force; nothing for anybody else.

    Those of them that are still held are logged as shown.
    """
    items = list(_items(sample, by=by)) if may_open_cases(by) else []
    if items:
        _log_sampled(sample, items, by=by)
    return items


def sample_item(*, reference: str, place: int, by: User) -> DipSampleItem:
    """One of them, or 404. PermissionDenied for whoever may not open the cases of the force. Logged as shown."""
    if not may_open_cases(by):
        raise PermissionDenied
    sample = get_object_or_404(dip_samples(by=by), reference=reference)
    item = get_object_or_404(_items(sample, by=by), place=place)
    _log_sampled(sample, [item], by=by)
    return item


def _items(sample: DipSample, *, by: User) -> QuerySet[DipSampleItem]:
    may_see = Q(case=None) | Q(case__in=Case.objects.visible_to(by))
    shown = ("sample", "found_by", "suspect", "case__decision", "case__team")
    return (
        sample.items.filter(may_see)
        .select_related(*shown)
        .prefetch_related("case__allegations__offence", "case__withdrawals", "case__rescissions")
    )


def _log_sampled(sample: DipSample, items: Iterable[DipSampleItem], *, by: User) -> None:
    """Log the cases and suspects of ``items`` as shown, but for those that have been erased."""
    held = [one.case or one.suspect for one in items]
    log_shown("dip_sample.shown", [sample, *(one for one in held if one)], by=by)


def alone_samples(*, by: User) -> tuple[list[AloneSample], set[int]]:
    """The last ten samples of what was issued alone in ``by``'s team, the latest first, with what was found.

    With the ids of those of their cases that ``by`` may see: one may have gone to another team since.
    """
    rows = AloneSample.objects.visible_to(by).select_related("drawn_by", "team")
    read = ("items__case__person", "items__case__decision", "items__case__rescissions", "items__found_by")
    samples = list(rows.prefetch_related(*read)[:10])
    held = {item.case.pk: item.case for sample in samples for item in sample.items.all() if item.case}
    seen = set(Case.objects.visible_to(by).filter(pk__in=held).values_list("pk", flat=True))
    log_shown("alone_sample.shown", [held[pk] for pk in held if pk in seen], by=by)
    return samples, seen


def alone_item(*, reference: str, place: int, by: User) -> AloneItem:
    """One of them, or 404; logged as shown."""
    rows = AloneItem.objects.filter(sample__in=AloneSample.objects.visible_to(by))
    rows = rows.filter(Q(case=None) | Q(case__in=Case.objects.visible_to(by)))
    shown = ("sample", "found_by", "case__decision__decided_by", "case__team", "case__person")
    rows = rows.select_related(*shown).prefetch_related("case__allegations__offence")
    item = get_object_or_404(rows, sample__reference=reference, place=place)
    log_shown("alone_sample.item_shown", [one for one in (item.sample, item.case) if one], by=by)
    return item


def found_of(*, officer: User) -> Shown[Any]:
    """What was found in the last 30 days of cases that ``officer`` decided alone, the latest first; ten at most."""
    rows = found_in_own(officer=officer).select_related("case__person", "found_by")
    return first(rows.order_by("-found_at", "pk"))


def found_in_own(*, officer: User) -> QuerySet[Any]:
    """All of it."""
    rows = AloneItem.objects.filter(case__decision__decided_by=officer, found_at__gt=clock.now() - TOLD_FOR)
    return rows.filter(case__in=Case.objects.visible_to(officer))
