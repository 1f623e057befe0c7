"""What bench/deploys.py follows is what stands in docs/deploy.md: a step it passes over would be one nobody tried."""

import re
from pathlib import Path

import pytest

from bench import deploys
from bench.beside import machine
from diversion.embedded.places import CHECKOUT

DOCUMENT = (CHECKOUT / "docs/deploy.md").read_text()


def test_every_block_and_every_line_of_the_document_is_known() -> None:
    """And nothing is known that stands there no more: it would be told as tried."""
    found = list(deploys.doings(DOCUMENT))
    assert [words for _step, words, does in found if does is None] == []
    assert len(found) == len(deploys.BLOCKS) + len(deploys.ITEMS) + len(deploys.BY_HAND)


def test_a_step_that_is_not_known_is_said_so() -> None:
    told = DOCUMENT.replace("systemctl start diversion-prepare", "make tables").replace("Lee approves", "Kit approves")
    unknown = [words for _step, words, does in deploys.doings(told) if does is None]
    assert unknown == ["make tables", "Kit approves the officers on *Account changes*."]


def test_only_what_is_there_is_done_otherwise() -> None:
    """A swap whose words have changed would leave the document's address as it is, and say that it is replaced."""
    samples = (path for path in (CHECKOUT / "deploy").rglob("*") if path.suffix in (".env", ".conf"))
    texts = [DOCUMENT, *(path.read_text() for path in samples)]
    missing = [
        pattern for pattern, _instead, _why in deploys.SWAPS if not any(re.search(pattern, one) for one in texts)
    ]
    assert missing == []


@pytest.mark.parametrize(("name", "owner"), [("diversion-prepare", True), ("diversion-web", False)])
def test_a_unit_is_given_its_settings_in_the_order_of_systemd(tmp_path: Path, name: str, owner: bool) -> None:
    """Drop-ins come after their unit, by name, and of two files the later counts: `prepare` had an empty address of the
    owner, and refused. No other unit is given one."""
    machine.lay_out(tmp_path)
    (tmp_path / "hosts.json").write_text('{"one": {}}')
    deploy = CHECKOUT / "deploy"
    for command in (
        f"cp -r {deploy}/systemd/diversion-* {tmp_path}/etc/systemd/system",
        f"mkdir {tmp_path}/etc/diversion",
    ):
        machine.subprocess.run(["sh", "-c", command], check=True)
    for file in ("service.env", "owner.env"):
        (tmp_path / "etc/diversion" / file).write_text((deploy / file).read_text())
    given = machine.environment(tmp_path, machine.Unit(tmp_path, name, "one").said("EnvironmentFile"), "one")
    assert given["DIVERSION_ENV"] == "production"
    assert given["DATABASE_OWNER_URL"].startswith("postgresql://diversion_owner:") is owner
