from cases.models import Case, OutboxEntry
from cases.signals import case_changed


def changed(case: Case) -> None:
    """Note, in the transaction of the change, that ``case`` changed: the monitoring facts follow from it."""
    OutboxEntry.objects.create(case=case)
    case_changed.send(sender=Case, case_id=case.pk)
