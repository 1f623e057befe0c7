from pathlib import Path

import pytest

from diversion.embedded.places import CHECKOUT
from diversion.management.commands.check_files import (
    broken_links,
    broken_templates,
    resolved_packages,
    unlocked_requirements,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project in order."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text("{% if a %}b{% endif %}")
    (tmp_path / "README.md").write_text("[here](docs/a%20page.md#part) [there](https://example.org) [up](#top)")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a page.md").write_text("[back](../README.md)\n```\n[not](a-link.md)\n```\n")
    (tmp_path / "requirements.in").write_text("# why\nDjango~=5.2.0  # the framework\nPsycopg2_binary\n")
    (tmp_path / "requirements.txt").write_text(
        "asgiref==3.8 ; python_version < '4' \\\n    --hash=sha256:0\n    # via django\n"
        "django==5.2.1 \\\n    --hash=sha256:1\n    # via\n    #   -r requirements.in\n    #   other\n"
        "psycopg2-binary==2.9 \\\n    --hash=sha256:2\n    # via -r requirements.in\n"
    )
    (tmp_path / "package-lock.json").write_text('{"packages": {}}')
    return tmp_path


def faults(root: Path) -> list[str]:
    return [
        *broken_templates(root),
        *broken_links(root),
        *unlocked_requirements(root),
        *resolved_packages(root),
    ]


def test_a_project_in_order_has_no_fault(root: Path) -> None:
    """A check that cries wolf is switched off."""
    assert faults(root) == []


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("templates/page.html", "{% if a %}", "page.html: Unclosed tag"),
        ("README.md", "[gone](docs/gone.md)", "the link to docs/gone.md leads nowhere"),
        ("requirements.in", "Django~=5.2.0\npsycopg2-binary\nredis\n", "requirements.txt lacks redis"),
        ("requirements.in", "Django~=6.0\npsycopg2-binary\n", "locks django 5.2.1"),
        ("requirements.in", "Django~=5.2.0\n", "still holds psycopg2-binary"),
        ("package-lock.json", '{"resolved": "https://"}', "download addresses"),
    ],
)
def test_each_fault_is_named(root: Path, file: str, content: str, expected: str) -> None:
    """Each of these breaks something for the next person, and none shows in a diff."""
    (root / file).write_text(content)
    assert [fault for fault in faults(root) if expected in fault], faults(root)


def test_this_project_is_in_step() -> None:
    """The lock files decide what is installed everywhere."""
    assert [*unlocked_requirements(CHECKOUT), *resolved_packages(CHECKOUT)] == []
