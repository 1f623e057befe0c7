"""Every action is refused to whoever has no business with it, stands or falls with its entry in the access log, tells
the figures of what it changed in a case, and leaves its standing in step. The list of actions is read from the code: a
new one fails here until it is proved."""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import connection, transaction
from django.db.models import Model
from django.http import Http404

from cases.models import Case, OutboxEntry
from diversion import logs
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.audit.wording import detail_words, kind_words
from diversion.unit_of_work import unit_of_work
from referrals.models import Standing
from tests.conftest import Cast
from tests.factories.ground import rank
from tests.unit import proofs
from tests.unit.in_step import Left, due_out_of_step, left, out_of_step
from tests.unit.proofs import INNER, PROOFS, Call, Proof, World

pytestmark = pytest.mark.usefixtures("frozen")

ROOT = Path(__file__).parents[2]
TABLES = ("accounts", "notifications", "cases", "referrals", "reporting")
#: What is held about somebody's case: whoever changes it tells the figures.
OF_A_CASE = {
    *("Case", "Decision", "Allegation", "Assessment", "Authorisation", "AuthorisationQuestion", "Correction"),
    "SpokenAuthority",
    "ProsecutorReferral",
    "Undoable",
    "Withdrawal",
    "Rescission",
    *("Referral", "Agreement", "ProposedAgreement", "Condition", "Appointment", "Contact"),
    *("ConditionChange", "MissedStep", "Question", "Breach"),
    *("NeedReview", "NeedLevel", "NeedOutcome", "MonitoringAnswers"),
    "ParentRule",  # the worker’s board follows
    "WordsOfAdmission",
    *("YouthDuty", "ChildAssessment", "PendingDecision"),
    *("VictimRecord", "VictimContact", "VictimDuty", "Facilitation", "FacilitatorContact"),
}
#: Which words an entry may hold, by its kind: teams, a service's number, an area, whose rules were copied.
OF_AN_ORGANISATION = {
    "on_call.put": {"team"},
    "organisation.teams_added": {"teams"},
    "scheme.telephone_changed": {"from", "to"},
    "population.imported": {"area"},
    "policy.copied": {"from"},
}
NOT_THEIRS = (PermissionDenied, Http404, ObjectDoesNotExist)


Snapshot = dict[str, int]  #: by model, a digest of where each of its rows lies, and of what wrote it there
#: Planned once a session: to plan it for all tables takes longer than to look.
PREPARED = "of_every_table"


class DiskFull(Exception):
    """No error that any action expects."""


class Undone(Exception):
    """All of a block, once it was looked at."""


