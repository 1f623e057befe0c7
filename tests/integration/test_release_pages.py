"""Releases in the browser: declared, looked through by two people who do not see each other's verdict, and read."""

import hashlib
import io
import json
import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from diversion.accounts.models import Organisation, User
from diversion.audit.models import Event
from diversion.door import Audience, leave_released
from reporting import tasks
from reporting.actions import releases as making
from reporting.actions.releases import as_file
from reporting.door import released
from reporting.models import Fact, Release, StageFact
from reporting.releases import telling
from reporting.releases.looking import cells_of, looked_at
from tests.conftest import Cast
from tests.factories.facts import live
from tests.factories.papers import charts
from tests.factories.releases import Q1, agree, left, let_go, object_to

SignIn = Callable[[User], Client]
DECLARED = {
    "audience": "published",
    "start": "2026-01-01",
    "end": "2026-03-31",
    "unit": "",
    "source": "live",
    "name": "First quarter",
    "first_1": "gender",
}


@pytest.fixture
def force(cast: Cast, frozen: datetime) -> Organisation:
    """Three groups, one of them small."""
    avonford = cast["ian"].organisation
    for gender, offered in (("Male", 80), ("Female", 60), ("Other", 4)):
        day = {"happened_on": Q1["start"], "gender": gender}
        live(avonford, offered, **day)
        live(avonford, offered // 2, **day, decision="not_offered", disposal="not_offered")
    return avonford


def drafted(force: Organisation, cast: Cast, **changes: Any) -> Release:
    given: dict[str, Any] = {"force": force, "audience": "published", **Q1, "tables": [("gender",)], "by": cast["ian"]}
    return making.make_release(**given | changes)


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def test_a_release_is_declared_previewed_frozen_checked_and_read(
    force: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    """The whole way in the browser; at its end the file has the fingerprint that the page shows."""
    client = signed_in(cast["ian"])
    assert "Declare a release" in text(client, "/releases/")
    page = client.post("/releases/declare", DECLARED)["Location"]
    assert "being worked out" in text(client, page).lower()
    release = Release.objects.get()
    tasks.work_out_release(release.pk)
    preview = text(client, page)
    assert "counts are shown" in preview
    assert "The attacker, who knows everything in it, could narrow none" in preview
    client.post(f"{page}freeze")
    assert "0 of 2 verdicts are in" in text(client, page)
    for who in ("rosa", "samir"):
        client = signed_in(cast[who])
        assert "wait for your check" in text(client, "/")
        assert "To be judged" in text(client, f"{page}check/")
        seen = Release.objects.get().sha256
        client.post(f"{page}check/1", {"agrees": "yes", "seen": seen})
        assert "May leave" in text(client, f"{page}check/")
        client.post(f"{page}check/", {"seen": seen})
        assert "wait for your check" not in text(client, "/")
    release.refresh_from_db()
    assert release.state == Release.State.RELEASED
    told = text(signed_in(cast["hana"]), page)
    assert release.sha256 in told
    assert "First quarter" in told
    file = client.get(f"{page}file")
    assert hashlib.sha256(file.content).hexdigest() == release.sha256
    assert Event.objects.filter(kind="release.downloaded", actor_id=cast["hana"].pk).exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start": "2026-01-05"}, "whole months"),
        ({"end": "2026-06-30"}, "has not come yet"),
        ({"first_1": "ethnicity", "first_2": "ethnicity_apart"}, "two forms of one thing"),
        ({"second_1": "gender"}, "two different groups"),
        ({"second_2": "age_band"}, "split by first"),
        ({"audience": ""}, "Choose who it is for"),
        ({"first_1": ""}, "Choose what the first table is split by"),
    ],
)
def test_what_cannot_be_declared_is_said_and_what_was_typed_is_kept(
    force: Organisation, cast: Cast, signed_in: SignIn, changes: dict[str, str], words: str
) -> None:
    """An analyst who has filled the form must not fill it again to learn what was wrong."""
    response = signed_in(cast["ian"]).post("/releases/declare", DECLARED | changes)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert 'value="First quarter"' in response.content.decode()
    assert not Release.objects.exists()


