"""The decisions of a force, as a follow-up extract can name them."""

from collections.abc import Iterable
from uuid import UUID

from cases.codes import ethnic_group
from cases.law.dates import age_on
from cases.models import Allegation, Case
from cases.models.case import UNDECIDED
from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import UNKNOWN
from reporting.facts.live import GENDER
from reporting.intake.rows.extracts import plain_number
from reporting.linking.followup import Decided, Decisions
from reporting.linking.suspects import Seen
from reporting.models import Suspect


def decisions_of(force: Organisation) -> Decisions:
    """Every decision recorded by ``force``, and the suspects of its outcome extract over the same crimes."""
    crimes = _crimes(force)
    rows = (
        Case.objects.filter(force=force, brought_as="", decision__isnull=False)
        .exclude(decision__result=UNDECIDED)
        .order_by("pk")
    )
    columns = ("pk", "reference", "decision__decided_at", "person__date_of_birth")
    decided = [
        Decided(
            pk, reference.upper(), clock.local_date(moment), born, frozenset(crimes.get(pk, {})), crimes.get(pk, {})
        )
        for pk, reference, moment, born in rows.values_list(*columns).iterator(chunk_size=5_000)
    ]
    return Decisions(decided, _suspects(force, {number for one in decided for number in one.crimes}))


def _crimes(force: Organisation) -> dict[int, dict[str, Seen]]:
    """Case -> crime number -> the person as the day of that crime sees them."""
    who = ("sex", "date_of_birth", "ethnicity_self_defined")
    rows = Allegation.objects.filter(case__force=force).order_by("pk")
    found: dict[int, dict[str, Seen]] = {}
    for case, number, day, sex, born, code in rows.values_list(
        "case_id", "crime__number", "committed_on", *(f"case__person__{name}" for name in who)
    ).iterator(chunk_size=5_000):
        seen = Seen(GENDER[sex], age_on(born, day) if born <= day else None, str(ethnic_group(code)))
        found.setdefault(case, {})[plain_number(number)] = seen
    return found


def _suspects(force: Organisation, numbers: Iterable[str]) -> dict[str, list[tuple[UUID, Seen]]]:
    wanted = set(numbers)
    found: dict[str, list[tuple[UUID, Seen]]] = {}
    for one in Suspect.objects.filter(force=force).order_by("digest", "occurrence").iterator(chunk_size=5_000):
        if one.crime_number in wanted:
            seen = Seen(one.gender, one.age, one.ethnicity_self_group or UNKNOWN)
            rows = found.setdefault(one.crime_number, [])
            if one.suspect_key not in {key for key, _ in rows}:
                rows.append((one.suspect_key, seen))
    return found
