"""Who may open what: every page of every kind of record, asked by every member, against the file that people review."""

import os
import random
from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from django.core import mail
from django.db import transaction

from diversion import celery, clock
from diversion.accounts.models import Role
from diversion.notifications import kinds
from diversion.notifications.models import Message
from diversion.notifications.tasks import tell
from referrals.codes import CaseStatus
from referrals.models import Referral, Standing
from tests.conftest import NOW
from tests.integration.matrix import file, world
from tests.integration.matrix.asked import Asked, check, check_leads
from tests.integration.matrix.asking import GET, POST, VISITOR, Row, asking_order, refused_in_front, rows
from tests.integration.matrix.fuzzing import Target, fuzzed
from tests.integration.matrix.rules import broken, opened
from tests.integration.matrix.sending import Sending, sendable, some_of

#: How many lines of POST are sent each time; `make sweep` sends all.
SAMPLE, SEED = 40, "who may open what"
#: Of how many routes the forms are filled in and sent each time.
FORMS = 24
#: To how many forms odd input is sent each time, and how many odd values.
ODD_ROUTES, ODD = 3, 30
WITHOUT_ROLE = "lena"
#: Where somebody is looked for by name, and the box for it.
SEARCHES = {
    "/cases/": "q", "/caseload/": "q", "/clocks/": "q", "/youth/": "q", "/asking/": "q", "/access-log/": "name",
    "/decisions/new": "q",
}  # fmt: skip
#: Who looks up in the log whoever is on record at their force.
READS_THE_LOG, OF_AVONFORD = ("jo", "/access-log/"), {"amara", "tess"}
#: Days after the day of the world on which messages are looked for: at once, and as limits come near and pass.
LATER = (0, 1, 3, 7, 21, 30, 60)
pytestmark = pytest.mark.django_db


def test_every_role_asks(made: world.World) -> None:
    """A role that nobody here holds would open whatever it opens, and no line would tell."""
    held = {role.slug for user in made.cast.values() for role in user.roles.all()}
    assert set(Role.objects.values_list("slug", flat=True)) <= held, "add a member to ALSO in world.py"


def test_every_state_of_a_referral_is_there(made: world.World) -> None:
    """A state that no record stands in would open to whoever comes, and no line would tell."""
    assert set(Referral.objects.values_list("state", flat=True)) == set(Referral.State)


def test_every_way_in_which_a_case_stands_is_there(made: world.World) -> None:
    """As with a referral: what may be opened of a case goes by how it stands.

    Open is what is left where none of the ways holds; no case is known to stand so.
    """
    asked = [thing.parts[""] for thing in made.things["cases/"]]
    stands = Standing.objects.filter(case__reference__in=asked).values_list("status", flat=True)
    assert set(stands) == set(CaseStatus) - {CaseStatus.OPEN}


def test_who_may_open_what(made: world.World) -> None:
    """Somebody would open another's record, or be told that it is there; or a page would fail before somebody."""
    lines, asked = rows(made), Asked(made, each=False)
    posts = [row for row in lines if row.method == POST]
    asked.ask(sorted((row for row in lines if row.method == GET), key=asking_order))
    asked.ask(random.Random(SEED).sample(posts, SAMPLE))
    asked.ask(posts, (VISITOR, WITHOUT_ROLE))
    check(asked, lines)
    check_leads(asked)


@pytest.mark.sweep
def test_who_may_open_what_whole(made: world.World, capsys: pytest.CaptureFixture[str]) -> None:
    """Each cell asked by itself, and everything sent; where lines that the file lacks are written, those alone."""
    lines, writing = rows(made), os.environ.get("WRITE_MATRIX", "")
    asked = Asked(made, each=not writing)
    known = file.cells(lines, asked.who) if writing == "new" else {}
    asked.ask(row for row in lines if (row, VISITOR) not in known)
    asked.cells |= known
    if writing and not asked.found_marks and not broken(asked.cells, made.cast):
        file.PATH.write_text(file.as_text(asked.cells, lines, made.cast, asked.who), encoding="utf-8")
    check(asked, lines, all_asked=not known)
    if not known:
        check_leads(asked)
    opens = opened(asked.cells)
    with capsys.disabled():
        print(f"\nWho may open what: {len(lines)} pages of records × {len(asked.who)} = {len(asked.cells)} cells;")  # noqa: T201
        print(f"{opens} open or are done, {len(asked.cells) - opens} are refused. {Counter(asked.cells.values())}")  # noqa: T201


