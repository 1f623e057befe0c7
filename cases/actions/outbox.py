from cases.actions.victim_duties import follow_victims
from cases.models import Case, OutboxEntry
from cases.signals import case_changed
from diversion.unit_of_work import as_service


def changed(case: Case) -> None:
    """Note, in the transaction of the change, that ``case`` changed: what victims are owed and the monitoring facts
    follow from it.
    """
    OutboxEntry.objects.create(case=case)
    with as_service():  # a partner closes a case, and the force's duties to a victim follow
        follow_victims(case.pk)
        case_changed.send(sender=Case, case_id=case.pk)
