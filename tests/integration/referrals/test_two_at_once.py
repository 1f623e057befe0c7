"""Two people who act on one case at the same moment, each in a transaction of their own."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection

from cases.models import Case
from diversion.audit.models import Event
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from referrals.actions import closing, partner, support
from referrals.actions.deciding import Support
from referrals.models import Condition, Referral
from tests.conftest import Cast, password_hash
from tests.factories.cases import condition, decision, record, refer
from tests.factories.ground import adopt_scheme, assemble

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return assemble(password_hash())


def together(*acts: Callable[[], object]) -> list[str]:
    """What each act met with: "" where it was done. Each holds its transaction open until the others have begun."""
    start, met = threading.Barrier(len(acts)), ["never ended"] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            with unit_of_work("test"):
                start.wait(60)
                act()
                time.sleep(0.4)
            met[place] = ""
        except Refused as refusal:
            met[place] = str(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return met


def test_two_decisions_after_a_failure_are_one(people: Cast) -> None:
    """The crime would be closed twice, charged by one officer and cautioned by the other."""
    amara, carol = people["amara"], people["carol"]
    case = record(amara, decision=decision(disposal="community_resolution"), support=Support(conditions=[condition()]))
    Condition.objects.update(state="not_done", settled_by=amara, settled_at=case.recorded_at)
    one, two = Case.objects.get(), Case.objects.get()
    met = together(
        lambda: closing.decide_after_failure(case=one, result="failed_prosecuted", by=amara),
        lambda: closing.decide_after_failure(case=two, result="failed_no_action", by=carol),
    )
    assert sorted(bool(words) for words in met) == [False, True]
    assert Event.objects.filter(kind="case.closed").count() == 1


def test_the_last_two_conditions_settled_at_once_close_the_case(people: Cast) -> None:
    """Neither would see the other's, and the person who did everything would stay under an open case."""
    amara, carol = people["amara"], people["carol"]
    case = record(amara, support=Support(conditions=[condition(), condition("Two")]))
    one, two = case.agreement.conditions.all()
    met = together(
        lambda: support.settle_condition(condition=one, state="done", evidence="Seen", version=1, by=amara),
        lambda: support.settle_condition(condition=two, state="done", evidence="Seen", version=1, by=carol),
    )
    case.refresh_from_db()
    assert met == ["", ""]
    assert case.closed_at is not None


def test_a_completed_referral_never_holds_a_condition_not_done(people: Cast) -> None:
    """The outcome would say that the agreement was kept while its record says that it was not."""
    fatima, hana = people["fatima"], people["hana"]
    referral = refer(people["amara"], adopt_scheme("drug-diversion", people).versions.latest("valid_from"))
    referral = partner.accept(referral=referral, navigator=fatima, version=referral.version, by=hana)
    done = support.settle_condition(
        condition=Condition.objects.get(), state="done", evidence="Seen", version=1, by=fatima
    )
    other = Condition.objects.get()
    together(
        lambda: closing.close_referral(
            referral=referral, result="completed", note="", version=referral.version, by=fatima
        ),
        lambda: support.settle_condition(
            condition=other, state="not_done", evidence="", version=done.version, by=fatima
        ),
    )
    assert (Referral.objects.get().result == "completed") == (Condition.objects.get().state == "done")
