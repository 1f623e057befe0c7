"""Open cases of another system: what was agreed elsewhere goes on here, and nothing is judged or counted again."""

import csv
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client

from cases.actions import close
from cases.models import Assessment, Authorisation, Case, Decision, Person, YouthDuty
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.management.commands import import_cases
from referrals.actions import closing, partner, support
from referrals.actions.correcting import correct_crime
from referrals.codes import CaseStatus
from referrals.intake.open_cases import OpenCase
from referrals.models import Referral, SchemeVersion, Standing
from referrals.presenters.ending import _decided
from reporting.actions.alone import issued_alone
from reporting.facts.live import refresh
from reporting.models import Fact
from tests.conftest import Cast
from tests.factories.cases import let_stand, record
from tests.factories.cases import person as about
from tests.factories.open_cases import row

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def written(path: Path, *rows: dict[str, str]) -> Path:
    """The file that holds ``rows``."""
    with (path / "cases.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    return path / "cases.csv"


def bring(path: Path, *rows: dict[str, str], **options: Any) -> tuple[dict[str, Any], str]:
    """What the command said of ``rows``: its last line, and its remarks."""
    file = written(path, *rows)
    out, err = StringIO(), StringIO()
    with suppress(CommandError):  # some rows were rejected: the remarks say which
        call_command("import_cases", str(file), force="avonford", stdout=out, stderr=err, **options)
    return json.loads(out.getvalue()), err.getvalue()


def test_what_was_agreed_goes_on(cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    """A force that moves here would type every open case again, or leave those people without anybody."""
    told, remarks = bring(tmp_path, row(), row(condition="I will say sorry.", condition_kind="apology"))
    assert told == {"force": "avonford", "dry_run": False, "cases": 1, "rows": 2} | {
        "brought": 2, "unchanged": 0, "rejected": 0,
    }, remarks  # fmt: skip
    case = Case.objects.get(brought_as="OLD-7")
    conditions = case.agreement.conditions.order_by("pk")
    assert [(one.kind, one.wording, one.object) for one in conditions] == [
        ("course", "I will finish the course.", "rehabilitative"),
        ("apology", "I will say sorry.", "reparative"),
    ]
    assert conditions[1].partner_wording == "I will write a letter of apology."
    assert case.agreement.agreed_on == clock.today() - timedelta(days=28)
    assert clock.local_date(case.decision.decided_at) == case.agreement.agreed_on
    assert case.allegations.get().victim.name == "Corner Shop"
    assert (case.officer, case.team) == (cast["amara"], cast["amara"].team)
    assert case.person.ethnicity_self_defined == "A2"
    page = signed_in(cast["amara"]).get(f"/cases/{case.reference}/").content.decode()
    assert "Brought in from another system" in page
    assert "OLD-7" in page
    assert "Elsewhere," in page, "the officer who has it now is not said to have decided it"
    event = Event.objects.get(kind="case.brought")
    assert (event.actor_name, event.organisation_id) == ("The service", case.force_id)


def test_nothing_is_judged_and_nothing_counted(cast: Cast, tmp_path: Path) -> None:
    """Only who accepted is in such a file: a rate of those offered would be a hundred in a hundred."""
    bring(tmp_path, row(resolution="conditional_caution"))
    case = Case.objects.get(brought_as="OLD-7")
    assert not Assessment.objects.filter(case=case).exists()
    assert not Authorisation.objects.filter(case=case).exists()
    refresh([case.pk])
    assert not Fact.objects.filter(case_id=case.pk).exists()
    assert not issued_alone(cast["carol"]).filter(pk=case.pk).exists()


def test_its_partner_takes_it_on_and_it_ends_as_any_other(
    cast: Cast, version: SchemeVersion, signed_in: SignIn, tmp_path: Path
) -> None:
    """People half way through a course would be lost between two systems."""
    bring(tmp_path, row(scheme=version.scheme.name.upper()))
    referral = Referral.objects.get(case__brought_as="OLD-7")
    assert referral.agreement.conditions.count() == 1
    assert signed_in(cast["hugh"]).get("/inbox/").status_code == 200
    partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])
    condition = referral.agreement.conditions.get()
    support.settle_condition(
        condition=condition, state="done", evidence="Seen.", version=condition.version, by=cast["george"]
    )
    referral.refresh_from_db()
    closing.close_referral(referral=referral, result="completed", note="", version=referral.version, by=cast["george"])
    let_stand(referral.case)
    assert Standing.objects.get(case=referral.case).status == CaseStatus.CLOSED
    assert [one.outcome for one in referral.case.allegations.all()] == ["8"]


