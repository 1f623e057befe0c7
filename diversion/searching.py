"""Searching for somebody without a name in an address: what is typed is posted, and kept for the user who typed it.

A form names the fields that are kept so in ``kept``; its other fields stand in the address like those of any filter::

    @requires(…, people=True)
    def case_list(request):
        form = CaseFilterForm(asked(request, CaseFilterForm, page="case_list"))
        if request.method == "POST" and form.is_valid():
            return keep(request, form, page="case_list")
"""

import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.accounts.actions.searches import keep_search
from diversion.accounts.queries import kept_search
from diversion.design_system.filtering import SEARCH
from diversion.names.folding import words
from diversion.names.tokens import MOST_WORDS
from diversion.names.typed import UnreadableDate, read
from diversion.requests import SignedInRequest

NEVER_SENT_ON = ("csrfmiddlewaretoken", "page", SEARCH)


def few_words(typed: str) -> None:
    """Words are looked for in every way in which they may be written: with fifty a page took twenty seconds."""
    if len(words(typed)) > MOST_WORDS:
        raise ValidationError(_("Type at most %(most)d words of the name") % {"most": MOST_WORDS}, code="words")


class SearchField(forms.CharField):
    """A name, a date of birth, or both, in one box (`diversion.names.typed`)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
        super().__init__(max_length=100, required=False, validators=[few_words], **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if self.max_length is not None and len(value) > self.max_length:
            return  # its own validator says so; to read 1,500 words would take half a minute
        try:
            read(value)
        except UnreadableDate as error:
            raise ValidationError(_(str(error)), code="date") from error


def asked(request: SignedInRequest, form: type[forms.Form], *, page: str) -> QueryDict:
    """What the form is bound to: what was posted, or what stands in the address with what was kept for it."""
    if request.method == "POST":
        return request.POST
    query = request.GET.copy()
    typed = _typed(request, page)
    for name in form.kept:  # type: ignore[attr-defined]
        query.pop(name, None)  # a name that somebody put into an address all the same is not looked for
        if name in typed:
            query[name] = typed[name]
    return query


def is_over(request: SignedInRequest, *, page: str) -> bool:
    """Whether the address leads to a search that is over, or was never this user's."""
    return SEARCH in request.GET and not _typed(request, page)


def keep(
    request: SignedInRequest, form: forms.Form, *, page: str, to: str = "", anew: Collection[str] = ()
) -> HttpResponse:
    """To the address of what the valid ``form`` asks for, at the page ``to`` (a URL name) or this one.

    The parameters ``anew`` are those that a new search makes pointless.
    """
    kept = form.kept  # type: ignore[attr-defined]
    typed = {name: value for name in kept if (value := str(form.cleaned_data.get(name) or "").strip())}
    query = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name not in (*NEVER_SENT_ON, *kept, *anew) and any(values):
            query.setlist(name, values)
    if typed:
        query[SEARCH] = str(keep_search(page=page, typed=typed, by=request.user).pk)
    address = reverse(to) if to else request.path
    return redirect(f"{address}?{query.urlencode()}" if query else address)


def _typed(request: SignedInRequest, page: str) -> dict[str, str]:
    """What was kept for the address: asked for once in a request, by whichever comes first."""
    known: dict[str, dict[str, str]] = request.__dict__.setdefault("_searches", {})
    if page not in known:
        known[page] = _kept(request, page)
    return known[page]


def _kept(request: SignedInRequest, page: str) -> dict[str, str]:
    try:
        pk = uuid.UUID(request.GET.get(SEARCH, ""))
    except ValueError:
        return {}
    search = kept_search(pk=pk, page=page, by=request.user)
    return search.typed if search else {}
