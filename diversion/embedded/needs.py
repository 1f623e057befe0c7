"""Which commands need which servers. What is not named here gets both: a server too many costs a fifth of a second."""

from collections.abc import Sequence

BOTH = ("postgres", "redis")
NOTHING = frozenset(
    {
        "check_files",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "startapp",
        "version",
    }
)
DATABASE_ONLY = frozenset({"check", "createsuperuser", "dbshell", "flush", "inspectdb", "makemigrations", "migrate"})
DATABASE_ONLY |= {"showmigrations", "sqlmigrate"}


def servers_needed(argv: Sequence[str]) -> tuple[str, ...]:
    """The embedded servers that the command line ``argv`` (``manage.py`` first) talks to."""
    command = argv[1] if len(argv) > 1 else "help"
    if command.startswith("-") or command in NOTHING or {"-h", "--help"} & set(argv[2:]):
        return ()
    if command == "check" and "--database" not in argv:
        return ()
    return ("postgres",) if command in DATABASE_ONLY else BOTH
