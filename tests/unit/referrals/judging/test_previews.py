"""What a draft would have changed among past decisions: right counts of real rows, with both ends."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases import rulebook
from cases.actions import policies as actions
from cases.codes import EthnicGroup
from cases.eligibility.criteria import Criterion
from cases.eligibility.editing import with_criterion
from cases.eligibility.policy import Policy
from cases.models import Allegation, Assessment, Case, PolicyVersion
from diversion import clock
from diversion.audit.models import Event
from referrals.actions import scheme_rules
from referrals.actions.correcting import correct_crime
from referrals.judging import previews
from referrals.presenters import previews as words
from tests.conftest import NOW, Cast
from tests.factories.cases import crime, decision, person, record, refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")
TODAY = date(2026, 6, 10)
RESOLUTION = "disposal:community_resolution"
UP_TO_25 = {"kind": "age", "maximum": 25}
NO_THEFT = {"kind": "offence", "not_groups": ["shop_theft"]}


def draft(cast: Cast, test: dict[str, Any] | None = None, option: str = RESOLUTION, **rule: Any) -> PolicyVersion:
    """A draft of Avonford's policy, with one rule more if a test is given."""
    elin = cast["elin"]
    made = actions.start_draft(base=rulebook.live_version(elin.organisation, TODAY), by=elin)
    return added(cast, made, option, test, **rule) if test else made


def added(cast: Cast, version: PolicyVersion, option: str, test: dict[str, Any], **rule: Any) -> PolicyVersion:
    stored = {"id": "ours", "reason": "The force decided so.", "sources": [{"key": "force policy"}], "test": test}
    criterion = Criterion.model_validate(stored | rule)
    document = with_criterion(rulebook.policy_of(version), option, criterion)
    return actions.save_document(version=version, document=document, revision=version.revision, by=cast["elin"])


def counted(cast: Cast, version: PolicyVersion) -> dict[str, Any]:
    preview = previews.count(version, by=cast["elin"]).preview
    assert preview is not None
    return preview


def decided(cast: Cast, born: date = date(2004, 1, 1), by: str = "amara", **changes: Any) -> Case:
    """An accepted community resolution for a shop theft, with every question answered."""
    return record(cast[by], person=person(date_of_birth=born, **changes))


def bounds(preview: dict[str, Any]) -> tuple[int, int, int]:
    changed = preview["changed"]
    return changed["decisions"], changed["low"], changed["high"]


def group(preview: dict[str, Any], kind: str, name: str) -> tuple[int, int, int]:
    row = next(row for row in preview["groups"][kind] if row["group"] == name)
    return row["decisions"], row["low"], row["high"]


def test_an_unchanged_draft_changes_nothing(cast: Cast) -> None:
    """Signatories would be told that rules which say what is live touch somebody."""
    decided(cast)
    preview = counted(cast, draft(cast))
    assert bounds(preview) == (1, 0, 0)
    assert (preview["options"], preview["places"]) == ([], [])
    assert (preview["since"], preview["until"]) == ("2025-06-10", "2026-06-10")
    leaving = previews.shown(PolicyVersion.objects.latest("pk"), by=cast["elin"])
    assert leaving is not None
    assert words.preview_sentence(leaving) == "This version changes nothing."


def test_what_a_force_chooses_is_named_and_not_counted(cast: Cast) -> None:
    """Whoever signs would read that a draft which moves a rank changes nothing."""
    decided(cast)
    version = draft(cast)
    document = rulebook.policy_of(version).model_dump() | {"settings": {"lead_days": 60}}
    version = actions.save_document(
        version=version, document=Policy.model_validate(document), revision=version.revision, by=cast["elin"]
    )
    leaving = previews.shown(previews.count(version, by=cast["elin"]), by=cast["elin"])
    assert leaving is not None
    assert words.preview_sentence(leaving) == "This version changes no criterion."
    assert words.given_sentences(leaving) == ["What the force chooses changes, and is not counted here."]


def test_whom_a_new_rule_stops_is_counted_by_group(cast: Cast) -> None:
    """Whoever signs would not see that a rule falls on one group alone."""
    for born, sex, code in ((2004, "male", "W1"), (1990, "female", "B1"), (1985, "male", "B1")):
        decided(cast, date(born, 1, 1), sex=sex, ethnicity_self_defined=code)
    preview = counted(cast, draft(cast, UP_TO_25))
    assert bounds(preview) == (3, 2, 2)
    assert group(preview, "age", "18 to 24") == (1, 0, 0)
    assert group(preview, "age", "over 34") == (2, 2, 2)
    assert group(preview, "sex", "male") == (2, 1, 1)
    groups = [group(preview, "ethnicity", name) for name in (EthnicGroup.WHITE, EthnicGroup.BLACK, EthnicGroup.ASIAN)]
    assert groups == [(1, 0, 0), (2, 2, 2), (0, 0, 0)]
    [option] = preview["options"]
    assert (option["key"], option["title"]) == (RESOLUTION, "Community resolution")
    assert (option["narrower"]["low"], option["narrower"]["high"]) == (2, 2)
    assert (option["wider"]["low"], option["wider"]["high"]) == (0, 0)


