"""The password again before a decision in one's own name: a screen left open is not the person signed in at it.

Asked once in `GOOD_FOR`, the sign-in counting as the first time (OWASP ASVS 5.0, 7.5.3: before highly sensitive
transactions, users authenticate again). A wrong one is counted, slowed and logged as a failed sign-in is.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion import clock
from diversion.accounts import sign_in
from diversion.audit import sign_ins
from diversion.requests import SignedInRequest

GOOD_FOR = timedelta(minutes=5)
GIVEN_AT = "password_given_at"  # in a session: seconds since 1970


def note_signed_in(request: Any, **kwargs: Any) -> None:
    """Whoever signs in has just given it."""
    _note_given(request.session)


def _note_given(session: Any) -> None:
    session[GIVEN_AT] = int(clock.now().timestamp())


def given_lately(session: Any) -> bool:
    """Whether its user gave their password within `GOOD_FOR`."""
    since = clock.now().timestamp() - session.get(GIVEN_AT, 0)
    return 0 <= since < GOOD_FOR.total_seconds()


class ConfirmedForm(forms.Form):
    """A form that asks for the password once more, unless ``request``'s user gave it lately.

    `needs_password` says for which answers. What else is wrong with the form does not ask for the password again.
    """

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        help_text=gettext_lazy("Asked before a decision in your name, at most once in five minutes."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        required=False,
        strip=False,
    )

    def __init__(self, *args: Any, request: SignedInRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        self.fields["password"] = self.fields.pop("password")  # last, beside the button
        self.design = {**getattr(self, "design", {}), "password": {"optional": False}}
        if given_lately(request.session):
            del self.fields["password"]

    def needs_password(self) -> bool:
        """Whether what was answered is done in one's own name."""
        return True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "password" not in self.fields or not self.needs_password():
            data.pop("password", None)
        elif problem := self._confirm(data.pop("password", "")):
            self.add_error("password", problem)
        else:
            del self.fields["password"]
        return data

    def _confirm(self, password: str) -> str:
        """Why ``password`` does not confirm who this is, in a sentence; "" where it does."""
        user, address = self._request.user, self._request.user.email
        if not password:
            return _("Enter your password")
        try:
            counted = sign_in.consume(self._request, address)
        except sign_in.TooMany:
            sign_ins.record_failed(address, refused=True)
            return _("Too many wrong passwords: try again in ten minutes")
        if not user.check_password(password):
            sign_ins.record_failed(address)
            return _("That is not your password: enter it again")
        sign_in.give_back(counted)
        _note_given(self._request.session)
        self._request.confirmed = (
            True  # diversion.middleware.SessionMiddleware gives the session a new key, and logs it
        )
        return ""
