"""A crime that the record system tells of, on the page "Record a decision"."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cases.actions.known_crimes import bring_crimes
from cases.intake.crimes import read_crimes
from cases.models import Case, KnownCrime, Offence
from cases.queries import known_crimes
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.management.pruning import prune
from referrals.forms.filling import crime_sought
from referrals.models import DecisionDraft
from tests.conftest import NOW, Cast
from tests.factories.cases import person, record

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
NUMBER = "AV/9001/26"
ROW = {
    "number": NUMBER,
    "offence": "Theft from a shop",
    "committed_on": "7 June 2026",
    "area": "Northgate",
    "victim": "Hart's Stores",
    "victim_kind": "Business",
    "person": "Sam Price",
    "born": "04/03/2001",
    "sex": "M",
}
STRANGER = ROW | {"person": "Kyle Ellis", "born": "14/06/2007"}
FILE = """Crime number;Offence;Date of offence;Beat;Suspect;DOB;Gender;Victim;Victim type;Officer in case
AV/9001/26;Shoplifting;7/6/2026 23:10;Northgate;ELLIS, Kyle;14/06/2007;M;Hart's Stores;Business;PC 1
AV/9001/26;Shoplifting;7/6/2026 23:10;Northgate;Jo Brown;3 May 1991;F;Hart's Stores;Business;PC 1
AV/9002/26;Riding a camel;8/6/2026;Northgate;;;;;;PC 1
"""


def bring(by: User, *rows: dict[str, str]) -> None:
    told = read_crimes(enumerate(rows, 2), Offence.objects.catalogue(by.organisation))
    bring_crimes(told=told, force=by.organisation, by=None)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def find(client: Client, sought: str) -> Any:
    return client.post(reverse("person_search"), {"q": sought}, follow=True)


def typed(page: Any) -> dict[str, Any]:
    """Every box of the page, as a browser would send it."""
    forms = page.context["page"].forms
    rows = [row for one in forms for row in (getattr(one, "forms", None) or [one])]
    sent = {box.html_name: box.value() for row in rows for box in row if box.value() not in (None, [], False)}
    return sent | {"crimes-TOTAL_FORMS": "1", "crimes-INITIAL_FORMS": "0"}


def press(client: Client, page: Any, name: str, value: object) -> Any:
    return client.post(reverse("record_decision"), typed(page) | {name: value})


def value_of(page: Any, box: str) -> Any:
    return typed(page).get(box)


def test_its_number_fills_in_what_the_record_system_tells(cast: Cast, signed_in: SignIn) -> None:
    """Typed again, a digit of it goes wrong, and the officer's minute goes on what the force knows already."""
    bring(cast["amara"], ROW)
    page = find(signed_in(cast["amara"]), "av/9001/26")
    assert page.request["QUERY_STRING"] == "crime=AV%2F9001%2F26"
    assert value_of(page, "crimes-0-number") == NUMBER
    assert value_of(page, "crimes-0-offence") == "theft-from-a-shop"
    assert value_of(page, "crimes-0-victim_name") == "Hart's Stores"
    assert value_of(page, "crimes-0-victim_kind") == "business"
    assert not Case.objects.exists()


def test_whoever_is_named_is_taken_with_one_button(cast: Cast, signed_in: SignIn) -> None:
    """The name would be typed again, and what stood on the page be lost."""
    bring(cast["amara"], STRANGER)
    client = signed_in(cast["amara"])
    page = find(client, NUMBER)
    [one] = page.context["page"].suspects
    assert "Kyle Ellis, born 14 June 2007" in text_of(page)
    page = press(client, page, "named", one.key)
    assert (value_of(page, "given_names"), value_of(page, "family_name")) == ("Kyle", "Ellis")
    assert str(value_of(page, "date_of_birth")) == "2007-06-14"
    assert value_of(page, "sex") == "male"
    assert value_of(page, "crimes-0-offence") == "theft-from-a-shop"
    assert DecisionDraft.objects.filter(author=cast["amara"]).exists()


