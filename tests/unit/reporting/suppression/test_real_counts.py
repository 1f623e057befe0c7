"""Suppression and attack on real counts: one force's searches that led to action."""

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest

from reporting.suppression.protect import suppress
from reporting.suppression.release import read, write
from reporting.suppression.tables import Table, link
from reporting.suppression.thresholds import Thresholds

FILE = Path(__file__).parents[5] / "shared/data/police-uk/durham-stop-and-search_2019-01_2021-11.csv.gz"
SETTLED = {"Community resolution", "Khat or Cannabis warning", "Penalty Notice for Disorder"}
SETTLED |= {"Caution (simple or conditional)"}
ACTION = SETTLED | {"Arrest", "Summons / charged by post"}
COLUMNS = {"ethnicity": "Officer-defined ethnicity", "age": "Age range", "gender": "Gender"}


@pytest.mark.skipif(not FILE.exists(), reason="../shared/data/police-uk is not here")
def test_a_force_s_real_tables_keep_every_hidden_count():
    """Real counts are lopsided in ways that generated ones are not."""
    with gzip.open(FILE, "rt", encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["Type"] != "Vehicle search" and row["Outcome"] in ACTION]
    tables = [
        Table(measure, dimensions, Counter(tuple(row[COLUMNS[d]] or "Unknown" for d in dimensions) for row in chosen))
        for measure, chosen in (("considered", rows), ("diverted", [r for r in rows if r["Outcome"] in SETTLED]))
        for dimensions in (("ethnicity", "age"), ("ethnicity", "gender"))
    ]
    nested = [("considered", "diverted")]
    result = suppress(link(tables, nested), Thresholds(), effort=1000)
    found = read([write("durham", result, tables, nested)]).intervals()
    assert not result.exposed
    assert len(found) == result.price.cells_hidden > 0
    for name, interval in found.items():
        truth = int(result.family.values[result.family.position[name]])
        assert interval.width >= 9
        assert interval.low <= truth <= (interval.high if interval.high is not None else truth)
