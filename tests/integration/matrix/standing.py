"""Cases of amara's in each way in which a case can stand, for the world in which the matrix asks."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cases.actions import prosecutors
from cases.actions.prosecutors import AskedOfProsecutor
from cases.models import Authorisation, Case
from cases.models.crime import stand_in
from diversion import clock
from referrals.actions import deciding, support
from referrals.actions.deciding import Support
from referrals.actions.standing import restate
from referrals.models import Condition
from tests.factories.cases import condition, crime, decision, person, record, sign

if TYPE_CHECKING:
    from tests.integration.matrix.world import Making


def add_stands(made: "Making") -> None:
    """Those that stand in no way in which another case of the world does."""
    cast, case = made.cast, made.world_case
    case("amara’s, sent", made.sent.case)
    case("amara’s, held", made.in_state["held"].case)
    case("amara’s, with the prosecutor", _put_to_prosecutor(made))
    for name, state in (("Tia", "to sign"), ("Rex", "refused")):
        waiting, given = _deferred(made, name), {"seen": 0, "by": cast["carol"]}
        if state == "to sign":
            deciding.authorise(evidence_met=True, case=waiting, rationale="Proportionate.", **given)
        else:
            deciding.refuse(case=waiting, rationale="Too grave.", **given)
        case(f"amara’s, {state}", waiting)
    case("amara’s, conditions not done", _settled(made, _signed(made, _deferred(made, "Nia")), "not_done"))
    amara = cast["amara"]
    case("amara’s, done and without a number", _done(made, amara, "Una", crimes=[crime(number=stand_in())]))
    unasked = crime("common-assault", victim_kind="person", victim_name="Vi Unasked", victim_stance="not_asked")
    case("amara’s, done and the victim not asked", _done(made, amara, "Uma", crimes=[unasked]))
    case("amara’s, done and not confirmed", _unconfirmed(made))


def _deferred(made: "Making", name: str) -> Case:
    """A deferred charge without a partner, which a sergeant decides."""
    held = Support(conditions=[condition()])
    given = decision(disposal="deferred_charge", rationale="No scheme fits.")
    return record(made.cast["amara"], person=person(given_names=name), decision=given, support=held)


def _put_to_prosecutor(made: "Making") -> Case:
    case, due = _deferred(made, "Pia"), clock.today() + timedelta(days=7)
    asked = AskedOfProsecutor(reason="The victim is at risk.", question="Is it agreed?", due_on=due)
    prosecutors.refer_to_prosecutor(case=case, asked=asked, seen=0, by=made.cast["david"])
    return case


def _signed(made: "Making", case: Case) -> Case:
    deciding.authorise(evidence_met=True, case=case, rationale="Proportionate.", seen=0, by=made.cast["carol"])
    return sign(case)


def _settled(made: "Making", case: Case, state: str) -> Case:
    one = Condition.objects.get(agreement__case=case)
    support.settle_condition(condition=one, state=state, evidence="Seen.", version=one.version, by=made.cast["amara"])
    return case


def _done(made: "Making", by: Any, name: str, **changes: Any) -> Case:
    return _settled(made, record(by, person=person(given_names=name), **changes), "done")


def _unconfirmed(made: "Making") -> Case:
    """Carol said yes by radio; the person signed and did it, and she has not confirmed it."""
    case = _deferred(made, "Uri")
    made.by_radio(case)
    Authorisation.objects.filter(case=case).update(state=Authorisation.State.SPOKEN)
    restate(Case.objects.filter(pk=case.pk))
    return _settled(made, sign(case), "done")
