"""What waits for somebody at a provider, in its order, each with how much of it: the top of both of its first pages.

Their first page is the list that is their work, so the top of it only says what there is and leads on.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.accounts.models import User
from diversion.accounts.presenters import waits as account_changes
from diversion.home import beside
from referrals.codes import Group
from referrals.models import CheckIn, Question
from referrals.queries.caseload import ACCOUNTS, CHECK_INS, QUESTIONS

#: What stands on the board and waits for nobody yet is not named.
SHORT = {
    Group.NOBODYS: Group.NOBODYS.label,
    Group.TODAY: Group.TODAY.label,
    Group.OVERDUE: Group.OVERDUE.label,
    Group.WEEK: Group.WEEK.label,
    Group.QUIET: gettext_lazy("Gone quiet"),
}
#: People on a page of the board.
ON_A_PAGE = 50


def waits(
    groups: Counter[Group], *, to_answer: int, on_board: dict[str, str], by: User, around: Collection[str]
) -> list[dict[str, Any]]:
    """Referrals to answer, answers that ask for somebody, the groups of the board in its order, changes of accounts,
    and what other apps have; nothing of which there is none. ``on_board`` are the parameters of the board that has
    these groups; ``around``: what there is beside it.
    """
    found = [_item(_("Referrals to answer"), to_answer, reverse("inbox"))] if to_answer else []
    if CHECK_INS in around:
        asking = CheckIn.objects.visible_to(by).to_review().count()
        found.append(_item(_("Answers that ask for somebody"), asking, reverse("check_in_queue")))
    if QUESTIONS in around:
        found.append(
            _item(_("Questions of the police"), Question.objects.asked_of(by).count(), reverse("question_queue"))
        )
    found += _on_board(groups, on_board)
    changes = account_changes(by) if ACCOUNTS in around else ()
    found += [_item(one.heading, one.total, reverse("account_requests")) for one in changes if one.total]
    for other in (one for one in beside() if one.kind in around):
        found += [_item(one.heading, one.total, reverse(other.name)) for one in other.sections(by)]
    return found


def _on_board(groups: Counter[Group], on_board: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A link for each group to its heading, on the page on which it begins."""
    before = 0
    for group in Group:
        if group in SHORT and groups[group]:
            query = urlencode(on_board | {"page": str(before // ON_A_PAGE + 1)})
            yield _item(str(SHORT[group]), groups[group], f"{reverse('caseload')}?{query}#{anchor(group)}")
        before += groups[group]


def anchor(group: Group) -> str:
    """The id of a group's heading on the board."""
    return f"group-{group.value}"


def _item(words: str, n: int, href: str) -> dict[str, Any]:
    return {"text": f"{words} ({n})", "href": href}
