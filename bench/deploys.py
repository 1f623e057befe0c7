"""Does docs/deploy.md lead from bare machines to a first decision? It is followed here word for word, on one machine.

    python bench/deploys.py [--venv FOLDER]

The document is read, not copied: its blocks are run in their order, what its sentences tell somebody to do is done, and
what it says that this does not know, or what does not come out, ends the trial with exit status 1 and those words.
PostgreSQL and Redis are servers of their own over TCP with passwords; two webs, three workers and one beat run as
their units say, under DIVERSION_ENV=production; nginx stands in front where the machine has it. SWAPS is all that
differs from the document. What is tried is the last commit. Printed: each step, what came of it, seconds; at the end
the megabytes of each process. It takes five to eleven minutes, of which up to four for the packages of
requirements-prod.txt; --venv takes a folder that has them already.
"""

import argparse
import csv
import io
import os
import re
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from json import dumps
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.beside import machine  # noqa: E402
from bench.beside.journeys import TOKEN, Browser, Ledger, _heading, _Stays, record  # noqa: E402
from bench.beside.service import free_port, wait_until  # noqa: E402

DOCUMENT, OPERATIONS = ROOT / "docs/deploy.md", ROOT / "docs/operations.md"
SERVICE = "diversion.example"
#: What the document says, what is done instead, and why. Values in braces are the trial's own.
SWAPS = (
    (r"git clone …", "git clone --quiet {checkout}", "where the code comes from is left open: this checkout"),
    (r"make installed +#.*", "cp -r {checkout}/static/build static/", "one machine makes it for all: this one"),
    (r"(?<=pip) install", " install --quiet", "what pip says is long"),
    (r"-o (root|diversion) (-g diversion )?", "", "no user is made here: all runs as whoever runs this"),
    (r"PASSWORD '…'", "PASSWORD '{owner}'", "a password of one's own"),
    (r"CHANGE-ME@db\.example", "{owner}@localhost:{postgres}", "PostgreSQL is on this machine"),
    (r"PASSWORD@db\.example", "{app}@localhost:{postgres}", "PostgreSQL is on this machine"),
    (r"\?sslmode=verify-full&sslrootcert=system", "", "the PostgreSQL of the wheel has no TLS; all stays on loopback"),
    (r"rediss://queue\.example:6379", "redis://diversion:{queue}@localhost:{redis}", "Redis is here, without TLS"),
    (r"EMAIL_HOST=mail\.example", "EMAIL_BACKEND=django.core.mail.backends.dummy.EmailBackend", "no mail server"),
    (r"listen 80;", "listen 127.0.0.1:{clear};", "ports of others are left alone"),
    (r"listen 443 ssl http2;", "listen 127.0.0.1:{secure} ssl http2;", "ports of others are left alone"),
    (r"server 127\.0\.0\.1:8000;", "server 127.0.0.1:{web1}; server 127.0.0.1:{web2};", "two webs, own ports"),
)  # fmt: skip
#: Of whoever users.csv names, by column.
OFFICERS = (
    {"email": "sam@southmoor.example", "name": "Sam Hale", "rank": "constable", "collar_number": "4101"},
    {"email": "noor@southmoor.example", "name": "Noor Amin", "rank": "constable", "collar_number": "4102"},
)
TEAM, ROLE, CRIME = "Harbour", "officer", "SM/1/26"
PROXY_SECONDS, DOCTOR_SECONDS, CODES = 15, 120, 10


class Wrong(Exception):
    """A step of the document that did not come out."""


