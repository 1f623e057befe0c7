"""Putting right what was mistyped about a crime, while the case is open."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from cases import legal, rulebook, setting_aside
from cases.actions import youth
from cases.actions.locking import lock
from cases.actions.numbering import renumber
from cases.actions.outbox import changed
from cases.findings import Need, highest
from cases.models import Allegation, Authorisation, Case, Correction, Offence, SpokenAuthority
from cases.models.crime import crime_number
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused

#: What is asked where a correction is taken back that had asked for a rank.
CONFIRMED = Need("sergeant", "A crime was corrected and corrected again: confirm that the decision stands.")


@transaction.atomic
def correct_allegation(
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
    """Correct one crime of an open case, and its statutory limit with it. Old and new stay on the record.

    ``number`` is empty where the crime number stays. Where it was mistyped, this case is about the other crime from now
    on; the case of anybody else is not. ``seen`` is how many corrections the page showed: of two people who correct at
    once the second is told. What the rules make of it is referrals.actions.correcting's to ask, which calls this.
    """
    access.check(by, Permission.RECORD_DECISION)
    case = allegation.case
    lock(case)
    _check_open(allegation, seen, by)
    if not reason.strip():
        raise Refused("Say why this is corrected, in a sentence.")
    _check_date(case, committed_on)
    new = {"committed_on": committed_on, "offence": offence, "area": area.strip()}
    changes = {name: [_words(getattr(allegation, name)), _words(value)] for name, value in new.items()
               if getattr(allegation, name) != value}  # fmt: skip
    changes |= _renumbered(allegation, number)
    if not changes:
        raise Refused("Nothing is changed: correct the number, the date, the offence or the area.")
    before, after = allegation.limit_on, _put_right(allegation, new)
    limit = {"limit_on": [_words(before), _words(after)]} if before != after else {}
    audit.record(
        "crime.corrected",
        audit.Nature.ALTERATION,
        by=by,
        subjects=[case, case.person, allegation.crime],
        detail={"fields": list(changes)},
    )
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)
    changed(case)
    youth.follow(case=case, by=by)
    return Correction.objects.create(
        case=case, allegation=allegation, changes=changes | limit, reason=reason.strip(), corrected_by=by
    )


def ask_again(*, case: Case, needs: Sequence[Need], correction: Correction) -> Authorisation:
    """Have a rank decide what the correction changed; who authorised it before stays with the correction."""
    reasons = list(dict.fromkeys(need.reason for need in needs))
    rank = highest(need.rank for need in needs)
    standing = Authorisation.objects.filter(case=case).first()
    if standing is None:
        return Authorisation.objects.create(case=case, rank=rank, reasons=reasons)
    if standing.decided_by is not None and standing.decided_at is not None:
        correction.authorised_before = {
            "state": standing.state,
            "by": standing.decider_in_words,
            "at": standing.decided_at.isoformat(),
            "rationale": " ".join(filter(None, (standing.why, _by_prosecutor(standing)))),
        }
        correction.save(update_fields=["authorised_before"])
        standing.asked_at = clock.now()
    standing.spoken.waiting().update(state=SpokenAuthority.State.OVERTAKEN)  # it was given of a crime as it was not
    standing.state = Authorisation.State.WAITING
    standing.rationale = standing.exceptional = ""
    standing.evidence_certified = False
    standing.decided_at = standing.decided_by = standing.prosecutor_on = None
    standing.prosecutor = standing.prosecutor_reference = standing.decided_as = ""
    standing.rank = highest([standing.rank, rank])
    standing.reasons = list(dict.fromkeys([*standing.reasons, *reasons]))
    standing.save()
    return standing


def _by_prosecutor(standing: Authorisation) -> str:
    if not standing.prosecutor_on:
        return ""
    return f"{standing.prosecutor}, {standing.prosecutor_on.isoformat()} ({standing.prosecutor_reference})."


def ask_what_is_left(*, case: Case, needs: Sequence[Need], otherwise: Need = CONFIRMED) -> None:
    """Have a decision that waits ask what the case asks as it now stands: a slip put right asks nobody higher any more.

    Where nothing asks for a rank any more, somebody confirms all the same (``otherwise``): the decision was open
    meanwhile. A rule that is to be set aside keeps what it asked.
    """
    standing = Authorisation.objects.filter(case=case, state=Authorisation.State.WAITING).first()
    if standing is None or any(setting_aside.waiting(one.findings) for one in case.assessments.all()):
        return
    left = list(needs) or [otherwise]
    standing.rank = highest(need.rank for need in left)
    standing.reasons = list(dict.fromkeys(need.reason for need in left))
    standing.save(update_fields=["rank", "reasons"])


def _renumbered(allegation: Allegation, number: str) -> dict[str, list[str]]:
    """The number before and after, where it was mistyped and is put right."""
    before = allegation.crime.number
    if crime_number(number) in ("", before):
        return {}
    if allegation.crime.awaits_number:
        raise Refused("This crime has no number yet: enter it on the page of the case.")
    renumber(allegation, number)
    return {"number": [before, allegation.crime.number]}


def _check_open(allegation: Allegation, seen: int, by: User) -> None:
    if not Case.objects.visible_to(by).filter(pk=allegation.case_id, closed_at__isnull=True).exists():
        raise Refused("This case is closed: what it was decided on stays as it was.")
    if allegation.corrections.count() != seen:
        raise Outdated("This crime")


def _check_date(case: Case, committed_on: date) -> None:
    if committed_on > clock.today():
        raise Refused("The date of the offence is in the future: check it.")
    if committed_on < case.person.date_of_birth:
        raise Refused("The person was born after that date: check it, and the date of birth.")


def _put_right(allegation: Allegation, new: dict[str, Any]) -> date | None:
    """The statutory limit of the crime as corrected."""
    for name, value in new.items():
        setattr(allegation, name, value)
    allegation.limit_on = legal.statutory_limit(
        allegation.offence,
        allegation.committed_on,
        domestic_abuse=allegation.is_domestic_abuse,
        first_statement=allegation.first_statement_on,
        settings=rulebook.settings_of(allegation.case.force, clock.local_date(allegation.case.decision.decided_at)),
    ).on
    allegation.save(update_fields=[*new, "limit_on"])
    return allegation.limit_on


def _words(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")
