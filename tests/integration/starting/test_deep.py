"""``doctor --deep``: each thing that a fault could do to the records is done, found, and told with its mend."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from cases.models import Case
from diversion import clock
from diversion.management import deep
from referrals.actions.escalating import escalate
from referrals.actions.partner import accept
from referrals.models import Referral
from reporting import outbox
from reporting.actions import reports
from tests.conftest import NOW, Cast
from tests.factories.cases import crime, record, refer
from tests.factories.ground import adopt_scheme
from tests.integration.starting.conftest import Typed

ON_RECORD, IN_LOG = "Submissions that were answered", "Cases that the log tells of"
TWICE, GUARDED, HALF = "No submission is on record twice", "Nothing is there twice", "Nothing is half written"
TOLD, LISTS, FIGURES = "Every case has its entry", "Lists say of cases", "Every case has reached"
STUCK, WARNED, ONCE = "No report is stuck", "Time limits are warned of", "Nobody is warned twice"
LATER = NOW + timedelta(hours=2)
FORGET = "ALTER TABLE {0} DISABLE TRIGGER USER; DELETE FROM {0} WHERE {1}"
CONTACT = (
    "INSERT INTO referrals_contact (referral_id, submission, at, channel, reached, note, recorded_by_id)"
    " SELECT {referral}, '{twice}', now(), 'letter', false, '', officer_id FROM cases_case, generate_series(1, 2)"
    " WHERE id = {case}"
)
#: What a fault could do, and what is said of it.
PLANTED = {
    FORGET.format("cases_decision", "case_id = {case}"): (HALF, "{reference} (no decision)"),
    FORGET.format("cases_assessment", "case_id = {case}"): (HALF, "{reference} (no assessment)"),
    FORGET.format("referrals_standing", "case_id = {case}"): (LISTS, "case {case}"),
    FORGET.format("referrals_nextdue", "referral_id = {referral}"): (HALF, "(no next step)"),
    FORGET.format("referrals_condition", "agreement_id IN (SELECT id FROM referrals_agreement)"): (
        HALF,
        "(no condition)",
    ),
    "UPDATE referrals_standing SET status = 'waiting' WHERE case_id = {case}": (LISTS, "case {case}"),
    "UPDATE referrals_nextdue SET step_on = NULL WHERE referral_id = {referral}": (LISTS, "referral {referral}"),
    FORGET.format("audit_event", "subjects @> ARRAY['cases.case:{case}']::varchar[]"): (TOLD, "{reference}"),
    FORGET.format("cases_caseevent", "pgh_obj_id = {case}"): (TOLD, "{reference}"),
    "INSERT INTO audit_event (at, kind, nature, actor_name, unit_id, unit_name, subjects, recipients, detail) VALUES"
    " ('{now}', 'case.recorded', '', '', '{twice}', '', ARRAY['cases.case:0'], ARRAY[]::varchar[], '{{}}')": (
        IN_LOG,
        "cases.case:0",
    ),
    "DELETE FROM reporting_fact WHERE case_id = {case}": (FIGURES, "{reference}"),
    "UPDATE reporting_reportrun SET state = 'running', leased_until = '{now}'::timestamptz - interval '3 minutes'": (
        STUCK,
        "MR-",
    ),
    FORGET.format("referrals_escalation", "case_id = {case}"): (WARNED, "{reference}: 42 days before"),
    "ALTER TABLE referrals_escalation DROP CONSTRAINT escalation_once; INSERT INTO referrals_escalation (case_id,"
    " limit_on, days_before, raised_at, is_overtaken, what, who) SELECT case_id, limit_on, days_before, raised_at,"
    " is_overtaken, what, who FROM referrals_escalation WHERE case_id = {case}": (ONCE, "days_before 42, times 2"),
    "DO $$ BEGIN EXECUTE 'ALTER TABLE referrals_contact DROP CONSTRAINT ' || (SELECT conname FROM pg_constraint WHERE"
    " conrelid = 'referrals_contact'::regclass AND contype = 'u'); END $$; " + CONTACT: (TWICE, "{twice}"),
    "DO $$ BEGIN EXECUTE 'ALTER TABLE cases_case DROP CONSTRAINT ' || (SELECT conname FROM pg_constraint WHERE conrelid"
    " = 'cases_case'::regclass AND contype = 'u' AND conname LIKE '%submission%'); END $$": (GUARDED, "cases.Case"),
}


@pytest.fixture
def case(transactional_db: None, cast: Cast) -> Case:
    """A common assault whose limit is near and was warned of, and beside it a report, and support that goes on."""
    with clock.set_to(NOW):
        scheme = adopt_scheme("drug-diversion", cast, provider="hugh")
        helped = refer(cast["amara"], scheme.versions.latest("valid_from"))
        accept(referral=helped, navigator=cast["george"], version=helped.version, by=cast["hugh"])
        day = clock.today()
        assault = crime("common-assault", committed_on=day - timedelta(days=150))
        made = record(cast["amara"], crimes=[assault])
        reports.ask(force=cast["ian"].organisation, source="live", start=day, end=day, by=cast["ian"])
        outbox.drain()
        escalate(case_id=made.pk)
    return made


def faults(answered: list[uuid.UUID] | None = None) -> dict[str, list[str]]:
    return {one.what: list(one.faults) for one in deep.examine_deeply(answered or ()) if one.faults}


def test_each_fault_among_the_records_is_found_and_nothing_else(case: Case) -> None:
    """What is lost, doubled or half written is looked at by nobody until the day in court."""
    about = {"case": case.pk, "reference": case.reference, "referral": Referral.objects.get().pk}
    about |= {"now": LATER.isoformat(), "twice": str(uuid.uuid4())}
    missed = []
    with clock.set_to(LATER), connection.as_owner(), transaction.atomic():
        assert faults().keys() == {STUCK}  # nobody has begun it: found too
        for statement, (what, words) in PLANTED.items():
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(statement.format(**about))
                [look] = [look for name, look, _mend in deep.questions(()) if name.startswith(what)]
                found = list(look())
                if not any(words.format(**about) in one for one in found):
                    missed.append((statement, found))
                transaction.set_rollback(True)
        transaction.set_rollback(True)
    assert missed == []


@pytest.mark.usefixtures("frozen")
def test_the_command_names_what_was_answered_and_is_not_on_record(
    cast: Cast, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load or a proxy's log knows what was answered; only the database knows what was kept."""
    monkeypatch.setattr("diversion.management.commands.doctor.examine", list)  # of all else other tests ask
    made, lost = record(cast["amara"]), uuid.uuid4()
    assert faults([made.submission]).get("Submissions that were answered are on record") is None
    (tmp_path / "answered").write_text(f"{made.submission}\n{lost}\n")
    said = typed("doctor", "--deep", "--submissions", str(tmp_path / "answered"))
    assert said.status == 1
    assert faults([made.submission, lost])["Submissions that were answered are on record"] == [str(lost)]
    assert "Say --deep too" in typed("doctor", "--submissions", str(tmp_path / "answered")).told
    (tmp_path / "answered").write_text("nonsense")
    assert "holds no list of submissions" in typed("doctor", "--deep", "--submissions", str(tmp_path / "answered")).told


@pytest.mark.usefixtures("frozen")
def test_it_only_reads_and_gives_up_on_what_takes_long(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked of a service that people work with."""
    record(cast["amara"])

    def writes() -> list[str]:
        Case.objects.update(version=7)
        return []

    monkeypatch.setattr(deep, "_doubled", writes)
    monkeypatch.setattr(deep, "SECONDS", 0.05)
    found = []
    for one in (deep._unguarded, deep._gone):
        monkeypatch.setattr(deep, one.__name__, lambda: _asleep())
    found = faults()
    assert "read-only" in found["No submission is on record twice"][0]
    assert "statement timeout" in found["Nothing is there twice by rule"][0]
    assert Case.objects.get().version == 1


def _asleep() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1)")
    return []
