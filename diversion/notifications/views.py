"""Of what one is told, and what was sent."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from diversion.access import requires, signed_in
from diversion.accounts.permissions import Permission
from diversion.attempts import attempt
from diversion.design_system.pagination import page_and_next
from diversion.notifications import queries
from diversion.notifications.actions.choosing import choose
from diversion.notifications.forms import ChoiceForm
from diversion.notifications.presenters import log_table
from diversion.requests import SignedInRequest

ON_A_PAGE = 25


@signed_in
def notices(request: SignedInRequest) -> HttpResponse:
    """What one is told of by e-mail, to be chosen; for whoever may choose of anything."""
    chosen = queries.choices_of(request.user)
    if not chosen:
        raise Http404
    form = ChoiceForm(request.POST if request.method == "POST" else None, initial=chosen, by=request.user)
    if request.method == "POST" and attempt(form, lambda: choose(wanted=form.cleaned_data, by=request.user)):
        messages.success(request, _("Saved. It holds from the next message on."))
        return redirect("notices")
    return render(request, "notifications/notices.html", {"form": form})


@requires(Permission.VIEW_ACCESS_LOG, Permission.DECIDE_REFERRALS)
def message_log(request: SignedInRequest) -> HttpResponse:
    """What was sent for one's organisation, what waits and what failed. It holds neither words nor addresses."""
    unsent = request.GET.get("only") == "unsent"
    page = page_and_next(queries.log_of(by=request.user, unsent=unsent), ON_A_PAGE, request.GET.get("page"))
    context = {"page": page, "table": log_table(page.object_list), "unsent": unsent}
    return render(request, "notifications/message_log.html", context)