@dataclass
class Trial:
    """What is being made by following the document."""

    folder: Path
    venv: Path | None
    values: dict[str, Any]
    database: machine.Database
    queue: machine.Queue
    place: Path = ROOT
    functions: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    people: dict[str, "Person"] = field(default_factory=dict)
    proxied: bool = False

    def swapped(self, text: str) -> str:
        for pattern, instead, _why in SWAPS:
            text = re.sub(pattern, lambda _found, own=instead: own.format(**self.values), text)  # type: ignore[misc]
        return machine.placed(text, self.folder)

    def run(self, command: str, host: str = "one") -> str:
        """What a command of the document says, run where the last one left off. Raises Wrong."""
        line, after = self.swapped(command), self.folder / "place"
        script = "\n".join([*self.functions, f"cd {self.place}", line, f"pwd > {after}"])
        own = {"HOST": host, "PATH": f"{self.folder}/bin:{self.database.programs}:{os.environ['PATH']}"}
        words = ["bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(words, env=os.environ | own, capture_output=True, text=True, check=False)
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
            raise Wrong(f"{line}\nended with status {done.returncode}:\n{said}")
        self.place = Path(after.read_text().strip())
        return done.stdout.strip()


class Person(Browser):
    """Somebody at a browser: behind nginx, or with what nginx adds, and then at both webs by turns."""

    def __init__(self, trial: Trial, email: str) -> None:
        ports = [trial.values["secure"]] if trial.proxied else [trial.values["web1"], trial.values["web2"]]
        super().__init__(ports, email, secrets.token_urlsafe(12), Ledger())
        self.headers = {"Host": SERVICE, "Referer": f"https://{SERVICE}/"}
        if trial.proxied:
            self.address = "https://localhost:{port}"
        else:
            self.headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        trusts = ssl.create_default_context(
            cafile=trial.folder / "etc/diversion/tls/fullchain.pem" if trial.proxied else None
        )
        trusts.check_hostname = False  # it is called by its port
        keeps = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusts),
            urllib.request.HTTPCookieProcessor(keeps), _Stays(),
        )  # fmt: skip

    def ask(self, path: str, data: Any = None) -> tuple[int, str, str]:
        self.ports.reverse()
        status, leads, page = self._asked(path, data)
        if status not in (200, 302):
            errors = " ".join(re.sub("<[^>]+>", " ", page.partition("error-summary")[2])[:600].split())
            raise Wrong(f"{path} answered {status or 'nothing'}: {_heading(page)} {errors}")
        return status, leads.removeprefix(f"https://{SERVICE}"), page

    def post(self, path: str, page: str, **data: str) -> str:
        """The page that follows a form."""
        if not (token := TOKEN.search(page)):
            raise Wrong(f"There is no form on {_heading(page)}.")
        status, leads, said = self.ask(path, {**data, "csrfmiddlewaretoken": token[1]})
        if status != 302:
            raise Wrong(f"{path} was not taken: {_heading(said)}")
        return self.see(leads)

    def page_called(self, words: str, start: str = "/") -> tuple[str, str]:
        """Where the link with these words leads, and that page."""
        found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>\s*{re.escape(words)}', page := self.see(start))
        if not found:
            raise Wrong(f"There is no link '{words}' on {_heading(page)}.")
        return found[1], self.see(found[1])

    def comes_in(self, link: str) -> None:
        """Sets a password behind the link, signs in and sets up an authenticator app."""
        from tests.factories.factors import code

        path = link.removeprefix(f"https://{SERVICE}")
        status, leads, _page = self.ask(path)
        self.post(leads, self.see(leads), password1=self.password, password2=self.password)
        self.sign_in()
        app = "/your-account/second-factor/app"
        page = self.see(app)
        key = re.findall(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)
        if status != 302 or not key:
            raise Wrong(f"The link of {self.email} led to no app's key, but to {_heading(page)}.")
        shown = self.post(app, page, code=code(key[0].replace(" ", "")))
        if len(re.findall(r"<code>[a-z2-7-]+</code>", shown)) < CODES:
            raise Wrong(f"{self.email} was shown no recovery codes.")


# What the document's blocks are done by: each is known by its first words.


def shell(trial: Trial, block: str) -> str:
    """Each command in its turn; on several hosts where it says so."""
    said = [_command(trial, line) for line in block.replace("\\\n", "\\\0").splitlines()]
    return "; ".join(filter(None, said)) or "done"


def _command(trial: Trial, line: str) -> str:
    line = line.replace("\0", "\n")
    if re.match(r"\w+\(\) \{", line):
        trial.functions.append(trial.swapped(line))
        return "known from here on"
    said = trial.run(line)
    if "on any number of hosts" in line:
        trial.run(line, "two")
        trial.run(line.replace("diversion-web ", ""), "three")
        return "two webs, three workers"
    if " first_administrator " in line:
        trial.links[line.split()[2]] = said.splitlines()[-1]
        return "a link"
    return said.splitlines()[-1][:150] if said else ""


def packages(trial: Trial, block: str) -> str:
    """The host's own, or those of a folder that has them."""
    if not trial.venv:
        return shell(trial, block)
    trial.run(f"ln -s {trial.venv} .venv")
    return f"those of {trial.venv}"


def sql(trial: Trial, block: str) -> str:
    for statement in block.splitlines():
        trial.database.run(trial.swapped(statement))
    return "done by the superuser"


def keys(trial: Trial, block: str) -> str:
    """The document names the two files before the block."""
    for name in re.findall(r"`(\w+)` and `(\w+)`, the", " ".join(_prose()))[0]:
        _kept(trial, name, trial.run(block))
    return "two keys"


