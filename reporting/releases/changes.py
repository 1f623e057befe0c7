"""What has changed since a release was frozen: counts then and now, for the force itself only."""

from collections.abc import Iterator
from typing import Any

from diversion import audit
from diversion.accounts.models import User
from reporting.door import OPERATOR, Audience, Leaving, leave
from reporting.models import Release
from reporting.releases.freezing import Sheet
from reporting.releases.working_out import counted_now


def changes_since(release: Release, *, by: User | None = OPERATOR) -> Leaving:
    """The counts of ``release`` that late edits, reversals or late records have changed: then, and now.

    The release itself does not move. Exact, operational: PermissionDenied for whoever may not drill down in its force.
    """
    then = {_place(sheet): sheet for sheet in map(Sheet.read, release.counts["sheets"])}
    # As its own sheets are cut: those of an earlier release stand as they were, also where the table that was asked for
    # names the same dimensions in another order.
    now = counted_now(release, list(dict.fromkeys(sheet.dimensions for sheet in then.values())))
    changed = [row for sheet in now if (place := _place(sheet)) in then for row in _changed(then[place], sheet)]
    content = {
        "release": release.name,
        "made_at": release.made_at.isoformat(timespec="seconds"),
        "changed": changed,
        "unchanged": not changed,
    }
    found = leave(content, audience=Audience.OPERATIONAL, force=release.force, by=by)
    audit.record("release.compared", audit.Nature.CONSULTATION, by=by, subjects=[release])
    return found


def _place(sheet: Sheet) -> tuple[str, tuple[str, ...]]:
    return sheet.measure, sheet.dimensions


def _changed(then: Sheet, now: Sheet) -> Iterator[dict[str, Any]]:
    for place in sorted({*then.counts, *now.counts}):
        old, new = then.counts.get(place, 0), now.counts.get(place, 0)
        if old != new:
            at = dict(zip(now.dimensions, place, strict=True))
            yield {"of": now.of, "time": now.time, "at": at, "then": old, "now": new}
