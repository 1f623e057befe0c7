import tomllib
from pathlib import Path

import pytest

from diversion.embedded.places import CHECKOUT
from diversion.management.commands.check_files import (
    broken_links,
    broken_templates,
    catalogues_behind,
    long_lines,
    raw_parts,
    resolved_packages,
    unlocked_requirements,
)
from diversion.management.never_said import LIST, never_said

IMPORT = "from django.utils.translation import gettext as _\n"
NEVER = """
[[read]]
files = "templates/letter.html"
[[read]]
files = "cases/codes.py"
[[read]]
files = "cases/words.toml"
keys = ["wording"]
[[never]]
words = ["offender*", "drug abuse"]
say = "“you”"
[[never]]
words = ["the person is"]
only = "cases/words.toml"
say = "what happens"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project in order."""
    (tmp_path / "templates" / "components").mkdir(parents=True)
    (tmp_path / "templates" / "components" / "button.html").write_text("<button>{{ text }}</button>")
    (tmp_path / "templates" / "page.html").write_text("{% if a %}b{% endif %}\n" + "’" * 120)
    (tmp_path / "locale" / "cy" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "locale" / "cy" / "LC_MESSAGES" / "django.po").write_text('msgid "Save"\nmsgstr ""\n')
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "codes.py").write_text(IMPORT + '_("Save")')
    (tmp_path / "cases" / "words.toml").write_text('wording = "I will come."\nnote = "For offenders"\n')
    (tmp_path / "templates" / "letter.html").write_text(
        '{# no offender #}{% if offender == "offender" %}{{ offender.name }}{% endif %} The person is here.'
    )
    (tmp_path / LIST).parent.mkdir(parents=True)
    (tmp_path / LIST).write_text(NEVER)
    (tmp_path / "README.md").write_text("[here](docs/a%20page.md#part) [there](https://example.org) [up](#top)")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a page.md").write_text("[back](../README.md)\n```\n[not](a-link.md)\n```\n")
    (tmp_path / "requirements.in").write_text("# why\nDjango~=5.2.0  # the framework\nPsycopg2_binary\n")
    (tmp_path / "requirements-prod.in").write_text("Django~=5.2.0\n")
    (tmp_path / "requirements-prod.txt").write_text("django==5.2.1 \\\n    # via -r requirements-prod.in\n")
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
        *long_lines(root),
        *raw_parts(root),
        *never_said(root),
        *catalogues_behind(root),
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
        ("templates/page.html", "a\n" + "b" * 121, "templates/page.html:2: 121 characters, and 120 is the most"),
        ("templates/components/button.html", "b" * 121, "button.html:1: 121 characters"),
        ("templates/page.html", "a\n<button type='submit'>", "templates/page.html:2: a raw <button>: use {% button %}"),
        ("templates/page.html", "<details open>", "templates/page.html:1: a raw <details>: use {% details %}"),
        ("templates/page.html", '{% translate "Undo" %}', "django.po lacks 1 messages of the source, the first 'Undo'"),
        ("cases/codes.py", IMPORT + '_("Save"); _("Undo")', "`manage.py makemessages -l cy`"),
        ("templates/letter.html", "a\nOffenders", "templates/letter.html:2: “Offenders” is said to nobody: say “you”"),
        ("templates/letter.html", "a\nof drug\n  abuse", "templates/letter.html:2: “drug"),
        ("templates/letter.html", '{% translate "An offender" %}', "letter.html:1: “offender”"),
        ("cases/codes.py", IMPORT + '_("Save")\nA = ("An "\n     "offender")', "cases/codes.py:3: “offender”"),
        ("cases/words.toml", '# a\nwording = """\nThe person is\n"""', "cases/words.toml:3: “The person is”"),
        (LIST, NEVER.replace("letter", "gone"), "templates/gone.html names no file"),
        ("README.md", "[gone](docs/gone.md)", "the link to docs/gone.md leads nowhere"),
        ("requirements.in", "Django~=5.2.0\npsycopg2-binary\nredis\n", "requirements.txt lacks redis"),
        ("requirements.in", "Django~=6.0\npsycopg2-binary\n", "locks django 5.2.1"),
        ("requirements.in", "Django~=5.2.0\n", "still holds psycopg2-binary"),
        ("requirements.in", "-r requirements-prod.in\npsycopg2-binary\nredis\n", "requirements.txt lacks redis"),
        ("requirements-prod.in", "Django~=6.0\n", "requirements-prod.txt locks django 5.2.1"),
        ("requirements-prod.txt", "django==5.2.2 \\\n    # via -r requirements-prod.in\n", "lock django at different"),
        ("package-lock.json", '{"resolved": "https://"}', "download addresses"),
    ],
)
def test_each_fault_is_named(root: Path, file: str | Path, content: str, expected: str) -> None:
    """Each of these breaks something for the next person, and none shows in a diff."""
    (root / file).write_text(content)
    assert [fault for fault in faults(root) if expected in fault], faults(root)


def test_what_is_wrong_is_said_with_how_to_mend_it(root: Path) -> None:
    """A check that only forbids sends people to switch it off."""
    (root / "templates" / "page.html").write_text("<button>" + "b" * 120)
    [long] = long_lines(root)
    [raw] = raw_parts(root)
    assert "{% blocktranslate trimmed %}" in long
    assert "docs/design-system.md" in raw


def test_a_longer_name_is_no_raw_part(root: Path) -> None:
    """Only these two elements have components that must be used."""
    (root / "templates" / "page.html").write_text("<details-menu></details-menu> &lt;button> {% button %}")
    assert list(raw_parts(root)) == []


def test_every_page_that_a_person_opens_or_takes_home_is_read() -> None:
    """A new letter, or another page behind a link, would be written in words that nobody looks at."""
    read = {
        path for place in tomllib.loads((CHECKOUT / LIST).read_text())["read"] for path in CHECKOUT.glob(place["files"])
    }
    pages = (CHECKOUT / "templates" / "referrals").rglob("*.html")
    theirs = {one for one in pages if "app-paper" in (text := one.read_text()) or "referrals/person/base.html" in text}
    assert theirs
    assert theirs <= read


def test_this_project_is_in_step() -> None:
    """The lock files decide what is installed everywhere."""
    assert [*unlocked_requirements(CHECKOUT), *resolved_packages(CHECKOUT)] == []