def not_run(reason: str) -> Callable[[Trial, str], str]:
    return lambda _trial, _block: f"NOT TRIED: {reason}"


def _kept(trial: Trial, name: str, text: str) -> None:
    path = trial.folder / "etc/diversion" / name
    path.write_text(f"{text}\n")
    path.chmod(0o640)


BUNDLE = "for hosts without a way out; tests/integration/starting/test_bundle.py makes one and reads it"
BLOCKS: dict[str, Callable[[Trial, str], str]] = {
    "git clone … /srv/diversion": shell,
    "python3.11 -m venv .venv && .venv/bin/pip install --require-hashes": packages,
    "openssl genpkey": not_run(BUNDLE),
    "openssl pkeyutl -verify": not_run(BUNDLE),
    "CREATE ROLE diversion_owner": sql,
    "cp deploy/systemd/diversion.sysusers.conf": shell,
    "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'": keys,
    "systemctl start diversion-prepare": shell,
    "as_owner() {": shell,
    'as_owner add_organisation "Southmoor Police"': shell,
    "systemctl enable --now diversion-web diversion-worker ": shell,
}


# What its sentences tell somebody to do: each is known by its words.


def quieten(trial: Trial, _sentence: str) -> str:
    """PostgreSQL is given what stands in the other document."""
    told = [line for line in _block_of(OPERATIONS, "Names in logs") if " = " in line]
    with (trial.database.data / "postgresql.conf").open("a") as settings:
        settings.write("\n".join(["", *told, ""]))
    trial.database.run("SELECT pg_reload_conf()")
    return f"{len(told)} settings"


def edit(trial: Trial, _sentence: str) -> str:
    for path in (trial.folder / "etc/diversion").glob("*.env"):
        path.write_text(trial.swapped(path.read_text()))
    (line,) = re.findall(r"^# One line: (\S+)$", (ROOT / "deploy/service.env").read_text(), re.MULTILINE)
    _kept(trial, "database_url", trial.swapped(line))
    return "addresses, passwords and database_url"


def recipients(trial: Trial, _sentence: str) -> str:
    made = trial.run(next(line for line in _block_of(OPERATIONS, "Back up and restore") if "pyrage" in line))
    _kept(trial, "backup_recipients", re.findall(r"public key: (\S+)", made)[0])
    return "the public key"


def lists(trial: Trial, sentence: str) -> str:
    team = re.findall(r"`teams\.csv` has the column `(\w+)`", sentence)
    columns = re.findall(r"`users\.csv` has `([\w,]+)`", sentence)[0].split(",")
    users = [{**officer, "team": TEAM, "roles": ROLE} for officer in OFFICERS]
    for name, head, rows in (("teams", team, [{team[0]: TEAM}]), ("users", columns, users)):
        text = io.StringIO()
        written = csv.DictWriter(text, head, extrasaction="raise")
        written.writeheader()
        written.writerows(rows)
        (trial.folder / f"srv/diversion/{name}.csv").write_text(text.getvalue())
    return f"{len(users)} officers of one team"


