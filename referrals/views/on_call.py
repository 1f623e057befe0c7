"""The rota of who is on call to authorise: one page to read and to keep it."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cases.actions import on_call as actions
from cases.actions.handing_over import MAY_HAND_OVER
from cases.models import OnCall
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.forms.on_call import OnCallForm
from referrals.presenters.on_call import gaps_in_words, turn_in_words
from referrals.queries.on_call import gaps_in, to_come

POLICE = Organisation.Kind.POLICE_FORCE


@requires(Permission.RECORD_DECISION, kind=POLICE)
def on_call_rota(request: SignedInRequest) -> HttpResponse:
    """Who is on call from now on, and when nobody is; a form for whoever keeps the rota."""
    keeps = request.user.can(*MAY_HAND_OVER)
    form = OnCallForm(request.POST if keeps and request.method == "POST" else None, by=request.user)
    if keeps and attempt(form, lambda: actions.put_on_call(**form.turn(), by=request.user)):
        messages.success(request, _("On the rota. Officers see who is on call, and the number, while it lasts."))
        return redirect("on_call_rota")
    return _show(request, form, keeps=keeps, status=INVALID if form.is_bound else 200)


@requires(*MAY_HAND_OVER, kind=POLICE)
def on_call_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take somebody off the rota."""
    turn = get_object_or_404(OnCall, pk=pk, force=request.user.organisation_id)
    if request.method != "POST":
        return redirect("on_call_rota")
    button = Form(request.POST)
    if not attempt(button, lambda: actions.take_off_call(on_call=turn, by=request.user)):
        return _show(request, OnCallForm(by=request.user), button=button, keeps=True, status=INVALID)
    messages.success(request, _("Taken off the rota."))
    return redirect("on_call_rota")


def _show(
    request: SignedInRequest, form: OnCallForm, *, keeps: bool, button: Form | None = None, status: int
) -> HttpResponse:
    rota = to_come(by=request.user)
    context = {
        "form": form if keeps else None,
        "rows": [{"turn": one, "words": turn_in_words(one)} for one in rota],
        "gaps": gaps_in_words(gaps_in(rota)),
        "wrong": [one for one in (form, button) if one is not None],
    }
    return render(request, "referrals/on_call_rota.html", context, status=status)
