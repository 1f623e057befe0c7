"""What the force's rules left open for somebody who was offered nothing, in plain words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    """ "Community resolution; Simple caution, Drug diversion (with a sergeant’s authority). Of some others it is not
    known": those that ask for the same authority stand together."""
    allowed = [option for option in options if option.is_open]
    untold = any(not option.is_open and not option.is_closed for option in options)
    if not allowed:
        return _("Not known: not enough was asked to tell") if untold else _("Nothing: every option was ruled out")
    together: dict[str, list[str]] = {}
    for option in allowed:
        together.setdefault(authority_in_words(option), []).append(option.title)
    words = "; ".join(", ".join(titles) + authority for authority, titles in together.items())
    return _("%(allowed)s. Of some others it is not known.") % {"allowed": words} if untold else words


def authority_in_words(option: KeptOption) -> str:
    """ " (with a sergeant’s authority)": for certain, at least, or perhaps; "" where nobody has to agree."""
    asked = [rank for rank in option.ranks if rank != NOBODY]
    if not asked:
        return ""
    if NOBODY in option.ranks:
        words = _(" (perhaps with %(authority)s)")
    elif asked[1:]:
        words = _(" (with %(authority)s or higher)")
    else:
        words = _(" (with %(authority)s)")
    return words % {"authority": AUTHORITY[asked[0]]}
