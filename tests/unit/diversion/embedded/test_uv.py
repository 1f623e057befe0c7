"""uv on a machine where pip alone has been told where packages come from."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.places import CHECKOUT
from diversion.embedded.uv import LOCK, as_uv_takes_them, ensure_uv, options, weighed


def test_the_stronger_of_two_settings_of_pip_is_handed_over() -> None:
    """An index from a file that the environment overrides for today would be asked all the same."""
    lines = [
        ":env:.index-url='https://today.example/simple'",
        ":env:.disable-pip-version-check='1'",
        "freeze.timeout='10'",
        "global.index-url='https://usual.example/simple'",
        "global.timeout='20'",
        "install.timeout='60'",
    ]
    found = weighed(lines)
    assert (found["index-url"], found["timeout"]) == ("https://today.example/simple", "60")


def test_each_setting_of_pip_becomes_the_variable_of_uv(tmp_path: Path) -> None:
    """A machine behind a proxy with its own index and certificate reaches nothing else."""
    pip = {
        "index-url": "https://index.example/simple",
        "extra-index-url": "\nhttps://a.example/simple\nhttps://b.example/simple",
        "find-links": f"{tmp_path} https://wheels.example/list",
        "trusted-host": "index.example a.example",
        "cert": "/etc/force.pem",
        "client-cert": "/etc/me.pem",
        "proxy": "http://proxy.example:3128",
        "timeout": "90.5",
    }
    assert as_uv_takes_them(pip, {"HOME": "/home/amara"}) == {
        "HOME": "/home/amara",
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": f"{tmp_path},https://wheels.example/list",
        "UV_INSECURE_HOST": "index.example a.example",
        "UV_HTTP_TIMEOUT": "90",
        "HTTP_PROXY": "http://proxy.example:3128",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "SSL_CERT_FILE": "/etc/force.pem",
        "SSL_CLIENT_CERT": "/etc/me.pem",
    }


def test_what_uv_was_told_itself_stands() -> None:
    """Who has set up uv on purpose would be overruled by an old line in pip's file."""
    told = {"UV_DEFAULT_INDEX": "https://mine.example/simple"}
    assert (
        as_uv_takes_them({"index-url": "https://old.example/simple"}, told)["UV_DEFAULT_INDEX"]
        == told["UV_DEFAULT_INDEX"]
    )


def test_a_missing_folder_of_wheels_is_passed_over(tmp_path: Path) -> None:
    """pip warns of one and goes on; uv would install nothing at all."""
    gone = tmp_path / "gone"
    handed = as_uv_takes_them({"find-links": f"{gone} {gone.as_uri()} {tmp_path.as_uri()}"}, {})
    assert handed["UV_FIND_LINKS"] == tmp_path.as_uri()


@pytest.mark.parametrize(("said", "given"), [("true", ["--no-index"]), ("0", []), (None, [])])
def test_a_machine_without_any_index_asks_none(said: str | None, given: list[str]) -> None:
    """A closed machine would wait for the public index until it gives up."""
    assert options({"no-index": said} if said else {}) == given


def test_a_certificate_bundle_for_requests_counts_as_pip_takes_it(tmp_path: Path) -> None:
    """pip reads these two variables as well, and machines behind a proxy often set nothing else."""
    assert as_uv_takes_them({}, {"REQUESTS_CA_BUNDLE": "/etc/force.pem"})["SSL_CERT_FILE"] == "/etc/force.pem"
    assert as_uv_takes_them({}, {"CURL_CA_BUNDLE": str(tmp_path)})["SSL_CERT_DIR"] == str(tmp_path)


def test_the_lock_holds_uv_with_its_hashes(tmp_path: Path) -> None:
    """Without its entry nothing could be installed; and the environment of this very test has the locked one."""
    ensure_uv(LOCK)
    bare = tmp_path / "requirements.txt"
    bare.write_text("uv==0.1.0\nvine==5.1.0 \\\n    --hash=sha256:00\n")
    with pytest.raises(EmbeddedError, match="run `make lock`"):
        ensure_uv(bare)


class Machine:
    """A machine with one package, which pip's file alone says where to find."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        wheels = folder / "wheels"
        wheels.mkdir()
        self.wheel = wheels / "acorn-1.0-py3-none-any.whl"
        with zipfile.ZipFile(self.wheel, "w") as file:
            file.writestr("acorn.py", "GROWS = True\n")
            file.writestr("acorn-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: acorn\nVersion: 1.0\n")
            file.writestr("acorn-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            file.writestr("acorn-1.0.dist-info/RECORD", "")
        (folder / "pip.conf").write_text(f"[global]\nno-index = true\nfind-links = {wheels}\n")

    def install(self, digest: str) -> subprocess.CompletedProcess[str]:
        lock = self.folder / "requirements.txt"
        lock.write_text(f"acorn==1.0 --hash=sha256:{digest}\n")
        settings = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
        settings |= {"PIP_CONFIG_FILE": str(self.folder / "pip.conf"), "UV_CACHE_DIR": str(self.folder / "cache")}
        words = ["pip", "install", "--require-hashes", "-r", str(lock), "--target", str(self.folder / "installed")]
        return subprocess.run(
            [sys.executable, "-m", "diversion.embedded.uv", *words],
            cwd=CHECKOUT,
            env=settings,
            capture_output=True,
            text=True,
            check=False,
        )


def test_a_package_that_only_pip_knows_where_to_find_is_installed(tmp_path: Path) -> None:
    """`make run` would fail on every machine that reaches its packages through pip's own settings."""
    machine = Machine(tmp_path)
    done = machine.install(hashlib.sha256(machine.wheel.read_bytes()).hexdigest())
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "installed" / "acorn.py").exists()


def test_a_package_with_another_hash_than_the_lock_is_refused(tmp_path: Path) -> None:
    """Whoever stands between the index and the machine could put in code of their own."""
    done = Machine(tmp_path).install("0" * 64)
    assert done.returncode != 0
    assert "ash mismatch" in done.stderr
    assert not (tmp_path / "installed" / "acorn.py").exists()
