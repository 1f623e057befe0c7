"""What many assessments say alike is kept once: nothing is lost by it, and nothing of anybody is in it."""

import json
import random
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.eligibility.facts import VOCABULARY
from cases.models import Assessment, Case, SharedText, shared
from cases.models.shared import FindingsField, OptionsField
from diversion.unit_of_work import unit_of_work
from tests.conftest import Cast
from tests.factories.cases import crime, person, record

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.django_db]

MET: dict[str, Any] = {
    "rule": "law.age", "result": "met", "severity": "blocks", "reason": "Too young.", "source": "The Act",
    "version": "law", "rank": "", "override_by": "", "unsure": False, "crime": "", "is_open": False,
    "values": {"date_of_birth": "2001-03-04"}, "unknown_because": "", "waits_for": [],
}  # fmt: skip
UNKNOWN = {**MET, "rule": "scheme.bail", "result": "unknown", "waits_for": ["on_bail"], "is_open": True, "values": {}}
OPEN = {"key": "disposal:caution", "kind": "disposal", "title": "Caution", "version": "", "status": "eligible"}
OPTION = {**OPEN, "possible": ["eligible"], "criteria": []}
ASIDE = {"asked_because": "Zebedee Quill said so", "decision": "set_aside", "by": "Carol Reid"}


def packed(field: FindingsField | OptionsField, entries: list[dict[str, Any]]) -> Any:
    return json.loads(json.dumps(field._packed(entries, "default")))


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [MET],
        [{}],
        [{"rule": "scheme.bail", "result": "not_met"}],
        [MET, {**MET, "values": {"date_of_birth": "1999-01-01"}}, {**MET, "crime": "AV/1/26"}],
        [{**MET, "values": {"similar": True}}, {**MET, "values": {"similar": 1}}],
        [MET, {**MET, "result": "not_met", "reason": "This person is 17."}, UNKNOWN],
        [{**UNKNOWN, "unknown_because": "Zebedee Quill is asleep"}, {**MET, "set_aside": ASIDE}],
        [
            {**MET, "heard_from": "a neighbour"},
            {**MET, "waits_for": [{"who": "Zebedee Quill"}]},
            {**MET, "values": None},
        ],
        [{**MET, "rule": f"law.{number}"} for number in range(40)],
    ],
)
def test_findings_are_read_as_they_were_written(entries: list[dict[str, Any]]) -> None:
    """A record of why somebody was or was not diverted is of no use if one word of it can change."""
    field = FindingsField()
    assert field._unpacked(packed(field, entries), "default") == entries


def test_any_findings_and_options_are_read_as_they_were_written() -> None:
    """What nobody thought of is found by chance."""
    dice = random.Random(9)
    for _time in range(150):
        findings = [
            _any(dice, MET, {"crime": ["", "1"], "result": ["met", "not_met"]}) for _one in range(dice.randrange(30))
        ]
        options = [_any(dice, OPTION, {"status": ["eligible", 3]}) for _one in range(dice.randrange(30))]
        for field, entries in ((FindingsField(), findings), (OptionsField(), options)):
            assert field._unpacked(packed(field, entries), "default") == entries


def _any(dice: random.Random, like: dict[str, Any], others: dict[str, list[Any]]) -> dict[str, Any]:
    """Of the names of ``like`` some, with other values, and now and then one that nobody knows."""
    found = {name: dice.choice(others.get(name, [value])) for name, value in like.items() if dice.random() < 0.9}
    if "values" in found:
        found["values"] = {name: str(dice.randrange(3)) for name in VOCABULARY if dice.random() < 0.1}
    return found | ({"new": dice.random()} if dice.random() < 0.1 else {})


