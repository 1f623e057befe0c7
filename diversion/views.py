from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from diversion.access import public, signed_in
from diversion.context import navigation_for


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Each role starts at its own work: the first page of its navigation."""
    entries = navigation_for(request.user)
    return redirect(entries[0][1]) if entries else render(request, "diversion/nothing_to_do.html")


@public
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database and the queue answer, 503 with what does not."""
    checks = {"database": database_answers(), "queue": queue_answers()}
    return JsonResponse(
        {"status": "ok" if all(checks.values()) else "unwell", **checks}, status=200 if all(checks.values()) else 503
    )


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "diversion/accessibility.html")


@public
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "diversion/privacy.html")


def database_answers() -> bool:
    """Whether the database does what it is asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return False
    return True


def queue_answers() -> bool:
    """Whether the queue takes a connection within two seconds."""
    from kombu.exceptions import OperationalError as QueueError

    from diversion.celery import app

    try:
        with app.connection_for_write() as queue:
            queue.ensure_connection(max_retries=0, timeout=2)
    except (QueueError, OSError, ConnectionError):
        return False
    return True
