"""What kind of file it is, by its first bytes: names are not to be trusted."""

import re

from reporting.intake.reading.table import UnreadableFile

#: How much of a file is looked at.
HEAD = 64 * 1024
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
UTF_8_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")

UNPACK = "unpack it and give the file in it"
SAVE = "save it as CSV in UTF-8, or as .xlsx"
#: First bytes, what such a file is, and how to mend it.
NO_TABLES = (
    (EMPTY_ZIP, "an empty zip archive", UNPACK),
    (b"BZh", "packed with bzip2", UNPACK),
    (b"\xfd7zXZ\x00", "packed with xz", UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard", UNPACK),
    (b"\x1f\x9d", "packed with compress", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"PAR1", "a Parquet file", SAVE),
    (b"ORC", "an ORC file", SAVE),
    (b"Obj\x01", "an Avro file", SAVE),
    (b"ARROW1", "an Arrow file", SAVE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file (.xls), or a workbook with a password", SAVE),
    (b"%PDF", "a PDF", "ask for the figures as CSV or as a spreadsheet"),
    (b"SQLite format 3\x00", "an SQLite database", SAVE),
    (b"$FL2", "an SPSS file", SAVE),
    (b"<stata_dta>", "a Stata file", SAVE),
    (b"\xff\xfe\x00\x00", "written in UTF-32", SAVE),
    (b"\x00\x00\xfe\xff", "written in UTF-32", SAVE),
)
#: Bytes that no text has many of.
CONTROLS = [bytes([number]) for number in range(32) if number not in b"\t\n\r\x0c\x1b"]
MARKUP = (
    (b"<!doctype html", "a web page, perhaps one that says why there is no file", "fetch the file itself"),
    (b"<html", "a web page, perhaps one that says why there is no file", "fetch the file itself"),
    (b"<?xml", "an XML document", SAVE),
)


def refuse_what_is_no_table(head: bytes, name: str, encoding: str) -> None:
    """UnreadableFile for a file that begins with ``head`` and holds no rows of text; ``encoding`` is the mapping's."""
    start = head.lstrip()[:20].lower()
    for sign, what, mend in NO_TABLES:
        if head.startswith(sign):
            raise UnreadableFile(f"{name} is {what}: {mend}.")
    for sign, what, mend in MARKUP:
        if start.startswith(sign):
            raise UnreadableFile(f"{name} is {what}: {mend}.")
    if not head.startswith(UTF_16_MARKS) and not encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        _refuse_other_widths(head, name)


def _refuse_other_widths(head: bytes, name: str) -> None:
    """Text in UTF-16 or UTF-32 without its mark has a NUL beside each plain letter."""
    share = [_share_of_nul(head[place : HEAD // 4 : 4]) for place in range(4)]
    wide = sum(part > 0.5 for part in share)
    if wide == 3:
        raise UnreadableFile(f"{name} is written in UTF-32: {SAVE}.")
    if wide == 2:
        named = "utf-16-le" if share[1] > 0.5 else "utf-16-be"
        raise UnreadableFile(
            f'{name} is written in UTF-16 without a mark that says so: write encoding = "{named}" under [file] in the '
            f"mapping, or {SAVE}."
        )
    if sum(map(head.count, CONTROLS)) > max(len(head) * 0.05, 100):
        raise UnreadableFile(
            f"{name} is not text: it is full of NUL or control bytes. Give a CSV file or a spreadsheet."
        )


def _share_of_nul(part: bytes) -> float:
    return part.count(0) / len(part) if part else 0.0


def encoding_of(head: bytes, named: str) -> str:
    """The codec of a text that begins with ``head``: its mark says it, else the mapping, else it is UTF-8."""
    if head.startswith(UTF_16_MARKS):
        return "utf-16"
    if head.startswith(UTF_8_MARK) or not named:
        return "utf-8-sig"
    return named


def is_json(head: bytes, encoding: str) -> bool:
    """Whether a text begins with an object or a list of JSON; no header of columns begins so."""
    start = head.decode(encoding, "ignore").lstrip("\ufeff \r\n\t")[:200]
    return re.match(r'(\[\s*)?\{\s*("|\}|$)', start) is not None
