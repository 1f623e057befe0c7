"""Figures from the months that are added up, beside DuckDB on Parquet over the same facts, at several sizes.

    make bench

A force has a million facts of an imported file in twelve months, then four million and ten (SIZE=1m,4m for others):
real rows, repeated (bench/monitoring.py). It has live decisions, too, made up: a hundred thousand, then a million
(LIVE). Asked by turns, so that a busy machine is busy for all: ours (every table of the report; every count of the
dashboard with all its statistics), the same from the facts alone, and the same counts by DuckDB from one Parquet file
of the columns that they need and no other, on as many cores. DuckDB's report is the quicker of two ways to write it.
The first line tells the import of the million beside a bare COPY. Printed: medians in milliseconds, ÷ DuckDB, rows of
months, seconds in which all months are counted, growth from the first size to the last. The last line is JSON.
"""

import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402

from bench import monitoring as imports  # noqa: E402
from diversion.accounts.models import Organisation  # noqa: E402
from reporting.facts import months  # noqa: E402
from reporting.measures.overview import HEADLINE, Question, overview  # noqa: E402
from reporting.models import MonthCount  # noqa: E402
from reporting.monitoring import cube  # noqa: E402

UNITS = {"k": 1_000, "m": 1_000_000}


def sizes(name: str, usual: str) -> list[int]:
    return [int(size[:-1]) * UNITS[size[-1]] for size in os.environ.get(name, usual).split(",")]


IMPORTED_SIZES, LIVE_SIZES = sizes("SIZE", "1m,4m,10m"), sizes("LIVE", "100k,1m")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
PACKAGES = ROOT / ".local/bench"
START, END, YEAR = date(2020, 1, 1), date(2020, 12, 31), "2020"
LIVE = "live"
KEYS = ", ".join(cube._KEYS)
SETS = ", ".join(f"({', '.join(columns)})" for columns in cube.SETS)
SUMS = (
    "count(*) AS n, count(*) FILTER (considered) AS c, count(*) FILTER (diverted) AS d, count(*) FILTER (repeated) AS r"
)
CROSSED = f"SELECT {KEYS}, {SUMS} FROM facts GROUP BY {KEYS}"
REPORT = (
    f"SELECT {KEYS}, {SUMS} FROM facts GROUP BY GROUPING SETS ({SETS})",
    f"SELECT {KEYS}, sum(n), sum(c), sum(d), sum(r) FROM ({CROSSED}) GROUP BY GROUPING SETS ({SETS})",
)
IMPORTED_COLUMNS = f"{KEYS}, considered, diverted, coalesce(occurrence > 1, false) AS repeated"
OFFERED = "count(*) FILTER (considered AND is_offered), count(*) FILTER (considered)"
SENT = "diverted AND is_referred AND ending <> 'not_told'"
FUNNEL = f"""count(*) FILTER (considered AND eligibility = 'eligible'),
    count(*) FILTER (considered AND eligibility <> 'unknown'),
    count(*) FILTER (considered AND eligibility = 'eligible' AND is_offered), count(*) FILTER (is_offered AND diverted),
    count(*) FILTER (is_offered AND authority <> 'waiting'), count(*) FILTER (diverted AND is_referred),
    count(*) FILTER ({SENT} AND is_started), count(*) FILTER ({SENT} AND is_started AND result = 'completed'),
    count(*) FILTER ({SENT} AND is_started AND result <> ''), count(*) FILTER ({SENT} AND due_by <= current_date),
    count(*) FILTER ({SENT} AND due_by <= current_date AND result = 'completed'), {OFFERED}"""
COMPARED = """GROUPING SETS ((ethnicity_self_group), (ethnicity_officer_group),
    (ethnicity_self_group, offence_group, history), (ethnicity_self_group, gravity, history))"""
