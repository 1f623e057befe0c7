"""Checking a draft, table by table. A checker sees their own verdict alone until both are in."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.access import requires
from diversion.attempts import INVALID, attempt
from diversion.refusals import Outdated
from diversion.requests import SignedInRequest
from reporting.actions import release_checks as actions
from reporting.door import drafted
from reporting.forms.releases import JudgeForm, SeenForm
from reporting.models import Release, ReleaseCheck
from reporting.models.release import CHECKERS
from reporting.queries import releases as reads
from reporting.releases import telling
from reporting.releases.lifecycle import Step, can
from reporting.releases.looking import beside
from reporting.suppression.family import Key

CHECKING = list(dict.fromkeys(permission for each in CHECKERS.values() for permission in each))


@requires(*CHECKING)
def check(request: SignedInRequest, reference: str) -> HttpResponse:
    """The tables of a draft and what one has found of each; sent when all are judged."""
    release = reads.own_release(reference=reference, by=request.user)
    form = SeenForm(request.POST if request.method == "POST" else None, initial={"seen": release.sha256})

    def act() -> None:
        _same(release, form)
        actions.send_verdict(release=release, by=request.user)

    if request.method == "POST" and attempt(form, act):
        messages.success(request, _("Your verdict is sent. Nobody is told what it says until both are in."))
        return redirect("release_page", release.reference)
    if not can(request.user, Step.JUDGE, release):
        return redirect("release_page", release.reference)
    own = reads.own_check(release, by=request.user)
    tables = telling.told_tables(drafted(release, by=request.user))
    judged = own.tables if own else {}
    context = {
        "release": release,
        "form": form,
        "tasks": [_task(release, each, judged.get(each.key)) for each in tables],
        "complete": all(each.key in judged for each in tables),
        "own": own,
        **_judged_by_the_attacker(release, release.verdict["beside"]),
    }
    return render(request, "reporting/releases/check.html", context, status=_status(request))


def _task(release: Release, each: telling.Told, judged: dict[str, Any] | None) -> dict[str, str]:
    href = reverse("release_check_table", args=[release.reference, int(each.key)])
    if judged is None:
        return {"title": each.title, "href": href, "status": _("To be judged"), "colour": "blue"}
    hides = len(judged["hide"])  # figures, and not people
    status = _("May leave") if judged["agrees"] else _("May not leave")
    hint = _("Figures to hide: %(number)s") % {"number": hides} if hides else ""
    return {"title": each.title, "href": href, "status": status, "hint": hint}


@requires(*CHECKING)
def check_table(request: SignedInRequest, reference: str, table: int) -> HttpResponse:
    """One table of a draft, and what one finds of it."""
    release = reads.own_release(reference=reference, by=request.user)
    if not can(request.user, Step.JUDGE, release):
        return redirect("release_page", release.reference)
    document = drafted(release, by=request.user)
    told = next((each for each in telling.told_tables(document) if each.key == str(table)), None)
    if told is None:
        raise Http404
    shown = [(_value(place), words) for place, words in telling.shown_figures(document, told.key)]
    own = reads.own_check(release, by=request.user)
    initial = _initial(release, own, told.key)
    form = JudgeForm(request.POST if request.method == "POST" else None, initial=initial, shown=shown)

    def act() -> None:
        _same(release, form)
        cleaned = form.cleaned_data
        hide = [json.loads(value) for value in cleaned["hide"]]
        actions.judge_table(
            release=release,
            table=told.key,
            agrees=cleaned["agrees"] == "yes",
            why=cleaned["why"] if cleaned["agrees"] == "no" else "",
            hide=hide,
            by=request.user,
        )

    if request.method == "POST" and attempt(form, act):
        return redirect("release_check", release.reference)
    context = {"release": release, "told": told, "form": form, "hides": bool(initial.get("hide"))}
    context |= _judged_by_the_attacker(release, beside(release, told.key))
    return render(request, "reporting/releases/check_table.html", context, status=_status(request))


def _judged_by_the_attacker(release: Release, differing: list[dict[str, Any]]) -> dict[str, Any]:
    """What stands beside what is judged: the attacker's verdict, and how it differs from earlier releases."""
    return {
        "verdict_sentence": telling.verdict_sentence(release.verdict),
        "beside": telling.beside_table({"beside": differing}),
    }


def _value(place: Key) -> str:
    return json.dumps({"measure": place[0], "at": dict(place[1])}, sort_keys=True)


def _initial(release: Release, own: ReleaseCheck | None, number: str) -> dict[str, Any]:
    found = own.tables.get(number) if own else None
    if found is None:
        return {"seen": release.sha256}
    hide = [json.dumps(cell, sort_keys=True) for cell in found["hide"]]
    return {"seen": release.sha256, "agrees": "yes" if found["agrees"] else "no", "why": found["why"], "hide": hide}


def _same(release: Release, form: SeenForm) -> None:
    """Outdated where another draft was on the page than now stands: a verdict is about what was looked at."""
    if form.cleaned_data["seen"] != release.sha256:
        raise Outdated(_("This draft"))


def _status(request: SignedInRequest) -> int:
    return INVALID if request.method == "POST" else 200
