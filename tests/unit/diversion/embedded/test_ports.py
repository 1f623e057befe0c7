import socket
from collections.abc import Iterator

import pytest

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.ports import chosen_port, free_addresses


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_says_so_and_how_to_choose(taken_port: int) -> None:
    """Somebody whose port is taken needs to know what to type next."""
    with pytest.raises(EmbeddedError, match=rf"Port {taken_port} is taken .*`PORT=\d+ make run`"):
        free_addresses(taken_port)


def test_a_free_port_gives_the_loopback_address_and_nothing_wider() -> None:
    """The service must not be open to the network of whoever tries it out."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert set(free_addresses(port)) <= {"127.0.0.1", "::1"}
    assert "127.0.0.1" in free_addresses(port)


@pytest.mark.parametrize("text", ["eight thousand", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip of the finger in PORT should not end in a traceback."""
    monkeypatch.setenv("PORT", text)
    with pytest.raises(EmbeddedError, match="between 1 and 65535"):
        chosen_port()


def test_the_default_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """The README says 8000."""
    monkeypatch.delenv("PORT", raising=False)
    assert chosen_port() == 8000
