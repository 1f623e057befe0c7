"""``doctor``: each thing that can be amiss is put amiss, found, and told with its mend."""

import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from whitenoise.storage import CompressedManifestStaticFilesStorage

from cases.models import OutboxEntry, PolicyVersion
from cases.rulebook import ensure_policy
from diversion import clock, readiness
from diversion.accounts.models import Organisation
from diversion.celery import hear_beat
from diversion.embedded.addresses import celery_url, numbered_redis_url
from diversion.management import doctor
from diversion.settings import SHARED_CACHE
from referrals.models import SharingAgreement
from tests.conftest import NOW, Cast
from tests.factories.cases import record
from tests.integration.starting.conftest import Typed


def line(what: str) -> str:
    """The line about it."""
    return next(finding.line for finding in doctor.examine() if finding.what.startswith(what))


def as_owner(statement: str) -> None:
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


#: The last migration of accounts.
LAST = MigrationLoader(None).graph.leaf_nodes("accounts")[0][1]
BROKEN = {
    "grant": (
        'REVOKE UPDATE ON cases_case FROM "{app}"',
        "",
        "Role of web and worker has its grants: cases_case. To mend: run manage.py prepare",
    ),
    "trigger": (
        "ALTER TABLE accounts_user DISABLE TRIGGER USER",
        "",
        "accounts_user: power_by_permit",
    ),
    "wall": (
        "DROP POLICY of_the_organisation ON referrals_contact",
        "",
        "Walls between organisations stand: referrals_contact. To mend: run manage.py prepare",
    ),
    "migration": (
        "UPDATE django_migrations SET name = 'x' || name WHERE app = 'accounts' AND name = '{last}'",
        "UPDATE django_migrations SET name = substr(name, 2) WHERE app = 'accounts' AND name = 'x{last}'",
        "Migrations are applied: accounts {last}. To mend: run manage.py prepare",
    ),
}


GOOD = {"status": "ready"} | dict.fromkeys(
    ("database", "migrations", "grants", "triggers", "walls", "static_files", "room"), True
)


@pytest.fixture(autouse=True)
def _no_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finding that is looked for here asks for a worker anew, and none is there."""
    monkeypatch.setattr(doctor, "ANSWERS_WITHIN", 0.1)


@pytest.mark.django_db(transaction=True)
def test_what_a_restore_leaves_out_is_found_and_prepare_mends_it(client: Client) -> None:
    """A service restored without grants or triggers said that it was well, and kept no history."""
    app = connection.settings_dict["APP"]["USER"]
    broken, by_hand, told = zip(*BROKEN.values(), strict=True)
    as_owner("; ".join(broken).replace("{app}", app).replace("{last}", LAST))
    readiness._looked_at.cache_clear()
    try:
        lines = [finding.line for finding in doctor.examine()]
        found = client.get("/ready")
    finally:
        as_owner("; ".join(filter(None, by_hand)).replace("{last}", LAST))
        call_command("prepare", stdout=StringIO())
    amiss = "\n".join(one for one in lines if one.startswith("MEND"))
    assert [one for one in told if one.replace("{last}", LAST) not in amiss] == []
    assert found.status_code == 503
    assert found.json() == GOOD | {"status": "not ready"} | {f"{what}s": False for what in BROKEN}
    readiness._looked_at.cache_clear()
    mended = "\n".join(finding.line for finding in doctor.examine())
    assert not any(one.replace("{last}", LAST) in mended for one in told)
    assert client.get("/ready").json() == GOOD


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["log_min_error_statement", "log_min_duration_statement"])
def test_a_database_that_logs_names_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of the force's own logs slow and failing statements, with the victims' names in them, for years."""
    assert line("PostgreSQL logs") == "ok    PostgreSQL logs no names"
    monkeypatch.setattr(readiness, "LOGS_NO_STATEMENT", readiness.LOGS_NO_STATEMENT | {name: "otherwise"})
    found = line("PostgreSQL logs")
    assert found.startswith(f"MEND  PostgreSQL logs no names: {name} is ")
    assert "docs/operations.md" in found


@pytest.mark.django_db
def test_a_full_disk_is_told_before_the_first_decision_is_refused(client: Client, monkeypatch: Any) -> None:
    """Such a database answers every question: /ready said 200, and doctor that all was well."""
    with connection.cursor() as cursor:
        cursor.execute(readiness.LITTLE)
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {readiness.SPILL}")
        assert "temp read=" in str(cursor.fetchall())  # it does write, and reads it back
    assert line("Database has room") == "ok    Database has room to write"
    full = "DO $$ BEGIN RAISE EXCEPTION 'could not write: No space left on device' USING ERRCODE = '53100'; END $$"
    monkeypatch.setattr(readiness, "SPILL", full)
    readiness._looked_at.cache_clear()
    assert (
        line("Database has room") == "MEND  Database has room to write: could not write. To mend: make room on its"
        " disk, or take a larger one."
    )
    found = client.get("/ready")
    readiness._looked_at.cache_clear()
    assert found.status_code == 503
    assert found.json() == GOOD | {"status": "not ready", "room": False}


