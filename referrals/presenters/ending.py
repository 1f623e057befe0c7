"""How a case ended: for the person, in a letter and on a certificate, and for the force's record system, as text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from cases import legal
from cases.law.outcomes import all_outcomes
from cases.law.settings import LawSettings
from cases.models import Allegation, Authorisation, Case, WordsOfAdmission
from diversion import clock
from diversion.design_system.wording import clock_time, long_date
from referrals.models import Agreement, Appointment, Breach, Condition, PersonFeedback, Referral
from referrals.presenters.admitting import admission_in_words
from referrals.presenters.agreement import Paper
from referrals.presenters.case import SupportView

#: Home Office outcomes that bring something else than the end of it: charged or summonsed; cautioned.
CHARGED, CAUTIONED = (1,), (2, 3)


@dataclass(frozen=True)
class Ending:
    """What the letter says. ``agreed``: the conditions, as police may read them; ``breach``: the last, if any."""

    case: Case
    agreement: Agreement
    referral: Referral | None
    settings: LawSettings
    agreed: Sequence[Condition]
    breach: Breach | None = None

    @cached_property
    def paper(self) -> Paper:
        return Paper(self.case, self.agreement, self.referral, self.settings, self.agreed)

    @property
    def closed_on(self) -> date:
        assert self.case.closed_at is not None  # noqa: S101 - there is no letter before
        return clock.local_date(self.case.closed_at)

    @property
    def is_broken(self) -> bool:
        """Whether it ended as not kept: somebody decided so, or noted that something was not done."""
        broken = self.breach is not None and self.breach.ends_agreement
        not_completed = self.referral is not None and self.referral.result == Referral.Result.NOT_COMPLETED
        return broken or not_completed or any(one.state == Condition.State.NOT_DONE for one in self.agreed)

    @property
    def is_kept(self) -> bool:
        """Whether it ended as kept: completed, or done where no partner was there to say so."""
        if self.is_broken:
            return False
        completed = self.referral is not None and self.referral.result == Referral.Result.COMPLETED
        return completed or Condition.are_kept({one.state for one in self.agreed})

    @property
    def words(self) -> str:
        """What has come of it, in a sentence or two for the person."""
        day = {"day": long_date(self.closed_on)}
        if self.is_kept:
            return _("You have done what you agreed to. It ended on %(day)s, and you do not go to court for it.") % day
        numbers = {number_of(one) for one in self.case.allegations.all()}
        if numbers.intersection((*CHARGED, *CAUTIONED)):
            follows = _("On %(day)s it was decided what follows: you are told of that in another letter.")
        else:
            follows = _("Nothing more follows from it: it ended on %(day)s.")
        return f"{self._not_kept_words} {follows % day}"

    @property
    def _not_kept_words(self) -> str:
        if self.is_broken:
            return _("What you agreed to was not done.")
        if self.agreement.referral is not None and self.referral is None:
            return _("The help that was part of it could not be given. That is not your fault.")
        return _("You do not have to do what you agreed to any more. That is not your fault.")

    @property
    def may_say_record(self) -> bool:
        """Words about the record are those of the resolution that was kept, once the force has approved them."""
        return self.is_kept and self.paper.record is not None and self.paper.may_print_record


def obstacle(case: Case, agreement: Agreement | None) -> str:
    """Why there is nothing to write to the person about; "" where there is."""
    if case.closed_at is None:
        return _("This case is open: there is a letter once it has ended.")
    if case.can_be_undone:
        words = _("That it was closed can be undone until %(time)s: there is a letter after that.")
        return words % {"time": clock_time(case.undoable_until)}
    if agreement is None:
        return _("Nobody agreed to anything in this case: there is nothing that ended.")
    if Authorisation.objects.filter(case=case, state=Authorisation.State.REFUSED).exists():
        return _(
            "What was agreed was not authorised, and does not stand. The person hears what is decided in its place."
        )
    if case.rescissions.given().exists():
        return _("The decision was rescinded: write to the person yourself, and say that nothing of it is to be done.")
    if agreement.referral is not None and agreement.referral.is_voluntary:
        return _(
            "This support is voluntary: police do not know how it ended. The partner gives the person a certificate."
        )
    return ""


def number_of(allegation: Allegation) -> int | None:
    """The Home Office outcome of a crime without its letter; None where it has none."""
    found = re.match("[0-9]+", allegation.outcome or "")
    return int(found[0]) if found else None


def record_text(
    case: Case, views: Sequence[SupportView], conditions: Sequence[Condition], breach: Breach | None
) -> str:
    """What to paste into the force's record system: crimes with their outcomes, what was agreed and what came of it.

    While the case is open it says what was decided and agreed, for whoever writes up the occurrence that day.
    Of voluntary support it says that the person was referred, and no more.
    """
    state = _("%(case)s, closed on %(day)s.") if case.closed_at else _("%(case)s, open.")
    lines = [state % {"case": case.reference, "day": long_date(case.closed_at)}]
    lines += [_crime(one, is_closed=case.closed_at is not None) for one in case.allegations.all()]
    lines += _decided(case)
    is_voluntary = any(view.is_voluntary for view in views)
    for view in views:
        words = {"scheme": view.scheme, "provider": view.referral.provider, "said": " ".join(view.feedback)}
        lines.append(_("Support: %(scheme)s, %(provider)s. %(said)s") % words)
    for one in conditions:
        state = "" if is_voluntary else f" {one.get_state_display()}"
        lines.append(_("Condition: %(words)s%(state)s") % {"words": one.wording, "state": state})
    if breach is not None and breach.decided_at:
        words = {"way": breach.get_decision_display(), "who": breach.decided_by, "day": long_date(breach.decided_at)}
        lines.append(_("Not kept, decided: %(way)s. %(who)s, %(day)s.") % words)
    return "\n".join(lines)


def _crime(allegation: Allegation, *, is_closed: bool) -> str:
    words = {"crime": allegation.crime.number, "offence": allegation.offence.title, "outcome": allegation.outcome}
    if number := number_of(allegation):
        name = all_outcomes()[number].name
        return _("%(crime)s, %(offence)s: outcome %(outcome)s, %(name)s.") % (words | {"name": name})
    return (
        _("%(crime)s, %(offence)s: no outcome.") if is_closed else _("%(crime)s, %(offence)s: no outcome yet.")
    ) % words


def _decided(case: Case) -> list[str]:
    decision = case.decision
    day = clock.local_date(decision.decided_at)
    label = legal.disposal_label(decision.disposal, day) if decision.disposal else decision.get_result_display()
    decided_by = _("whoever had to, elsewhere") if case.brought_as else decision.decided_by
    lines = [_("%(label)s, decided by %(who)s, %(day)s.") % {"label": label, "who": decided_by, "day": long_date(day)}]
    given = (
        Authorisation.objects.filter(case=case, state=Authorisation.State.GIVEN).select_related("decided_by").first()
    )
    if given is not None and given.decided_at:
        words = {"who": given.decided_by, "day": long_date(given.decided_at)}
        lines.append(_("Authorised by %(who)s, %(day)s.") % words)
        if given.evidence_certified:
            who = {"who": given.decider_in_words}
            lines.append(_("Evidence enough to charge, certified by %(who)s.") % who)
    said = WordsOfAdmission.objects.filter(case=case).select_related("heard_by").first()
    if said is not None:
        lines.append(_("Admitted: %(words)s.") % {"words": admission_in_words(said)})
    for one in case.rescissions.given().select_related("decided_by"):
        words = {"who": one.decider_in_words, "day": long_date(one.decided_at)}
        lines.append(_("Rescinded by %(who)s, %(day)s: no outcome.") % words)
    return lines


@dataclass(frozen=True)
class Certificate:
    """What somebody may show to whom they like: that they finished, and when. Nothing of any offence stands on it.

    Nor does the scheme: its name may say what the offence was.
    """

    referral: Referral

    @property
    def began(self) -> str:
        return long_date(self.referral.started_at or self.referral.decided_at)

    @property
    def ended(self) -> str:
        return long_date(self.referral.closed_at)

    @property
    def meetings(self) -> int:
        """How many meetings the person came to."""
        came = Appointment.ATTENDED_STATES
        return sum(one.attendance in came for one in self.referral.appointments.all())


def certificate_obstacle(referral: Referral) -> str:
    """Why there is no certificate; "" where there is."""
    if referral.state != Referral.State.CLOSED or referral.result != Referral.Result.COMPLETED:
        return _("There is a certificate once the support was closed as completed.")
    live = referral.undoables.live().first()
    if live is not None:
        words = _("That it was closed can be undone until %(time)s: there is a certificate after that.")
        return words % {"time": clock_time(live.until)}
    return ""


def feedback_rows(said: PersonFeedback) -> list[dict[str, str]]:
    """What somebody said of the help they had, for those who may read it."""
    return [
        {"key": _("Treated with respect"), "value": said.get_respect_display()},
        {"key": _("It helped"), "value": said.get_helped_display()},
        {"key": _("What would have made it better"), "value": said.better or "–"},
        {"key": _("Said"), "value": long_date(said.said_at)},
    ]