def proxy(trial: Trial, _sentence: str) -> str:
    """nginx with the sample, where the machine has it."""
    if not (nginx := shutil.which("nginx")):
        return "NOT TRIED: this machine has no nginx; both webs are asked by turns, with the headers that it would send"
    tls, run = trial.folder / "etc/diversion/tls", trial.folder / "run"
    tls.mkdir()
    made = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={SERVICE} -addext subjectAltName=DNS:{SERVICE}"
    trial.run(f"{made} -keyout {tls}/privkey.pem -out {tls}/fullchain.pem 2>&1")
    temporary = "".join(
        f"{kind}_temp_path {run}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    sample = trial.swapped((ROOT / "deploy/nginx.conf").read_text())
    (run / "nginx.conf").write_text(f"pid {run}/nginx.own; events {{}} http {{ {temporary} {sample} }}")
    words = [nginx, "-e", str(run / "nginx.log"), "-c", str(run / "nginx.conf"), "-g", "daemon off;"]
    began = subprocess.Popen(words, start_new_session=True)
    (run / "one-nginx.pid").write_text(str(began.pid))
    trial.proxied = wait_until(lambda: Person(trial, "")._asked("/accounts/login/", None)[0] == 200, PROXY_SECONDS)
    if not trial.proxied:
        raise Wrong("nginx does not answer.")
    return "nginx with deploy/nginx.conf in front of both webs"


def ready(trial: Trial, _sentence: str) -> str:
    """Both webs themselves, as a proxy that chooses among them asks."""
    for web in ("web1", "web2"):
        for path in ("ready", "health"):
            trial.run(
                f"curl --fail --silent --max-time 20 -H 'Host: {SERVICE}' http://127.0.0.1:{trial.values[web]}/{path}"
            )
    return "200 on both hosts, and /health"


def doctor(trial: Trial, sentence: str) -> str:
    """Until nothing is left to mend but what the sentence names."""
    named = set(re.findall(r"\*([^*]+)\*", sentence))

    def left() -> set[str]:
        return set(re.findall(r"^MEND +(.*?):", trial.run("as_owner doctor || true"), re.MULTILINE))

    if not wait_until(lambda: left() == named, DOCTOR_SECONDS):
        raise Wrong(f"left to mend: {', '.join(sorted(left())) or 'nothing'}")
    return f"nothing to mend but {', '.join(named)}"


BY_HAND: dict[str, Callable[[Trial, str], str]] = {
    "Give PostgreSQL the four settings under *Names in logs*": quieten,
    "Edit both: addresses, and a password of your own for each of the two roles": edit,
    "`backup_recipients` holds the public key of *Back up and restore*": recipients,
    "There `teams.csv` has the column": lists,
    "Put [deploy/nginx.conf](../deploy/nginx.conf), or what does the same, in front": proxy,
    "Give requests to a host whose `/ready` answers 200": ready,
    "`as_owner doctor` says what is well": doctor,
}


# Its numbered lines are done by people: each is known by all of its words.


def administrators(trial: Trial, line: str) -> str:
    _read_settings(trial)
    for email, link in trial.links.items():
        name = email.partition("@")[0]
        if name.title() in line:
            trial.people[name] = Person(trial, email)
            trial.people[name].comes_in(link)
    return " and ".join(trial.people)


def approve(trial: Trial, _line: str) -> str:
    lee = trial.people["lee"]
    path, page = lee.page_called("Account changes")
    for change in (found := re.findall(rf'action="({path}\d+/)"', page)):
        lee.post(change, page, decision="approve", password=lee.password)
    if len(found) != len(OFFICERS):
        raise Wrong(f"{len(found)} changes waited, not {len(OFFICERS)}.")
    return f"{len(found)} approved"


def hand_over(trial: Trial, _line: str) -> str:
    kit = trial.people["kit"]
    path, _page = kit.page_called("Users")
    own, page = kit.page_called(OFFICERS[0]["name"], path)
    shown = kit.post(f"{own}password-link", page)
    found = re.findall(r"<code>(https://[^<]+)</code>", shown)
    if not found:
        raise Wrong(f"No link was shown on {_heading(shown)}.")
    trial.links["officer"] = found[0]
    return "a link"


def decide(trial: Trial, _line: str) -> str:
    from diversion import clock
    from tests.factories.decisions import posted

    officer, today = Person(trial, OFFICERS[0]["email"]), clock.today()
    officer.comes_in(trial.links["officer"])
    due = (today + timedelta(days=28)).isoformat()
    given = posted(None, **{"crimes-0-committed_on": today.isoformat(), "conditions-0-due_on": due})
    asked = record(officer, Random(1), given, CRIME)
    page = officer.see(asked.answered)
    if CRIME not in page:
        raise Wrong(f"The decision led to {asked.answered or 'nothing'}: {_heading(page)}")
    return f"{_heading(page)}, {CRIME}, at {asked.answered}"


ITEMS: dict[str, Callable[[Trial, str], str]] = {
    "Kit and Lee open their links, set a password, sign in, and set up an authenticator app or a passkey: until then "
    "no other page opens. They keep their recovery codes on paper, apart from each other's.": administrators,
    "Lee approves the officers on *Account changes*.": approve,
    "Kit opens an officer on *Users*, makes the link to set a password, and hands it over.": hand_over,
    "The officer sets a password, signs in, sets up a second factor, and records a decision under the default "
    "policy.": decide,
    "A coordinator and an inspector read the policy and sign the force's own: [policy.md](policy.md). Until then each "
    "assessment says that the force has not approved it.": not_run("after the first decision, in the force's own time"),
}


def parts(text: str) -> Iterator[tuple[str, str, str]]:
    """(step, kind, words) of the document's numbered steps: blocks as they stand, lines and sentences in one line."""
    for step in re.findall(r"^## (\d\. .*\n(?:(?!## ).*\n)*)", text, re.MULTILINE):
        title, _, rest = step.partition("\n")
        for chunk in re.split(r"\n\s*\n", rest.strip("\n")):
            if chunk.startswith("    "):
                yield title, "block", re.sub("^    ", "", chunk, flags=re.MULTILINE)
            elif re.match(r"\d\. ", chunk):
                yield from ((title, "item", " ".join(one.split())) for one in re.split(r"(?:^|\n)\d\. ", chunk)[1:])
            else:
                yield title, "prose", " ".join(chunk.split())


def doings(text: str) -> Iterator[tuple[str, str, Callable[[Trial, str], str] | None]]:
    """(step, words, what does them) of all that the document has somebody do; None for what is not known."""
    for step, kind, words in parts(text):
        if kind == "block":
            yield step, words, next((BLOCKS[one] for one in BLOCKS if words.startswith(one)), None)
        elif kind == "item":
            yield step, words, ITEMS.get(words)
        else:
            found = sorted((words.index(one), one) for one in BY_HAND if one in words)
            yield from ((step, words[place:], BY_HAND[one]) for place, one in found)


def _prose() -> list[str]:
    return [words for _step, kind, words in parts(DOCUMENT.read_text()) if kind == "prose"]


def _block_of(document: Path, heading: str) -> list[str]:
    """The lines of the first block under the heading."""
    below = document.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line.strip() for line in re.findall(r"(?:^    .*\n)+", below, re.MULTILINE)[0].splitlines()]