def test_somebody_on_record_is_picked_from_the_record(cast: Cast, signed_in: SignIn) -> None:
    """They would be recorded a second time, and their earlier outcomes would not count."""
    known = record(cast["amara"], person=person()).person
    bring(cast["amara"], ROW | {"person": str(known), "born": known.date_of_birth.isoformat()})
    client = signed_in(cast["amara"])
    page = find(client, NUMBER)
    assert "(on record here)" in text_of(page)
    page = press(client, page, "pick", known.pk)
    assert str(value_of(page, "existing")) == str(known.pk)
    assert value_of(page, "crimes-0-number") == NUMBER


def test_a_name_without_its_day_of_birth_shows_nobody_on_record(cast: Cast, signed_in: SignIn) -> None:
    """A common name would put somebody else's record under the officer's hand."""
    known = record(cast["amara"], person=person()).person
    bring(cast["amara"], ROW | {"person": str(known), "born": ""})
    assert "(on record here)" not in text_of(find(signed_in(cast["amara"]), NUMBER))


@pytest.mark.parametrize("name", ["P", "Price", "Sam P", "Samuel Price", "-", "?", "'", "Sam Price-Hill"])
def test_half_a_name_shows_nobody_on_record(cast: Cast, signed_in: SignIn, name: str) -> None:
    """Somebody else's record, of the same day of birth, would lie under the officer's hand."""
    known = record(cast["amara"], person=person()).person
    bring(cast["amara"], ROW | {"person": name, "born": known.date_of_birth.isoformat()})
    assert "(on record here)" not in text_of(find(signed_in(cast["amara"]), NUMBER))


def test_whoever_shares_name_and_birthday_can_be_taken_as_somebody_else(cast: Cast, signed_in: SignIn) -> None:
    """The record on file would be the only one to choose."""
    known = record(cast["amara"], person=person()).person
    bring(cast["amara"], ROW | {"person": str(known), "born": known.date_of_birth.isoformat()})
    client = signed_in(cast["amara"])
    page = find(client, NUMBER)
    [one] = page.context["page"].suspects
    page = press(client, page, "named", one.key)
    assert value_of(page, "family_name") == known.family_name
    assert not value_of(page, "existing")


def test_a_button_pressed_late_still_does_what_it_says(cast: Cast, signed_in: SignIn) -> None:
    """Once a name was begun the button did nothing; once the record system has taken the name back nobody said so."""
    bring(cast["amara"], STRANGER)
    client = signed_in(cast["amara"])
    page = find(client, NUMBER)
    [one] = page.context["page"].suspects
    begun = typed(page) | {"given_names": "Kyl", "named": one.key}
    assert value_of(client.post(reverse("record_decision"), begun), "family_name") == "Ellis"
    bring(cast["amara"], ROW)
    assert "does not tell that any more" in text_of(press(client, page, "named", one.key))


def test_filling_in_changes_nothing_that_was_typed(cast: Cast, signed_in: SignIn) -> None:
    """An officer who was told more at the scene would lose it to an older entry."""
    bring(cast["amara"], STRANGER)
    client = signed_in(cast["amara"])
    own = {"crimes-0-number": NUMBER, "crimes-0-area": "Southgate", "crimes-0-victim_name": "Mrs Typed"}
    page = client.post(reverse("record_decision"), typed(client.get(reverse("record_decision"))) | own | {"fill": "0"})
    assert value_of(page, "crimes-0-offence") == "theft-from-a-shop"
    assert value_of(page, "crimes-0-area") == "Southgate"
    assert value_of(page, "crimes-0-victim_name") == "Mrs Typed"
    assert value_of(page, "crimes-0-victim_kind") != "business"


def test_a_number_typed_into_the_page_offers_to_fill_it_in_and_changes_nothing_by_itself(
    cast: Cast, signed_in: SignIn
) -> None:
    """What an officer has typed would be overwritten under their hand."""
    bring(cast["amara"], STRANGER)
    client = signed_in(cast["amara"])
    sent = typed(client.get(reverse("record_decision"))) | {"crimes-0-number": NUMBER, "show": "1"}
    page = client.post(reverse("record_decision"), sent)
    assert "In the record system: Theft from a shop; 7 June 2026; Northgate; Hart&#x27;s Stores" in text_of(page)
    assert not value_of(page, "crimes-0-offence")
    page = press(client, page, "fill", 0)
    assert value_of(page, "crimes-0-offence") == "theft-from-a-shop"
    assert "Fill this in" not in text_of(page)


