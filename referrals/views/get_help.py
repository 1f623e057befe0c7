"""Get help for somebody with no offence alleged: one page for the officer, who hears "sent" and no more."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt, left_over
from diversion.requests import SignedInRequest
from referrals.actions import helping
from referrals.forms.help import HelpForm
from referrals.presenters.help import on_duty_in_words
from referrals.queries import help as queries

POLICE = Organisation.Kind.POLICE_FORCE


@requires(Permission.RECORD_DECISION, kind=POLICE)
def get_help(request: SignedInRequest) -> HttpResponse:
    """Nothing is looked up and nothing of it kept by police: no search, no draft, no clock."""
    services = queries.services(by=request.user)
    form = HelpForm(request.POST if request.method == "POST" else None, services=services)
    if (
        request.method == "POST"
        and services
        and attempt(form, lambda: helping.ask_for_help(**form.passed_on, by=request.user))
    ):
        return redirect("help_sent", form.service_chosen.scheme.slug)
    context = {"form": form, "services": services, "sent": queries.sent_lately(by=request.user)}
    context["left_over"] = left_over([form], [form] if services else [])
    return render(request, "referrals/help/ask.html", context, status=INVALID if request.method == "POST" else 200)


@requires(Permission.RECORD_DECISION, kind=POLICE)
def help_sent(request: SignedInRequest, slug: str) -> HttpResponse:
    """That it was sent, to whom, and how they are reached: the same for everybody who was ever sent there."""
    service = next((one for one in queries.services(by=request.user) if one.scheme.slug == slug), None)
    if service is None:
        raise Http404
    on_duty = on_duty_in_words(queries.on_duty(service.provider))
    return render(request, "referrals/help/sent.html", {"service": service, "on_duty": on_duty})