def test_said_again_it_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    """Run once more after some rows were mended, the command would make every other case twice."""
    bring(tmp_path, row())
    told, _ = bring(tmp_path, row(family_name="Other"), row(reference="OLD-8", crime_number="AV/901/26"))
    assert (told["brought"], told["unchanged"], told["rejected"]) == (1, 1, 0)
    assert Case.objects.filter(brought_as__startswith="OLD").count() == 2
    assert Person.objects.filter(family_name="Salim").count() == 1, "one person, by name and day of birth"


def test_cut_off_in_the_middle_it_goes_on_where_it_was(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of thousands of cases none would be in, and whoever records a decision would wait for a place until all are."""
    rows = [row(), row(reference="OLD-8", crime_number="AV/901/26"), row(reference="OLD-9", crime_number="AV/902/26")]
    plain = import_cases.bring_open_case

    def breaks_off(*, found: OpenCase, **others: Any) -> Case:
        if found.reference == "OLD-8":
            raise OperationalError("the connection was closed")
        return plain(found=found, **others)

    with monkeypatch.context() as patch:
        patch.setattr(import_cases, "bring_open_case", breaks_off)
        with pytest.raises(OperationalError):
            call_command("import_cases", str(written(tmp_path, *rows)), force="avonford")
    assert [one.brought_as for one in Case.objects.exclude(brought_as="")] == ["OLD-7"]
    told, _ = bring(tmp_path, *rows)
    assert (told["brought"], told["unchanged"], told["rejected"]) == (2, 1, 0)


def test_a_dry_run_keeps_nothing(cast: Cast, tmp_path: Path) -> None:
    told, _ = bring(tmp_path, row(), dry_run=True)
    assert told["brought"] == 1
    assert not Case.objects.filter(brought_as="OLD-7").exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"officer": "nobody@avonford.example"}, "Its officer is no user"),
        ({"officer": "hugh@harbour.example"}, "Its officer is no user"),
        ({"date_of_birth": "31/02/2001"}, "its date_of_birth is no day"),
        ({"sex": "Noor"}, "its sex is none of"),
        ({"offence": "Being unkind"}, "its offence is none of the catalogue"),
        ({"crime_number": "Salim"}, "its crime number cannot be one"),
        ({"committed_on": "2099-01-01"}, "its committed_on is no day"),
        ({"decided_on": "1899-01-01"}, "its decided_on is no day"),
        ({"resolution": "stern words"}, "its resolution is none of"),
        ({"resolution": "youth caution"}, "its resolution has no conditions"),
        ({"condition": "", "due_on": ""}, "it has no condition"),
        ({"condition": "I will apologise to the Corner shop.", "condition_kind": ""}, "a condition names the victim"),
        ({"condition": "x" * 301}, "its condition is longer than 300"),
        ({"condition_kind": "flogging"}, "its condition_kind is none of"),
        ({"due_on": "2001-01-01"}, "its due_on is no day"),
        ({"scheme": "nowhere"}, "Its scheme is none"),
        ({"ethnicity": "Z9"}, "its ethnicity is none of"),
        ({"victim_kind": "none"}, "it says that there is no victim"),
        ({"origin": ""}, "its origin is none of: custody, street, voluntary"),
        ({"admission": "perhaps"}, "its admission is none of"),
        ({"due_on": "2199-01-01"}, "its due_on is no day"),
        ({"due_on": "2026-12-24 or later"}, "its due_on is no day"),
        ({"family_name": "Sal\u202eim"}, "its family_name holds a character that nobody sees"),
        ({"date_of_birth": "2026-06-01"}, "its resolution has no conditions"),
        ({"family_name": ""}, "it lacks a given name or a family name"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_its_reason(
    cast: Cast, tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    """Half a case, or one of somebody else, would stand in the record with nobody told."""
    told, remarks = bring(tmp_path, row(**changes), row(reference="OLD-8", crime_number="AV/901/26"))
    assert f"Line 2: rejected: {reason}" in remarks
    assert (told["rows"], told["brought"], told["rejected"]) == (2, 1, 1)
    assert "Salim" not in remarks
    assert "Noor" not in remarks


def test_an_agreement_that_ends_before_its_conditions_is_rejected(cast: Cast, tmp_path: Path) -> None:
    """It would be over while something of it was still to be done."""
    _, remarks = bring(tmp_path, row(ends_on=(clock.today() + timedelta(days=3)).isoformat()))
    assert "its ends_on is before the last day of one of its conditions" in remarks


def test_a_row_that_says_of_no_case_keeps_every_case_out(cast: Cast, tmp_path: Path) -> None:
    """Where the reference stands in the first row alone, what was agreed in the others would be lost for good: said
    again, the case is there already."""
    told, remarks = bring(tmp_path, row(), row(reference="", condition="A letter."))
    assert (told["rows"], told["brought"], told["rejected"]) == (2, 0, 2)
    assert "Line 3: rejected: its reference is empty" in remarks
    assert "Line 2: rejected: line 3 may be a part of this case" in remarks
    path = tmp_path / "cases.csv"
    bring(tmp_path, row())  # as a file that is whole, and then with a line cut short
    Case.objects.get(brought_as="OLD-7")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1].replace("OLD-7", "OLD-8"), "OLD-8,too,few"]))
    out, err = StringIO(), StringIO()
    with suppress(CommandError):
        call_command("import_cases", str(path), force="avonford", stdout=out, stderr=err)
    assert json.loads(out.getvalue())["rejected"] == 2, err.getvalue()
    assert not Case.objects.filter(brought_as="OLD-8").exists()


def test_one_bad_row_keeps_its_whole_case_out(cast: Cast, tmp_path: Path) -> None:
    """Half of what somebody agreed to would go on, and the other half be forgotten."""
    told, remarks = bring(tmp_path, row(), row(family_name="Other"), row(due_on="soon"))
    assert (told["brought"], told["rejected"]) == (0, 3)
    assert "its family_name is not that of line 2" in remarks
    assert not Case.objects.filter(brought_as="OLD-7").exists()


def test_a_crime_that_is_decided_here_already_is_not_decided_twice(cast: Cast, tmp_path: Path) -> None:
    """One theft would be carried out twice: the officer recorded it here while the file was made."""
    bring(tmp_path, row())
    told, remarks = bring(tmp_path, row(reference="OLD-9"))
    assert told["rejected"] == 1
    assert "has an open case over one of its crimes already" in remarks
    case = Case.objects.get(brought_as="OLD-7")
    close(case=case, outcomes={case.allegations.get().pk: "22"}, by=case.officer)
    Decision.objects.filter(case=case).update(disposal="deferred_charge")
    told, remarks = bring(tmp_path, row(reference="OLD-9"))
    assert told["rejected"] == 1
    assert "over one of its crimes, which has ended" in remarks
    assert "Salim" not in remarks


def test_what_each_crime_repeats_is_agreed_once(cast: Cast, tmp_path: Path) -> None:
    """A flattened list has every condition with every crime: somebody would owe each of them twice."""
    both = [(number, words) for number in ("AV/1/26", "AV/2/26") for words in ("A course.", "A letter.")]
    bring(tmp_path, *(row(crime_number=number, condition=words) for number, words in both))
    case = Case.objects.get(brought_as="OLD-7")
    assert sorted(one.wording for one in case.agreement.conditions.all()) == ["A course.", "A letter."]
    assert case.allegations.count() == 2


def test_capitals_make_no_other_case(cast: Cast, tmp_path: Path) -> None:
    """Brought as OLD-7, and next month as old-7, one agreement would stand twice."""
    told, _ = bring(tmp_path, row(), row(reference="old-7", officer="AMARA@avonford.example", condition="A letter."))
    assert (told["cases"], told["brought"]) == (1, 2)
    told, _ = bring(tmp_path, row(reference="Old-7"))
    assert told["unchanged"] == 1


def test_somebody_whose_record_was_put_to_another_is_that_person(cast: Cast, tmp_path: Path) -> None:
    """They would be made anew, and one crime of one person be open twice."""
    bring(tmp_path, row())
    person = Case.objects.get(brought_as="OLD-7").person
    kept = record(cast["amara"], person=about(given_names="N.", family_name="Salim", sex="female")).person
    Person.objects.filter(pk=person.pk).update(merged_into=kept)
    Case.objects.filter(brought_as="OLD-7").update(person=kept)
    told, _ = bring(tmp_path, row(reference="OLD-8", crime_number="AV/901/26"), row(reference="OLD-9"))
    assert (told["brought"], told["rejected"]) == (1, 1)
    assert Case.objects.get(brought_as="OLD-8").person == kept


def test_a_file_without_a_header_names_nobody(cast: Cast, tmp_path: Path) -> None:
    """The first person's name would stand in the log of whoever ran the command."""
    path = tmp_path / "n.csv"
    path.write_text("Salim,Noor,14/06/2001\nMoss,Ed,1990-01-02\n")
    with pytest.raises(CommandError, match="names no column") as told:
        call_command("import_cases", str(path), force="avonford")
    assert "alim" not in str(told.value)


def test_the_text_for_the_record_system_says_who_did_not_decide_it(cast: Cast, tmp_path: Path) -> None:
    """The force's own record would name an officer who was not there."""
    bring(tmp_path, row())
    case = Case.objects.get(brought_as="OLD-7")
    assert "Amara" not in " ".join(_decided(case))


def test_two_people_of_one_name_are_told_apart_by_hand(cast: Cast, tmp_path: Path) -> None:
    """A case would be put to whoever stands first, and the other's history would decide the next offer."""
    bring(tmp_path, row())
    told, remarks = bring(tmp_path, row(reference="OLD-9", crime_number="AV/902/26", sex="M"))
    assert told["rejected"] == 1
    assert "with another sex" in remarks


def test_a_child_s_duty_begins_with_it(cast: Cast, tmp_path: Path) -> None:
    """Nobody here knows whether youth justice was told elsewhere: the duty asks, and is done with a note."""
    born = clock.today().replace(year=clock.today().year - 15)
    bring(tmp_path, row(date_of_birth=born.isoformat(), offence="possession-of-a-bladed-article"))
    assert YouthDuty.objects.filter(case__brought_as="OLD-7").exists()


def test_a_crime_that_was_mistyped_is_put_right(cast: Cast, tmp_path: Path) -> None:
    """What was typed wrongly elsewhere would stay wrong for good, or a rank would be asked of what it never decided."""
    bring(tmp_path, row())
    case = Case.objects.get(brought_as="OLD-7")
    said = case.allegations.get()
    correct_crime(
        allegation=said,
        number="AV/903/26",
        committed_on=said.committed_on - timedelta(days=1),
        offence=said.offence,
        area="Town",
        reason="Mistyped.",
        seen=0,
        by=cast["amara"],
    )
    assert case.allegations.get().crime.number == "AV/903/26"
    assert not Authorisation.objects.filter(case=case).exists()
