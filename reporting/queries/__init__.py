"""Reading the evidence. Exact counts are for those who may drill down in their own force; each look is logged."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404

from cases.models import Case, Offence
from cases.queries import log_shown
from diversion import audit
from diversion.accounts.models import Organisation, Role, Team, User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from referrals.models import Scheme
from reporting.codes import LIVE, UNKNOWN
from reporting.door import Audience, Leaving, leave, leave_team, leave_victims, may_drill_down
from reporting.facts import selection
from reporting.measures import schemes, teams, victims, working
from reporting.measures.behind import case_ids
from reporting.measures.overview import HEADLINE, Question, overview
from reporting.measures.reasons import reasons
from reporting.models import (
    FindingNote,
    ReportArtefact,
    ReportRun,
    ReportSchedule,
)
from reporting.monitoring.moved import moved

#: For so long an officer reads on their first page what a sample found (our own default).
TOLD_FOR = timedelta(days=30)


def sources_of(user: User) -> list[str]:
    """The sources of which the user's force has facts; live decisions always among them."""
    return sorted({LIVE, *selection.sources_of(user.organisation)}, key=lambda name: (name != LIVE, name))


def monitor(*, asked: Question, by: User) -> Leaving:
    """The dashboard's figures of ``by``'s own force, as they stand now, exact and not for release."""
    found = leave(overview(by.organisation, asked), audience=Audience.OPERATIONAL, force=by.organisation, by=by)
    audit.record("monitoring.viewed", audit.Nature.CONSULTATION, by=by, detail=_logged(asked))
    return found


def teams_of(*, start: date, end: date, by: User) -> Leaving:
    """The teams of ``by``'s own force beside each other; exact and not for release."""
    force = by.organisation
    found = leave(teams.teams(force, start, end), audience=Audience.OPERATIONAL, force=force, by=by)
    _log_period("monitoring.teams_viewed", force, start, end, by=by)
    return found


def schemes_beside(*, start: date, end: date, by: User) -> Leaving:
    """The schemes of ``by``'s own force beside each other; exact and not for release."""
    force = by.organisation
    found = leave(schemes.schemes(force, start, end), audience=Audience.OPERATIONAL, force=force, by=by)
    _log_period("monitoring.schemes_viewed", force, start, end, by=by)
    return found


def victims_of(*, start: date, end: date, by: User) -> Leaving:
    """What victims of ``by``'s own force waited for and were told; exact and not for release."""
    force = by.organisation
    found = leave_victims(victims.victims(force, start, end), force=force, by=by)
    _log_period("monitoring.victims_viewed", force, start, end, by=by)
    return found


def what_works(*, start: date, end: date, split_by: str, by: User) -> Leaving:
    """What came of the schemes of ``by``'s own force, and the effect of accepting; exact and not for release."""
    force = by.organisation
    found = leave(working.what_works(force, start, end, by=split_by), audience=Audience.OPERATIONAL, force=force, by=by)
    _log_period("monitoring.what_works_viewed", force, start, end, by=by)
    return found


def own_team(*, start: date, end: date, by: User) -> Leaving | None:
    """``by``'s own team and its officers, exact and not for release; None for whoever has no team.

    Of the officers only ``by``, unless they supervise: who authorises.
    """
    _log_period("monitoring.team_viewed", by.team, start, end, by=by)
    if by.team is None:
        return None
    officer = None if by.can(Permission.AUTHORISE) else by
    return leave_team(teams.team(by.team, start, end, officer=officer), team=by.team, by=by)


def _log_period(kind: str, whose: Organisation | Team | None, start: date, end: date, *, by: User) -> None:
    period = {"from": start.isoformat(), "to": end.isoformat()}
    subjects = [whose] if whose else []
    audit.record(kind, audit.Nature.CONSULTATION, by=by, subjects=subjects, detail=period)


def may_open_cases(user: User) -> bool:
    """Whether a figure of the force may lead to the cases behind it: to those who may open every one of them."""
    return user.can(Permission.VIEW_FORCE_CASES)


