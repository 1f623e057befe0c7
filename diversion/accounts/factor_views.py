"""What somebody shows beside their password: set up and removed under *Your account*, and asked for as they sign in."""

import json
from typing import Any, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from diversion import audit
from diversion.access import public, signed_in, signed_in_to_set_up
from diversion.accounts import factors, presenters
from diversion.accounts.actions import factors as actions
from diversion.accounts.confirming import ConfirmedForm
from diversion.accounts.factor_forms import AppForm, PasskeyForm, StepForm
from diversion.accounts.mfa_adapter import MFAAdapter
from diversion.accounts.models import User
from diversion.accounts.sealing import Unreadable, seal, unseal
from diversion.accounts.second_factor import note_proved
from diversion.accounts.stages import SecondStep, first_step_counts
from diversion.accounts.telling import tell_of_factor
from diversion.attempts import INVALID, attempt
from diversion.design_system.qr import qr_code
from diversion.requests import FIRST_STEP, SignedInRequest

#: In a session, sealed: the secret of an app that is being set up, and new recovery codes until they have been shown.
SECRET, SHOWN_ONCE = "factor_secret", "factor_codes"
FEW = 3


@public
@never_cache
@login_stage_required(stage=SecondStep.key, redirect_urlname="account_login")
def second_step(request: HttpRequest) -> HttpResponse:
    """Asked of whoever gave the right password, before they are signed in."""
    stage = cast(Any, request)._login_stage
    user: User = stage.login.user
    may_go_on = user.may_sign_in and user.has_factor and first_step_counts(request.session, user)
    if "again" in request.POST or not may_go_on:
        request.session.flush()  # nothing of one user's is left to the next
        return redirect("account_login")
    form = StepForm(request.POST if request.method == "POST" else None, request=request, user=user)
    if form.is_valid():
        note_proved(request.session, factors.CALLED[form.shown])
        request.session.pop(FIRST_STEP, None)
        answer: HttpResponse = stage.exit()
        _tell_of_recovery(request, user, form.shown)
        return answer
    question = factors.passkey_question(user) if factors.has_passkey(user) else ""
    context = {"form": form, "question": question}
    return render(request, "account/second_step.html", context, status=INVALID if form.is_bound else 200)


def _tell_of_recovery(request: HttpRequest, user: User, shown: str) -> None:
    """Whoever finds somebody's paper signs in with it: its owner hears of each code, and how many are left."""
    if shown != factors.CODES:
        return
    audit.record("account.recovery_code_used", audit.Nature.SECURITY, by=user, subjects=[user])
    tell_of_factor("code-used", user)
    left = factors.codes_left(user)
    words = ngettext("You have %d recovery code left.", "You have %d recovery codes left.", left) % left
    more = _("Make new ones under Your account, Second factor.") if left <= FEW else ""
    messages.warning(request, f"{words} {more}".strip())


@signed_in_to_set_up
@never_cache
def second_factor(request: SignedInRequest) -> HttpResponse:
    """What somebody has set up, and what they can."""
    found = list(factors.factors_of(request.user))
    context = {
        "rows": presenters.factor_rows(found, may_remove=actions.may_remove(request.user)),
        "has_app": any(one.type == factors.APP for one in found),
        "left": factors.codes_left(request.user),
        "is_required": request.user.lacks_factor,
        "has_factor": request.user.has_factor,
        "passkeys_work": passkeys_work(request),
    }
    return render(request, "accounts/second_factor.html", context)