def test_a_rule_taken_out_is_counted_as_wider(cast: Cast) -> None:
    """A change that opens a resolution would look like one that closes it."""
    child = record(cast["amara"], person=person(date_of_birth=date(2011, 1, 1)))
    version = draft(cast)
    document = rulebook.policy_of(version)
    rules = document.disposals[0]
    assert rules.disposal == "community_resolution"
    fewer = rules.model_copy(update={"criteria": tuple(one for one in rules.criteria if one.id != "child-authoriser")})
    document = document.model_copy(update={"disposals": (fewer, *document.disposals[1:])})
    version = actions.save_document(version=version, document=document, revision=version.revision, by=cast["elin"])
    preview = counted(cast, version)
    assert child.authorisation.rank == "sergeant"
    assert bounds(preview) == (1, 1, 1)
    assert preview["options"][0]["wider"] == {"decisions": 1, "low": 1, "high": 1}


def test_a_warning_more_changes_nobodys_answer(cast: Cast) -> None:
    """A reminder would be signed as if it turned people away."""
    decided(cast, date(1980, 1, 1))
    assert bounds(counted(cast, draft(cast, UP_TO_25, severity="warns"))) == (1, 0, 0)


def test_what_was_not_asked_stands_between_the_two_ends(cast: Cast) -> None:
    """An answer that nobody has would be counted as the one that suits."""
    case = decided(cast, date(1980, 1, 1))
    rows = Assessment.objects.filter(case=case)
    answers = dict(rows.get().answers)
    del answers["date_of_birth"]
    rows.update(answers=answers)
    preview = counted(cast, draft(cast, UP_TO_25))
    assert bounds(preview) == (1, 0, 1)
    assert group(preview, "age", "Unknown") == (1, 0, 1)


def test_of_those_to_whom_it_was_given_it_is_certain_whom_the_draft_stops(cast: Cast) -> None:
    """Sixty-eight people had what the draft stops, and the preview said "at least 0": one answer was missing."""
    for born, result in ((1980, "offered_accepted"), (2004, "offered_accepted"), (1975, "offered_declined")):
        made = decision(result=result, **({"declined_reason": "unknown"} if result == "offered_declined" else {}))
        case = record(cast["amara"], person=person(date_of_birth=date(born, 1, 1)), decision=made)
        rows = Assessment.objects.filter(case=case)
        rows.update(answers={name: value for name, value in rows.get().answers.items() if name != "admission"})
    version = previews.count(draft(cast, UP_TO_25), by=cast["elin"])
    assert version.preview is not None
    assert bounds(version.preview) == (3, 0, 2)
    assert version.preview["options"][0]["given"] == {"decisions": 2, "low": 1, "high": 1}
    leaving = previews.shown(version, by=cast["david"])
    assert leaving is not None
    [said] = words.given_sentences(leaving)
    assert said.startswith("Given last year to 2 people: Community resolution. Of them this version would have stopped")
    assert said.endswith("or sent to a higher rank, 1.")


def test_a_scheme_is_given_to_whoever_was_referred_to_it(cast: Cast) -> None:
    """Of a change to a scheme nobody would read how many of its people it would have turned away."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh")
    refer(cast["amara"], scheme.versions.latest("valid_from"), person=person(date_of_birth=date(1980, 1, 1)))
    decided(cast, date(1980, 1, 1))
    version = scheme_rules.start_scheme_draft(scheme=scheme, by=cast["elin"])
    preview = counted(cast, added(cast, version, "scheme:drug-diversion", UP_TO_25))
    assert preview["options"][0]["given"] == {"decisions": 1, "low": 1, "high": 1}


def test_answers_that_contradict_each_other_may_have_changed(cast: Cast) -> None:
    """One impossible date would stop the preview, or drop somebody from it."""
    case = decided(cast)
    rows = Assessment.objects.filter(case=case)
    rows.update(answers=rows.get().answers | {"date_of_birth": "1850-01-01"})
    assert bounds(counted(cast, draft(cast, UP_TO_25))) == (1, 0, 1)


def test_the_last_twelve_months_of_the_force_and_no_more(cast: Cast) -> None:
    """Another force's people, or those of years ago, would weigh on what this force signs."""
    decided(cast, date(1980, 1, 1), by="ben")
    for days in (364, 366):
        with clock.set_to(NOW - timedelta(days=days)):
            decided(cast, date(1980, 1, 1), family_name=f"Price {days}")
    version = draft(cast, UP_TO_25)
    before = Event.objects.count()
    assert bounds(counted(cast, version)) == (1, 1, 1)
    event = Event.objects.get(kind="policy.previewed")
    assert len(event.subjects) == 1
    assert Event.objects.count() == before + 2  # what was read, and what was kept


