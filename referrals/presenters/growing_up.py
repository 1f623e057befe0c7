"""A young person's parents and their 18th birthday, as their worker sees them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from diversion import clock
from diversion.design_system.wording import long_date
from diversion.home import Shown
from referrals.codes import MayBeTold
from referrals.forms.growing_up import ParentRuleForm
from referrals.models import ParentRule, Referral
from referrals.queries.growing_up import adult_on, asks_after, parent_rule

#: The id of the section on the page of the referral.
ANCHOR = "parents"


class ParentsView:
    """What a parent or carer may be told today, what follows at 18, and the form that records it."""

    def __init__(self, referral: Referral, bound: Any = None) -> None:
        self.rule, self.day = parent_rule(referral), adult_on(referral)
        self.version = self.rule.version if self.rule else 0
        self.rows = [
            {"key": _("May be told"), "value": self._told()},
            {"key": _("Is 18 on") if self.day > clock.today() else _("Is 18 since"), "value": long_date(self.day)},
        ]
        self.asks = asks_after(referral) and not (self.rule and self.rule.after_18)
        if self.rule and self.rule.after_18:
            self.rows.append({"key": _("From then on"), "value": self.rule.get_after_18_display()})
        self.form = bound or parents_form(referral, self.rule)

    def _told(self) -> str:
        """Who may be told what today: nothing where nobody asked, and nothing from 18 on unless they agreed."""
        rule = self.rule
        if rule is None or not rule.may_be_told:
            return _("Nothing: they were not asked")
        if self.day <= clock.today() and not rule.also_after_18:
            return _("Nothing any more: they are 18")
        if rule.may_be_told == MayBeTold.NOTHING:
            return rule.get_may_be_told_display()
        return f"{rule.adult}: {rule.get_may_be_told_display()}"


def parents_form(referral: Referral, rule: ParentRule | None, data: Any = None) -> ParentRuleForm:
    said = rule or ParentRule()
    initial = {name: getattr(said, name) for name in ("adult", "may_be_told", "after_18", "also_after_18")}
    return ParentRuleForm(data, initial=initial, asks_after=asks_after(referral), auto_id="parents-%s")


def birthdays(found: Shown[Any]) -> dict[str, Any]:
    """Who is to be asked, and when each turns 18, with the place on their page where that is recorded; all counted."""
    lines = [
        {
            "text": str(one.referral.case.person),
            "href": f"{reverse('referral_page', args=[one.referral.reference])}#{ANCHOR}",
            "day": long_date(adult_on(one.referral)),
        }
        for one in found
    ]
    return {"lines": lines, "n": found.total}
