"""Importing files: nothing lost, nothing twice, nothing half-done."""

import csv
import gzip
import io
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, connection, transaction

from diversion import audit
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.audit.models import Event
from diversion.refusals import Refused
from reporting.actions.importing import import_facts
from reporting.facts import loading
from reporting.intake.mappings.facts import load
from reporting.models import Fact, ImportBatch, UnrecognisedValue
from tests.conftest import Cast
from tests.factories.imports import run_import
from tests.factories.killing import killed_half_way
from tests.factories.searches import MAPPING, as_csv, search, searches, write

FORCE = "avonshire"

Summary = dict[str, Any]
Import = Callable[..., Summary]


@pytest.fixture(autouse=True)
def local(settings: Any, tmp_path: Path) -> Path:
    settings.LOCAL_DIR = tmp_path / "local"
    return tmp_path / "local"


@pytest.fixture
def imported(db: None, capsys: pytest.CaptureFixture[str]) -> Import:
    """Run the command; its last line, with what it said on standard error under ``said``."""

    def run(path: Path, *, force: str = FORCE, mapping: str = MAPPING, **options: object) -> Summary:
        return run_import(capsys, "import_facts", str(path), mapping=mapping, force=force, **options)

    return run


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary["rows"], summary["accepted"], summary["rejected"], summary["already_present"]


def test_the_last_line_accounts_for_every_row(imported: Import, tmp_path: Path, local: Path) -> None:
    """Whoever imports sees at once whether all of a file arrived, and where the rest is."""
    text = as_csv([search(), search(), search(Date="2020-06-16"), search(Date="never"), search(Date="")])
    path = tmp_path / "searches.csv"
    path.write_text(text + "too,few\n", encoding="utf-8")
    found = imported(path)
    assert counts(found) == (6, 3, 3, 0)
    assert "6 rows read, 100%" in found["said"]
    rejects = Path(found["rejects_file"])
    assert rejects.parent == local / "rejects"
    assert rejects.stat().st_mode & 0o077 == 0
    with rejects.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["reason"]) for row in rows] == [
        ("5", "the date cannot be read"),
        ("6", "the date is missing"),
        ("7", "it has 2 fields and the header 15"),
    ]
    assert [row["row"] for row in rows] == [*text.splitlines()[4:6], "too,few"]


def test_rejects_that_cannot_be_kept_stop_the_import(imported: Import, tmp_path: Path) -> None:
    """Rows that were refused and then lost would be lost for good."""
    path = write(tmp_path / "f.csv", [search(), search(Date="never")])
    with pytest.raises(CommandError, match=r"cannot be kept in .* nothing was imported"):
        imported(path, rejects_file=tmp_path)
    assert not Fact.objects.exists()
    assert imported(path, rejects_file=tmp_path / "mend.csv")["rejects_file"] == str(tmp_path / "mend.csv")


def test_a_force_that_is_not_known_is_made_and_said(imported: Import, tmp_path: Path) -> None:
    """The first import of a new force needs nobody to set it up; a slip in its name is seen."""
    path = write(tmp_path / "f.csv", [search()])
    found = imported(path, force="devon-and-cornwall")
    assert "'devon-and-cornwall' was not known and was made: Devon and Cornwall." in found["said"]
    force = Organisation.objects.get(slug="devon-and-cornwall")
    assert force.kind == Organisation.Kind.POLICE_FORCE
    assert "not known" not in imported(path, force="devon-and-cornwall")["said"]


@pytest.mark.parametrize("force", ["", "Thames Valley", "../etc", "a" * 51])
def test_what_is_no_name_for_a_force_is_refused(db: None, tmp_path: Path, force: str) -> None:
    """A slug stands in addresses and file names."""
    with pytest.raises(CommandError, match="is no name for a force"):
        call_command("import_facts", str(write(tmp_path / "f.csv", [search()])), mapping=MAPPING, force=force)


