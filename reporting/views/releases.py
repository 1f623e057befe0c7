"""Releases in the browser: the list, a release as its readers see it, and what its author does with a draft."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import RELEASE_READERS
from diversion.attempts import INVALID, attempt
from diversion.design_system import workbooks
from diversion.design_system.tables import Column, Table, link, tag
from diversion.design_system.wording import date_and_time, long_date
from diversion.documents import as_attachment, typeset
from diversion.door import may_drill_down
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.actions import releases as actions
from reporting.actions.releases import as_file
from reporting.codes import OWN
from reporting.door import drafted, may_look_at_draft, released
from reporting.forms.releases import DeclareForm, WithdrawForm
from reporting.models import Release, ReleaseCheck
from reporting.models.release import CHECKS, MAKERS, may_make, may_work
from reporting.presenters import charts, papers
from reporting.queries import releases as reads
from reporting.releases import ladder, own, summaries, telling
from reporting.releases.files import as_xlsx
from reporting.releases.lifecycle import Step, can, conflict, may
from reporting.releases.tables import last_whole

State = Release.State
#: Of a force or of a provider: which of them it is stands with the release.
MAKING = [permission for each in MAKERS.values() for permission in each]
ON_A_PAGE = 25
COLOURS = {
    State.DECLARED: "blue",
    State.IMPOSSIBLE: "red",
    State.PREVIEW: "blue",
    State.DRAFT: "yellow",
    State.HIDING: "blue",
    State.RETURNED: "orange",
    State.RELEASED: "green",
    State.WITHDRAWN: "red",
    State.DISCARDED: "grey",
}
OPEN = (State.DECLARED, State.IMPOSSIBLE, State.PREVIEW, State.DRAFT, State.HIDING, State.RETURNED)
WAITING = (State.DECLARED, State.HIDING)
UNCHECKED = (State.PREVIEW, State.DRAFT)


@require_GET
@requires(*RELEASE_READERS)
def release_list(request: SignedInRequest) -> HttpResponse:
    """What has left, of every force; and the drafts of one's own, for those who make and check them."""
    every = reads.releases(by=request.user)
    page = Paginator(every.filter(released_at__isnull=False), ON_A_PAGE).get_page(request.GET.get("page"))
    works = may_work(request.user, request.user.organisation)
    in_hand = every.filter(state__in=OPEN) if works else every.none()
    context = {
        "page": page,
        "released": _listed(_("What has been released"), page.object_list),
        "in_hand": _listed(_("In hand"), in_hand),
        "has_some": bool(in_hand),
        "works": works and (request.user.is_police or _has_own(request)),
        "may_declare": may_make(request.user, request.user.organisation) and _may_ever(request),
    }
    return render(request, "reporting/releases/list.html", context)


def _may_ever(request: SignedInRequest) -> bool:
    """Whether there is anything that the user's organisation could release: a provider its own voluntary schemes."""
    return request.user.is_police or _has_own(request)


def _has_own(request: SignedInRequest) -> bool:
    return request.user.is_provider and own.has_any(request.user.organisation)


def _listed(caption: str, found: Any) -> Table:
    rows = [
        [
            link(release.name, reverse("release_page", args=[release.reference])),
            release.force.name,
            _period(release),
            _for_whom(release),
            tag(release.get_state_display(), COLOURS[State(release.state)]),
        ]
        for release in found
    ]
    headings = (_("Release"), _("From"), _("Period"), _("For"), _("State"))
    columns = [Column(heading) for heading in headings]
    return Table(caption=caption, caption_hidden=True, columns=columns, rows=rows, stacked=True)


def _period(release: Release) -> str:
    return _("%(first)s to %(last)s") % {"first": long_date(release.start), "last": long_date(release.end)}


def _for_whom(release: Release) -> str:
    if release.source == OWN:
        return _("Whoever commissions the provider")
    return _("Everybody") if release.audience == Release.Audience.PUBLISHED else _("Partners, panels, other forces")


