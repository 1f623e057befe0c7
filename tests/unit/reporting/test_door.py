"""The one door: nobody's numbers leave without an audience, and a test breaks any other way out."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

import reporting
from diversion.accounts.models import Organisation, User
from diversion.door import leave_rounded
from reporting import presenters
from reporting.door import MARKING, Audience, Leaving, NotThroughTheDoor, checked, leave
from reporting.monitoring import files
from tests.conftest import Cast

HOME = Path(reporting.__file__).parent
FORCE = Organisation(pk=1, slug="x", name="X")
#: Where figures are made. What shows or writes them may not reach in there.
MADE_IN = ("reporting.monitoring.cube", "reporting.monitoring.tables", "reporting.monitoring.quality")
MADE_IN += (
    "reporting.measures.counting",
    "reporting.measures.followed",
    "reporting.releases.tables.sheets",
    "reporting.linking.suspects",
)
ROOMS = ("views", "presenters")
ROWS = {"Fact", "StageFact", "Suspect", "FollowUp"}
COUNTING = {"count", "aggregate", "annotate"}
#: Needs no database: it attacks files that have left already.
FILES_ONLY = {"attack.py"}


def showing() -> Iterator[Path]:
    """Whatever puts a number on a page or into a file."""
    yield from (path for room in ROOMS for path in (HOME / room).glob("*.py"))
    yield from (path for path in (HOME / "management/commands").glob("*.py") if path.name not in FILES_ONLY)


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(module, name) of every import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


@pytest.mark.parametrize("path", list(showing()), ids=lambda path: path.name)
def test_whatever_shows_numbers_takes_them_from_the_door(path: Path) -> None:
    """A count fetched beside the door would be shown to whoever may open the page, small or not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for module, name in imported(tree):
        assert not f"{module}.{name}".startswith(MADE_IN), f"{path.name} takes figures from {module}"
        assert not (module == "reporting.models" and name in ROWS), f"{path.name} counts {name} itself"
    calls = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_method(node)}
    assert not calls & COUNTING, f"{path.name} counts by itself: {calls & COUNTING}"


def _is_method(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute)


@pytest.mark.parametrize(
    "path", [*(HOME / "views").glob("*.py"), *(HOME / "presenters").glob("*.py")], ids=lambda p: p.name
)
def test_pages_never_compute(path: Path) -> None:
    """A page that computes figures itself skips the check of who may see them."""
    modules = {module for module, _ in imported(ast.parse(path.read_text(encoding="utf-8")))}
    assert not {module for module in modules if module.startswith(("reporting.monitoring", "reporting.measures"))}


FIGURES = ("report", "figures", "release")


def takers() -> list[object]:
    """Public functions of presenters and files that take figures."""
    found = []
    shown = [
        importlib.import_module(f"{presenters.__name__}.{one.name}")
        for one in pkgutil.iter_modules(presenters.__path__)
    ]
    for module in (*shown, files):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            takes = function.__module__ == module.__name__ and not name.startswith("_")
            if takes and set(inspect.signature(function).parameters) & set(FIGURES):
                found.append(function)
    return found


@pytest.mark.parametrize("function", takers(), ids=lambda function: function.__name__)
def test_presenters_and_files_take_nothing_but_what_left_through_the_door(function: object) -> None:
    """Figures without an audience on them end up in front of the wrong one."""
    parameters = inspect.signature(function).parameters  # type: ignore[arg-type]
    given = {name: {} if name in FIGURES else "gender" for name, p in parameters.items() if p.default is p.empty}
    with pytest.raises(NotThroughTheDoor):
        function(**given)  # type: ignore[operator]


def test_there_are_such_functions() -> None:
    """The test above would hold of none at all."""
    assert {"sections", "tiles", "quality_lines", "as_csv", "as_json"} <= {f.__name__ for f in takers()}  # type: ignore[attr-defined]


@pytest.mark.parametrize("audience", [Audience.SHARED, Audience.PUBLISHED])
def test_true_counts_never_leave_for_another_audience(audience: Audience) -> None:
    """There is no way to label exact counts as shared: only a release, whose small counts were hidden, is."""
    with pytest.raises(NotThroughTheDoor, match="make one"):
        leave({"n": 3}, audience=audience, force=FORCE)


def test_figures_that_left_are_marked_and_stay_as_they_are() -> None:
    """A marking that can be taken off protects nobody."""
    figures = leave({"n": 3, "marking": "for everybody"}, audience=Audience.OPERATIONAL, force=FORCE)
    assert (figures["marking"], figures["audience"]) == (MARKING, "operational")
    with pytest.raises(NotThroughTheDoor):
        figures["n"] = 4
    with pytest.raises(NotThroughTheDoor):
        figures |= {"n": 4}
    with pytest.raises(NotThroughTheDoor):
        checked(figures | {"n": 4})
    with pytest.raises(NotThroughTheDoor):
        checked(figures, Audience.PUBLISHED)
    with pytest.raises(NotThroughTheDoor):
        Leaving({"n": 3}, Audience.OPERATIONAL)


@pytest.mark.parametrize(("who", "may"), [("ian", True), ("david", True), ("amara", False), ("fatima", False)])
def test_only_those_who_monitor_their_own_force_drill_down(cast: Cast, who: str, may: bool) -> None:
    """Exact counts of small groups identify people, to a colleague without the role as to a stranger."""
    avonford = cast["ian"].organisation
    assert _is_let_through(cast[who], avonford) is may
    assert not _is_let_through(cast[who], cast["ben"].organisation)


def test_a_colleague_who_may_not_drill_down_gets_every_count_rounded(cast: Cast) -> None:
    """Nine people of a group are nine people; a share beside them would give each count back."""
    avonford = cast["elin"].organisation
    figures = {"n": 314, "low": [9, 10, 14, 15], "places": {"capacity": 7}, "sure": True, "name": "x", "none": None}
    found = leave_rounded(figures, force=avonford, by=cast["elin"], settings=["capacity"])
    told = {key: found[key] for key in figures}
    assert told == figures | {"n": 310, "low": [0, 10, 10, 20]}
    assert (found.exact, found["audience"]) == (False, "operational")
    with pytest.raises(NotThroughTheDoor, match="tells the counts behind it"):
        leave_rounded({"share": 0.25}, force=avonford, by=cast["elin"])
    for stranger in ("ben", "fatima", "lena"):
        with pytest.raises(PermissionDenied):
            leave_rounded(figures, force=avonford, by=cast[stranger])


def _is_let_through(user: User, force: Organisation) -> bool:
    try:
        return bool(leave({"n": 3}, audience=Audience.OPERATIONAL, force=force, by=user))
    except PermissionDenied:
        return False
