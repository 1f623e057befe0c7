"""Of what an officer is told by e-mail."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.actions.notices import choose_notices
from referrals.forms.notices import NoticeForm
from referrals.queries.notices import choice_of


@requires(Permission.RECORD_DECISION, kind=Organisation.Kind.POLICE_FORCE)
def notices(request: SignedInRequest) -> HttpResponse:
    """What one is told of about the people whom one sent to a partner, to be chosen."""
    choice = choice_of(request.user)
    initial = {name: getattr(choice, name) for name in NoticeForm.base_fields}
    form = NoticeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and attempt(form, lambda: choose_notices(by=request.user, **form.cleaned_data)):
        messages.success(request, _("Saved. It holds from the next message on."))
        return redirect("notices")
    return render(request, "referrals/notices.html", {"form": form})
