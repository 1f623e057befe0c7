"""What can be wrong with a service, each with its mend. `manage.py doctor` shows it on one screen.

Every rule is asked where it lives: of the grants, the triggers, the policies, the accounts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import checks
from django.core.cache import cache

from cases.models import OutboxEntry, PolicyVersion
from diversion import clock, production, readiness
from diversion.accounts.actions.starting import nobody_approves
from diversion.accounts.choosing import ALL_BREACHES, missing_breaches
from diversion.accounts.models import Organisation, Role, User
from diversion.accounts.permissions import Permission
from diversion.accounts.second_factor import not_required
from diversion.audit.models import Event
from diversion.celery import BEAT_HEARD, app
from diversion.management.backups import BACKED_UP
from diversion.postgres import grants, triggers, wall
from referrals.models import SharingAgreement
from reporting.facts.months import marked_since

PREPARE = "run manage.py prepare with the owner's address"
#: The beat is heard each minute, and the outbox emptied each minute.
BEAT_SILENT, OUTBOX_OLD = timedelta(minutes=3), timedelta(minutes=5)
#: Months of changed facts are counted anew each minute. Until they are, figures are right, and slower.
MONTHS_OLD = timedelta(hours=1)
#: How long before an agreement ends its force should know.
AHEAD = timedelta(days=30)
SHOWN = 5
#: Seconds for which a worker is waited for.
ANSWERS_WITHIN = 2


@dataclass(frozen=True)
class Finding:
    """``what`` was looked at; ``faults`` are in words, and ``mend`` says what to do about them."""

    what: str
    faults: Sequence[str]
    mend: str

    @property
    def line(self) -> str:
        """``ok  The queue answers``, or what is amiss and the mend."""
        if not self.faults:
            return f"ok    {self.what}"
        more = " and more" if self.faults[SHOWN:] else ""
        return f"MEND  {self.what}: {', '.join(self.faults[:SHOWN])}{more}. To mend: {self.mend}."


def examine() -> Iterator[Finding]:
    """Every finding, the ground first: without a database or its tables nothing else can be asked."""
    database = Finding(
        "Database answers", _unless(readiness.database_answers()), "start PostgreSQL, or mend DATABASE_URL"
    )
    yield database
    if database.faults:
        return
    yield Finding("Database has room to write", readiness.no_room(), "make room on its disk, or take a larger one")
    tables = Finding("Migrations are applied", readiness.unapplied(), PREPARE)
    yield tables
    yield Finding("Role of web and worker has its grants", grants.missing(), PREPARE)
    yield Finding("Triggers are there", triggers.missing(), PREPARE)
    yield Finding("Walls between organisations stand", wall.missing(), PREPARE)
    quiet = "set each as docs/operations.md says under Names in logs, and have PostgreSQL read its settings again"
    yield Finding("PostgreSQL logs no names", readiness.logged_values(), quiet)
    yield Finding("Static files are there", readiness.static_files(), f"{PREPARE}; in a checkout, make")
    yield Finding("Django's own checks pass", _checks(), "do as each says")
    yield from _sign_in()
    yield from _breaches()
    yield from _queue()
    if not tables.faults:
        yield from _records()


def _checks() -> list[str]:
    found = checks.run_checks(include_deployment_checks=settings.PRODUCTION)
    return [f"{one.id} {one.msg}" for one in found if one.level >= checks.WARNING]


def _sign_in() -> Iterator[Finding]:
    words = [f"SECOND_FACTOR is {settings.SECOND_FACTOR}"] if not_required() else []
    yield Finding("A second factor is asked of everybody", words, "unset SECOND_FACTOR, or set it to required")


def _breaches() -> Iterator[Finding]:
    lacking = missing_breaches()
    words = [f"{lacking:,} of the {ALL_BREACHES:,} files are not in BREACHED_PASSWORDS"] if lacking else []
    yield Finding("Passwords are looked for in breaches", words, "fetch them anew (docs/operations.md, Sign-in)")


def _queue() -> Iterator[Finding]:
    queue = Finding("Queue answers", _unless(readiness.queue_answers()), "start Redis, or mend REDIS_URL")
    yield queue
    if queue.faults:
        return
    yield Finding(
        "A worker answers", _unless(bool(app.control.ping(timeout=ANSWERS_WITHIN))), "start celery -A diversion worker"
    )
    silent = clock.now().timestamp() - cache.get(BEAT_HEARD, 0)
    is_heard = silent < BEAT_SILENT.total_seconds()
    yield Finding("The beat is heard", _unless(is_heard), "start one celery -A diversion beat, and a worker")


def _records() -> Iterator[Finding]:
    old = OutboxEntry.objects.filter(written_at__lt=clock.now() - OUTBOX_OLD).order_by("written_at").first()
    words = [f"a change of {old.written_at:%-d %B %H:%M} has not reached the figures"] if old else []
    yield Finding("Figures follow the cases", words, "start worker and beat; the worker's log says what stops it")
    late = (marked_since() or 0) > MONTHS_OLD.total_seconds()
    words = ["facts that changed over an hour ago are read one by one"] if late else []
    yield Finding("Months are added up", words, "start worker and beat; the worker's log says what stops it")
    if settings.PRODUCTION:
        yield Finding(
            "A backup was made lately", _backup_is_old(), "run manage.py backup on a timer (docs/operations.md)"
        )
        clear = list(production.in_the_clear(settings.DATABASES["default"], settings.REDIS_URL))
        yield Finding("Nobody reads what is said to other machines", clear, "do as each says, or use a tunnel")
    yield Finding("No demonstration account is in production", _made_up(), "disable them, or take an empty database")
    real = Organisation.objects.filter(is_demonstration=False)
    manages = Role.objects.filter(permissions__contains=[Permission.MANAGE_USERS.value])
    managed = real.filter(kind__in=manages.values("organisation_kind"))
    alone = _slugs(managed, nobody_approves)
    yield Finding("Somebody asks for accounts and another approves", alone, "run manage.py first_administrator")
    unsigned = _slugs(real.filter(kind=Organisation.Kind.POLICE_FORCE), lambda force: not has_approved(force))
    yield Finding("Forces have approved a policy", unsigned, "its coordinator and an inspector sign one (Policy)")
    yield Finding("Sharing agreements go on for 30 days", _ending(), "agree the next one on the page Schemes")


def has_approved(force: Organisation) -> bool:
    """Whether a policy that the force itself signed is in force today."""
    return PolicyVersion.objects.live_on(clock.today()).filter(
        force=force, kind=PolicyVersion.Kind.POLICY, is_default=False
    ).exists()  # fmt: skip


def _backup_is_old() -> list[str]:
    since = clock.now() - timedelta(hours=settings.BACKUP_MOST_HOURS)
    return _unless(Event.objects.filter(kind=BACKED_UP, at__gte=since).exists())


def _made_up() -> list[str]:
    if not settings.PRODUCTION:
        return []
    return list(
        User.objects.filter(organisation__is_demonstration=True, is_active=True).values_list("email", flat=True)
    )


def _ending() -> list[str]:
    """Agreements that hold today and that none follows."""
    today, then = clock.today(), clock.today() + AHEAD
    ending = SharingAgreement.objects.filter(
        force__is_demonstration=False, valid_from__lte=today, valid_to__gte=today, valid_to__lt=then
    ).select_related("force", "provider")
    return [
        f"{one.force} with {one.provider} ends on {one.valid_to:%-d %B %Y}"
        for one in ending
        if not SharingAgreement.is_live(one.force, one.provider, then)
    ]


def _slugs(organisations: Iterable[Organisation], is_amiss: Callable[[Organisation], bool]) -> list[str]:
    return [organisation.slug for organisation in organisations if is_amiss(organisation)]


def _unless(is_well: bool) -> list[str]:
    return [] if is_well else ["no"]
