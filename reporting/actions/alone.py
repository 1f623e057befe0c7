"""Sergeants read some of what the constables of their team issued alone, drawn by a seed that nobody chose."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from cases import rulebook
from cases.codes import DecisionResult
from cases.models import Case
from diversion import access, audit, clock
from diversion.accounts.models import Team, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from reporting.models import AloneItem, AloneSample
from reporting.statistics.sampling import drawn

#: The days before today of which cases are drawn (our own choice: four weeks of shifts).
DAYS = timedelta(days=28)


@transaction.atomic
def draw_alone(*, by: User) -> AloneSample:
    """Draw some of what constables of ``by``'s team issued alone in the last four weeks, and keep which.

    How many is the force's setting. No case is drawn twice. Where the last sample of the team is not read through, it
    is that one that is given: nobody draws until one pleases. A case that has gone to another team is not waited for,
    nor one whose decision was withdrawn. Refused where nothing was issued alone.
    """
    access.check(by, Permission.AUTHORISE)
    team = by.team
    if team is None:
        raise Refused("You belong to no team: an administrator adds you to one.")
    Team.objects.select_for_update().get(pk=team.pk)
    if unread := AloneSample.objects.filter(team=team, items__in=_to_read(team)).first():
        return unread
    start, end = clock.today() - DAYS, clock.today()
    names = dict(issued_alone(by).values_list("reference", "pk"))
    if not names:
        raise Refused("No constable of your team issued anything alone in the last four weeks that nobody has read.")
    size = rulebook.settings_of(by.organisation, end).alone_sample_size
    seed = secrets.token_hex(4)
    sample = AloneSample.objects.create(
        force=by.organisation, team=team, start=start, end=end, seed=seed, size=size, drawn_by=by, drawn_at=clock.now()
    )
    AloneItem.objects.bulk_create(
        AloneItem(sample=sample, place=place, case_id=names[name])
        for place, name in enumerate(drawn(seed, names, size), 1)
    )
    detail = {"seed": seed, "size": size}
    audit.record("alone_sample.drawn", audit.Nature.COMBINATION, by=by, subjects=[sample], detail=detail)
    return sample


def _to_read(team: Team) -> QuerySet[AloneItem]:
    rows = AloneItem.objects.filter(finding="", case__team=team)
    return rows.filter(case__decision__result=DecisionResult.OFFERED_ACCEPTED)


def issued_alone(by: User) -> QuerySet[Case]:
    """What constables of ``by``'s team decided and nobody of rank did, accepted in the last four weeks and not drawn
    yet; without ``by``'s own."""
    rows = Case.objects.visible_to(by).filter(
        team=by.team_id,
        brought_as="",
        decision__result=DecisionResult.OFFERED_ACCEPTED,
        decision__decided_by__rank__in=["", User.Rank.CONSTABLE],
        decision__decided_at__date__gte=clock.today() - DAYS,
        authorisation__isnull=True,
    )
    rows = rows.exclude(pk__in=AloneItem.objects.filter(case__isnull=False).values("case"))
    return rows.exclude(officer=by).exclude(decision__decided_by=by)


@transaction.atomic
def find_alone(*, item: AloneItem, finding: str, note: str = "", by: User) -> AloneItem:
    """Say what ``by`` found of one case (a value of ``AloneItem.Finding``), and why where it was not right.

    Whoever found something may find otherwise; Outdated where somebody else has said so before, Refused for whoever
    decided on the case or has it.
    """
    access.check(by, Permission.AUTHORISE)
    rows = AloneItem.objects.select_for_update(of=("self",)).filter(sample__in=AloneSample.objects.visible_to(by))
    found = get_object_or_404(rows.select_related("sample", "case__decision", "case__person"), pk=item.pk)
    if found.found_by_id not in (None, by.pk):
        raise Outdated("This finding")
    if found.case is not None and by.pk in (found.case.officer_id, found.case.decision.decided_by_id):
        raise Refused("You had a part in deciding on this case: somebody else reads it.")
    if found.case is not None and not found.stands:
        raise Refused("This decision was withdrawn since it was drawn: there is nothing to read.")
    if finding not in AloneItem.Finding.values:
        raise Refused("Say what you find.")
    if finding != AloneItem.Finding.RIGHT and not note.strip():
        raise Refused("Say why, in a sentence.")
    found.finding, found.note, found.found_by, found.found_at = finding, note.strip(), by, clock.now()
    found.save(update_fields=["finding", "note", "found_by", "found_at"])
    subjects = [found.sample, *([found.case, found.case.person] if found.case else [])]
    detail = {"place": found.place, "finding": finding}
    audit.record("alone_sample.found", audit.Nature.ALTERATION, by=by, subjects=subjects, detail=detail)
    return found
