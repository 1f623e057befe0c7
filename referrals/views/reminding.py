"""What a person agreed with their worker about texts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.actions import reminding
from referrals.presenters.reminders import rule_form
from referrals.queries import referrals as queries
from referrals.queries.reminders import texts_of
from referrals.views.partner import PROVIDER
from referrals.views.referral_page import show_again


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def agree_texts(request: SignedInRequest, reference: str) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    form = rule_form(referral, texts_of([referral])[referral.pk].rule, request.POST)
    if not attempt(form, lambda: reminding.agree_texts(referral=referral, by=request.user, **form.cleaned_data)):
        return show_again(request, reference, texts=form)
    messages.success(request, _("Saved. It holds from the next text on."))
    return redirect("referral_page", reference)