def passkeys_work(request: HttpRequest) -> bool:
    """A passkey belongs to a name: browsers make none for a service that is opened by its number."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return not host.replace(".", "").isdigit() and not host.startswith("[")


@signed_in_to_set_up
@never_cache
def factor_app(request: SignedInRequest) -> HttpResponse:
    """Set up an authenticator app: by its square, or by its key in letters."""
    secret = _secret(request)
    form = AppForm(request.POST if request.method == "POST" else None, request=request, secret=secret)
    codes: list[str] = []

    def act() -> None:
        codes.extend(actions.set_up_app(secret=secret, counter=form.counter, here=_renewed(request), by=request.user))

    if attempt(form, act):
        request.session.pop(SECRET, None)
        return _done(request, factors.APP, codes, _("Your authenticator app is set up."))
    address = MFAAdapter().build_totp_url(request.user, secret)
    context = {
        "form": form,
        "square": qr_code(address, _("A square to read with the authenticator app. Its key stands below in letters.")),
        "key": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "replaces": factors.factors_of(request.user).filter(type=factors.APP).exists(),
    }
    return render(request, "accounts/factor_app.html", context, status=INVALID if form.is_bound else 200)


@signed_in_to_set_up
@never_cache
def factor_passkey(request: SignedInRequest) -> HttpResponse:
    """Add a passkey: a telephone, a laptop or a key."""
    form = PasskeyForm(request.POST if request.method == "POST" else None, request=request)
    codes: list[str] = []

    def act() -> None:
        given = form.cleaned_data
        codes.extend(
            actions.set_up_passkey(
                name=given["name"], credential=given["answer"], here=_renewed(request), by=request.user
            )
        )

    if attempt(form, act):
        return _done(request, factors.PASSKEY, codes, _("The passkey is added."))
    context = {"form": form, "question": factors.new_passkey_question(request.user)}
    context["passkeys_work"] = passkeys_work(request)
    return render(request, "accounts/factor_passkey.html", context, status=INVALID if form.is_bound else 200)


@signed_in
@never_cache
def factor_codes(request: SignedInRequest) -> HttpResponse:
    """Recovery codes: shown once, after they were made; and new ones made."""
    form = ConfirmedForm(request.POST if request.method == "POST" else None, request=request)
    if attempt(form, lambda: _keep_codes(request, actions.renew_codes(by=request.user))):
        return redirect("factor_codes")
    context = {"form": form, "codes": _take_codes(request), "left": factors.codes_left(request.user)}
    context["has_factor"] = request.user.has_factor
    return render(request, "accounts/factor_codes.html", context, status=INVALID if form.is_bound else 200)


@signed_in
@never_cache
def factor_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove an app or a passkey of one's own."""
    found = get_object_or_404(factors.factors_of(request.user).exclude(type=factors.CODES), pk=pk)
    form = ConfirmedForm(request.POST if request.method == "POST" else None, request=request)
    if attempt(form, lambda: actions.remove(factor=pk, here=_renewed(request), by=request.user)):
        messages.success(request, _("Removed. You are signed out everywhere else."))
        return redirect("second_factor")
    context = {
        "form": form,
        "row": presenters.factor_rows([found], may_remove=False)[0],
        "is_last": factors.factors_of(request.user).exclude(type=factors.CODES).count() == 1,
    }
    return render(request, "accounts/factor_remove.html", context, status=INVALID if form.is_bound else 200)


def _done(request: SignedInRequest, kind: str, codes: list[str], said: str) -> HttpResponse:
    note_proved(request.session, factors.CALLED[kind])
    messages.success(request, f"{said} {_('You are signed out everywhere else.')}")
    if codes:
        _keep_codes(request, codes)
        return redirect("factor_codes")
    return redirect("second_factor")


def _renewed(request: SignedInRequest) -> str:
    """The key of this session, a new one: what was worth a password is worth more from now on."""
    request.session.cycle_key()
    return str(request.session.session_key)


def _secret(request: SignedInRequest) -> str:
    """Of the app that is being set up: the same until it is, so that the page may be opened again half-way."""
    kept = _opened(request.session.get(SECRET))
    if not kept:
        kept = generate_totp_secret()
        request.session[SECRET] = seal(kept)
    return kept


def _keep_codes(request: SignedInRequest, codes: list[str]) -> None:
    request.session[SHOWN_ONCE] = seal(json.dumps(codes))


def _take_codes(request: SignedInRequest) -> list[str]:
    """To be shown, once. A question for the head of the page alone shows nothing, and takes nothing."""
    if request.method == "HEAD":
        return []
    found: list[str] = json.loads(_opened(request.session.pop(SHOWN_ONCE, None)) or "[]")
    return found


def _opened(sealed: str | None) -> str:
    try:
        return unseal(sealed) if sealed else ""
    except Unreadable:
        return ""