def test_a_number_that_nobody_told_of_is_kept_in_its_box(cast: Cast, signed_in: SignIn) -> None:
    """What was typed would be lost, or the officer sent away because an extract is late."""
    page = find(signed_in(cast["amara"]), "av/1/26")
    assert "Nothing is known here of AV/1/26" in text_of(page)
    assert value_of(page, "crimes-0-number") == "AV/1/26"


def test_another_force_is_told_nothing(cast: Cast, signed_in: SignIn) -> None:
    """The number would tell another force's officer whom ours suspects."""
    bring(cast["amara"], STRANGER)
    page = find(signed_in(cast["ben"]), NUMBER)
    assert page.status_code == 200
    assert "Ellis" not in text_of(page)
    assert not KnownCrime.objects.visible_to(cast["george"]).exists()


def test_looking_up_is_logged_once_a_shift_and_ends(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers could be tried one after another, and each names people."""
    monkeypatch.setattr(known_crimes, "MANY", 1)
    monkeypatch.setattr(known_crimes, "MOST", 2)
    bring(cast["amara"], *(STRANGER | {"number": f"AV/900{n}/26"} for n in range(3)))
    client = signed_in(cast["amara"])
    for number in (0, 0, 1, 2):
        page = find(client, f"AV/900{number}/26")
    kinds = list(Event.objects.filter(kind__startswith="crime.looked_up").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["crime.looked_up", "crime.looked_up_many"]
    log = text_of(signed_in(cast["jo"]).get("/access-log/"))
    assert "crime number: AV/9000/26" in log
    assert "You have looked up 2 crimes in this shift" in text_of(page)
    assert "Ellis" not in text_of(page)


def test_it_goes_once_it_is_not_told_again(cast: Cast) -> None:
    """Whoever was suspected and never decided about would stay on record for ever."""
    bring(cast["amara"], ROW)
    prune()
    assert KnownCrime.objects.count() == 1
    with clock.set_to(NOW + timedelta(days=28)):
        prune()
    assert not KnownCrime.objects.exists()


def test_what_is_told_again_takes_the_place_of_what_was(cast: Cast) -> None:
    """Somebody who is suspected no longer would go on being named."""
    bring(cast["amara"], ROW)
    bring(cast["amara"], STRANGER)
    [known] = KnownCrime.objects.all()
    assert [one["given_names"] for one in known.suspects] == ["Kyle"]


@pytest.mark.parametrize(
    ("sought", "number"),
    [
        ("42 26000111222", "42 26000111222"),
        ("Sam Price AV/9001/26", ""),
        ("Kyle Ellis 07700900229", ""),
        ("07700 900229", ""),
        ("+447700900229", ""),
        ("447700900229", ""),
        ("kyle.ellis14@example.org", ""),
        ("Kyle Ellis b.14/06/2007", ""),
        ("D14/06/2007", ""),
        ("14/O6/2007", ""),
        ("SW1A 1AA", ""),
        ("Kyle14", ""),
        ("14a Northgate Road", ""),
        ("av/1234/26", "AV/1234/26"),
        ("AV1234", ""),
        ("av 7", "AV 7"),
        ("42/123456/26", "42/123456/26"),
        ("2600012345", "2600012345"),
        ("Price, Sam 4/3/2001", ""),
        ("4/3/2001", ""),
        ("4jun 2001", ""),
        ("31/02/2001", ""),
        ("4/3/01", ""),
        ("Sam Price", ""),
        ("14062001", ""),
        ("", ""),
    ],
)
def test_what_is_a_number_and_what_a_name(cast: Cast, sought: str, number: str) -> None:
    """A name, a day of birth or a telephone number would stand in an address, where logs and histories keep it."""
    bring(cast["amara"], ROW | {"number": "AV 7"})  # a number that is known may be written in any way
    assert crime_sought(sought, by=cast["amara"]) == number


def told(path: Path, **options: Any) -> tuple[dict[str, Any], str]:
    out, err = StringIO(), StringIO()
    call_command("import_crimes", str(path), force="avonford", stdout=out, stderr=err, **options)
    return json.loads(out.getvalue().splitlines()[-1]), err.getvalue()


def test_a_file_of_the_record_system(cast: Cast, tmp_path: Path) -> None:
    """Columns that a summary would not take are passed over and named, and no word of a person is repeated."""
    path = tmp_path / "crimes.csv"
    path.write_text(FILE, encoding="utf-8")
    counts, remarks = told(path, dry_run=True)
    assert not KnownCrime.objects.exists()
    assert counts == {
        "force": "avonford",
        "dry_run": True,
        "rows": 3,
        "taken": 3,
        "rejected": 0,
        "crimes": 2,
        "suspects": 2,
    }
    assert "Columns passed over, by their place: " in remarks
    assert "Line 4: not read, or told otherwise before: Offence" in remarks
    told(path)
    assert KnownCrime.objects.get(number=NUMBER).suspects[0]["born"] == "2007-06-14"
    assert "Ellis" not in remarks


def test_a_file_without_numbers_is_refused_and_a_bad_row_is_rejected(cast: Cast, tmp_path: Path) -> None:
    """Half a file would be taken for the whole."""
    path = tmp_path / "crimes.csv"
    path.write_text("Offence,Suspect\nTheft,Kyle Ellis\n", encoding="utf-8")
    with pytest.raises(CommandError, match="no column that tells the number"):
        told(path)
    path.write_text("Crime number,Suspect\nAV/1/26,Kyle Ellis\n,Jo Brown\n", encoding="utf-8")
    with pytest.raises(CommandError, match="1 of 2 rows were rejected"):
        told(path)
    assert KnownCrime.objects.count() == 1
    path.write_text("Crime number,Occurrence\nAV/1/26,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="tells the same twice"):
        told(path)


def test_a_line_break_inside_a_field_is_one_row_and_a_name_in_the_header_is_not_repeated(
    cast: Cast, tmp_path: Path
) -> None:
    """A name would stand in the log of whoever runs the import; a crime would be lost for how its area was typed."""
    path = tmp_path / "crimes.csv"
    path.write_text(
        'Crime number,Area,Suspect,Kyle Ellis\nAV/9001/26,"North\ngate",Sam Price,x\nAV/9002/26,"open,Jo Brown,x\n'
        "AV/9003/26,Southgate,Max Hill,x\n",
        encoding="utf-8",
    )
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 of 3 rows were rejected"):
        call_command("import_crimes", str(path), force="avonford", stdout=out, stderr=err)
    assert "Ellis" not in err.getvalue()
    assert "by their place: 4" in err.getvalue()
    assert KnownCrime.objects.get(number="AV/9001/26").area == "North gate"
    assert KnownCrime.objects.filter(number="AV/9003/26").exists()


def test_a_number_that_is_too_long_is_said_and_looked_up_nowhere(cast: Cast, signed_in: SignIn) -> None:
    """A page that cannot keep it would answer with an error of the service."""
    page = text_of(signed_in(cast["amara"]).get(reverse("record_decision"), {"crime": "AV/" + "1" * 60 + "/26"}))
    assert "A crime number has 40 characters at most." in page
    assert not Event.objects.filter(kind="crime.looked_up").exists()


def test_everybody_named_of_many_crimes_is_asked_for_at_once(
    cast: Cast, django_assert_num_queries: Callable[[int], Any]
) -> None:
    """A page of ten crimes with twenty suspects each would wait for hundreds of answers of the database."""
    rows = [ROW | {"number": f"AV/900{n // 3}/26", "person": f"Kyle Ellis{'abcdefghi'[n]}"} for n in range(9)]
    record(cast["amara"], person=person(given_names="Kyle", family_name="Ellise", date_of_birth=date(2001, 3, 4)))
    bring(cast["amara"], *rows)
    kept = list(KnownCrime.objects.all())
    with django_assert_num_queries(3):  # the people, whether each was shown, and the entry that this one is
        found = known_crimes.named_of(*kept, by=cast["amara"])
    assert [len(one.people) for one in found] == [0, 0, 0, 0, 1, 0, 0, 0, 0]
