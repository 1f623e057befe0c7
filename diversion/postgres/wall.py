"""The second wall: PostgreSQL itself shows a page only the rows of the organisation that it is for.

The first wall is each query's ``visible_to``, which is narrower: by role, team and state. This one holds where a query
forgets it. It reads the organisation from the transaction (``unit_of_work``); the service itself, which tells victims,
counts clocks and makes reports for everybody, reads everything and says so (``as_service``). It is no wall against SQL
written with the web's credentials: whoever can do that can say that they are somebody else.

A rule that looks at other tables asks a function of the owner's (``LOOKS``). A subquery would stand behind the walls of
those tables in turn, and PostgreSQL plans all of them anew wherever a statement names the table: for the service too,
which they do not hold. The owner of the tables, who migrates, backs up and restores, is not held.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import connections
from psycopg2 import sql

#: How a connection says that it is the service's own, and no page's.
AS_SERVICE = "-c diversion.service=on"
_process = {"is_service": False}
POLICY = "of_the_organisation"
# A subselect of its own is worked out once a query, and not for each row.
HERE = "(SELECT nullif(current_setting('diversion.organisation_id', true), '')::bigint)"
ME = "(SELECT nullif(current_setting('diversion.user_id', true), '')::bigint)"
SERVICE = "(SELECT current_setting('diversion.service', true) = 'on')"

#: What a rule looks up of the row with the id ``sought``, for the organisation ``here``; by the name of the function.
LOOKS: Mapping[str, str] = {
    # Youth justice was told of the child; a partner was sent the person.
    "wall_child_of_case": (
        "EXISTS (SELECT FROM cases_youthduty one WHERE one.case_id = sought AND one.service_id = here)"
    ),
    "wall_told_of_case": (
        "EXISTS (SELECT FROM referrals_referral one WHERE one.case_id = sought AND one.provider_id = here)"
        " OR wall_child_of_case(sought)"
    ),
    "wall_own_case": "EXISTS (SELECT FROM cases_case one WHERE one.id = sought AND one.force_id = here)",
    "wall_own_authorisation": (
        "EXISTS (SELECT FROM cases_authorisation one JOIN cases_case whole ON whole.id = one.case_id"
        " WHERE one.id = sought AND whole.force_id = here)"
    ),
    "wall_own_allegation": (
        "EXISTS (SELECT FROM cases_allegation one JOIN cases_case whole ON whole.id = one.case_id"
        " WHERE one.id = sought AND whole.force_id = here)"
    ),
    "wall_own_crime": "EXISTS (SELECT FROM cases_crime one WHERE one.id = sought AND one.force_id = here)",
    "wall_case_of_person": (
        "EXISTS (SELECT FROM cases_case one WHERE one.person_id = sought"
        " AND (one.force_id = here OR wall_told_of_case(one.id)))"
    ),
    # Under a record that has been put to another since: whoever was sent the person so knows them by that name, and
    # whoever was sent the same case after that knows the other alone. One that was held and sent again has a new day of
    # sending: its history tells the first.
    "wall_sent_as_person": (
        "EXISTS (SELECT FROM cases_personmerge one, jsonb_array_elements_text(one.cases) AS moved (id)"
        " WHERE one.merged_id = sought AND one.split_at IS NULL"
        " AND (EXISTS (SELECT FROM referrals_referral told JOIN referrals_referralevent was ON was.pgh_obj_id = told.id"
        " WHERE told.case_id = moved.id::bigint AND told.provider_id = here AND was.sent_at <= one.merged_at)"
        " OR EXISTS (SELECT FROM cases_youthduty told WHERE told.case_id = moved.id::bigint"
        " AND told.service_id = here AND told.notified_at <= one.merged_at)))"
    ),
    "wall_own_referral": "EXISTS (SELECT FROM referrals_referral one WHERE one.id = sought AND one.provider_id = here)",
    # Police hear of no step of voluntary support.
    "wall_steps_of_referral": (
        "EXISTS (SELECT FROM referrals_referral one JOIN referrals_schemeversion rules"
        " ON rules.id = one.scheme_version_id JOIN referrals_scheme whole ON whole.id = rules.scheme_id"
        " WHERE one.id = sought AND (one.provider_id = here"
        " OR (whole.force_id = here AND rules.confidentiality <> 'voluntary')))"
    ),
    "wall_agreement": (
        "EXISTS (SELECT FROM referrals_agreement one WHERE one.id = sought"
        " AND (wall_own_case(one.case_id) OR wall_own_referral(one.referral_id)))"
    ),
    "wall_condition": (
        "EXISTS (SELECT FROM referrals_condition one WHERE one.id = sought AND wall_agreement(one.agreement_id))"
    ),
    # Nor what its worker changed in what was agreed.
    "wall_change_of_condition": (
        "EXISTS (SELECT FROM referrals_condition one JOIN referrals_agreement whole ON whole.id = one.agreement_id"
        " WHERE one.id = sought AND (wall_own_referral(whole.referral_id)"
        " OR (wall_own_case(whole.case_id)"
        " AND (whole.referral_id IS NULL OR wall_steps_of_referral(whole.referral_id)))))"
    ),
    "wall_own_review": (
        "EXISTS (SELECT FROM referrals_needreview one JOIN referrals_referral whole ON whole.id = one.referral_id"
        " WHERE one.id = sought AND whole.provider_id = here)"
    ),
    "wall_own_request": (
        "EXISTS (SELECT FROM referrals_helprequest one WHERE one.id = sought AND one.provider_id = here)"
    ),
    "wall_panel_of_case": (
        "EXISTS (SELECT FROM reporting_panelcase one JOIN reporting_panel whole ON whole.id = one.panel_id"
        " WHERE one.id = sought AND (whole.force_id = here OR EXISTS (SELECT FROM reporting_panelmember sits"
        " JOIN accounts_user who ON who.id = sits.user_id"
        " WHERE sits.panel_id = whole.id AND sits.excused_at IS NULL AND who.organisation_id = here)))"
    ),
    "wall_panel": (
        "EXISTS (SELECT FROM reporting_panel one WHERE one.id = sought"
        " AND (one.force_id = here OR EXISTS (SELECT FROM reporting_panelmember sits"
        " JOIN accounts_user who ON who.id = sits.user_id"
        " WHERE sits.panel_id = one.id AND sits.excused_at IS NULL AND who.organisation_id = here)))"
    ),
    "wall_own_sample": "EXISTS (SELECT FROM reporting_dipsample one WHERE one.id = sought AND one.force_id = here)",
    "wall_own_alone": "EXISTS (SELECT FROM reporting_alonesample one WHERE one.id = sought AND one.force_id = here)",
}

#: What a rule looks up once a statement, for the organisation ``here``, where that is few: a look at each row would be
#: most of what it takes to count a table.
LISTS: Mapping[str, str] = {
    "wall_own_scheme_versions": (
        "SELECT array_agg(one.id) FROM referrals_schemeversion one"
        " JOIN referrals_scheme whole ON whole.id = one.scheme_id WHERE whole.force_id = here"
    ),
}

_FORCE = "wall_own_case(case_id)"
_TOLD = "wall_own_case(case_id) OR wall_told_of_case(case_id)"
_VICTIM = "wall_own_allegation(allegation_id)"
_REFERRAL = "wall_own_referral(referral_id)"
_STEP = "wall_steps_of_referral(referral_id)"

#: Of which rows of a table an organisation, ``{here}``, or a user, ``{me}``, may know. ``{id}`` is the id of the row,
#: and in its history that of the row whose history it is.
WALL: Mapping[str, str] = {
    # A force its own; a partner those that were sent to it; youth justice those of whom it was told.
    "cases_case": "force_id = {here} OR wall_told_of_case({id})",
    "cases_person": "domain = 'police:' || {here} OR wall_case_of_person({id}) OR wall_sent_as_person({id})",
    # What was put together is the force's own: a partner knows the records it was sent, and no other.
    "cases_personmerge": "force_id = {here}",
    "cases_personname": (
        "domain = 'police:' || {here} OR wall_case_of_person(owner_id) OR wall_sent_as_person(owner_id)"
    ),
    "cases_allegation": _TOLD,
    "cases_decision": _TOLD,
    # How a force came to its decision is its own; youth justice reads whether an adult was with the child.
    "cases_assessment": f"{_FORCE} OR wall_child_of_case(case_id)",
    "cases_childassessment": f"{_FORCE} OR wall_child_of_case(case_id)",
    "cases_authorisation": _FORCE,
    "cases_authorisationquestion": "wall_own_authorisation(authorisation_id)",
    "cases_spokenauthority": "wall_own_authorisation(authorisation_id)",
    "cases_prosecutorreferral": "wall_own_authorisation(authorisation_id)",
    "cases_pendingdecision": _FORCE,
    "cases_correction": _FORCE,
    "cases_complaint": _FORCE,
    # What somebody said when they admitted it is between them and police.
    "cases_wordsofadmission": _FORCE,
    "cases_withdrawal": _FORCE,
    "cases_rescission": _FORCE,
    "cases_offencereview": _FORCE,
    "cases_youthduty": "service_id = {here} OR wall_own_case(case_id)",
    # A provider its own, and no other's of the same case; a force those to its schemes.
    "referrals_referral": (
        "provider_id = {here} OR scheme_version_id = ANY ((SELECT wall_own_scheme_versions())::bigint[])"
    ),
    "referrals_proposedagreement": _FORCE,
    "referrals_escalation": _FORCE,
    "referrals_agreement": f"{_FORCE} OR {_REFERRAL}",
    "referrals_breach": f"{_FORCE} OR {_REFERRAL}",
    "referrals_condition": "wall_agreement(agreement_id)",
    "referrals_conditionchange": "wall_change_of_condition(condition_id)",
    "referrals_appointment": _STEP,
    "referrals_missedstep": _STEP,
    # That support was closed is a step too; what police settled, whoever has the case may know that it can be undone.
    "referrals_undoable": f"CASE WHEN referral_id IS NULL THEN {_TOLD} ELSE {_STEP} END",
    # What one side asks the other; there is none of voluntary support.
    "referrals_question": _STEP,
    # What is being typed is for who types it.
    "referrals_decisiondraft": "author_id = {me}",
    # That needs were reviewed the force hears, but not of voluntary support; what was found is the partner's.
    "referrals_needreview": _STEP,
    # What its record system tells of a crime, before anything is decided, is the force's.
    "cases_knowncrime": "force_id = {here}",
    # A victim is the force's alone.
    "cases_victim": "wall_own_crime(crime_id)",
    "cases_victimrecord": _VICTIM,
    "cases_victimcontact": _VICTIM,
    "cases_victimduty": _VICTIM,
    # Whom a victim agreed to be put in touch with: of the force, and of that one user, whose own log nobody else reads.
    "referrals_facilitation": "facilitator_id = {me} OR wall_own_allegation(allegation_id)",
    "referrals_facilitatorcontact": "recorded_by_id = {me}",
    # What a partner writes of the people it helps is the partner's alone.
    "referrals_contact": _REFERRAL,
    "referrals_needlevel": "wall_own_review(review_id)",
    "referrals_needoutcome": _REFERRAL,
    "referrals_nextdue": "provider_id = {here}",
    "referrals_monitoringanswers": _REFERRAL,
    "referrals_personfeedback": _REFERRAL,
    "referrals_evidencefile": _REFERRAL,
    "referrals_textrule": _REFERRAL,
    "referrals_parentrule": _REFERRAL,
    "referrals_checkinplan": _REFERRAL,
    "referrals_checkin": "provider_id = {here}",
    "referrals_checkinquestion": "provider_id = {here}",
    "referrals_checkindesk": "provider_id = {here}",
    # To whom something was sent, and when, is of the organisation whose people or users were told.
    "notifications_message": "organisation_id = {here}",
    # What a scrutiny panel reads of a case, and what its members found: the force's, and of the body that sits on it.
    "reporting_panelcase": "wall_panel(panel_id)",
    "reporting_panelpack": "wall_panel_of_case(panel_case_id)",
    "reporting_panelvote": "wall_panel_of_case(panel_case_id)",
    # Who was drawn to be looked at, and the extracts by which a force sees who was left out and who offended again.
    "reporting_dipsampleitem": "wall_own_sample(sample_id)",
    "reporting_aloneitem": "wall_own_alone(sample_id)",
    "reporting_suspect": "force_id = {here}",
    "reporting_followup": "force_id = {here}",
    # What was typed to find somebody is for who typed it.
    "accounts_search": "user_id = {me}",
    "referrals_helprequest": "provider_id = {here}",
    "referrals_helpcontact": "wall_own_request(request_id)",
}

#: Of which rows of a history an organisation may know, where that is less than of the rows whose history it is. Police
#: keep that somebody was sent to voluntary support, and what was agreed then: when a partner took them on, who helps,
#: and how it ended are none of it.
HISTORY: Mapping[str, str] = {
    "referrals_referral": "wall_steps_of_referral({id})",
    "referrals_condition": "wall_change_of_condition({id})",
}


def begin_as_service() -> None:
    """From now on this process connects as the service: a command, a worker, a test. Any other is nobody until a page
    says whom it is for, so that a web process that forgets to reads nothing.
    """
    _process["is_service"] = True


def begins_as_service() -> bool:
    """Whether what this process does outside any unit of work is the service's own."""
    return _process["is_service"]


