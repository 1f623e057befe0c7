"""Words that are said to nobody, in what a person reads: `never_said.toml` holds the files and the words."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIST = Path("diversion/management/never_said.toml")
#: What no person reads of a template: remarks and values. Of a tag they read what it translates alone.
UNREAD = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}")
TRANSLATED = re.compile(r"""(?:_\(|\{% *trans(?:late)? +)("[^"]*"|'[^']*')""")
#: A line of a TOML file: its key, if it has one, and the text.
TOML_LINE = re.compile(r"^\s*(?:([\w-]+)\s*=)?(.*)$")


@dataclass(frozen=True)
class Never:
    """Words that are said to nobody, what to say instead, and the files, if not all, in which that holds."""

    words: re.Pattern[str]
    say: str
    only: str

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Never":
        alternatives = "|".join(_pattern(one) for one in entry["words"])
        return cls(
            re.compile(rf"(?<![\w-])(?:{alternatives})(?!\w)", re.IGNORECASE), entry["say"], entry.get("only", "")
        )

    def holds_in(self, path: Path) -> bool:
        return not self.only or path.match(self.only)


def _pattern(words: str) -> str:
    """ "drug abuse" also where a line ends between the two, "fail*" also as "failed"."""
    parts = (re.escape(part.rstrip("*")) + (r"\w*" if part.endswith("*") else "") for part in words.split())
    return r"\s+".join(parts)


def never_said(root: Path) -> Iterator[str]:
    """A line for each word that is said to nobody, where a person reads it, with what to say instead."""
    told = tomllib.loads((root / LIST).read_text(encoding="utf-8"))
    never = [Never.of(entry) for entry in told["never"]]
    for place in told["read"]:
        paths = sorted(root.glob(place["files"]))
        if not paths:
            yield f"{LIST}: {place['files']} names no file: say where it is now, so that what a person reads is read"
        for path in paths:
            yield from _faults(path, path.relative_to(root), place.get("keys"), never)


def _faults(path: Path, name: Path, keys: list[str] | None, never: list[Never]) -> Iterator[str]:
    held = [one for one in never if one.holds_in(name)]
    for first, text in said_in(path, keys):
        for one in held:
            for found in one.words.finditer(text):
                line = first + text.count("\n", 0, found.start())
                yield f"{name}:{line}: “{found[0]}” is said to nobody: say {one.say} (the list is {LIST})"


def said_in(path: Path, keys: list[str] | None = None) -> Iterator[tuple[int, str]]:
    """What a person reads of a file, each text with the line on which it begins."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _sentences_in(ast.parse(text))
    elif path.suffix == ".toml":
        yield from _of_toml(text, keys)
    else:
        yield 1, UNREAD.sub(_read_of, text)


def _sentences_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each text of a module that has a space in it, and is no docstring: what has none is a code."""
    remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in remarks and " " in str(node.value).strip():
            yield node.lineno, str(node.value)


def _read_of(tag: re.Match[str]) -> str:
    return " ".join(TRANSLATED.findall(tag[0]))


def _of_toml(text: str, keys: list[str] | None) -> Iterator[tuple[int, str]]:
    """The values of ``keys``, or of all; a text that goes on over lines belongs to the key before it."""
    key = ""
    for number, line in enumerate(text.splitlines(), start=1):
        found = TOML_LINE.match(line)
        if line.lstrip().startswith(("#", "[")) or found is None:
            continue
        key = found[1] or key
        if keys is None or key in keys:
            yield number, found[2]
