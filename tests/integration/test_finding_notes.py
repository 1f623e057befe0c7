"""Explain or reform: from a finding to a note with an owner and a day, and to its end."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from diversion.accounts.models import User
from reporting.actions import notes
from reporting.models import FindingNote
from tests.conftest import Cast
from tests.factories.facts import live

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
YEAR = {"start": "2026-01-01", "end": "2026-06-30", "source": "live"}
SAID = {"kind": "reform", "text": "A sergeant looks at each decision not to offer.", "due_on": "2026-09-01"}


@pytest.fixture
def figures(cast: Cast) -> None:
    """A difference that is flagged."""
    refused: dict[str, Any] = {"decision": "not_offered", "disposal": "not_offered"}
    for code, offered, people in (("W1", 397, 1903), ("B1", 61, 412), ("A1", 60, 300)):
        live(cast["ian"].organisation, offered, ethnicity_self_code=code)
        live(cast["ian"].organisation, people - offered, ethnicity_self_code=code, **refused)


def written(cast: Cast, **changes: Any) -> FindingNote:
    words = ("offered_of_considered", "ethnicity", "Black", "White", "look")
    about = notes.Compared(*words, date(2026, 1, 1), date(2026, 6, 30))
    usual = {"kind": "explain", "text": "Few", "owner": cast["david"], "due_on": date(2026, 6, 20), "by": cast["ian"]}
    return notes.write_note(about=about, **usual | changes)


def test_a_finding_is_explained_or_reformed_by_somebody_and_by_a_day(
    cast: Cast, figures: None, signed_in: SignIn
) -> None:
    """A flag that nobody has to answer is looked at each quarter and never acted on."""
    client = signed_in(cast["ian"])
    address = client.get("/monitoring/", YEAR).context["note_address"]
    form = client.get(address)
    assert "61 of 412 Black people considered were offered a resolution" in form.content.decode()
    done = client.post(address, SAID | {"owner": cast["david"].pk})
    assert done.status_code == 302
    note = FindingNote.objects.get()
    assert (note.measure, note.group, note.compared_with, note.flag) == (
        *("offered_of_considered", "Black"),
        *("White", "look"),
    )
    assert (note.owner, str(note.due_on), str(note.start)) == (cast["david"], "2026-09-01", "2026-01-01")
    page = signed_in(cast["david"]).get(done["Location"]).content.decode()
    assert "Black people against White people: were offered a resolution (look)" in page
    assert "due on 1 September 2026" in page
    assert "412" not in note.text


def test_a_note_may_be_about_another_group_than_the_first(cast: Cast, figures: None, signed_in: SignIn) -> None:
    """What is spoken of first is not all that a force has to answer."""
    client = signed_in(cast["ian"])
    client.post(
        "/monitoring/notes/add?group=Asian&" + "&".join(map("=".join, YEAR.items())), SAID | {"owner": cast["ian"].pk}
    )
    assert FindingNote.objects.get().group == "Asian"
    assert client.get("/monitoring/notes/add", YEAR | {"group": "Nobody"}).status_code == 404
    assert client.get("/monitoring/notes/add", YEAR | {"gender": "Male"}).status_code == 404
    assert client.get("/monitoring/notes/add", YEAR | {"end": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": ""}, "Write what explains it, or what will change"),
        ({"due_on": "2026-06-01"}, "is over: choose a later one"),
        ({"owner": ""}, "Choose who answers for it"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    cast: Cast, figures: None, signed_in: SignIn, change: dict[str, str], said: str
) -> None:
    """A note typed twice is a note not written."""
    client = signed_in(cast["ian"])
    address = client.get("/monitoring/", YEAR).context["note_address"]
    page = client.post(address, {**SAID, "owner": str(cast["david"].pk), **change})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert change.get("text") == "" or SAID["text"] in page.content.decode()
    assert not FindingNote.objects.exists()


def test_only_who_sees_the_figures_may_own_a_note(cast: Cast, figures: None, signed_in: SignIn) -> None:
    """Somebody who cannot see the difference cannot answer for it; nor can another force."""
    client = signed_in(cast["ian"])
    address = client.get("/monitoring/", YEAR).context["note_address"]
    owners = set(client.get(address).context["form"].fields["owner"].queryset)
    assert owners == {cast["david"], cast["ian"]}
    for key in ("amara", "noel"):
        with pytest.raises(notes.Refused, match="sees the figures of your force"):
            written(cast, owner=cast[key])


def test_a_note_is_done_once_and_stays_to_be_read(cast: Cast, signed_in: SignIn) -> None:
    """A note that is gone once it is done cannot be held against the next figures."""
    note = written(cast)
    client = signed_in(cast["david"])
    assert "Differences that you answer for" in client.get("/").content.decode()
    assert "Differences that you answer for" not in signed_in(cast["ian"]).get("/").content.decode()
    client = signed_in(cast["david"])
    address = f"/monitoring/notes/{note.reference}/done"
    assert "marked as done" in client.post(address, follow=True).content.decode()
    note.refresh_from_db()
    assert note.done_by == cast["david"]
    again = client.post(address, follow=True).content.decode()
    assert "has changed since you opened this page" in again
    assert "done on 10 June 2026" in again
    assert client.get("/monitoring/", YEAR).context["notes"] == []
    assert "Differences that you answer for" not in client.get("/").content.decode()


def test_a_note_that_is_late_says_so(cast: Cast, signed_in: SignIn) -> None:
    """A day that passes without a word is a promise that was not kept."""
    note = written(cast)
    FindingNote.objects.filter(pk=note.pk).update(due_on=date(2026, 6, 9))
    assert ">Late<" in "".join(signed_in(cast["ian"]).get("/monitoring/notes").content.decode().split())


def test_another_force_reads_no_note(cast: Cast, signed_in: SignIn) -> None:
    """What a force says of its own figures is its own until it releases them."""
    note = written(cast)
    client = signed_in(cast["noel"])
    assert "No note has been written yet" in client.get("/monitoring/notes").content.decode()
    assert client.post(f"/monitoring/notes/{note.reference}/done").status_code == 404
