from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.audit import queries
from diversion.audit.forms import LogForm
from diversion.audit.models import Event
from diversion.audit.presenters import entries, entry_table
from diversion.requests import SignedInRequest

ON_A_PAGE = 25


@requires(Permission.VIEW_ACCESS_LOG, people=True)
def access_log(request: SignedInRequest) -> HttpResponse:
    """Who did or saw what. Every look at the log is an entry in it."""
    form = LogForm(request.GET or None, by=request.user)
    search = form.search()
    mistaken = form.is_bound and not form.is_valid()
    found = Event.objects.none() if mistaken else queries.events(search, by=request.user)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    shown = entries(list(page.object_list), by=request.user)
    queries.log_look(search, len(shown), by=request.user)
    table = entry_table(shown, by=request.user)
    context = {"form": form, "page": page, "entries": shown, "table": table, "search": search}
    return render(request, "audit/access_log.html", context)
