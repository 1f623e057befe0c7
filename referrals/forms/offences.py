"""Choosing an offence from the force's catalogue, by its title or by what officers call it."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Catalogue, Offence
from diversion import clock
from diversion.design_system.forms import CatalogueSelect, required
from diversion.design_system.wording import long_date


class OffenceField(forms.ChoiceField):
    """The code of an offence. ``offer`` says what there is to choose from."""

    widget = CatalogueSelect

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Offence"))
        kwargs.setdefault("error_messages", required(gettext_lazy("Choose the offence")))
        super().__init__(**kwargs)

    def offer(self, catalogue: Catalogue, *, recorded: Offence | None = None) -> None:
        """Offer every offence of the catalogue, and the one ``recorded`` already, grouped as the officer reads it."""
        known = [offence for offence in catalogue if recorded is None or offence.code != recorded.code]
        known += [recorded] if recorded else []
        known.sort(key=lambda offence: (offence.group, offence.title))
        often = Counter(offence.title for offence in known)
        groups: dict[str, list[tuple[str, str]]] = {}
        for offence in known:
            groups.setdefault(offence.group, []).append((offence.code, _label(offence, often)))
        self.choices = [("", "---------"), *groups.items()]
        self.widget.search = {offence.code: search_words(offence) for offence in known}


def _label(offence: Offence, often: Mapping[str, int]) -> str:
    """The title; with the code where two have the same, and with the days where it does not stand today."""
    title = f"{offence.title} ({offence.code})" if often[offence.title] > 1 else offence.title
    today = clock.today()
    if offence.ends < today:
        return _("%(title)s (until %(day)s)") % {"title": title, "day": long_date(offence.ends)}
    if offence.starts > today:
        return _("%(title)s (from %(day)s)") % {"title": title, "day": long_date(offence.starts)}
    return title


def search_words(offence: Offence) -> str:
    """What else it is found by: its other names, its Act, and its section as "s.47", "s47" and "47"."""
    parts = (offence.search, offence.act, offence.section, re.sub(r"^s+\.\s*", "s", offence.section))
    return " ".join(part for part in parts if part)


def chosen_entry(form: forms.Form, catalogue: Catalogue, *, recorded: Offence | None = None) -> Offence | None:
    """The entry of the code chosen that stood on the day of the offence; the one ``recorded`` stays what it was.

    Where there is none for that day, ``form`` says so; None too where code or day is missing, which it says itself.
    """
    code, day = form.cleaned_data.get("offence"), form.cleaned_data.get("committed_on")
    if not code or not day:
        return None
    if recorded is not None and code == recorded.code and recorded.starts <= day <= recorded.ends:
        return recorded
    if (entry := catalogue.on(code, day)) is None:
        words = _("The catalogue has “%(title)s” for other days than %(day)s: choose another, or check the date")
        title = dict(_flat(form.fields["offence"].choices))[code]
        form.add_error("offence", words % {"title": title, "day": long_date(day)})
    return entry


def _flat(choices: Any) -> list[tuple[str, str]]:
    return [pair for group, pairs in choices if isinstance(pairs, list) for pair in pairs]
