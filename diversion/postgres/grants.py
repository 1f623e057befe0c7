"""What the app role may do: all that web and worker need, and nothing that could unmake the record.

The role owns nothing and cannot truncate. It adds to the log and never changes it; history is written by triggers
alone (``functions``), and what roles may do is changed by a release. The grants are computed from the models and
applied anew after each migration.
"""

from collections import defaultdict
from typing import Any

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, ProgrammingError, connections, models, transaction
from psycopg2 import errors, sql

from diversion.postgres import functions, wall

EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")
ADD_ONLY = ("SELECT", "INSERT")
READ_ONLY = ("SELECT",)
#: Any number will do that nobody else in this database uses.
ADVISORY_LOCK = 5_212_049


def after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receiver of ``post_migrate``: once for each migration, after its last app. A flush leaves grants as they are."""
    with_models = [config for config in apps.get_app_configs() if config.models_module is not None]
    if "plan" in kwargs and sender == with_models[-1]:
        apply(using)


def apply(using: str = "default") -> None:
    """Make the app role if it is missing, and give it exactly what it may do on each table. Run as the owner."""
    connection = connections[using]
    role = sql.Identifier(connection.settings_dict["APP"]["USER"])
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        ensure_role(using)
        cursor.execute("SELECT current_schema()")
        (name,) = cursor.fetchone()
        schema = sql.Identifier(name)
        for statement in SCHEMA_GRANTS:
            cursor.execute(sql.SQL(statement).format(role=role, schema=schema))
        for privileges, tables in _tables_by_privileges(cursor, name).items():
            cursor.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(
                    sql.SQL(", ").join(map(sql.SQL, privileges)),
                    sql.SQL(", ").join(sql.Identifier(name, table) for table in tables),
                    role,
                )
            )
        functions.harden(cursor, name)
        wall.build(cursor, name)
        _refuse_too_much(cursor, connection.settings_dict["APP"]["USER"])


def missing(using: str = "default") -> list[str]:
    """The tables on which the app role may not do all that it needs; asked by either role."""
    connection = connections[using]
    role = connection.settings_dict["APP"]["USER"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (schema,) = cursor.fetchone()
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if not cursor.fetchone():
            return [f"there is no role {role}"]
        wanted = _tables_by_privileges(cursor, schema)
        pairs = [(table, one) for privileges, tables in wanted.items() for table in tables for one in privileges]
        cursor.execute(
            "SELECT DISTINCT name FROM unnest(%s::text[], %s::text[]) AS wanted (name, privilege)"
            " WHERE NOT has_table_privilege(%s, format('%%I.%%I', %s::text, name), privilege) ORDER BY 1",
            [[table for table, _ in pairs], [one for _, one in pairs], role, schema],
        )
        return [table for (table,) in cursor.fetchall()]


SCHEMA_GRANTS = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role}",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
)


def ensure_role(using: str = "default", *, set_password: bool = False) -> None:
    """Make the app role if it is missing; ``set_password`` also gives an older one the password of the settings.

    Roles belong to the whole server, so no lock within one database keeps two test databases apart: a role that
    another process makes at the same moment is as good as ours.
    """
    app = connections[using].settings_dict["APP"]
    words = {"role": sql.Identifier(app["USER"]), "password": sql.Literal(app["PASSWORD"])}
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [app["USER"]])
        if not cursor.fetchone():
            _create_role(using, sql.SQL("CREATE ROLE {role} LOGIN PASSWORD {password}").format(**words))
        elif set_password:
            cursor.execute(sql.SQL("ALTER ROLE {role} PASSWORD {password}").format(**words))


def privileges_of(model: type[models.Model] | None) -> tuple[str, ...]:
    """What the app role may do to the rows of ``model``; None is a table that no model describes."""
    from pghistory.models import Context, Event

    if model is None:
        return EVERYTHING
    if issubclass(model, Event | Context):  # who and why stand on the rows themselves: contexts stay empty
        return READ_ONLY
    if getattr(model, "read_only", False):
        return READ_ONLY
    return ADD_ONLY if getattr(model, "append_only", False) else EVERYTHING


def _create_role(using: str, statement: sql.Composable) -> None:
    try:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        if isinstance(error.__cause__, errors.InsufficientPrivilege):
            raise ImproperlyConfigured(
                "The owner of the database may not create roles: give it CREATEROLE, or have an administrator make a "
                "second role, and put that one into DATABASE_URL and the owner into DATABASE_OWNER_URL."
            ) from None
        if not isinstance(error.__cause__, errors.DuplicateObject):
            raise
    except IntegrityError:
        pass  # another process made it between our look and our statement


def _tables_by_privileges(cursor: Any, schema: str) -> dict[tuple[str, ...], list[str]]:
    """Each table of the schema under what the app role may do to it; a partition counts as its parent."""
    described = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    cursor.execute(
        "SELECT c.relname, coalesce(root.relname, c.relname) FROM pg_class c"
        " LEFT JOIN pg_class root ON root.oid = pg_partition_root(c.oid)"
        " WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1",
        [schema],
    )
    found = defaultdict(list)
    for table, parent in cursor.fetchall():
        privileges = READ_ONLY if parent == "django_migrations" else privileges_of(described.get(parent))
        found[privileges].append(table)
    return found


def _refuse_too_much(cursor: Any, role: str) -> None:
    """Refuse a role whose attributes, memberships or belongings go round the grants."""
    cursor.execute(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR pg_has_role(oid, current_user, 'MEMBER')"
        " OR has_schema_privilege(oid, current_schema(), 'CREATE')"
        " OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relpersistence <> 't')"
        " FROM pg_roles WHERE rolname = %s",
        [role],
    )
    if cursor.fetchone() != (False,):
        raise ImproperlyConfigured(
            f"The role {role} can do more than it is granted: it is a superuser, may create databases, roles or "
            "tables, belongs to the tables' owner or owns tables itself. Name an ordinary role in DATABASE_URL."
        )
