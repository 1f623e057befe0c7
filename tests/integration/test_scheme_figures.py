"""The schemes of a force beside each other: within what chance gives for their size, or outside it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from reporting.codes import LIVE
from reporting.measures.behind import case_ids
from reporting.measures.overview import HEADLINE, Question
from reporting.models import Fact
from reporting.statistics import incidence
from tests.conftest import Cast
from tests.factories.facts import live

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
START, END = date(2026, 1, 1), date(2026, 6, 30)
YEAR = {"start": "2026-01-01", "end": "2026-06-30"}
DUE: dict[str, Any] = {"referred_on": date(2026, 1, 5), "due_by": date(2026, 5, 1), "happened_on": date(2026, 1, 4)}


def scheme(cast: Cast, name: str, came: int, stayed_away: int) -> None:
    """Everybody who came completed."""
    force = cast["ian"].organisation
    live(force, came, scheme=name, **DUE, started_on=date(2026, 1, 9), result="completed")
    live(force, stayed_away, scheme=name, **DUE, result="breached")


def page(client: Client) -> str:
    response = client.get("/monitoring/schemes", YEAR)
    assert response.status_code == 200
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S).split())


def test_a_scheme_that_stands_out_is_told_from_one_that_is_small(cast: Cast, signed_in: SignIn) -> None:
    """A commissioner who ends the scheme at the foot of a list ends the smallest, and keeps the one that fails."""
    for name, came, away in (("Apple", 80, 20), ("Birch", 60, 60), ("Cedar", 6, 6), ("Dill", 2, 1)):
        scheme(cast, name, came, away)
    client = signed_in(cast["ian"])
    text = page(client)
    assert "Over the limits: Apple. Under the limits: Birch." in text
    assert "Apple 100 80.0% 71.1% to 86.7%" in text
    assert re.search(r"Cedar 12 50\.0% 25\.4% to 74\.6% [^A-Z]* within chance", text)
    assert "Outside the band: 2 of 3." in text
    assert "Fewer than 10 people, so not shown: Dill." in text
    assert "Shares are drawn towards the whole only where 10 or more are compared." in text
    assert "Drawn towards the whole, 95% interval" not in text
    assert Event.objects.filter(kind="monitoring.schemes_viewed", actor_id=cast["ian"].pk).count() == 1
    assert client.get("/monitoring/schemes", {"start": "2026-06-30", "end": "2026-01-01"}).status_code == 422
    assert signed_in(cast["elin"]).get("/monitoring/schemes").status_code == 403


def test_small_schemes_stand_in_the_figures_alone(cast: Cast, signed_in: SignIn) -> None:
    """Row after row without a share pushes what can be read off an inspector's page."""
    for name, came in (("Apple", 12), ("Birch", 20), ("Cedar", 30), ("Dill", 40), ("Elder", 50), ("Fir", 3)):
        scheme(cast, name, came, 4)
    text = page(signed_in(cast["ian"]))
    few = "1 of 6 have too few people for a share, and stand in the figures alone."
    assert few in text
    assert "Elder: started 92.6%" in text
    assert "Fir: started" not in text
    board = " ".join(signed_in(cast["ian"]).get("/monitoring/", YEAR).content.decode().split())
    assert f"Drawn are the 4 with most offers; 1 more stand in the figures. {few}" in board
    assert ("Birch: started" in board, "Apple: started" in board) == (True, False)


def test_ten_schemes_are_drawn_towards_the_whole_beside_their_own_shares(cast: Cast, signed_in: SignIn) -> None:
    """The best of many small schemes is the luckiest: what is worth believing of it is less than its share."""
    for number in range(10):
        scheme(cast, f"Scheme {number}", 2 + 2 * number, 20 - 2 * number)
    text = page(signed_in(cast["ian"]))
    assert "Drawn towards the whole, 95% interval" in text
    (drawn,) = set(re.findall(r"Scheme 9 22 90\.9% .*? over the 99\.8% limits (\d\d\.\d)% ", text))
    assert 50.0 < float(drawn) < 90.9


def test_each_dot_of_a_plot_leads_to_its_cases(cast: Cast, signed_in: SignIn) -> None:
    """Who may open every case asks of the scheme outside the band which cases these are."""
    for name in ("Apple", "Birch", "Cedar"):
        scheme(cast, name, 20, 10)
    client = signed_in(cast["david"])
    html = unescape(client.get("/monitoring/schemes", YEAR).content.decode())
    for figure in ("started:of", "completed_in_time:of"):
        assert re.search(rf'figure={figure.replace(":", "%3A")}[^"]*"', html), figure
    (address,) = set(re.findall(r'href="([^"]+figure=started%3Aof&scheme=Apple)"', html))
    assert "Came to a first appointment" not in (text := client.get(address).content.decode())
    assert "No case stands behind this figure any more." in text  # made-up figures have none


