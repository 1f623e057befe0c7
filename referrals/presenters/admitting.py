"""The words of admission, for police who see the case: no partner, victim or facilitator reads them."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from cases.models import WordsOfAdmission
from diversion.design_system.wording import long_date


def admission_in_words(said: WordsOfAdmission) -> str:
    """ "“It was me.” Body-worn video, BWV/12; to Amara Okafor, 10 June 2026"."""
    where = ", ".join(filter(None, (said.get_recorded_in_display(), said.reference)))
    told = {"words": said.words, "where": where, "who": said.heard_by, "day": long_date(said.said_at)}
    return _("“%(words)s” %(where)s; to %(who)s, %(day)s") % told


def with_admission(rows: Iterable[dict[str, Any]], said: WordsOfAdmission | None) -> list[dict[str, Any]]:
    """The rows of a decision, with these words beside what the person says of it."""
    if said is None:
        return list(rows)
    row = {"key": _("Words of admission"), "value": admission_in_words(said)}
    return [one for each in rows for one in ((each, row) if each["key"] == _("What the person says") else (each,))]


def admission_events(said: WordsOfAdmission | None) -> list[dict[str, Any]]:
    """For the history of a case: that they admitted it, to whom, and what they said."""
    if said is None:
        return []
    text = admission_in_words(said)
    return [{"title": _("Offence admitted"), "when": said.said_at, "by": str(said.heard_by), "text": text}]
