import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from diversion import environment


@pytest.mark.parametrize("value", ["true", "1", "yes", ""])
def test_a_boolean_is_true_or_false_and_nothing_else(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """DEBUG=false read as true would show people's data in error pages."""
    monkeypatch.setenv("DEBUG", value)
    with pytest.raises(ImproperlyConfigured, match="set it to True or False"):
        environment.boolean("DEBUG", default=False)


def test_a_missing_setting_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever installs the service would otherwise meet a KeyError."""
    monkeypatch.delenv("SMTP", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SMTP is not set: set it"):
        environment.text("SMTP")


def test_a_choice_outside_the_list_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """DIVERSION_ENV=prod would otherwise run a force's service with development settings."""
    monkeypatch.setenv("DIVERSION_ENV", "prod")
    with pytest.raises(ImproperlyConfigured, match="one of development, test, production"):
        environment.choice("DIVERSION_ENV", ("development", "test", "production"), default="development")


def test_a_service_that_was_not_told_what_it_is_starts_for_developers_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host whose file of settings was not read would open a force's records to the demonstration's passwords."""
    monkeypatch.delenv("DIVERSION_ENV", raising=False)
    with pytest.raises(ImproperlyConfigured, match=r"DIVERSION_ENV is not set.*: set it to production"):
        environment.kind_of_service(tmp_path)  # what `make bundle` packs has no tests
    (tmp_path / "tests").mkdir()
    assert environment.kind_of_service(tmp_path) == "development"
    monkeypatch.setattr(os, "access", lambda *_: False)  # root's code, which the service's user only reads
    with pytest.raises(ImproperlyConfigured, match="no checkout to develop in"):
        environment.kind_of_service(tmp_path)
    monkeypatch.setenv("DIVERSION_ENV", "production")
    assert environment.kind_of_service(tmp_path) == "production"


def test_a_number_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in a time limit must not become a default."""
    monkeypatch.setenv("IDLE", "15m")
    with pytest.raises(ImproperlyConfigured, match="whole number"):
        environment.integer("IDLE", default=15)


def test_a_number_that_is_too_small_is_named_with_the_least(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would have a day in which to answer, and the page that counts it be an error."""
    monkeypatch.setenv("ANSWER_DAYS", "0")
    with pytest.raises(ImproperlyConfigured, match="ANSWER_DAYS is 0: set it to 1 or more"):
        environment.integer("ANSWER_DAYS", default=2, least=1)


def test_a_generated_secret_is_kept_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Web and worker that start together must share one key, and nobody else may read it."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    path = tmp_path / "local" / "secret_key"
    with ThreadPoolExecutor() as together:
        keys = set(together.map(lambda _: environment.secret("SECRET_KEY", kept_in=path), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) > 50
    assert os.stat(path).st_mode & 0o077 == 0
    assert [entry.name for entry in path.parent.iterdir()] == ["secret_key"]


def test_production_makes_no_secret_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two machines with a key each would sign each other's users out."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE"):
        environment.secret("SECRET_KEY", kept_in=None)


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets mounted as files must not need a shell to read them."""
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert environment.secret("SECRET_KEY", kept_in=None) == "from a file"
