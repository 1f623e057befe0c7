"""docs/policy.md must stay true: its tables and its example are compared with the code."""

import json
import re
from datetime import date
from pathlib import Path

from cases.eligibility.assess import assess
from cases.eligibility.codes import EARLIER_OUTCOMES, Rank
from cases.eligibility.criteria import KINDS
from cases.eligibility.facts import SHORTHANDS, VOCABULARY, Fact
from cases.eligibility.policy import load_policy
from cases.eligibility.schemes import load_scheme_library

PAGE = (Path(__file__).parents[4] / "docs" / "policy.md").read_text(encoding="utf-8")

ANSWERS = {
    "yes_no": "`true` or `false`",
    "word": "a word",
    "whole": "a whole number",
    "number": "a number, 0 or more",
    "date": "a date, `YYYY-MM-DD`",
    "needs": "a list of",
    "earlier_outcomes": "a list: see below",
}


def answers(fact: Fact) -> str:
    """The last column of the table of facts."""
    if fact.name == "gravity_score":
        return "1 to 5"
    if fact.type == "choice":
        return ", ".join(f"`{code}`" for code in fact.values)
    codes = " " + ", ".join(f"`{code}`" for code in fact.values) if fact.type == "needs" else ""
    return ANSWERS[fact.type] + codes


def fact_rows() -> list[str]:
    return [
        f"| `{fact.name}`{' (monitoring)' if fact.monitoring else ''} | {fact.question} | {answers(fact)} |"
        for fact in VOCABULARY.values()
    ]


def shorthand_rows() -> list[str]:
    return [f"| `{name}` | {meaning} |" for name, meaning in SHORTHANDS.items()]


def kind_rows() -> list[str]:
    rows = []
    for kind in KINDS:
        fields = ", ".join(f"`{name}`" for name in kind.model_fields if name != "kind") or "none"
        says = (kind.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
        rows.append(
            f"| `{kind.model_fields['kind'].default}` | {re.sub(' +', ' ', says).replace('``', '`')} | {fields} |"
        )
    return rows


def scheme_rows() -> list[str]:
    rows = []
    for scheme in load_scheme_library():
        versions = ", ".join(version.version for version in scheme.versions)
        modes = ", ".join(scheme.versions[-1].disposal_modes)
        rows.append(f"| `{scheme.slug}` | {scheme.name} | {versions} | {modes} |")
    return rows


def table_under(heading: str) -> list[str]:
    """The rows of the first table after a heading, without its two head lines."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| `")]


def test_the_table_of_facts_is_the_vocabulary() -> None:
    """Somebody who writes facts from the page must be understood."""
    assert table_under("The facts") == fact_rows()


def test_the_table_of_shorthands_is_the_code() -> None:
    """The same, for what may be given in place of a fact."""
    assert table_under("In place of a fact") == shorthand_rows()


def test_the_table_of_criteria_is_the_code() -> None:
    """An inspector choosing a criterion must see all there are, and no other."""
    assert table_under("The kinds of criterion") == kind_rows()


def test_the_table_of_schemes_is_the_library() -> None:
    """The page must not name a scheme that is not there."""
    assert table_under("The scheme library") == scheme_rows()


def test_every_earlier_outcome_and_rank_is_named() -> None:
    """The two lists that the tables leave to the text."""
    assert all(f"`{code}`" in PAGE for code in EARLIER_OUTCOMES)
    assert all(rank.value in PAGE for rank in Rank)


def test_the_example_does_what_the_page_says() -> None:
    """An example that does not work is worse than none."""
    example = json.loads(PAGE.split("```json\n")[1].split("```")[0])
    assessment = assess(example, load_policy(), date(2026, 3, 1))
    asked = [question.fact for question in assessment.open_questions]
    said = re.findall(r"`(\w+)`", PAGE.split("it asks, in this order: ")[1].split(".\n")[0])
    assert said == asked
    caution = assessment.option("disposal:conditional_caution")
    assert (caution.status, caution.rank, caution.reasons) == ("needs_authority", "sergeant", ("authoriser",))
    assert assessment.option("disposal:youth_caution").reasons == ("child",)
