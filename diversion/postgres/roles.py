"""Two roles. The owner makes and alters tables; the app role, which web and worker connect as, owns none of them.

Every process is the app's, except the commands named here.
"""

import os
from collections.abc import Sequence

VARIABLE = "DIVERSION_DATABASE_ROLE"
#: The commands that run as the owner from start to end. What needs the owner for a moment only (``prepare`` while it
#: migrates, ``flush``, the making of a test database) takes it with ``owner.as_owner()``.
OWNER_COMMANDS = frozenset(
    {"createcachetable", "dbshell", "first_administrator", "loaddata", "migrate", "pgtrigger"}
    | {"reseal_factors", "reset_second_factor"}
)


def declare_role(argv: Sequence[str]) -> None:
    """Note in the environment which role the command line ``argv`` (``manage.py`` first) connects as."""
    if len(argv) > 1 and argv[1] in OWNER_COMMANDS:
        os.environ[VARIABLE] = "owner"
    else:
        os.environ.pop(VARIABLE, None)


def is_owner_process() -> bool:
    """Whether this process connects as the owner."""
    return os.environ.get(VARIABLE) == "owner"