#: The dashboard's counts: the comparison with its strata, what is missing (in one Parquet file there are no teams), the
#: funnel, the trend, age by ethnicity, the schemes.
DASHBOARD = (
    f"SELECT offence_group, history, gravity, ethnicity_self_group, ethnicity_officer_group, {OFFERED} FROM facts"  # noqa: ISC004
    f" GROUP BY {COMPARED}",
    "SELECT count(*) FILTER (history = 'unknown'), count(*) FILTER (eligibility = 'unknown'), count(*) FROM facts",
    f"SELECT {FUNNEL} FROM facts",
    f"SELECT month, {OFFERED} FROM facts GROUP BY month",
    f"SELECT age_band, ethnicity_self_group, {OFFERED} FROM facts GROUP BY ALL",
    f"SELECT scheme, {FUNNEL} FROM facts GROUP BY scheme",
)
LIVE_COLUMNS = """month, ethnicity_self_group, ethnicity_officer_group, age_band, gender, scheme, considered, diverted,
    result, referred_on IS NOT NULL AS is_referred, started_on IS NOT NULL AS is_started,
    decision IN ('offered_accepted', 'offered_declined') AND authority <> 'refused' AS is_offered,
    authority, eligibility, ending, due_by, offence_group, history, gravity"""
TABLE = "reporting_fact"
Work = Callable[[], object]


def main() -> None:
    duck = importlib.import_module("duckdb") if _installed() else None
    old_name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"months_{old_name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            told: dict[str, Any] = {"import ÷ bare COPY": _import(Path(folder))}
            for name, many in (("dashboard", LIVE_SIZES), ("report", IMPORTED_SIZES)):
                told[name] = {size: _at(name, size, duck, Path(folder)) for size in many}
                told[name]["growth"] = _growth(told[name][many[0]], told[name][many[-1]])
        print(json.dumps(told, ensure_ascii=False))
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)


def _installed() -> bool:
    """DuckDB in a folder of its own; fetched where it is not there."""
    if not PACKAGES.is_dir():
        packages = ["--target", str(PACKAGES), "-r", str(ROOT / "bench/requirements.txt")]
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", *packages], check=True)
    sys.path.append(str(PACKAGES))
    return True


def _import(folder: Path) -> float:
    """A million rows of twelve months, by the import that a force uses, ÷ the same file into one text table."""
    real = imports.real_rows
    imports.real_rows = lambda: (row for row in real() if row[1].startswith(YEAR))  # type: ignore[assignment]
    imports.write_rows(folder / "million.csv")
    ours, bare = imports.measure_import(folder / "million.csv", 0)
    print(f"import {ours:.1f} s ÷ bare COPY {bare:.1f} s: {ours / bare:.2f}", flush=True)
    _do("DELETE FROM reporting_fact WHERE NOT happened_on BETWEEN %s AND %s", START, END)
    return round(ours / bare, 2)


