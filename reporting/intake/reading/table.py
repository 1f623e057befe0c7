"""A table of rows, in whatever kind of file it came."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from reporting.intake.near import did_you_mean

#: (first line of the row, its fields, its text); in place of the fields, why it is no row at all.
Row = tuple[int, list[str] | str, str]
Progress = Callable[[int, float], None]
#: Few enough for their fields to stay in the processor's cache.
LINES_AT_ONCE = 200


class UnreadableFile(Exception):
    """A file of which nothing can be imported. The message says why and how to mend it."""


class Table:
    """The header and the rows of an open file; ``notes`` tell what was found out about how it is written."""

    #: How its text is written, as a reason names it.
    encoding = "UTF-8"

    def __init__(self, name: str, header: Sequence[str], notes: Iterable[str] = ()) -> None:
        self.name, self.header, self.notes = name, list(header), list(notes)

    @property
    def least(self) -> int:
        """How many fields there are up to the last column that has a name: what comes after it may be left out."""
        return max((place for place, name in enumerate(self.header, 1) if name), default=0)

    @property
    def share_read(self) -> float:
        """How much of the file has been read, 0 to 1, near enough to show progress."""
        raise NotImplementedError

    def chunks(self) -> Iterator[Iterable[Row]]:
        """Every row, some hundreds at a time. Blank lines have no fields."""
        raise NotImplementedError

    def places_of(self, columns: Sequence[str], mapping: str) -> list[int]:
        """Where each of ``columns`` stands in a row. UnreadableFile if the header lacks one, or has it twice."""
        missing = [column for column in columns if column not in self.header]
        if missing:
            near = did_you_mean(missing[0], set(self.header) - set(columns))
            raise UnreadableFile(
                f"{self.name} lacks {'the column' if len(missing) == 1 else 'the columns'} "
                f"{', '.join(map(repr, missing))}{near or '.'} Its header is: {', '.join(self.header)[:300]}. "
                f"Give a file with the columns of the mapping {mapping}, or another mapping."
            )
        check_no_column_twice(self.name, self.header, columns)
        return [self.header.index(column) for column in columns]


def check_no_column_twice(name: str, header: Sequence[str], columns: Iterable[str]) -> None:
    """UnreadableFile where one of ``columns`` stands in the header twice: nobody can tell which of them is meant."""
    if twice := sorted({column for column in columns if column and header.count(column) > 1}):
        raise UnreadableFile(f"{name} has two columns called '{twice[0]}': rename or remove one.")


def as_text(line: str) -> str:
    """A row as it stands in the file; bytes that are no text as ``\\xe9``."""
    plain = line.rstrip("\r\n")
    try:
        return plain.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return plain.encode("utf-8", "backslashreplace").decode("utf-8")
