"""The offence catalogue in the database: imported, corrected, ended, and seen by the force whose it is."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from cases.actions.catalogue import add_offence, end_offence, import_offences, load_offences
from cases.actions.correcting import correct_allegation
from cases.catalogue.entry import Entry
from cases.catalogue.files import Offered, shipped
from cases.models import Offence
from diversion.audit.models import Event
from diversion.refusals import Refused
from tests.conftest import Cast
from tests.factories import cases as factories
from tests.unit.cases.catalogue.builders import HEADER, JUNE, ROW, entry, offered

pytestmark = pytest.mark.usefixtures("frozen")

Summary = dict[str, Any]
Import = Callable[..., Summary]


@pytest.fixture
def imported(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Import:
    """Run the command on a file with ``text``; its last line, with what it said on standard error under ``said``."""

    def run(text: str | bytes, **options: Any) -> Summary:
        path = tmp_path / "ours.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        call_command("import_offences", str(path), **options)
        out, said = capsys.readouterr()
        found: Summary = json.loads(out.splitlines()[-1])
        assert found["rows"] == found["accepted"] + found["rejected"] + found["unchanged"]
        return found | {"said": said}

    return run


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary["rows"], summary["accepted"], summary["rejected"], summary["unchanged"]


def titles(code: str) -> list[str]:
    return sorted(Offence.objects.standing().filter(code=code).values_list("title", flat=True))


def text(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


def test_the_shipped_catalogue_is_loaded_once(cast: Cast) -> None:
    """Each start of the service loads it: it must neither grow nor write a line in the log each time."""
    before, events = Offence.objects.count(), Event.objects.filter(kind="offences.imported").count()
    assert load_offences() == shipped().rows == before
    assert Offence.objects.count() == before
    assert Event.objects.filter(kind="offences.imported").count() == events


def test_a_force_imports_its_own_and_again_nothing_changes(imported: Import) -> None:
    """The same file sent twice makes one entry, and the second time says so."""
    assert counts(imported(text(ROW), force="avonford")) == (1, 1, 0, 0)
    assert counts(imported(text(ROW), force="avonford")) == (1, 0, 0, 1)
    assert titles("ticket-touting") == ["Ticket touting"]


def test_a_file_with_all_that_strangers_files_have(imported: Import) -> None:
    """A byte-order mark, CRLF, blank rows, a code twice and a day that is none: each row has one fate and a reason."""
    rows = [ROW, ",,,,,,,,", ROW, ROW.replace("ticket-touting", "b-2").replace(",,", ",31/02/2026,"), ""]
    found = imported(b"\xef\xbb\xbf" + "\r\n".join([HEADER, *rows]).encode(), force="avonford")
    assert counts(found) == (3, 1, 2, 0)
    assert "Line 4, ticket-touting: rejected: the code stands on line 2 already" in found["said"]
    assert "Line 5, b-2: rejected: valid_from: “31/02/2026” is not a day" in found["said"]


def test_a_dry_run_writes_nothing_and_says_what_it_would(imported: Import) -> None:
    """A coordinator looks first."""
    before, events = Offence.objects.count(), Event.objects.count()
    found = imported(text(ROW), force="avonford", dry_run=True)
    assert counts(found) == (1, 1, 0, 0)
    assert found["dry_run"] is True
    assert "Line 2, ticket-touting: added." in found["said"]
    assert (Offence.objects.count(), Event.objects.count()) == (before, events)


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (HEADER.replace("mode", "moode"), {}, "Did you mean “mode”?"),
        ("", {}, "no header"),
        (f"{HEADER}\n{ROW}\n", {"force": "nowhere"}, "Known forces: avonford, northmoor"),
        (f"{HEADER}\n{ROW}\n", {"force": "bridgeway"}, "There is no force “bridgeway”"),
    ],
)
def test_what_cannot_be_imported_is_refused_whole(
    imported: Import, content: str, options: dict[str, str], said: str
) -> None:
    """One sentence that says how to mend it, and nothing written."""
    before = Offence.objects.count()
    with pytest.raises(CommandError, match=said.replace("?", r"\?")):
        imported(content, **options)
    assert Offence.objects.count() == before


def test_a_forces_own_entry_is_seen_there_alone(imported: Import, cast: Cast) -> None:
    """What one force made up for itself must not be charged, counted or read in another."""
    imported(text(ROW), force="avonford")
    ours, theirs = cast["elin"], cast["mina"]
    assert Offence.objects.visible_to(ours).filter(code="ticket-touting").exists()
    assert not Offence.objects.visible_to(theirs).filter(code="ticket-touting").exists()
    assert "ticket-touting" in Offence.objects.catalogue(ours.organisation)
    assert "ticket-touting" not in Offence.objects.catalogue(theirs.organisation)
    assert not Offence.objects.visible_to(cast["hana"]).filter(code="ticket-touting").exists()


def test_two_forces_may_use_one_code(imported: Import, cast: Cast) -> None:
    """Neither knows of the other's; each finds its own."""
    imported(text(ROW), force="avonford")
    imported(text(ROW.replace("Ticket touting", "Selling tickets")), force="northmoor")
    found = [Offence.objects.catalogue(cast[key].organisation).latest("ticket-touting") for key in ("elin", "mina")]
    assert [str(one) for one in found] == ["Ticket touting", "Selling tickets"]


