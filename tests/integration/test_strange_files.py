"""Files as people and programs really save them: each imports to the right figures, or says what is wrong with it."""

import csv
import gzip
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from diversion.accounts.models import Organisation
from reporting import monitoring
from reporting.models import Fact
from tests.factories.imports import run_import
from tests.factories.mappings import Written, mapped
from tests.factories.searches import MAPPING, as_csv, search, searches, write

__all__ = ["mapped"]

FORCE = "avonshire"
ZONED = ('format = "iso"', 'format = "%d/%m/%Y %H:%M"')  # beside the zone that is there

Summary = dict[str, Any]
Import = Callable[..., Summary]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local(settings: Any, tmp_path: Path) -> Path:
    settings.LOCAL_DIR = tmp_path / "local"
    return tmp_path / "local"


@pytest.fixture
def imported(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Import:
    def run(content: str | bytes, *, mapping: str = MAPPING, name: str = "f.csv", **options: object) -> Summary:
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return run_import(
            capsys, "import_facts", str(tmp_path / name), **({"mapping": mapping, "force": FORCE} | options)
        )

    return run


def figures(source: str = MAPPING) -> tuple[int, int, int, float | None]:
    """Facts, considered, diverted and rate, as the report tells them."""
    force = Organisation.objects.get(slug=FORCE)
    totals = monitoring.compute(force, date(2000, 1, 1), date(2030, 12, 31), source)["totals"]
    return totals["rows"], totals["considered"], totals["diverted"], totals["rate"]


OUTCOMES = ("Arrest", "Community resolution", "Arrest")


def nine() -> list[dict[str, str]]:
    """Nine searches that led to action, three of them settled."""
    return [search(Date=f"2020-02-0{day}", Outcome=OUTCOMES[day % 3]) for day in range(1, 10)]


def test_a_misspelt_word_of_a_rule_refuses_the_mapping(imported: Import, mapped: Written) -> None:
    """One letter too many would take the arrests out of the denominator and turn 33% into 100%."""
    assert imported(as_csv(nine()), mapping=mapped())["accepted"] == 9
    assert figures("made-up") == (9, 9, 3, pytest.approx(1 / 3))
    wrong = mapped(
        ('"Arrest", "Summons / charged by post", "Caution (simple or conditional)", "Pen', '"Arrrest", "Pen')
    )
    with pytest.raises(CommandError) as refused:
        imported(as_csv(nine()), mapping=wrong)
    assert "considered.Outcome: 'Arrrest' is not among disposal.values; did you mean 'Arrest'?" in str(refused.value)
    assert refused.value.returncode == 1


def test_words_of_the_file_that_no_rule_names_are_told_with_what_they_did(imported: Import, mapped: Written) -> None:
    """Both mistakes at once, in the values and in the rule, pass every check of the mapping: the file tells."""
    rows = [*nine(), search(Outcome="Banished"), search(Outcome=""), search(Type="Drone search")]
    said = imported(as_csv(rows), mapping=mapped(('"Arrest"', '"Arrrest"')))["said"]
    assert "Not recognised in 'Outcome', kept as unknown: 'Arrest' (6; the mapping has 'Arrrest'), 'Banished'" in said
    assert "No rule names these words of 'Outcome': 'Arrest' (6), 'Banished' (1), blank (1)." in said
    assert "Their rows are left out of the denominator, 8 in all." in said
    assert "No rule names these words of 'Type': 'Drone search' (1). Their rows are in the denominator, 1 in" in said


def test_a_word_of_a_column_without_a_list_is_compared_with_the_file(imported: Import, mapped: Written) -> None:
    """A column that only a rule reads has no list to check against before the file is there."""
    name = mapped(
        ('"Type" = { not = ["Vehicle search"] }', '"Object of search" = { in = ["Controled drugs"] }'),
        ('"Type" = ["Person search", "Person and Vehicle search", "Vehicle search"]', ""),
    )
    said = imported(as_csv(nine()), mapping=name)["said"]
    assert "A rule names 'Controled drugs' in 'Object of search', and no row has it; did you mean 'Controlled" in said


def british(rows: list[dict[str, str]], *, hour: str = "10:00") -> str:
    """The rows with their days as 01/02/2020 10:00."""
    return as_csv([row | {"Date": f"{date.fromisoformat(row['Date'][:10]):%d/%m/%Y} {hour}"} for row in rows])


def test_a_format_is_used_beside_a_zone(imported: Import, mapped: Written) -> None:
    """Every British force writes its days so: all rows were lost, and a script saw nothing."""
    assert imported(british(nine()), mapping=mapped(ZONED))["accepted"] == 9
    assert set(Fact.objects.values_list("happened_on", flat=True)) == {date(2020, 2, day) for day in range(1, 10)}


def test_a_file_of_which_no_row_can_be_read_ends_with_status_1_and_the_mend(imported: Import) -> None:
    """Forty rows rejected with status 0 look like a month without a search."""
    done = imported(british(nine()))
    assert (done["rejected"], done["status"]) == (9, 1)
    assert "9 rows were rejected. The commonest reason: the date cannot be read (9, first on line 2)." in done["said"]
    assert "In 'Date' stands '01/02/2020 10:00', and date.format in the mapping says 'iso'." in done["said"]
    assert "It can be read as '%d/%m/%Y %H:%M' or '%m/%d/%Y %H:%M'" in done["said"]
    assert "Every row was rejected (9): nothing was imported." in done["said"]


@pytest.mark.parametrize(("bad", "status"), [(0, 0), (2, 0), (3, 3), (39, 3), (40, 1)])
def test_the_status_says_how_much_is_missing(imported: Import, bad: int, status: int) -> None:
    """A twentieth may be mended later; more than that is another figure."""
    rows = [row | ({"Date": "never"} if place < bad else {}) for place, row in enumerate(searches(40))]
    assert imported(as_csv(rows))["status"] == status


def test_how_much_may_be_missing_is_a_setting(settings: Any, tmp_path: Path) -> None:
    """A force that knows its file to be bad still wants its scripts to go on."""
    settings.IMPORT_MOST_REJECTED = 0.6
    path = write(tmp_path / "f.csv", [*nine(), *[search(Date="never")] * 9])
    call_command("import_facts", str(path), mapping=MAPPING, force=FORCE)
    assert Fact.objects.count() == 9


ACCENTS = [
    search(Date=f"2020-02-0{day}", Policing_operation="Opération" if day in (1, 5) else "") for day in range(1, 9)
]


def test_what_excel_saves_on_windows_is_read_whole_where_the_mapping_says_so(imported: Import, mapped: Written) -> None:
    """A part of the rows, those without an accent or a dash, is a biased part."""
    content = as_csv(ACCENTS).encode("cp1252")
    first = imported(content)
    assert (first["accepted"], first["rejected"], first["status"]) == (6, 2, 3)
    assert first["said"].count("the file looks like Windows-1252") == 1
    assert 'Write encoding = "cp1252" under [file] in the mapping' in first["said"]
    named = mapped(("[file]", '[file]\nencoding = "cp1252"'))
    assert imported(content, mapping=named)["accepted"] == 8


@pytest.mark.parametrize(
    ("encoding", "key"),
    [("utf-16", ""), ("utf-8-sig", ""), ("utf-16-le", "utf-16-le"), ("mac-roman", "mac-roman"), ("cp1252", "latin-1")],
)
def test_however_the_text_is_written_its_facts_are_the_same(
    imported: Import, mapped: Written, encoding: str, key: str
) -> None:
    """A mark tells UTF-16 and UTF-8; the others have to be named."""
    assert imported(as_csv(ACCENTS), mapping=mapped())["accepted"] == 8
    name = mapped(("[file]", f'[file]\nencoding = "{key}"'))
    assert imported(as_csv(ACCENTS).encode(encoding), mapping=name)["already_present"] == 8


@pytest.mark.parametrize(("delimiter", "told"), [(";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")])
def test_another_delimiter_is_found_and_said(imported: Import, mapped: Written, delimiter: str, told: str) -> None:
    """Excel writes semicolons wherever a comma stands in a number."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(csv.reader(io.StringIO(as_csv(ACCENTS))))
    done = imported(text.getvalue(), mapping=mapped())
    assert done["accepted"] == 8
    assert f"The fields are separated by {told}." in done["said"]
    key = "tab" if delimiter == "\t" else delimiter
    again = imported(text.getvalue(), mapping=mapped(("[file]", f'[file]\ndelimiter = "{key}"')))
    assert again["already_present"] == 8
    assert "separated" not in again["said"]


COMMAS = "," * 14


@pytest.mark.parametrize(
    ("change", "skipped", "said"),
    [
        (lambda text: text + f"{COMMAS}\n" * 3, 3, "3 rows were without anything in them: skipped."),
        (lambda text: f"Stop and search{COMMAS}\nFebruary 2020{COMMAS}\n{text}", 0, "not on line 1 but on line 3"),
        (lambda text: f"Stop and search, February 2020\n\n{text}", 0, "not on line 1 but on line 3"),
        (lambda text: text.replace("\n", ",,,\n"), 0, ""),
        (lambda text: text.replace("\n", ",,,\n").replace(",,,\n", "\n", 1), 0, ""),
        (lambda text: text.replace("\n", ",,,\n", 1), 0, ""),
        (
            lambda text: "".join(f"{n},{line}\n" for n, line in enumerate(text.splitlines())).replace("0,", ",", 1),
            0,
            "",
        ),
    ],
    ids=["empty rows", "title rows", "titles alone", "empty columns", "spare fields", "short rows", "a row number"],
)
def test_what_a_spreadsheet_leaves_makes_no_difference(
    imported: Import, change: Callable[[str], str], skipped: int, said: str
) -> None:
    """Titles, empty columns and empty rows are how people see a table, and not what is in it."""
    assert imported(as_csv(nine()))["accepted"] == 9
    done = imported(change(as_csv(nine())))
    assert (done["already_present"], done["skipped"], done["rejected"]) == (9, skipped, 0)
    assert said in done["said"]


@pytest.mark.parametrize("word", ["null", "NULL", "N/A", "n/a", "-", "NaN", " - "])
def test_words_that_stand_for_nothing_are_blank(imported: Import, word: str) -> None:
    """Programs write something where nothing is; it is no new gender and no new outcome."""
    done = imported(as_csv([*nine(), search(Gender=word, Age_range=word, Outcome=word)]))
    assert "Not recognised" not in done["said"]
    fact = Fact.objects.get(disposal="not_recorded")
    assert (fact.gender, fact.age_band, fact.considered) == ("Unknown", "Unknown", False)


def test_a_mapping_may_name_its_own_blank_words_and_give_them_a_meaning(imported: Import, mapped: Written) -> None:
    """In one force's file "-" is an outcome, and "?" is nothing."""
    name = mapped(
        ("[file]", '[file]\nblank = ["?", "-"]'), ('"Arrest" = "arrest"', '"Arrest" = "arrest"\n"-" = "none"')
    )
    imported(as_csv([search(Gender="?"), search(Outcome="-")]), mapping=name)
    assert Fact.objects.filter(gender="Unknown", disposal="community_resolution").count() == 1
    assert Fact.objects.filter(disposal="none").count() == 1


def test_days_of_another_zone_are_its_own(imported: Import, mapped: Written) -> None:
    """An evening in Chicago is the next morning in London."""
    name = mapped(('zone = "Europe/London"', 'zone = "America/Chicago"'))
    imported(as_csv([search(Date="2020-02-02T03:00:00+00:00")]), mapping=name)
    assert Fact.objects.get().happened_on == date(2020, 2, 1)


def test_age_ranges_that_excel_made_into_dates_are_read_and_told(imported: Import) -> None:
    """Children became Unknown, and the rule on those under 18 no longer saw them."""
    ages = ("10-17", "17-Oct", "Oct-17", "18-24", "10 to 17", "2017-10-01")
    rows = [search(Age_range=age, Date=f"2020-02-0{day}") for day, age in enumerate(ages, 1)]
    warned = search(Age_range="17-Oct", Outcome="Khat or Cannabis warning")
    done = imported(as_csv([*rows, warned, search(Age_range="Oct-45")]))
    bands = Fact.objects.values_list("age_band", flat=True)
    assert sorted(bands) == ["10-17"] * 6 + ["18-24", "Unknown"]
    assert Fact.objects.get(disposal="khat_or_cannabis_warning").quality == "warning_or_notice_under_18"
    assert "Excel made a date of an age range in 'Age range': '17-Oct' was read as '10-17' (2)." in done["said"]
    assert "'Oct-17' was read as '10-17' (1)" in done["said"]
    assert imported(as_csv([row | {"Age range": "10-17"} for row in rows[1:3]]))["already_present"] == 2


OLD_WORDS = {
    "Nothing found - no further action": (False, False),
    "Suspect arrested": (True, False),
    "Local resolution": (True, True),
    "Offender given drugs possession warning": (True, True),
    "Offender cautioned": (True, True),
    "Offender given penalty notice": (True, True),
    "Suspect summonsed to court": (True, False),
    "Article found - Detailed outcome unavailable": (False, False),
}


def test_the_words_of_police_uk_before_2019_are_known(imported: Import) -> None:
    """The first years of the same source had no rate at all."""
    rows = [search(Outcome=word, Date=f"2016-03-{day:02}") for day, word in enumerate([*OLD_WORDS, *OLD_WORDS], 1)]
    rows += [search(**{"Self-defined_ethnicity": "Black or Black British - African (B2)"}, Outcome="")]
    done = imported(as_csv(rows))
    assert "Not recognised" not in done["said"]
    considered = sum(2 for counted, _ in OLD_WORDS.values() if counted)
    diverted = sum(2 for _, counted in OLD_WORDS.values() if counted)
    assert figures() == (17, considered, diverted, pytest.approx(8 / 12))
    assert Fact.objects.get(disposal="not_recorded").ethnicity_self_code == "B2"


NO_TABLES = {
    "gzip in gzip": (lambda text: gzip.compress(gzip.compress(text)), "is gzipped twice (gzip in gzip)"),
    "bzip2": (lambda text: b"BZh91AY&SY" + text, "is packed with bzip2: unpack it"),
    "Parquet": (lambda text: b"PAR1\x15\x04" + text, "is a Parquet file"),
    "old Excel": (lambda text: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + text, "is an old Excel file (.xls)"),
    "UTF-16 without a mark": (lambda text: text.decode().encode("utf-16-le"), "UTF-16 without a mark"),
    "UTF-16 the other way": (lambda text: text.decode().encode("utf-16-be"), 'encoding = "utf-16-be"'),
    "UTF-32": (lambda text: text.decode().encode("utf-32"), "is written in UTF-32"),
    "UTF-32 without a mark": (lambda text: text.decode().encode("utf-32-be"), "is written in UTF-32"),
    "a web page": (lambda text: b"\n<!DOCTYPE html><p>Not found" + text, "is a web page"),
    "a zip archive": (lambda text: b"PK\x03\x04" + text, "zip archive"),
    "NUL bytes": (lambda text: b"\0" * 3000 + text, "is not text"),
}


@pytest.mark.parametrize(("change", "said"), NO_TABLES.values(), ids=NO_TABLES.keys())
def test_what_is_no_table_is_named_by_its_first_bytes(
    imported: Import, change: Callable[[bytes], bytes], said: str
) -> None:
    """Names lie: what the file is tells how to mend it."""
    with pytest.raises(CommandError) as refused:
        imported(change(as_csv(searches(50)).encode()))
    assert said in str(refused.value)
    assert not Organisation.objects.filter(slug=FORCE).exists()


def test_no_word_of_a_file_reaches_a_terminal_as_a_command(imported: Import) -> None:
    """An escape sequence in a header or a field could clear the screen of whoever imports, or hide a line of it."""
    done = imported(as_csv([search(Gender="\x1b[2J\x1b]0;x\x07"), search(Outcome="a\u202eb\u009bc")]))
    with pytest.raises(CommandError) as refused:
        imported("Type\x1b[31m,Date\x9b1m,Outcome\u202e\n1,2,3\n", name="f\x1b[2J.csv")
    for said in (done["said"], str(refused.value)):
        assert not any(letter in said for letter in "\x1b\x07\x9b\u202e")
    assert "\\x1b" in str(refused.value)


@pytest.mark.parametrize("column", ["count", "Number", "Total", "Number of searches", "total_stops"])
def test_a_column_of_counts_that_the_mapping_does_not_read_is_warned_of(imported: Import, column: str) -> None:
    """Published tables hold one row for many events: 11,171 events were told for 40,297."""
    lines = as_csv(nine()).splitlines()
    text = "\n".join([f"{lines[0]},{column}", *(f"{line},7" for line in lines[1:])])
    assert f"The file has a column '{column}': if a row of it is many events" in imported(text)["said"]


def test_an_ordinary_file_has_nothing_to_be_said_of(imported: Import) -> None:
    """Whoever is warned each time stops reading."""
    said = [line for line in imported(as_csv(nine()))["said"].splitlines() if "rows read" not in line]
    assert said == [f"The force '{FORCE}' was not known and was made: Avonshire."]


ODD: dict[str, tuple[Callable[[str], bytes], int, int, int]] = {  # change, accepted, rejected, skipped
    "only a header": (lambda text: text.splitlines()[0].encode(), 0, 0, 0),
    "carriage returns": (lambda text: text.replace("\n", "\r").encode(), 9, 0, 0),
    "mixed line ends": (lambda text: text.replace("\n", "\r\n", 4).replace("\n", "\n\r", 2).encode(), 9, 0, 0),
    "an end mark of DOS": (lambda text: text.encode() + b"\x1a", 9, 0, 1),
    "a header that comes twice": (lambda text: (text + text.splitlines()[0]).encode(), 9, 1, 0),
    "a huge field": (lambda text: text.encode().replace(b"Controlled", b"x" * 200_000, 1), 8, 1, 0),
    "ragged rows": (lambda text: text.encode() + b"a,b\n,,\n", 9, 1, 1),
    "two gzips in one": (lambda text: b"".join(gzip.compress(part) for part in (text.encode(), b"\n")), 9, 0, 0),
    "a line that names the separator": (lambda text: b"sep=,\n" + text.encode(), 9, 0, 0),
    "columns twice that nobody reads": (lambda text: text.replace("\n", ",x,x\n").encode(), 9, 0, 0),
    "spaces in the header": (lambda text: text.replace(",", " , ", 14).encode(), 9, 0, 0),
}


@pytest.mark.parametrize(("change", "accepted", "rejected", "skipped"), ODD.values(), ids=ODD.keys())
def test_odd_files_lose_no_row_and_end_in_no_error(
    imported: Import, change: Callable[[str], bytes], accepted: int, rejected: int, skipped: int
) -> None:
    """Whatever came in between, each row is read, named or counted as empty."""
    done = imported(change(as_csv(nine())))
    assert (done["accepted"], done["rejected"], done["skipped"]) == (accepted, rejected, skipped)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xef\xbb\xbf", "is empty"),
        (b"\xff\xfe", "is empty"),
        (b" \n\n \n", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b'"', "a quotation mark is opened and not closed"),
        (b"\x89PNG\r\n" + bytes(range(256)) * 9, "is not text"),
        (b"TYPE,DATE\n", "did you mean 'TYPE'?"),
        (as_csv([]).encode("utf-16") + b"\0", "breaks off or is damaged"),
        (gzip.compress(b"Type,Date\n", mtime=0) + b"junk", "damaged gzip file"),
    ],
    ids=str,
)
def test_what_has_no_rows_is_refused_with_a_sentence(imported: Import, content: bytes, said: str) -> None:
    """The person learns what the file is, and no force is made."""
    with pytest.raises(CommandError) as refused:
        imported(content)
    assert said in str(refused.value)
    assert not Organisation.objects.filter(slug=FORCE).exists()
