#!/usr/bin/env python
"""Django's commands, with the embedded servers that each needs started before it and stopped after it."""

import os
import sys

from diversion.embedded import EmbeddedError, servers_for
from diversion.postgres.roles import declare_role
from diversion.postgres.wall import begin_as_service


def main() -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")
    declare_role(sys.argv)
    if sys.argv[1:2] != ["runserver"]:  # which answers pages
        begin_as_service()
    try:
        with servers_for(sys.argv):
            execute_from_command_line(sys.argv)
    except (EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
