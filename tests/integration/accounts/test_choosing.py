"""What somebody may choose as a password: no word that a guesser tries first, and none that was found in a breach."""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from diversion.accounts.choosing import LIST
from diversion.accounts.models import User
from diversion.demonstration.cast import PASSWORD
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


def test_a_folder_of_breaches_that_is_not_whole_stops_the_start(tmp_path: Path) -> None:
    """Somebody would choose a password on the first day, and see an error page."""
    assert "lacks 00000.txt" in load_settings(BREACHED_PASSWORDS=str(tmp_path)).stderr
