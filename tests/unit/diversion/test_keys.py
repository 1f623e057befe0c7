"""How many rows a table can hold before its keys run out."""

import pytest
from django.db import connection

#: Tables whose keys have 32 bits, and why that is enough: none of them grows with the cases.
SMALL = {
    "auth_permission": "one for each model and verb",
    "auth_group": "not used",
    "django_content_type": "one for each model",
    "account_emailaddress": "one for each user",
    "account_emailconfirmation": "not used",
}
KEYS = """
    SELECT c.relname, a.atttypid::regtype::text FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(x.indkey)
    WHERE x.indisprimary AND c.relnamespace = current_schema()::regnamespace"""


@pytest.mark.django_db
def test_keys_of_tables_that_grow_have_64_bits() -> None:
    """At the two thousand millionth change the service would record nothing more, and mending that takes hours."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS)
        keys = dict(cursor.fetchall())
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE data_type = 'integer'::regtype")
        sequences = {name.removesuffix("_id_seq") for (name,) in cursor.fetchall()}
    assert sum(table.endswith("event") for table in keys) > 40, "history and the access log are among them"
    assert {table for table, kind in keys.items() if kind in ("integer", "smallint")} == SMALL.keys()
    assert sequences <= SMALL.keys()
