from cases.actions.victim_duties import follow_victims
from cases.models import Case, OutboxEntry
from cases.signals import case_changed


def changed(case: Case) -> None:
    """Note, in the transaction of the change, that ``case`` changed: what victims are owed and the monitoring facts
    follow from it.
    """
    OutboxEntry.objects.create(case=case)
    follow_victims(case.pk)
    case_changed.send(sender=Case, case_id=case.pk)
