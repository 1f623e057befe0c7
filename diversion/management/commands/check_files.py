"""``check_files``: templates compile and stay readable, links between documents lead somewhere, locks are in step.

Edits nothing.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError, engines
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from diversion import languages
from diversion.management.source_messages import source_messages

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+?)(?: ;.*)? \\?$", re.MULTILINE)
PASSED_OVER = {".venv", ".local", "node_modules", ".git"}
LONGEST_LINE = 120
SHORTER = (
    "put each tag or attribute on a line of its own and a long sentence into {% blocktranslate trimmed %}, or give a "
    "part of the page a template of its own"
)
RAW_PART = re.compile(r"<(button|details)(?=[\s>]|$)", re.IGNORECASE)
RATHER = "which docs/design-system.md describes; what it lacks is added there, for every page"
OF_THE_COMPONENTS = ("components", "govuk")  # the folders of templates that draw these parts for all others


class Command(BaseCommand):
    help = (
        "Checks that templates compile, hold no long line and draw buttons and folded parts by the components, that "
        "catalogues of translations are whole, documents' links lead somewhere and both lock files are in step."
    )
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        faults = [
            *broken_templates(root),
            *long_lines(root),
            *raw_parts(root),
            *catalogues_behind(root),
            *broken_links(root),
            *unlocked_requirements(root),
            *resolved_packages(root),
        ]
        if faults:
            raise CommandError("\n".join(faults))


def broken_templates(root: Path) -> Iterator[str]:
    """A line for each template that does not compile."""
    for path in templates(root):
        try:
            engines["django"].from_string(path.read_text())
        except (TemplateSyntaxError, UnicodeDecodeError) as error:
            yield f"{path.relative_to(root)}: {error}"


def long_lines(root: Path) -> Iterator[str]:
    """A line for each line of a template that nobody can read without scrolling sideways."""
    for path, number, line in template_lines(root):
        if len(line) > LONGEST_LINE:
            where = f"{path.relative_to(root)}:{number}"
            yield f"{where}: {len(line)} characters, and {LONGEST_LINE} is the most: {SHORTER}"


def raw_parts(root: Path) -> Iterator[str]:
    """A line for each button or folded part that a page draws by itself: it would look and behave unlike the rest."""
    for path, number, line in template_lines(root):
        if path.relative_to(root / "templates").parts[0] in OF_THE_COMPONENTS:
            continue
        for name in RAW_PART.findall(line):
            where, tag = f"{path.relative_to(root)}:{number}", name.lower()
            yield f"{where}: a raw <{tag}>: use {{% {tag} %}} of {{% load design %}}, {RATHER}"


def template_lines(root: Path) -> Iterator[tuple[Path, int, str]]:
    """Path, number and text of each line of each template."""
    for path in templates(root):
        lines = path.read_text(errors="replace").splitlines()
        yield from ((path, number, line) for number, line in enumerate(lines, start=1))


def templates(root: Path) -> list[Path]:
    return sorted((root / "templates").rglob("*.*"))


def catalogues_behind(root: Path) -> Iterator[str]:
    """A line for each catalogue that lacks a message of the source: its pages would be in two languages."""
    for code in languages.OTHERS:
        path = languages.catalogue(root / "locale", code)
        if not path.is_file():
            continue
        known = {one.english for one in languages.messages(path.read_text(encoding="utf-8"))}
        if lacking := sorted(source_messages(root) - known):
            yield (
                f"{path.relative_to(root)} lacks {len(lacking)} messages of the source, the first {lacking[0]!r}: run "
                f"`manage.py makemessages -l {code}`; until they are translated the language is not offered"
            )


def broken_links(root: Path) -> Iterator[str]:
    """A line for each relative link in a Markdown file that leads nowhere."""
    for path in sorted(documents(root)):
        for target in LINK.findall(CODE_BLOCK.sub("", path.read_text())):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            base = root if parts.path.startswith("/") else path.parent
            if not (base / unquote(parts.path).lstrip("/")).exists():
                yield f"{path.relative_to(root)}: the link to {target} leads nowhere"


def documents(root: Path) -> Iterator[Path]:
    """The project's own Markdown files."""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in PASSED_OVER]
        yield from (Path(folder) / name for name in files if name.endswith(".md"))


def unlocked_requirements(root: Path) -> Iterator[str]:
    """A line for each requirement whose locked version is missing or too old, and for each locked one not asked for."""
    text = (root / "requirements.txt").read_text()
    locked: dict[str, str] = {canonicalize_name(name): version for name, version in LOCKED.findall(text)}
    wanted: dict[str, Requirement] = {}
    for wish in requirements(root / "requirements.in"):
        wanted[canonicalize_name(wish.name)] = wish
    for name, wish in wanted.items():
        if name not in locked:
            yield f"requirements.txt lacks {name}: run `make lock`"
        elif not wish.specifier.contains(locked[name], prereleases=True):
            yield f"requirements.txt locks {name} {locked[name]}, requirements.in asks for {wish}: run `make lock`"
    for name in sorted(asked_for(text) - set(wanted)):
        yield f"requirements.txt still holds {name}, which requirements.in no longer asks for: run `make lock`"


def requirements(path: Path) -> Iterator[Requirement]:
    """What a requirements.in asks for; the reasons after ``#`` are for people."""
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return (Requirement(line) for line in lines if line)


def asked_for(locked: str) -> set[str]:
    """The names that the lock file says came from requirements.in itself."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", locked, flags=re.MULTILINE)
    return {canonicalize_name(re.split(r"[=\[]", block)[0]) for block in blocks if "-r requirements.in" in block}


def resolved_packages(root: Path) -> Iterator[str]:
    """A line if package-lock.json carries addresses that packages were downloaded from."""
    if '"resolved"' in (root / "package-lock.json").read_text():
        yield "package-lock.json carries download addresses: run `npm install --package-lock-only` with our .npmrc"