def test_a_force_cannot_take_a_shared_code(imported: Import) -> None:
    """Common assault is what the law says, in every force."""
    found = imported(text(ROW.replace("ticket-touting", "common-assault")), force="avonford")
    assert counts(found) == (1, 0, 1, 0)
    assert titles("common-assault") == ["Common assault"]


def test_a_forces_own_entry_outlives_a_shared_one_that_comes_later(imported: Import, cast: Cast) -> None:
    """A release that adds the code must neither fail nor change what the force's officers choose."""
    imported(text(ROW), force="avonford")
    imported(text(ROW.replace("Ticket touting", "Touting as shared")))
    own = Offence.objects.catalogue(cast["elin"].organisation).on("ticket-touting", JUNE)
    other = Offence.objects.catalogue(cast["mina"].organisation).on("ticket-touting", JUNE)
    assert (str(own), str(other)) == ("Ticket touting", "Touting as shared")
    assert counts(imported(text(ROW), force="avonford")) == (1, 0, 0, 1)


def test_a_change_from_a_day_leaves_recorded_cases_as_they_were(imported: Import, cast: Cast) -> None:
    """A case is judged by the entry it was recorded with, whatever a later file says."""
    imported(text(ROW), force="avonford")
    case = factories.record(cast["amara"], crimes=[factories.crime("ticket-touting")])
    later = ROW.replace("summary", "either_way").removesuffix(",,") + ",2026-07-01,"
    assert "the entry of before ends on 2026-06-30" in imported(text(later), force="avonford")["said"]
    allegation = case.allegations.select_related("offence").get()
    assert (allegation.offence.mode, allegation.offence.valid_to) == ("summary", date(2026, 6, 30))
    catalogue = Offence.objects.catalogue(cast["elin"].organisation)
    days = (date(2026, 6, 30), date(2026, 7, 1))
    assert [catalogue.on("ticket-touting", day).mode for day in days] == ["summary", "either_way"]  # type: ignore[union-attr]


def test_a_correction_stands_beside_what_recorded_cases_rest_on(imported: Import, cast: Cast) -> None:
    """Nobody's record changes because a file was wrong; the next decision rests on the right entry."""
    imported(text(ROW), force="avonford")
    case = factories.record(cast["amara"], crimes=[factories.crime("ticket-touting")])
    found = imported(text(ROW.replace("summary", "either_way")), force="avonford")
    assert "corrects mode" in found["said"]
    old, new = case.allegations.get().offence, Offence.objects.standing().get(code="ticket-touting")
    assert (old.mode, new.mode) == ("summary", "either_way")
    assert old.replaced_at is not None
    assert case.allegations.get().limit_on is not None


def test_the_database_holds_that_no_two_entries_stand_on_one_day(cast: Cast) -> None:
    """A write that went round the action could leave a case with two offences to choose from."""
    facts = vars(entry("theft", valid_from=JUNE))
    with pytest.raises(IntegrityError, match="one_offence_a_code_and_day"), transaction.atomic():
        Offence.objects.create(**facts)
    Offence.objects.create(owner=cast["elin"].organisation, **facts)