def walled() -> dict[str, str]:
    """The whole rule of each table and of its history: who reads a row reads what it was, but for ``HISTORY``."""
    rules = {table: _whole(rule, "id") for table, rule in WALL.items()}
    for event, table in histories().items():
        rules[event] = _whole(HISTORY.get(table, WALL[table]), "pgh_obj_id")
    return rules


def histories() -> dict[str, str]:
    """The table of history of each table behind the wall that keeps one -> that table."""
    from pghistory.models import Event

    tracked = ((one, getattr(one, "pgh_tracked_model", None)) for one in apps.get_models() if issubclass(one, Event))
    tables = {event._meta.db_table: model._meta.db_table for event, model in tracked if model}
    return {event: table for event, table in sorted(tables.items()) if table in WALL}


def _whole(rule: str, key: str) -> str:
    return f"{SERVICE} OR {rule.format(here=HERE, me=ME, id=key)}"


def build(cursor: Any, schema: str) -> None:
    """Make each policy that is missing or is not the one above. Run as the owner; what stands is left unlocked."""
    functions = [(name, "sought bigint", "boolean", look) for name, look in LOOKS.items()]
    functions += [(name, "", "bigint[]", f"({found})") for name, found in LISTS.items()]
    for name, taken, given, answer in functions:
        words = {"taken": sql.SQL(taken), "given": sql.SQL(given), "body": sql.Literal(BODY.format(answer))}
        names = {"name": sql.Identifier(schema, name), "schema": sql.Identifier(schema)}
        cursor.execute(sql.SQL(FUNCTION).format(**names, **words))
    standing = _standing(cursor, schema)
    for table, rule in walled().items():
        if standing.get(table) == _mark(rule):
            continue
        words = {
            "table": sql.Identifier(schema, table),
            "policy": sql.Identifier(POLICY),
            "rule": sql.SQL(rule),
            "mark": sql.Literal(_mark(rule)),
        }
        for statement in STATEMENTS:
            cursor.execute(sql.SQL(statement).format(**words))