def test_a_provider_cannot_have_facts(cast: Cast, tmp_path: Path) -> None:
    """Figures belong to the force that decided."""
    provider = cast["hana"].organisation
    with pytest.raises(Refused, match="is not a police force"):
        import_facts(path=write(tmp_path / "f.csv", [search()]), mapping=MAPPING, force=provider.slug, by=None)


SAME_ROWS: dict[str, Callable[[str], bytes]] = {
    "the same file": lambda text: text.encode(),
    "gzipped": lambda text: gzip.compress(text.encode()),
    "with CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "with a byte-order mark": lambda text: ("\ufeff" + text).encode(),
    "with blank lines": lambda text: text.replace("\n", "\n\n").encode(),
    "every field quoted": lambda text: "".join(
        ",".join(f'"{field}"' for field in row) + "\n" for row in csv.reader(io.StringIO(text))
    ).encode(),
}


@pytest.mark.parametrize("saved", SAME_ROWS.values(), ids=SAME_ROWS.keys())
def test_importing_again_adds_nothing(imported: Import, tmp_path: Path, saved: Callable[[str], bytes]) -> None:
    """A file sent twice, under whatever name and however saved, must not double a force's figures."""
    rows = [*searches(20), search(), search(), search()]
    assert counts(imported(write(tmp_path / "f.csv", rows))) == (23, 23, 0, 0)
    (tmp_path / "renamed.data").write_bytes(saved(as_csv(rows)))
    assert counts(imported(tmp_path / "renamed.data")) == (23, 0, 0, 23)
    assert Fact.objects.count() == 23


def test_repeats_within_a_file_are_kept(imported: Import, tmp_path: Path) -> None:
    """Three people searched together may leave three equal rows: they are three searches."""
    imported(write(tmp_path / "f.csv", [search()] * 3))
    assert list(Fact.objects.order_by("occurrence").values_list("occurrence", flat=True)) == [1, 2, 3]


def test_a_longer_file_adds_only_what_is_new(imported: Import, tmp_path: Path) -> None:
    """Forces publish a month, then the year: only the other months may be added."""
    month = [*searches(5), search(), search()]
    imported(write(tmp_path / "month.csv", month))
    year = [search(Date="2020-07-01"), *reversed(month), search(), search(Date="2020-08-01")]
    assert counts(imported(write(tmp_path / "year.csv", year))) == (10, 3, 0, 7)
    assert counts(imported(write(tmp_path / "month.csv", month))) == (7, 0, 0, 7)
    assert Fact.objects.count() == 10


def test_another_force_may_have_the_same_rows(imported: Import, tmp_path: Path) -> None:
    """Rows belong to the force that is named, not to whoever imported them first."""
    path = write(tmp_path / "f.csv", searches(3))
    assert counts(imported(path, force="one")) == counts(imported(path, force="two")) == (3, 3, 0, 0)


def test_unknown_words_are_kept_and_told(imported: Import, tmp_path: Path) -> None:
    """A new word of the source is seen on the day it comes, and no row is lost by it."""
    rows = [search(Gender="Nonbinary"), search(Gender="Nonbinary", Date="2020-06-16"), search(Outcome="Banished")]
    found = imported(write(tmp_path / "f.csv", rows))
    assert counts(found) == (3, 3, 0, 0)
    assert "Not recognised in 'Gender', kept as unknown: 'Nonbinary' (2)." in found["said"]
    assert sum(value.count for value in UnrecognisedValue.objects.filter(column="Gender", value="Nonbinary")) == 2
    assert counts(imported(tmp_path / "f.csv")) == (3, 0, 0, 3)
    assert UnrecognisedValue.objects.count() == 3


