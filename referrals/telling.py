"""The kinds of message that referrals send (`diversion.notifications`), and what officers choose to be told of."""

from django.utils.translation import gettext_lazy as _

from diversion.accounts.permissions import Permission
from diversion.notifications.kinds import Kind, Topic
from referrals.actions import (
    breach_notices,
    check_ins,
    duty,
    ending_agreements,
    ending_vetting,
    escalating,
    facilitation_notices,
    notices,
    questions,
    reminding,
)
from referrals.queries.check_ins import CHECK_IN
from referrals.queries.notices import NEWS_ATTENDED, NEWS_ENDED, NEWS_STARTED
from referrals.queries.reminders import REMINDER

KINDS = (
    Kind("time_limit", _("Time limit that comes near"), escalating.due_warnings, escalating.write_warning),
    Kind("news", _("News of somebody sent to a partner"), notices.due_news, notices.write_news),
    Kind("question", _("Question between partner and police"), questions.due_questions, questions.write_question),
    Kind("help", _("Somebody asks for help"), duty.due_help, duty.write_help),
    Kind(
        "agreement_ends",
        _("Sharing agreement that ends"),
        ending_agreements.due_endings,
        ending_agreements.write_ending,
    ),
    Kind("vetting_ends", _("Vetting that ends"), ending_vetting.due_vetting, ending_vetting.write_vetting),
    Kind(
        "named_facilitator",
        _("Named to lead a letter or a meeting"),
        facilitation_notices.due_named,
        facilitation_notices.write_named,
    ),
    Kind("breach_late", _("A breach that is not decided"), breach_notices.due_late, breach_notices.write_late),
    Kind("breach_child", _("A breach in a child’s case"), breach_notices.due_children, breach_notices.write_child),
    Kind(
        REMINDER,
        _("Reminder of an appointment"),
        reminding.due_reminders,
        reminding.write_reminder,
        reminding.log_reminder,
    ),
    Kind(
        CHECK_IN,
        _("Question how somebody is"),
        check_ins.due_check_ins,
        check_ins.write_check_in,
        check_ins.log_check_in,
    ),
)
TOPICS = (
    Topic(NEWS_STARTED, _("They came for the first time"), Permission.RECORD_DECISION, wanted=True),
    Topic(NEWS_ATTENDED, _("They came again"), Permission.RECORD_DECISION, wanted=False),
    Topic(NEWS_ENDED, _("The support ended, completed or not"), Permission.RECORD_DECISION, wanted=True),
)