@requires(*MAKING)
def declare(request: SignedInRequest) -> HttpResponse:
    """Say what is to leave the force; ``revises`` begins with what an earlier release declared."""
    if not _may_ever(request):
        raise Http404
    revised = _revised(request)
    sources = queries.sources_of(request.user) if request.user.is_police else [OWN]
    if request.method == "POST":
        form = DeclareForm(request.POST, sources=sources, revises=revised is not None)
    else:
        initial = _initial(revised, sources, request.user.organisation)
        form = DeclareForm(initial=initial, sources=sources, revises=revised is not None)
    made: list[Release] = []

    def act() -> None:
        names = ("audience", "start", "end", "name", "source", "unit")
        given: dict[str, Any] = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
        given.setdefault("audience", Release.Audience.SHARED)
        release = actions.declare(
            force=request.user.organisation,
            tables=form.tables(),
            by=request.user,
            revises=revised,
            anew=bool(form.cleaned_data.get("anew")),
            **given,
        )
        made.append(release)

    if request.method == "POST" and attempt(form, act):
        return redirect("release_page", made[0].reference)
    context = {"form": form, "pairs": form.pairs(), "revised": revised, "force": request.user.organisation}
    return render(request, "reporting/releases/declare.html", context, status=_status(request))


def _revised(request: SignedInRequest) -> Release | None:
    reference = request.GET.get("revises")
    if not reference:
        return None
    release = reads.open_release(reference=reference, by=request.user)
    left = release.state in (Release.State.RELEASED, Release.State.WITHDRAWN)
    return release if left and release.force_id == request.user.organisation_id else None


def _initial(revised: Release | None, sources: list[str], force: Organisation) -> dict[str, Any]:
    """What a revised release declared; else what the ladder says for the last period of its unit that has ended."""
    if revised is None:
        rung = ladder.OWN_RUNG if sources == [OWN] else ladder.for_today(force, sources[0], clock.today())
        start, end = last_whole(clock.today(), rung.unit)
        first = {"start": start, "end": end, "unit": rung.unit, "source": sources[0]}
        return first | DeclareForm.of_tables(rung.tables)
    names = ("audience", "start", "end", "unit", "source")
    return {name: getattr(revised, name) for name in names} | DeclareForm.of_tables(revised.declared["tables"])


def _status(request: SignedInRequest) -> int:
    return INVALID if request.method == "POST" else 200


@require_GET
@requires(*RELEASE_READERS)
def release_page(request: SignedInRequest, reference: str) -> HttpResponse:
    """A release as its readers see it, or a draft with all that bears on whether it may leave."""
    return show_release(request, reads.open_release(reference=reference, by=request.user))


def show_release(request: SignedInRequest, release: Release, *, form: Any = None, status: int = 200) -> HttpResponse:
    """The page of a release, with a form whose errors are to be shown, if any."""
    works = may_look_at_draft(request.user, release)
    document = None
    if release.state == State.RELEASED:
        document = released(release)
    elif works and release.document:
        document = drafted(release, by=request.user)
    context: dict[str, Any] = {
        "release": release,
        "state": release.get_state_display(),
        "colour": COLOURS[State(release.state)],
        "works": works,
        "left": release.state == State.RELEASED,
        "waiting": release.state in WAITING,
        "rows": _rows(release, works=works),
        "steps": {step.name.lower(): can(request.user, step, release) for step in _OFFERED},
        "revise_url": _revise_url(request, release),
        "changed_url": _changed_url(request, release),
        "forms": [form] if form is not None else [],
    }
    if document is not None:
        context |= {
            "document": document,
            "about": telling.about(document),
            "sentences": telling.sentences(document),
            "tables": charts.told(document),
            "ratios": telling.ratio_table(document),
            "without_ratio": telling.without_ratio(document),
            "footnotes": telling.footnotes(document),
        }
    if works and release.document:
        context |= _for_workers(request, release)
    return render(request, "reporting/releases/page.html", context, status=status)


def _revise_url(request: SignedInRequest, release: Release) -> str:
    """Where a release in place of this one is declared; "" for whoever may not, and for one that never left."""
    if release.released_at is None or not may(request.user, Step.WITHDRAW, release):
        return ""
    return f"{reverse('release_declare')}?revises={release.reference}"