def test_two_schemes_make_no_plot_and_none_says_so(cast: Cast, signed_in: SignIn) -> None:
    """Of two, each is half of the whole that it would be held against."""
    client = signed_in(cast["ian"])
    assert "Nobody was offered a scheme in this time." in page(client)
    scheme(cast, "Apple", 80, 20)
    scheme(cast, "Birch", 60, 60)
    assert "too few to set beside each other in a plot" in page(client)


def test_schemes_of_few_people_alone_have_their_figures_and_no_empty_chart(cast: Cast, signed_in: SignIn) -> None:
    """A pilot's first month is told in counts; lines without a mark would look like nobody who came."""
    scheme(cast, "Apple", 3, 1)
    text = page(signed_in(cast["ian"]))
    assert "Too few to draw" in text
    assert "Apple 4 4 3 of 4" in text


def referred(cast: Cast, times: int, days: int | None = None, since: int = 100, **changes: Any) -> None:
    """So many people referred ``since`` days ago, whose referral ended after ``days``."""
    sent = clock.today() - timedelta(days=since)
    ended = {} if days is None else {"ended_on": sent + timedelta(days=days)}
    values = {"scheme": "Apple", "happened_on": date(2026, 1, 4), "referred_on": sent, **ended, **changes}
    live(cast["ian"].organisation, times, **values)


def test_what_became_of_everybody_referred_is_told_by_week_with_who_still_waits(cast: Cast, signed_in: SignIn) -> None:
    """Of those who ended alone, whoever ends soonest looks like everybody: the slow ones are not there yet."""
    client = signed_in(cast["ian"])
    referred(cast, 9)
    assert "Fewer than 10 people were referred a week ago or more" in page(client)
    referred(cast, 8, 20, result="completed")
    referred(cast, 3, 20, result="not_completed")
    referred(cast, 2, 5, ending="declined")
    referred(cast, 4, since=3)
    referred(cast, 30, 9, since=20, ending="not_told")  # of a voluntary scheme police hear nothing
    referred(cast, 1, None, ending="withdrawn")
    text = page(client)
    assert "26 people referred; 13 are still open and count for as long as they were followed, as no end." in text
    assert "Left out, because nobody knows the day of their end: 1." in text
    # 4 were seen for 3 days alone: after 2 of 26 ended on day 5 with 22 at risk, 20 are left, of whom 11 end on day 20.
    interval = [100 * end for end in incidence.aalen_johansen(*THEIRS, [21])["completed"][0].interval or ()]
    assert f"Completed: {100 * 20 / 22 * 8 / 20:.0f}% ({interval[0]:.0f}% to {interval[1]:.0f}%) by week 14" in text
    assert re.search(r" 1 26 0\.0% 0\.0% to 14\.9% 0\.0% 0\.0% to 14\.9% 9\.1% ", text)
    assert re.search(r" 3 20 36\.4% ", text)
    assert re.search(r" 14 9 36\.4% ", text)
    assert " 15 9 " not in text  # nobody was referred so long ago


def test_who_was_still_open_in_a_week_leads_to_those_cases(cast: Cast, signed_in: SignIn) -> None:
    """Who asks why so many are open after a quarter of a year has to find those, and nobody who ended before."""
    referred(cast, 8, 21, result="completed")
    referred(cast, 3, 22, result="not_completed")
    referred(cast, 4, since=3)
    referred(cast, 30, 9, since=20, ending="not_told")
    referred(cast, 1, None, ending="withdrawn")
    referred(cast, 9)
    Fact.objects.update(case_id=F("pk"))  # made-up figures have no cases
    html = unescape(signed_in(cast["david"]).get("/monitoring/schemes", YEAR).content.decode())
    told = dict(re.findall(r'figure=at_risk%3A(\d+)">(\d+)<', html))
    assert [told[week] for week in ("1", "2", "3", "4", "5", "14")] == ["24", "20", "20", "12", "9", "9"]
    force, asked = cast["david"].organisation, Question(START, END, LIVE, by="ethnicity", measure=HEADLINE)
    for week, number in told.items():
        assert len(case_ids(force, asked, figure=f"at_risk:{week}") or ()) == int(number), week
    for none in ("0", "53", "1 OR 1", "²", ""):
        assert case_ids(force, asked, figure=f"at_risk:{none}") is None
    address = re.findall(r'href="([^"]+figure=at_risk%3A3)"', html)[0]
    heading = "Still open as week 3 since the referral began"
    assert heading in signed_in(cast["david"]).get(address).content.decode()
    assert {name for name in ("dated", "undated") if f"figure=ended%3A{name}" in html} == {"dated", "undated"}
    assert "figure=" not in signed_in(cast["ian"]).get("/monitoring/schemes", YEAR).content.decode()


#: The same people, by hand.
THEIRS = ({"completed": {20: 8}, "otherwise": {20: 3}, "declined": {5: 2}}, {3: 4, 100: 9})
