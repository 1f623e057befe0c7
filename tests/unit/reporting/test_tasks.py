"""Work that is asked for by its name, and who is there to do it."""

from datetime import date

import pytest

from cases.signals import case_changed
from diversion.celery import app
from reporting import outbox
from reporting.actions import reports
from tests.conftest import Cast


def test_every_task_that_is_sent_by_its_name_is_there() -> None:
    """A worker drops a name that it does not know: no report would ever be made, and nothing would say why."""
    app.loader.import_default_modules()
    planned = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {outbox.DRAIN, reports.MAKE} | planned <= set(app.tasks)


def waiting() -> list[tuple[str, list[object]]]:
    """(task, arguments) of each message in the tests' own queue, taken from it."""
    with app.connection_for_read() as broker:
        queue = app.amqp.default_queue.bind(broker.default_channel)
        queue.declare()
        messages = list(iter(lambda: queue.get(no_ack=True), None))
    return [(str(message.headers["task"]), list(message.payload[0])) for message in messages]


@pytest.mark.django_db(transaction=True)
def test_a_change_and_a_report_reach_the_queue_once_they_are_committed(cast: Cast) -> None:
    """A message under another name, or without the report's number, is a report that nobody makes."""
    waiting()
    case_changed.send(sender=None, case_id=0)
    run = reports.ask(
        force=cast["ian"].organisation, source="live", start=date(2026, 1, 1), end=date(2026, 3, 31), by=cast["ian"]
    )
    assert waiting() == [("reporting.tasks.refresh_facts", []), ("reporting.tasks.run_report", [run.pk])]
