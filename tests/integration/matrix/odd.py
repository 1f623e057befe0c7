"""What no officer types and somebody sends all the same: values, ways to spoil a form with them, and odd files."""

import io
import zipfile
from collections.abc import Collection
from functools import cache
from random import Random
from typing import Any
from urllib.parse import quote_plus

from tests.factories.files import picture

#: Stands in words that would be a tag, or leave an attribute, where a page showed them as they were typed.
TAG, OUT_OF_ATTRIBUTE = "<zq9", "zqon=1"
MARKUP = f"""\"'>{TAG} {OUT_OF_ATTRIBUTE}>'{OUT_OF_ATTRIBUTE} "{OUT_OF_ATTRIBUTE} </textarea></script>{TAG}>"""
Pairs = list[tuple[str, str]]

LETTERS = (
    "\x00", "a\x00b", "\ud800", "x\udfffy", "\u202egnitirw\u202c", "\u2066\u2069", "\u200b", "Z\u200doe", "\ufeff",
    "e" + "\u0301" * 400, "\U0010ffff", "\ufffe", "\u2028a\u2029", "\x1b[2J\x07", "\x7f\x85\x1c", "\x0c", " ",
    "\t\r\n", "\u00a0\u3000", "\ufdfa" * 40, "\u0130\u00df\u0149", "\U0001f600" * 60, "\u0661\u0662", "\r",
    "line\rline\nline\r\nline",
)  # fmt: skip
LENGTHS = (101, 256, 301, 1_001, 5_001, 20_001, 70_000)
NUMBERS = (
    "-1", "0", "1", "2", "1.5", "1,000", "1_000", "+1", " 1 ", "01", "1e5", "1e309", "NaN", "nan", "inf", "-inf",
    "Infinity", "\u00b2", "\u0663", "0x10", "9" * 60, "9" * 5000, "2147483647", "2147483648", "-2147483649",
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "32768", "1e-400", "0.1" + "0" * 200 + "1",
    "1000000", "999999",
)  # fmt: skip
DAYS = (
    "31 2 2026", "29 2 2025", "1 1 0001", "1 1 1", "31 12 9999", "1 1 0000", "0001-01-01", "9999-12-31",
    "99999-01-01", "2026-W01-1", "20260610", "1 1 99999999999", "\u00b2 \u00b2 2026", "-1 -1 -1", "1/1/1900",
    "31/12/1899", "10 6 2126", "2026-13", "2026-00", "9999-12", "0001-01", "24:00", "99:99", "-1:00", "10:30:61",
    "23:59:59.999999", "25.61", "2026-06-10T25:00", "2026-03-29 01:30", "2026-10-25 01:30", "today", "1 \u0663 2026",
    "1 Smarch 2026", "9999-Q4", "1-Q1",
)  # fmt: skip
WORDS = (
    MARKUP, "<script>alert(1)</script>", "javascript:alert(1)", "<img src=x onerror=alert(1)>", "' OR '1'='1", "\\",
    "\"", "'", "'; DROP TABLE cases_case; --", "1 UNION SELECT NULL, NULL --", "1; SELECT pg_sleep(0)",
    "%' ESCAPE '\\", "%", "_", "%%%s%n", "{{ 7 * 7 }}", "{% debug %}", "{0.__class__}", "%(name)s",
    "${jndi:ldap://localhost/a}", "../../../etc/passwd", "%00", "%2e%2e%2f", "a\r\nSet-Cookie: zq=1", "<!--", "]]>",
    "&lt;&amp;&#0;", "=1+1", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "null", "true",
    "undefined", "[]", "[[]]", '{"$gt": ""}', "None", "on", "(", ")", "[", "*", "?", ".*", "(a+)+$", "a" * 40 + "!",
    "//localhost/", "https://localhost/", "file:///etc/passwd", ";", ",", ":", ",,,:::", "~", "#", "a:b:c",
    "offered_of_considered:of", "offered_of_considered:zq", "-date", "--", "csv", "DV-0000-0000",
)  # fmt: skip
KINDS = (LETTERS, NUMBERS, DAYS, WORDS)
#: Of how many values each is markup: in every place where a value is shown.
MARKED = 0.15


