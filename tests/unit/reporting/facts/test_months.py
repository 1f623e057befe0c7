"""Months that are added up: every figure is that of a full pass over the facts, whatever was changed when."""

import hashlib
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diversion.accounts.models import Organisation
from reporting import monitoring
from reporting.actions.importing import import_facts, undo_import
from reporting.facts import cuts, months
from reporting.intake.periods import Months
from reporting.measures.declared import FUNNEL
from reporting.measures.figures import compute
from reporting.measures.overview import Question, overview
from reporting.measures.schemes import schemes
from reporting.measures.teams import teams
from reporting.measures.working import what_works
from reporting.models import Fact, ImportBatch, MonthMark, StageFact
from reporting.monitoring.cube import count
from tests.factories.facts import live
from tests.factories.searches import MAPPING, search, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
START, END = date(2025, 7, 1), date(2026, 6, 10)
PERIODS = ((START, END), (date(2025, 9, 12), date(2026, 2, 27)))


@pytest.fixture
def force() -> Organisation:
    return Organisation.objects.create(slug="testshire", name="Testshire", kind=Organisation.Kind.POLICE_FORCE)


@pytest.fixture(autouse=True)
def local(settings: Any, tmp_path: Path) -> None:
    settings.LOCAL_DIR = tmp_path / "local"


