from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from diversion import audit, readiness
from diversion.access import public, signed_in_to_people
from diversion.accounts.permissions import Permission
from diversion.context import navigation_for, start_of
from diversion.home import sections_for, ways_of
from diversion.requests import SignedInRequest


@signed_in_to_people
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for somebody at police; a partner's worker and youth justice start at the list that is their work."""
    entries = navigation_for(request.user)
    if entries and not request.user.is_police:
        return redirect(start_of(entries))
    sections = list(sections_for(request.user))
    shown = dict.fromkeys(subject for one in sections for subject in one.subjects)
    audit.record("home.shown", audit.Nature.CONSULTATION, by=request.user, subjects=list(shown))
    if not entries:
        return render(request, "diversion/nothing_to_do.html")
    context = {"sections": sections, "ways": ways_of(request.user)}
    context["may_record"] = request.user.can(Permission.RECORD_DECISION)
    return render(request, "diversion/home.html", context)


@public
def health(request: HttpRequest) -> JsonResponse:
    """What answers. 503 without the database; without the queue decisions are still recorded, and reports wait."""
    checks = {"database": readiness.database_answers(), "queue": readiness.queue_answers()}
    status = "ok" if all(checks.values()) else "unwell"
    return JsonResponse({"status": status, **checks}, status=200 if checks["database"] else 503)


@public
def ready(request: HttpRequest) -> JsonResponse:
    """For whoever spreads the requests: 200 when this host may be given some, 503 with what it lacks."""
    found = readiness.what_is_there()
    is_ready = all(found.values())
    return JsonResponse({"status": "ready" if is_ready else "not ready", **found}, status=200 if is_ready else 503)


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "diversion/accessibility.html")


@public
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "diversion/privacy.html")