def test_a_correction_counts_as_the_case_stands_now(cast: Cast) -> None:
    """A theft that turned out to be none would go on being counted as one."""
    case = decided(cast)
    assert bounds(counted(cast, draft(cast, NO_THEFT))) == (1, 1, 1)
    allegation = Allegation.objects.get(case=case)
    other = crime("theft").offence
    correct_crime(
        allegation=allegation,
        committed_on=allegation.committed_on,
        offence=other,
        area="",
        reason="Not from a shop.",
        seen=0,
        by=cast["amara"],
    )
    assert bounds(counted(cast, draft(cast, NO_THEFT))) == (1, 0, 0)


def test_of_several_crimes_the_worst_decides(cast: Cast) -> None:
    """A case would count as unchanged because one of its crimes is."""
    record(cast["amara"], crimes=[crime("theft"), crime("theft-from-a-shop")])
    assert bounds(counted(cast, draft(cast, NO_THEFT))) == (1, 1, 1)


def test_a_scheme_s_draft_says_who_could_enter_and_what_it_can_take(cast: Cast) -> None:
    """A scheme would be opened to people for whom it has no places, or closed to those it was made for."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    for born, name in ((2004, "Price"), (1980, "Okoro"), (1975, "Hill")):
        refer(cast["amara"], version, person=person(date_of_birth=date(born, 1, 1), family_name=name))
    decided(cast, family_name="Shah")  # a shop theft: nothing for this scheme
    made = scheme_rules.start_scheme_draft(scheme=version.scheme, by=cast["elin"])
    preview = counted(cast, added(cast, made, "scheme:drug-diversion", UP_TO_25))
    assert bounds(preview) == (4, 2, 2)
    [places] = preview["places"]
    assert places["before"] == {"decisions": 4, "low": 3, "high": 3}
    assert places["after"] == {"decisions": 4, "low": 1, "high": 1}
    # 30 places, 12 weeks each: 30 / (12 x 12/52) people a month
    assert (places["capacity"], places["capacity_a_month"], places["referred"]) == (30, 10.8, 3)


def test_a_policy_s_draft_names_the_schemes_whose_resolution_it_changes(cast: Cast) -> None:
    """Nobody would see that a rule about resolutions empties a scheme."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    adopt_scheme("checkpoint", cast)  # deferred charge: untouched
    refer(cast["amara"], version, person=person(date_of_birth=date(1980, 1, 1)))
    drugs = {"kind": "offence", "not_groups": ["drug_possession"]}
    held = draft(cast, drugs)
    [places] = counted(cast, held)["places"]
    assert places["scheme"] == "Drug diversion"
    # a deferred summons stays open to the same person
    assert (places["before"], places["after"]) == (
        {"decisions": 1, "low": 1, "high": 1},
        {"decisions": 1, "low": 1, "high": 1},
    )
    closed = added(cast, held, "disposal:deferred_summons", drugs)
    assert counted(cast, closed)["places"][0]["after"] == {"decisions": 1, "low": 0, "high": 0}


def test_a_live_version_is_compared_with_what_was_live_before_it(cast: Cast) -> None:
    """Read a year later, a version would be compared with itself, and would seem to have changed nothing."""
    version = draft(cast, UP_TO_25)
    version = actions.describe(
        version=version,
        name="Avonford policy",
        label="2",
        review_date=date(2027, 6, 1),
        notes="Up to 25.",
        revision=version.revision,
        by=cast["elin"],
    )
    version = previews.count(version, by=cast["elin"])
    version = actions.sign(version=version, revision=version.revision, by=cast["elin"])
    version = actions.sign(version=version, revision=version.revision, by=cast["david"])
    with clock.set_to(datetime(2026, 9, 1, tzinfo=UTC)):
        assert [change.key for change in previews.changes_of(version, date(2026, 9, 1))] == [RESOLUTION]


def test_who_monitors_sees_it_exact_and_who_drafts_rounded(cast: Cast) -> None:
    """Two people of one age are two people whom a colleague can name."""
    assert previews.shown(draft(cast), by=cast["elin"]) is None
    for born in (1980, 1975):
        decided(cast, date(born, 1, 1), family_name=f"Price {born}")
    version = previews.count(draft(cast, UP_TO_25), by=cast["elin"])
    exact, rounded = previews.shown(version, by=cast["david"]), previews.shown(version, by=cast["elin"])
    assert exact is not None
    assert rounded is not None
    assert exact["changed"]["low"] == 2
    assert rounded["changed"] == {"decisions": 0, "low": 0, "high": 0}  # fewer than 10
