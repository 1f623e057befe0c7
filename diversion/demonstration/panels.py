"""A made-up scrutiny panel: cases that it has found of, cases that wait for a member, and what came of one."""

from datetime import timedelta

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.demonstration.releases import FEWEST_CASES
from reporting.actions import panels, sampling
from reporting.forms.asking import last_twelve_months
from reporting.measures.overview import HEADLINE, Question
from reporting.models import Panel, PanelCase, PanelFinding

#: So many are drawn of each group.
SIZE = 2
F = PanelFinding
#: What petra, quentin and then the panel found of the first cases, and its words; of the next one petra alone.
FOUND = (
    (F.OBSERVATIONS, F.APPROPRIATE, F.OBSERVATIONS, "The record should say why earlier outcomes weighed so much."),
    (F.APPROPRIATE, F.APPROPRIATE, F.APPROPRIATE, ""),
    (F.INAPPROPRIATE, F.OBSERVATIONS, F.INAPPROPRIATE, "A scheme was open for this offence, and nobody thought of it."),
)
WHY = "What is on record does not bear this out."


def make(people: dict[str, User]) -> None:
    """Make it where there is none yet, of cases in which nothing was offered in the last twelve months."""
    david, members = people["david"], [people["petra"], people["quentin"]]
    force = david.organisation
    if Panel.objects.filter(force=force).exists() or Case.objects.filter(force=force).count() < FEWEST_CASES:
        return
    asked = Question(*last_twelve_months(clock.today()), "live", "ethnicity", HEADLINE)
    sample = sampling.draw_sample(asked=asked, of="not_offered", size=SIZE, seed="demonstration", by=david)
    meets_on = clock.today() + timedelta(days=14)
    panel = panels.convene(sample=sample, members=members, chair=members[0], meets_on=meets_on, by=david)
    panels.declare(panel=panel, interest="none", by=members[0])
    panels.declare(panel=panel, interest="some", words="I volunteer for a charity that helps people.", by=members[1])
    cases = list(panel.cases.order_by("place"))
    for case, (first, second, whole, words) in zip(cases, FOUND, strict=False):
        _find(case, members[0], first)
        _find(case, members[1], second)
        panels.settle(case=case, finding=whole, words=words, by=members[0])
    for case in cases[len(FOUND) :][:1]:
        _find(case, members[0], F.APPROPRIATE)
    what = "The scheme is shown at the briefing of each team."
    due_on = clock.today() + timedelta(days=30)
    panels.act(case=cases[len(FOUND) - 1], action=what, owner=david, due_on=due_on, by=david)


def _find(case: PanelCase, member: User, finding: PanelFinding) -> None:
    panels.find(case=case, finding=finding, words="" if finding == F.APPROPRIATE else WHY, by=member)
