"""An agreement on paper, as the person takes it home: what they do, where they go first, whom they ring, who sees what.

Nothing else goes on it: no history, no needs, and of the offence only what the person was told.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from cases import legal
from cases.law import disposals
from cases.law.dates import ADULT_AGE, age_on
from cases.law.rehabilitation import Told, wording_for
from cases.law.settings import LawSettings
from cases.models import Allegation, Authorisation, Case
from diversion import clock
from diversion.design_system.wording import clock_time, long_date, weekday_date
from referrals.models import Agreement, Condition, Referral


@dataclass(frozen=True)
class Paper:
    """Everything that the page prints. ``settings`` are what the force chose on the day of the decision."""

    case: Case
    agreement: Agreement
    referral: Referral | None
    settings: LawSettings

    @property
    def decided_on(self) -> date:
        return clock.local_date(self.case.decision.decided_at)

    @property
    def disposal(self) -> disposals.Disposal | None:
        code = self.case.decision.disposal
        return disposals.get(code, self.decided_on) if code and code != legal.NO_DISPOSAL else None

    @property
    def resolution(self) -> str:
        return self.disposal.label if self.disposal else _("Support, and no police resolution")

    @property
    def offences(self) -> list[str]:
        """ "Theft from a shop, 7 June 2026"."""
        return [_offence(one) for one in self.case.allegations.all()]

    @property
    def conditions(self) -> list[dict[str, str]]:
        """What still has to be done or kept, each with its last day."""
        rows = self.agreement.conditions.exclude(state=Condition.State.CANCELLED)
        return [{"wording": one.wording, "when": _when(one)} for one in rows]

    @property
    def first_appointment(self) -> str:
        """ "Wednesday 10 June 2026 at 2:30pm": the one that was booked, or "" where there is none to come."""
        moment = self._first
        return _("%(day)s at %(time)s") % {"day": weekday_date(moment), "time": clock_time(moment)} if moment else ""

    @property
    def place(self) -> str:
        if self._first is None or self.referral is None:
            return ""
        return self.referral.slot.place if self.referral.slot else ""

    @property
    def _first(self) -> datetime | None:
        slot = self.referral.slot if self.referral else None
        return slot.starts_at if slot and slot.starts_at >= clock.now() else None

    @property
    def support(self) -> str:
        """Who helps: "your navigator at Harbour Trust"."""
        if self.referral is None:
            return ""
        worker = self.referral.scheme_version.worker_title
        words = {"worker": worker[:1].lower() + worker[1:], "provider": self.referral.provider.name}
        return _("your %(worker)s at %(provider)s") % words

    @property
    def telephone(self) -> str:
        return self.referral.scheme_version.scheme.telephone if self.referral else ""

    @property
    def if_kept(self) -> str:
        own = self.referral.scheme_version.rules.on_success.text if self.referral else ""
        return own or _("When you have done all of it, this ends here, and you do not go to court for it.")

    @property
    def if_not_kept(self) -> str:
        own = self.referral.scheme_version.rules.on_failure.text if self.referral else ""
        if own:
            return own
        if self.disposal is not None and self.disposal.enforceable:
            return _("If you do not keep it and have no good reason, you can be prosecuted for the offence.")
        return _("If you cannot keep it, say so: an officer looks at it again with you.")

    @property
    def who_sees(self) -> str:
        """What police see of the support."""
        if self.referral is None:
            return _("The police see whether you have done what you agreed to.")
        if self.referral.is_voluntary:
            return _("The police see that you were referred, and nothing after that unless you agree.")
        return _("The police see whether you came and what you have done. They do not see what you talk about.")

    @property
    def record(self) -> Told | None:
        """What the person is told about their record; ``needs_approval`` where the force has not approved the words."""
        return wording_for(self.disposal.code, self.decided_on) if self.disposal else None

    @property
    def may_print_record(self) -> bool:
        return self.settings.record_words_approved

    @property
    def signs(self) -> list[str]:
        """Who signs: the person, for a child an appropriate adult, and the officer."""
        child = age_on(self.case.person.date_of_birth, self.decided_on) < ADULT_AGE
        adult = [_("Appropriate adult")] if child else []
        return [str(self.case.person), *adult, _("Police officer")]


def obstacle(case: Case, agreement: Agreement | None, authorisation: Authorisation | None) -> str:
    """Why there is nothing to hand over yet; "" where there is."""
    if authorisation is not None and authorisation.state == Authorisation.State.WAITING:
        return _("This waits for authority: nothing has been agreed, and there is nothing to sign or to hand over yet.")
    if authorisation is not None and authorisation.state == Authorisation.State.REFUSED:
        return _("This was not authorised: there is no agreement to hand over.")
    proposed = getattr(case, "proposed", None)
    if agreement is None and proposed is not None and proposed.is_open:
        return _("This is authorised and not signed yet: explain it to the person first, from the page of the case.")
    if agreement is None:
        return _("Nobody has agreed to anything in this case: there is no agreement to hand over.")
    return ""


def _offence(allegation: Allegation) -> str:
    words = {"offence": allegation.offence.title, "day": long_date(allegation.committed_on)}
    return _("%(offence)s, %(day)s") % words


def _when(condition: Condition) -> str:
    words = _("Keep to it until %(day)s") if condition.lasts else _("By %(day)s")
    return words % {"day": long_date(condition.last_day if condition.lasts else condition.due_on)}
