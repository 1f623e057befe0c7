"""docs/who-sees-what.md says what the code lets each role see of a case; WRITE_WHO=yes writes it anew."""

import os

import pytest
from django.conf import settings

from cases.models import YouthDuty
from diversion import clock
from diversion.accounts.models import Role, Search, Team
from diversion.audit.models import Event
from diversion.notifications.actions import queueing
from diversion.notifications.kinds import Due
from diversion.postgres import wall
from referrals.models import Referral
from reporting.models import DipSample, PanelMember, Suspect
from tests.conftest import Cast
from tests.factories.every_row import everything_about
from tests.factories.ground import newcomer
from tests.factories.schemes import rewrite
from tests.factories.youth import serve
from tests.integration.who_sees import asking, kinds
from tests.integration.who_sees import page as written

#: Cells of what is seen also of a colleague's.
FARTHEST = {places[-1] for places in asking.PLACES.values()}
OWN = {kind.words for kind in kinds.EVERY if kind.tables[0] in asking.THEIR_OWN}
PAGE = settings.BASE_DIR / "docs" / "who-sees-what.md"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def made(cast: Cast) -> Referral:
    """The case, with each of the cast where they stand beside it."""
    referral, service = everything_about(cast), cast["yusuf"].organisation
    serve(cast)
    cast["yan"] = newcomer("Yan Holt", "yan@youth.example", service, "youth-justice-worker", cast["yusuf"].password)
    told = {"service": service, "notified_at": clock.now(), "notified_by": cast["amara"]}
    YouthDuty.objects.filter(case=referral.case).update(**told)
    Referral.objects.filter(pk=referral.pk).update(navigator=cast["george"], state=Referral.State.ACCEPTED)
    cast["david"].team = Team.objects.create(organisation=cast["david"].organisation, name="Response Z")
    cast["david"].save()
    queueing.queue(kind="help", due=[Due("2", cast["amara"].organisation_id, cast["amara"].pk)])
    for who in ("george", "yusuf", "petra"):
        Search.objects.create(user=cast[who], page="case_list", typed={"q": "Quill"})
    DipSample.objects.get().items.create(place=2, group="White", suspect=Suspect.objects.get())
    PanelMember.objects.filter(user=cast["petra"]).update(interest="none", declared_at=clock.now())
    return referral


def test_nobody_sees_further_than_the_page_says(cast: Cast) -> None:
    """Whoever answers for the data signs this page: a line that is not so any more is a promise that is broken."""
    referral, page = made(cast), written.read(PAGE.read_text(encoding="utf-8"))
    assert asking.of_strangers(cast) == {who: set() for who in asking.STRANGERS}
    alike: dict[tuple[str, frozenset[str]], list[Role]] = {}  # roles that see the same of a colleague's: all at once
    for role in Role.objects.order_by("pk"):
        title = asking.TITLES[role.organisation_kind]
        told = {words for words, cell in page[title, role.name].items() if cell in FARTHEST} - OWN
        alike.setdefault((title, frozenset(told)), []).append(role)
    for (title, seen), roles in alike.items():
        assert asking.farthest(cast, referral, roles) == seen, (title, roles)


@pytest.mark.sweep
def test_the_page_says_what_the_code_says(cast: Cast) -> None:
    """Every role from every place, and of voluntary support apart; WRITE_WHO=yes writes the page."""
    referral = made(cast)
    told = asking.of_roles(cast, referral)
    rewrite(referral.scheme_version, confidentiality="voluntary")
    page = written.page(told, asking.of_roles(cast, referral))
    if os.environ.get("WRITE_WHO"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "Write it anew by `make who`, and read what has changed."


def test_every_table_behind_the_wall_is_on_the_page() -> None:
    """A new table of people of which the page is silent would be seen by nobody knows whom."""
    tables = [table for kind in kinds.EVERY for table in kind.tables]
    assert sorted(tables) == sorted([*wall.WALL, Event._meta.db_table])
