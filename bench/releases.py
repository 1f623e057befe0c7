"""A release of a million live decisions, on each rung and from the worst seat; and a report of them in five formats.

    make bench

Facts are made up as in bench/months.py (SIZE=1m). Printed in seconds of processor time, ours and the database's for us
together: what each rung takes from the counts to the attacker's verdict, and their sum (bound: 120). Then the report's
figures, page, CSV, JSON, workbook and PDF, together ÷ what pandas takes to read the same facts from a CSV file of the
columns that they need and to group them by the report's dimensions (bound: 5). The last line is JSON.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from django.db import connection  # noqa: E402

from bench import months  # noqa: E402
from diversion.accounts.models import Organisation  # noqa: E402
from diversion.documents import typeset  # noqa: E402
from reporting import monitoring  # noqa: E402
from reporting.codes import LIVE  # noqa: E402
from reporting.models import Release  # noqa: E402
from reporting.presenters import papers  # noqa: E402
from reporting.presenters.report import sections  # noqa: E402
from reporting.releases.ladder import RUNGS  # noqa: E402
from reporting.releases.working_out import work_out  # noqa: E402

START, ENDS = date(2020, 1, 1), {"pooled": date(2021, 12, 31)}
END = date(2020, 12, 31)
#: What the report groups by.
COLUMNS = (
    *("month", "age_band", "gender", "ethnicity_self_code", "ethnicity_self_group", "ethnicity_officer_group"),
    *("scheme", "disposal", "considered", "diverted"),
)


def main() -> None:
    old_name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"releases_{old_name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        force = Organisation.objects.create(slug="bench-0", name="Bench", kind=Organisation.Kind.POLICE_FORCE)
        months._grow_live(force.pk, 0, months.sizes("SIZE", "1m")[0])
        months.kept()
        told = {"releases": _releases(force), "report": _formats(force)}
        print(json.dumps(told, ensure_ascii=False))
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)


def _releases(force: Organisation) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for rung in RUNGS:
        release = Release(
            force=force,
            name="bench",
            audience="published",
            source=LIVE,
            start=START,
            end=ENDS.get(rung.unit, END),
            unit=rung.unit,
            declared={"tables": [list(table) for table in rung.tables], "rung": rung.words},
        )
        worked: list[Any] = []
        found[rung.words] = _taken(lambda one=release, into=worked: into.append(work_out(one)))
        print(f"{rung.words}: {found[rung.words]} s, {worked[0].verdict['hidden']} counts hidden", flush=True)
    return found | {"all": round(sum(found.values()), 1)}


def _formats(force: Organisation) -> dict[str, float]:
    made: dict[str, Any] = {}
    ways: dict[str, Callable[[], Any]] = {
        "figures": lambda: made.update(report=monitoring.compute(force, START, END, LIVE)),
        "page": lambda: [(one.chart, str(one.table)) for one in sections(made["report"])],
        "CSV": lambda: monitoring.as_csv(made["report"]),
        "JSON": lambda: monitoring.as_json(made["report"]),
        "workbook": lambda: monitoring.as_xlsx(made["report"]),
        "PDF": lambda: typeset(
            title="Bench", caption="Bench", reference="RR-1", blocks=papers.of_report(made["report"])
        ),
    }
    found = {name: _taken(way) for name, way in ways.items()}
    found["together"] = round(sum(found.values()), 2)
    found["pandas"] = _beside()
    return found | {"÷ pandas": round(found["together"] / found["pandas"], 2)}


def _beside() -> float:
    """pandas: reading the columns that the report needs, and grouping by each of its dimensions."""
    import pandas

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.csv"
        with connection.cursor() as cursor, path.open("wb") as file:
            cursor.copy_expert(
                f"COPY (SELECT {', '.join(COLUMNS)} FROM {months.TABLE}) TO STDOUT (FORMAT csv, HEADER)", file
            )

        def read_and_group() -> None:
            facts = pandas.read_csv(path, true_values=["t"], false_values=["f"])
            for name in COLUMNS[:7]:
                facts.groupby([name, "disposal"], dropna=False)[["considered", "diverted"]].sum()

        return _taken(read_and_group)


def _taken(work: Callable[[], object]) -> float:
    """Seconds of processor time: this process and the database's for it."""
    began = _used()
    work()
    return round(_used() - began, 2)


def _used() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
