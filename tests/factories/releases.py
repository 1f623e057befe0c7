"""Releases through their whole life, as the people of the force take them."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from diversion.accounts.models import Organisation, Role, User
from reporting.actions.release_checks import judge_table, send_verdict
from reporting.actions.releases import make_release
from reporting.models import Release
from reporting.releases.looking import table_keys
from tests.conftest import Cast
from tests.factories.ground import hold, newcomer

Q1: dict[str, Any] = {"start": date(2026, 1, 1), "end": date(2026, 3, 31)}


def attack(*paths: Path) -> dict[str, Any]:
    """The verdict of `manage.py attack`; it raises where a cell is narrower than promised."""
    told = StringIO()
    call_command("attack", *map(str, paths), stdout=told)
    verdict: dict[str, Any] = json.loads(told.getvalue().splitlines()[-1])
    return verdict


def agree(release: Release, by: User, *, hide: list[dict[str, Any]] | None = None) -> Release:
    """``by`` finds that every table may leave, with the figures ``hide`` of the first one hidden, and says so."""
    for number, key in enumerate(table_keys(release.document)):
        judge_table(release=release, table=key, agrees=True, hide=(hide or []) if not number else [], by=by)
    return send_verdict(release=release, by=by)


def object_to(release: Release, by: User, why: str = "Too small a force.") -> Release:
    """``by`` finds that no table may leave."""
    for key in table_keys(release.document):
        judge_table(release=release, table=key, agrees=False, why=why, by=by)
    return send_verdict(release=release, by=by)


def let_go(release: Release, cast: Cast) -> Release:
    """Both checkers agree: the release leaves."""
    agree(release, cast["rosa"])
    agree(release, cast["samir"])
    release.refresh_from_db()
    assert release.state == Release.State.RELEASED, release.problem
    return release


def of_northmoor(cast: Cast) -> Cast:
    """Who makes and checks the releases of Northmoor, by the keys of those who do so in Avonford."""
    noel = cast["noel"]
    hold(noel, *noel.roles.all(), Role.objects.get(slug="monitoring-inspector"))
    people = {"ian": noel}
    for key in ("rosa", "samir"):
        address = f"{key}@northmoor.example"
        people[key] = newcomer(f"{key} of Northmoor", address, noel.organisation, "checker", noel.password)
    return people


def left(force: Organisation, cast: Cast, **changes: Any) -> Release:
    """A release that has left."""
    given: dict[str, Any] = {"force": force, "audience": "published", **Q1, "by": cast["ian"]}
    return let_go(make_release(**given | changes), cast)
