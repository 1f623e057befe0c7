"""The one file that a host installs: whose it is, what is in it, and that nothing of it was changed."""

import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command

from diversion.management import bundling

AS_PEM = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle of two files that is not sealed yet."""
    made = tmp_path / "made"
    (made / "code").mkdir(parents=True)
    (made / "code" / "manage.py").write_text("run()")
    (made / "code" / "manage.py").chmod(0o700)
    (made / "LICENCES.txt").write_text("MIT")
    return made


def test_its_sums_are_those_of_every_file(folder: Path) -> None:
    """Whoever looks into it later could not tell what was there from the beginning."""
    (folder / bundling.SUMS).write_text(bundling.sums(folder))
    check = ["sha256sum", "--check", "--quiet", bundling.SUMS]
    assert subprocess.run(check, cwd=folder, check=False).returncode == 0
    (folder / "code" / "manage.py").write_text("run(elsewhere)")
    assert subprocess.run(check, cwd=folder, check=False, capture_output=True).returncode == 1


def test_its_signature_is_of_the_whole_file(folder: Path, tmp_path: Path) -> None:
    """A file that is added beside the others would shadow a library, with every sum as it was."""
    key, target = Ed25519PrivateKey.generate(), tmp_path / "diversion-1.tar.gz"
    bundling.pack(folder, target)
    signature = bundling.sign(target, key.private_bytes(*AS_PEM)).read_bytes()
    key.public_key().verify(signature, target.read_bytes())
    (folder / "code" / "json.py").write_text("import elsewhere")
    bundling.pack(folder, target)
    with pytest.raises(InvalidSignature):
        key.public_key().verify(signature, target.read_bytes())


def test_two_of_one_commit_are_the_same(folder: Path, tmp_path: Path) -> None:
    """Nobody else could build it again and compare."""
    made = []
    for moment in (0, 10**9):
        for file in folder.rglob("*"):
            os.utime(file, (moment, moment))
        bundling.pack(folder, tmp_path / "diversion-1.tar.gz")
        made.append((tmp_path / "diversion-1.tar.gz").read_bytes())
    assert made[0] == made[1]


def test_a_key_that_cannot_sign_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    """Five minutes later there would be a file that nobody can check."""
    path = tmp_path / "key.pem"
    for words in (b"no key", ec.generate_private_key(ec.SECP256R1()).private_bytes(*AS_PEM)):
        path.write_bytes(words)
        with pytest.raises(CommandError, match="openssl genpkey"):
            call_command("bundle", out=tmp_path, key=path)
    with pytest.raises(CommandError):
        call_command("bundle", out=tmp_path, key=tmp_path / "nowhere.pem")


def test_the_file_tells_nothing_of_the_machine_that_made_it(folder: Path, tmp_path: Path) -> None:
    """Files would belong to a stranger's number on the host, or be closed to the service."""
    target = tmp_path / "diversion-1.tar.gz"
    bundling.pack(folder, target)
    with tarfile.open(target) as archive:
        entries = {one.name: one for one in archive}
    assert entries.keys() >= {"diversion-1/code/manage.py", "diversion-1/LICENCES.txt"}
    assert {(one.uid, one.uname, one.mtime) for one in entries.values()} == {(0, "root", 0)}
    assert entries["diversion-1/code/manage.py"].mode == entries["diversion-1"].mode == 0o755
    assert entries["diversion-1/LICENCES.txt"].mode == 0o644


def test_every_package_stands_with_its_licence(tmp_path: Path) -> None:
    """Handing on somebody's work without their terms breaks them."""
    about = tmp_path / "site" / "good_one-2.dist-info"
    (about / "licenses").mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.4\nName: good-one\nVersion: 2\nLicense-Expression: MIT\n")
    (about / "licenses" / "LICENSE").write_text("Permission is hereby granted")
    (about / "RECORD").write_text("good_one-2.dist-info/licenses/LICENSE,,\n")
    for name in bundling.SERVED:
        (tmp_path / "npm" / name).mkdir(parents=True)
    (tmp_path / "npm" / bundling.SERVED[0] / "LICENSE.txt").write_text("Open Government")
    (tmp_path / "npm" / bundling.SERVED[1] / "package.json").write_text('{"license": "MIT"}')
    told = bundling.licences(tmp_path / "site", tmp_path / "npm")
    assert "good-one 2: MIT" in told
    assert "Permission is hereby granted" in told
    assert "Open Government" in told
    assert told.count("It brings no text") == len(bundling.SERVED) - 1
    assert f"{bundling.SERVED[1]} (npm): MIT" in told
