"""The agreement for somebody to whom a page of text says little: large print, and one thing in a sentence.

It follows the guidance on accessible documents for people with a learning disability ("Making written information
easier to understand for people with learning disabilities", Department of Health, 2010): short sentences, the same word
for the same thing, who and what first. It has no pictures, which that guidance asks for, so it is not called Easy Read.
What the law or the scheme says follows is in their own words, a sentence to a line.
"""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from diversion.design_system.wording import clock_time, long_date, weekday_date
from diversion.documents import Block, Heading, Items, Text
from referrals.presenters.agreement import Paper


class EasyPaper(Paper):
    """The same agreement, and nothing that the other leaves out."""

    def _agreed_to(self) -> Iterator[Block]:
        yield Text(_("This is what you agreed with the police."), strong=str(self.case.person))
        yield _lines(self._what_it_is())
        if conditions := self.conditions:
            yield Heading(_("What you do"))
            yield Items(tuple((one["wording"], f"{one['when']}.") for one in conditions))

    def _what_it_is(self) -> Iterator[str]:
        yield from (_("It is about: %(offence)s.") % {"offence": one} for one in self.offences)
        yield _("It is called: %(resolution)s.") % {"resolution": self.resolution}
        yield _("You agreed on %(day)s.") % {"day": long_date(self.agreement.agreed_on)}
        if self.agreement.ends_on:
            yield _("It ends on %(day)s.") % {"day": long_date(self.agreement.ends_on)}

    def _support(self) -> Iterator[Block]:
        if self.referral is None:
            return
        yield Heading(_("Your first meeting"))
        yield _lines(self._meeting())
        yield Heading(_("If you cannot come"))
        yield _lines([_("Tell %(who)s before the meeting.") % {"who": self.support}, _("It is fine to ask."),
                      _("Asking is never counted against you.")])  # fmt: skip
        telephone = _("Telephone: %(number)s") % {"number": self.telephone}
        yield Text(telephone if self.telephone else _("Telephone:"), blank=not self.telephone)

    def _meeting(self) -> Iterator[str]:
        if self.next_meeting is None:
            yield _("We do not know the day yet.")
            yield _("%(who)s will tell you.") % {"who": self.support[:1].upper() + self.support[1:]}
            return
        moment, place = self.next_meeting
        yield _("Day: %(day)s.") % {"day": weekday_date(moment)}
        yield _("Time: %(time)s.") % {"time": clock_time(moment)}
        yield _("Place: %(place)s.") % {"place": place}
        yield _("They may tell you another day. Then that day counts.")

    def _follows(self) -> Iterator[Block]:
        yield Heading(_("If you do what you agreed"))
        yield _lines(sentences(self.if_kept))
        yield Heading(_("If you do not do it"))
        yield _lines(sentences(self.if_not_kept))
        if self.record and self.may_print_record:
            yield Heading(_("Your record"))
            yield _lines(sentences(self.record.text))

    def _rights(self) -> Iterator[Block]:
        yield Heading(_("Who knows about it"))
        yield _lines(sentences(self.who_sees))
        yield Heading(_("You can"))
        words = {"force": self.case.force.name, "reference": self.case.reference}
        yield _lines([
            _("You can ask somebody to read this to you."),
            _("You can ask questions at any time."),
            _("You can ask to stop. This paper says what happens then."),
            _("You can say that something was wrong. This is called a complaint."),
            _("Tell %(force)s, or somebody who helps you. The number is %(reference)s.") % words,
            _("A complaint changes nothing of what you agreed."),
        ])  # fmt: skip


def sentences(text: str) -> list[str]:
    """Each sentence by itself: "1 Mill Lane" and "s. 23" are not ends of one."""
    return re.split(r"(?<=[^.\s]{2}[.!?])\s+(?=[A-Z])", text.strip())


def _lines(said: Iterable[str]) -> Items:
    return Items(tuple((one, "") for one in said), numbered=False)
