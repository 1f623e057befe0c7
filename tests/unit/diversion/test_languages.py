"""A language is offered when everything is translated into it, and no sooner."""

import struct
from pathlib import Path

import pytest

from diversion.languages import ENGLISH, catalogue, messages, offered

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=n!=1;\\n"\n'
)
WHOLE = """
#: templates/page.html:3
msgid "Save"
msgstr "Cadw"

msgid ""
"A case waits "
"for you."
msgstr ""
"Mae achos yn "
"aros amdanoch."

msgid "%(n)d day"
msgid_plural "%(n)d days"
msgstr[0] "%(n)d diwrnod"
msgstr[1] "%(n)d o ddiwrnodau"

msgctxt "month"
msgid "May"
msgstr "Mai"

#~ msgid "Gone"
#~ msgstr ""
"""
COMPILED = {
    "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n!=1;\n",
    "Save": "Cadw",
    "A case waits for you.": "Mae achos yn aros amdanoch.",
    "%(n)d day\0%(n)d days": "%(n)d diwrnod\0%(n)d o ddiwrnodau",
    "month\4May": "Mai",
}


def compiled(entries: dict[str, str]) -> bytes:
    """A catalogue as GNU msgfmt compiles it: magic, version, number, two tables of lengths and places, the texts."""
    pairs = [(key.encode(), value.encode()) for key, value in sorted(entries.items())]
    texts, tables = b"", ([], [])
    start = 28 + 16 * len(pairs)
    for table, column in zip(tables, zip(*pairs, strict=True), strict=True):
        for text in column:
            table.append(struct.pack("<II", len(text), start + len(texts)))
            texts += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + b"".join(tables[0] + tables[1]) + texts


@pytest.fixture
def welsh(tmp_path: Path) -> Path:
    """A whole Welsh catalogue."""
    path = catalogue(tmp_path, "cy")
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + WHOLE)
    path.with_suffix(".mo").write_bytes(compiled(COMPILED))
    return path


def test_a_whole_catalogue_is_offered_by_its_own_name(welsh: Path, tmp_path: Path) -> None:
    """Otherwise a translation would be finished, and nobody would ever see it."""
    assert offered(tmp_path) == [ENGLISH, ("cy", "Cymraeg")]


def test_without_a_catalogue_there_is_english_alone(tmp_path: Path) -> None:
    """Django has Welsh of its own: offered beside our English it makes a page in two languages."""
    assert offered(tmp_path) == [ENGLISH]


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ('msgid "Save"\nmsgstr "Cadw"', 'msgid "Save"\nmsgstr ""'),
        ('msgid "Save"\nmsgstr "Cadw"', '#, python-format, fuzzy\nmsgid "Save"\nmsgstr "Cadw"'),
        ('msgstr[1] "%(n)d o ddiwrnodau"', 'msgstr[1] ""'),
        ('"Mae achos yn "\n"aros amdanoch."', '""'),
        ('msgctxt "month"\nmsgid "May"\nmsgstr "Mai"', 'msgctxt "month"\nmsgid "May"\nmsgstr ""'),
        (WHOLE, ""),
    ],
    ids=["empty", "fuzzy", "one plural", "several lines", "with a context", "nothing but a header"],
)
def test_a_half_translated_catalogue_is_not_offered(welsh: Path, tmp_path: Path, found: str, left: str) -> None:
    """One sentence in English on a page that says it is Welsh is read out as Welsh, and understood by nobody."""
    whole = welsh.read_text()
    assert found in whole
    welsh.write_text(whole.replace(found, left))
    assert offered(tmp_path) == [ENGLISH]


@pytest.mark.parametrize("lost", [key for key in COMPILED if key])
def test_what_is_not_compiled_is_not_offered(welsh: Path, tmp_path: Path, lost: str) -> None:
    """Django reads what was compiled: a translation that was only typed is not on the page."""
    left = {key: value for key, value in COMPILED.items() if key != lost}
    welsh.with_suffix(".mo").write_bytes(compiled(left))
    assert offered(tmp_path) == [ENGLISH]


def test_a_catalogue_never_compiled_is_not_offered(welsh: Path, tmp_path: Path) -> None:
    """As above, for all of it at once."""
    welsh.with_suffix(".mo").unlink()
    assert offered(tmp_path) == [ENGLISH]


def test_a_translation_may_be_the_same_as_the_english(welsh: Path, tmp_path: Path) -> None:
    """Names such as that of the service are: the language must not wait for them for ever."""
    welsh.write_text(welsh.read_text() + '\nmsgid "Diversion"\nmsgstr "Diversion"\n')
    welsh.with_suffix(".mo").write_bytes(compiled(COMPILED | {"Diversion": "Diversion"}))
    assert ("cy", "Cymraeg") in offered(tmp_path)


def test_entries_are_read_as_they_are_written(welsh: Path) -> None:
    """An entry that is not read cannot be missed."""
    assert [one.english for one in messages(welsh.read_text())] == [
        "Save",
        "A case waits for you.",
        "%(n)d day",
        "May",
    ]
