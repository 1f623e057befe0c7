"""The coordinator's pages of the offence catalogue: what it holds, and the force's own entries. Nobody's data."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases import queries
from cases.actions import catalogue
from cases.forms.offences import EndOffenceForm, OffenceFilterForm, OwnOffenceForm
from cases.models import Offence
from cases.presenters.offences import offence_rows, offence_table, other_entries
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest

ON_A_PAGE = 50
POLICE = Organisation.Kind.POLICE_FORCE


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def offence_list(request: SignedInRequest) -> HttpResponse:
    form = OffenceFilterForm(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    page = Paginator(queries.offences(by=request.user, **given), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/offence_list.html", {"form": form, "page": page, "table": offence_table(page)})


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def offence_add(request: SignedInRequest) -> HttpResponse:
    """An entry of the force's own, or one that follows or corrects the one it has under that code."""
    form = OwnOffenceForm(request.POST if request.method == "POST" else None)
    made: list[Offence] = []
    if attempt(form, lambda: made.append(catalogue.add_offence(entry=form.entry, by=request.user))):
        messages.success(request, _("“%(title)s” is in your force’s catalogue.") % {"title": made[0].title})
        return redirect("offence_page", made[0].pk)
    return render(request, "cases/offence_add.html", {"form": form}, status=INVALID if form.is_bound else 200)


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def offence_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One entry, and the others of its code."""
    return _page(request, queries.open_offence(pk=pk, by=request.user), EndOffenceForm())


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def offence_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let an entry of the force's own end. Opening the address does nothing."""
    offence = queries.open_offence(pk=pk, by=request.user)
    if request.method != "POST":
        return redirect("offence_page", pk)
    form = EndOffenceForm(request.POST)
    if attempt(form, lambda: catalogue.end_offence(offence=offence, by=request.user, **form.cleaned_data)):
        messages.success(request, _("This entry now ends."))
        return redirect("offence_page", pk)
    return _page(request, offence, form, status=INVALID)


def _page(request: SignedInRequest, offence: Offence, form: EndOffenceForm, status: int = 200) -> HttpResponse:
    others = queries.other_entries(offence)
    context = {
        "offence": offence,
        "rows": offence_rows(offence),
        "others": other_entries(others) if others else None,
        "form": form,
        "may_end": offence.is_own and offence.replaced_at is None,
    }
    return render(request, "cases/offence_page.html", context, status=status)