@contextmanager
def full_pass() -> Iterator[None]:
    """Figures from the facts alone."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(months, "MOST_TRIES", 0)
        yield


def count_all() -> None:
    while months.count_one():
        pass


def some_day(chance: random.Random) -> date:
    return START + timedelta(days=chance.randrange((END - START).days))


def outcome(chance: random.Random, day: date) -> dict[str, Any]:
    """Columns of a fact and its stages as a case may have come out."""
    decision = chance.choice(["offered_accepted", "offered_accepted", "offered_declined", "not_offered"])
    found = {
        "decision": decision,
        "authority": chance.choice(["none", "waiting", "given", "refused"]),
        "eligibility": chance.choice(["eligible", "ineligible", "unknown"]),
        "history": chance.choice(["none", "caution", "unknown"]),
        "offence_group": chance.choice(["Theft", "Violence"]),
        "gravity": chance.choice([None, 2, 3]),
        "ethnicity_self_code": chance.choice(["W1", "W4", "B1", "", "NS"]),
        "gender": chance.choice(["Male", "Female"]),
        "age": chance.choice([16, 19, 30, None]),
        "scheme": chance.choice(["Checkpoint", "Pathways", "none", ""]),
    }
    if decision != "offered_accepted" or chance.random() < 0.3:
        return found
    sent = day + timedelta(days=chance.randrange(20))
    result = chance.choice(["", "completed", "not_completed"])
    return found | {
        "referred_on": sent,
        "started_on": chance.choice([None, sent + timedelta(days=9)]),
        "result": result,
        "ending": result or chance.choice(["", "declined", "not_told"]),
        "due_by": chance.choice([None, sent + timedelta(weeks=20)]),
        "charged": chance.choice([None, True, False]) if result == "not_completed" else None,
    }


class Changes:
    """What may happen to the facts of a force, at random."""

    def __init__(self, force: Organisation, seed: int, folder: Path) -> None:
        self.force, self.chance, self.folder = force, random.Random(seed), folder
        self.batches: list[int] = []

    def one(self) -> None:
        every: list[Callable[[], object]] = [self.comes, self.comes, self.late, self.moves, self.goes, self.counted]
        self.chance.choice([*every, self.published, self.published_again, self.undone, self.copied])()

    def some(self) -> list[Fact]:
        found = list(Fact.objects.filter(source="live").order_by("pk"))
        return self.chance.sample(found, min(len(found), 3))

    def comes(self) -> None:
        day = some_day(self.chance)
        live(self.force, self.chance.randint(1, 4), happened_on=day, **outcome(self.chance, day))

    def late(self) -> None:
        """An answer or a completion that was written down late."""
        for fact in self.some():
            Fact.objects.filter(pk=fact.pk).update(result="completed", ethnicity_self_group="Black")
            StageFact.objects.filter(pk=fact.pk).update(ending="completed", eligibility="eligible")

    def moves(self) -> None:
        """Of a decision that was dated wrongly, two months change."""
        for fact in self.some():
            day = some_day(self.chance)
            Fact.objects.filter(pk=fact.pk).update(happened_on=day, month=day.replace(day=1))

    def goes(self) -> None:
        Fact.objects.filter(pk__in=[fact.pk for fact in self.some()[:1]]).delete()

    def counted(self) -> None:
        for _ in range(self.chance.randrange(8)):
            months.count_one()

    def _file(self) -> Path:
        rows = [
            search(
                Date=f"2026-0{self.chance.randint(1, 3)}-{self.chance.randint(1, 28):02}T10:00:00+00:00",
                Outcome=self.chance.choice(["Arrest", "Community resolution", ""]),
                Gender=self.chance.choice(["Male", "Female", ""]),
            )
            for _ in range(self.chance.randint(9, 20))
        ]
        return write(self.folder / f"{uuid.uuid4()}.csv", rows)

    def published(self, **more: Any) -> None:
        made = import_facts(path=self._file(), mapping=MAPPING, force=self.force.slug, by=None, **more)
        self.batches.append(made.batch.pk)

    def published_again(self) -> None:
        first = date(2026, self.chance.randint(1, 2), 1)
        self.published(replace=Months(first, first + timedelta(days=27)), confirm=True)

    def undone(self) -> None:
        if self.batches:
            undo_import(batch=self.batches.pop(), by=None)

    def copied(self) -> None:
        """A bulk load that goes by none of our functions."""
        batch = ImportBatch.objects.create(force=self.force, source=MAPPING, file_name="a", mapping_digest="0" * 32)
        values = {"force": self.force, "source": MAPPING, "batch": batch, "month": date(2026, 3, 1)}
        Fact.objects.bulk_create(
            Fact(
                **values, happened_on=date(2026, 3, 9), age_band="18-24", ethnicity_self_group="White",
                ethnicity_officer_group="White", gender="Male", disposal="arrest", considered=True, diverted=False,
                digest=uuid.uuid4(), occurrence=number,
            )
            for number in (1, 2)
        )  # fmt: skip


def everything(force: Organisation) -> list[Any]:
    """What pages, reports and releases ask of the facts, in the three periods."""
    found: list[Any] = []
    for start, end in PERIODS:
        for source in ("live", MAPPING):
            for scheme in ("", "Checkpoint"):
                report = monitoring.compute(force, start, end, source, scheme=scheme)
                found.append({key: value for key, value in report.items() if key != "made_at"})
        asked = [
            Question(start, end, "live", by="ethnicity_apart", measure="offered"),
            Question(start, end, "live", by="gender", measure="completed_in_time", where={"age_band": ["10-17"]}),
            Question(start, end, "live", by="age_band", measure="started", where={"offence_group": ["Theft"]}),
            Question(start, end, MAPPING, by="ethnicity_officer", measure="diverted"),
            Question(start, end, MAPPING, by="ethnicity", measure="diverted", where={"gender": ["Female"]}),
        ]
        found += [dict(overview(force, one)) for one in asked]
        found += [dict(schemes(force, start, end)), dict(what_works(force, start, end, by="gender"))]
        found.append(dict(teams(force, start, end)))
    return found


@pytest.mark.parametrize("seed", range(2))
def test_every_table_is_that_of_a_full_pass(force: Organisation, seed: int, tmp_path: Path) -> None:
    """A figure that an edit, a moved decision or a replaced file did not reach would be wrong and look right."""
    changes = Changes(force, seed, tmp_path)
    for _round in range(2):
        for _ in range(10):
            changes.one()
        read = everything(force)
        with full_pass():
            assert read == everything(force)
    count_all()
    read = everything(force)
    with full_pass():
        assert read == everything(force)


def reads(question: Callable[[], object]) -> set[str]:
    """What a question is answered from: facts, months or both."""
    with CaptureQueriesContext(connection) as queries:
        question()
    last = [query["sql"] for query in queries if "FROM reporting_" in query["sql"]][-1]
    tables = {"facts": "FROM reporting_fact f", "months": "FROM (SELECT month, "}
    return {name for name, table in tables.items() if table in last}


def marked_by(change: Callable[[], object]) -> set[int]:
    """The months of 2026 that a change marks."""
    count_all()
    change()
    return {month.month for month in MonthMark.objects.values_list("month", flat=True)}


def test_whatever_changes_a_fact_marks_its_months(force: Organisation) -> None:
    """By whichever way: what forgot to would leave a figure wrong for good."""
    (fact,) = live(force, happened_on=date(2026, 2, 3))
    facts, stages = Fact.objects.filter(pk=fact.pk), StageFact.objects.filter(pk=fact.pk)
    stage = stages.get()
    assert marked_by(lambda: facts.update(gender="Female")) == {2}
    assert marked_by(lambda: facts.update(happened_on=date(2026, 3, 4), month=date(2026, 3, 1))) == {2, 3}
    assert marked_by(lambda: stages.update(eligibility="unknown")) == {3}
    assert marked_by(stages.delete) == {3}
    assert marked_by(lambda: stage.save(force_insert=True)) == {3}
    assert marked_by(lambda: Fact.objects.filter(month=date(2026, 1, 1)).delete()) == set()
    assert marked_by(facts.delete) == {3}
    columns = "force_id, source, happened_on, month, age_band, ethnicity_self_code, ethnicity_self_group, "
    columns += "ethnicity_officer_group, gender, scheme, disposal, considered, diverted, result, quality"
    line = f'{force.pk},live,2026-05-04,2026-05-01,18-24,"",White,White,Male,"",arrest,t,f,"",""\n'
    with connection.cursor() as cursor:
        copy = f"COPY reporting_fact ({columns}) FROM STDIN (FORMAT csv)"
        assert marked_by(lambda: cursor.copy_expert(copy, StringIO(line))) == {5}


def test_a_lost_mark_would_be_seen(force: Organisation) -> None:
    """Were the months not read, these tests would compare the facts with themselves."""
    live(force, 3)
    count_all()
    Fact.objects.update(gender="Female")
    MonthMark.objects.all().delete()
    read = everything(force)
    with full_pass():
        assert read != everything(force)


def test_months_that_stand_are_read_and_no_fact(force: Organisation) -> None:
    """Otherwise every page would pass over every fact, as exact and as slow as before."""
    live(force, 3, happened_on=date(2026, 2, 3))
    live(force, 2, happened_on=END)

    def funnel() -> object:
        return compute(force, START, END, measures=[*FUNNEL, "completed_in_time"], source="live")

    assert reads(funnel) == {"facts", "months"}
    count_all()
    assert reads(funnel) == {"months"}
    assert reads(lambda: count(force.pk, "live", START, END)) == {"months"}
    live(force, happened_on=date(2026, 3, 3))
    assert reads(funnel) == {"facts", "months"}
    # Of a month cut through in which something lies outside, the facts are read.
    count_all()
    assert reads(lambda: count(force.pk, "live", START, END - timedelta(days=1))) == {"facts", "months"}


def test_what_a_month_cannot_tell_is_read_from_the_facts(force: Organisation) -> None:
    """Times, the days of a follow-up, whose team has the case: no sum over months has them."""
    live(force, 3)
    count_all()

    def asked(measure: str, **more: Any) -> Callable[[], object]:
        return lambda: compute(force, START, END, measures=[measure], source="live", **more)

    for measure in ("days_to_first_appointment", "came_back", "reoffended_12"):
        assert reads(asked(measure)) == {"facts"}
    assert reads(lambda: teams(force, START, END)) == {"facts"}
    # What was due on an earlier day than that for which the months were counted.
    assert reads(asked("completed_in_time", as_of=date(2026, 6, 1))) == {"facts"}
    assert reads(asked("completed_in_time")) == {"months"}


@pytest.mark.parametrize(
    ("conditions", "columns"),
    [
        ("f.considered AND s.eligibility = 'eligible'", {"considered", "eligibility"}),
        ("f.referred_on IS NOT NULL AND f.started_on IS NULL", {"referred", "started"}),
        ("f.started_on - f.referred_on > 9", None),  # which day it was
        ("(SELECT d.reason FROM cases_decision d WHERE d.case_id = f.case_id) = 'x'", None),
        ("u.reoffence_on IS NULL", None),
        ("to_char(f.month, 'YYYY')", set()),
    ],
)
def test_what_a_question_needs_is_read_from_its_own_words(conditions: str, columns: set[str] | None) -> None:
    """A measure that is declared tomorrow is answered from months only if they can tell it."""
    assert cuts.columns_of(conditions) == columns


def test_a_change_of_the_cuts_needs_a_migration() -> None:
    """The months that stand were counted by the old ones: mark them all (MARK_ALL of 0004), then mend this number."""
    text = repr([(cut.name, cut.columns) for cut in cuts.CUTS])
    assert hashlib.sha256(text.encode()).hexdigest()[:8] == "94bc4596"
