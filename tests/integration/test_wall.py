"""The second wall: what PostgreSQL shows an organisation, and lets it write, where a query of ours forgets to ask."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction
from django.test import Client
from django.urls import reverse

from cases.models import (
    Case,
    Person,
)
from cases.models.case import CaseQuerySet
from diversion import clock, middleware
from diversion.accounts.models import User
from diversion.data_use import Sensitivity
from diversion.postgres import wall
from diversion.unit_of_work import as_service, identify, unit_of_work
from referrals.actions import partner
from referrals.models import (
    ConditionChange,
    Contact,
    HelpContact,
    HelpRequest,
    MissedStep,
    Referral,
)
from referrals.models.referral import ReferralQuerySet
from referrals.models.varying import ConditionChangeQuerySet, MissedStepQuerySet
from tests.conftest import Cast
from tests.factories.cases import record
from tests.factories.every_row import everything_about
from tests.factories.schemes import rewrite
from tests.factories.youth import child_with_knife, serve
from tests.integration.test_machine_commands import run
from tests.made_once import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

SignIn = Callable[[User], Client]
#: One of each organisation: two forces, two partners, youth justice, a panel, and one with no business here.
ORGANISATIONS = ("amara", "ben", "hana", "hugh", "yusuf", "petra", "lena")


@made_once
def referral(cast: Cast) -> Referral:
    """Somebody sent to Harbour by Avonford, with a row in every table behind the wall."""
    return everything_about(cast)


def reads(user: User, table: str) -> int:
    """How many rows of a table there are, for a page of ``user`` that asks for all of them."""
    with unit_of_work("a query that forgot to ask", user=user), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_each_organisation_reads_its_own(cast: Cast, referral: Referral) -> None:
    """A filter that was forgotten tells another force's cases, a partner's notes or a victim's telephone number."""
    force, partner_, both = {"amara"}, {"hugh"}, {"amara", "hugh"}
    expected = {
        "cases_case": both,
        "cases_person": both,
        "cases_personmerge": force,
        "cases_personname": both,
        "cases_allegation": both,
        "cases_decision": both,
        "cases_assessment": force,
        "cases_authorisation": force,
        "cases_authorisationquestion": force,
        "cases_spokenauthority": force,
        "cases_prosecutorreferral": force,
        "cases_pendingdecision": force,
        "cases_correction": force,
        "cases_complaint": force,
        "cases_wordsofadmission": force,
        "cases_withdrawal": force,
        "cases_rescission": force,
        "cases_offencereview": force,
        "cases_childassessment": force,
        "cases_youthduty": force,
        "referrals_referral": both,
        "referrals_proposedagreement": force,
        "referrals_escalation": force,
        "referrals_agreement": both,
        "referrals_breach": both,
        "referrals_condition": both,
        "referrals_conditionchange": both,
        "referrals_appointment": both,
        "referrals_missedstep": both,
        "referrals_undoable": both,
        "referrals_question": both,
        "referrals_decisiondraft": force,
        "cases_knowncrime": force,
        "cases_victim": force,
        "cases_victimrecord": force,
        "cases_victimcontact": force,
        "cases_victimduty": force,
        "referrals_facilitation": {"amara", "hugh"},  # hugh leads it; nobody else at the partner reads it
        "referrals_facilitatorcontact": {"hugh"},
        "referrals_contact": partner_,
        "referrals_needreview": both,
        "referrals_needlevel": partner_,
        "referrals_nextdue": partner_,
        "referrals_needoutcome": partner_,
        "referrals_monitoringanswers": partner_,
        "referrals_personfeedback": partner_,
        "referrals_textrule": partner_,
        "referrals_parentrule": partner_,
        "referrals_checkinplan": partner_,
        "referrals_checkin": partner_,
        "referrals_checkinquestion": partner_,
        "referrals_checkindesk": partner_,
        "referrals_evidencefile": partner_,
        "notifications_message": partner_,
        "reporting_panelcase": {"amara", "petra"},
        "reporting_panelpack": {"amara", "petra"},
        "reporting_panelvote": {"amara", "petra"},
        "referrals_helprequest": partner_,
        "referrals_helpcontact": partner_,
        "reporting_dipsampleitem": force,
        "reporting_aloneitem": force,
        "reporting_suspect": force,
        "reporting_followup": force,
        "accounts_search": force,
    }
    assert expected.keys() == wall.WALL.keys()
    histories = {event: expected[table] for event, table in wall.histories().items()}
    found = {table: {who for who in ORGANISATIONS if reads(cast[who], table)} for table in wall.walled()}
    assert found == expected | histories


def test_nobody_in_particular_reads_nothing(cast: Cast, referral: Referral) -> None:
    """A page before the sign-in has no business with anybody."""
    nobody = User(organisation_id=None)
    assert {table: reads(nobody, table) for table in wall.walled()} == dict.fromkeys(wall.walled(), 0)


def test_the_service_itself_reads_everything(cast: Cast, referral: Referral) -> None:
    """A worker that finds no case would let every clock run out, and say nothing."""
    with unit_of_work("task"):
        assert Case.objects.exists()
        assert HelpContact.objects.exists()