def test_nothing_of_a_case_is_shared(cast: Cast) -> None:
    """What outlives every case, and every force can read, must not name anybody or tell anybody's answers."""
    who = person(family_name="Quillfeather", given_names="Zebedee", telephone="07700 900123")
    case = record(cast["amara"], person=who, crimes=[crime(number="AV/98765/26", area="Zebra Crossing")])
    kept = case.assessments.get()
    said = [{**one, "unknown_because": "Zebedee sleeps", "crime": "AV/98765/26"} for one in kept.findings]
    kept.findings = [*said, {**MET, "set_aside": ASIDE}, {**MET, "result": "not_met", "reason": "Zebedee Quill is 17."}]
    kept.save(update_fields=["findings"])
    assert Assessment.objects.get().findings == kept.findings
    texts = [text for text in map(json.loads, SharedText.objects.values_list("body", flat=True))]
    assert len(texts) > 20
    for text in texts:
        assert isinstance(text, str) or text.keys() <= FindingsField.KINDS.keys() | OptionsField.KINDS.keys() | {
            *("values", "crime", "unknown_because")
        }, text
        if isinstance(text, dict):
            assert not text.get("crime"), text
            assert set(text.get("values", ())) <= VOCABULARY.keys(), text
            words = json.dumps(text)
            assert not re.search(r"Zebedee|Quill|Zebra|98765|900123|asleep|\d{4}-\d\d-\d\d", words), text


def test_the_database_holds_each_text_to_its_key_and_lets_nobody_change_one(cast: Cast) -> None:
    """Whoever could change a shared text would change why a thousand people were not diverted."""
    record(cast["amara"])
    one = SharedText.objects.first()
    assert one is not None
    assert one.key == shared.key_of(one.body)
    for attempt in (
        lambda: SharedText.objects.create(key=one.key + 1, body=one.body),
        lambda: SharedText.objects.filter(pk=one.pk).update(body="{}"),
        lambda: SharedText.objects.filter(pk=one.pk).delete(),
    ):
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            attempt()


def test_two_texts_under_one_key_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second would be read as the first."""
    text = shared.text_of(MET)
    shared.keep({shared.key_of(text): text}, "default")
    monkeypatch.setitem(shared._read, shared.key_of(text), "{}")
    with pytest.raises(ValueError, match="Two texts have the key"):
        shared.keep({shared.key_of(text): text}, "default")


def test_what_was_kept_before_is_read_as_it_is(cast: Cast) -> None:
    """Rows and history that nobody has rewritten yet hold plain lists."""
    case = record(cast["amara"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_assessment SET findings = %s, options = '[]'", [json.dumps([MET])])
    assert (case.assessments.get().findings, case.assessments.get().options) == ([MET], [])


def test_a_list_asks_for_all_texts_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """One statement for each row would make the queue of a sergeant as slow as it is long."""
    for name in ("Okoro", "Adeyemi", "Bell"):
        record(cast["amara"], person=person(family_name=name))
    monkeypatch.setattr(shared, "_read", {})
    for statements in (1, 0):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert all(one.findings and one.options for one in Assessment.objects.all())
        assert sum("cases_sharedtext" in one["sql"] for one in asked) == statements


def test_history_holds_what_an_assessment_was_until_it_changed(cast: Cast) -> None:
    """A change that left no trace of what stood before could not be answered for."""
    case = record(cast["amara"])
    kept, amara = case.assessments.get(), cast["amara"]
    made, before = (apps.get_model("cases", name)._base_manager for name in ("AssessmentMadeEvent", "AssessmentEvent"))
    assert made.get(pgh_obj=kept.pk).case_id == case.pk
    assert not before.exists()
    first, findings = dict(kept.answers), kept.findings
    with unit_of_work("a change", user=amara):
        Assessment.objects.filter(pk=kept.pk).update(answers={"result": "not_offered"})
    (event,) = before.filter(pgh_obj=kept.pk)
    assert (event.pgh_label, event.answers, event.findings) == ("before", first, findings)
    assert event.pgh_context["user"] == amara.pk
    Assessment.objects.filter(pk=kept.pk).delete()
    gone = before.filter(pgh_obj=kept.pk).latest("pgh_id")
    assert (gone.pgh_label, gone.answers, gone.findings) == ("delete", {"result": "not_offered"}, findings)
    assert Case.objects.filter(pk=case.pk).exists()
