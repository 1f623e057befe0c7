from django.http import HttpResponse
from django.shortcuts import render

from diversion.access import requires
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID
from diversion.audit import lookups, queries
from diversion.audit.forms import LogForm
from diversion.audit.models import Event
from diversion.audit.presenters import entries, entry_table
from diversion.design_system.filtering import SEARCH
from diversion.design_system.pagination import page_and_next, with_parameter
from diversion.names.typed import read
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep

ON_A_PAGE = 25
PAGE = "access_log"


@requires(Permission.VIEW_ACCESS_LOG, people=True)
def access_log(request: SignedInRequest) -> HttpResponse:
    """Who did or saw what. Every look at the log is an entry in it."""
    sent = asked(request, LogForm, page=PAGE)
    form = LogForm(sent if sent or request.method == "POST" else None, by=request.user)
    mistaken = form.is_bound and not form.is_valid()
    if request.method == "POST" and not mistaken:
        return keep(request, form, page=PAGE, anew=["person"] if form.cleaned_data.get("name") else [])
    search, name = form.search(), form.name_sought()
    people = _people(name, request.user) if name else None
    behind = queries.records_behind(search, by=request.user)
    found = Event.objects.none() if mistaken or people else queries.events(search, behind=behind, by=request.user)
    page = page_and_next(found, ON_A_PAGE, request.GET.get("page"))
    shown = entries(list(page.object_list), by=request.user, behind=behind)
    queries.log_look(search, len(shown), behind=behind, by=request.user)
    table = entry_table(shown, by=request.user)
    context = {"form": form, "page": page, "entries": shown, "table": table, "search": search, "people": people}
    context |= {"is_over": is_over(request, page=PAGE), "choices": _choices(request, people)}
    if search.person_id is not None:
        context["chosen"] = lookups.tell(search.person_id, request.user)
    return render(request, "audit/access_log.html", context, status=INVALID if request.method == "POST" else 200)


def _choices(request: SignedInRequest, people: lookups.People | None) -> list[tuple[str, str]]:
    """The words for each of the people, and the address of the log of what is held of them."""
    shown = people.shown if people else ()
    return [(one.words, with_parameter(request.GET, **{"person": one.pk, "page": None, SEARCH: None})) for one in shown]


def _people(name: str, by: User) -> lookups.People:
    """Whom the name may mean: the log is told of one of them at a time."""
    found = lookups.people(read(name), by)
    queries.log_people(found, by=by)
    return found
