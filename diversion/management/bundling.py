"""What a host gets as one signed file: code, compiled assets, wheels, what they are and under which licences."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

CODE, WHEELS, SUMS = "code", "wheels", "SHA256SUMS"
LOCK = "requirements-prod.txt"
#: No host of the service has any use for these.
LEFT_OUT = (":!tests", ":!bench", ":!.ci")
#: Of the packages of npm, those whose code or fonts reach the browser or a paper.
SERVED = ("govuk-frontend", "@ministryofjustice/frontend", "accessible-autocomplete", "dejavu-fonts-ttf")
LICENCE_FILES = ("LICEN", "COPYING", "NOTICE", "AUTHORS")
#: The tool that writes the list of Python packages: locked, in a folder of its own, and in no bundle.
SBOM_TOOL = "deploy/sbom.txt"


class CannotBundle(Exception):
    """Why there is no bundle, and how to mend that."""


def version() -> str:
    """That of the code, and of its commit: "0.1.0-1a2b3c4d"."""
    about = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))
    return f"{about['project']['version']}-{_run(['git', 'rev-parse', '--short=8', 'HEAD']).strip()}"


def fill(folder: Path) -> None:
    """Put all but the sums into the empty ``folder``. Fetches wheels and the tool from the package index.

    The wheels are those of this machine's kind and Python: hosts are of the same. CannotBundle where a tool that only
    looks at code and wheels has changed them.
    """
    _add_code(folder / CODE)
    locked = ["--quiet", "--require-hashes", "-r", str(settings.BASE_DIR / LOCK)]
    _run([sys.executable, "-m", "pip", "download", *locked, "--only-binary", ":all:", "-d", str(folder / WHEELS)])
    before = sums(folder)
    trial = folder / ".trial"
    venv.create(trial, with_pip=True)  # as a host will: with no network, from the wheels of the bundle alone
    _run([str(trial / "bin" / "pip"), "install", *locked, "--no-index", "--find-links", str(folder / WHEELS)])
    (folder / "python.cdx.json").write_text(_python_sbom(trial), encoding="utf-8")
    (folder / "npm.cdx.json").write_text(_npm_sbom(), encoding="utf-8")
    (folder / "LICENCES.txt").write_text(licences(_site(trial), settings.BASE_DIR / "node_modules"), encoding="utf-8")
    shutil.rmtree(trial)
    if not set(before.splitlines()) <= set(sums(folder).splitlines()):
        raise CannotBundle("Code or wheels were changed while the lists were made: there is no bundle of that.")


def _add_code(target: Path) -> None:
    """What is committed, and the assets that were compiled of it."""
    root = settings.BASE_DIR
    if _run(["git", "status", "--porcelain", "--untracked-files=no"]).strip():
        raise CannotBundle("Some changes are not committed: a bundle is made of a commit.")
    target.mkdir(parents=True)
    archive = subprocess.run(
        ["git", "archive", "--format=tar", "HEAD", "--", ".", *LEFT_OUT], cwd=root, check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive.stdout, check=True)
    shutil.copytree(root / "static" / "build", target / "static" / "build")


def _site(trial: Path) -> Path:
    return next((trial / "lib").glob("python3*/site-packages"))


def _python_sbom(trial: Path) -> str:
    """CycloneDX, with versions, hashes and licences as the packages state them."""
    tools = settings.BASE_DIR / ".local" / "sbom"
    locked = ["--require-hashes", "--only-binary", ":all:", "-r", str(settings.BASE_DIR / SBOM_TOOL)]
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(tools), *locked])
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON"]
    return _run([*command, str(trial / "bin" / "python")], PYTHONPATH=str(tools))


def _npm_sbom() -> str:
    command = [sys.executable, "-m", "diversion.embedded.node", "npm", "sbom", "--sbom-format", "cyclonedx"]
    return _run([*command, "--package-lock-only", "--omit", "dev"])


def _run(command: Sequence[str], **environment: str) -> str:
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotBundle(f"{' '.join(command[:5])} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def licences(site: Path, node_modules: Path) -> str:
    """Each package with its version, the licence it names, and the texts that it brings; by name."""
    found = sorted(distributions(path=[str(site)]), key=lambda one: one.name.lower())
    parts = [_notice(f"{one.name} {one.version}", _named(one), _texts_of(one)) for one in found]
    for name in SERVED:
        folder = node_modules / name
        texts = [file.read_text("utf-8", "replace") for file in sorted(folder.iterdir()) if _is_licence(file)]
        about = folder / "package.json"
        licence = str(json.loads(about.read_text("utf-8")).get("license", "")) if about.exists() else ""
        parts.append(_notice(f"{name} (npm)", licence, texts))
    return "\n".join(parts)


def _notice(name: str, licence: str, texts: Sequence[str]) -> str:
    line = "=" * 80
    head = f"{line}\n{name}{f': {licence}' if licence else ''}\n{line}\n"
    return head + "\n".join(texts or ["It brings no text of its licence: see its page.\n"])


def _named(package: Distribution) -> str:
    about = package.metadata
    classed = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier", []) if one.startswith("License")]
    said = [*about.get_all("License-Expression", []), ", ".join(classed), *about.get_all("License", [])]
    return next((one.splitlines()[0][:100] for one in said if one.strip()), "")


def _texts_of(package: Distribution) -> list[str]:
    files = [one for one in package.files or () if ".dist-info" in str(one) and _is_licence(Path(one))]
    return [Path(str(one.locate())).read_text("utf-8", "replace") for one in files]


def _is_licence(file: Path) -> bool:
    return file.name.upper().startswith(LICENCE_FILES)


def sums(folder: Path) -> str:
    """The sums of all files of ``folder``, a line each, as `sha256sum` writes them."""
    return "".join(f"{_sum(file)}  {file.relative_to(folder).as_posix()}\n" for file in _files(folder))


def sign(bundle: Path, key: bytes) -> Path:
    """Sign the whole file with ``key`` (Ed25519, PEM), beside it: what was put in on the way is found before anything
    is taken out."""
    signature = bundle.with_name(f"{bundle.name}.sig")
    signature.write_bytes(signing_key(key).sign(bundle.read_bytes()))
    return signature


def signing_key(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise CannotBundle("The key is no Ed25519 key in PEM without a password: openssl genpkey -algorithm ed25519")
    return key


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != SUMS)


def _sum(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def pack(folder: Path, target: Path) -> None:
    """One file of all that is in ``folder``, whose owner is root and whose times say nothing of this machine."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = "root"
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    with (
        target.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        archive.add(folder, arcname=target.name.removesuffix(".tar.gz"), filter=plain)