def test_who_may_change_a_catalogue(cast: Cast) -> None:
    """A coordinator keeps their own force's; nobody signed in keeps another's or the shared one."""
    ours, theirs = cast["elin"].organisation, cast["mina"].organisation
    assert import_offences(offered=offered(entry()), force=ours, by=cast["elin"]).accepted == 1
    for force, by in ((theirs, "elin"), (None, "elin"), (ours, "amara"), (ours, "kit")):
        with pytest.raises(PermissionDenied):
            import_offences(offered=offered(entry("b-2")), force=force, by=cast[by])
    with pytest.raises(Refused, match="not a police force"):
        import_offences(offered=offered(entry("b-2")), force=cast["hana"].organisation, by=None)
    assert not Offence.objects.filter(code="b-2").exists()


def test_an_import_is_in_the_log_with_its_counts(imported: Import, cast: Cast) -> None:
    """Whoever asks why an offence reads as it does finds when it came in."""
    imported(text(ROW), force="avonford")
    event = Event.objects.filter(kind="offences.imported").latest("pk")
    assert event.subjects == [f"accounts.organisation:{cast['elin'].organisation_id}"]
    assert (event.detail["added"], event.detail["rejected"]) == (1, 0)


def test_an_entry_is_added_and_ended_on_the_page(cast: Cast) -> None:
    """Ended, it can be chosen for offences of before and for none of after."""
    offence = add_offence(entry=entry(), by=cast["elin"])
    assert (offence.owner, offence.title) == (cast["elin"].organisation, "Ticket touting")
    end_offence(offence=offence, last_day=JUNE, by=cast["elin"])
    catalogue = Offence.objects.catalogue(cast["elin"].organisation)
    assert catalogue.on("ticket-touting", JUNE) == offence
    assert catalogue.on("ticket-touting", date(2026, 6, 2)) is None


def test_an_entry_cannot_end_wrongly_nor_be_ended_by_others(cast: Cast) -> None:
    """Another force's and the shared entries are not the coordinator's to end."""
    offence = add_offence(entry=entry(valid_from=JUNE), by=cast["elin"])
    with pytest.raises(Refused, match="begins on 1 June 2026"):
        end_offence(offence=offence, last_day=date(2026, 5, 31), by=cast["elin"])
    for one, by in ((offence, "mina"), (Offence.objects.get(code="theft"), "elin"), (offence, "amara")):
        with pytest.raises(PermissionDenied):
            end_offence(offence=one, last_day=JUNE, by=cast[by])
    end_offence(offence=offence, last_day=JUNE, by=cast["elin"])
    with pytest.raises(Refused, match="ended on 1 June 2026 already"):
        end_offence(offence=offence, last_day=date(2026, 6, 9), by=cast["elin"])


def test_adding_what_cannot_be_added_says_why(cast: Cast) -> None:
    """The code of a shared entry, say: the sentence reaches the form."""
    with pytest.raises(Refused, match="This code belongs to the catalogue"):
        add_offence(entry=entry("theft"), by=cast["elin"])


def test_a_row_rejected_leaves_the_others(cast: Cast) -> None:
    """Through the action as well as through the command."""
    found = import_offences(
        offered=Offered(((2, entry("theft")), (3, entry()))), force=cast["elin"].organisation, by=cast["elin"]
    )
    assert (found.accepted, len(found.rejects)) == (1, 1)
    assert Offence.objects.standing().filter(code="ticket-touting").count() == 1


def test_an_aggravated_offence_counts_as_hate_crime_whatever_was_ticked(cast: Cast) -> None:
    """The prosecutor has to be asked, also where the officer forgot the box; and no more once it is corrected."""
    code = "racially-or-religiously-aggravated-criminal-damage"
    case = factories.record(cast["amara"], crimes=[factories.crime(code)])
    allegation = case.allegations.get()
    assert allegation.counts_as_hate
    correct_allegation(
        allegation=allegation,
        committed_on=allegation.committed_on,
        offence=Offence.objects.get(code="criminal-damage"),
        area="",
        reason="Mistyped.",
        seen=0,
        by=cast["amara"],
    )
    assert not case.allegations.get().counts_as_hate


def test_entry_and_row_agree(cast: Cast) -> None:
    """What the file says is what the row holds, column for column."""
    row = Offence.objects.get(code="possession-of-a-bladed-article")
    of_file: Entry = next(one for _, one in shipped().entries if one.code == row.code)
    assert row.entry() == of_file
