"""``check_files``: templates compile and stay readable, what a person reads is said in words that judge nobody, links
between documents lead somewhere, locks are in step.

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
from diversion.management.never_said import never_said
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
        "what a person reads is said in words that judge nobody, that catalogues of translations are whole, documents' "
        "links lead somewhere and both lock files are in step."
    )
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        faults = [
            *broken_templates(root),
            *long_lines(root),
            *raw_parts(root),
            *never_said(root),
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
    """A line for each requirement whose locked version is missing or too old, for each locked one that nobody asks for,
    and for each that two locks hold at two versions."""
    locks = {path.with_suffix(".txt").name: versions(path.with_suffix(".txt")) for path in wishes(root)}
    for path in wishes(root):
        yield from _out_of_step(path, locks[path.with_suffix(".txt").name])
    for name in sorted(set.intersection(*(set(locked) for locked in locks.values()))):
        if len({locked[name] for locked in locks.values()}) > 1:
            yield f"{' and '.join(locks)} lock {name} at different versions: run `make lock`"


def wishes(root: Path) -> list[Path]:
    return sorted(root.glob("requirements*.in"))


def versions(path: Path) -> dict[str, str]:
    """Name and version of each package that a lock holds."""
    return {canonicalize_name(name): version for name, version in LOCKED.findall(path.read_text())}


def _out_of_step(path: Path, locked: dict[str, str]) -> Iterator[str]:
    lock = path.with_suffix(".txt")
    wanted: dict[str, Requirement] = {canonicalize_name(wish.name): wish for wish in requirements(path)}
    for name, wish in wanted.items():
        if name not in locked:
            yield f"{lock.name} lacks {name}: run `make lock`"
        elif not wish.specifier.contains(locked[name], prereleases=True):
            yield f"{lock.name} locks {name} {locked[name]}, {path.name} asks for {wish}: run `make lock`"
    for name in sorted(asked_for(lock.read_text()) - set(wanted)):
        yield f"{lock.name} still holds {name}, which {path.name} no longer asks for: run `make lock`"


def requirements(path: Path) -> Iterator[Requirement]:
    """What a requirements.in asks for, and the files that it names; the reasons after ``#`` are for people."""
    for line in (line.partition("#")[0].strip() for line in path.read_text().splitlines()):
        if line.startswith("-r "):
            yield from requirements(path.with_name(line.removeprefix("-r ").strip()))
        elif line:
            yield Requirement(line)


def asked_for(locked: str) -> set[str]:
    """The names that a lock says came from a requirements.in itself."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", locked, flags=re.MULTILINE)
    return {canonicalize_name(re.split(r"[=\[]", block)[0]) for block in blocks if "-r requirements" in block}


def resolved_packages(root: Path) -> Iterator[str]:
    """A line if package-lock.json carries addresses that packages were downloaded from."""
    if '"resolved"' in (root / "package-lock.json").read_text():
        yield "package-lock.json carries download addresses: run `npm install --package-lock-only` with our .npmrc"
