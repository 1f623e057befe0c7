"""The parts of "Record a decision" that need no database: crimes and conditions."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import QueryDict

from cases.models import Catalogue, Offence
from diversion import clock
from referrals.forms.conditions import FreeConditionForm, FreeConditionFormSet, TemplateConditionForm, due_of
from referrals.forms.crimes import CrimeForm, CrimeFormSet
from referrals.forms.decision import DecisionForm
from referrals.forms.earlier import EarlierForm
from referrals.forms.folding import in_words
from referrals.forms.person_values import ethnicity_choices
from referrals.models import ConditionTemplate, Scheme
from tests.factories.schemes import version

pytestmark = pytest.mark.usefixtures("frozen")

OFFENCES = Catalogue(
    [
        Offence(code="theft", title="theft", group="Theft", mode="either_way", policy_group="theft"),
        Offence(code="cannabis", title="cannabis", group="Drugs possession", mode="either_way", without_victim=True),
    ]
)
VERSION = version(scheme=Scheme(name="Step", slug="step"), duration=8, duration_unit="weeks")


def crime(**changes: Any) -> CrimeForm:
    values: dict[str, Any] = {
        "number": " AV/1/26 ",
        "offence": "theft",
        "committed_on": "2026-06-01",
        "victim_kind": "person",
        "victim_stance": "agrees",
    }
    data = {name: value for name, value in (values | changes).items() if value is not None}
    return CrimeForm(data, offences=OFFENCES)


def free(**changes: Any) -> FreeConditionForm:
    return FreeConditionForm({"kind": "apology", "due_on": "2026-07-08"} | changes)


def template(**changes: Any) -> ConditionTemplate:
    values: dict[str, Any] = {"pk": 7, "kind": "course", "object": "rehabilitative", "wording": "I will go."}
    return ConditionTemplate(**(values | changes))


def test_a_crime_is_read_as_it_was_typed() -> None:
    """What reaches the record must be what the officer meant, without stray spaces."""
    form = crime()
    assert form.is_valid(), form.errors
    details = form.details()
    assert (details.number, details.offence.code, details.committed_on) == ("AV/1/26", "theft", date(2026, 6, 1))


def test_an_offence_without_a_victim_by_nature_is_not_asked_for_one() -> None:
    """Two clicks saved on every drugs case; a theft still has to say."""
    assert crime(offence="cannabis", victim_kind=None, victim_stance=None).is_valid()
    theft = crime(victim_kind=None, victim_stance=None)
    assert "victim_kind" in theft.errors


def test_a_statement_counts_only_for_domestic_abuse_and_never_before_the_offence() -> None:
    """The time limit runs from it: a wrong date would bar or allow a charge wrongly."""
    plain = crime(first_statement_on="2026-06-02")
    assert plain.is_valid()
    assert plain.details().first_statement_on is None
    abuse = crime(flags=["domestic_abuse"], first_statement_on="2026-06-02")
    assert abuse.is_valid()
    assert abuse.details().first_statement_on == date(2026, 6, 2)
    assert "first_statement_on" in crime(flags=["domestic_abuse"], first_statement_on="2026-05-31").errors


def test_the_offence_date_is_today_unless_said_otherwise() -> None:
    """Most decisions are made on the day."""
    assert CrimeForm(offences=OFFENCES)["committed_on"].value() == date(2026, 6, 10)


def test_no_more_than_ten_crimes_are_read() -> None:
    """A made-up form must not make a thousand rows."""
    data = {"crimes-TOTAL_FORMS": "1000", "crimes-INITIAL_FORMS": "0"}
    assert len(CrimeFormSet(data, prefix="crimes", form_kwargs={"offences": OFFENCES}).forms) <= 10


@pytest.mark.parametrize(
    ("changes", "wording", "for_partner"),
    [
        ({}, "I will write a letter of apology.", ""),
        ({"wording": "I will apologise to Mrs Hill."}, "I will apologise to Mrs Hill.",
         "I will write a letter of apology."),
        ({"kind": "compensation", "quantity": "25.50"}, "I will pay compensation. (£25.50)", ""),
        ({"kind": "unpaid_work", "quantity": "12"}, "I will do unpaid work. (12 hours)", ""),
    ],
)  # fmt: skip
def test_a_free_condition_has_usual_words_and_others_for_the_partner(
    changes: dict[str, str], wording: str, for_partner: str
) -> None:
    """The person must read the amount they agreed to; the partner must not read who the victim is."""
    form = free(**changes)
    assert form.is_valid(), form.errors
    details = form.details()
    assert details.wording == wording
    assert details.partner_wording == for_partner


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "other"},
        {"kind": "exclusion"},
        {"kind": "compensation"},
        {"due_on": "2026-06-09"},
        {"due_on": ""},
        {"kind": "unpaid_work", "quantity": "-1"},
        {"kind": "unpaid_work", "quantity": "many"},
    ],
)
def test_a_condition_that_says_too_little_is_refused(changes: dict[str, str]) -> None:
    """Nobody can keep, or be held to, a condition that does not say what and by when."""
    assert not free(**changes).is_valid()


def test_a_row_without_a_kind_is_passed_over_whatever_else_it_holds() -> None:
    """An empty row is not a condition."""
    form = free(kind="", due_on="rubbish")
    assert form.is_valid()
    assert not form.is_chosen


def test_a_required_condition_stands_and_an_offered_one_waits_to_be_chosen() -> None:
    """What the scheme always asks cannot be unticked, not even by a made-up form."""
    required = TemplateConditionForm({}, template=template(is_mandatory=True), version=VERSION)
    assert required.is_chosen
    assert "use" not in required.fields
    offered = TemplateConditionForm({}, template=template(), version=VERSION)
    assert not offered.is_chosen
    assert offered.is_valid()


def test_a_template_is_due_by_its_own_days_and_never_after_the_agreement() -> None:
    """A condition due after the end could never be settled."""
    assert due_of(template(due_days=28), VERSION) == date(2026, 7, 8)
    assert due_of(template(due_days=90), VERSION) == date(2026, 8, 5)
    assert due_of(template(), VERSION) == date(2026, 8, 5)


def test_a_condition_after_the_end_of_the_agreement_is_refused() -> None:
    """The end of the agreement is the last day for all of it."""
    form = free(due_on="2026-08-06")
    assert form.is_valid()
    form.check_ends(date(2026, 8, 5))
    assert "due_on" in form.errors


def test_at_most_five_free_conditions_are_read() -> None:
    """A made-up form must not make a thousand rows."""
    data = {"conditions-TOTAL_FORMS": "1000", "conditions-INITIAL_FORMS": "0"}
    assert len(FreeConditionFormSet(data, prefix="conditions").forms) <= 5


def test_ethnicity_offers_each_code_once_and_each_reason_once() -> None:
    """A missing code would make somebody choose an answer that is not theirs."""
    codes = [code for group, choices in ethnicity_choices() if group for code, _label in choices]
    assert len(codes) == len(set(codes)) == 24
    assert {"N1", "N2", "N3", "N4", "carried", "to_be_asked"} <= set(codes)


def test_today_is_the_london_day() -> None:
    """Half past eleven at night in summer is still today, not tomorrow in UTC."""
    with clock.set_to(datetime(2026, 6, 9, 23, 30, tzinfo=UTC)):
        assert crime(committed_on="2026-06-10").is_valid()
        assert not crime(committed_on="2026-06-11").is_valid()


@pytest.mark.parametrize("between", ["+", "&follow="])
def test_an_interpreter_and_an_appropriate_adult_are_one_answer(between: str) -> None:
    """A page left open, or a case, holds two answers of one name: a radio alone would keep the last and lose one."""
    form = DecisionForm(QueryDict(f"follow=interpreter{between}appropriate_adult"), versions=[])
    form.is_valid()
    assert form.cleaned_data["follow"] == ["interpreter", "appropriate_adult"]
    assert in_words(form["follow"]) == "With both of them there"


@pytest.mark.parametrize(
    ("outcome", "asked"),
    [("community_resolution", ()), ("scheme", ()), ("simple_caution", ("similar",)), ("conviction", ("similar",))],
)
def test_similar_is_asked_only_where_it_can_matter(outcome: str, asked: tuple[str, ...]) -> None:
    """Two clicks for a resolution that no rule compares; a caution unasked would hide that an inspector decides."""
    row = EarlierForm(initial={"outcome": outcome, "on": date(2026, 1, 5), "ours": True})
    assert row.shown == asked
    assert row.is_settled is (not asked)
