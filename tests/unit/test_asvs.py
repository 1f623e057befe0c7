"""docs/security.md says of each line of the standard how it stands, once, and points at what is there."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
#: The numbers of the lines of OWASP ASVS 5.0 of levels 1 and 2, in its order.
LINES = Path(__file__).with_name("asvs_lines.txt").read_text().split()
STATES = ("Holds", "Set", "Document", "Does not apply", "Missing in part", "Missing")
NUMBER = re.compile(r"\b\d+\.\d+\.\d+\b")
RANGE = re.compile(r"(\d+\.\d+\.\d+) to (\d+\.\d+\.\d+)")


@cache
def rows() -> list[tuple[str, str, str]]:
    """Line, state and where of each row, head and rule of its tables left out."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text().splitlines()]
    return [(row[0], row[1], row[2]) for row in cells if len(row) == 3 and NUMBER.match(row[0])]


def lines_of(words: str) -> Iterator[str]:
    """The numbers that a cell names: "7.2.1 to 7.2.3" is three."""
    for first, last in RANGE.findall(words):
        yield from LINES[LINES.index(first) : LINES.index(last) + 1]
    yield from NUMBER.findall(RANGE.sub("", words))


def test_each_line_stands_there_once() -> None:
    """A line that was forgotten looks like one that was gone through."""
    said = Counter(line for words, _state, _where in rows() for line in lines_of(words))
    assert {line: number for line, number in said.items() if number > 1} == {}
    assert said.keys() ^ set(LINES) == set()
    assert len(LINES) == 253


def test_each_state_is_one_of_six_and_is_counted_at_the_head() -> None:
    """Whoever reads the head alone must not be told better than it is."""
    found = dict.fromkeys(STATES, 0)
    for words, state, _where in rows():
        assert state in STATES, words
        found[state] += len([*lines_of(words)])
    head = dict(re.findall(r"^\| ([A-Za-z ]+) \| (\d+) \|", PAGE.read_text().partition("\n## ")[0], re.MULTILINE))
    assert {state: int(number) for state, number in head.items()} == found


def test_what_is_named_is_there() -> None:
    """A test that was renamed proves nothing; a state that says nothing proves less."""
    there = {path.name for path in (ROOT / "tests").rglob("*.py")}
    for words, state, where in rows():
        named = re.findall(r"`((?:\w[\w.-]*/)*[\w-]+\.(?:py|conf|env))`|`(tests/[\w/]+)`", where)
        for name in (one or other for one, other in named):
            assert (ROOT / name).exists() or ("/" not in name and name in there), f"{words}: {name}"
        if state == "Holds":
            assert "tests/" in where or "make check" in where or "(ruff S" in where or "tests send" in where, words
        if state == "Document":
            assert "](" in where, words
