from pathlib import Path

from diversion.embedded.locks import EXCLUSIVE, SHARED, Lock, holding


def test_users_share_and_the_keeper_waits_for_the_last(tmp_path: Path) -> None:
    """A keeper that stops while somebody still uses the server cuts them off in the middle of their work."""
    first, second, keeper = (Lock(tmp_path / "users") for _ in range(3))
    first.take(SHARED)
    second.take(SHARED)
    first.release()
    assert not keeper.attempt(EXCLUSIVE)
    second.release()
    assert keeper.attempt(EXCLUSIVE)


def test_a_held_lock_is_not_free(tmp_path: Path) -> None:
    """Two keepers of one server would start it twice over the same data."""
    with holding(tmp_path / "lock"):
        assert not Lock(tmp_path / "lock").is_free()
    assert Lock(tmp_path / "lock").is_free()


def test_lock_files_are_closed_to_others(tmp_path: Path) -> None:
    """Another user of the machine could hold the lock and stop the service from starting."""
    with holding(tmp_path / "lock"):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
