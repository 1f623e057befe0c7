"""A revision: the same days counted anew from the records as they now stand, beside what was first told of them.

Late records and corrections are let out only where that tells of nobody: the change of each count from what was first
told is as sensitive as a count. Where it is small the first figure stands.
"""

from collections.abc import Iterable, Mapping, Sequence

from reporting.codes import LIVE
from reporting.models import Fact, Release
from reporting.releases import editions
from reporting.releases.freezing import CannotRelease, Sheet
from reporting.releases.standing import Base

Cells = Mapping[frozenset[tuple[str, str]], int]
WEEDED = "Records of these days have been weeded: what is gone would read as corrected. What was first told stands."
IDLE = "No count of it would be another today: what was first told stands, and needs no revision."


def next_edition(before: Iterable[Release]) -> int:
    """The number of a revision that is made beside the releases ``before``."""
    return editions.next_edition(sheet["time"] for one in before for sheet in one.counts["sheets"])


def check(release: Release, true: Sequence[Sheet], first: Base) -> None:
    """CannotRelease where the counts ``true`` would revise nothing of ``first``, every count that was first told or
    kept with it; or where they would tell retention for a correction."""
    pairs = [(_cells(_first(sheet, first)), _cells(sheet)) for sheet in true if sheet.told and _first(sheet, first)]
    own = Fact.objects.filter(force=release.force, source=LIVE, happened_on__range=(release.start, release.end))
    gone = release.source == LIVE and own.filter(case_id__isnull=True).exists()
    if gone or any(then and not now for then, now in pairs):
        raise CannotRelease(WEEDED)
    if all(then == now for then, now in pairs):
        raise CannotRelease(IDLE)


def _first(sheet: Sheet, first: Base) -> Sheet | None:
    return first.get((sheet.of, editions.plain(sheet.time), frozenset(sheet.dimensions)))


def _cells(sheet: Sheet | None) -> Cells:
    """The counts of the sheet that are not nought, whichever way its groups are named."""
    if sheet is None:
        return {}
    return {frozenset(zip(sheet.dimensions, at, strict=True)): n for at, n in sheet.counts.items() if n}
