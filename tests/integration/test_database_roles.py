"""What the role of web and worker can do to the database, asked of PostgreSQL and tried."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import NotSupportedError, ProgrammingError, connection, models, transaction
from pghistory.models import Context, Events

from diversion.postgres import grants

pytestmark = pytest.mark.django_db


def tables(*, append_only: bool) -> list[str]:
    chosen = [model for model in apps.get_models(include_auto_created=True) if not issubclass(model, Events)]
    kinds = {model._meta.db_table: grants.privileges_of(model) == grants.ADD_ONLY for model in chosen}
    return sorted(table for table, only_added in kinds.items() if only_added == append_only)


def ask(query: str, *parameters: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


def may(privilege: str, table: str) -> bool:
    return bool(ask("SELECT has_table_privilege(current_user, %s, %s)", table, privilege))


def is_denied(statement: str) -> bool:
    """Whether PostgreSQL refuses the statement for want of a privilege; whatever it does is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


def test_web_and_worker_are_nobody_special() -> None:
    """A flaw in one page must not become power over the server."""
    attributes = "rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication"
    assert ask(f"SELECT {attributes} FROM pg_roles WHERE rolname = current_user") is False
    assert ask("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole AND relpersistence <> 't'") == 0


def test_nobody_becomes_the_owner() -> None:
    """Every other limit would be one statement away from gone."""
    owner = connection.settings_dict["OWNER"]["USER"]
    assert ask("SELECT current_user") != owner
    assert is_denied(f'SET ROLE "{owner}"')


@pytest.mark.parametrize("table", tables(append_only=True))
def test_log_and_history_are_only_added_to(table: str) -> None:
    """Whoever can alter the record of who saw what can hide that they looked."""
    assert [may(privilege, table) for privilege in ("SELECT", "INSERT")] == [True, True]
    assert [may(privilege, table) for privilege in ("UPDATE", "DELETE", "TRUNCATE")] == [False, False, False]
    assert is_denied(f'DELETE FROM "{table}"')
    assert is_denied(f'TRUNCATE "{table}"')


def test_the_access_log_and_every_history_are_among_them() -> None:
    """A history that the rule does not recognise would be open to change, and the tests above would not see it."""
    only_added = tables(append_only=True)
    assert "audit_event" in only_added
    tracked = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    assert {model._meta.db_table for model in tracked} <= set(only_added)
    assert tracked


@pytest.mark.parametrize("table", tables(append_only=False))
def test_every_other_table_can_be_used_and_not_emptied(table: str) -> None:
    """A table without grants is a page that fails; one that can be truncated is a register that can vanish."""
    expected = {"SELECT", "INSERT", "UPDATE", "DELETE"} - ({"DELETE"} if table == Context._meta.db_table else set())
    every = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    assert {privilege for privilege in every if may(privilege, table)} == expected
    assert is_denied(f'TRUNCATE "{table}"')


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET kind = 'nothing happened'",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "DROP TABLE audit_event",
        "CREATE TABLE mine (id int)",
        "UPDATE django_migrations SET name = 'x'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
    ],
)
def test_tables_and_the_record_cannot_be_unmade(statement: str) -> None:
    """Each of these would let a compromised page rewrite what the service has done."""
    assert is_denied(statement)


def test_the_public_may_do_nothing() -> None:
    """A grant to everybody reaches roles that nobody has thought of."""
    assert ask("SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'PUBLIC'"
               " AND table_schema = current_schema()") == 0  # fmt: skip
    assert ask("SELECT has_schema_privilege('public', current_schema(), 'CREATE')") is False


@pytest.mark.django_db(transaction=True)
def test_grants_can_be_applied_again_and_again() -> None:
    """They are applied at each release and each start."""
    every_grant = (
        "SELECT string_agg(relname || ' ' || coalesce(array_to_string(ARRAY(SELECT unnest(relacl)::text ORDER BY 1),"
        " ' '), ''), ',' ORDER BY relname) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    )
    before = ask(every_grant)
    with connection.as_owner():
        grants.apply()
        grants.apply()
    assert ask(every_grant) == before


@pytest.mark.django_db(transaction=True)
def test_a_grant_too_many_is_taken_back() -> None:
    """A privilege given by hand, or by an older release, must not stay."""
    role = connection.settings_dict["APP"]["USER"]
    with connection.as_owner():
        with connection.cursor() as cursor:
            cursor.execute(f'GRANT TRUNCATE, DELETE ON audit_event TO "{role}"')
        grants.apply()
    assert not may("TRUNCATE", "audit_event")
    assert not may("DELETE", "audit_event")


@pytest.mark.django_db(transaction=True)
def test_an_app_role_that_could_create_tables_is_refused() -> None:
    """Whoever owns a table can do anything to it, grants or not."""
    role = connection.settings_dict["APP"]["USER"]
    with connection.as_owner():
        with connection.cursor() as cursor:
            cursor.execute(f'GRANT CREATE ON SCHEMA public TO "{role}"')
        try:
            with pytest.raises(ImproperlyConfigured, match="can do more than it is granted"):
                grants.apply()
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f'REVOKE CREATE ON SCHEMA public FROM "{role}"')


@pytest.mark.django_db(transaction=True)
def test_a_flush_empties_the_log_as_the_owner_and_the_test_goes_on_as_the_app() -> None:
    """Tests with a live server flush between them; if they could not, or stayed the owner, they would prove nothing."""
    owner, app = (connection.settings_dict[name]["USER"] for name in ("OWNER", "APP"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (at, kind, nature, actor_name, unit_id, unit_name, subjects, recipients, detail)"
            " VALUES (now(), 'k', 'n', '', gen_random_uuid(), 'u', '{}', '{}', '{}')"
        )
    call_command("flush", interactive=False, verbosity=0)
    assert ask("SELECT count(*) FROM audit_event") == 0
    assert ask("SELECT current_user") == app
    with connection.as_owner():
        assert ask("SELECT current_user") == owner


def test_the_owner_is_not_had_within_a_transaction() -> None:
    """Changing roles closes the connection, and with it whatever the transaction had written."""
    with pytest.raises(NotSupportedError, match="leave the transaction first"), connection.as_owner():
        pass


def test_a_table_without_a_model_can_be_used() -> None:
    """A table made by hand in a migration still has to be read and written."""
    assert grants.privileges_of(None) == grants.EVERYTHING


def test_a_model_says_that_it_is_append_only() -> None:
    """The mark on the model is what closes its table."""

    class Marked(models.Model):
        append_only = True

        class Meta:
            app_label = "audit"
            abstract = True

    assert grants.privileges_of(Marked) == grants.ADD_ONLY