@pytest.mark.django_db
def test_static_files_that_are_missing_are_named(settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    """Without them every page is bare, and the sign-in page of production answers 500."""
    settings.STATICFILES_DIRS = [tmp_path]
    assert str(tmp_path) in line("Static files")
    (tmp_path / "app.css").write_text("")
    assert line("Static files") == "ok    Static files are there"
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": {"app.css": "app.1.css"}, "version": "1.1"}))
    storage = CompressedManifestStaticFilesStorage(location=str(tmp_path))
    monkeypatch.setattr(readiness, "staticfiles_storage", storage)
    assert "MEND  Static files are there: app.css." in line("Static files")


@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue of the same server at which no test has its worker: whoever works at the usual one answers a ping."""
    broker = celery_url(numbered_redis_url(os.environ["REDIS_URL"], 2))
    monkeypatch.setattr(doctor, "app", Celery("nobody", broker=broker, set_as_current=False))


@pytest.mark.django_db
@pytest.mark.usefixtures("nobody_works")
def test_a_silent_beat_and_a_missing_worker_are_noticed(settings: Any) -> None:
    """Reports and figures would stand still, and every page still answer. Kept where all processes see it."""
    settings.CACHES = {"default": SHARED_CACHE | {"LOCATION": os.environ["REDIS_URL"]}}
    with clock.set_to(NOW):
        hear_beat()
        assert line("The beat") == "ok    The beat is heard"
    with clock.set_to(NOW + timedelta(minutes=4)):
        assert line("The beat").startswith("MEND")
    assert "start celery -A diversion worker" in line("A worker")


def test_changes_that_do_not_reach_the_figures_are_noticed(cast: Cast) -> None:
    """A figure that is hours behind looks like any other."""
    with clock.set_to(NOW):
        record(cast["amara"])
        assert OutboxEntry.objects.exists()
        assert line("Figures") == "ok    Figures follow the cases"
    with clock.set_to(NOW + timedelta(minutes=6)):
        assert "has not reached the figures" in line("Figures")


def test_an_account_that_anybody_can_sign_in_to_is_found_in_production(cast: Cast, settings: Any) -> None:
    """Its password stands in the documents."""
    assert line("No demonstration account").startswith("ok")
    settings.PRODUCTION = True
    found = [finding.line for finding in doctor._records() if finding.what.startswith("No demonstration account")]
    assert "@avonford.example" in found[0]


@pytest.mark.usefixtures("frozen")
def test_organisations_that_are_not_ready_are_named(cast: Cast, typed: Typed) -> None:
    """Nobody there could add a user, or know that nobody signed its rules; made-up ones are no matter."""
    assert typed("add_organisation", "Southmoor", "--kind", "police_force", "--slug", "southmoor").status == 0
    assert "another approves: southmoor. To mend: run manage.py first_administrator" in line("Somebody asks")
    assert "Forces have approved a policy: southmoor." in line("Forces")
    for name in ("lee", "kit"):
        typed("first_administrator", f"{name}@southmoor.example", "--name", name, "--organisation", "southmoor")
    assert line("Somebody asks").startswith("ok")
    signed = ensure_policy(Organisation.objects.get(slug="southmoor"))
    signed.force = Organisation.objects.create(name="Eastmoor", slug="eastmoor", kind="police_force")
    signed.pk, signed.is_default, signed.reference = None, False, "own"
    PolicyVersion.objects.bulk_create([signed])
    assert doctor.has_approved(signed.force)
    assert "policy: southmoor." in line("Forces")


@pytest.mark.usefixtures("frozen", "db")
def test_an_agreement_that_ends_soon_is_told_unless_another_follows() -> None:
    """The day after it ends no referral can be sent, and whoever waits for help waits longer."""
    force = Organisation.objects.create(name="Southmoor", slug="southmoor", kind="police_force")
    partner = Organisation.objects.create(name="Bridge", slug="bridge", kind="provider")
    ends = clock.today() + timedelta(days=20)
    pair = {"force": force, "provider": partner, "document": "Agreement"}
    SharingAgreement.objects.create(valid_from=ends - timedelta(days=300), valid_to=ends, **pair)
    assert "Southmoor with Bridge ends on 30 June 2026" in line("Sharing agreements")
    SharingAgreement.objects.create(valid_from=ends + timedelta(days=1), valid_to=None, **pair)
    assert line("Sharing agreements").startswith("ok")


@pytest.mark.django_db
def test_the_command_ends_with_one_if_anything_is_amiss(typed: Typed) -> None:
    """A supervisor reads the status alone; here no worker runs."""
    said = typed("doctor")
    assert said.status == 1
    assert "lines that begin with MEND" in said.told
