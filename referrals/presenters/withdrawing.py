"""A decision that is withdrawn, in words: what will happen, said before it does, and what has happened."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cases import legal
from cases.codes import DecisionResult
from cases.models import Authorisation, Case, Withdrawal, WordsOfAdmission
from diversion import clock
from diversion.design_system.wording import date_and_time, long_date
from referrals.models import Agreement, ProposedAgreement, Referral
from referrals.presenters.case import appointment_in_words
from referrals.queries.withdrawing import is_left_open

Row = dict[str, Any]


def what_happens(case: Case) -> list[str]:
    """What withdrawing the decision on ``case`` does, for whoever is about to."""
    return [*_to_support(case), *_to_agreement(case), *_to_authority(case), *_to_case(case)]


def _to_support(case: Case) -> Iterator[str]:
    rows = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED)
    for referral in rows.select_related("provider", "scheme_version__scheme").prefetch_related("appointments"):
        words = {"who": referral.provider, "scheme": referral.scheme_version.scheme.name}
        if referral.state == Referral.State.HELD:
            yield _("The referral to %(scheme)s is withdrawn. %(who)s was not told of it, and is not.") % words
        else:
            told = _("The referral to %(scheme)s is withdrawn. %(who)s sees that, and nothing of the person any more.")
            yield told % words
        for meeting in referral.appointments.all():
            yield _("The first appointment is free for somebody else: %(when)s. Tell the person not to come.") % {
                "when": appointment_in_words(meeting)
            }


def _to_agreement(case: Case) -> Iterator[str]:
    if Agreement.objects.filter(case=case).exists():
        yield _("What the person has agreed to does not hold, and nothing of it is to be done: tell them so.")
    elif ProposedAgreement.objects.filter(case=case).exists():
        yield _("What was proposed does not stand: nobody is asked to sign it.")


def _to_authority(case: Case) -> Iterator[str]:
    asked = Authorisation.objects.filter(case=case).first()
    if asked is None:
        return
    if asked.state == Authorisation.State.WAITING:
        yield _("It leaves the queue of those who authorise.")
    else:
        yield _("The authority that was given was for this decision: what is decided anew asks for its own.")


def _to_case(case: Case) -> Iterator[str]:
    if is_left_open(case):
        yield _("The case closes as recorded in error, and is not opened again.")
    else:
        yield _("Recorded on the wrong person or twice: the case closes as recorded in error, and is not opened again.")
        yield _decided_anew(case)
    yield _("It counts in no figure: not as an offer, and not as nothing offered.")
    yield _("What was decided, by whom, and why it was withdrawn stays on this page and in the log.")


def _decided_anew(case: Case) -> str:
    day = clock.today() + timedelta(days=settings.DECIDE_ANEW_DAYS)
    words = _(
        "For any other reason: the case is open and not decided, and %(who)s decides it anew, by %(day)s. Time limits"
        " run on."
    )
    return words % {"who": case.officer, "day": long_date(day)}


def withdrawn_rows(one: Withdrawal) -> list[Row]:
    """What was decided and why it was withdrawn, for the page of the case."""
    rows = [
        (_("Was decided"), was_in_words(one)),
        (_("Decided by"), f"{one.decided_by}, {long_date(one.decided_at)}"),
        (_("Reasons then"), one.was.get("rationale", "")),
        (_("Authority"), _authority(one)),
        (_("Asked then"), _asked(one)),
        (_("Had been agreed"), _agreed(one)),
        (_("Words of admission then"), _admitted(one)),
        (_("Withdrawn because"), one.get_reason_display()),
        (_("In words"), one.words),
        (_("Withdrawn by"), f"{one.by}, {date_and_time(one.at)}"),
    ]
    return [{"key": key, "value": str(value)} for key, value in rows if value]


def was_in_words(one: Withdrawal) -> str:
    """ "Offered and accepted: community resolution, Pathfinder"."""
    said = str(DecisionResult(one.was["result"]).label)
    code = one.was.get("disposal", "")
    what = [legal.disposal_label(code, clock.local_date(one.decided_at))] if code else []
    what += [one.was["scheme"]] if one.was.get("scheme") else []
    return f"{said}: {', '.join(what)}" if what else said


def _authority(one: Withdrawal) -> str:
    given = one.was.get("authority")
    if not given:
        return ""
    state = str(Authorisation.State(given["state"]).label)
    return " ".join(filter(None, (state + (f": {given['by']}." if given["by"] else ""), given["why"])))


def _asked(one: Withdrawal) -> str:
    """What those who authorise had asked, and what they were answered."""
    said = (f"{each['by']}: “{each['asked']}” {each['answer']}".rstrip() for each in one.was.get("questions", ()))
    return " ".join(said)


def _admitted(one: Withdrawal) -> str:
    said = one.was.get("admitted")
    if not said:
        return ""
    where = WordsOfAdmission.RecordedIn(said["recorded_in"]).label
    return _("“%(words)s” %(where)s") % {
        "words": said["words"],
        "where": ", ".join(filter(None, (str(where), said["reference"]))),
    }


def _agreed(one: Withdrawal) -> str:
    agreed = one.was.get("agreed", {})
    wordings = "; ".join(each["wording"].rstrip(".") for each in agreed.get("conditions", ()))
    if agreed.get("signed_as"):
        return _("%(what)s. Signed: %(name)s") % {"what": wordings, "name": agreed["signed_as"]}
    return wordings


def withdrawal_events(withdrawals: Iterable[Withdrawal]) -> Iterator[Row]:
    """For the history of a case: each decision that stands no more, and that it was withdrawn."""
    for one in withdrawals:
        if one.was["result"] != DecisionResult.UNDECIDED:
            yield _event(_("Decided"), one.decided_at, one.decided_by, was_in_words(one))
        title = _("Recorded in error: closed") if one.closes else _("Decision withdrawn")
        why = ". ".join(filter(None, (str(one.get_reason_display()), one.words)))
        yield _event(title, one.at, one.by, why)


def said_once_done(one: Withdrawal) -> str:
    """For the message on the page of the case."""
    if one.closes:
        return _("Closed as recorded in error. It counts nowhere.")
    return _("The decision is withdrawn: the case is open, and not decided. Tell the person.")


def _event(title: str, when: Any, who: Any, text: str) -> Row:
    return {"title": title, "when": when, "by": str(who), "text": text}
