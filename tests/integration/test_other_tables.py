"""Rows that come in a workbook, as JSON lines or for many forces, and a mapping that is drafted from a file."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from diversion.accounts.models import Organisation
from reporting.actions.importing import import_facts
from reporting.intake.mappings import facts as mappings
from reporting.models import Fact, ImportBatch
from tests.conftest import Cast
from tests.factories.imports import run_import
from tests.factories.mappings import Written, mapped
from tests.factories.searches import MAPPING, as_csv, search, searches
from tests.factories.sheets import ods, xlsx

__all__ = ["mapped"]

FORCE = "avonshire"
FORMAT = ('format = "iso"', 'format = "%d/%m/%Y %H:%M"')

Summary = dict[str, Any]
Import = Callable[..., Summary]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local(settings: Any, tmp_path: Path) -> None:
    settings.LOCAL_DIR = tmp_path / "local"


@pytest.fixture
def imported(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Import:
    def run(content: str | bytes | Path, *, mapping: str = MAPPING, **options: object) -> Summary:
        path = content if isinstance(content, Path) else tmp_path / "f.csv"
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return run_import(capsys, "import_facts", str(path), **({"mapping": mapping, "force": FORCE} | options))

    return run


def table(rows: list[dict[str, str]]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(rows))))


ROWS = [
    search(Date=f"2020-02-0{day}", Latitude="51.477990", Policing_operation="00123", Age_range="10-17")
    for day in range(1, 6)
]


def as_cells(rows: list[list[str]], *, days: bool = False) -> list[list[Any]]:
    """The table as a spreadsheet keeps it: numbers, yes/no and (asked for) days as such."""
    return [rows[0], *([_as_cell(field, days) for field in row] for row in rows[1:])]


def _as_cell(field: str, days: bool) -> Any:
    known = {"51.477990": 51.47799, "False": False, "10-17": datetime(2017, 10, 1)}  # noqa: DTZ001 (a sheet's own)
    if days and field.startswith("2020-"):
        return datetime.fromisoformat(field)
    return known.get(field, field)


@pytest.mark.parametrize("write", [xlsx, ods])
def test_a_workbook_imports_to_the_same_facts(imported: Import, tmp_path: Path, write: Callable[..., Path]) -> None:
    """Most forces send what they look at; saving it as text is a step more in which ages become dates."""
    assert imported(as_csv(ROWS))["accepted"] == 5
    cells = [["Searches, February 2020"], [], *as_cells(table(ROWS)), [None, None], ["", ""]]
    done = imported(write(tmp_path / "book.data", Notes=[["Read me"]], Searches=cells))
    assert (done["already_present"], done["rejected"]) == (5, 0)
    assert "The rows are those of the sheet 'Searches'." in done["said"]
    assert "The header is not on line 1 but on line 3" in done["said"]


@pytest.mark.parametrize("write", [xlsx, ods])
def test_days_of_a_sheet_are_those_that_it_shows(
    imported: Import, mapped: Written, tmp_path: Path, write: Callable[..., Path]
) -> None:
    """A cell that holds a day is written as the mapping says, so that its row is that of the text."""
    name = mapped(FORMAT)
    british = [row | {"Date": f"0{day}/02/2020 00:00"} for day, row in enumerate(ROWS, 1)]
    assert imported(as_csv(british), mapping=name)["accepted"] == 5
    book = write(tmp_path / "book.xlsx", Sheet1=as_cells(table(ROWS), days=True))
    assert imported(book, mapping=name)["already_present"] == 5


def test_whole_numbers_of_a_sheet_are_no_decimals(imported: Import, mapped: Written, tmp_path: Path) -> None:
    """A sheet keeps 2020 as 2020.0, and a code 7 as 7.0."""
    name = mapped(('"18-24" = "18-24"', '"18-24" = "18-24"\n"21" = "18-24"'))
    rows = table([search()])
    rows[1] = [21 if field == "18-24" else field for field in rows[1]]  # type: ignore[misc]
    imported(xlsx(tmp_path / "book.xlsx", Sheet1=rows), mapping=name)
    assert Fact.objects.get().age_band == "18-24"


def test_the_sheet_can_be_named(imported: Import, mapped: Written, tmp_path: Path) -> None:
    """A workbook of twelve months has the same header twelve times."""
    name = mapped(("[file]", '[file]\nsheet = "February"'))
    book = xlsx(tmp_path / "b.xlsx", January=table([search()]), February=table(ROWS))
    assert imported(book, mapping=name)["accepted"] == 5
    with pytest.raises(CommandError, match="has no sheet 'February': its sheets are 'January'"):
        imported(xlsx(tmp_path / "b.xlsx", January=table(ROWS)), mapping=name)


def test_archives_that_are_no_workbooks_are_named(
    imported: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mend of a zip with a file in it is another than that of a broken download."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("searches.csv", as_csv(ROWS))
    with pytest.raises(CommandError, match="is a zip archive: unpack it"):
        imported(tmp_path / "a.zip")
    book = xlsx(tmp_path / "b.xlsx", Sheet1=table(ROWS))
    (tmp_path / "half.xlsx").write_bytes(book.read_bytes()[:900])
    with pytest.raises(CommandError, match="is a damaged zip archive or spreadsheet"):
        imported(tmp_path / "half.xlsx")
    with pytest.raises(CommandError, match="lacks the columns"):
        imported(xlsx(tmp_path / "c.xlsx", Sheet1=[["a", "b"], ["1", "2"]]))
    with pytest.raises(CommandError, match="is empty"):
        imported(xlsx(tmp_path / "d.xlsx", Sheet1=[]))
    monkeypatch.setattr("reporting.intake.reading.sheets.MOST_BYTES", 100)
    with pytest.raises(CommandError, match="unpacks to over"):
        imported(book)
    monkeypatch.setattr("reporting.intake.reading.sheets.MOST_FILES", 2)
    with pytest.raises(CommandError, match="holds over 2 files"):
        imported(book)
    packed = tmp_path / "e.csv.gz"
    packed.write_bytes(gzip.compress(as_csv(ROWS).encode() + b"x" * 1_000_000))
    monkeypatch.setattr("reporting.intake.reading.MOST_UNPACKED", 200_000)
    with pytest.raises(CommandError, match="unpacks to over"):
        imported(packed)


def test_a_sheet_that_names_a_file_of_the_machine_reads_none(imported: Import, tmp_path: Path) -> None:
    """A workbook is XML, and XML can ask its reader for any file that the reader may open."""
    (tmp_path / "secret").write_text("0penSesame")
    book = xlsx(tmp_path / "b.xlsx", Sheet1=table(ROWS))
    with zipfile.ZipFile(book) as archive:
        parts = {one: archive.read(one).decode() for one in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    asked = f'<!DOCTYPE worksheet [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]><worksheet'
    parts[name] = parts[name].replace("<worksheet", asked, 1).replace('preserve">', 'preserve">&e;')
    assert "&e;" in parts[name]
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w") as archive:
        for one, text in parts.items():
            archive.writestr(one, text)
    with pytest.raises(CommandError) as refused:
        imported(tmp_path / "c.xlsx")
    assert "0penSesame" not in str(refused.value)


def as_lines(rows: list[dict[str, str]]) -> str:
    names = table(rows)[0]
    objects = [dict(zip(names, row, strict=True)) for row in table(rows)[1:]]
    return "\n".join(json.dumps({k: _as_json(v) for k, v in one.items()}) for one in objects) + "\n"


def _as_json(field: str) -> Any:
    return {"False": False, "51.477990": 51.47799, "": None}.get(field, field)


@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "gzipped"])
def test_json_lines_import_to_the_same_facts(imported: Import, pack: Callable[[str], bytes]) -> None:
    """Open data often comes as objects."""
    assert imported(as_csv(ROWS))["accepted"] == 5
    assert imported(pack(as_lines(ROWS)))["already_present"] == 5
    done = imported(as_lines([*ROWS, search(Date="2020-03-01")]) + '\nno object\n["a"]\n')
    assert (done["already_present"], done["accepted"], done["rejected"]) == (5, 1, 2)
    assert "it is not a JSON object (2, first on line 8)" in done["said"]


def test_objects_within_objects_are_columns_with_a_dot(imported: Import, mapped: Written) -> None:
    """The published interface nests the place and the outcome."""
    name = mapped(('"Latitude"', '"location.latitude"'))
    line = json.loads(as_lines([search()]))
    line["location"] = {"latitude": line.pop("Latitude"), "street": {"id": 5}}
    assert imported(json.dumps(line), mapping=name)["accepted"] == 1


@pytest.mark.parametrize("text", ['[{"Type": "Person search"},\n {"Type": "x"}]', '{\n "Type": "Person search"\n}'])
def test_a_whole_json_document_is_named(imported: Import, text: str) -> None:
    """One object over many lines cannot be read a row at a time."""
    with pytest.raises(CommandError, match="give JSON lines"):
        imported(text)


MANY = (
    ('"Type", "Date",', '"Force", "Type", "Date",'),
    ("[date]\n", '[force]\ncolumn = "Force"\n\n[date]\n'),
)


def many(*forces: str) -> str:
    """A row for each of the forces, whatever else the file says."""
    names, *rows = table([search(Date=f"2020-02-01T10:{minute:02}") for minute in range(len(forces))])
    text = io.StringIO()
    csv.writer(text).writerows([["Force", *names], *([force, *row] for force, row in zip(forces, rows, strict=True))])
    return text.getvalue()


def of_forces() -> dict[str, int]:
    return {force.slug: force.facts.count() for force in Organisation.objects.filter(facts__isnull=False).distinct()}


def test_one_file_of_many_forces_gives_each_its_own_facts(imported: Import, mapped: Written) -> None:
    """A national file was one force's, or had to be cut by hand."""
    name = mapped(*MANY)
    text = many("Thames Valley Police", "Devon & Cornwall Police", "Thames Valley Police", "", "City of London Police")
    done = imported(text, mapping=name, force="")
    assert of_forces() == {"thames-valley": 2, "devon-and-cornwall": 1, "city-of-london": 1}
    assert (done["rows"], done["accepted"], done["rejected"]) == (5, 4, 1)
    assert "the force is missing" in done["said"]
    assert done["forces"].keys() == {"thames-valley", "devon-and-cornwall", "city-of-london"}
    assert "'thames-valley' was not known and was made" in done["said"]
    again = imported(text, mapping=name, force="")
    assert (again["accepted"], again["already_present"]) == (0, 4)
    assert sum(batch.rows for batch in ImportBatch.objects.all()) == 10


