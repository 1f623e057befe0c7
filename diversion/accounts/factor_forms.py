"""Forms with which somebody sets up a second factor, and shows it as they sign in."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.accounts import factors, sign_in
from diversion.accounts.confirming import ConfirmedForm
from diversion.accounts.models import User
from diversion.audit import sign_ins
from diversion.design_system.forms import required

#: What a browser sends for a passkey is about a thousand characters long.
MOST = 20_000
BOX = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}
NEEDS_SCRIPT = gettext_lazy("The browser sent no passkey: a passkey needs JavaScript. Try again, or use a code.")


class AnswerField(forms.CharField):
    """What a browser says of a passkey, as JSON; written by `passkeys.js`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, max_length=MOST, **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            found = json.loads(super().clean(value) or "{}")
        except (ValueError, RecursionError):  # brackets within brackets
            return {}
        return found if isinstance(found, dict) else {}


class AppForm(ConfirmedForm):
    """The first code of an authenticator app, which shows that it has the ``secret``."""

    code = forms.CharField(
        label=gettext_lazy("Code from the app"),
        help_text=gettext_lazy("Six digits. The app shows new ones every half minute."),
        max_length=20,
        widget=forms.TextInput(attrs={**BOX, "inputmode": "numeric"}),
        error_messages=required(gettext_lazy("Enter the code that the app shows")),
    )
    design = {"code": {"width": 10}}

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._secret, self.counter = secret, 0

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.counter = factors.counter_of(self._secret, code)
        if not self.counter:
            raise forms.ValidationError(
                _("That is not the code that the app shows now: enter the next one, and see that its clock is right")
            )
        return code


class PasskeyForm(ConfirmedForm):
    """A passkey that the browser has made, and what its user calls it."""

    name = forms.CharField(
        label=gettext_lazy("What you call it"),
        help_text=gettext_lazy("To tell it from others, like “work laptop” or “blue key”."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=required(gettext_lazy("Say what you call it")),
    )
    answer = AnswerField()
    design = {"name": {"width": 20}}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data  # the question stays open
        if not data["answer"]:
            self.add_error(None, NEEDS_SCRIPT)
            return data
        data["answer"] = factors.new_passkey(data["answer"])
        if not data["answer"]:
            self.add_error(None, _("That passkey could not be added: try again"))
        return data


class StepForm(forms.Form):
    """The second step of signing in. ``shown`` is the kind of factor that was right; "" for none."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=60, required=False, widget=forms.TextInput(attrs=BOX))
    answer = AnswerField()
    design = {"code": {"width": 20, "optional": False}}
    mark_optional = False

    def __init__(self, *args: Any, request: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request, self._user, self.shown = request, user, ""
        kinds = {one.type for one in factors.factors_of(user)}
        self.fields["code"].help_text = (
            _("The six digits that your authenticator app shows, or one of your recovery codes.")
            if factors.APP in kinds
            else _("One of your recovery codes.")
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        code, answer = data.get("code", ""), data.get("answer")
        if answer:
            self._try(None, lambda: factors.accept_passkey(self._user, answer), _("That passkey was not taken."))
        elif code:
            wrong = _("That code is not right, or was used before: enter a new one")
            self._try("code", lambda: factors.accept_code(self._user, code), wrong)
        elif "by_passkey" in self.data:
            self.add_error(None, str(NEEDS_SCRIPT))
        elif not self.errors:
            self.add_error("code", _("Enter a code"))
        return data

    def _try(self, field: str | None, check: Callable[[], str], wrong: str) -> None:
        """Slowed and logged as a wrong password is."""
        address = self._user.email
        try:
            counted = sign_in.consume(self._request, address, second=True)
        except sign_in.TooMany:
            sign_ins.record_failed(address, refused=True, second=True)
            self.add_error(field, _("Too many wrong codes: try again in an hour"))
            return
        self.shown = check()
        if self.shown:
            sign_in.give_back(counted)
        else:
            sign_ins.record_failed(address, second=True)
            self.add_error(field, wrong)
