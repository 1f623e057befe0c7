"""The kinds of message that reports send (`diversion.notifications`), and what users choose to be told of."""

from django.utils.translation import gettext_lazy as _

from diversion.accounts.permissions import Permission
from diversion.notifications.kinds import Kind, Topic
from reporting.actions import letters

KINDS = (Kind("report_ready", _("Report that is ready"), letters.due_reports, letters.write_report),)
TOPICS = (
    Topic(letters.ASKED, _("A report that you asked for is ready"), Permission.VIEW_MONITORING, wanted=True),
    Topic(letters.SCHEDULED, _("A report made by schedule is ready"), Permission.VIEW_MONITORING, wanted=False),
)
