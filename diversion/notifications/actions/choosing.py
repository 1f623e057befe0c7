"""Of what somebody is told: chosen by each for themselves."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction

from diversion import audit
from diversion.accounts.models import User
from diversion.notifications.kinds import topics_for
from diversion.notifications.models import Choice


@transaction.atomic
def choose(*, wanted: Mapping[str, bool], by: User) -> None:
    """``by`` says of what they want a message. What was sent is sent; it holds from the next one on."""
    if not wanted or not wanted.keys() <= {one.name for one in topics_for(by)}:
        raise PermissionDenied
    for topic, said in wanted.items():
        Choice.objects.update_or_create(user=by, topic=topic, defaults={"wanted": said})
    audit.record("notices.chosen", audit.Nature.ADMINISTRATION, by=by, detail=dict(wanted))
