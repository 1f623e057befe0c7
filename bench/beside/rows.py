"""A force's cases in a database of their own, made by the database itself: no action could write a million in an hour.

Every tenth has been to court or come to nothing in each of the ways that a list tells apart; see ``STORIES``. Open work
grows with the cases. There is no field history: no page that is measured reads it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection

from bench.names import add, made_up
from cases.eligibility.schemes import load_scheme_library
from cases.models import Case
from diversion.accounts.actions.roles import grant
from diversion.accounts.models import Organisation, Role, Team, User
from referrals.actions.standing import restate
from tests.factories.ground import adopt_scheme, assemble

UNITS = {"thousand": 1_000, "k": 1_000, "m": 1_000_000}
TEAMS, OFFICERS, NAVIGATORS = 20, 200, 40
#: Of a hundred cases: from which on (by ``story``) each is so.
STORIES = {
    "completed": 0,  # on an enforceable scheme, and closed
    "voluntary": 45,  # referred to a voluntary one, and closed thereby
    "not_offered": 55,
    "done": 70,  # conditions without a partner, done
    "waiting": 80,
    "sent": 84,
    "with_partner": 88,
    "declined": 95,
    "not_kept": 96,
    "to_do": 97,
    "refused": 99,
    "": 100,
}
TABLES = (
    *("cases_case", "cases_decision", "cases_crime", "cases_allegation", "cases_authorisation", "referrals_referral"),
    *("referrals_agreement", "referrals_condition", "referrals_appointment", "cases_youthduty", "audit_event"),
)


def number_of(size: str) -> int:
    """10,000 for "10k"."""
    unit = next((unit for unit in UNITS if size.endswith(unit)), "")
    return int(size.removesuffix(unit)) * UNITS.get(unit, 1)


@contextmanager
def cases_in(name: str, count: int) -> Iterator[str]:
    """A database of that many cases, gone after the block."""
    own = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_pages_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    made = connection.settings_dict["NAME"]
    try:
        fill(count)
        connection.close()
        yield made
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)


def fill(count: int) -> None:
    cast = assemble("!")
    schemes = {one.slug: adopt_scheme(one.slug, cast, provider="hugh") for one in load_scheme_library()}
    add(islice(made_up(), count), cast["amara"])
    values: dict[str, Any] = {
        "count": count,
        "force": cast["amara"].organisation_id,
        "officers": _join("officer", cast["amara"], OFFICERS, TEAMS),
        "navigators": _join("navigator", cast["george"], NAVIGATORS, 0),
        "provider": cast["hugh"].organisation_id,
        "enforceable": schemes["checkpoint"].versions.latest("valid_from").pk,
        "voluntary": schemes["divert"].versions.latest("valid_from").pk,
    } | {f"from_{story}" if story else "end": start for story, start in STORIES.items()}
    with connection.as_owner(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for column in ("session", "source"):  # an earlier checkout (AGAINST) knows neither
            cursor.execute(f"ALTER TABLE audit_event ALTER {column} SET DEFAULT ''")
        for statement in ROWS:
            cursor.execute(statement, values)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")
    restate(Case.objects.all())
    with connection.as_owner(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("VACUUM ANALYZE")


def _join(role: str, first: User, count: int, teams: int) -> list[int]:
    """The ids of ``first`` and so many colleagues, in turn of the teams; ``first`` is in their own."""
    force: Organisation = first.organisation
    of = [Team.objects.get_or_create(organisation=force, name=f"Team {number}")[0] for number in range(1, teams)]
    every = [first.team, *of] if teams else [None]
    ids = [first.pk]
    for number in range(1, count):
        user = User(email=f"{role}{number}@made.example", full_name=f"{role.title()} {number}", organisation=force)
        user.team = every[number % len(every)]
        user.save()
        grant(user=user, role=Role.objects.get(slug=role), by=None)
        ids.append(user.pk)
    return ids


_STORY = "(id * 7919 / 3 + id) %% 100"
CASES = f"(SELECT *, {_STORY} AS story FROM cases_case) AS c"
ROWS = (
    f"""INSERT INTO cases_case (id, reference, submission, force_id, team_id, officer_id, person_id, origin,
               earlier_outcomes, recorded_at, closed_at, version)
        SELECT id, 'DV-' || lpad(upper(to_hex(id)), 9, '0'), gen_random_uuid(), %(force)s, team_id, officer, id,
               'street', 'none', at, CASE WHEN {_STORY} < %(from_waiting)s THEN at + interval '30 days' END, 1
        FROM (SELECT one.id, officers.id AS officer, team_id,
                     now() - interval '3 years' * (%(count)s - one.id) / %(count)s AS at
              FROM generate_series(1, %(count)s::bigint) AS one (id) JOIN accounts_user AS officers
              ON officers.id = (%(officers)s::bigint[])[1 + one.id %% cardinality(%(officers)s::bigint[])]) AS made""",
    f"""INSERT INTO cases_decision (case_id, result, not_offered_reason, declined_reason, admission, disposal, scheme,
               without_scheme, rationale, decided_at, decided_by_id)
        SELECT id, CASE WHEN none THEN 'not_offered' ELSE 'offered_accepted' END,
               CASE WHEN none THEN 'too_serious' ELSE '' END, '', 'admits',
               CASE WHEN none THEN '' ELSE 'community_resolution' END, '', '', '', recorded_at, officer_id
        FROM (SELECT *, story >= %(from_not_offered)s AND story < %(from_done)s AS none FROM {CASES}) AS c""",
    """INSERT INTO cases_crime (id, force_id, number)
        SELECT id, force_id, 'AV/' || (id * 7919) %% 1000003 || '/' || id FROM cases_case""",
    """INSERT INTO cases_allegation (case_id, crime_id, offence_id, committed_on, area, is_domestic_abuse,
               is_hate_crime, victim_stance, limit_on, outcome)
        SELECT id, id, o[1 + id %% cardinality(o)], recorded_at, 'Northgate', false, false, '',
               CASE WHEN id %% 3 > 0 THEN recorded_at + interval '180 days' END, ''
        FROM cases_case, (SELECT array_agg(id) AS o FROM cases_offence) AS offences""",
    f"""INSERT INTO cases_authorisation (case_id, rank, reasons, state, asked_at, decided_at, decided_by_id, rationale)
        SELECT id, 'sergeant', '["A rank decides."]', CASE WHEN refused THEN 'refused' ELSE 'waiting' END, recorded_at,
               CASE WHEN refused THEN now() END, CASE WHEN refused THEN officer_id END,
               CASE WHEN refused THEN 'No.' ELSE '' END
        FROM (SELECT *, story >= %(from_refused)s AS refused FROM {CASES}) AS c
        WHERE story BETWEEN %(from_waiting)s AND %(from_sent)s - 1 OR refused""",
    f"""INSERT INTO referrals_referral (id, reference, case_id, scheme_version_id, provider_id, state, offence_category,
               made_at, sent_at, decided_at, decline_reason, decline_note, navigator_id, started_at, closed_at,
               closed_by_id, result, closure_note, version)
        SELECT id, 'RF-' || lpad(upper(to_hex(id)), 9, '0'), id,
               CASE WHEN story BETWEEN %(from_voluntary)s AND %(from_not_offered)s - 1
                    THEN %(voluntary)s ELSE %(enforceable)s END,
               %(provider)s, state, 'theft', recorded_at, recorded_at, recorded_at,
               CASE WHEN state = 'declined' THEN 'risk' ELSE '' END, '',
               CASE WHEN state IN ('accepted', 'started', 'closed') THEN
                   (%(navigators)s::bigint[])[1 + (id / 100) %% cardinality(%(navigators)s::bigint[])] END,
               CASE WHEN state = 'started' THEN recorded_at END, CASE WHEN state = 'closed' THEN closed_at END,
               CASE WHEN state = 'closed' THEN officer_id END,
               CASE WHEN state = 'closed' THEN 'completed' ELSE '' END, '', 1
        FROM (SELECT *, CASE WHEN story < %(from_not_offered)s THEN 'closed' WHEN story < %(from_with_partner)s
                             THEN 'sent' WHEN story = %(from_declined)s THEN 'declined' WHEN story %% 2 = 0
                             THEN 'accepted' ELSE 'started' END AS state FROM {CASES}) AS c
        WHERE story < %(from_not_offered)s OR story BETWEEN %(from_sent)s AND %(from_declined)s""",
    f"""INSERT INTO referrals_agreement (id, case_id, referral_id, agreed_on, ends_on, version)
        SELECT c.id, c.id, r.id, recorded_at, recorded_at + interval '16 weeks', 1
        FROM {CASES} LEFT JOIN referrals_referral r ON r.case_id = c.id AND r.state <> 'declined'
        WHERE NOT story BETWEEN %(from_not_offered)s AND %(from_done)s - 1""",
    f"""INSERT INTO referrals_condition (agreement_id, kind, object, wording, partner_wording, due_on, state, evidence,
               settled_at, settled_by_id, version)
        SELECT c.id, 'apology', 'reparative', 'Write an apology', '', recorded_at + interval '14 days' * n,
               CASE WHEN closed_at IS NOT NULL THEN 'done' WHEN story = %(from_not_kept)s THEN 'not_done'
                    ELSE 'open' END, 'Seen',
               CASE WHEN closed_at IS NOT NULL OR story = %(from_not_kept)s THEN recorded_at END,
               CASE WHEN closed_at IS NOT NULL OR story = %(from_not_kept)s THEN officer_id END, 1
        FROM referrals_agreement a JOIN {CASES} ON c.id = a.case_id, generate_series(1, 2) AS n""",
    """INSERT INTO referrals_appointment (referral_id, starts_at, place, attendance, version)
        SELECT id, now() + interval '1 hour' * (id %% 500), '4 Mill Lane', 'planned', 1
        FROM referrals_referral WHERE state IN ('sent', 'accepted', 'started')""",
    """INSERT INTO cases_youthduty (reference, case_id, kind, made_at, due_on, told_whom, not_kept_note, ended_reason,
               version)
        SELECT 'YD-' || lpad(upper(to_hex(id)), 9, '0'), id, 'child_knife', recorded_at, recorded_at, '', '', '', 1
        FROM cases_case WHERE id %% 400 = 0 AND recorded_at >= '2026-02-13'  -- since the guidance is in force""",
    """INSERT INTO audit_event (at, kind, nature, actor_id, actor_name, organisation_id, unit_id, unit_name, subjects,
               recipients, detail)
        SELECT recorded_at + interval '1 day' * n, 'case.opened', 'consultation', officer_id, 'Somebody', force_id,
               gen_random_uuid(), 'GET /cases/', ARRAY['cases.case:' || id, 'cases.person:' || person_id], '{}', '{}'
        FROM cases_case, generate_series(1, 6) AS n""",
    *(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        for table in ("cases_case", "cases_crime", "referrals_referral", "referrals_agreement", "cases_person")
    ),
)