def test_junk_in_place_of_words_fills_neither_table_nor_memory(
    imported: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column of names in place of genders is counted, not copied."""
    monkeypatch.setattr(loading, "MOST_UNRECOGNISED", 4)
    imported(write(tmp_path / "f.csv", [search(Gender=f"Name {number}") for number in range(10)]))
    kept = dict(UnrecognisedValue.objects.values_list("value", "count"))
    assert kept == {f"Name {number}": 1 for number in range(4)} | {loading.OTHER_VALUES: 6}


def test_rows_that_cannot_be_text_are_rejected_alone(imported: Import, tmp_path: Path) -> None:
    """One byte of another alphabet, or a NUL, must neither stop the import nor pass into it."""
    lines = as_csv(searches(4)).encode().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"Controlled drugs", b"Contr\xf4led drugs")
    lines[3] = lines[3].replace(b"Controlled drugs", b"Controlled\0drugs")
    (tmp_path / "f.csv").write_bytes(b"".join(lines))
    found = imported(tmp_path / "f.csv")
    assert counts(found) == (4, 2, 2, 0)
    text = Path(found["rejects_file"]).read_text(encoding="utf-8")
    assert "3,it is not written in UTF-8," in text
    assert "Contr\\xf4led" in text
    assert "4,it holds a NUL character," in text


def test_a_file_without_rows_is_an_import_of_nothing(imported: Import, tmp_path: Path) -> None:
    """A force without a search in the month still publishes a file."""
    found = imported(write(tmp_path / "f.csv", []))
    assert counts(found) == (0, 0, 0, 0)
    assert found["rejects_file"] is None


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("Type,Date\n", {}, "lacks the columns 'Part of a policing operation'"),
        ("", {}, "is empty"),
        ("anything", {"mapping": "no-such"}, "There is no mapping 'no-such'"),
    ],
)
def test_what_cannot_be_imported_is_refused_and_leaves_nothing(
    db: None, tmp_path: Path, content: str, options: dict[str, str], said: str
) -> None:
    """A refusal is a sentence and a status that a script sees, and no half-made force."""
    (tmp_path / "f.csv").write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        call_command("import_facts", str(tmp_path / "f.csv"), **({"mapping": MAPPING, "force": FORCE} | options))
    assert not Organisation.objects.filter(slug=FORCE).exists()
    assert not Event.objects.filter(kind="facts.imported").exists()


def test_a_file_that_breaks_off_leaves_nothing(transactional_db: None, tmp_path: Path, local: Path) -> None:
    """Half a download must not look like a month with few searches."""
    rows = [search(Latitude=os.urandom(8).hex(), Date=f"2020-06-{1 + n % 28:02}") for n in range(3000)]
    packed = gzip.compress(as_csv([*rows, search(Date="never")]).encode())
    (tmp_path / "f.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(CommandError, match="damaged gzip file"):
        call_command("import_facts", str(tmp_path / "f.csv.gz"), mapping=MAPPING, force=FORCE)
    assert nothing_is_left(local)


def nothing_is_left(local: Path) -> bool:
    tables = (Fact.objects, ImportBatch.objects, UnrecognisedValue.objects)
    rows = (Organisation.objects.filter(slug=FORCE), Event.objects.filter(kind="facts.imported"))
    return not any(kept.exists() for kept in (*tables, *rows)) and not list(local.rglob("*.csv"))


WITHOUT_END = """
import sys, time
from pathlib import Path
import django
django.setup()
from reporting.actions.importing import import_facts
from reporting.facts import loading

loading.SECONDS_BETWEEN_PROGRESS = 0

def stall(rows, share):
    if rows > 5000 and share < 1:
        print("half-way", flush=True)
        time.sleep(60)

import_facts(path=Path(sys.argv[1]), mapping="police-uk-stop-search", force=sys.argv[2], by=None, progress=stall)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_half_way_it_leaves_nothing(
    transactional_db: None, tmp_path: Path, local: Path, number: signal.Signals
) -> None:
    """A machine that loses power in the middle must not leave a month counted by half."""
    path = write(tmp_path / "f.csv", [*searches(10_000), search(Date="never")])
    killed_half_way(WITHOUT_END, str(path), FORCE, local=local, number=number)
    assert nothing_is_left(local)
    done = import_facts(path=path, mapping=MAPPING, force=FORCE, by=None)
    assert (done.counts.accepted, done.counts.rejected) == (10_000, 1)


def test_two_at_once_wait_for_each_other(transactional_db: None, tmp_path: Path) -> None:
    """Two people who import the same file at the same moment get it once."""
    path = write(tmp_path / "f.csv", searches(3000))
    accepted: list[int] = []

    def run() -> None:
        try:
            accepted.append(import_facts(path=path, mapping=MAPPING, force=FORCE, by=None).counts.accepted)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(accepted) == [0, 0, 3000]
    assert Fact.objects.count() == 3000


def test_an_import_stands_in_the_log_and_on_its_batch(cast: Cast, tmp_path: Path) -> None:
    """Collecting people's data leaves an event (s.62), which repeats none of it."""
    ines = next(user for user in cast.values() if user.is_police and user.can(Permission.RUN_REPORTS))
    path = write(tmp_path / "f.csv", [search(), search(Date="never")])
    done = import_facts(path=path, mapping=MAPPING, force=ines.organisation.slug, by=ines)
    event = Event.objects.get(kind="facts.imported")
    assert (event.nature, event.actor_id) == (audit.Nature.COLLECTION, ines.pk)
    assert audit.subject_key(done.batch) in event.subjects
    assert event.detail == {"source": MAPPING, "rows": 2, "accepted": 1}
    done.batch.refresh_from_db()
    assert (done.batch.rows, done.batch.accepted, done.batch.rejected) == (2, 1, 1)
    assert done.batch.mapping_digest == load(MAPPING).digest


def test_only_those_who_run_reports_import_and_only_for_their_force(cast: Cast, tmp_path: Path) -> None:
    """Whoever could import could make up a force's figures."""
    path = write(tmp_path / "f.csv", [search()])
    may = next(user for user in cast.values() if user.is_police and user.can(Permission.RUN_REPORTS))
    may_not = next(user for user in cast.values() if not user.can(Permission.RUN_REPORTS))
    for user, force in ((may_not, may_not.organisation.slug), (may, "another-force")):
        with pytest.raises(PermissionDenied):
            import_facts(path=path, mapping=MAPPING, force=force, by=user)
    assert not Fact.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "other"},
        {"batch": None},
        {"case_id": 5},
        {"occurrence": 0},
        {"considered": False, "diverted": True},
        {"month": "2020-05-31"},
        {"month": "2020-07-01"},
    ],
    ids=str,
)
def test_the_database_refuses_a_fact_that_cannot_be(imported: Import, tmp_path: Path, changes: dict[str, Any]) -> None:
    """Whatever code writes facts, the figures cannot rest on one without a source or with another force's batch."""
    imported(write(tmp_path / "f.csv", [search()]))
    fact = Fact.objects.get()
    fact.pk, fact.occurrence = None, 2
    for name, value in changes.items():
        setattr(fact, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        fact.save(force_insert=True)


def test_the_database_refuses_a_fact_of_no_force_or_of_another_batch(imported: Import, tmp_path: Path) -> None:
    """There are no foreign keys on facts; what stands in their place must hold as well."""
    imported(write(tmp_path / "f.csv", [search()]))
    other = Organisation.objects.create(slug="other", name="Other", kind=Organisation.Kind.POLICE_FORCE)
    for changes in ({"force_id": 0}, {"force_id": other.pk}, {"batch_id": 0}):
        fact = Fact.objects.get()
        fact.pk, fact.occurrence = None, 2
        for name, value in changes.items():
            setattr(fact, name, value)
        with pytest.raises(IntegrityError, match="no force, or not that of its batch"), transaction.atomic():
            fact.save(force_insert=True)
    with pytest.raises(InternalError, match="keeps its force"), transaction.atomic():
        Fact.objects.update(force=other)


def test_deleting_a_batch_takes_its_facts_and_lets_the_file_come_again(imported: Import, tmp_path: Path) -> None:
    """An import under a mistaken mapping can be undone."""
    rows = [*searches(3), search(), search()]
    imported(write(tmp_path / "first.csv", rows[:4]))
    imported(write(tmp_path / "second.csv", rows))
    ImportBatch.objects.get(file_name="first.csv").delete()
    assert Fact.objects.count() == 1
    assert counts(imported(tmp_path / "second.csv")) == (5, 4, 0, 1)
