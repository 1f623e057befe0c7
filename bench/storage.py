"""How many bytes a case takes in the database, by table: the record, its field history, the access log, the facts.

    make bench

The cases are the demonstration's, told through the service's own actions in a database of its own: recorded, refused,
authorised, referred, met, closed, each as far as the time since allows. What stands before the first of them (schemes,
offences, users) is taken off. Heap, TOAST and indexes of each table are counted after a VACUUM FULL, which leaves
neither dead rows nor free pages. CASES=5000 tells so many; of fewer than a thousand each table is a page or two, and
most of them empty. The last line is JSON, in bytes a case.

    record, history and facts / case    at most 12,288 bytes; the access log has its own line
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")

import django  # noqa: E402

from diversion.postgres.wall import begin_as_service  # noqa: E402

begin_as_service()
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from cases.models import Case  # noqa: E402
from diversion.accounts.models import User  # noqa: E402
from diversion.demonstration import cast, schemes, telling  # noqa: E402
from diversion.demonstration.stories import Storyteller  # noqa: E402
from diversion.postgres.functions import history_tables  # noqa: E402
from diversion.unit_of_work import unit_of_work  # noqa: E402
from reporting import outbox  # noqa: E402

CASES = int(os.environ.get("CASES", "1000"))
MOST = 12 * 1024
LEAST_SHOWN = 20  # bytes a case
LOG = "audit_"
Sizes = dict[str, tuple[int, int, int]]


def main() -> None:
    with database():
        people = set_up()
        before = sizes()
        Storyteller(people, "avonford", [people[key] for key in telling.OFFICERS["avonford"]]).tell(range(CASES))
        with unit_of_work("bench"):
            outbox.drain()
        told(before, sizes(), Case.objects.count())


@contextmanager
def database() -> Iterator[None]:
    """A database of its own, gone after the block."""
    own = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "bench_storage"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)


def set_up() -> dict[str, User]:
    """What the demonstration has before its first case."""
    call_command("seed_reference", verbosity=0)
    with unit_of_work("bench"):
        people = cast.assemble("!")
        telling.ensure_policies()
        schemes.set_up(people["elin"])
    return people


def sizes() -> Sizes:
    """Heap, TOAST and indexes of each table, in bytes, with nothing dead in them."""
    with connection.as_owner(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("VACUUM FULL")
        cursor.execute(
            "SELECT relname, pg_relation_size(oid), coalesce(pg_total_relation_size(nullif(reltoastrelid, 0)), 0),"
            " pg_indexes_size(oid) FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema()::regnamespace"
        )
        return {table: tuple(parts) for table, *parts in cursor.fetchall()}


def told(before: Sizes, after: Sizes, cases: int) -> None:
    """The growth of each table ÷ cases, and of each kind of table."""
    history, kinds = set(history_tables()), defaultdict[str, int](int)
    rows = {
        table: [(now - then) // cases for now, then in zip(after[table], before[table], strict=True)] for table in after
    }
    print(f"{cases:,} cases\n\n| Table | heap | TOAST | indexes | bytes a case |\n|---|---|---|---|---|")
    for table, parts in sorted(rows.items(), key=lambda row: -sum(row[1])):
        kinds[_kind(table, history)] += sum(parts)
        if sum(parts) >= LEAST_SHOWN:
            print(f"| `{table}` | {' | '.join(f'{part:,}' for part in (*parts, sum(parts)))} |")
    whole = sum(size for kind, size in kinds.items() if kind != "log")
    print(f"\nrecord, history and facts / case: {whole:,} bytes (at most {MOST:,})", flush=True)
    print(json.dumps({"cases": cases, "whole": whole, **kinds}), flush=True)


def _kind(table: str, history: set[str]) -> str:
    if table.startswith(LOG):
        return "log"
    return "history" if table in history else "facts" if table.startswith("reporting_") else "record"


if __name__ == "__main__":
    main()
