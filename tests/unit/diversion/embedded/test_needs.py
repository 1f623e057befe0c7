import pytest

from diversion.embedded.needs import servers_needed


@pytest.mark.parametrize(
    "words", ["", "help", "--version", "import_facts --help", "check", "collectstatic --noinput", "check_files"]
)
def test_what_needs_no_server_starts_none(words: str) -> None:
    """Asking for help should not take a database."""
    assert servers_needed(["manage.py", *words.split()]) == ()


@pytest.mark.parametrize("words", ["migrate", "makemigrations --check", "check --database default", "dbshell"])
def test_what_never_queues_starts_postgresql_alone(words: str) -> None:
    """Redis for a migration is time lost."""
    assert servers_needed(["manage.py", *words.split()]) == ("postgres",)


@pytest.mark.parametrize("words", ["runserver", "shell", "import_facts FILE", "a_command_of_next_year"])
def test_anything_else_has_both(words: str) -> None:
    """A new command that queues must work without being named anywhere."""
    assert servers_needed(["manage.py", *words.split()]) == ("postgres", "redis")