def test_one_force_of_many_may_be_asked_for(imported: Import, mapped: Written) -> None:
    """The others' rows are skipped and counted."""
    text = many("Thames Valley Police", "Durham Constabulary", "Durham Constabulary")
    done = imported(text, mapping=mapped(*MANY), force="durham")
    assert (done["accepted"], done["skipped"]) == (2, 1)
    assert "1 row was left out: it is of another force (1)." in done["said"]
    assert of_forces() == {"durham": 2}


def test_forces_may_be_translated_and_others_are_rejected(imported: Import, mapped: Written) -> None:
    """A misspelt force is no new one where the mapping lists them."""
    values = ('column = "Force"\n', 'column = "Force"\nvalues = { "TVP" = "thames-valley", "Durham" = "durham" }\n')
    done = imported(many("TVP", "Durhan", *["TVP"] * 30), mapping=mapped(*MANY, values), force="")
    assert of_forces() == {"thames-valley": 31}
    assert "the force 'Durhan' is not among force.values; did you mean 'Durham'?" in done["said"]
    with pytest.raises(CommandError, match="says its force in the column 'Force'"):
        imported(many("", ""), mapping="made-up", force="")


def test_replacing_touches_only_the_forces_in_the_file(imported: Import, mapped: Written) -> None:
    """A file of two forces is no publication of a third's."""
    name, february = mapped(*MANY), ("2020-02", "2020-02")
    imported(many(*["Kent Police"] * 3, *["Essex Police"] * 3), mapping=name, force="")
    done = imported(many(*["Kent Police"] * 4), mapping=name, force="", replace=february)
    assert of_forces() == {"kent": 4, "essex": 3}
    assert "kent 2020-02: 3 facts before, 4 after (+33%)." in done["said"]
    with pytest.raises(CommandError, match="essex 2020-02 from 3 facts to 1"):
        imported(
            many("Kent Police", "Kent Police", "Kent Police", "Essex Police"), mapping=name, force="", replace=february
        )


