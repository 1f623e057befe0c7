"""Texts that remind somebody of an appointment, as their worker sees them."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from diversion import clock
from diversion.design_system.wording import clock_time, short_weekday
from diversion.notifications.models import Message
from referrals.forms.support import TextRuleForm
from referrals.models import Referral
from referrals.queries.languages import languages_for
from referrals.queries.reminders import Agreed, text_rule, texts_of


class TextsView:
    """Whether texts go to the person, and the form with which a worker records what they agreed."""

    def __init__(self, referral: Referral, bound: Any = None) -> None:
        rule, texts = text_rule(referral), texts_of([referral])[referral.pk]
        held, self.why_not = texts.rule, texts.why_not
        self.version = rule.version if rule else 0
        self.form = bound or rule_form(referral, held)


def rule_form(referral: Referral, held: Agreed, data: Any = None) -> TextRuleForm:
    """What is asked about texts, from what holds, in each language in which the provider's people may be sent one."""
    languages = languages_for(referral.provider_id)
    return TextRuleForm(data, initial=asdict(held), languages=languages, auto_id="texts-%s")


def text_words(message: Message | None) -> str:
    """ "Text sent Tue 9 Jun, 9am"; "" where there is none, or it was not wanted any more."""
    if message is None or message.state == Message.State.CANCELLED:
        return ""
    at = message.due_at if message.state == Message.State.WAITING else message.tried_at or message.due_at
    words = {"when": f"{short_weekday(clock.local_date(at))}, {clock_time(at)}", "why": message.reason}
    said = {
        Message.State.WAITING: _("Text waits until %(when)s"),
        Message.State.SENDING: _("Text is being sent, %(when)s"),
        Message.State.SENT: _("Text sent %(when)s"),
        Message.State.FAILED: _("Text not sent, %(when)s: %(why)s"),
    }
    return said[Message.State(message.state)] % words
