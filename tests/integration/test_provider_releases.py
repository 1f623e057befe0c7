"""A provider's own release of its voluntary schemes: made and checked there, and read by no police."""

import hashlib
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Refused
from referrals.models import Referral
from reporting import outbox, tasks
from reporting.actions.releases import discard, make_release
from reporting.models import Fact, Release
from reporting.releases.lifecycle import Step, may
from tests.conftest import Cast
from tests.factories.cases import person, refer
from tests.factories.ground import adopt_scheme, newcomer
from tests.factories.releases import attack
from tests.factories.schemes import rewrite

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
DECLARED = {
    "start": "2025-01-01",
    "end": "2025-03-31",
    "unit": "quarter",
    "name": "First quarter",
    "first_1": "gender",
}
#: Of each sex how many were referred, started and completed.
SENT = {"male": (26, 23, 11), "female": (14, 4, 0)}


def helped(cast: Cast, told: dict[str, tuple[int, int, int]] = SENT) -> None:
    """People referred to a voluntary scheme of Harbour in the first quarter of 2025."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    day = datetime(2025, 2, 3, 10, tzinfo=UTC)
    for sex, (referred, started, completed) in told.items():
        for number in range(referred):
            sent = refer(cast["amara"], version, person=person(family_name=f"Price {sex} {number}", sex=sex))
            row = Referral.objects.filter(pk=sent.pk)
            row.update(sent_at=day, state="sent", **({"started_at": day} if number < started else {}))
            if number < completed:
                row.update(state="closed", result="completed", closed_at=day, closed_by=cast["hugh"])
    rewrite(version, confidentiality="voluntary")


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(words).split())


def test_a_provider_releases_its_own_figures_and_police_read_nothing_of_them(
    cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    """People take help because police hear nothing of it; and whoever pays for it has to know whether it helps."""

    def by(who: User) -> Client:
        return signed_in(who)

    assert "Declare a release" not in text(by(cast["hugh"]), "/releases/")
    assert by(cast["hugh"]).get("/releases/declare").status_code == 404
    helped(cast)
    mary = newcomer("Mary Bell", "mary@harbour.example", cast["hugh"].organisation, "navigator", cast["hugh"].password)
    assert "Declare a release" in text(by(cast["hugh"]), "/releases/")
    assert "No police read them here" in text(by(cast["hugh"]), "/releases/declare")
    assert by(cast["hana"]).get("/releases/declare").status_code == 404  # it has no such scheme
    assert by(cast["george"]).get("/releases/declare").status_code == 403
    wrong = by(cast["hugh"]).post("/releases/declare", DECLARED | {"end": "2025-03-30"})
    assert (wrong.status_code, "whole quarters" in wrong.content.decode()) == (422, True)

    page = by(cast["hugh"]).post("/releases/declare", DECLARED)["Location"]
    release = Release.objects.get()
    tasks.work_out_release(release.pk)
    release.refresh_from_db()
    assert release.problem == ""
    preview = text(by(cast["hugh"]), page)
    assert "Nor could police, who know how many they referred" in preview
    assert "Two people who did not make it have to check it" not in preview
    by(cast["hugh"]).post(f"{page}freeze")
    assert not may(cast["amara"], Step.JUDGE, Release.objects.get())
    assert "You made this release" in text(by(cast["hugh"]), page)
    for first in ("/caseload/", "/inbox/"):
        assert "Figures that wait for your check" not in text(by(cast["hugh"]), first)
    for who in (cast["george"], mary):
        checker = by(who)
        assert "Figures that wait for your check before they leave (1)" in text(checker, "/caseload/")
        seen = Release.objects.get().sha256
        assert checker.post(f"{page}check/1", {"agrees": "yes", "seen": seen}).status_code == 302
        checker.post(f"{page}check/", {"seen": seen})
    release.refresh_from_db()
    assert (release.state, release.source, release.audience) == (Release.State.RELEASED, "own", "shared")

    left = text(by(cast["hugh"]), page)
    assert release.sha256 in left
    assert "Whoever commissions the provider" in left
    assert "40 referrals were made; 27 came to a first appointment (67.5%, 52% to 79.9%); 11 completed" in left
    file = by(cast["hugh"]).get(f"{page}file")
    assert hashlib.sha256(file.content).hexdigest() == release.sha256
    told = {
        (table["of"], cell["at"].get("gender", "")): cell.get("value", cell.get("mark"))
        for table in json.loads(file.content)["tables"]
        for cell in table["cells"]
    }
    assert (told["started", "Female"], told["started", "Male"]) == ("[c]", "[c]")
    path, police = tmp_path / "release.json", tmp_path / "police.json"
    path.write_bytes(file.content)
    assert attack(path)["too_narrow"] == 0
    (table,) = (one for one in release.document["tables"] if one["of"] == "referred")
    cells = [{"at": {"gender": group}, "value": n} for group, n in (("Male", 26), ("Female", 14), ("Other", 0))]
    known = {name: table[name] for name in ("measure", "dimensions", "categories")} | {"cells": cells}
    about = {name: release.document[name] for name in ("format", "force", "source")}
    police.write_text(json.dumps(about | {"tables": [known]}), encoding="utf-8")
    call_command("attack", str(path), "--knows", str(police), stdout=io.StringIO())
    assert (
        by(cast["hugh"]).get(f"{page}workbook").status_code
        == by(cast["hugh"]).get(f"{page}paper.pdf").status_code
        == 200
    )
    assert "40 referrals were made" in text(by(cast["hugh"]), f"{page}brief")

    for who in ("ian", "rosa", "elin", "noel", "hana"):
        client = by(cast[who])
        for name in ("", "file", "workbook", "brief", "withdraw"):
            assert client.get(f"{page}{name}").status_code in (403, 404), (who, name)
        assert client.post(f"{page}again").status_code in (403, 404)
        listed = client.get("/releases/")
        assert listed.status_code == 403 or "First quarter" not in listed.content.decode()
    assert "First quarter" not in text(by(cast["ian"]), "/releases/compare")
    outbox.drain()
    assert not Fact.objects.exclude(started_on=None, result="").exists()

    assert by(cast["george"]).get(f"{page}withdraw").status_code == 403
    by(cast["hugh"]).post(f"{page}withdraw", {"why": "Two referrals were entered twice."})
    assert "This release was withdrawn: Two referrals were entered twice." in text(by(cast["hugh"]), page)


def test_that_nobody_came_is_told_of_no_group(cast: Cast) -> None:
    """Police know whom they referred: that none of them completed is said of each, also where none has started."""
    helped(cast, {"male": (28, 0, 0)})
    period: dict[str, Any] = {"start": date(2025, 1, 1), "end": date(2025, 3, 31), "unit": "quarter"}
    given = {"force": cast["hugh"].organisation, "audience": "shared", "tables": [("gender",)], **period}
    release = make_release(by=cast["hugh"], **given)
    cells = {one["of"]: one["cells"] for one in release.document["tables"]}
    for of in ("started", "completed"):
        marks = {one["at"].get("gender", ""): one.get("mark") for one in cells[of]}
        assert (marks["Male"], marks[""]) == ("[c]", "[c]"), of
    Referral.objects.filter(pk__in=Referral.objects.values("pk")[:24]).update(sent_at=clock.now())
    discard(release=release, by=cast["hugh"])
    few = make_release(by=cast["hugh"], **{**given, "name": "Anew"})
    assert {cell.get("mark") for one in few.document["tables"] for cell in one["cells"]} == {"[c]", "[z]"}


def test_a_group_of_three_is_hidden_and_does_not_stop_the_release(cast: Cast, signed_in: SignIn) -> None:
    """One person of another gender would keep a provider's whole quarter back from whoever pays for it."""
    helped(cast, SENT | {"female": (12, 4, 0), "other": (3, 1, 0)})
    page = signed_in(cast["hugh"]).post("/releases/declare", DECLARED)["Location"]
    release = Release.objects.get()
    tasks.work_out_release(release.pk)
    release.refresh_from_db()
    assert release.problem == ""
    started = {
        cell["at"].get("gender", ""): cell.get("value", cell.get("mark"))
        for table in release.document["tables"]
        for cell in table["cells"]
        if table["of"] == "started"
    }
    assert started == {"": 28, "Male": "[c]", "Female": "[c]", "Other": "[c]", "Unknown": "[z]"}
    assert release.verdict["known_before"] == 2  # of the three who started, and who completed
    preview = text(signed_in(cast["hugh"]), page)
    assert "2 of the hidden counts are of groups so small that whoever knows how many are in one knows them" in preview
    assert "What came of groups of fewer than 9 people is hidden." in preview
    assert "have to check it, and 1 of your organisation may" in preview  # only George is there


def test_a_provider_releases_nothing_else(cast: Cast) -> None:
    """Figures of an enforceable scheme are the force's to release; published here they would be read by police."""
    given: dict[str, Any] = {"force": cast["hugh"].organisation, "start": date(2025, 1, 1), "end": date(2025, 3, 31)}
    with pytest.raises(Refused, match="you have none"):
        make_release(audience="shared", by=cast["hugh"], **given)
    helped(cast)
    for changes, words in (
        ({"audience": "published"}, "are not published here"),
        ({"tables": [("ethnicity",)]}, "leave out ethnicity"),
        ({"tables": [("age_band",), ("age_two",)]}, "two forms of one thing"),
    ):
        with pytest.raises(Refused, match=words):
            make_release(**({"audience": "shared", "by": cast["hugh"], **given} | changes))