def test_youth_justice_reads_of_whom_it_was_told(cast: Cast) -> None:
    """They are told of one child, and of nobody else."""
    serve(cast)
    record(cast["amara"])
    child = child_with_knife(cast["amara"])
    with unit_of_work("test", user=cast["yusuf"]):
        assert set(Case.objects.all()) == {child}
        assert set(Person.objects.all()) == {child.person}
        assert not Referral.objects.exists()


@pytest.mark.parametrize("who", ["ben", "hana", "lena"])
def test_nobody_changes_what_they_may_not_read(cast: Cast, referral: Referral, who: str) -> None:
    """A bulk update over too many rows must reach none of another organisation's."""
    with unit_of_work("test", user=cast[who]):
        assert Case.objects.update(closed_at=clock.now()) == 0
        assert Contact.objects.all().delete()[0] == 0
        assert HelpRequest.objects.update(name="") == 0


def test_nobody_writes_for_another_organisation(cast: Cast, referral: Referral) -> None:
    """A case written into another force's books would be nobody's to find."""
    case = Case.objects.get(pk=referral.case_id)
    case.pk, case.reference, case.submission = None, "DV-AAAA-AAAA", uuid.uuid4()
    with pytest.raises(ProgrammingError, match="row-level security"), unit_of_work("test", user=cast["ben"]):
        case.save(force_insert=True)


def test_nobody_in_particular_writes_nothing(cast: Cast, referral: Referral) -> None:
    """A page that forgets for whom it is would keep a case of nobody's."""
    case = Case.objects.get(pk=referral.case_id)
    case.pk, case.reference, case.submission = None, "DV-AAAA-AAAA", uuid.uuid4()
    with pytest.raises(ProgrammingError, match="row-level security"), _as_nobody():
        case.save(force_insert=True)
    with _as_nobody():
        assert not Case.objects.update(closed_at=clock.now())
    for table in wall.WALL:
        with pytest.raises(ProgrammingError, match="row-level security"), _as_nobody(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} DEFAULT VALUES")


@contextmanager
def _as_nobody() -> Iterator[None]:
    with unit_of_work("test", named_within=True) as unit:
        identify(unit, None)
        yield


def everything(rows: models.QuerySet[Any], user: User | None = None) -> models.QuerySet[Any]:
    """A door that forgets who asks."""
    return rows.all()


