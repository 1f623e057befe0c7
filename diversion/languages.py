"""Which languages pages are offered in: English, and each other one into which everything is translated.

A browser that asks for a language offered gets its dates and Django's own messages in it at once. Without our sentences
beside them the page would be in two languages, and its ``lang`` would have a screen reader say English as if it were
Welsh (WCAG 2.2, 3.1.1 and 3.1.2). Imports nothing of Django's, because the settings ask it.
"""

import ast
import gettext
import re
from dataclasses import dataclass
from pathlib import Path

ENGLISH = ("en-gb", "English")  # what the source is written in
OTHERS = {"cy": "Cymraeg"}
LINE = re.compile(r'^(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?) )?(".*")$')


@dataclass(frozen=True)
class Message:
    """One entry of a catalogue. ``is_translated`` only where all its forms are, and by somebody: fuzzy is a guess."""

    english: str
    plural: str
    context: str
    is_translated: bool


class _Missing(gettext.NullTranslations):
    """Answers for what a compiled catalogue does not hold."""

    def gettext(self, message: str) -> str:
        raise LookupError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise LookupError(msgid1)

    def pgettext(self, context: str, message: str) -> str:
        raise LookupError(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        raise LookupError(msgid1)


def offered(folder: Path) -> list[tuple[str, str]]:
    """Code and own name of each language to offer, English first; ``folder`` is one of LOCALE_PATHS."""
    return [ENGLISH, *((code, name) for code, name in OTHERS.items() if is_complete(catalogue(folder, code)))]


def catalogue(folder: Path, code: str) -> Path:
    return folder / code / "LC_MESSAGES" / "django.po"


def is_complete(path: Path) -> bool:
    """Whether every message of the catalogue at ``path`` is translated, and compiled beside it as Django reads it.

    That it holds every message of the source is held by ``manage.py check_files``.
    """
    compiled = path.with_suffix(".mo")
    if not path.is_file() or not compiled.is_file():
        return False
    found = messages(path.read_text(encoding="utf-8"))
    with compiled.open("rb") as file:
        read = gettext.GNUTranslations(file)
    read.add_fallback(_Missing())
    return bool(found) and all(one.is_translated and _holds(read, one) for one in found)


def _holds(read: gettext.GNUTranslations, one: Message) -> bool:
    try:
        if one.context and one.plural:
            read.npgettext(one.context, one.english, one.plural, 1)
        elif one.context:
            read.pgettext(one.context, one.english)
        elif one.plural:
            read.ngettext(one.english, one.plural, 1)
        else:
            read.gettext(one.english)
    except LookupError:
        return False
    return True


def messages(text: str) -> list[Message]:
    """The entries in the text of a catalogue, without its header and without what is no longer used."""
    entries = (_entry(block) for block in re.split(r"\n\s*\n", text))
    return [entry for entry in entries if entry and entry.english]


def _entry(block: str) -> Message | None:
    parts: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if match := LINE.match(line.strip()):
            name = match[1] or name
            parts[name] = parts.get(name, "") + ast.literal_eval(match[2])
    if "msgid" not in parts:
        return None
    translated = [text for key, text in parts.items() if key.startswith("msgstr")]
    is_fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines())
    is_translated = bool(translated) and all(translated) and not is_fuzzy
    return Message(parts["msgid"], parts.get("msgid_plural", ""), parts.get("msgctxt", ""), is_translated)
