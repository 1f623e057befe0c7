from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from diversion import readiness
from diversion.access import public, signed_in
from diversion.context import navigation_for


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Each role starts at its own work: the first page of its navigation; a coordinator where others wait for them."""
    entries = navigation_for(request.user)
    names = [name for _words, name in entries]
    if "case_list" in names and "scheme_list" in names:
        return redirect("case_list")
    return redirect(entries[0][1]) if entries else render(request, "diversion/nothing_to_do.html")


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
