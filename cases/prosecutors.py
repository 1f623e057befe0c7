"""What a prosecutor who was asked leaves to decide, and who may ask one."""

from django.utils.translation import gettext as _

from cases import legal, rulebook
from cases.barred import Bar, bar_to
from cases.models import Authorisation, Case, ProsecutorReferral
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission

Decision = ProsecutorReferral.Decision


def rank_to_refer(case: Case) -> str:
    """From what rank somebody may refer a case of this force to a prosecutor."""
    return str(rulebook.settings_of(case.force, clock.today()).prosecutor_rank)


def bar_to_refer(case: Case, who: User) -> str:
    """Why ``who`` may not refer ``case`` to a prosecutor, in a sentence; "" where they may."""
    rank = rank_to_refer(case)
    if not who.can(Permission.AUTHORISE):
        return _("Only somebody who authorises may refer a case to a prosecutor.")
    bar = bar_to(case, rank, who)
    return bar.format(rank=rank) if bar else ""


def bar_to_enter(case: Case, who: User) -> str:
    """Why ``who`` may not enter what a prosecutor answered; "" where they may: of that rank, or the hub."""
    if not who.can(Permission.MANAGE_SCHEMES):
        return bar_to_refer(case, who)
    bar = bar_to(case, "prosecutor", who)
    return "" if bar is None or bar == Bar.RANK else str(bar)


def last_asked(authorisation: Authorisation) -> ProsecutorReferral | None:
    """What was last put to a prosecutor of it and not taken back."""
    rows = authorisation.put_to_prosecutors.exclude(state=ProsecutorReferral.State.TAKEN_BACK)
    return rows.select_related("asked_by", "answered_by").order_by("asked_at", "pk").last()


def was_corrected_since(asked: ProsecutorReferral) -> bool:
    """Whether a crime, or the birth, was corrected after the prosecutor had the case, or had decided on it."""
    return bool(asked.authorisation.case.times_changed != asked.seen)


def why_not_authorised(authorisation: Authorisation) -> str:
    """Why nobody may authorise it by what a prosecutor has decided, or has yet to; "" where somebody may."""
    asked = last_asked(authorisation)
    if asked is None:
        return ""
    if asked.is_waiting:
        return _("This is with a prosecutor: enter their decision first, or take it back.")
    if was_corrected_since(asked):
        return _("The case was corrected after the prosecutor decided: refer it to them again, or do not authorise it.")
    if asked.decision != Decision.AGREED:
        words = _("The prosecutor decided: %(decision)s. Do not authorise this: the officer then records what follows.")
        return words % {"decision": asked.get_decision_display().lower()}
    case = authorisation.case
    if asked.disposal and asked.disposal != case.decision.disposal:
        agreed = legal.disposal_label(asked.disposal, clock.today()).lower()
        words = _(
            "The prosecutor agreed to another resolution: %(agreed)s. Do not authorise this: the officer records that"
            " one anew."
        )
        return words % {"agreed": agreed}
    return ""
