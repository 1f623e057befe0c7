"""No figure by group leaves but through the door: the code is read for any other way, and each is tried."""

from pathlib import Path

import pytest

from tests.unit.ways_out import GATES, MAKERS, ROOT, WORK, WRITERS, faults, giving, modules, name_of, template_faults

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", list(modules()), ids=name_of)
def test_no_module_lets_a_figure_out_beside_the_door(path: Path) -> None:
    """Whoever may open the page would be shown how few people of a group there are."""
    assert faults(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_counts(path: Path) -> None:
    """A template that counts what it is given makes a figure that nobody checked."""
    assert template_faults(path.read_text(encoding="utf-8")) == []


def test_what_is_declared_is_there() -> None:
    """An exception that outlives its reason lets the next figure out."""
    sources = {name_of(path): path.read_text(encoding="utf-8") for path in modules()}
    assert sources.keys() >= MAKERS | GATES
    for place in (*WORK, *WRITERS):
        module = next(name for name in sorted(sources, key=len, reverse=True) if place.startswith(f"{name}."))
        assert f"def {place.rpartition('.')[2]}(" in sources[module], place
    assert all(giving(gate) for gate in GATES - {"reporting.releases.working_out"})


#: A way out, and the file into which it is put.
LEAKS = [
    ("referrals/views/cases.py", "def f(c):\n    return c.values('person__sex').annotate(n=Count('pk'))"),
    ("referrals/views/cases.py", "def f(c):\n    return c.filter(person__sex='female').count()"),
    ("referrals/views/support.py", "def f(rows):\n    return len([r for r in rows if r.sex == 'female'])"),
    ("referrals/presenters/case.py", "def f(rows):\n    return sum(r.sex == 'female' for r in rows)"),
    ("cases/queries/people.py", "def f(rows):\n    return Counter(r.ethnicity for r in rows)"),
    ("cases/queries/people.py", "def f(c):\n    c.execute('SELECT sex, count(*) FROM cases_person GROUP BY sex')"),
    ("referrals/queries/referrals.py", "class A:\n    def f(self, c):\n        return c.aggregate(n=1)"),
    ("referrals/views/policies.py", "def f(v):\n    return v.preview['groups']"),
    ("referrals/views/policies.py", "def f(v, u):\n    return previews._preview(v, by=u)"),
    ("referrals/views/policies.py", "from referrals.judging.previews import past_decisions"),
    ("reporting/views/monitoring.py", "from reporting.measures import counting as c\ndef f():\n    return c.count()"),
    ("reporting/views/monitoring.py", "from reporting.measures.figures import counts"),
    ("reporting/views/monitoring.py", "def f():\n    from reporting.monitoring.cube import count"),
    ("reporting/presenters/report.py", "from reporting.models import Fact"),
    ("reporting/presenters/report.py", "def f(release):\n    return release.counts"),
    ("reporting/views/reports.py", "def f(run):\n    return run.artefacts.first()"),
    ("reporting/views/reports.py", "def f(x):\n    return JsonResponse(x)"),
    ("reporting/management/commands/make_release.py", "def f(p, x):\n    p.write_text(x)"),
    ("reporting/tasks.py", "def f(x):\n    return json.dumps(x)"),
    ("reporting/queries/__init__.py", "def f(w):\n    return csv.writer(w)"),
    ("diversion/design_system/charts.py", "def f(rows):\n    return itertools.groupby(rows)"),
]


@pytest.mark.parametrize(("path", "leak"), LEAKS)
def test_each_other_way_out_is_found(path: str, leak: str) -> None:
    """The reading above would hold of a code that leaks, if it saw nothing."""
    file = ROOT / path
    assert len(faults(file, f"{file.read_text(encoding='utf-8')}\n\n{leak}\n")) > 0


def test_a_writer_that_no_longer_checks_is_found() -> None:
    """A file of figures that lost its check looks like one that has it."""
    file = ROOT / "reporting/monitoring/files.py"
    changed = file.read_text(encoding="utf-8").replace("checked(report, Audience.OPERATIONAL)", "report")
    changed = changed.replace(": Report", ": dict")
    assert any("did not come through the door" in fault for fault in faults(file, changed))


@pytest.mark.parametrize(
    "leak", ["{{ rows|length }}", "{% widthratio a b 100 %}", "{% regroup p by sex as x %}", "{{ x.count }}"]
)
def test_a_template_that_counts_is_found(leak: str) -> None:
    """The same of templates."""
    assert template_faults(f"<p>{leak}</p>")
