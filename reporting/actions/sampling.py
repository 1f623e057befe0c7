"""Dip samples: drawing one, and saying what was found of a case or a suspect in it."""

import secrets

from django.db import transaction

from cases.models import Authorisation, Case
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from reporting.door import Leaving
from reporting.measures import NoMeasure, sampling
from reporting.measures.overview import Question
from reporting.models import DipSample, DipSampleItem

Of = DipSample.Of
#: The most that are drawn of one group: they are read one by one.
MOST = 20


@transaction.atomic
def draw_sample(*, asked: Question, of: str, size: int, seed: str, by: User) -> DipSample:
    """Draw up to ``size`` of each group of ``by``'s own force, of those whom ``of`` says, and keep who they are.

    ``seed``: any word, to draw what somebody else drew; "" for a new one, which nobody has chosen. Refused where
    nobody was left out, or the outcome extract cannot tell whom nobody considered.
    """
    _check(by)
    chosen, seed = bool(seed.strip()), seed.strip() or secrets.token_hex(4)
    try:
        found = sampling.draw(by.organisation, asked, of=of, seed=seed, size=size)
    except NoMeasure as why:
        raise Refused(str(why)) from None
    if not found["items"]:
        was = "offered a resolution" if of == Of.OFFERED else "left out in this way"
        raise Refused(f"Nobody was {was} in that time: choose a longer period, or other people.")
    sample = _kept(asked, found, of=of, size=size, seed=seed, by=by)
    detail = {"of": of, "by": sample.by, "where": sample.where, "seed_chosen": chosen, "size": size}
    audit.record("dip_sample.drawn", audit.Nature.COMBINATION, by=by, subjects=[sample], detail=detail)
    return sample


def _kept(asked: Question, found: Leaving, *, of: str, size: int, seed: str, by: User) -> DipSample:
    sample = DipSample.objects.create(
        force=by.organisation,
        of=of,
        by=asked.by,
        where={name: list(groups) for name, groups in asked.where.items()},
        start=asked.start,
        end=asked.end,
        seed=seed,
        size=size,
        drawn_from=found["strata"],
        drawn_by=by,
    )
    key = "suspect_id" if of == Of.NOT_CONSIDERED else "case_id"
    DipSampleItem.objects.bulk_create(
        DipSampleItem(sample=sample, place=place, group=item["group"], **{key: item["pk"]})
        for place, item in enumerate(found["items"], 1)
    )
    return sample


@transaction.atomic
def record_finding(*, item: DipSampleItem, finding: str, by: User) -> None:
    """Say what ``by`` found of one case or suspect: a value of ``DipSampleItem.Finding``.

    Whoever found something may find otherwise; Outdated where somebody else has said so before, Refused for whoever
    decided on the case or has it, and where what was drawn is no longer there.
    """
    _check(by)
    found = DipSampleItem.objects.select_for_update().get(pk=item.pk, sample__in=DipSample.objects.visible_to(by))
    if found.found_by_id not in (None, by.pk):
        raise Outdated("This finding")
    if finding not in found.sample.findings:
        raise Refused("Say what you find.")
    if found.case is not None and by.pk in decided(found.case):
        raise Refused("You had a part in deciding on this case: somebody else looks at it.")
    if not found.stands:
        raise Refused("What was drawn is no longer there: the record is erased, or its decision was withdrawn since.")
    before = found.finding
    found.finding, found.found_by, found.found_at = finding, by, clock.now()
    found.save(update_fields=["finding", "found_by", "found_at"])
    subjects = [found.sample, *(one for one in (found.case, found.suspect) if one)]
    detail = {"place": found.place, "finding": finding, **({"before": before} if before else {})}
    audit.record("dip_sample.found", audit.Nature.ALTERATION, by=by, subjects=subjects, detail=detail)


def decided(case: Case) -> set[int | None]:
    """Who had a part in what was decided."""
    authorised = Authorisation.objects.filter(case=case).values_list("decided_by_id", flat=True)
    return {case.officer_id, case.decision.decided_by_id, *authorised}


def _check(by: User) -> None:
    """Only for whoever sees the figures of the force and may open every case behind them."""
    access.check(by, Permission.VIEW_MONITORING)
    access.check(by, Permission.VIEW_FORCE_CASES)
