"""The second wall: PostgreSQL itself shows a page only the rows of the organisation that it is for.

The first wall is each query's ``visible_to``, which is narrower: by role, team and state. This one holds where a query
forgets it. It reads the organisation from the transaction (``unit_of_work``); the service itself, which tells victims,
counts clocks and makes reports for everybody, reads everything and says so (``as_service``). It is no wall against SQL
written with the web's credentials: whoever can do that can say that they are somebody else.

A policy that reads other tables reads them behind the wall too: a person is read by whoever reads one of their cases.
The owner of the tables, who migrates, backs up and restores, is not held.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import connections
from psycopg2 import sql

#: How a connection says that it is the service's own, and no page's.
AS_SERVICE = "-c diversion.service=on"
POLICY = "of_the_organisation"
# A subselect of its own is worked out once a query, and not for each row.
HERE = "(SELECT nullif(current_setting('diversion.organisation_id', true), '')::bigint)"
SERVICE = "(SELECT current_setting('diversion.service', true) = 'on')"

_REFERRAL = "EXISTS (SELECT FROM referrals_referral one WHERE one.id = referral_id AND one.provider_id = {here})"
_VICTIM = (
    "EXISTS (SELECT FROM cases_allegation one JOIN cases_case whole ON whole.id = one.case_id"
    " WHERE one.id = allegation_id AND whole.force_id = {here})"
)
_PANEL = (
    "EXISTS (SELECT FROM reporting_panelcase one JOIN reporting_panel whole ON whole.id = one.panel_id"
    " WHERE one.id = panel_case_id AND (whole.force_id = {here} OR EXISTS (SELECT FROM reporting_panelmember sits"
    " JOIN accounts_user who ON who.id = sits.user_id"
    " WHERE sits.panel_id = whole.id AND sits.excused_at IS NULL AND who.organisation_id = {here})))"
)

#: Of which rows of a table an organisation, ``{here}``, may know; by the name of the table.
WALL: Mapping[str, str] = {
    # A force its own; a partner those that were sent to it; youth justice those of whom it was told.
    "cases_case": (
        "force_id = {here}"
        " OR EXISTS (SELECT FROM referrals_referral one WHERE one.case_id = cases_case.id AND one.provider_id = {here})"
        " OR EXISTS (SELECT FROM cases_youthduty one WHERE one.case_id = cases_case.id AND one.service_id = {here})"
    ),
    "cases_person": (
        "domain = 'police:' || {here} OR EXISTS (SELECT FROM cases_case one WHERE one.person_id = cases_person.id)"
    ),
    "referrals_referral": (
        "provider_id = {here}"
        " OR scheme_version_id IN (SELECT one.id FROM referrals_schemeversion one"
        " JOIN referrals_scheme whole ON whole.id = one.scheme_id WHERE whole.force_id = {here})"
        " OR EXISTS (SELECT FROM cases_youthduty one"
        " WHERE one.case_id = referrals_referral.case_id AND one.service_id = {here})"
    ),
    # That needs were reviewed the force hears; what was found is the partner's.
    "referrals_needreview": "EXISTS (SELECT FROM referrals_referral one WHERE one.id = referral_id)",
    # A victim is the force's alone.
    "cases_victim": "EXISTS (SELECT FROM cases_crime one WHERE one.id = crime_id AND one.force_id = {here})",
    "cases_victimrecord": _VICTIM,
    "cases_victimcontact": _VICTIM,
    # What a partner writes of the people it helps is the partner's alone.
    "referrals_contact": _REFERRAL,
    "referrals_needlevel": (
        "EXISTS (SELECT FROM referrals_needreview one JOIN referrals_referral whole ON whole.id = one.referral_id"
        " WHERE one.id = review_id AND whole.provider_id = {here})"
    ),
    "referrals_needoutcome": _REFERRAL,
    "referrals_monitoringanswers": _REFERRAL,
    "referrals_personfeedback": _REFERRAL,
    "referrals_textrule": _REFERRAL,
    # To whom something was sent, and when, is of the organisation whose people or users were told.
    "notifications_message": "organisation_id = {here}",
    # What a scrutiny panel reads of a case, and what its members found: the force's, and of the body that sits on it.
    "reporting_panelpack": _PANEL,
    "reporting_panelvote": _PANEL,
    "referrals_helprequest": "provider_id = {here}",
    "referrals_helpcontact": (
        "EXISTS (SELECT FROM referrals_helprequest one WHERE one.id = request_id AND one.provider_id = {here})"
    ),
}


def build(cursor: Any, schema: str) -> None:
    """Make each policy that is missing or is not the one above. Run as the owner; what stands is left unlocked."""
    standing = _standing(cursor, schema)
    for table, rule in WALL.items():
        if standing.get(table) == _mark(rule):
            continue
        words = {
            "table": sql.Identifier(schema, table),
            "policy": sql.Identifier(POLICY),
            "rule": sql.SQL(f"{SERVICE} OR {rule.format(here=HERE)}"),
            "mark": sql.Literal(_mark(rule)),
        }
        for statement in STATEMENTS:
            cursor.execute(sql.SQL(statement).format(**words))


STATEMENTS = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS {policy} ON {table}",
    "CREATE POLICY {policy} ON {table} USING ({rule})",
    "COMMENT ON POLICY {policy} ON {table} IS {mark}",
)


def missing(using: str = "default") -> list[str]:
    """The tables whose wall is down or is another than this code's; asked by either role."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        standing = _standing(cursor, cursor.fetchone()[0])
    return sorted(table for table, rule in WALL.items() if standing.get(table) != _mark(rule))


def _mark(rule: str) -> str:
    """What stands beside a policy in the database: it tells one rule from another."""
    return sha256(rule.encode()).hexdigest()


def _standing(cursor: Any, schema: str) -> dict[str, str]:
    """The mark of each policy that is in force."""
    cursor.execute(
        "SELECT c.relname, coalesce(obj_description(p.oid, 'pg_policy'), '') FROM pg_policy p"
        " JOIN pg_class c ON c.oid = p.polrelid"
        " WHERE c.relnamespace = %s::regnamespace AND c.relrowsecurity AND p.polname = %s",
        [schema, POLICY],
    )
    return dict(cursor.fetchall())