def sent_filled(made: world.World, lines: list[Row]) -> tuple[Sending, Asked]:
    """Every form of ``lines`` filled in and sent, as those who may and as those who may not."""
    asked = Asked(made, each=False)
    sending = Sending(made, asked.asking, file.cells(lines, asked.who), asked.look)
    for row in lines:
        sending.send(row)
    for row in [one for one in lines if one.path in sending.formless - sending.tried]:
        sending.send(row)  # by now pages have been read on which its form may stand
    return sending, asked


def check_sent(sending: Sending, asked: Asked) -> None:
    wrong = [*asked.found_marks, *sending.wrong]
    assert not wrong, "\n".join(wrong)


def test_a_form_that_is_filled_in_opens_nothing_more(made: world.World) -> None:
    """A POST would skip the check that its page has: whoever may not open a record would change it."""
    lines = sendable(rows(made))
    paths = random.Random(f"{SEED}: forms").sample(sorted({row.path for row in lines}), FORMS)
    sending, asked = sent_filled(made, some_of(lines, paths))
    check_sent(sending, asked)
    assert len(sending.done) > FORMS / 3, "hardly a form is filled in so that anything is done: this shows nothing"


@pytest.mark.sweep
def test_a_form_that_is_filled_in_opens_nothing_more_whole(
    made: world.World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every form, as everybody whom the rule in front of its view lets through; and with what it offers to others."""
    lines = sendable(rows(made))
    sending, asked = sent_filled(made, lines)
    for row in lines:
        sending.send_choices_of_others(row)
    routes = len({row.path for row in lines})
    told = [
        f"\nForms filled in: {len(lines)} lines of {routes} routes, {sending.sent} requests;",
        f"{len(sending.done)} routes did what was sent; {sending.foreign} choices of others were sent.",
        "Tried, and nothing was done:",
        *sorted(sending.tried - sending.done),
        "Without a form on any page that was read:",
        *sorted(sending.formless - sending.tried),
    ]
    with capsys.disabled():
        print(*told, sep="\n  ")  # noqa: T201
    check_sent(sending, asked)


def test_odd_input_is_answered(made: world.World) -> None:
    """Somebody pastes half a page, a day of no calendar, or an attack: an error page would lose what they typed.

    `make sweep` sends a hundred thousand odd values (test_odd_input.py).
    """
    some = random.Random(f"{SEED}: odd")

    def forms(found: list[Target]) -> list[Target]:
        return some.sample([one for one in found if one.key[1] == POST], ODD_ROUTES)

    fuzzing = fuzzed(made, "sample", ODD, forms, records=1)
    assert not fuzzing.wrong, "\n".join(fuzzing.wrong)
    assert fuzzing.values >= ODD


def test_a_search_finds_nobody_of_others(made: world.World) -> None:
    """A name that is typed would find another force's person, another partner's, or somebody in a draft."""
    asked = Asked(made, each=False)
    pages = [row for row in rows(made) if row.path in SEARCHES and row.method == POST]
    assert {row.path for row in pages} == SEARCHES.keys()
    for row, mark in product(pages, made.names):
        for who in [who for who, user in made.cast.items() if refused_in_front(row, user) is None]:
            if (who, row.path) != READS_THE_LOG or not made.marks[mark] & OF_AVONFORD:
                asked.search(who, row, {SEARCHES[row.path]: mark.split()[-1]})
    assert not asked.found_marks, "\n".join(asked.found_marks)
    assert asked.read_marks == set(made.names), "a name that no search finds shows nothing"


def test_what_leaves_by_message_or_queue_names_nobody(made: world.World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are read by whoever opens them, and the queue by whoever runs it: neither is behind a wall."""
    sent: list[object] = []
    monkeypatch.setattr(celery.app, "send_task", lambda *args, **more: sent.append((args, more)))
    with transaction.atomic():
        for task in made.queued:
            task()
        for days in LATER:
            with clock.set_to(NOW + timedelta(days=days)):
                for kind in kinds._kinds:
                    tell(kind)
        sent += Message.objects.values_list("kind", "about", "channel")
        sent += [(one.subject, one.body) for one in mail.outbox]
        transaction.set_rollback(True)
    assert len(mail.outbox) > 5
    assert len(sent) > 30
    assert not [mark for mark in made.marks if mark in str(sent)]