def test_a_page_whose_query_forgets_shows_nothing_of_others(
    cast: Cast, referral: Referral, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the first wall gone, another partner, another force: the page is not there."""
    accepted = partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])
    monkeypatch.setattr(ReferralQuerySet, "visible_to", everything)
    monkeypatch.setattr(CaseQuerySet, "visible_to", everything)
    for who, route, reference in (
        ("hugh", "referral_page", accepted.reference),
        ("hana", "referral_page", accepted.reference),
        ("amara", "case_page", referral.case.reference),
        ("ben", "case_page", referral.case.reference),
    ):
        found = signed_in(cast[who]).get(reverse(route, args=[reference])).status_code
        assert found == (200 if who in ("hugh", "amara") else 404), who


def test_a_page_that_forgets_for_whom_it_is_reads_nothing(
    cast: Cast, referral: Referral, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web process begins as nobody: what a middleware or a page reads before it says so is nobody's to read."""
    client, address = signed_in(cast["amara"]), reverse("case_page", args=[referral.case.reference])
    monkeypatch.setitem(wall._process, "is_service", False)
    with connection.cursor() as cursor:
        cursor.execute("SET diversion.service = ''")
    assert not Case.objects.exists()
    assert client.get(address).status_code == 200
    monkeypatch.setattr(middleware, "identify", lambda *_, **__: None)
    assert client.get(address).status_code == 404


#: What a partner keeps of somebody whom it helps; with history, of which a provider's is behind the same wall.
LATER_LIFE = (
    "referrals_appointment",
    "referrals_missedstep",
    "referrals_undoable",
    "referrals_question",
    "referrals_conditionchange",
    "referrals_contact",
    "referrals_needreview",
    "referrals_needlevel",
    "referrals_needoutcome",
    "referrals_monitoringanswers",
    "referrals_personfeedback",
    "referrals_textrule",
    "referrals_parentrule",
    "referrals_checkinplan",
    "referrals_checkin",
)


def test_police_read_nothing_of_the_later_life_of_voluntary_support(cast: Cast, referral: Referral) -> None:
    """A query that forgot would tell an officer who came to voluntary help, and what was found there."""
    was = (*LATER_LIFE, *wall.HISTORY)  # of a referral and its conditions police read the rows, and not what they were
    tables = [*LATER_LIFE, *(event for event, table in wall.histories().items() if table in was)]
    assert all(reads(cast["hugh"], table) for table in tables)
    assert reads(cast["amara"], "referrals_conditionchange")
    rewrite(referral.scheme_version, confidentiality="voluntary")
    assert {table: reads(cast["amara"], table) for table in tables} == dict.fromkeys(tables, 0)
    assert all(reads(cast["hugh"], table) for table in tables)


def test_police_open_no_step_of_voluntary_support_where_a_page_forgets(
    cast: Cast, referral: Referral, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the first wall gone, a number in an address would open what somebody does in voluntary support."""
    for rows, name in (
        (CaseQuerySet, "visible_to"),
        (ReferralQuerySet, "visible_to"),
        (ConditionChangeQuerySet, "of_force"),
        (MissedStepQuerySet, "for_police"),
    ):
        monkeypatch.setattr(rows, name, everything)
    agreed = {"rank": "sergeant", "agreed_how": "signed", "agreed_on": clock.today()}
    before = {"kind": "course", "object": "rehabilitative", "wording": "I will go.", "due_on": "2026-07-01"}
    ConditionChange.objects.update(state="waiting", before=before, **agreed)
    MissedStep.objects.update(way="escalated", note="They ask why.")
    change = reverse("change_page", args=[ConditionChange.objects.get().pk])
    step = reverse("case_step", args=[referral.case.reference, MissedStep.objects.get().pk])

    def answered() -> list[int]:
        step_taken = signed_in(cast["amara"]).post(step, {"answer": "Yes."}).status_code
        return [signed_in(cast["carol"]).get(change).status_code, step_taken]

    assert answered() == [200, 302]
    rewrite(referral.scheme_version, confidentiality="voluntary")
    MissedStep.objects.update(answered_at=None, answered_by=None, answer="")
    assert answered() == [404, 404]


ASKED = """
import django
django.setup()
from celery.signals import worker_init
from django.db import connection
import diversion.celery, diversion.wsgi
for _ in range(2):
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('diversion.service', true), '')")
        print("service:", *cursor.fetchone())
    connection.close()
    worker_init.send(None)
"""


def test_a_web_process_connects_as_nobody_and_a_worker_as_the_service(db: None) -> None:
    """A web process that read everything until its page said otherwise would be one forgotten line from a leak."""
    done = run("-c", ASKED)
    assert done.stdout.splitlines() == ["service: ", "service: on"], done.stderr[-2000:]


def test_a_wall_that_is_down_is_found_out(db: None) -> None:
    """It looks like one that stands, until somebody reads what they must not."""
    assert wall.missing() == []
    wall_with_more = dict(wall.WALL) | {"cases_offence": "true"}
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(wall, "WALL", wall_with_more)
        assert wall.missing() == ["cases_offence"]


def test_what_follows_by_rule_is_done_as_the_service(cast: Cast, referral: Referral) -> None:
    """A partner that closes somebody must not count the force's clocks from the half that it sees."""
    with unit_of_work("test", user=cast["hana"]):
        with as_service():
            with as_service():
                assert Case.objects.exists()
            assert Case.objects.exists()
        assert not Case.objects.exists()


def test_a_refusal_leaves_nobody_with_the_sight_of_the_service(cast: Cast, referral: Referral) -> None:
    """What is refused half-way is caught by the page, which goes on as its user."""
    with unit_of_work("test", user=cast["hana"]):
        with pytest.raises(ZeroDivisionError), as_service():
            1 / 0  # noqa: B018
        assert not Case.objects.exists()
        with pytest.raises(ProgrammingError), transaction.atomic(), as_service(), connection.cursor() as cursor:
            cursor.execute("SELECT nonsense")
        assert not Case.objects.exists()


#: Tables with something of people that stand outside, and why nobody reads another's there by a query that forgot.
OUTSIDE = {
    # One row a decision without name or key of a record (ADR 9): of it figures alone leave, by the door, for readers of
    # other organisations too.
    **dict.fromkeys(
        ("reporting_fact", "reporting_replacedfact", "reporting_suppressedcount", "reporting_stagefact"), "facts"
    ),
    "reporting_needfact": "facts",
    "reporting_victimfact": "facts",
    "reporting_monthcount": "facts, added up",
    # Words of a file that no mapping knows, with how often they stand in it; no row says whose.
    "reporting_unrecognisedvalue": "words of a file",
    "reporting_replacedvalue": "words of a file",
    # Counts after suppression, made to be given to others.
    "reporting_release": "released figures",
}


def test_a_provider_reads_no_others_referral_of_the_same_person(cast: Cast, referral: Referral) -> None:
    """Declined by one, sent to another: the first would read with whom they are now, and the second who turned them
    away."""
    other = Referral.objects.create(
        case=referral.case, scheme_version=referral.scheme_version, provider=cast["hana"].organisation,
        offence_category=referral.offence_category, state="declined", decline_reason="risk",
    )  # fmt: skip
    for who, sees in (("hugh", {referral}), ("hana", {other}), ("amara", {referral, other})):
        with unit_of_work("a query that forgot to ask", user=cast[who]):
            assert set(Referral.objects.all()) == sees, who


def test_every_table_of_people_is_behind_the_wall() -> None:
    """A new model with somebody in it would stand outside, and nobody would have decided that."""
    about_people = {Sensitivity.PERSONAL, Sensitivity.SENSITIVE}
    held = {
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in ("cases", "referrals", "reporting", "accounts", "notifications")
        and about_people & {use.sensitivity for use in getattr(model, "data_use", {}).values()}
    }
    assert held - wall.WALL.keys() == OUTSIDE.keys()
