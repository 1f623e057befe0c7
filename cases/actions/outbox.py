from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from cases.actions.victim_duties import follow_victims
from cases.models import Case, OutboxEntry
from cases.signals import case_changed
from diversion.unit_of_work import as_service

_changing: ContextVar[dict[int, Case] | None] = ContextVar("changing", default=None)


def changed(case: Case) -> None:
    """Note, in the transaction of the change, that ``case`` changed: what victims are owed and the monitoring facts
    follow from it.
    """
    changing = _changing.get()
    if changing is None:
        _tell(case)
    else:
        changing[case.pk] = case


@contextmanager
def told_once() -> Iterator[None]:
    """Let what follows from a change follow at the end of the block: of each case once, however often it changes.

    Nothing within the block may read what victims are owed, or where the case stands.
    """
    if _changing.get() is not None:
        yield
        return
    changing: dict[int, Case] = {}
    token = _changing.set(changing)
    try:
        yield
    finally:
        _changing.reset(token)
    for _pk, case in sorted(changing.items()):
        _tell(case)


def _tell(case: Case) -> None:
    OutboxEntry.objects.create(case=case)
    with as_service():  # a partner closes a case, and the force's duties to a victim follow
        follow_victims(case.pk)
        case_changed.send(sender=Case, case_id=case.pk)
