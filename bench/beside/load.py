"""The people of bench/chaos.py at work, each in a thread until told to stop; and the nights of summer time."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from django.db import DatabaseError, connection

from bench.beside.faults import Faults
from bench.beside.journeys import Browser, Ledger, ask_for_report, help_somebody, record
from bench.beside.service import Service, kill
from cases import legal, rulebook
from cases.models import Offence
from diversion import clock
from diversion.accounts.models import User
from diversion.demonstration.cast import CAST, PASSWORD
from referrals.models import Escalation, SchemeVersion
from reporting.actions.reports import under_way
from tests.factories.decisions import posted

SCHEME, OFFENCE = "drug-diversion", "possession-of-cannabis"
#: The moments at which clocks in London change next: ahead, and back.
CHANGES = (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC))
STEP, STEPS, ASSAULTS = timedelta(minutes=10), 26, 3
EMAILS = {member.key: member.email for member in CAST}


def begin(ports: Sequence[int], ledger: Ledger, seed: int) -> list[threading.Thread]:
    """Everybody at work; whoever waits for them has told them to stop."""
    version = SchemeVersion.objects.filter(scheme__slug=SCHEME, scheme__force__slug="avonford").latest("valid_from")
    manager, navigator = _of(version)
    today = clock.today()
    plain, helped = _decision(today), _decision(today, version)
    connection.close()

    def officer(browser: Browser, chance: Random) -> None:
        is_full = bool(ledger.seen["refused: Record a decision"])  # the scheme takes nobody more
        decision = plain if is_full else chance.choice((plain, helped))
        record(browser, chance, decision, f"AV/{chance.getrandbits(40)}/26")

    def partner(browser: Browser, chance: Random) -> None:
        for reference in _waiting(browser)[:3]:
            help_somebody(browser, chance, reference, navigator, today.isoformat())

    def inspector(browser: Browser, chance: Random) -> None:
        ask_for_report(browser, (today - timedelta(days=60)).isoformat(), today.isoformat())
        ledger.stop.wait(chance.uniform(3, 8))

    at_work = [("amara", officer), ("callum", officer), (manager, partner), ("ian", inspector)]
    return [_begin(ports, ledger, who, do, Random(f"{seed}{who}")) for who, do in at_work]


def _begin(
    ports: Sequence[int], ledger: Ledger, who: str, do: Callable[[Browser, Random], None], chance: Random
) -> Any:
    browser = browser_of(who, ports[:: chance.choice((1, -1))], ledger)

    def work() -> None:
        while not ledger.stop.is_set():
            do(browser, chance)
            ledger.stop.wait(chance.uniform(0.1, 0.8))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def browser_of(who: str, ports: Sequence[int], ledger: Ledger) -> Browser:
    return Browser(ports, EMAILS[who], PASSWORD, ledger)


def _of(version: SchemeVersion) -> tuple[str, str]:
    """Who answers for the scheme's provider, and who helps there, by key and by number."""
    people = {member.key: member.organisation for member in CAST}
    slug = version.provider.slug
    manager = next(key for key in ("hugh", "hana") if people[key] == slug)
    helper = next(key for key in ("george", "fatima") if people[key] == slug)
    return manager, str(User.objects.get(email=EMAILS[helper]).pk)


def _decision(today: date, version: SchemeVersion | None = None, **changes: Any) -> dict[str, Any]:
    due = (today + timedelta(days=28)).isoformat()
    values = posted(version, **{"crimes-0-committed_on": today.isoformat()} | changes)
    if version:
        values |= {"crimes-0-offence": OFFENCE, "crimes-0-victim_kind": "none"}
    return values | {name: due for name in values if name.endswith("-due_on")}


def _waiting(browser: Browser) -> list[str]:
    page = browser.see("/inbox/")
    found = [part.partition("/")[0] for part in page.split('href="/referrals/')[1:]]
    return list(dict.fromkeys(one for one in found if one.startswith("RF-")))


def reports_under_way() -> list[int]:
    try:
        return list(under_way().values_list("pk", flat=True)[:5])
    except DatabaseError:
        connection.close()
        return []


def over_a_change(service: Service, faults: Faults, ledger: Ledger, change: datetime, chance: Random) -> str:
    """A night on which clocks change: warnings fall due at its midnight, and every ten minutes two workers look."""
    ledger.stop.clear()
    night = clock.local_date(change)
    _set(faults, datetime.combine(night, datetime.min.time(), clock.LONDON).astimezone(UTC) - timedelta(hours=1))
    browser = Browser([service.port], EMAILS["amara"], PASSWORD, ledger)
    made = [_assault(browser, chance, night) for _one in range(ASSAULTS)]
    begun = clock.now()
    for step in range(STEPS):
        _set(faults, begun + step * STEP)
        for _twice in range(2):
            faults.app.send_task("referrals.tasks.watch_limits", retry=False)
        time.sleep(0.5)
    time.sleep(10)
    connection.close()
    raised = Escalation.objects.filter(case__submission__in=[one for one in made if one])
    days = {clock.local_date(one.raised_at) for one in raised}
    once = len(raised) == ASSAULTS and days == {night}
    return f"{night:%-d %B %Y}: {len(raised)} of {ASSAULTS} warnings, {'each once on its day' if once else 'WRONG'}"


def while_redis_hangs(service: Service, chance: Random) -> str:
    """Nothing else is wrong: what a decision then takes, at its slowest."""
    time.sleep(15)
    ledger = Ledger()
    browser = Browser([service.port], EMAILS["callum"], PASSWORD, ledger)
    decision = _decision(clock.today())
    record(browser, chance, decision, f"AV/{chance.getrandbits(40)}/26")  # signs in
    ledger.slowest.clear()
    redis = service.redis()
    kill(redis, signal.SIGSTOP)
    try:
        for _time in range(10):
            record(browser, chance, decision, f"AV/{chance.getrandbits(40)}/26")
    finally:
        kill(redis, signal.SIGCONT)
    return f"Ten decisions while only Redis hangs: the slowest was answered after {max(ledger.slowest.values()):.1f} s"


def _set(faults: Faults, moment: datetime) -> None:
    faults.set_clock((moment - datetime.now(UTC)).total_seconds())  # noqa: TID251
    time.sleep(0.2)


def _assault(browser: Browser, chance: Random, warned_on: date) -> str:
    """A common assault of which the force is warned first on that day; the submission, where it was recorded."""
    force = User.objects.get(email=EMAILS["amara"]).organisation
    settings = rulebook.settings_of(force, warned_on)
    limit = warned_on + timedelta(days=max(settings.escalation_days))
    offence = Offence.objects.get(code="common-assault")
    days = (limit - timedelta(days=back) for back in range(178, 192))
    committed = next(
        day
        for day in days
        if legal.statutory_limit(offence, day, domestic_abuse=False, first_statement=None, settings=settings).on
        == limit
    )
    given = {"crimes-0-offence": offence.code, "crimes-0-committed_on": committed.isoformat()}
    asked = record(browser, chance, _decision(clock.today(), **given), f"AV/{chance.getrandbits(40)}/27")
    return asked.key if asked.answered else ""
