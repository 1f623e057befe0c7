"""What somebody may choose as a password: no word that a guesser tries first, and none that was found in a breach."""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from diversion.accounts import choosing
from diversion.accounts.choosing import LIST
from diversion.accounts.models import User
from diversion.demonstration.cast import PASSWORD
from diversion.management.doctor import _breaches
from tests.conftest import Cast
from tests.integration.test_production_settings import load_settings

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _uncounted() -> Iterator[None]:
    """Five passwords in a minute are all that somebody may choose."""
    cache.clear()
    yield
    cache.clear()


def chosen(client: Client, password: str) -> str:
    """ "" where it was taken, else what the page says against it."""
    given = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = client.post("/accounts/password/change/", given)
    return "" if answer.status_code == 302 else answer.content.decode()


def test_the_commonest_that_are_long_enough_are_among_them() -> None:
    """Of Django's own 20,000 only 187 had twelve characters: nothing was refused that a guesser would try."""
    words = gzip.decompress(LIST.read_bytes()).decode().split()
    assert len([word for word in words if len(word) >= 12]) == len(words) > 40_000


@pytest.mark.parametrize(
    "password", ["qwerty123456", "1qaz2wsx3edc", "LeaveMeAlone", "passwordpassword", "123456654321"]
)
def test_a_password_that_everybody_has_is_refused(password: str, cast: Cast, signed_in: SignIn) -> None:
    """Whoever tries a few on every account would open one."""
    assert "too common" in chosen(signed_in(cast["amara"]), password)


@pytest.mark.parametrize(
    "password", ["Diversion2026!", "P0l1ce-Avonford", "welcome.officer", "Avonford-Sergeant", "d1vers1on#12345"]
)
def test_words_of_the_service_are_no_password(password: str, cast: Cast, signed_in: SignIn) -> None:
    """They are what somebody who knows where we work tries first."""
    assert "words of this service" in chosen(signed_in(cast["amara"]), password)


@pytest.mark.parametrize(
    "password", ["the officer drank cold tea", "diversion by larch and rowan", "eleven quiet herons"]
)
def test_such_a_word_among_others_is_no_fault(password: str, cast: Cast, signed_in: SignIn) -> None:
    """A rule too many has people write their password down."""
    assert chosen(signed_in(cast["amara"]), password) == ""


def test_every_breach_is_looked_through_where_its_files_are_laid(
    cast: Cast, signed_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    """A pass phrase that was used elsewhere is tried here, however long."""
    password = "eleven quiet herons"
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    settings.BREACHED_PASSWORDS = str(tmp_path)
    (tmp_path / f"{digest[:5]}.txt").write_text(f"{'0' * 35}:3\n{digest[5:]}:12\n")
    assert "found in a breach" in chosen(signed_in(cast["amara"]), password)
    (tmp_path / f"{digest[:5]}.txt").write_text(f"{'0' * 35}:3\n")
    assert chosen(signed_in(cast["amara"]), password) == ""


def test_a_file_of_breaches_that_is_missing_keeps_nobody_from_setting_a_password(
    cast: Cast, signed_in: SignIn, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They saw an error page, and whoever runs the service learnt of it from them."""
    settings.BREACHED_PASSWORDS = str(tmp_path)
    assert chosen(signed_in(cast["amara"]), "eleven quiet herons") == ""
    assert "was not looked for in breaches" in caplog.text
    assert "herons" not in caplog.text
    for name in ("00000.txt", "FFFFF.txt", "0000A.txt.part"):
        (tmp_path / name).touch()
    assert choosing.missing_breaches() == 1_048_574
    (line,) = [one.line for one in _breaches()]
    assert line.startswith("MEND  Passwords are looked for in breaches: 1,048,574 of the 1,048,576 files")


@pytest.mark.parametrize(
    "password", [" " * 14, "\u200b" * 14, "\u3164" * 14, "aaaa aaaa aaaa", "ab \u200b \u200b \u200b ba"]
)
def test_what_can_hardly_be_seen_is_no_password(password: str, cast: Cast, signed_in: SignIn) -> None:
    """Whoever leans on the space bar would open the account, and its owner could not tell why."""
    assert "fewer than five different characters" in chosen(signed_in(cast["amara"]), password)


def test_a_folder_of_breaches_that_is_not_whole_stops_the_start(tmp_path: Path) -> None:
    """Somebody would choose a password on the first day, and see an error page."""
    assert "lacks 00000.txt" in load_settings(BREACHED_PASSWORDS=str(tmp_path)).stderr
