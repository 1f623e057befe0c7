import json
from contextlib import suppress
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from cases.models import Case
from diversion import audit
from diversion.audit.models import Event
from diversion.unit_of_work import current, unit_of_work
from tests.conftest import Cast
from tests.factories.cases import record


def settings_of_the_transaction() -> list[Any]:
    names = ("diversion.user_id", "diversion.organisation_id", "pghistory.context_metadata")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true), current_setting(%s, true), current_setting(%s, true)", names)
        return list(cursor.fetchone())


def test_the_transaction_carries_user_and_organisation(cast: Cast) -> None:
    """Row-level security and history triggers read them from the transaction: raw SQL could not be traced otherwise."""
    amara = cast["amara"]
    with unit_of_work("test", user=amara) as unit:
        user, organisation, context = settings_of_the_transaction()
    assert (user, organisation) == (str(amara.pk), str(amara.organisation_id))
    assert json.loads(context) == {
        "user": amara.pk,
        "organisation": amara.organisation_id,
        "unit": str(unit.id),
        "name": "test",
    }


@pytest.mark.django_db(transaction=True)
def test_nothing_is_carried_into_the_next_transaction() -> None:
    """A pooled connection must not lend one person's identity to the next request."""
    from tests.factories.ground import assemble

    amara = assemble("!")["amara"]
    with unit_of_work("first", user=amara):
        assert settings_of_the_transaction()[0] == str(amara.pk)
    assert not settings_of_the_transaction()[0]
    with unit_of_work("second"):
        assert not settings_of_the_transaction()[0]
        assert current().user_id is None


@pytest.mark.parametrize("fails", [False, True])
def test_work_within_work_leaves_whose_it_found(cast: Cast, fails: bool) -> None:
    """Settings outlive a savepoint: the rest of an officer's page would read, and be noted, as somebody else's."""
    with unit_of_work("page", user=cast["amara"]):
        found = (*settings_of_the_transaction(), Case.objects.exists())
        with suppress(ZeroDivisionError), unit_of_work("within"):
            assert settings_of_the_transaction()[0] == ""
            assert 1 / (not fails)
        assert (*settings_of_the_transaction(), Case.objects.exists()) == found
        with unit_of_work("of another", user=cast["hana"]):
            assert settings_of_the_transaction()[1] == str(cast["hana"].organisation_id)
        assert (*settings_of_the_transaction(), Case.objects.exists()) == found


def test_field_history_names_who_changed_what(cast: Cast) -> None:
    """A bulk update passes every signal by; only a trigger can say whose it was."""
    case = record(cast["amara"])
    history = apps.get_model("cases", "PersonEvent")
    with unit_of_work("correct a number", user=cast["carol"]):
        type(case.person).objects.filter(pk=case.person_id).update(telephone="07700 900123")
    latest = history.objects.filter(pgh_obj_id=case.person_id).latest("pgh_id")
    assert (latest.pgh_label, latest.telephone) == ("update", "07700 900123")
    assert latest.pgh_context["user"] == cast["carol"].pk


def test_an_event_counts_towards_its_unit(cast: Cast) -> None:
    """The page guard asks the unit whether anything was logged."""
    with unit_of_work("test") as unit:
        assert unit.events == 0
        audit.record("case.opened", audit.Nature.CONSULTATION, by=cast["amara"], subjects=[cast["amara"]])
        assert unit.events == 1
    event = Event.objects.latest("pk")
    assert event.unit_id == unit.id
    assert event.subjects == [f"accounts.user:{cast['amara'].pk}"]