def value(chance: Random) -> str:
    """One odd value."""
    kind = chance.random()
    if kind > 1 - MARKED:
        return MARKUP
    if kind < 0.06:
        return chance.choice(("x", "x ", "\u00e9", "9", "<", "'", "=", "a,", "1 ")) * chance.choice(LENGTHS)
    if kind < 0.12:
        return "".join(chance.choice(chance.choice(KINDS)) for _ in range(2))
    return chance.choice(chance.choice(KINDS))


def words(chance: Random) -> str:
    """What may be typed into a box for words, and be saved."""
    return MARKUP if chance.random() < MARKED else chance.choice(chance.choice((LETTERS, WORDS)))


def spoilt(pairs: Pairs, others: list[str], boxes: Collection[str], chance: Random) -> Pairs:
    """``pairs`` with something odd done to them: here and there, to many, or to the ``boxes`` for words alone, so that
    it is saved. ``others``: names that are read as well.
    """
    how, share = chance.random(), chance.choice((0.3, 0.6, 1.0))
    if how < 0.25 and boxes:
        return [(name, words(chance) if name in boxes and chance.random() < 0.8 else kept) for name, kept in pairs]
    found = [*pairs, *((one, value(chance)) for one in others if chance.random() < 2 / (2 + len(others)))]
    if how < 0.6:
        found = [(name, value(chance) if chance.random() < share else kept) for name, kept in found]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        found = chance.choices(DOINGS, HOW_OFTEN)[0](found, chance) if found else [("q", value(chance))]
    return found


def _replaced(pairs: Pairs, chance: Random) -> Pairs:
    at = chance.randrange(len(pairs))
    return [*pairs[:at], (pairs[at][0], value(chance)), *pairs[at + 1 :]]


def _left_out(pairs: Pairs, chance: Random) -> Pairs:
    at = chance.randrange(len(pairs))
    return [*pairs[:at], *pairs[at + 1 :]]


def _repeated(pairs: Pairs, chance: Random) -> Pairs:
    name = chance.choice(pairs)[0]
    return [*pairs, *((name, value(chance)) for _ in range(chance.choice((1, 2, 30))))]


def _swapped(pairs: Pairs, chance: Random) -> Pairs:
    (one, first), (two, second) = chance.choice(pairs), chance.choice(pairs)
    return [
        (one, second) if pair == (one, first) else (two, first) if pair == (two, second) else pair for pair in pairs
    ]


def _as_list(pairs: Pairs, chance: Random) -> Pairs:
    at = chance.randrange(len(pairs))
    name, kept = pairs[at]
    return [
        *pairs[:at],
        (name + chance.choice(("[]", "[0]", ".x", "-0", " ", "\x00", "\ud800")), kept),
        *pairs[at + 1 :],
    ]


def _only(pairs: Pairs, chance: Random) -> Pairs:
    return [chance.choice(pairs)]


def _none(pairs: Pairs, chance: Random) -> Pairs:
    return []


def _many(pairs: Pairs, chance: Random) -> Pairs:
    return [*pairs, *((f"zq{number}", "1") for number in range(1_001))]


DOINGS: Any = (_replaced, _left_out, _repeated, _swapped, _as_list, _only, _none, _many)
HOW_OFTEN = (70, 8, 8, 6, 4, 2, 1, 0.3)


def encoded(pairs: Pairs) -> bytes:
    """As a browser writes a form into an address or a body; half of a pair of surrogates as bytes that are no UTF-8."""
    return "&".join(
        f"{quote_plus(name.encode('utf-8', 'surrogatepass'))}={quote_plus(kept.encode('utf-8', 'surrogatepass'))}"
        for name, kept in pairs
    ).encode()


