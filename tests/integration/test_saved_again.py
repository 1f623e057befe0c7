"""Properties: whatever program saves a file again, and however it is written, it imports to the same facts."""

import csv
import io
import random
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.actions.importing import import_facts
from reporting.intake.mappings.facts import load
from reporting.intake.rows.facts import RowReader
from reporting.models import Fact
from tests.factories.searches import MAPPING, as_csv, search
from tests.factories.sheets import ods, xlsx

KNOWN = load(MAPPING)
YES_NO = list(KNOWN.identity.yes_no)
WORDS = {part.column: ["", *part.values, "Never heard of"] for part in KNOWN.parts}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")

Rows = list[dict[str, str]]


@st.composite
def rows_of_searches(draw: st.DrawFn) -> Rows:
    """Searches as the publisher writes them, some of them alike."""
    one = st.fixed_dictionaries(
        {column: st.sampled_from(words) for column, words in WORDS.items()}
        | {column: st.sampled_from(["True", "False", ""]) for column in YES_NO}
        | {
            "Date": st.datetimes(datetime(2019, 1, 1), datetime(2021, 12, 31)).map(  # noqa: DTZ001 (UTC by its text)
                lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}+00:00"
            ),
            "Latitude": st.decimals(49, 60, places=6).map(str),
            "Longitude": st.decimals(-7, 2, places=6).map(str) | st.just(""),
            "Policing operation": st.sampled_from(["", "00123", "123", "Opération", 'say "no", or', " x"]),
        }
    )
    found = draw(st.lists(one, min_size=1, max_size=6))
    return [search() | row for row in found + draw(st.lists(st.sampled_from(found), max_size=2))]


def table(rows: Rows) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(rows))))


def as_floats(field: str, column: str) -> Any:
    """As pandas holds it: a column with a blank in it holds floats, also of yes and no."""
    if column in YES_NO and field:
        return float(field == "True")
    return float(field) if column in ("Latitude", "Longitude") and field else field


def as_pandas(rows: Rows) -> list[list[Any]]:
    names, *lines = table(rows)
    return [["", *names], *([number, *map(as_floats, line, names)] for number, line in enumerate(lines))]


def text_of(rows: list[list[Any]], encoding: str = "utf-8", **how: Any) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, **how).writerows(rows)
    return text.getvalue().encode(encoding)


def as_sheet(rows: Rows) -> list[list[Any]]:
    names, *lines = table(rows)
    return [names, *([as_floats(field, column) for field, column in zip(line, names, strict=True)] for line in lines)]


def moved(rows: list[list[Any]], seed: int) -> list[list[Any]]:
    """The columns in another order, with one more among them."""
    order = list(range(len(rows[0])))
    random.Random(seed).shuffle(order)
    return [["1" if number else "New", *(row[place] for place in order)] for number, row in enumerate(rows)]


def by_csv(path: Path, rows: Rows, seed: int) -> None:
    quoting = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)[seed % 2]
    path.write_bytes(text_of(table(rows), ENCODINGS[seed % 3], delimiter=",;\t|"[seed % 4], quoting=quoting))


SAVED: dict[str, Callable[[Path, Rows, int], Any]] = {
    "by csv": by_csv,
    "by pandas": lambda path, rows, _: path.write_bytes(text_of(as_pandas(rows), lineterminator="\n")),
    "with its columns moved": lambda path, rows, seed: path.write_bytes(text_of(moved(table(rows), seed))),
    "by Excel": lambda path, rows, _: xlsx(path, Sheet1=as_sheet(rows)),
    "by LibreOffice": lambda path, rows, _: ods(path, Sheet1=as_sheet(rows)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("save", SAVED.values(), ids=SAVED.keys())
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(rows=rows_of_searches(), seed=st.integers(0, 1000))
def test_saved_again_a_file_is_the_same_file(
    tmp_path: Path, save: Callable[[Path, Rows, int], Any], rows: Rows, seed: int
) -> None:
    """Somebody opens the publisher's file, saves it and sends it on: nothing may be counted twice, or otherwise."""
    force = f"f{random.Random(repr((rows, seed, save))).getrandbits(60)}"
    first, again = tmp_path / "first.csv", tmp_path / "again.data"
    first.write_text(as_csv(rows), encoding="utf-8")
    save(again, rows, seed)
    done = import_facts(path=first, mapping=MAPPING, force=force, by=None)
    repeated = import_facts(path=again, mapping=MAPPING, force=force, by=None)
    assert (done.counts.accepted, repeated.counts.already_present, repeated.counts.accepted) == (
        len(rows),
        len(rows),
        0,
    )
    other = import_facts(path=again, mapping=MAPPING, force=f"{force}b", by=None)
    assert facts_of(done.batch.force_id) == facts_of(other.batch.force_id)


def facts_of(force: int) -> list[tuple[Any, ...]]:
    columns = ("happened_on", "gender", "age_band", "ethnicity_self_code", "ethnicity_officer_group", "disposal")
    return sorted(Fact.objects.filter(force_id=force).values_list(*columns, "considered", "diverted", "quality"))


@given(st.text(st.characters(codec="utf-8"), max_size=30), st.sampled_from(sorted(WORDS)))
@settings(max_examples=300)
def test_any_word_in_any_column_makes_a_fact_or_a_reason(word: str, column: str) -> None:
    """No word that a stranger writes may end an import with an error of Python."""
    columns = KNOWN.file.columns
    reader = RowReader(KNOWN, range(len(columns)), len(columns), keys=(1, MAPPING, 1), today=date(2026, 1, 1))
    fields = [(search() | {column: word}).get(name, "") for name in columns]
    if "\0" in word:
        with pytest.raises(ValueError, match="it holds a NUL character"):
            reader.read(fields)
    else:
        assert reader.read(fields)[1] == date(2020, 6, 15)