def test_a_user_imports_for_their_own_force_alone_also_by_column(cast: Cast, tmp_path: Path, mapped: Written) -> None:
    """A column cannot say more than the person may."""
    name = mapped(*MANY)
    (tmp_path / "f.csv").write_text(many("Avonford Police", "Kent Police"), encoding="utf-8")
    with pytest.raises(PermissionDenied):
        import_facts(path=tmp_path / "f.csv", mapping=name, by=cast["ian"])
    assert not Fact.objects.exists()
    (tmp_path / "f.csv").write_text(many("Avonford Police"), encoding="utf-8")
    assert import_facts(path=tmp_path / "f.csv", mapping=name, by=cast["ian"]).counts.accepted == 1


OUTCOMES = {
    "Suspect charged": 3,
    "Local resolution": 2,
    "Offender given a caution": 1,
    "Unable to prosecute suspect": 5,
}


@pytest.mark.parametrize("name", ["police-uk-outcomes", "police-uk-street"])
def test_the_outcomes_and_crimes_of_police_uk_are_read(imported: Import, name: str) -> None:
    """The same site publishes what became of every crime, by month."""
    known = mappings.load(name)
    last = known.disposal.column
    rows = [{"Month": "2022-01", last: word} for word, number in OUTCOMES.items() for _ in range(number)]
    text = io.StringIO()
    writer = csv.DictWriter(text, known.file.columns, restval="")
    writer.writeheader()
    writer.writerows(row | {"Crime ID": str(number)} for number, row in enumerate(rows))
    done = imported(text.getvalue(), mapping=name)
    assert "Not recognised" not in done["said"]
    facts = Fact.objects.filter(source=name)
    assert (facts.filter(considered=True).count(), facts.filter(diverted=True).count()) == (6, 3)


