"""Whatever file an import is given: it is taken, row by row, or refused with a sentence, and soon."""

import csv
import gzip
import io
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.db import transaction

from referrals.models import Referral
from tests.conftest import Cast
from tests.factories import followups, open_cases, searches, sheets
from tests.factories.cases import refer
from tests.factories.ground import adopt_scheme
from tests.integration.matrix import odd
from tests.unit.cases.catalogue import builders

pytestmark = pytest.mark.usefixtures("frozen", "cast")
SEED, EACH = "odd files", 150
MOST_SECONDS = 10.0
Rows = list[dict[str, str]]
AVONFORD = {"force": "avonford"}


@dataclass
class Import:
    """A command that reads a file, with a file that it takes: ``words`` and ``options`` of its command line."""

    rows: Callable[[Cast], Rows]
    options: dict[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    file: str = ""  # the name of the option that is the file; "" where it comes first


def _decision(cast: Cast) -> Rows:
    found = followups.row(followups.decided(cast["amara"], date(2025, 1, 1)), date(2025, 1, 1), date(2026, 1, 1))
    return [dict.fromkeys(followups.BY_REFERENCE, "") | found]


def _helped(cast: Cast) -> Rows:
    sent = Referral.objects.first()
    if sent is None:
        version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
        sent = refer(cast["amara"], version)
    row = {"worker": "george@harbour.example", "appointment": "2026-05-20 10:30", "place": "Harbour House"}
    return [row | {"reference": sent.reference, "attendance": "attended"}]


def _suspect(_: Cast) -> Rows:
    row = {"force": "avonford", "crime_number": "AV/1/26", "suspect_key": "7", "outcome": "1", "sex": "male"}
    row |= {"outcome_date": "2026-05-20", "date_of_birth": "2001-03-04", "age": "", "offence": "Theft from a shop"}
    return [row | {"ethnicity_self_defined": "B1", "ethnicity_officer_defined": "IC3"}]


CRIME = {"Crime number": "AV/9001/26", "Offence": "Shoplifting", "Date of offence": "7/6/2026", "Beat": "Northgate"}
CRIME |= {"Suspect": "ELLIS, Kyle", "DOB": "14/06/2007", "Gender": "M", "Victim": "Hart's Stores"}
USER = {"Email": "zoe@avonford.example", "Name": "Zoé Hart", "Rank": "Sergeant", "Collar number": "77", "Team": ""}
CENSUS = {"force": "Avonford", "White_excl_GRT": "800000", "Asian": "60000", "Black": "40000", "Mixed_all": "20000"}
IMPORTS: dict[str, Import] = {
    "add_organisation": Import(
        lambda _: [{"team": "Response A"}, {"team": "Response B"}],
        {"kind": "police_force", "slug": "southmoor"},
        ("Southmoor Police",),
        "teams",
    ),
    "import_caseload": Import(_helped, {"by": "hugh@harbour.example"}),
    "import_cases": Import(
        lambda _: [open_cases.row(), open_cases.row(reference="OLD-8", crime_number="AV/901/26")], AVONFORD
    ),
    "import_crimes": Import(lambda _: [CRIME, CRIME | {"Suspect": "Jo Brown"}], AVONFORD),
    "import_facts": Import(
        lambda _: list(csv.DictReader(io.StringIO(searches.as_csv(searches.searches(5))))),
        {"mapping": searches.MAPPING, "force": "avonshire"},
    ),
    "import_followup": Import(_decision, AVONFORD),
    "import_offences": Import(lambda _: list(csv.DictReader(io.StringIO(f"{builders.HEADER}\n{builders.ROW}\n")))),
    "import_population": Import(lambda _: [CENSUS | {"Other_incl_GRT": "10000"}], AVONFORD | {"area": "Avonford"}),
    "import_suspects": Import(_suspect, AVONFORD),
    "import_users": Import(
        lambda _: [USER | {"Roles": "supervisor"}], {"organisation": "avonford", "by": "kit@avonford.example"}
    ),
}


@pytest.fixture(autouse=True)
def _local(settings: Any, tmp_path: Path) -> None:
    settings.LOCAL_DIR = tmp_path / "local"


def test_every_import_is_tried() -> None:
    """A new one would be given odd files by its force first."""
    assert {name for name in get_commands() if name.startswith("import_")} <= IMPORTS.keys(), "add a file that it takes"


def spoilt(rows: Rows, folder: Path, chance: Random) -> bytes:
    """The bytes of a file that holds ``rows``, with something odd done to cells, header, layout or bytes."""
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    for _ in range(chance.choice((0, 1, 1, 2, 5))):
        line = chance.choice(table)
        line[chance.randrange(len(line))] = odd.value(chance)
    if chance.random() < 0.2:
        table = chance.choice(LAYOUTS)(table, chance)
    content = chance.choice((_text, _text, _text, _sheet, _lines))(table, folder, chance)
    return chance.choice(BYTES)(content, chance) if chance.random() < 0.35 else content


Table = list[list[str]]
LAYOUTS: tuple[Callable[[Table, Random], Table], ...] = (
    lambda table, chance: [line[1:] for line in table],
    lambda table, chance: [[*line, *line] for line in table],
    lambda table, chance: [*table, table[-1][:1], [*table[-1], "more", "more"], [], [""] * 400],
    lambda table, chance: table[1:],
    lambda table, chance: table[:1],
    lambda table, chance: [["A title"], [], *table],
    lambda table, chance: [*table, *table[1:] * 15],
    lambda table, chance: [[*table[0], *("c" * 30_000)], *table[1:]],
)
BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (
    lambda content, chance: content[: chance.randrange(len(content) or 1)],
    lambda content, chance: content.replace(b"\n", b"\r", 2).replace(b"\n", b"\r\n", 1),
    lambda content, chance: content + bytes(chance.randrange(256) for _ in range(40)),
    lambda content, chance: content[:20] + b"\x00" * chance.choice((1, 9000)) + content[20:],
    lambda content, chance: gzip.compress(content),
    lambda content, chance: gzip.compress(content)[:-5],
    lambda content, chance: gzip.compress(b"\x00" * 30_000_000),
    lambda content, chance: odd.file(chance),
    lambda content, chance: b'"' + content,
    lambda content, chance: bytes(
        byte ^ (1 << chance.randrange(8)) if chance.random() < 0.01 else byte for byte in content
    ),
    lambda content, chance: content + b"," * 1_000_000,
    lambda content, chance: b",".join([b"c"] * 500_000) + b"\n" + content,
    lambda content, chance: content * 3,
    lambda content, chance: b"\xef\xbb\xbf" * 2 + content,
)
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32", "cp037")


def _text(table: Table, folder: Path, chance: Random) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=chance.choice(",,;\t|"), lineterminator=chance.choice(("\n", "\r\n", "\r")))
    writer.writerows(table)
    encoding = chance.choice(ENCODINGS)
    errors = "surrogatepass" if encoding.startswith("utf") else "replace"
    return text.getvalue().encode(encoding, errors)