def left_out(*, asked: Question, by: User) -> Leaving:
    """Who of ``by``'s own force was not considered, not offered or declined, and why; exact and not for release."""
    found = leave(reasons(by.organisation, asked), audience=Audience.OPERATIONAL, force=by.organisation, by=by)
    audit.record("monitoring.left_out_viewed", audit.Nature.CONSULTATION, by=by, detail=_logged(asked))
    return found


def cases_behind(*, asked: Question, figure: str, team: str, reason: str, by: User) -> QuerySet[Case]:
    """The cases of which a figure of the dashboard tells, newest first. 404 where there is no such figure.

    PermissionDenied for whoever may not open each of them: the list would say how many there are.
    """
    if not (may_drill_down(by, by.organisation) and may_open_cases(by)):
        raise PermissionDenied
    ids = case_ids(by.organisation, asked, figure=figure, team=team, reason=reason) if asked.is_live else None
    if ids is None:
        raise Http404
    detail = _logged(asked) | {"figure": figure, "team": team, "reason": reason}
    audit.record("monitoring.cases_listed", audit.Nature.CONSULTATION, by=by, detail=detail)
    return Case.objects.visible_to(by).filter(pk__in=ids).for_list().select_related("team")


def team_cases_behind(*, start: date, end: date, figure: str, officer: str, by: User) -> QuerySet[Case]:
    """The cases of which a figure of ``by``'s own team tells, or of one of its officers (by key), newest first.

    404 where there is no such figure, and of a colleague for whoever does not supervise.
    """
    own, team = officer in ("", str(by.pk)) or by.can(Permission.AUTHORISE), by.team
    if team is None or not own:
        raise Http404
    asked = Question(start, end, LIVE, by="ethnicity", measure=HEADLINE)
    ids = case_ids(by.organisation, asked, figure=figure, team=team.name, officer=officer)
    if ids is None:
        raise Http404
    detail = {"from": start.isoformat(), "to": end.isoformat(), "figure": figure, "officer": officer}
    audit.record("monitoring.team_cases_listed", audit.Nature.CONSULTATION, by=by, subjects=[team], detail=detail)
    return Case.objects.visible_to(by).filter(pk__in=ids).for_list().select_related("team", "decision__decided_by")


def officer_named(officer: str, *, by: User) -> str:
    """The name of an officer (by key) of ``by``'s own force, or the word for nobody known; empty for any other."""
    if not officer.isdecimal():
        return UNKNOWN if officer == UNKNOWN else ""
    names = User.objects.filter(organisation=by.organisation, pk=officer).values_list("full_name", flat=True)
    return names.first() or ""


def log_listed(cases: Iterable[Case], *, by: User) -> None:
    """Log that these cases were shown behind a figure."""
    log_shown("monitoring.cases_shown", dict.fromkeys(cases), by=by)


def _logged(asked: Question) -> dict[str, Any]:
    period = {"from": asked.start.isoformat(), "to": asked.end.isoformat(), "source": asked.source}
    return period | {
        "measure": asked.measure,
        "by": asked.by,
        "where": {name: list(one) for name, one in asked.where.items()},
    }


def notes_due(*, by: User) -> Shown[FindingNote]:
    """Those of them that are ``by``'s own and not done, the first due first; ten at most."""
    return first(notes_open(by=by))


def notes_open(*, by: User) -> QuerySet[FindingNote]:
    """All of them."""
    return notes(by=by).filter(owner=by, done_at=None)


def notes(*, by: User) -> QuerySet[FindingNote]:
    """The notes on the figures of ``by``'s own force: those open first, by the day on which they are due."""
    found = FindingNote.objects.visible_to(by).select_related("owner", "done_by")
    return found.order_by(F("done_at").desc(nulls_first=True), "due_on", "pk")


def note_of(*, reference: str, by: User) -> FindingNote:
    return get_object_or_404(FindingNote.objects.visible_to(by), reference=reference)


def monitors_of(user: User) -> QuerySet[User]:
    """Whoever sees the figures of ``user``'s force, and may own what is done about them."""
    seeing = Role.objects.filter(permissions__contains=[Permission.VIEW_MONITORING])
    found = User.objects.here().filter(organisation=user.organisation, roles__in=seeing)
    return found.distinct().order_by("full_name", "pk")