def _changed_url(request: SignedInRequest, release: Release) -> str:
    """Where the force itself reads what late records have changed; "" for others, and before it has left."""
    if release.released_at is None or not may_drill_down(request.user, release.force):
        return ""
    return reverse("release_changed", args=[release.reference])


_OFFERED = (Step.FREEZE, Step.COUNT_AGAIN, Step.DISCARD, Step.WITHDRAW, Step.JUDGE)


def _for_workers(request: SignedInRequest, release: Release) -> dict[str, Any]:
    """What bears on whether a draft may leave: what hiding left, the attacker's verdict, the checks."""
    check = reads.own_check(release, by=request.user) if may(request.user, Step.JUDGE, release) else None
    return {
        "left_sentence": telling.left_sentence(drafted(release, by=request.user)),
        "little": telling.little_sentences(drafted(release, by=request.user), release.verdict),
        "verdict_sentence": telling.verdict_sentence(release.verdict),
        "beside": telling.beside_table(release.verdict),
        "few_checkers": _few_checkers(reads.checkers_of(release)) if release.state in UNCHECKED else "",
        "verdicts": verdict_table(reads.verdicts_told(release)),
        "verdicts_in": _verdicts_in(reads.verdicts_in(release)) if release.state == State.DRAFT else "",
        "own_sent": check is not None and check.sent_at is not None,
        "conflict": conflict(request.user, Step.JUDGE, release) if may(request.user, Step.JUDGE, release) else "",
    }


def _few_checkers(number: int) -> str:
    """That a draft would wait for ever: too few people may check it; "" where there are enough."""
    if number >= CHECKS:
        return ""
    words = _(
        "Two people who did not make it have to check it, and %(number)s of your organisation may. Ask your "
        "administrator to give somebody a role that checks before you freeze it."
    )
    return words % {"number": number}


def _verdicts_in(number: int) -> str:
    told = {"in": number, "all": CHECKS}
    return _("%(in)s of %(all)s verdicts are in. Nobody is told what they say until both are.") % told


def verdict_table(checks: list[ReleaseCheck]) -> Table | None:
    """Who agreed to what, once both verdicts of a round are in."""
    rows = [
        [
            _("Draft %(round)s") % {"round": check.round},
            check.by.full_name,
            _("Agrees") if check.agrees else _("Does not agree"),
            "; ".join(each["why"] for each in check.tables.values() if each["why"]) or None,
            f"{len(check.hides)}" if check.hides else None,  # figures, and not people
            date_and_time(check.sent_at) if check.sent_at else None,
        ]
        for check in checks
    ]
    headings = (_("Draft"), _("Checked by"), _("Verdict"), _("Why"), _("Figures to hide"), _("When"))
    columns = [Column(heading) for heading in headings]
    return Table(caption=_("Verdicts"), caption_hidden=True, columns=columns, rows=rows, stacked=True) if rows else None


def _rows(release: Release, *, works: bool) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"key": _("Reference"), "value": release.reference},
        {"key": _("For"), "value": _for_whom(release) if release.source == OWN else release.get_audience_display()},
    ]
    if works and release.declared.get("rung"):
        words = _("%(rung)s, by the volumes of the year before") % {"rung": release.declared["rung"]}
        rows.append({"key": _("Recoded"), "value": words[:1].upper() + words[1:]})
    if release.revises:
        href = reverse("release_page", args=[release.revises.reference])
        words = _("Counted anew beside") if release.declared.get("edition") else _("In place of")
        rows.append({"key": words, "value": release.revises.name, "href": href})
    for one in reads.revisions_of(release):
        href = reverse("release_page", args=[one.reference])
        rows.append({"key": _("Counted anew in"), "value": one.name, "href": href})
    if works:
        made_by = release.made_by.full_name if release.made_by else _("The service’s operator")
        rows.append({"key": _("Made by"), "value": f"{made_by}, {date_and_time(release.made_at)}"})
    if release.released_at:
        rows.append({"key": _("Released"), "value": date_and_time(release.released_at)})
        rows.append({"key": _("Fingerprint of its file (SHA-256)"), "value": release.sha256})
    if release.withdrawn_at:
        rows.append({"key": _("Withdrawn"), "value": date_and_time(release.withdrawn_at)})
    return rows


