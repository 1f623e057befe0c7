"""What the force's rules left open for somebody who was offered nothing, in plain words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.codes import DecisionResult
from cases.eligibility.kept import KeptOption
from cases.models import Case

AUTHORITY = {
    "sergeant": gettext_lazy("a sergeant’s authority"),
    "inspector": gettext_lazy("an inspector’s authority"),
    "superintendent": gettext_lazy("a superintendent’s authority"),
    "prosecutor": gettext_lazy("the Crown Prosecution Service’s authority"),
}
NOBODY = ""


def what_was_open(case: Case) -> str:
    """For a decision "not offered" whose options were kept; "" for any other."""
    assessment = case.first_assessment
    if case.decision.result != DecisionResult.NOT_OFFERED or assessment is None or not assessment.options:
        return ""
    return options_in_words(assessment.kept_options)


def options_in_words(options: Sequence[KeptOption]) -> str:
    """ "Community resolution; Drug diversion (with a sergeant’s authority). 3 more could not be told"."""
    allowed = [option for option in options if option.is_open]
    untold = sum(not option.is_open and not option.is_closed for option in options)
    if not allowed:
        return _("Not known: not enough was asked to tell") if untold else _("Nothing: every option was ruled out")
    words = "; ".join(_with_authority(option) for option in allowed)
    if not untold:
        return words
    more = ngettext("%(n)d more could not be told", "%(n)d more could not be told", untold) % {"n": untold}
    return f"{words}. {more}"


def _with_authority(option: KeptOption) -> str:
    """The option and who has to agree: for certain, at least, or perhaps."""
    asked = [rank for rank in option.ranks if rank != NOBODY]
    if not asked:
        return option.title
    if NOBODY in option.ranks:
        words = _("%(option)s (perhaps with %(authority)s)")
    elif len(asked) > 1:
        words = _("%(option)s (with %(authority)s or higher)")
    else:
        words = _("%(option)s (with %(authority)s)")
    return words % {"option": option.title, "authority": AUTHORITY[asked[0]]}