def _sheet(table: Table, folder: Path, chance: Random) -> bytes:
    shown = [[cell.encode("utf-8", "replace").decode() for cell in line[:600]] for line in table]
    return sheets.xlsx(folder / "odd.xlsx", Sheet1=shown).read_bytes()


def _lines(table: Table, folder: Path, chance: Random) -> bytes:
    nested: Any = chance.choice(([1], {"a": {"b": 1}}, None, 1e308, 10**30, True))
    rows = [dict(zip(table[0], line, strict=False)) | {"".join(table[0][:1]): nested} for line in table[1:]]
    return "\n".join(json.dumps(row) for row in rows).encode()


def given(name: str, path: Path, *, is_good: bool = False) -> str:
    """What is wrong with what the command makes of the file; "" for nothing. One that ``is_good`` is not refused."""
    one, said = IMPORTS[name], io.StringIO()
    file = {one.file: path} if one.file else {}
    words = one.words if one.file else (str(path),)
    begun = time.monotonic()
    try:
        with transaction.atomic():
            try:
                call_command(name, *words, **one.options, **file, stdout=said, stderr=said)
            finally:
                transaction.set_rollback(True)
    except CommandError as refusal:
        if is_good:
            return str(refusal)
        said.write(str(refusal))
    except Exception as fault:  # whatever it is, it is what this looks for
        place = fault.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
        return f"{type(fault).__name__} at {where}: {fault!s:.200}"
    if (took := time.monotonic() - begun) > MOST_SECONDS:
        return f"it took {took:.0f} s"
    return "it moves the cursor of a terminal" if "\x1b" in said.getvalue() else ""


def tried(name: str, number: int, cast: Cast, folder: Path) -> list[str]:
    rows, wrong, known = IMPORTS[name].rows(cast), [], Counter[str]()
    for at in range(number):
        content = spoilt(rows, folder, Random(f"{SEED} {name} {at}"))
        (folder / "odd.csv").write_bytes(content)
        if fault := given(name, folder / "odd.csv"):
            known[fault[:70]] += 1
            if known[fault[:70]] == 1:
                wrong.append(f"{name}, seed {at}: {fault}\n  {content[:400]!r}")
    return wrong


@pytest.mark.parametrize("name", IMPORTS)
def test_an_odd_file_ends_in_a_sentence(name: str, cast: Cast, tmp_path: Path) -> None:
    """Whoever imports would read a traceback, and not learn which line to mend."""
    assert given(name, written(name, cast, tmp_path), is_good=True) == ""
    assert not (wrong := tried(name, 6, cast, tmp_path)), "\n".join(wrong)


def written(name: str, cast: Cast, folder: Path) -> Path:
    """A file that it takes whole."""
    rows = IMPORTS[name].rows(cast)
    with (folder / "good.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return folder / "good.csv"


@pytest.mark.sweep
@pytest.mark.parametrize("name", IMPORTS)
def test_an_odd_file_ends_in_a_sentence_whole(name: str, cast: Cast, tmp_path: Path) -> None:
    assert not (wrong := tried(name, EACH, cast, tmp_path)), "\n".join(wrong)