BOUNDARY = "zqBoundary"
FORM, PARTS = "application/x-www-form-urlencoded", f"multipart/form-data; boundary={BOUNDARY}"
HEAD = b"--zqBoundary\r\nContent-Disposition: form-data"
BROKEN: tuple[tuple[str, bytes], ...] = (
    (FORM, b"%"), (FORM, b"%ff%fe=%ff"), (FORM, b"\xff\xfe=\xff"), (FORM, b"a=b;c=d"), (FORM, b"==&&&=&"),
    (FORM, b"%u0041=%u"), ("application/json", b'{"a": [1]}'), ("application/json", b"{"), ("text/plain", b"a"),
    ("", b"a=b"), ("zq/\x00", b"a=b"), ("multipart/form-data", b"--x\r\n"),
    ("multipart/form-data; boundary=", b"--\r\n"), (PARTS, b""), (PARTS, b"--zqBoundary"),
    ("multipart/form-data; boundary=" + "b" * 300, b"--b"), (PARTS, b"--zqBoundary\r\n\r\nx\r\n--zqBoundary--\r\n"),
    (PARTS, HEAD + b'; name="q"\r\n\r\nno end'),
    (PARTS, HEAD + b'; name="\x00"; filename="\x00"\r\n\r\nx\r\n--zqBoundary--\r\n'),
    (PARTS, HEAD + b"\r\n\r\nx\r\n--zqBoundary--\r\n"),
    (PARTS, HEAD + b"; name=q\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--zqBoundary--"),
    (PARTS, HEAD + b"; name*=utf-9''%ff\r\n\r\nx\r\n--zqBoundary--\r\n"),
    (PARTS, b"--zqBoundary\r\n" + b"X: y\r\n" * 3_000 + b"\r\n\r\n--zqBoundary--"),
    (PARTS, HEAD + b'; name="q"\r\nContent-Type: text/plain; charset=rot13\r\n\r\nx\r\n--zqBoundary--'),
)  # fmt: skip


def in_parts(pairs: Pairs, files: list[str], chance: Random) -> bytes:
    """A form with files, as a browser sends it; now and then broken off."""
    parts = [_part(name, kept.encode("utf-8", "surrogatepass"), "") for name, kept in pairs]
    parts += [_part(name, file(chance), chance.choice(FILE_NAMES)) for name in files]
    whole = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return whole if chance.random() < 0.9 else whole[: chance.randrange(len(whole))]


def _part(name: str, content: bytes, file_name: str) -> bytes:
    named = f'; filename="{file_name}"' if file_name else ""
    shown = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{shown}"{named}\r\n\r\n'
    return head.encode("utf-8", "surrogatepass") + content + b"\r\n"


FILE_NAMES = (
    "a.png",
    "a.pdf",
    "a.exe",
    "a.csv",
    "../../a.png",
    "a\x00.png",
    "<zq9>.png",
    "\u202egnp.exe",
    ".",
    "x" * 400,
)


def file(chance: Random) -> bytes:
    """A file that is empty, not what it seems, packed beyond measure, broken off or damaged."""
    return chance.choice((_damaged, _damaged, _cut, _seeming))(chance)


def _damaged(chance: Random) -> bytes:
    content = bytearray(chance.choice((picture(), pdf())))
    for _ in range(chance.choice((1, 3, 20))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def _cut(chance: Random) -> bytes:
    content = chance.choice((picture(), pdf()))
    return content[: chance.randrange(len(content))]


def _seeming(chance: Random) -> bytes:
    made = (bomb(), picture() + b"PK" + b"\x00" * 100, b"MZ" * 500, b"x" * 9_000_000)
    return chance.choice((*SEEMING, *made))


SEEMING = (
    b"", b"\x00", b"a,b\n1,\x00\n", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"PK\x03\x04",
    b"<svg onload=zq/>", b"\x89PNG\r\n\x1a\n" + b"\xff" * 99,
)  # fmt: skip


@cache
def bomb() -> bytes:
    """Some kilobytes that unpack to 20 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\x00" * 20_000_000)
    return packed.getvalue()


@cache
def pdf() -> bytes:
    from pypdf import PdfWriter

    writer, content = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=100, height=100)
    writer.write(content)
    return content.getvalue()