@require_GET
@requires(*RELEASE_READERS)
def release_file(request: SignedInRequest, reference: str) -> HttpResponse:
    """The data of a release that has left and stands: the very bytes whose fingerprint its page shows."""
    release = reads.open_release(reference=reference, by=request.user)
    content = reads.release_file(release, by=request.user)
    response = HttpResponse(as_file(content), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{release.reference}.json"'
    return response


@require_GET
@requires(*RELEASE_READERS)
def release_workbook(request: SignedInRequest, reference: str) -> HttpResponse:
    """The same as a workbook, made of that data alone."""
    release = reads.open_release(reference=reference, by=request.user)
    content = reads.release_file(release, by=request.user)
    book = as_xlsx(content, made_at=release.released_at or release.made_at)
    response = HttpResponse(book, content_type=workbooks.CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{release.reference}.xlsx"'
    return response


@require_GET
@requires(*RELEASE_READERS)
def release_paper(request: SignedInRequest, reference: str) -> HttpResponse:
    """The same as a PDF that can be read aloud, made of that data alone."""
    release = reads.open_release(reference=reference, by=request.user)
    content = reads.release_file(release, by=request.user)
    caption = str(content["force_name"])
    made = typeset(
        title=str(content["name"]), caption=caption, reference=release.reference, blocks=papers.of_release(content)
    )
    return as_attachment(made, f"{release.reference}.pdf")


@require_GET
@requires(*RELEASE_READERS)
def release_brief(request: SignedInRequest, reference: str) -> HttpResponse:
    """A release on one page, for a new chief: made of its document alone."""
    release = reads.open_release(reference=reference, by=request.user)
    parts = summaries.brief(reads.release_in_words(release, by=request.user))
    return render(request, "reporting/releases/brief.html", {"release": release, "parts": parts})


@require_GET
@requires(*RELEASE_READERS)
def release_summary(request: SignedInRequest, reference: str) -> HttpResponse:
    """A published release in plain words for everybody; 404 for one that is shared with some."""
    release = reads.open_release(reference=reference, by=request.user)
    if release.audience != Release.Audience.PUBLISHED:
        raise Http404
    parts = summaries.plain(reads.release_in_words(release, by=request.user))
    return render(request, "reporting/releases/summary.html", {"release": release, "parts": parts})


@require_POST
@requires(*MAKING)
def freeze(request: SignedInRequest, reference: str) -> HttpResponse:
    """Freeze what the preview shows, for two other people to check."""
    return _do(request, reference, actions.freeze_draft, _("Frozen. Two other people now check it."))


@require_POST
@requires(*MAKING)
def again(request: SignedInRequest, reference: str) -> HttpResponse:
    """Work it out anew from the records as they now stand."""
    return _do(request, reference, actions.count_again, "")


@require_POST
@requires(*MAKING)
def discard(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give up a release that has not left."""
    return _do(request, reference, actions.discard, _("Discarded. It has not left your organisation."))


def _do(request: SignedInRequest, reference: str, action: Callable[..., Any], done: str) -> HttpResponse:
    release = reads.own_release(reference=reference, by=request.user)
    try:
        action(release=release, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if done:
            messages.success(request, done)
    return redirect("release_page", release.reference)


@requires(*MAKING)
def withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take back a release that has left, and say why."""
    release = reads.own_release(reference=reference, by=request.user)
    form = WithdrawForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        actions.withdraw(release=release, why=form.cleaned_data["why"], by=request.user)

    if request.method == "POST" and attempt(form, act):
        messages.success(request, _("Withdrawn. Its page says so and why, and shows its figures no more."))
        return redirect("release_page", release.reference)
    context = {"release": release, "form": form}
    return render(request, "reporting/releases/withdraw.html", context, status=_status(request))