def kept() -> None:
    """As PostgreSQL keeps the tables of a service by itself, some minutes after so many rows came."""
    with connection.as_owner(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("VACUUM (ANALYZE)")


def _do(sql: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _at(name: str, size: int, duck: Any, folder: Path) -> dict[str, Any]:
    """The report of an imported file, or the dashboard of live decisions, over so many facts."""
    force = Organisation.objects.get(slug="bench-0")
    live = name == "dashboard"
    _grow_live(force.pk, _facts(LIVE), size) if live else _grow_imported(size)
    kept()
    counting = imports.timed(_count_all)
    kept()
    if live:
        path = _parquet(
            duck, folder, LIVE_COLUMNS, f"{TABLE} JOIN reporting_stagefact ON fact_id = id", "source = 'live'"
        )
        asked = Question(START, END, LIVE, by="ethnicity", measure=HEADLINE)
        found = _measured(lambda: overview(force, asked), [lambda: _duck(duck, path, DASHBOARD)])
    else:
        path = _parquet(duck, folder, IMPORTED_COLUMNS, TABLE, "source <> 'live'")
        ducks: list[Work] = [lambda sql=sql: _duck(duck, path, [sql]) for sql in REPORT]  # type: ignore[misc]
        found = _measured(lambda: cube.count(force.pk, imports.MAPPING.name, START, END), ducks)
    rows = MonthCount.objects.filter(source=LIVE) if live else MonthCount.objects.exclude(source=LIVE)
    by_cut = dict(rows.values_list("cut").annotate(number=Count("pk")).order_by("cut"))
    line = {**found, "rows": by_cut, "counted in s": round(counting, 1)}
    print(f"{name} of {size:,} facts: {json.dumps(line, ensure_ascii=False)}", flush=True)
    return line


def _facts(source: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reporting_fact WHERE source = %s", [source])
        return int(cursor.fetchone()[0])


def _count_all() -> None:
    while months.count_one():
        pass


def _measured(ours: Work, ducks: list[Work]) -> dict[str, Any]:
    """Medians of the rounds in milliseconds, each way by turns; DuckDB's quickest."""
    found: dict[str, list[float]] = {}
    for number in range(ROUNDS + 1):
        ways = {"ours": ours, **{f"duck {place}": one for place, one in enumerate(ducks)}}
        if number <= 3:  # one to warm up, three to measure
            ways["facts"] = lambda: _from_facts(ours)
        for name, way in ways.items():
            seconds = imports.timed(way)
            if number:
                found.setdefault(name, []).append(seconds)
    medians = {name: statistics.median(times) * 1000 for name, times in found.items()}
    duck = min(medians[f"duck {place}"] for place in range(len(ducks)))
    told = {"ours ms": medians["ours"], "facts ms": medians["facts"], "DuckDB ms": duck}
    return {name: round(value, 1) for name, value in told.items()} | {"÷ DuckDB": round(medians["ours"] / duck, 2)}


def _from_facts(ours: Work) -> None:
    tries, months.MOST_TRIES = months.MOST_TRIES, 0
    try:
        ours()
    finally:
        months.MOST_TRIES = tries


def _growth(first: dict[str, Any], last: dict[str, Any]) -> dict[str, float]:
    """The last size ÷ the first."""
    return {way: round(last[way] / first[way], 2) for way in ("ours ms", "facts ms", "DuckDB ms")}


def _parquet(duck: Any, folder: Path, columns: str, tables: str, where: str) -> Path:
    text, path = folder / "facts.csv", folder / "facts.parquet"
    with connection.cursor() as cursor, text.open("wb") as file:
        cursor.copy_expert(f"COPY (SELECT {columns} FROM {tables} WHERE {where}) TO STDOUT (FORMAT csv, HEADER)", file)
    duck.sql(
        f"COPY (SELECT * REPLACE ({', '.join(_texts(text))}) FROM read_csv('{text}', header=true, sample_size=-1,"
        f" nullstr='', force_not_null=[{_not_null(text)}])) TO '{path}' (FORMAT parquet)"
    )
    text.unlink()
    return path


def _header(text: Path) -> list[str]:
    with text.open() as file:
        return file.readline().strip().split(",")


def _texts(text: Path) -> list[str]:
    """Flags of PostgreSQL's CSV are t and f."""
    flags = ("considered", "diverted", "repeated", "is_referred", "is_started", "is_offered")
    return [f"{name}::BOOLEAN AS {name}" for name in _header(text) if name in flags]


def _not_null(text: Path) -> str:
    return ", ".join(f"'{name}'" for name in _header(text) if name in ("ending", "result", "quality", "scheme"))


def _duck(duck: Any, path: Path, statements: Any) -> None:
    with duck.connect() as session:
        session.execute(f"CREATE VIEW facts AS SELECT * FROM '{path}'")
        for sql in statements:
            session.execute(sql).fetchall()


def _grow_imported(size: int) -> None:
    """The same rows again, each under another digest."""
    names = "source, happened_on, month, age_band, ethnicity_self_code, ethnicity_self_group, ethnicity_officer_group"
    names += ", gender, scheme, disposal, considered, diverted, result, quality, occurrence, force_id, batch_id"
    while (missing := size - _facts(imports.MAPPING.name)) > 0:
        _do(
            f"INSERT INTO reporting_fact ({names}, digest) SELECT {names}, gen_random_uuid() FROM reporting_fact"
            f" WHERE source <> 'live' LIMIT {missing}"
        )


def _grow_live(force: int, have: int, size: int) -> None:
    """Made-up decisions of a force: more than half of people of one group, five schemes, twelve groups of offences."""
    while (missing := min(size - have, 500_000)) > 0:
        _do(_NEW_LIVE.format(force=force, missing=missing))
        have += missing


def _one_of(draw: str, **shares: float) -> str:
    """SQL: a word for each share of a draw from 0 to 1; names stand for words with other letters."""
    found, total = [], 0.0
    for word, share in shares.items():
        total += share
        found.append(f"WHEN {draw} < {total:.4f} THEN '{_WORDS.get(word, word)}'")
    return f"CASE {' '.join(found)} ELSE '{_WORDS.get(word, word)}' END"


_WORDS = {
    "nothing": "", "a10": "10-17", "a18": "18-24", "a25": "25-34", "a34": "over 34",
}  # fmt: skip
_CODE = _one_of("r1", W1=0.62, W9=0.09, W2=0.02, B1=0.05, B2=0.04, B9=0.02, A1=0.02, A2=0.04, A9=0.02, M1=0.02, O9=0.01)
_DECISION = _one_of("r2", offered_accepted=0.45, offered_declined=0.1, not_offered=0.45)
_NEW_LIVE = f"""WITH drawn AS MATERIALIZED (
    SELECT number, nextval('reporting_fact_id_seq') AS id, random() AS r1, random() AS r2, random() AS r3,
        random() AS r4, random() AS r5, random() AS r6, random() AS r7, random() AS r8, random() AS r9, random() AS r10,
        DATE '2020-01-01' + (number * 365.0 / {{missing}})::int AS day
    FROM generate_series(1, {{missing}}) AS number),
told AS MATERIALIZED (
    SELECT *, LEAST(day, DATE '2020-12-31') AS on_day, {_CODE} AS code, {_DECISION} AS decision,
        {_one_of("r3", none=0.75, given=0.18, waiting=0.02, refused=0.05)} AS authority,
        {_one_of("r4", eligible=0.7, ineligible=0.2, unknown=0.1)} AS eligibility,
        {_one_of("r5", a10=0.12, a18=0.3, a25=0.28, a34=0.3)} AS band, r6 < 0.5 AS is_sent, r7 < 0.8 AS is_started,
        {_one_of("r8", completed=0.6, not_completed=0.25, nothing=0.15)} AS result,
        'Scheme ' || (r9 * 5)::int AS scheme, 'Offence group ' || (r10 * 12)::int AS offence_group,
        {_one_of("r7", none=0.5, resolution=0.1, caution=0.15, conviction=0.15, unknown=0.1)} AS history
    FROM drawn),
facts AS (
    INSERT INTO reporting_fact (id, force_id, source, happened_on, month, age, age_band, ethnicity_self_code,
        ethnicity_self_group, ethnicity_officer_group, gender, scheme, disposal, considered, diverted, referred_on,
        started_on, result, quality)
    SELECT id, {{force}}, 'live', on_day, date_trunc('month', on_day)::date, 18 + (r5 * 40)::int, band, code,
        CASE left(code, 1) WHEN 'W' THEN 'White' WHEN 'B' THEN 'Black' WHEN 'A' THEN 'Asian' WHEN 'M' THEN 'Mixed'
            ELSE 'Other' END,
        CASE WHEN r4 < 0.1 THEN 'Unknown' WHEN left(code, 1) = 'W' THEN 'White' WHEN left(code, 1) = 'B' THEN 'Black'
            ELSE 'Asian' END,
        CASE WHEN r6 < 0.81 THEN 'Male' ELSE 'Female' END, scheme, decision, TRUE,
        decision = 'offered_accepted' AND authority IN ('none', 'given'),
        CASE WHEN is_sent AND decision = 'offered_accepted' THEN on_day + 9 END,
        CASE WHEN is_sent AND is_started AND decision = 'offered_accepted' THEN on_day + 21 END,
        CASE WHEN is_sent AND decision = 'offered_accepted' THEN result ELSE '' END, ''
    FROM told)
INSERT INTO reporting_stagefact (fact_id, decision, authority, eligibility, ending, due_by, origin, offence_group, area,
    history, gravity, intervention, without_scheme, disability, care_experience)
SELECT id, decision, authority, eligibility,
    CASE WHEN is_sent AND decision = 'offered_accepted' THEN result ELSE '' END,
    CASE WHEN is_sent AND decision = 'offered_accepted' THEN on_day + 150 END, 'street', offence_group,
    'Area ' || (r1 * 20)::int, history, CASE WHEN r2 < 0.6 THEN 1 + (r9 * 4)::int END, 'none', '', 'unknown', 'unknown'
FROM told"""


if __name__ == "__main__":
    main()
