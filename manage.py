#!/usr/bin/env python
"""Django's commands, with the embedded servers that each needs started before it and stopped after it."""

import os
import sys

from diversion.embedded import EmbeddedError, servers_for
from diversion.postgres.roles import declare_role


def main() -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")
    declare_role(sys.argv)
    try:
        with servers_for(sys.argv):
            execute_from_command_line(sys.argv)
    except (EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
