"""What becomes of each row: added, following, correcting, changed, unchanged or rejected, and each counted once."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cases.catalogue.entry import Entry
from cases.catalogue.files import Offered
from cases.catalogue.planning import Fate, Kept, Plan, plan
from tests.unit.cases.catalogue.builders import JULY, JUNE, after, entry, offered

END_OF_MAY = date(2026, 5, 31)


def fates(found: Plan) -> list[Fate]:
    return [step.fate for step in found.steps]


def test_a_new_code_is_added_and_the_same_again_is_unchanged() -> None:
    """An import that is run twice must not make two."""
    first = plan(offered(entry()), [])
    assert fates(first) == [Fate.ADDED]
    assert fates(plan(offered(entry()), after(first, []))) == [Fate.UNCHANGED]


def test_a_later_entry_closes_the_one_before_the_day_before() -> None:
    """On no day may two say something different, and no day may be left without any."""
    before = [Kept(1, entry(mode="summary"))]
    found = plan(offered(entry(mode="either_way", valid_from=JUNE)), before)
    assert fates(found) == [Fate.FOLLOWS]
    assert found.closing == [(before[0], END_OF_MAY)]


def test_other_facts_for_the_same_days_correct_the_entry() -> None:
    """Cases that rest on the old one keep it, so that it is another row; the difference is told."""
    [step] = plan(offered(entry(mode="either_way", title="Touting")), [Kept(1, entry())]).steps
    assert step.fate is Fate.CORRECTS
    assert step.words == "corrects title, mode"


def test_words_to_find_it_by_change_it_where_it_stands() -> None:
    """They say nothing of the offence: a case need not keep the old ones."""
    assert fates(plan(offered(entry(search="tout")), [Kept(1, entry())])) == [Fate.CHANGED]


def test_a_last_day_left_empty_says_nothing() -> None:
    """A force that ended an entry on the page must not find it open again after the next import."""
    ended = Kept(1, entry(valid_to=JUNE))
    assert fates(plan(offered(entry()), [ended])) == [Fate.UNCHANGED]
    [step] = plan(offered(entry(valid_to=JULY)), [ended]).steps
    assert (step.fate, step.entry.valid_to) == (Fate.CHANGED, JULY)


def test_entries_of_one_file_follow_one_another() -> None:
    """A file may hold the whole history of an offence."""
    found = plan(offered(entry(valid_from=JULY, mode="either_way"), entry(), entry(valid_from=JUNE)), [])
    ends = {step.entry.valid_from: step.entry.valid_to for step in found.steps}
    assert ends == {None: END_OF_MAY, JUNE: date(2026, 6, 30), JULY: None}


def test_an_earlier_entry_ends_before_the_one_there_is() -> None:
    """History filled in afterwards must leave today as it is."""
    [step] = plan(offered(entry(mode="either_way")), [Kept(1, entry(valid_from=JUNE))]).steps
    assert step.entry.valid_to == END_OF_MAY


def test_an_entry_that_runs_into_the_next_is_rejected_with_the_day_to_end_it() -> None:
    """It said itself how long it runs: cutting it short in silence would be a guess."""
    found = plan(offered(entry(valid_to=JULY)), [Kept(1, entry(valid_from=JUNE))])
    assert found.steps == []
    assert "let it end on 2026-05-31" in found.rejects[0].reason


def test_a_code_that_stands_twice_is_rejected_the_second_time_with_both_lines() -> None:
    """Which of the two is meant, only the sender knows."""
    found = plan(offered(entry(), entry(title="Another")), [])
    assert fates(found) == [Fate.ADDED]
    assert (found.rejects[0].line, "line 2" in found.rejects[0].reason) == (3, True)


def test_a_code_of_the_shared_catalogue_is_not_a_forces_to_change() -> None:
    """Otherwise one force could make murder a summary offence for itself."""
    found = plan(offered(entry()), [], taken={"ticket-touting"})
    assert "belongs to the catalogue that every force shares" in found.rejects[0].reason


DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 20)))
ENTRIES = st.builds(
    lambda code, title, first, length: entry(
        code,
        title=title,
        valid_from=first,
        valid_to=None if length is None or first is None else first + timedelta(days=length),
    ),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["One", "Two"]),
    DAYS,
    st.one_of(st.none(), st.integers(0, 12)),
)
FILES = st.lists(ENTRIES, max_size=8).map(lambda entries: offered(*entries))


def there(*files: Offered) -> list[Kept]:
    kept: list[Kept] = []
    for file in files:
        kept = after(plan(file, kept), kept)
    return kept


@given(FILES, FILES)
def test_every_row_has_one_fate(first: Offered, second: Offered) -> None:
    """rows = accepted + rejected + unchanged, whatever a file holds and whatever is there."""
    found = plan(second, there(first))
    assert found.rows == second.rows == found.accepted + len(found.rejects) + found.unchanged
    lines = [step.line for step in found.steps] + [reject.line for reject in found.rejects]
    assert sorted(lines) == sorted({line for line, _entry in second.entries})


@given(FILES, FILES)
def test_no_two_entries_ever_stand_on_one_day(first: Offered, second: Offered) -> None:
    """Whatever is imported in whatever order: a case finds one entry, or none."""
    spans: dict[str, list[Entry]] = {}
    for kept in there(first, second):
        spans.setdefault(kept.entry.code, []).append(kept.entry)
    for entries in spans.values():
        entries.sort(key=lambda one: one.starts)
        assert all(one.ends < other.starts for one, other in pairwise(entries))
        assert all(one.starts <= one.ends for one in entries)


@given(FILES, FILES)
def test_a_file_imported_again_changes_nothing(first: Offered, second: Offered) -> None:
    """The second run of the same file accepts no row."""
    kept = there(first, second)
    again = plan(second, kept)
    assert again.accepted == 0
    assert not again.closing
