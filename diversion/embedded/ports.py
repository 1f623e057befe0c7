"""Whether the port for the web server is free; ``python -m diversion.embedded.ports`` looks at ``PORT``."""

import os
import socket
import sys

from diversion.embedded.errors import EmbeddedError

DEFAULT_PORT = 8000
LOOPBACK = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}


def chosen_port() -> int:
    """The port in ``PORT``. Raises EmbeddedError if it is none."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise EmbeddedError(f"PORT is {text!r}: set it to a number between 1 and 65535, as in `PORT=8001 make run`.")
    return int(text)


def free_addresses(port: int) -> list[str]:
    """The loopback addresses to listen on at ``port``: both, where the machine has IPv6.

    Raises EmbeddedError if another program listens there already.
    """
    addresses = [address for address in LOOPBACK if _exists(address)]
    if not all(_is_free(address, port) for address in addresses):
        raise EmbeddedError(
            f"Port {port} is taken by another program: stop that one, or choose another port, "
            f"as in `PORT={_free_port_after(port)} make run`."
        )
    return addresses


def _exists(address: str) -> bool:
    return _is_free(address, 0)


def _is_free(address: str, port: int) -> bool:
    with socket.socket(LOOPBACK[address], socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((address, port))
        except PermissionError:
            raise EmbeddedError(
                f"Port {port} is for the machine's own services: choose one above 1023, as in `PORT=8000 make run`."
            ) from None
        except OSError:
            return False
    return True


def _free_port_after(port: int) -> int:
    later = (number for number in range(port + 1, 65536) if _is_free("127.0.0.1", number))
    return next(later, DEFAULT_PORT)


if __name__ == "__main__":
    try:
        free_addresses(chosen_port())
    except EmbeddedError as error:
        sys.exit(str(error))
