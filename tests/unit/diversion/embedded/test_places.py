import os
from pathlib import Path

import pytest

from diversion.embedded.addresses import settled
from diversion.embedded.errors import EmbeddedError
from diversion.embedded.places import LONGEST_SOCKET_FOLDER, Places, ServerUser


def test_every_folder_is_closed_to_others(places: Places) -> None:
    """Another user of the machine could read people's data, or talk to the servers."""
    for folder in (places.local, places.locks, places.logs, places.sockets):
        assert folder.stat().st_mode & 0o777 == 0o700, folder


def test_sockets_stay_beside_the_data_where_their_name_is_short_enough(places: Places) -> None:
    """Sockets elsewhere would survive the removal of the checkout."""
    assert places.sockets == places.local / "run"


def test_a_long_path_gets_a_short_folder_for_sockets(local: str) -> None:
    """A checkout deep in somebody's folders would not start: the system refuses sockets with long names."""
    deep = Path(local).parent / ("deep" * 30) / "local"
    deep.parent.mkdir(mode=0o711)
    here = settled({"DIVERSION_LOCAL": str(deep)})
    try:
        assert len(os.fsencode(here.sockets)) <= LONGEST_SOCKET_FOLDER
        assert here.sockets.stat().st_mode & 0o777 == 0o700
        assert here.sockets != settled({"DIVERSION_LOCAL": local}).sockets
    finally:
        here.sockets.rmdir()


def test_a_socket_folder_laid_out_by_somebody_else_is_refused(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns the folder could put a server of their own behind our name and read what it is asked."""
    trap = places.local / "trap"
    trap.symlink_to("/tmp")
    with pytest.raises(EmbeddedError, match="belongs to another user"):
        places.private_folder(trap)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as another user")
def test_root_runs_the_servers_as_somebody_else(places: Places) -> None:
    """PostgreSQL refuses to run as root."""
    assert places.user.uid != 0
    assert places.local.stat().st_uid == places.user.uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as another user")
def test_root_keeps_to_the_user_whose_checkout_it_is(local: str) -> None:
    """Root at work once in somebody's checkout would otherwise lock its owner out of the database."""
    Path(local).mkdir(mode=0o700)
    os.chown(local, 1, 1)
    assert settled({"DIVERSION_LOCAL": local}).user == ServerUser(1, 1)
    assert (Path(local) / "settling.lock").stat().st_uid == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as another user")
def test_under_a_closed_folder_the_data_moves_outside_and_the_folder_stays_closed(
    local: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening /root to everybody is not ours to do, and PostgreSQL's user cannot walk through it closed."""
    outside = Path(local).parent / "outside"
    monkeypatch.setattr("diversion.embedded.places.OUTSIDE", outside)
    closed = Path(local).parent / "closed"
    closed.mkdir(mode=0o700)
    here = settled({"DIVERSION_LOCAL": str(closed / "local")})
    assert closed.stat().st_mode & 0o777 == 0o700
    assert here.home.parent == outside
    assert here.home.stat().st_mode & 0o777 == 0o700
    assert settled({"DIVERSION_LOCAL": str(closed / "local")}).home == here.home


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as another user")
def test_data_that_can_no_longer_be_reached_is_not_silently_replaced_by_an_empty_database(local: str) -> None:
    """Somebody who closes a parent folder would think that their data had gone."""
    closed = Path(local).parent / "closed"
    (closed / "local" / "postgres").mkdir(parents=True)
    closed.chmod(0o700)
    with pytest.raises(EmbeddedError, match="open the parent folders"):
        settled({"DIVERSION_LOCAL": str(closed / "local")})
