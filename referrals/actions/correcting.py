"""Correcting a crime or a birth: the rules are asked again, and what was decided stands only if it still may.

One page corrects a crime of a case; a birth is corrected by whoever records another decision on the person, who may not
even see this case. So an unlawful correction of a crime is refused, and the truth about a birth never is.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from cases import actions as case_actions
from cases.actions.correcting import ask_again, ask_what_is_left, correct_allegation
from cases.details import PersonDetails
from cases.findings import Finding, Need, needs
from cases.models import Allegation, Assessment, Authorisation, Case, Correction, Offence
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.refusals import Refused
from referrals.actions.standing import follow
from referrals.actions.taking_back import hold_sent
from referrals.judging import recorded
from referrals.judging.births import BIRTH_FIELD, births_corrected
from referrals.judging.facts import ACCEPTED
from referrals.judging.judge import Judged, rules_in_words
from referrals.judging.merges import judge_as_before, merges_since
from referrals.models import Referral

BIRTH = "The date of birth was corrected when another decision was recorded."
#: What is put right whatever it does to a case: who somebody is may not wait for it.
TRUE_OF_THE_PERSON = {"date_of_birth", "person"}
RENUMBERED = Need("sergeant", "The number of a crime was corrected after this was authorised: confirm that it stands.")


@transaction.atomic
def correct_crime(
    *,
    allegation: Allegation,
    committed_on: date,
    offence: Offence,
    area: str,
    reason: str,
    seen: int,
    by: User,
    number: str = "",
) -> Correction:
    """Correct number, date, offence or area of a crime, and ask the rules of the day of the decision again.

    Refused, and nothing changed, where what was decided would not have been lawful, or is against a rule that nobody
    may set aside. Where a rank would have had to decide, it goes back for that: a referral that nobody has answered is
    held meanwhile, and support that has begun goes on.
    """
    case = Case.objects.get(pk=allegation.case_id)
    case_actions.lock(case)
    before = recorded.judge_as_recorded(case)
    correction = correct_allegation(
        allegation=allegation,
        committed_on=committed_on,
        offence=offence,
        area=area,
        reason=reason,
        seen=seen,
        by=by,
        number=number,
    )
    case = Case.objects.get(pk=case.pk)
    said = {"crimes": [recorded.crime_answers(Allegation.objects.get(pk=allegation.pk))]}
    _judge_again(case, before, correction, said, by)
    _tell_partner(case, by)
    return correction


@contextmanager
def birth_corrected(details: PersonDetails, *, by: User) -> Iterator[None]:
    """Ask the rules again of every open case of somebody whose date of birth a page corrects, within the block.

    A closed case keeps that it was corrected, and is asked if it is opened again (`judge_reopened`).

    A correction is made whatever it does to them: who somebody is may not wait for another case. Where what was decided
    could not have been decided of somebody born then, it is put to a rank, and nobody may authorise it
    (`referrals.judging.recorded.stands_against`): what was agreed ends, and is decided anew. Where a rank would have
    had to decide, one is asked.
    """
    person = details.existing
    if person is None or not details.corrects or details.date_of_birth == person.date_of_birth:
        yield
        return
    born = [person.date_of_birth.isoformat(), details.date_of_birth.isoformat()]
    before = {}
    for case in Case.objects.filter(person=person, decision__result=ACCEPTED).order_by("pk"):
        case_actions.lock(case)
        case.refresh_from_db(fields=["closed_at"])  # it may have been closed before it could be held
        before[case.pk] = recorded.judge_as_recorded(case) if case.closed_at is None else None
    yield
    for case in Case.objects.filter(pk__in=before).order_by("pk"):
        correction = Correction.objects.create(
            case=case,
            allegation=case.allegations.earliest("pk"),
            changes={"date_of_birth": born},
            reason=BIRTH,
            corrected_by=by,
        )
        if case.closed_at is None:
            _judge_again(case, before[case.pk], correction, {}, by)
        _tell_partner_of_birth(case, by)


def judge_reopened(case_id: int, closed_at: datetime, **kwargs: Any) -> None:
    """Receiver of ``case_reopened``: ask the rules what they were not asked while the case was closed.

    That is when a birth was corrected, or records of the person were put together or parted. It is asked in the name of
    whoever did that: who opens the case again may be a partner, and knows nothing of it.
    """
    case, corrections = Case.objects.get(pk=case_id), list(births_corrected(case_id, since=closed_at))
    merges = merges_since(case, closed_at)
    born = date.fromisoformat(corrections[0].changes[BIRTH_FIELD][0]) if corrections else None
    before = judge_as_before(case, merges, closed_at, born) if merges or born else None
    if corrections:
        _judge_again(case, before, corrections[-1], {}, corrections[-1].corrected_by)
    elif merges:
        last = merges[-1]
        changes = {"person": [str(last.kept), str(last.merged)]}
        reason, by = last.split_because or last.reason, last.split_by or last.merged_by
        record_changed(case, before, changes, reason, by, tells=False)


def record_changed(
    case: Case, before: Judged | None, changes: dict[str, Any], reason: str, by: User, *, tells: bool
) -> None:
    """Ask the rules again of a case whose person is now told by another record, or by two put together.

    ``before`` is what they said until then, None of a closed case: that keeps a birth that is another, as after a
    correction. An open case keeps that it was asked where something stands in the way, or asks for a rank, only now.
    ``tells``: a live referral's provider reads another name, birth or number from now on, and is told that it does.
    """
    if tells:
        _tell_partner_of_birth(case, by)
    is_born_otherwise = "date_of_birth" in changes
    new = _new(before, recorded.judge_as_recorded(case)) if before else []
    if not new and not is_born_otherwise:
        return
    correction = Correction.objects.create(
        case=case, allegation=case.allegations.earliest("pk"), changes=changes, reason=reason, corrected_by=by
    )
    if case.closed_at is None:
        _judge_again(case, before, correction, {}, by)


def _judge_again(case: Case, before: Judged | None, correction: Correction, said: dict[str, Any], by: User) -> None:
    """Ask the rules of the day of the decision of ``case`` as corrected: refuse, put to a rank, or let it stand."""
    after = recorded.judge_as_recorded(case, said=[said])
    new = _new(before, after)
    if not TRUE_OF_THE_PERSON & correction.changes.keys():
        _check_lawful(new)
    changed = {one.rule: _put_to_a_rank(one, correction.reason) for one in new}
    findings = [changed.get(one.rule, one) for one in (after.findings if after else ())]
    _keep(case, said, findings, by)
    if after:
        asked = [*needs_of(changed.values(), after.unknown_rank), *_of_another_crime(case, correction)]
        _ask(case, asked, needs_of(findings, after.unknown_rank), correction, by)
    follow(case.pk)  # a rank may have been asked after the last change that was told


def needs_of(findings: Collection[Finding], unknown_rank: str) -> list[Need]:
    """Every rank that has to decide: also on the end of what nobody may set aside."""
    words = "This cannot stand as it was decided: {reason} ({source})"
    ended = [
        Need(unknown_rank, words.format(reason=one.reason, source=one.source))
        for one in recorded.never_authorised(findings)
    ]
    return [*dict.fromkeys(ended), *needs(findings, unknown_rank)]


def _ask(case: Case, asked: Sequence[Need], left: Sequence[Need], correction: Correction, by: User) -> None:
    """Have a rank decide what the correction asks, and what the case asks as it now stands."""
    if asked:
        ask_again(case=case, needs=asked, correction=correction)
        hold_sent(case, by)
    ask_what_is_left(case=case, needs=left)


def _of_another_crime(case: Case, correction: Correction) -> list[Need]:
    """What is asked where a decision that somebody authorised is about a crime of another number from now on."""
    given = Authorisation.objects.filter(case=case, state__in=Authorisation.LETS_SIGN)
    return [RENUMBERED] if "number" in correction.changes and given.exists() else []


def _new(before: Judged | None, after: Judged | None) -> list[Finding]:
    """What stands in the way, or asks for a rank, only since the correction.

    By the values too: a rank that decided on other facts has not decided on these.
    """
    known = {_weighed(one) for one in (before.findings if before else ()) if _matters(one)}
    return [one for one in (after.findings if after else ()) if _matters(one) and _weighed(one) not in known]


def _matters(finding: Finding) -> bool:
    return finding.blocks or finding.is_open or finding.need() is not None


def _weighed(finding: Finding) -> tuple[Any, ...]:
    return (finding.identity, finding.result, tuple(sorted(finding.values.items())))


def _put_to_a_rank(finding: Finding, reason: str) -> Finding:
    """The same, asked of a rank: to be set aside, or to be decided without the answer that nobody was asked for."""
    if finding.is_open and not finding.unknown_because:
        return replace(finding, unknown_because=f"not asked before the correction: {reason}")
    return finding.asked_aside(reason)


def _check_lawful(new: list[Finding]) -> None:
    stopped = list(dict.fromkeys(one.reason for one in recorded.never_authorised(new)))
    if stopped:
        raise Refused(
            f"Nothing was changed: corrected so, this could not have been decided as it was. {' '.join(stopped)} Tell"
            " your supervisor: what was agreed has to be ended, and the decision made anew."
        )


def _keep(case: Case, said: dict[str, Any], findings: list[Finding], by: User) -> None:
    """What the correction says, and what the rules say of the case with it, beside what stood at first."""
    proposal = recorded.proposal_as_recorded(case, said=[said])
    Assessment.objects.create(
        case=case,
        answers=said,
        findings=[one.stored() for one in findings],
        rules=rules_in_words(proposal, clock.local_date(case.decision.decided_at)),
        assessed_by=by,
    )


def _tell_partner(case: Case, by: User) -> None:
    """A provider reads of what kind the first crime is: that must be the crime as it stands."""
    kind = case.allegations.select_related("offence").first().offence.group  # type: ignore[union-attr]
    for referral in _live(case).exclude(offence_category=kind):
        Referral.objects.filter(pk=referral.pk).update(offence_category=kind, version=F("version") + 1)
        _log_corrected(referral, case, by)


def _tell_partner_of_birth(case: Case, by: User) -> None:
    """A provider holds the birth: its page says that it was corrected, and a page opened before is out of date."""
    for referral in _live(case):
        Referral.objects.filter(pk=referral.pk).update(version=F("version") + 1)
        _log_corrected(referral, case, by)


def _live(case: Case) -> "QuerySet[Referral]":
    over = [*Referral.ENDED, Referral.State.CLOSED]
    return Referral.objects.filter(case=case).exclude(state__in=over).select_related("provider", "scheme_version")


def _log_corrected(referral: Referral, case: Case, by: User) -> None:
    """That a provider was told; of a held referral it knows nothing yet.

    Of voluntary support nothing: who reads the force's log would learn from it whether it still runs.
    """
    if referral.state == Referral.State.HELD or referral.is_voluntary:
        return
    audit.record(
        "referral.corrected",
        audit.Nature.DISCLOSURE,
        by=by,
        subjects=[referral, case, case.person],
        recipients=[referral.provider.name],
    )