def _read_settings(trial: Trial) -> None:
    """This process makes up what officers type by the code of the service, with its settings."""
    os.environ |= machine.environment(trial.folder, [str(trial.folder / "etc/diversion/service.env")], "one")
    os.environ["DJANGO_SETTINGS_MODULE"] = "diversion.settings"
    import django

    django.setup()


@contextmanager
def trial_in(venv: Path | None) -> Iterator[Trial]:
    """Servers that answer and folders of hosts, all gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="diversion-deploys-"))
    folder.chmod(0o711)  # the user that root runs the servers as walks through
    ports = {name: free_port() for name in ("postgres", "redis", "web1", "web2", "clear", "secure")}
    words = {name: secrets.token_urlsafe(18) for name in ("owner", "app", "queue")}
    database, queue = machine.servers(folder / "servers", ports["postgres"], ports["redis"], words["queue"])
    try:
        machine.lay_out(folder)
        _name_hosts(folder, ports)
        database.start()
        queue.start()
        yield Trial(folder, venv, {**ports, **words, "checkout": ROOT}, database, queue)
    finally:
        machine.stop(folder)
        for server in (queue, database):
            if server.process:
                server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _name_hosts(folder: Path, ports: dict[str, int]) -> None:
    """Three hosts on one machine: each with a port and a folder of its own, and the files in /etc in common."""
    webs = {"one": ports["web1"], "two": ports["web2"], "three": 0}
    own = {
        name: {"GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}", "DIVERSION_LOCAL": f"{folder}/var/lib/diversion-{name}"}
        for name, port in webs.items()
    }
    (folder / "hosts.json").write_text(dumps(own))


def follow(trial: Trial) -> None:
    """Every step in its turn. Raises Wrong with the step's words."""
    for step, words, does in doings(DOCUMENT.read_text()):
        began, first = time.monotonic(), words.splitlines()[0][:90]
        try:
            if does is None:
                raise Wrong("nothing here knows what to do about it")
            came = does(trial, words)
        except (Wrong, OSError, LookupError, ValueError, subprocess.CalledProcessError) as fault:
            raise Wrong(f"Step {step}\n{words}\n\n{fault} {getattr(fault, 'stderr', '') or ''}") from fault
        print(f"{time.monotonic() - began:6.1f} s  {step[:2]} {first}\n           → {came}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--venv", type=Path, help="a .venv that was made from requirements-prod.txt")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Told to stop."))  # and what it started with it
    print("Otherwise than the document says, because all is on one machine:")
    print("\n".join(f"  {pattern}: {why}" for pattern, _instead, why in SWAPS), flush=True)
    began = time.monotonic()
    try:
        with trial_in(asked.venv and asked.venv.resolve()) as trial:
            follow(trial)
            print("Megabytes:", ", ".join(f"{name} {size}" for name, size in machine.megabytes(trial.folder).items()))
            way = "through nginx" if trial.proxied else "at two webs by turns, without nginx"
            print(f"From bare machines to the first decision in {time.monotonic() - began:.0f} s, {way}.", flush=True)
    except Wrong as fault:
        sys.exit(f"\nThe document does not lead there.\n{fault}")


if __name__ == "__main__":
    main()
