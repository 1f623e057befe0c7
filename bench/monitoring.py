"""How fast a million rows become facts and figures, against the least that PostgreSQL itself needs for them.

    make bench

The rows repeat the real stop-and-search files (../shared/data), their stamps shifted by whole minutes within their
months; without those files, made-up rows of the same shape. Everything happens in a database of its own.

    import / bare COPY             the file into facts with their indexes, against COPY into one text table: at most 7
    report / bare GROUPING SETS    every figure, against one pass over the same facts: at most 3
"""

import csv
import gzip
import io
import itertools
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")

import django  # noqa: E402

from diversion.postgres.wall import begin_as_service  # noqa: E402

begin_as_service()
django.setup()

from django.db import connection, transaction  # noqa: E402

from diversion.accounts.models import Organisation  # noqa: E402
from diversion.clock import LONDON  # noqa: E402
from reporting import monitoring  # noqa: E402
from reporting.actions.importing import import_facts  # noqa: E402
from reporting.intake.mappings.facts import load  # noqa: E402

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
MOST_IMPORT, MOST_REPORT = 7.0, 3.0
MAPPING = load("police-uk-stop-search")
START, END = date(2010, 1, 1), date(2030, 12, 31)
BARE_QUERY = """
    SELECT ethnicity_self_group, ethnicity_officer_group, age_band, gender, month, scheme, disposal, count(*)
    FROM reporting_fact WHERE force_id = %s AND source = %s AND happened_on BETWEEN %s AND %s
    GROUP BY GROUPING SETS ((ethnicity_self_group, disposal), (ethnicity_officer_group, disposal),
        (age_band, disposal), (gender, disposal), (month, disposal), (scheme, disposal))"""


def main() -> None:
    old_name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{old_name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "million.csv"
            write_rows(path)
            print(f"{ROWS:,} rows, {path.stat().st_size / 1e6:.0f} MB")
            importing = [measure_import(path, number) for number in range(ROUNDS)]
        told("import", "bare COPY", importing, MOST_IMPORT)
        told("report", "bare GROUPING SETS", [measure_report(number) for number in range(ROUNDS)], MOST_REPORT)
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)


def told(what: str, bare: str, seconds: list[tuple[float, float]], most: float) -> None:
    """The median ratio of the rounds, each measured against its own bare run."""
    ratio = statistics.median(ours / least for ours, least in seconds)
    times = ", ".join(f"{ours:.2f}/{least:.2f}" for ours, least in seconds)
    print(f"{what} / {bare}: {ratio:.2f} (at most {most:g}; seconds {times})", flush=True)


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure_import(path: Path, number: int) -> tuple[float, float]:
    """Seconds of the import, and of a bare COPY: the mean of one before and one after, for machines under load."""
    before = bare_copy(path)
    ours = timed(lambda: import_facts(path=path, mapping=MAPPING, force=f"bench-{number}", by=None))
    return ours, (before + bare_copy(path)) / 2


def bare_copy(path: Path) -> float:
    columns = ", ".join(f'"{name}" text' for name in MAPPING.file.columns)
    with connection.as_owner(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"CREATE TABLE bare ({columns})")
        with path.open("rb") as file:
            seconds = timed(lambda: cursor.copy_expert("COPY bare FROM STDIN WITH (FORMAT csv, HEADER)", file))
        cursor.execute("DROP TABLE bare")
    return seconds


def measure_report(number: int) -> tuple[float, float]:
    """Seconds of the whole report, and of one bare pass over the same facts; the best of three of each."""
    force = Organisation.objects.get(slug=f"bench-{number}")

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE_QUERY, [force.pk, MAPPING.name, START, END])
            cursor.fetchall()

    def ours() -> None:
        with transaction.atomic():
            report = monitoring.compute(force, START, END)
            monitoring.as_json(report)
            monitoring.as_csv(report)

    pairs = [(timed(ours), timed(bare)) for _ in range(3)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def write_rows(path: Path) -> None:
    """ROWS rows: the real ones (or made-up ones), repeated, each time a minute further on in their months."""
    real = list(real_rows())
    if not real:
        print("The real files are not in ../shared/data: these rows are made up.")
        real = list(made_up_rows(50_000))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(MAPPING.file.columns)
        for number, row in zip(range(ROWS), itertools.cycle(real), strict=False):
            writer.writerow((row[0], shifted(row[1], number // len(real)), *row[2:]))


def shifted(text: str, minutes: int) -> str:
    """The stamp ``minutes`` later, or earlier where that would be another month in London."""
    stamp, by = datetime.fromisoformat(text), timedelta(minutes=minutes)
    later = stamp + by
    same = later.astimezone(LONDON).month == stamp.astimezone(LONDON).month and later.month == stamp.month
    return (later if same else stamp - by).isoformat()


def real_rows() -> Iterator[list[str]]:
    for path in sorted((ROOT.parent / "shared/data/police-uk").glob("*-stop-and-search_*.csv.gz")):
        with gzip.open(path) as packed:
            yield from itertools.islice(csv.reader(io.TextIOWrapper(packed, "utf-8-sig", newline="")), 1, None)


def made_up_rows(number: int) -> Iterator[list[str]]:
    pick = random.Random(1).choice
    words = {part.column: ["", *part.values] for part in MAPPING.parts}
    first = datetime(2021, 1, 1, tzinfo=UTC)
    for minute in range(number):
        row = {"Type": "Person search", "Date": (first + timedelta(minutes=7 * minute)).isoformat()}
        row |= {column: pick(values) for column, values in words.items()}
        yield [row.get(column, "False") for column in MAPPING.file.columns]


if __name__ == "__main__":
    main()