#: Its plan is kept for as long as a connection lives. Wherever a reader could run in parallel, this can.
FUNCTION = (
    "CREATE OR REPLACE FUNCTION {name}({taken}) RETURNS {given} LANGUAGE plpgsql STABLE SECURITY DEFINER"
    " PARALLEL SAFE SET search_path = {schema}, pg_temp AS {body}"
)
BODY = (
    "DECLARE here bigint := nullif(current_setting('diversion.organisation_id', true), '')::bigint;"
    " BEGIN RETURN {}; END"
)
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
    return sorted(table for table, rule in walled().items() if standing.get(table) != _mark(rule))


def _mark(rule: str) -> str:
    """What stands beside a policy in the database: it tells one rule, with what it looks up, from another."""
    return sha256(f"{rule} {LOOKS} {LISTS}".encode()).hexdigest()


def _standing(cursor: Any, schema: str) -> dict[str, str]:
    """The mark of each policy that is in force."""
    cursor.execute(
        "SELECT c.relname, coalesce(obj_description(p.oid, 'pg_policy'), '') FROM pg_policy p"
        " JOIN pg_class c ON c.oid = p.polrelid"
        " WHERE c.relnamespace = %s::regnamespace AND c.relrowsecurity AND p.polname = %s",
        [schema, POLICY],
    )
    return dict(cursor.fetchall())
