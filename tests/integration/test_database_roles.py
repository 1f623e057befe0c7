"""What the role of web and worker can do to the database, asked of PostgreSQL and tried."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, NotSupportedError, ProgrammingError, connection, models, transaction
from pghistory.models import Context, Events

from diversion import audit, clock
from diversion.audit.models import Event
from diversion.postgres import functions, grants
from tests.conftest import Cast
from tests.factories.cases import record

pytestmark = pytest.mark.django_db


def tables(privileges: tuple[str, ...]) -> list[str]:
    chosen = [model for model in apps.get_models(include_auto_created=True) if not issubclass(model, Events)]
    return sorted(model._meta.db_table for model in chosen if grants.privileges_of(model) == privileges)


HISTORY = sorted({*functions.history_tables(), Context._meta.db_table} & set(tables(grants.READ_ONLY)))
EVERY_PRIVILEGE = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


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


@pytest.mark.parametrize("table", tables(grants.ADD_ONLY))
def test_the_log_is_only_added_to(table: str) -> None:
    """Whoever can alter the record of who saw what can hide that they looked."""
    assert {privilege for privilege in EVERY_PRIVILEGE if may(privilege, table)} == {"SELECT", "INSERT"}
    assert is_denied(f'DELETE FROM "{table}"')
    assert is_denied(f'TRUNCATE "{table}"')


@pytest.mark.parametrize("table", HISTORY)
def test_history_is_only_read(table: str) -> None:
    """Triggers write it: a row that web or worker could add would tell of a change that never was."""
    assert {privilege for privilege in EVERY_PRIVILEGE if may(privilege, table)} == {"SELECT"}
    assert is_denied(f'INSERT INTO "{table}" DEFAULT VALUES')
    assert is_denied(f'DELETE FROM "{table}"')


def test_the_access_log_and_every_history_are_among_them() -> None:
    """A history that the rule does not recognise would be open to change, and the tests above would not see it."""
    assert "audit_event" in tables(grants.ADD_ONLY)
    tracked = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    assert {model._meta.db_table for model in tracked} <= set(HISTORY)
    assert len(tracked) > 10


@pytest.mark.parametrize("table", tables(grants.EVERYTHING))
def test_every_other_table_can_be_used_and_not_emptied(table: str) -> None:
    """A table without grants is a page that fails; one that can be truncated is a register that can vanish."""
    expected = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert {privilege for privilege in EVERY_PRIVILEGE if may(privilege, table)} == expected
    assert is_denied(f'TRUNCATE "{table}"')


TRIGGER_FUNCTIONS = (
    "FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype"
    " AND oid IN (SELECT tgfoid FROM pg_trigger)"
)


def test_no_trigger_can_be_switched_off_or_misled() -> None:
    """pgtrigger's own functions obey a setting that any session may make: one statement, and history is silent."""
    assert ask(f"SELECT count(*) {TRIGGER_FUNCTIONS}") > 50
    assert ask("SELECT count(*) FROM pg_proc WHERE prosrc LIKE '%%pgtrigger%%' OR proname LIKE '%%ignore'") == 0
    path = f"search_path={ask('SELECT current_schema()')}, pg_temp"
    assert ask(f"SELECT count(*) {TRIGGER_FUNCTIONS} AND %s <> ALL (coalesce(proconfig, '{{}}'))", path) == 0
    assert ask(f"SELECT count(*) {TRIGGER_FUNCTIONS} AND has_function_privilege(oid, 'EXECUTE')") == 0


def test_history_is_written_by_the_owner_at_the_moment_of_the_change() -> None:
    """``now()`` is when the transaction began: one that is held open would date its changes back."""
    writers = f"{TRIGGER_FUNCTIONS} AND prosrc LIKE '%%INSERT INTO \"%%event\"%%'"
    assert ask(f"SELECT count(*) {writers}") > 40
    assert ask(f"SELECT bool_and(prosecdef AND prosrc LIKE '%%CLOCK_TIMESTAMP()%%') {writers}") is True
    assert ask(f"SELECT count(*) {TRIGGER_FUNCTIONS} AND prosrc ILIKE '%%now()%%'") == 0


def test_a_change_leaves_history_whatever_the_session_sets(cast: Cast) -> None:
    """The attack that worked: the setting that pgtrigger's functions obeyed, then a change that nobody could trace."""
    case = record(cast["amara"])
    history = apps.get_model("cases", "PersonEvent").objects.filter(pgh_obj_id=case.person_id)
    before = set(history.values_list("pk", flat=True))
    names = ask("SELECT array_agg(tgname::text) FROM pg_trigger WHERE tgrelid = 'cases_person'::regclass")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s::text[]::text, true)", [names])
    type(case.person).objects.filter(pk=case.person_id).update(telephone="07700 900199")
    latest = history.exclude(pk__in=before).get()
    assert (latest.pgh_label, latest.telephone) == ("update", "07700 900199")


def test_a_function_that_writes_history_cannot_be_borrowed() -> None:
    """A trigger on a table of one's own would have the owner write a history of one's own making."""
    name = ask(f"SELECT proname {TRIGGER_FUNCTIONS} AND prosecdef LIMIT 1")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE forged (id int) ON COMMIT DROP")
    assert is_denied(f'CREATE TRIGGER forge AFTER INSERT ON forged FOR EACH ROW EXECUTE FUNCTION "{name}"()')


def test_a_check_that_cannot_be_taken_out_is_refused() -> None:
    """A later pgtrigger may word its check otherwise: the release must stop, not go on with triggers that obey it."""
    with pytest.raises(ValueError, match="can still be switched off"):
        functions.without_check("BEGIN IF _pgtrigger_should_ignore(TG_NAME) THEN RETURN NEW; END IF; END;")


@pytest.mark.django_db(transaction=True)
def test_nobody_writes_into_the_log_of_last_week() -> None:
    """The attack that worked: an entry dated back, or numbered among old ones, to say that somebody else had looked."""
    _let_the_clock_be_set(False)
    try:
        first = audit.record("case.opened", audit.Nature.CONSULTATION, by=None)
        for days in (-7, 7):
            with clock.set_to(clock.now() + timedelta(days=days)), pytest.raises(DatabaseError, match="another time"):
                audit.record("case.opened", audit.Nature.CONSULTATION, by=None)
        with pytest.raises(DatabaseError, match="numbers its entries itself"):
            _again(first, pk=first.pk + 1000)
        with clock.set_to(clock.now() - timedelta(minutes=3)):  # a host whose clock is slow goes on
            event = audit.record("case.opened", audit.Nature.CONSULTATION, by=None)
        kept = Event.objects.get(pk=event.pk)
        assert abs(kept.at - clock.now()) < timedelta(minutes=1)
        two = Event.objects.bulk_create([_again(first), _again(first)])
        assert [one.pk for one in two] == sorted({one.pk for one in two})
    finally:
        _let_the_clock_be_set(True)


def _again(event: Event, pk: int | None = None) -> Event:
    """The same entry once more, as a statement of somebody's own would write it."""
    values = {field.attname: getattr(event, field.attname) for field in Event._meta.fields}
    again = Event(**values | {"at": clock.now(), "id": pk})
    if pk:
        again.save(force_insert=True)
    return again


def _let_the_clock_be_set(may: bool) -> None:
    """As in production (False), or as in tests and the demonstration, whose days are made up."""
    schema = ask("SELECT current_schema()")
    with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        functions.harden(cursor, schema, clock_may_be_set=may)


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
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)  # no new ground
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