def actions_in_the_code() -> Iterator[str]:
    """Public functions of the actions packages of which every argument is named, ``by`` among them."""
    for path in sorted(ROOT.glob("*/**/actions/*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] in ("tests", "node_modules") or parts[0].startswith(".") or parts[-1] == "__init__":
            continue
        module = importlib.import_module(".".join(parts))
        for name, found in vars(module).items():
            if not name.startswith("_") and inspect.isfunction(found) and _is_action(found, module.__name__):
                yield f"{module.__name__}.{name}"


def _is_action(found: Callable[..., Any], module: str) -> bool:
    whole = inspect.unwrap(found)
    parameters = inspect.signature(whole).parameters
    named = all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in parameters.values())
    return whole.__module__ == module and named and "by" in parameters


def _digests() -> str:
    """One statement for all tables: asked one by one they were most of what these tests took."""
    models = [model for model in apps.get_models() if model._meta.app_label in TABLES]
    each = [model._meta for model in models if not hasattr(model, "pgh_tracked_model")]
    row = "SELECT '{}', coalesce(sum(hashtext(ctid::text || xmin::text)), 0) FROM \"{}\""
    return " UNION ALL ".join(row.format(one.object_name, one.db_table) for one in each)


def snapshot() -> Snapshot:
    """Which rows every table holds that an action writes, its history and the log apart."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_prepared_statements WHERE name = %s", [PREPARED])
        if not cursor.rowcount:
            cursor.execute(f"PREPARE {PREPARED} AS {_digests()}")
        cursor.execute(f"EXECUTE {PREPARED}")
        return dict(cursor.fetchall())


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return World(cast, tmp_path)


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Proof:
    found: Proof = PROOFS[request.param]
    return found


def newcomer(like: User) -> User:
    """Somebody of the same organisation and rank, to whom nobody has given anything to do."""
    user = User.objects.create(email="newcomer@nowhere.example", full_name="New Comer", organisation=like.organisation)
    return rank(user, like.rank)


def test_every_action_of_the_code_is_proved_here() -> None:
    """An action left out could change somebody's record with nobody to answer for it, and be open to everybody."""
    found = set(actions_in_the_code())
    assert len(found) > 50
    assert found == set(PROOFS) | set(INNER)


def test_what_is_proved_with_its_caller_has_a_caller_that_is_proved() -> None:
    """An exception that outlives its caller would leave its function unproved."""
    for inner, (caller, _why) in INNER.items():
        assert caller in PROOFS, inner
        assert f"{inner.rpartition('.')[2]}(" in told_with_helpers(caller), inner


def told_with_helpers(path: str) -> str:
    """The code of an action, and of the functions of its module that it calls."""
    module, _, name = path.rpartition(".")
    here = importlib.import_module(module)
    source = inspect.getsource(inspect.unwrap(getattr(here, name)))
    own = {key: one for key, one in inspect.getmembers(here, inspect.isfunction) if one.__module__ == module}
    called = [inspect.getsource(inspect.unwrap(one)) for key, one in own.items() if f"{key}(" in source]
    return "".join([source, *called])


@pytest.mark.parametrize("proof", list(PROOFS), indirect=True)
def test_an_action_is_for_its_people_and_stands_or_falls_with_its_entries(proof: Proof, world: World) -> None:
    """A page that forgot its rule would open it to everybody who can sign in; somebody's record would change with
    nobody to answer for it, or unseen by the figures; a case would be looked for in a list where it does not stand any
    more. One world for all: all but the last leave it as it was."""
    call, by = proof.ready(world), world.cast[proof.by]
    before = snapshot()
    if proof.checks:
        _is_refused(call, by)
    _fails_whole(Event, call, by, before)
    if proof.tells_figures:
        _fails_whole(OutboxEntry, call, by, before)
        behind = _left_behind_the_wall(call, by)
        _is_done(proof, call, by, before)
        assert left() == behind
    else:
        _is_done(proof, call, by, before)


def _is_refused(call: Call, like: User) -> None:
    """To whoever has no business with it."""
    with transaction.atomic():
        nobody = newcomer(like)
        before = snapshot()
        with pytest.raises(NOT_THEIRS):
            call(nobody)
        assert snapshot() == before
        transaction.set_rollback(True)


def _fails_whole(broken: type[Model], call: Call, by: User, before: Snapshot) -> None:
    """Without its event, or its row in the outbox, nothing changes."""
    breaks = patch.object(broken._default_manager, "create", side_effect=DiskFull)
    with breaks, pytest.raises(DiskFull):
        call(by)
    assert snapshot() == before
    _load_again(call)


def _left_behind_the_wall(call: Call, by: User) -> Left:
    """What it does depends on no row that the database hides from whoever does it on a page: a partner's worker closed
    what police were deciding again, because they may not read that. And what is kept of a case is in step."""
    _is_in_step()
    with suppress(Undone), transaction.atomic():
        with unit_of_work("as somebody does it on a page", user=by):
            call(by)
        found = left()
        assert Case.objects.exists(), "a proof of a case, and there is none"
        _is_in_step()
        raise Undone
    _load_again(call)
    return found


def _is_in_step() -> None:
    assert not out_of_step()
    assert not due_out_of_step()
    assert Standing.objects.count() == Case.objects.count()


def _load_again(call: Call) -> None:
    """As the next page would."""
    for held in _held(call):
        held.refresh_from_db()


def _held(call: Call) -> Iterator[Model]:
    for cell in getattr(call, "__closure__", None) or ():
        held = cell.cell_contents
        yield from (one for one in (held.values() if isinstance(held, dict) else [held]) if isinstance(one, Model))


def _is_done(proof: Proof, call: Call, by: User, before: Snapshot) -> None:
    """It does change something, so that what is above can fail, and figures hear of every case."""
    rows, events = OutboxEntry.objects.count(), Event.objects.filter(actor_id=by.pk).count()
    logged = set(Event.objects.values_list("pk", flat=True))
    call(by)
    for event in Event.objects.exclude(pk__in=logged):
        _holds_no_words(event)
    after = snapshot()
    touched = {name for name in after if after[name] != before[name]}
    assert touched or proof.only_logs
    assert Event.objects.filter(actor_id=by.pk).count() > events
    assert (OutboxEntry.objects.count() > rows, bool(touched & OF_A_CASE)) == (proof.tells_figures,) * 2, touched


def _holds_no_words(event: Event) -> None:
    """An entry is kept for years, whatever is erased: what somebody typed may be about somebody."""
    free = {key: value for key, value in event.detail.items() if key not in OF_AN_ORGANISATION.get(event.kind, ())}
    assert logs.without_names(free) == free, event.kind
    told = f"{kind_words(event.kind)} {detail_words(event.kind, event.detail)}"
    assert "_" not in told, f"an information manager would read words of the code: {told}"


def test_no_helper_of_the_proofs_replaces_another() -> None:
    """The later of two by one name serves both: a proof would act on the wrong thing, or on nothing."""
    tree = ast.parse(Path(proofs.__file__).read_text(encoding="utf-8"))
    names = [one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name != "_"]
    assert sorted(names) == sorted(set(names))