def offence_groups() -> list[str]:
    """The groups in which the catalogue puts its offences, by name."""
    return sorted(set(Offence.objects.values_list("group", flat=True).distinct()))


def schemes_of(user: User) -> list[str]:
    """The names of the force's schemes, as facts write them."""
    return sorted(name[:50] for name in Scheme.objects.filter(force=user.organisation).values_list("name", flat=True))


def runs(*, by: User) -> QuerySet[ReportRun]:
    return ReportRun.objects.visible_to(by).select_related("asked_by", "force", "schedule")


def open_run(*, reference: str, by: User) -> ReportRun:
    """A report ``by`` may see, or 404; looking at it is logged."""
    run = get_object_or_404(runs(by=by).prefetch_related("artefacts"), reference=reference)
    audit.record("report.opened", audit.Nature.CONSULTATION, by=by, subjects=[run])
    return run


def content_of(run: ReportRun, *, by: User) -> Leaving | None:
    """The figures of a finished report for ``by``, as they were stored; None while there are none."""
    artefact = next((each for each in run.artefacts.all() if each.kind == ReportArtefact.Kind.JSON), None)
    if artefact is None or run.state != ReportRun.State.READY:
        return None
    return leave(json.loads(bytes(artefact.content)), audience=Audience.OPERATIONAL, force=run.force, by=by)


def moved_since(run: ReportRun, report: Leaving, *, by: User) -> Leaving | None:
    """What moved since the last kept report of earlier days of the same source; None where there is none. Logged."""
    earlier = runs(by=by).filter(state=ReportRun.State.READY, source=run.source, scheme=run.scheme, end__lt=run.start)
    before = earlier.prefetch_related("artefacts").order_by("-end", "-finished_at").first()
    kept = content_of(before, by=by) if before else None
    if before is None or kept is None:
        return None
    audit.record("report.compared", audit.Nature.CONSULTATION, by=by, subjects=[run, before])
    return leave(moved(run.force, report, kept), audience=Audience.OPERATIONAL, force=run.force, by=by)


#: What a list of schedules tells of the report that each made last.
LAST = {"last_run": "reference", "last_state": "state"}


def schedules(*, by: User) -> QuerySet[ReportSchedule]:
    """Schedules of reports of ``by``'s own force, those that are followed first."""
    found = ReportSchedule.objects.visible_to(by).select_related("made_by").order_by("-is_on", "name", "pk")
    latest = ReportRun.objects.filter(schedule=OuterRef("pk")).order_by("-asked_at", "-pk")
    last = {name: Subquery(latest.values(column)[:1]) for name, column in LAST.items()}
    return found.annotate(**last)


def schedule_of(*, reference: str, by: User) -> ReportSchedule:
    """The schedule for ``by``; 404 for another force's."""
    return get_object_or_404(ReportSchedule.objects.visible_to(by), reference=reference)


def kinds_of(run: ReportRun) -> list[str]:
    """The files that a finished report was kept in: an early one has fewer."""
    return sorted(each.kind for each in run.artefacts.all())


def file_of(run: ReportRun, kind: str, *, by: User) -> Leaving:
    """A file of a finished report for ``by``: its bytes under ``content``. 404 while there is none. Logged."""
    artefact = get_object_or_404(ReportArtefact, run=run, kind=kind)
    found = leave({"content": bytes(artefact.content)}, audience=Audience.OPERATIONAL, force=run.force, by=by)
    audit.record("report.downloaded", audit.Nature.DISCLOSURE, by=by, subjects=[run], recipients=[by.email])
    return found


def report_to_take(run: ReportRun, *, by: User) -> Leaving:
    """The figures of a finished report, to be made into a file. 404 while there are none. Logged."""
    found = content_of(run, by=by)
    if found is None:
        raise Http404
    audit.record("report.downloaded", audit.Nature.DISCLOSURE, by=by, subjects=[run], recipients=[by.email])
    return found


def may_ask(user: User) -> bool:
    return user.can(Permission.RUN_REPORTS)
