"""What was settled or closed and can be undone, in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.design_system.wording import clock_time
from referrals.models import Undoable
from referrals.models.facilitation import FACILITATED


def to_undo(undoables: Iterable[Undoable], *, reader: User) -> dict[str, Any] | None:
    """The latest that can still be undone, for the top of a page; None where there is none."""
    found = next((one for one in undoables if one.undone_at is None), None)
    if found is None or not found.is_live:
        return None
    words = _("%(what)s by %(who)s at %(when)s. It can be undone until %(until)s, and nothing is sent before that.")
    said = {"what": found.get_kind_display(), "who": _who(found), "when": clock_time(found.at)}
    said["until"] = clock_time(found.until)
    return {"undoable": found, "words": words % said, "is_own": found.by_id == reader.pk}


def _who(one: Undoable) -> str:
    """Who did it; of a facilitator only that it was one: whom a victim agreed to is not for all who read the case."""
    if one.condition is None or one.condition.kind not in FACILITATED:
        return str(one.by)
    is_theirs = one.condition.by_facilitator or not one.by.can(Permission.RECORD_DECISION)
    return _("a facilitator") if is_theirs else str(one.by)


def undone_events(undoables: Iterable[Undoable]) -> list[dict[str, Any]]:
    """For the history of a case: what was done and undone, both."""
    events = []
    for one in undoables:
        if one.undone_at is not None:
            text = one.condition.wording if one.condition else ""
            what = str(one.get_kind_display())
            events.append({"title": what, "when": one.at, "by": _who(one), "text": text})
            events.append(
                {
                    "title": _("Undone: %(what)s") % {"what": what.lower()},
                    "when": one.undone_at,
                    "by": _who(one),
                    "text": text,
                }
            )
    return events
