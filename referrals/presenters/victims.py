"""What the pages of victims show: nothing of the person but the resolution, its dates and what touches the victim."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases import legal
from cases.actions.victim_duties import is_enhanced
from cases.models import Allegation, Authorisation, Case, RemedyDocument, VictimDuty, VictimRecord
from cases.models.victim import Wish, of_one_victim, victim_key, with_victim_for
from cases.remedies import asks, in_words
from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import date_and_time, long_date, short_date
from referrals.codes import CaseStatus
from referrals.models import Condition
from referrals.presenters.case import limit_in_words
from referrals.queries.cases import status_of
from referrals.queries.remedies import Asked, asked_in
from referrals.queries.victims import is_only_victim, owed_conditions

Row = dict[str, Any]


def duty_table(duties: list[VictimDuty], today: date) -> Table:
    """What victims are owed, the nearest day first."""
    columns = [Column(_("Victim")), Column(_("What is owed")), Column(_("Days left")), Column(_("Crime"))]
    return Table(_("Owed to victims"), columns, [_row(one, today) for one in duties], caption_hidden=True, stacked=True)


def _row(duty: VictimDuty, today: date) -> list[Any]:
    allegation = duty.allegation
    address = reverse("victim_page", args=[allegation.case.reference, allegation.pk])
    return [
        link(allegation.victim, address, about=allegation.case.reference),
        duty.in_words,
        under(tag(limit_in_words(duty.due_on, today), colour(duty, today)), short_date(duty.due_on)),
        under(allegation.crime, allegation.case.reference),
    ]


def colour(duty: VictimDuty, today: date) -> str:
    """The colour beside the days that are left, which only repeats them."""
    return "red" if duty.is_late(today) else "yellow" if duty.due_on == today else ""


def about_rows(allegation: Allegation) -> list[Row]:
    """The crime, the resolution and its dates."""
    case, same = allegation.case, of_one_victim(allegation)
    agreement, _conditions, _shared = owed_conditions(allegation)
    return [
        {"key": _("Crime"), "value": ", ".join(str(one.crime) for one in same)},
        {"key": _("Offence"), "value": "; ".join(_committed(one) for one in same)},
        {"key": _("Officer in the case"), "value": case.officer.full_name},
        *_decided(case),
        *([{"key": _("Ends on"), "value": long_date(agreement.ends_on)}] if agreement and agreement.ends_on else []),
        {"key": _("Closed"), "value": long_date(clock.local_date(case.closed_at)) if case.closed_at else _("Open")},
        {"key": _("Rights"), "value": _("Enhanced") if any(map(is_enhanced, same)) else _("As for every victim")},
    ]


def _committed(allegation: Allegation) -> str:
    return f"{allegation.offence.title}, {long_date(allegation.committed_on)}"


#: While a case stands so, what its record says was offered is no decision that anybody may be told.
NOTHING_TO_TELL = (CaseStatus.QUESTION, CaseStatus.WAITING, CaseStatus.PROSECUTOR, CaseStatus.UNDECIDED)


def _decided(case: Case) -> list[Row]:
    """What was decided, as far as it is: nobody is told of an offer that waits for authority, or was refused it."""
    decision, status = case.decision, CaseStatus(status_of(case))
    authorisation = getattr(case, "authorisation", None)
    if status == CaseStatus.IN_ERROR:
        return [{"key": _("Decision"), "value": _("None: this was recorded in error")}]
    if status == CaseStatus.RESCINDED:
        ended = case.rescissions.given().get()
        words = _("Rescinded, %(day)s. The crime has no outcome from it.")
        return [{"key": _("Decision"), "value": words % {"day": long_date(ended.decided_at)}}]
    if status in NOTHING_TO_TELL:
        return [{"key": _("Decision"), "value": _("None yet: %(state)s") % {"state": status.label.lower()}}]
    if authorisation and authorisation.state == Authorisation.State.REFUSED:
        return [{"key": _("Decision"), "value": authorisation.get_state_display()}]
    said = _("Offered, and not signed yet") if status == CaseStatus.TO_SIGN else decision.get_result_display()
    decided = clock.local_date(decision.decided_at)
    resolution = legal.disposal_label(decision.disposal, decided) if decision.disposal else ""
    return [
        {"key": _("Decision"), "value": f"{said}, {long_date(decided)}"},
        *([{"key": _("Resolution"), "value": resolution}] if resolution else []),
    ]


def wishes_in(case: Case, *, by: User) -> dict[int, str]:
    """The crimes of a case, by their ids, of whose victim ``by`` may know; with what that victim has said no to."""
    if not any(one.victim_id for one in case.allegations.all()):
        return {}
    known = list(with_victim_for(by).filter(case=case).select_related("victim", "victim_record"))
    kept = {victim_key(one): one.victim_record for one in known if hasattr(one, "victim_record")}
    return {one.pk: unwanted(kept[victim_key(one)]) if victim_key(one) in kept else "" for one in known}


def unwanted(record: VictimRecord) -> str:
    """What a victim has said no to, in words, for whoever sets conditions; "" where nothing."""
    said = ((record.letter, _("no letter")), (record.meeting, _("no meeting")), (record.compensation, _("no money")))
    no = [words for wish, words in said if wish == Wish.NO]
    return ", ".join([*([_("no contact")] if record.wants_no_contact else []), *no])


def touching_rows(allegation: Allegation) -> list[Row]:
    """The conditions that touch a victim, and whether they are kept; where others were harmed too, only their kind."""
    _agreement, conditions, shared = owed_conditions(allegation)
    alone = is_only_victim(allegation)
    return [{"key": _words(one, alone), "value": _kept(one, shared)} for one in conditions]


def _words(condition: Condition, alone: bool) -> str:
    return condition.wording if alone else condition.kind.replace("_", " ").capitalize()


def _kept(condition: Condition, shared: bool) -> str:
    if not shared:
        return _("Voluntary: police are not told")
    return _("%(state)s, by %(day)s") % {"state": condition.get_state_display(), "day": long_date(condition.due_on)}


def remedy_rows(asked: Iterable[Asked]) -> list[Row]:
    """What the victims of a case chose of the community remedy document, for whoever decides it."""
    return [{"key": str(one.allegation.victim), "value": _asked_in_words(one)} for one in asked]


def remedy_row(allegation: Allegation) -> str:
    """What this victim chose and whether it is agreed, in a sentence; that they are still to be asked; "" else."""
    found = next((one for one in asked_in(allegation.case) if one.allegation.pk == allegation.pk), None)
    if found is not None:
        return _asked_in_words(found)
    listed = asks(allegation.case) and RemedyDocument.objects.in_force(allegation.case.force, clock.today())
    return _("Not asked yet what they would like of the community remedy document.") if listed else ""


def _asked_in_words(one: Asked) -> str:
    if one.has_no_preference:
        return _("Asked, and has no preference.")
    said = _("Would like: %(what)s.") % {"what": in_words(one.chosen)}
    if not one.unmet:
        return f"{said} {_('It is in what is agreed or proposed.')}"
    not_agreed = _("Not in what is agreed or proposed: %(what)s.") % {"what": in_words(one.unmet)}
    return f"{said} {not_agreed}"


def contact_rows(allegation: Allegation) -> list[Row]:
    """What was tried, the last first."""
    return [
        {
            "key": f"{date_and_time(one.at)}, {one.get_channel_display()}",
            "value": f"{one.get_result_display()}. {one.note} ({one.recorded_by})",
        }
        for one in allegation.victim_contacts.all()
    ]


def duty_rows(allegation: Allegation) -> list[Row]:
    """What is owed and what was done of it."""
    return [{"key": one.in_words, "value": _done(one)} for one in allegation.victim_duties.all()]


def _done(duty: VictimDuty) -> str:
    if duty.done_at is None:
        return _("By %(day)s") % {"day": long_date(duty.due_on)}
    said = " ".join(part for part in (duty.get_channel_display(), duty.note) if part)
    who = duty.done_by or _("the service")
    return _("Done on %(day)s by %(who)s. %(said)s") % {"day": date_and_time(duty.done_at), "who": who, "said": said}
