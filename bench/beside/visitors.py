"""Who comes, for Locust (bench/load.py): officers, a coordinator, navigators, their manager, an inspector.

Whoever comes is signed in already (VISITORS: the cookies of each, as JSON). Any answer that is not 200, or a decision
that does not end on its case, is a failure.
"""

import json
import os
import re
import time
import uuid
from random import choice, randrange
from typing import Any

from locust import HttpUser, between, task

CASES = int(os.environ["CASES"])
SIGNED_IN = json.loads(os.environ["VISITORS"])
DECISION = json.loads(os.environ["DECISION"])
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor(HttpUser):
    abstract = True
    wait_time = between(1, 5)
    who: tuple[str, ...] = ()

    def on_start(self) -> None:
        self.client.cookies.update(choice([SIGNED_IN[name] for name in self.who]))

    def see(self, name: str, path: str) -> str:
        with self.client.get(path, name=name, catch_response=True) as answer:
            if "/accounts/login" in answer.url:
                answer.failure("signed out")
            return str(answer.text)

    def send(self, name: str, path: str, page: str, data: dict[str, Any], ends: str = "") -> None:
        token = TOKEN.search(page)
        sent = data | {"csrfmiddlewaretoken": token[1] if token else ""}
        with self.client.post(path, sent, name=name, catch_response=True) as answer:
            if ends not in answer.url:
                said = re.findall(r"error-summary__body.*?</div>", str(answer.text), re.DOTALL)
                answer.failure(f"ended on {answer.url}: {' '.join(' '.join(said).split())[:600]}")


class Officer(Visitor):
    weight = 12
    who = ("amara",)

    @task(3)
    def first_page(self) -> None:
        self.see("first page", "/")

    @task(3)
    def cases(self) -> None:
        self.see("cases", "/cases/")

    @task(2)
    def search(self) -> None:
        page = self.see("cases", "/cases/")
        self.send("search by name", "/cases/", page, {"q": choice(["John Smith", "Price", "Ellis"])}, "/cases/")

    @task(3)
    def record(self) -> None:
        page = self.see("record a decision, empty", "/decisions/new")
        number = f"{time.time_ns() % 10**10}{randrange(1000)}"
        own = {"submission": str(uuid.uuid4()), "crimes-0-number": f"AV/{number}/26"}
        own["family_name"] = "".join(chr(97 + int(figure)) for figure in number).title()
        self.send("record a decision", "/decisions/new", page, DECISION | own, "/cases/DV-")


class Coordinator(Visitor):
    weight = 2
    who = ("elin",)

    @task(3)
    def cases(self) -> None:
        self.see("cases, coordinator", "/cases/")

    @task(2)
    def case(self) -> None:
        self.see("a case", f"/cases/DV-{randrange(1, CASES):09X}/")

    @task
    def clocks(self) -> None:
        self.see("clock board", "/clocks/")


class Navigator(Visitor):
    weight = 5
    who = ("george",)

    @task
    def caseload(self) -> None:
        self.see("caseload", "/caseload/")


class Manager(Visitor):
    weight = 1
    who = ("hugh",)

    @task
    def inbox(self) -> None:
        self.see("inbox", "/inbox/")

    @task
    def caseload(self) -> None:
        self.see("caseload, everyone's", "/caseload/?who=everyone")


class Inspector(Visitor):
    weight = 1
    who = ("ian",)

    @task
    def dashboard(self) -> None:
        self.see("dashboard", "/monitoring/")
