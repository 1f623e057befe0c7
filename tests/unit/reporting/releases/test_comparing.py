"""Forces side by side: only what each has published, and nothing made of two."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reporting.releases.freezing import Sheet, freeze
from reporting.suppression.thresholds import Thresholds

CHAIN = [("considered", "offered")]


def document(force: str, a: int, b: int, **changes: Any) -> dict[str, Any]:
    """A release of one force: two groups, ``a`` and ``b`` of 100 each offered."""
    considered = Sheet("considered", "2026 Q1", ("gender",), {("Female",): 100, ("Male",): 100})
    offered = Sheet("offered", "2026 Q1", ("gender",), {("Female",): a, ("Male",): b})
    made = freeze(f"{force} 2026", [considered, offered], CHAIN, Thresholds()).document
    return made | {"force": force, "source": "live", "unit": "quarter", "audience": "published"} | changes


def compared(folder: Path, *documents: Any) -> dict[str, Any]:
    names = []
    for number, one in enumerate(documents):
        names.append(folder / f"{number}.json")
        names[-1].write_text(json.dumps(one), encoding="utf-8")
    told = StringIO()
    call_command("compare_releases", *map(str, names), stdout=told)
    return dict(json.loads(told.getvalue()))


def test_each_force_has_its_own_figure_or_mark(tmp_path: Path) -> None:
    """What one force hides must not come back as a gap filled from the other."""
    found = compared(tmp_path, document("avonford", 40, 60), document("northmoor", 4, 60))
    figures = {(row["of"], row["at"].get("gender")): row["figures"] for row in found["rows"]}
    assert figures["offered", "Male"] == {"avonford": {"value": 60}, "northmoor": {"mark": "[c]"}}
    assert figures["offered", "Female"] == {"avonford": {"value": 40}, "northmoor": {"mark": "[c]"}}
    rates = {rate["at"].get("gender"): rate["figures"] for rate in found["rates"]}
    assert rates["Female"]["avonford"]["value"] == 40
    assert rates["Female"]["northmoor"] == {"mark": "[c]"}
    assert found["forces"] == ["avonford", "northmoor"]
    assert any("not added over forces" in note for note in found["notes"])


def test_what_only_one_of_them_tells_is_named_and_not_compared(tmp_path: Path) -> None:
    """A table that is silently missing looks like a force with nothing to tell."""
    one, other = document("avonford", 40, 60), document("northmoor", 40, 60)
    other["tables"] = [table | {"time": "2026 Q2"} if table["of"] == "offered" else table for table in other["tables"]]
    found = compared(tmp_path, one, other)
    assert found["not_compared"] == ["offered in 2026 Q1 by gender", "offered in 2026 Q2 by gender"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": "police-uk-stop-search"}, "count by different rules"),
        ({"unit": "month"}, "different units of time"),
        ({"force": "avonford"}, "of one force"),
        ({"force": ""}, "does not say its force"),
        ({"format": "x"}, 'says "format"'),
    ],
)
def test_what_is_not_alike_is_refused_with_the_reason(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    """Figures counted by different rules, in one table, read as a ranking."""
    with pytest.raises(CommandError, match=words):
        compared(tmp_path, document("avonford", 40, 60), document("northmoor", 40, 60) | changes)


def test_one_release_is_no_comparison(tmp_path: Path) -> None:
    """The analyst has forgotten a file."""
    with pytest.raises(CommandError, match="two forces or more"):
        compared(tmp_path, document("avonford", 40, 60))
