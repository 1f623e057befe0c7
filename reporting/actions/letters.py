"""That a report is ready, by e-mail: a link and no figure. Who asked hears of it; of those by schedule who chose to."""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message
from diversion.notifications.queries import wants
from reporting.models import ReportRun

#: After so long it is no news any more.
NEWS_FOR = timedelta(days=2)
#: What a user may choose to be told of (`notifications.kinds.Topic`).
ASKED, SCHEDULED = "reports_asked", "reports_scheduled"


def due_reports() -> Iterator[Due]:
    """Of each report that has ended, well or not, to each who is told."""
    runs = list(_ended())
    readers = _readers({run.force_id for run in runs}) if runs else []
    for run in runs:
        for user in _told(run, readers):
            yield Due(str(run.pk), run.force_id, user.pk)


def write_report(message: Message) -> Letter | None:
    """None where it is no news any more, or ``to`` may not read it, or wants none of it."""
    run, to = _ended().filter(pk=message.about).first(), message.to
    if run is None or to is None or to not in _told(run, _readers({run.force_id})):
        return None
    words = {
        "report": run.reference,
        "page": f"{settings.SERVICE_URL}{reverse('report_page', args=[run.reference])}",
        "choose": f"{settings.SERVICE_URL}{reverse('notices')}",
    }
    ready, failed = _("Report %(report)s is ready"), _("Report %(report)s could not be made")
    subject = (ready if run.state == ReportRun.State.READY else failed) % words
    choose = _("It holds no figures: they stand on the page. Choose what you are told of:\n%(choose)s\n") % words
    return Letter(to.email, subject, f"{subject}:\n{words['page']}\n\n{choose}")


def _ended() -> QuerySet[ReportRun]:
    ended = [ReportRun.State.READY, ReportRun.State.FAILED]
    return ReportRun.objects.filter(state__in=ended, finished_at__gt=clock.now() - NEWS_FOR).select_related("force")


def _readers(forces: Collection[int]) -> list[User]:
    """Who may read the reports of these forces (ids), with what they chose to be told of."""
    rows = User.objects.who_may(Permission.VIEW_MONITORING).filter(organisation__in=forces)
    return list(rows.prefetch_related("message_choices").order_by("pk"))


def _told(run: ReportRun, readers: Iterable[User]) -> list[User]:
    """Of those who may read it: who asked for it, or, where a schedule did, whoever chose to hear of those."""
    topic = SCHEDULED if run.schedule_id else ASKED
    own = [one for one in readers if one.organisation_id == run.force_id]
    return [one for one in own if (run.schedule_id or one.pk == run.asked_by_id) and wants(one, topic)]