def test_each_table_is_judged_beside_what_readers_hold_already(
    force: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    """A checker who has to look elsewhere for what an earlier release shows judges the table as if nobody held it."""
    first = left(force, cast, tables=[("gender",)])
    draft = drafted(force, cast, tables=[("gender",), ("ethnicity",)])
    client, page = signed_in(cast["rosa"]), f"/releases/{draft.reference}/check/"
    by_gender, by_ethnicity = (words(client, f"{page}{number}") for number in (1, 2))
    for told in (by_gender, by_ethnicity, words(client, page)):
        assert "in 1 other release of the same time, could narrow none" in told
        assert "Beside earlier releases of the same time" in told
    shown = len(cells_of(first.document, "1"))
    assert f"{first.name} {shown} 0 0 0 0 0" in by_gender
    assert re.search(rf"{first.name} \d 0 [1-9]\d? 0 0 0", by_ethnicity)


VERDICTS = ("Does not agree", "does not agree", "Agrees", "Too small a force", "May not leave")


def test_nobody_is_told_of_a_verdict_before_both_are_in(force: Organisation, cast: Cast, signed_in: SignIn) -> None:
    """A checker who knows that the other agreed no longer looks; an author who knows asks the other to agree."""
    draft = drafted(force, cast)
    object_to(draft, cast["rosa"])
    page = f"/releases/{draft.reference}/"
    for who, paths in {
        "samir": ("/releases/", page, f"{page}check/", f"{page}check/1"),
        "ian": ("/releases/", page),
        "jo": ("/access-log/",),
    }.items():
        client = signed_in(cast[who])
        for path in paths:
            shown = text(client, path)
            assert not [words for words in VERDICTS if words in shown], (who, path)
    assert "1 of 2 verdicts are in" in text(signed_in(cast["samir"]), page)
    agree(draft, cast["samir"])
    shown = text(signed_in(cast["ian"]), page)
    assert "Does not agree" in shown
    assert "Too small a force" in shown
    assert "does not agree" in text(signed_in(cast["jo"]), "/access-log/")


def test_the_log_has_the_same_entries_whatever_the_first_verdict_is(force: Organisation, cast: Cast) -> None:
    """An entry that only a refusal writes tells of the refusal."""
    written = []
    for judge in (agree, object_to):
        draft = drafted(force, cast, name=judge.__name__)
        before = Event.objects.count()
        judge(draft, cast["rosa"])
        events = list(Event.objects.order_by("pk")[before:])
        written.append([(one.kind, one.nature, one.detail, one.recipients) for one in events])
    assert written[0] == written[1]
    assert written[0]


def test_a_verdict_is_about_the_draft_that_was_on_the_page(force: Organisation, cast: Cast, signed_in: SignIn) -> None:
    """A draft frozen anew while somebody looked at the old one would be let out unseen."""
    draft = drafted(force, cast)
    page = f"/releases/{draft.reference}/"
    client = signed_in(cast["rosa"])
    response = client.post(f"{page}check/1", {"agrees": "yes", "seen": "0" * 64})
    assert response.status_code == 422
    assert "This draft has changed since you opened this page" in response.content.decode()
    client.post(f"{page}check/1", {"agrees": "no", "why": "", "seen": draft.sha256})
    assert not draft.checks.exists()


def test_a_checker_hides_more_on_the_page(force: Organisation, cast: Cast, signed_in: SignIn) -> None:
    """Two tidy figures that together point at somebody are seen by people, and not by the programme."""
    draft = drafted(force, cast)
    page = f"/releases/{draft.reference}/"
    cell = json.dumps({"at": {"gender": "Male"}, "measure": "considered in 2026 Q1"})
    client = signed_in(cast["rosa"])
    answer = {"agrees": "yes", "seen": draft.sha256, "hide": [cell]}
    assert client.post(f"{page}check/1", answer).status_code == 302
    assert "Figures to hide: 1" in text(client, f"{page}check/")
    assert text(client, f"{page}check/1").count(" checked") == 2  # the answer, and the figure
    client.post(f"{page}check/", {"seen": draft.sha256})
    agree(draft, cast["samir"])
    assert Release.objects.get().state == Release.State.HIDING


@pytest.mark.parametrize(
    ("who", "draft", "released"),
    [("ian", 200, 200), ("rosa", 200, 200), ("david", 404, 200), ("noel", 404, 200), ("hana", 404, 200)],
)
def test_drafts_are_for_those_who_make_and_check_them(
    force: Organisation, cast: Cast, signed_in: SignIn, who: str, draft: int, released: int
) -> None:
    """A draft tells what may have to be hidden yet; what has left is for every reader."""
    one, other = drafted(force, cast, name="Zephyr"), left(force, cast, name="Quartz", tables=[("gender",)])
    client = signed_in(cast[who])
    text(client, f"/releases/{one.reference}/", draft)
    assert client.get(f"/releases/{one.reference}/file").status_code == 404
    text(client, f"/releases/{other.reference}/", released)
    shown = text(client, "/releases/")
    assert ("Zephyr" in shown.partition("Released</h2>")[0].partition("In hand")[2]) is (draft == 200)
    assert "Quartz" in shown


def test_the_workbook_of_a_release_says_what_its_data_say_and_no_more(
    force: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    """A count that is hidden in the data and printed in the workbook would tell of one person; readers take both."""
    one = left(force, cast, tables=[("gender",)])
    page, client = f"/releases/{one.reference}/", signed_in(cast["hana"])
    assert f"{page}workbook" in client.get(page).content.decode()
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{page}workbook").content))
    marks: set[str] = set()
    told: list[tuple[Any, ...]] = []
    for number, tables in looked_at(one.document).items():
        head, *rows = book.get_sheet_by_name(f"table_{number}").to_python()[4:]
        dimensions = tables[0]["dimensions"]
        for place, table in enumerate(tables):
            at = len(dimensions) + 4 * place
            read = {tuple(row[: len(dimensions)]): row[at] for row in rows}
            known = {
                tuple(cell["at"].get(name, "All") for name in dimensions): cell.get("value", cell.get("mark"))
                for cell in table["cells"]
            }
            assert read == known, (head[at], table["time"])
            rates = [[cell for cell in row[at + 1 : at + 4] if cell != "[x]"] for row in rows]
            told += [tuple(rate) for rate in rates if isinstance(next(iter(rate), None), float)]
            marks |= {value for value in known.values() if isinstance(value, str)}
    assert "[c]" in marks
    published = [(one["value"], *one["interval"]) for one in one.document["rates"] if one.get("value") is not None]
    assert published
    assert sorted(told) == sorted(published)
    assert Event.objects.filter(kind="release.downloaded", actor_id=cast["hana"].pk).count() == 1
    draft = drafted(force, cast, name="Zephyr")
    for file in ("workbook", "paper.pdf"):
        assert signed_in(cast["ian"]).get(f"/releases/{draft.reference}/{file}").status_code == 404


def test_the_paper_of_a_release_says_what_its_data_say_and_no_more(
    force: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    """As its workbook; and a paper that a screen reader cannot read leaves out whoever it is about."""
    one = left(force, cast, tables=[("gender",)])
    page, client = f"/releases/{one.reference}/", signed_in(cast["hana"])
    assert f"{page}paper.pdf" in client.get(page).content.decode()
    first, second = (client.get(f"{page}paper.pdf").content for _ in range(2))
    assert first == second
    file = PdfReader(io.BytesIO(first))
    words = " ".join(" ".join(sheet.extract_text() for sheet in file.pages).split())
    cells = [cell for table in one.document["tables"] for cell in table["cells"]]
    explained = sum(note.count("[c]") for note in one.document["footnotes"])
    assert words.count("[c]") - explained == len([cell for cell in cells if cell.get("mark") == "[c]"]) > 0
    assert [cell for cell in cells if cell.get("value") and f"{cell['value']:,.0f}" not in words] == []
    assert file.metadata is not None
    assert (file.metadata.title, file.root_object["/Lang"]) == (one.document["name"], "en-GB")
    tags = [tag.get_object() for tag in file.root_object["/StructTreeRoot"]["/K"][0].get_object()["/K"]]
    assert {"/Table", "/H1"} <= {str(tag["/S"]) for tag in tags}
    (chart,) = charts(first)
    assert chart.startswith("Offered, of those considered: 2026 Q1, by gender. Male 66.7% (57.8% to 74.5%, n = 120); ")
    assert chart.endswith("Other: not shown.")
    assert Event.objects.filter(kind="release.downloaded", actor_id=cast["hana"].pk).count() == 2


@pytest.mark.parametrize("who", ["amara", "lena", "fatima"])
def test_others_have_no_business_with_what_makers_and_checkers_do(
    force: Organisation, cast: Cast, signed_in: SignIn, who: str
) -> None:
    """A role that reads must not make, and no role reads nothing."""
    draft = drafted(force, cast)
    client = signed_in(cast[who])
    for step in ("freeze", "again", "discard", "withdraw", "check/", "check/1"):
        assert client.post(f"/releases/{draft.reference}/{step}").status_code in (403, 404), step
    assert Release.objects.get().state == Release.State.DRAFT


def test_a_withdrawn_release_says_why_and_shows_its_figures_no_more(
    force: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    """Somebody with the link would go on quoting figures that were taken back."""
    release = left(force, cast, tables=[("gender",)])
    page = f"/releases/{release.reference}/"
    client = signed_in(cast["ian"])
    assert client.post(f"{page}withdraw", {"why": ""}).status_code == 422
    client.post(f"{page}withdraw", {"why": "A group was miscounted."})
    shown = text(signed_in(cast["noel"]), page)
    assert "A group was miscounted." in shown
    assert "govuk-table" not in shown
    assert client.get(f"{page}file").status_code == 404
    assert "In place of" in text(signed_in(cast["ian"]), f"/releases/declare?revises={release.reference}")


def test_the_page_is_made_from_the_document_alone(force: Organisation, cast: Cast) -> None:
    """A reader with the file and nothing else must find what the page says, and no more."""
    release = let_go(drafted(force, cast), cast)
    document = leave_released(json.loads(as_file(release.document)), Audience.PUBLISHED)
    offered = "144 were offered a resolution (66.7%, 60.1% to 72.6%)"
    hidden = "how many accepted it is hidden, to protect people"
    told = f"2026 Q1: 216 people were considered; {offered}; {hidden}."
    assert telling.sentences(document) == [told]
    (table,) = telling.told_tables(document)
    assert [row[0] for row in table.table.rows] == ["Male", "Female", "Other", "Everyone"]
    assert (table.title, table.nobody) == ("2026 Q1, by gender", "Unknown")


def test_the_pages_cost_the_same_however_much_there_is(force: Organisation, cast: Cast, signed_in: SignIn) -> None:
    """A force with a hundred releases must not wait for them one by one."""
    client = signed_in(cast["rosa"])
    draft = drafted(force, cast)
    queries = []
    for number in (1, 4):
        for extra in range(number):
            drafted(force, cast, name=f"{number} {extra}")
        for path in ("/releases/", f"/releases/{draft.reference}/", f"/releases/{draft.reference}/check/1"):
            with CaptureQueriesContext(
                connection,
            ) as counted:
                text(client, path)
            queries.append(len(counted))
    assert queries[:3] == queries[3:]
    assert max(queries) < 30


def test_a_revision_shows_what_was_first_told_where_the_new_figure_would_tell_of_people(
    force: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    """Three women recorded late are told nowhere; of everybody the new figure stands beside the first."""
    Fact.objects.filter(force=force, gender="Other").delete()
    first = left(force, cast, tables=[("gender",)])
    live(force, 40, happened_on=Q1["start"], gender="Male")
    live(force, 3, happened_on=Q1["start"], gender="Female")
    Fact.objects.filter(force=force).update(case_id=F("pk"))
    client = signed_in(cast["ian"])
    asked = f"/releases/declare?revises={first.reference}"
    assert "Count these days anew" in text(client, asked)
    assert "Count these days anew" not in text(client, "/releases/declare")
    page = client.post(asked, DECLARED | {"name": "Told again", "anew": "on"})["Location"]
    second = Release.objects.get(name="Told again")
    tasks.work_out_release(second.pk)
    client.post(f"{page}freeze")
    second.refresh_from_db()
    let_go(second, cast)
    reader = signed_in(cast["hana"])
    shown = text(reader, page)
    assert re.search(r'253<br><span class="[^"]*">[^<]*first told: 210', shown)
    assert re.search(r'90<br><span class="[^"]*">as first told', shown)
    assert "the figure that was first told stands" in shown
    assert not {"93", "160"} & set(re.findall(r"<td[^>]*>\s*(\d+)", shown))
    assert "Told again" in text(reader, f"/releases/{first.reference}/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(reader.get(f"{page}workbook").content))
    (head, *rows) = book.get_sheet_by_name("table_1").to_python()[4:]
    assert head[5] == "Considered, as first told"
    told = {row[0]: (row[1], row[5]) for row in rows}
    assert (told["Female"], told["All"]) == (("[c]", 90), (253, 210))
    for path in ("paper.pdf", "brief", "summary", "file"):
        assert reader.get(f"{page}{path}").status_code == 200, path
    assert telling.sentences(released(second))[0].startswith("2026 Q1, revision 1: 253 people were considered")


def test_the_force_reads_what_has_changed_since_and_nobody_else_does(
    force: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    """Late records move the counts: the force must see it before others ask, and the exact counts stay in it."""
    release = left(force, cast)
    page = f"/releases/{release.reference}/"
    client = signed_in(cast["ian"])
    assert f'href="{page}changed"' in text(client, page)
    assert "No count of it would be another today" in text(client, f"{page}changed")
    Fact.objects.filter(force=force, gender="Male", diverted=True).update(diverted=False)
    StageFact.objects.filter(fact__force=force, fact__gender="Male").update(decision="offered_declined")
    changed = text(client, f"{page}changed")
    assert "Accepted" in changed
    assert "Male" in changed
    assert "operational: exact counts, not for release" in changed
    assert Event.objects.filter(kind="release.compared").exists()
    elsewhere = signed_in(cast["noel"])
    assert f"{page}changed" not in text(elsewhere, page)
    text(elsewhere, f"{page}changed", 403)


def test_of_a_draft_nothing_has_changed_since(force: Organisation, cast: Cast, signed_in: SignIn) -> None:
    """A draft has not left: what would be others today is counted again with the draft itself."""
    release = drafted(force, cast)
    text(signed_in(cast["ian"]), f"/releases/{release.reference}/changed", 404)


def words(client: Client, path: str, status: int = 200) -> str:
    """The text of a page as it is read."""
    return " ".join(
        unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", text(client, path, status), flags=re.S)).split()
    )


def test_a_release_on_one_page_and_in_plain_words(force: Organisation, cast: Cast, signed_in: SignIn) -> None:
    """A chief, or a newspaper, reads one page: each number needs its n and interval, what is hidden its word."""
    draft = drafted(force, cast)
    page = f"/releases/{draft.reference}/"
    assert text(signed_in(cast["ian"]), f"{page}brief", 404)
    let_go(draft, cast)
    document = Release.objects.get().document
    hidden = sum(cell.get("mark") == "[c]" for table in document["tables"] for cell in table["cells"])
    assert hidden
    partner = signed_in(cast["hugh"])
    for name in ("brief", "summary"):
        assert f"{page}{name}" in text(partner, page)
        told = words(partner, f"{page}{name}")
        assert "144 of the 216 considered were offered a resolution: " in told
        assert f"{hidden} are hidden" in told
        assert "Not compared, because a count is hidden to protect people" in told
        assert "This shows a difference" not in told, "nobody is compared"
    brief = words(partner, f"{page}brief")
    (rate,) = [one for one in document["rates"] if one["numerator"] == {"measure": "offered in 2026 Q1", "at": {}}]
    assert f"{rate['value']:g}%, {rate['interval'][0]:g}% to {rate['interval'][1]:g}%" in brief
    low, high = rate["interval"]
    assert f"about 67 in every 100; allowing for chance, {low:.0f} to {high:.0f}" in words(partner, f"{page}summary")
    assert Event.objects.filter(kind="release.read_in_words", actor_id=cast["hugh"].pk).exists()


def test_only_what_is_published_is_told_to_everybody(force: Organisation, cast: Cast, signed_in: SignIn) -> None:
    """What is shared with some must not go round as a leaflet, nor what was withdrawn as a brief."""
    shared = left(force, cast, audience="shared", tables=[("gender",)])
    page = f"/releases/{shared.reference}/"
    client = signed_in(cast["hugh"])
    assert f"{page}summary" not in text(client, page)
    assert text(client, f"{page}summary", 404)
    assert text(client, f"{page}brief")
    making.withdraw(release=shared, why="A row was counted twice.", by=cast["ian"])
    assert text(client, f"{page}brief", 404)


def test_two_groups_in_words_with_whether_chance_explains_it(cast: Cast, frozen: datetime, signed_in: SignIn) -> None:
    """A difference that chance explains, told as one, accuses; one that it does not explain, left out, acquits."""
    avonford = cast["ian"].organisation
    for code, offered, refused in (("W1", 400, 200), ("B1", 80, 120), ("A1", 66, 34)):
        day = {"happened_on": Q1["start"], "ethnicity_self_code": code}
        live(avonford, offered, **day)
        live(avonford, refused, **day, decision="not_offered", disposal="not_offered")
    page = f"/releases/{left(avonford, cast, tables=[('ethnicity',)]).reference}/"
    brief, plain = (words(signed_in(cast["ian"]), f"{page}{name}") for name in ("brief", "summary"))
    assert "Black: 80 of 200; White: 400 of 600. Ratio 0.60 (0.50 to 0.72): more than chance alone explains." in brief
    assert re.search(r"Asian: 66 of 100; White: 400 of 600. Ratio 0.99 .*?: compatible with no difference", brief)
    assert "January to March 2026: 900 people were considered; who was decided about twice counts twice." in plain
    assert (
        "Black: 80 of the 200 considered were offered a resolution: about 40 in every 100; allowing for chance, 34"
        in plain
    )
    assert "This shows a difference, not its cause." in brief
    assert plain.count("The difference is larger than chance alone explains.") == 1
    assert plain.count("The difference could be chance.") == 1
