"""An agreement on paper, as the person takes it home: what they do, where they go first, whom they ring, who sees what.

Nothing else goes on it: no history, no needs, and of the offence only what the person was told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import legal
from cases.law import disposals
from cases.law.dates import ADULT_AGE, age_on
from cases.law.rehabilitation import Told, wording_for
from cases.law.settings import LawSettings
from cases.models import Allegation, Authorisation, Case
from diversion import clock
from diversion.design_system.wording import clock_time, long_date, weekday_date
from diversion.documents import Block, Heading, Items, Signatures, Text
from referrals.judging.facts import ADULT_THERE
from referrals.models import Agreement, Appointment, Condition, Referral
from referrals.queries.cases import CaseStatus


@dataclass(frozen=True)
class Paper:
    """Everything that is printed. ``settings`` are what the force chose on the day of the decision.

    ``agreed``: the conditions, as police may read them. ``follow``: how the person followed what was said, as answered.
    """

    case: Case
    agreement: Agreement
    referral: Referral | None
    settings: LawSettings
    agreed: Sequence[Condition]
    follow: Sequence[str] = ()

    @property
    def decided_on(self) -> date:
        return clock.local_date(self.case.decision.decided_at)

    @property
    def disposal(self) -> disposals.Disposal | None:
        code = self.case.decision.disposal
        return disposals.get(code, self.decided_on) if code and code != legal.NO_DISPOSAL else None

    @property
    def authorised(self) -> str:
        """ "Callum Reid, acting sergeant, 10 June 2026", with how, where it was spoken; "" where nobody had to."""
        authorisation = Authorisation.objects.select_related("decided_by").filter(case=self.case).first()
        if authorisation is None:
            return ""
        if authorisation.decided_at:
            return f"{authorisation.decider_in_words}, {long_date(authorisation.decided_at)}"
        spoken = authorisation.spoken.waiting().select_related("named").first()
        if spoken is None:
            return ""
        words = _("%(who)s, %(rank)s, by %(channel)s, %(day)s; to be confirmed")
        how = {"rank": spoken.rank_in_words, "channel": spoken.get_channel_display().lower()}
        return words % {"who": spoken.named, "day": long_date(spoken.said_at), **how}

    @property
    def resolution(self) -> str:
        return self.disposal.label if self.disposal else _("Support, and no police resolution")

    @property
    def offences(self) -> list[str]:
        """ "Theft from a shop, 7 June 2026"."""
        return [offence_in_words(one) for one in self.case.allegations.all()]

    @property
    def conditions(self) -> list[dict[str, str]]:
        """What has to be done or kept, each with its last day."""
        is_voluntary = self.referral is not None and self.referral.is_voluntary
        rows = [one for one in self.agreed if is_voluntary or one.state != Condition.State.CANCELLED]
        return [{"wording": one.wording, "when": _when(one)} for one in rows]

    @property
    def first_appointment(self) -> str:
        """ "Wednesday 10 June 2026 at 2:30pm": the next one that is planned, or "" where none is known."""
        if self.next_meeting is None:
            return ""
        moment, _place = self.next_meeting
        return _("%(day)s at %(time)s") % {"day": weekday_date(moment), "time": clock_time(moment)}

    @property
    def place(self) -> str:
        return self.next_meeting[1] if self.next_meeting else ""

    @cached_property
    def next_meeting(self) -> tuple[datetime, str] | None:
        """When and where the person is to come next. Of a voluntary scheme it is the one that police booked, whatever
        became of it: that it was cancelled would tell them of the support.
        """
        if self.referral is None:
            return None
        slot = self.referral.slot
        kept = [] if self.referral.is_voluntary else list(self.referral.appointments.all())
        known = [(slot.starts_at, slot.place)] if slot and not kept else []
        known += [(one.starts_at, one.place) for one in kept if one.attendance == Appointment.Attendance.PLANNED]
        return min((one for one in known if one[0] >= clock.now()), default=None)

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
        if not own and self.disposal is None:
            return _("The support is for you: it decides nothing about what you are said to have done.")
        return own or _("When you have done all of it, this ends here, and you do not go to court for it.")

    @property
    def if_not_kept(self) -> str:
        own = self.referral.scheme_version.rules.on_failure.text if self.referral else ""
        if own:
            return own
        if self.disposal is None:
            return _("You may stop the support at any time: it decides nothing about what you are said to have done.")
        if self.disposal.enforceable:
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
        """Who signs: the person, an appropriate adult for a child or where one was there, and the officer."""
        child = age_on(self.case.person.date_of_birth, self.decided_on) < ADULT_AGE
        adult = [_("Appropriate adult")] if child or ADULT_THERE in self.follow else []
        return [str(self.case.person), *adult, _("Police officer")]

    def blocks(self) -> list[Block]:
        """What is printed, in its order."""
        return [*self._agreed_to(), *self._support(), *self._follows(), *self._rights(), *self._signed()]

    def _agreed_to(self) -> Iterator[Block]:
        words = {"day": long_date(self.agreement.agreed_on), "resolution": self.resolution}
        said = _("You agreed to this on %(day)s. It is called: %(resolution)s.") % words
        if self.agreement.ends_on:
            said += " " + _("It ends on %(day)s.") % {"day": long_date(self.agreement.ends_on)}
        yield Text(said, strong=str(self.case.person))
        if self.offences:
            yield Text(_("It is about: %(offences)s.") % {"offences": "; ".join(self.offences)})
        if conditions := self.conditions:
            yield Heading(_("What you do"))
            yield Items(tuple((one["wording"], f"{one['when']}.") for one in conditions))

    def _support(self) -> Iterator[Block]:
        if self.referral is None:
            return
        yield Heading(_("Where you go first"))
        if self.first_appointment:
            yield Text(self.place, strong=self.first_appointment)
            yield Text(_("If they have told you another day since, that one counts."))
        else:
            yield Text(_("You hear from %(who)s when and where to come.") % {"who": self.support})
        yield Heading(_("If you cannot come, or something changes"))
        yield Text(_("Tell %(who)s beforehand. Asking is never counted against you.") % {"who": self.support})
        telephone = _("Telephone: %(number)s") % {"number": self.telephone}
        yield Text(telephone if self.telephone else _("Telephone:"), blank=not self.telephone)

    def _follows(self) -> Iterator[Block]:
        yield Heading(_("What follows"))
        yield Text(_("If you keep it: %(follows)s") % {"follows": self.if_kept})
        yield Text(_("If you do not: %(follows)s") % {"follows": self.if_not_kept})
        if self.record and self.may_print_record:
            yield Heading(_("Your record"))
            yield Text(self.record.text)

    def _rights(self) -> Iterator[Block]:
        yield Heading(_("Who sees what"))
        yield Text(self.who_sees)
        yield Heading(_("To stop, or to complain"))
        words = _(
            "You may ask to stop at any time: what follows then is said above. If you were treated wrongly, tell "
            "%(force)s or anybody who helps you, and give this number: %(reference)s. A complaint changes nothing of "
            "your agreement."
        )
        yield Text(words % {"force": self.case.force.name, "reference": self.case.reference})

    def _signed(self) -> Iterator[Block]:
        yield Heading(_("Signed"))
        if authorised := self.authorised:
            yield Text(_("Authorised by: %(who)s") % {"who": authorised})
        if self.agreement.signed_as:
            names = " / ".join(filter(None, (self.agreement.signed_as, self.agreement.adult)))
            words = _("Signed with the officer on %(day)s: %(names)s.")
            yield Text(words % {"day": long_date(self.agreement.agreed_on), "names": names})
        yield Signatures(tuple(self.signs), _("Name, signature and date"))


#: Where a case stands in a way that leaves nothing to hand over, and why.
NOTHING_TO_HAND_OVER = {
    CaseStatus.QUESTION: gettext_lazy("The sergeant has asked a question: nothing has been agreed yet."),
    CaseStatus.WAITING: gettext_lazy(
        "This waits for authority: nothing has been agreed, and there is nothing to sign or to hand over yet."
    ),
    CaseStatus.PROSECUTOR: gettext_lazy(
        "This is with a prosecutor: nothing has been agreed, and there is nothing to sign or to hand over yet."
    ),
    CaseStatus.TO_SIGN: gettext_lazy(
        "This is authorised and not signed yet: explain it to the person first, from the page of the case."
    ),
    CaseStatus.REFUSED: gettext_lazy("This was not authorised: there is no agreement to hand over."),
    CaseStatus.IN_ERROR: gettext_lazy("This was recorded in error: there is no agreement to hand over."),
    CaseStatus.RESCINDED: gettext_lazy("This decision is rescinded: there is no agreement to hand over."),
    CaseStatus.UNDECIDED: gettext_lazy("This is not decided yet: there is no agreement to hand over."),
    CaseStatus.RETURNED: gettext_lazy(
        "The partner does not help any more: refer the person to another scheme, or decide what follows, first."
    ),
    CaseStatus.UNNUMBERED: gettext_lazy("Everything agreed is done: the case closes once its crime number is entered."),
    CaseStatus.UNASKED: gettext_lazy("Everything agreed is done: the case closes once the victim was asked."),
    CaseStatus.UNCONFIRMED: gettext_lazy("Everything agreed is done: the case closes once its authority is confirmed."),
    CaseStatus.NOT_KEPT: gettext_lazy("The agreement was not kept: decide what follows first."),
}


def obstacle(case: Case, agreement: Agreement | None, status: CaseStatus) -> str:
    """Why there is nothing to hand over; "" where there is. What is voluntary is handed over although police closed."""
    if status in NOTHING_TO_HAND_OVER:
        return str(NOTHING_TO_HAND_OVER[status])
    if agreement is None:
        return _("Nobody has agreed to anything in this case: there is no agreement to hand over.")
    voluntary = agreement.referral is not None and agreement.referral.is_voluntary
    return _("This case is closed: nothing is left to do.") if case.closed_at and not voluntary else ""


def offence_in_words(allegation: Allegation) -> str:
    words = {"offence": allegation.offence.title, "day": long_date(allegation.committed_on)}
    return _("%(offence)s, %(day)s") % words


def _when(condition: Condition) -> str:
    words = _("Keep to it until %(day)s") if condition.lasts else _("By %(day)s")
    return words % {"day": long_date(condition.last_day if condition.lasts else condition.due_on)}
