"""The sheets of a caseload that are printed: what is due this week, and everything that a colleague takes over."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.tables import Column, Table, under
from diversion.design_system.wording import short_weekday
from referrals.presenters.caseload import BoardRow
from referrals.presenters.partner import Due, everything_due
from referrals.queries.loads import WEEK, Load


def sheet_table(rows: Iterable[BoardRow], *, only_week: bool, names_worker: bool) -> Table:
    """A row for each person: who, how they are reached, what is due (``only_week``: of the next seven days and late),
    and when they were last met or reached. No note and nothing of their needs: paper is left lying about.
    """
    headings = [_("Person"), _("How they are reached"), _("Due"), _("Last contact")]
    columns = [Column(heading) for heading in headings + ([_("Worker")] if names_worker else [])]
    cells = [_cells(row, only_week) + ([row.navigator or _("Nobody")] if names_worker else []) for row in rows]
    return Table(caption=_("People"), caption_hidden=True, columns=columns, rows=cells, stacked=True)


def whose_sheet(user: User, load: Load, who: str) -> str:
    """Whose people are on it: a worker's name, everyone's or nobody's; ``who`` as the board takes it."""
    named = {"mine": user.full_name, "all": _("Everyone’s caseload"), "unassigned": _("Nobody’s caseload")}
    return named.get(who) or load.workers.get(int(who), (_("Nobody here"), 0))[0]


def _cells(row: BoardRow, only_week: bool) -> list[Any]:
    seen = row.referral.place.seen_at
    return [
        under(row.person, f"{row.scheme}, {row.referral.reference}"),
        _lines(_reached(row.person)),
        _lines(_due(row, only_week)),
        short_weekday(clock.local_date(seen)) if seen else _("None"),
    ]


def _reached(person: Any) -> list[str]:
    interpreter = _("Interpreter: %(language)s") % {"language": person.needs_interpreter}
    said = [person.telephone, person.safe_contact, interpreter if person.needs_interpreter else ""]
    return [one for one in said if one] or [_("Nothing on record")]


def _due(row: BoardRow, only_week: bool) -> list[str]:
    """ "Fri 12 Jun: Appointment at 2:30pm, Harbour House", and how much of what was agreed is done."""
    last = clock.today() + timedelta(days=WEEK)
    due: Sequence[Due] = everything_due(row.referral, row.planned, clock.today())
    shown = [one for one in due if one.day <= last or not only_week]
    words = [f"{one.short_day}: {one.what} ({one.when})" for one in shown] or [_("Nothing has a date")]
    return [*words, row.progress] if row.progress else words


def _lines(words: Iterable[str]) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((one,) for one in words))