def drafted(path: Path, capsys: pytest.CaptureFixture[str], *args: str) -> Path:
    call_command("draft_mapping", str(path), *args)
    return Path(capsys.readouterr().out.strip())


STRANGE = """Stop list;;;;;
When;Sex of person;Age;Officer ethnicity;Result of stop;Note
03/04/2021 10:15;M;18-24;White;Arrested;x
23/04/2021 23:05;F;25-34;Black;Let go;y
24/04/2021 01:00;M;18-24;Black;Words of advice;z
25/04/2021 12:00;M;10-17;White;Words of advice;z
"""


def test_a_newcomer_comes_from_a_strange_file_to_a_right_rate(
    imported: Import, mapped: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Draft, decide what counts, check, import: nothing about the denominator is guessed."""
    path = tmp_path / "Stops 2021.csv"
    path.write_text(STRANGE, encoding="utf-8")
    draft = drafted(path, capsys)
    assert draft == mappings.FOLDER / "stops-2021.toml"
    text = draft.read_text(encoding="utf-8")
    assert 'format = "%d/%m/%Y %H:%M"  # guessed' in text
    assert '"M" = "Male"' in text
    with pytest.raises(CommandError, match="considered: write which rows these are"):
        call_command("check_mapping", str(path), mapping="stops-2021")
    text = text.replace("[considered]", '[considered]\n"Result of stop" = { in = ["Arrested", "Words of advice"] }')
    text = text.replace("[diverted]", '[diverted]\n"Result of stop" = { in = ["Words of advice"] }')
    draft.write_text(text, encoding="utf-8")
    capsys.readouterr()
    call_command("check_mapping", str(path), mapping="stops-2021")
    out, said = capsys.readouterr()
    assert json.loads(out.splitlines()[-1]) == {
        "rows": 4, "accepted": 4, "rejected": 0, "skipped": 0, "considered": 3, "diverted": 2, "rate": 2 / 3,
    }  # fmt: skip
    assert "No rule names these words of 'Result of stop': 'Let go' (1)." in said
    assert not Fact.objects.exists()
    assert not Organisation.objects.filter(slug=FORCE).exists()
    done = imported(path, mapping="stops-2021")
    assert (done["accepted"], Fact.objects.filter(considered=True).count()) == (4, 3)
    assert set(Fact.objects.values_list("gender", "ethnicity_officer_group")) == {
        ("Male", "White"),
        ("Male", "Black"),
        ("Female", "Black"),
    }


def test_a_draft_never_overwrites_and_says_what_it_cannot_read(
    mapped: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody's corrections are worth more than a second guess."""
    path = tmp_path / "x.csv"
    path.write_text(as_csv(searches(5)), encoding="utf-8")
    assert drafted(path, capsys, "--name", "again").exists()
    with pytest.raises(CommandError, match="is there already"):
        drafted(path, capsys, "--name", "again")
    with pytest.raises(CommandError, match="is no name for a mapping"):
        drafted(path, capsys, "--name", "../up")
    path.write_bytes(b"PAR1 nothing")
    with pytest.raises(CommandError, match="is a Parquet file"):
        drafted(path, capsys, "--name", "third")


def test_a_draft_of_a_table_of_counts_and_forces(
    mapped: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The column that says how many is the one that a newcomer overlooks."""
    path = tmp_path / "answer.csv"
    path.write_text("Year,Force,Ethnicity,Outcome,Number\n2020/21,Kent,White,Arrest,12\n2020/21,Essex,Black,NFA,c\n")
    text = drafted(path, capsys).read_text(encoding="utf-8")
    for line in ('[count]\ncolumn = "Number"', '[force]\ncolumn = "Force"', 'format = "financial year"'):
        assert line in text
    assert "\n[considered]\n#" in text
    assert '#     "Arrest",  # 1' in text


def test_a_mapping_can_be_checked_by_its_path_and_with_the_statuses_of_an_import(
    mapped: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever writes a mapping tries it before it is anywhere else."""
    path = mappings.FOLDER / f"{mapped()}.toml"
    (tmp_path / "f.csv").write_text(as_csv([search(), search(Date="never")]), encoding="utf-8")
    with pytest.raises(CommandError, match="50% of the rows were rejected") as ended:
        call_command("check_mapping", str(tmp_path / "f.csv"), mapping=str(path))
    assert ended.value.returncode == 3
    with pytest.raises(CommandError, match="There is no mapping 'nowhere'"):
        call_command("check_mapping", str(tmp_path / "f.csv"), mapping="nowhere")
