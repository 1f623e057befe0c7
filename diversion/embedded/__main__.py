"""``python -m diversion.embedded COMMAND…`` runs any command with the embedded servers and their addresses."""

import subprocess
import sys

from diversion.embedded import EmbeddedError, servers_for

if __name__ == "__main__":
    try:
        with servers_for(["", sys.argv[0]]):
            sys.exit(subprocess.call(sys.argv[1:]))
    except EmbeddedError as error:
        sys.exit(str(error))
