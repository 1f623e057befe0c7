"""The kinds of information about a case, and the tables that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass

from diversion.audit.models import Event


@dataclass(frozen=True)
class Kind:
    """A kind of information: the tables that hold it, all alike, and the page that shows it where one asks for more."""

    words: str
    tables: tuple[str, ...]
    page: str = ""


def _kind(words: str, *tables: str, page: str = "") -> Kind:
    return Kind(words, tables, page)


#: Section -> what stands in it. Every table behind the wall is in one of them.
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "The person and the crimes": (
        _kind("that there is a case, and where it stands", "cases_case"),
        _kind("the person", "cases_person", "cases_personname"),
        _kind("crimes", "cases_allegation"),
        _kind("records of one person that were put together", "cases_personmerge", page="person_records"),
        _kind("what the record system told of a crime", "cases_knowncrime"),
    ),
    "The decision": (
        _kind("what was decided", "cases_decision"),
        _kind("history, answers and what the rules said of them", "cases_assessment"),
        _kind(
            "authority, its questions, spoken authority, the prosecutor",
            *(
                "cases_authorisation",
                "cases_authorisationquestion",
                "cases_spokenauthority",
                "cases_prosecutorreferral",
            ),
        ),
        _kind("a decision that waits for somebody", "cases_pendingdecision"),
        _kind("the agreement as it is proposed", "referrals_proposedagreement"),
        _kind("words of admission", "cases_wordsofadmission"),
        _kind("corrections", "cases_correction"),
        _kind("a decision that was withdrawn", "cases_withdrawal"),
        _kind("that it is to be rescinded, and why", "cases_rescission"),
        _kind("a new offence that is alleged", "cases_offencereview"),
        _kind("complaints", "cases_complaint"),
        _kind("warnings before a limit", "referrals_escalation"),
        _kind("an unfinished decision", "referrals_decisiondraft"),
    ),
    "A child": (
        _kind("the assessment of a child", "cases_childassessment"),
        _kind("what youth justice is told and asked", "cases_youthduty"),
    ),
    "The victim": (
        _kind(
            "the victim: name, how to reach them, wishes, what they are owed",
            *("cases_victim", "cases_victimrecord", "cases_victimcontact", "cases_victimduty"),
        ),
        _kind("what the facilitator who is named works with", "referrals_facilitation"),
        _kind("the facilitator’s own notes", "referrals_facilitatorcontact"),
    ),
    "The support": (
        _kind("the referral", "referrals_referral"),
        _kind("the agreement", "referrals_agreement"),
        _kind("conditions, and whether they were kept", "referrals_condition"),
        _kind("changes of what was agreed", "referrals_conditionchange"),
        _kind("attendance: appointments and what came of them", "referrals_appointment"),
        _kind("a missed step, and its reason", "referrals_missedstep"),
        _kind("that something was closed, and can be undone", "referrals_undoable"),
        _kind("what partner and police ask each other", "referrals_question"),
        _kind("a breach", "referrals_breach"),
        _kind("what is due next on the worker’s board", "referrals_nextdue"),
    ),
    "What the partner writes": (
        _kind("notes and contacts", "referrals_contact"),
        _kind("that needs were reviewed", "referrals_needreview"),
        _kind("needs, and what met them", "referrals_needlevel", "referrals_needoutcome"),
        _kind("disability and care, asked for monitoring", "referrals_monitoringanswers"),
        _kind("evidence files", "referrals_evidencefile"),
        _kind("the person’s own feedback", "referrals_personfeedback"),
        _kind("how they may be texted", "referrals_textrule"),
        _kind("what a parent or carer may be told, and what follows at 18", "referrals_parentrule"),
        _kind("how they say they are between appointments", "referrals_checkinplan", "referrals_checkin"),
        _kind("what the service asks people, and when it reads", "referrals_checkinquestion", "referrals_checkindesk"),
        _kind("help with no offence alleged", "referrals_helprequest", "referrals_helpcontact"),
    ),
    "Looked at again": (
        _kind("that it was drawn for a dip sample", "reporting_dipsampleitem"),
        _kind("that it was issued alone and is read by who leads the team", "reporting_aloneitem"),
        _kind(
            "the redacted pack of a scrutiny panel, and what was found", "reporting_panelpack", "reporting_panelcase"
        ),
        _kind("what a member of the panel found by themselves", "reporting_panelvote"),
        _kind("suspects of the outcome extract who were drawn for a dip sample", "reporting_suspect"),
        _kind("who offended again, by the follow-up extract", "reporting_followup"),
    ),
    "The log": (
        _kind("who looked at it and changed it", Event._meta.db_table, page="access_log"),
        _kind("which messages were sent about it", "notifications_message", page="message_log"),
        _kind("what was typed to find somebody", "accounts_search"),
    ),
}


EVERY = [kind for kinds in KINDS.values() for kind in kinds]
