"""Taking back a decision on which somebody has acted: whether it may be asked, and who decides."""

from django.utils.translation import gettext as _

from cases import legal, rulebook
from cases.barred import bar_to
from cases.codes import DecisionResult
from cases.findings import highest, needs
from cases.models import Authorisation, Case, Rescission
from cases.trained import lacks_training
from diversion import clock
from diversion.accounts.models import User
from referrals.judging import recorded

#: Below this nobody takes back what a partner or a victim goes by (our own default).
LEAST = "sergeant"
State = Authorisation.State


def rank_to_rescind(case: Case) -> str:
    """The lowest rank that may rescind: whoever would have to authorise what was decided, as the rules have it now.

    Never below who authorised it, nor below the disposal's own rank.
    """
    ranks = [LEAST]
    if case.decision.result == DecisionResult.OFFERED_ACCEPTED:
        judged = recorded.judge_as_recorded(case)
        ranks += [one.rank for one in needs(judged.findings, judged.unknown_rank)] if judged else []
        ranks += _of_disposal(case)
    given = Authorisation.objects.filter(case=case, state=State.GIVEN).first()
    return highest([*ranks, given.rank] if given else ranks)


def _of_disposal(case: Case) -> list[str]:
    disposal = legal.disposal_of(case.decision)
    if disposal is None:
        return []
    settings = rulebook.settings_of(case.force, clock.local_date(case.decision.decided_at))
    return [str(settings.rank_overrides.get(disposal.code, disposal.authority))]


def why_not_asked(case: Case) -> str:
    """Why nobody may ask now that the decision on ``case`` be rescinded; "" where somebody may.

    That nobody has acted on it, so that it is withdrawn instead, is asked apart (`queries.withdrawing`).
    """
    if case.decision.result == DecisionResult.UNDECIDED:
        return _("Nothing is decided in this case: there is nothing to rescind.")
    last = Rescission.objects.filter(case=case).last()
    if last is not None and last.state == Rescission.State.GIVEN:
        return _("This decision is rescinded already.")
    if last is not None and last.is_waiting:
        return _("Somebody has asked for this already, and it waits for a decision.")
    return _unsettled(case)


def _unsettled(case: Case) -> str:
    """Why it is not settled whether what was decided stands at all; "" where it is."""
    authority = Authorisation.objects.filter(case=case).values_list("state", flat=True).first()
    return {
        State.WAITING: _("It is being decided whether this is to be offered at all: that comes first."),
        State.SPOKEN: _("The authority given by radio or telephone is not confirmed yet: that comes first."),
        State.REFUSED: _("This was not authorised, and ended with that."),
    }.get(State(authority) if authority else State.GIVEN, "")


def obstacle_to_rescind(rescission: Rescission, who: User) -> str:
    """Why ``who`` may not decide it, in a sentence; "" where they may. Nobody decides on what they asked themselves."""
    if not rescission.is_waiting:
        return _("This has been decided already.")
    if words := _unsettled(rescission.case):
        return words
    if who.pk == rescission.asked_by_id:
        return _("You asked for this: somebody else decides it.")
    if bar := bar_to(rescission.case, rescission.rank, who):
        return bar.format(rank=rescission.rank)
    return lacks_training(rescission.case, who, clock.today())
