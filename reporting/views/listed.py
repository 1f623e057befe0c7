"""The list of cases behind a figure, as a page."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from diversion.design_system.tables import Column, Table, link
from diversion.design_system.wording import long_date, short_date
from diversion.requests import SignedInRequest
from reporting import queries

ON_A_PAGE = 25


def case_list(
    request: SignedInRequest,
    cases: Any,
    caption: str,
    days: dict[str, Any],
    back: tuple[str, str],
    *,
    deciders: bool = False,
) -> HttpResponse:
    """A page of ``cases``, each logged as shown; ``back``: where the figure stands, and what that is called.

    ``deciders``: with who decided each, where the cases are those of one team.
    """
    page = Paginator(cases, ON_A_PAGE).get_page(request.GET.get("page"))
    queries.log_listed(page.object_list, by=request.user)
    period = _("%(start)s to %(end)s") % {name: long_date(day) for name, day in days.items()}
    table = _table(page.object_list, deciders=deciders)
    context = {"caption": caption, "period": period, "page": page, "table": table}
    context |= {"back": back[0], "back_words": back[1]}
    return render(request, "reporting/figure_cases.html", context)


def _table(cases: Any, *, deciders: bool) -> Table:
    whose = _("Decided by") if deciders else _("Team")
    columns = [_("Case"), _("Person"), _("Offence"), _("Decision"), whose, _("Decided")]
    rows = [
        [
            format_html(
                '<span class="app-nowrap">{}</span>', link(case.reference, reverse("case_page", args=[case.reference]))
            ),
            str(case.person),
            next((each.offence.title for each in case.allegations.all()), None),
            case.decision.get_result_display(),
            case.decision.decided_by.full_name if deciders else case.team and case.team.name,
            short_date(case.decision.decided_at),
        ]
        for case in cases
    ]
    return Table(_("Cases"), [Column(name) for name in columns], rows, caption_hidden=True, stacked=True)
