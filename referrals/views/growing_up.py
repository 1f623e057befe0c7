"""What a young person agreed with their worker about parents and the time from 18 on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.actions import growing_up
from referrals.presenters.growing_up import parents_form
from referrals.queries import referrals as queries
from referrals.queries.growing_up import parent_rule
from referrals.views.partner import PROVIDER
from referrals.views.referral_page import show_again


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def agree_parent(request: SignedInRequest, reference: str) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    form = parents_form(referral, parent_rule(referral), request.POST)
    if not attempt(form, lambda: growing_up.agree_parent(referral=referral, by=request.user, **form.cleaned_data)):
        return show_again(request, reference, parents=form)
    messages.success(request, _("Saved."))
    return redirect("referral_page", reference)
