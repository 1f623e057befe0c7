"""What a role may contain. Roles are rows of data; permissions are these words in the code."""

from enum import StrEnum


class Permission(StrEnum):
    # police
    RECORD_DECISION = "record_decision"
    VIEW_OWN_CASES = "view_own_cases"
    VIEW_TEAM_CASES = "view_team_cases"
    VIEW_FORCE_CASES = "view_force_cases"
    AUTHORISE = "authorise"  # at one's own rank or below
    MANAGE_SCHEMES = "manage_schemes"
    VIEW_VICTIMS = "view_victims"  # of the force, and of a case what touches them
    FACILITATE = "facilitate"  # of a victim and a person who are named to one, by police, with the victim's agreement
    SIGN_POLICY = "sign_policy"  # the second signature under a policy or a scheme's criteria
    # provider
    VIEW_REFERRALS = "view_referrals"  # of one's own organisation only
    DECIDE_REFERRALS = "decide_referrals"
    SUPPORT_PEOPLE = "support_people"
    # youth justice service
    VIEW_YOUTH_DUTIES = "view_youth_duties"  # children whom police must tell one's own service of
    ANSWER_YOUTH_DUTIES = "answer_youth_duties"
    # the evidence
    VIEW_MONITORING = "view_monitoring"
    RUN_REPORTS = "run_reports"
    CHECK_RELEASES = "check_releases"  # of one's own force, made by others
    # oversight
    SIT_ON_PANEL = "sit_on_panel"  # redacted cases of the panels on which one sits
    READ_RELEASES = "read_releases"  # figures that have left, of every force: commissioners
    # governance
    VIEW_ACCESS_LOG = "view_access_log"
    MANAGE_USERS = "manage_users"


#: What one officer or worker needs for their own and their team's work, and what shows figures alone.
ORDINARY = frozenset(
    {
        Permission.RECORD_DECISION,
        Permission.VIEW_OWN_CASES,
        Permission.VIEW_TEAM_CASES,
        Permission.VIEW_REFERRALS,
        Permission.SUPPORT_PEOPLE,
        Permission.VIEW_MONITORING,
        Permission.READ_RELEASES,
    }
)
#: What a role may hold only if a second person has agreed that somebody is given it.
POWERFUL = frozenset(Permission) - ORDINARY
#: Who may be that second person. With a single administrator: the information manager or an inspector of a force, the
#: manager of a provider, a worker of a youth justice service. Never who asked, nor whom it concerns.
SECOND_PERSONS = (
    Permission.MANAGE_USERS,
    Permission.VIEW_ACCESS_LOG,
    Permission.SIGN_POLICY,
    Permission.DECIDE_REFERRALS,
    Permission.ANSWER_YOUTH_DUTIES,
)
#: What opens figures that have left, of every force: police, partners, and the panels and commissioners with whom they
#: are shared. Who makes or checks them reads the drafts of their own organisation too.
RELEASE_READERS = (
    Permission.VIEW_MONITORING,
    Permission.RUN_REPORTS,
    Permission.CHECK_RELEASES,
    Permission.VIEW_REFERRALS,
    Permission.SIT_ON_PANEL,
    Permission.READ_RELEASES,
)
#: What opens somebody's case, referral or duty: nothing that an administrator of users may hold beside.
CASE_CONTENT = frozenset(
    {
        Permission.RECORD_DECISION,
        Permission.VIEW_OWN_CASES,
        Permission.VIEW_TEAM_CASES,
        Permission.VIEW_FORCE_CASES,
        Permission.AUTHORISE,
        Permission.VIEW_VICTIMS,
        Permission.FACILITATE,
        Permission.VIEW_REFERRALS,
        Permission.DECIDE_REFERRALS,
        Permission.SUPPORT_PEOPLE,
        Permission.VIEW_YOUTH_DUTIES,
        Permission.ANSWER_YOUTH_DUTIES,
        Permission.SIT_ON_PANEL,
    }
)
