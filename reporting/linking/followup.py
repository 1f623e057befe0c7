"""Which decision a row of the follow-up extract is about: one and no other, or the row is rejected with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from reporting.intake.rows.followup import Said
from reporting.linking.suspects import Seen, considered


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision recorded here, by what an extract may know of it."""

    case_id: int
    reference: str
    decided_on: date
    born: date
    crimes: frozenset[str]
    #: The person as each crime's own day sees them, to tell them from another suspect of it.
    seen: Mapping[str, Seen]


class Decisions:
    """The decisions of one force. ``suspects``: crime number -> (digest of the force's key, who) of its extract."""

    def __init__(self, decided: Sequence[Decided], suspects: Mapping[str, Sequence[tuple[UUID, Seen]]]) -> None:
        self._of_reference = {one.reference: one for one in decided}
        self._of_crime: dict[str, list[Decided]] = {}
        for one in decided:
            for number in one.crimes:
                self._of_crime.setdefault(number, []).append(one)
        self._suspects = suspects

    def of(self, said: Said) -> Decided:
        """The decision that the row is about. ValueError, saying why, where there is none or more than one could be."""
        found = self._by_reference(said) if said.case_reference else self._by_crime(said)
        if said.followed_from > found.decided_on:
            raise ValueError("it is followed from a day after the decision: what came between is not known")
        if said.followed_to < found.decided_on:
            raise ValueError("it is followed to a day before the decision")
        if said.reoffence_on and said.reoffence_on <= found.decided_on:
            raise ValueError("the reoffence is not after the day of the decision")
        return found

    def _by_reference(self, said: Said) -> Decided:
        found = self._of_reference.get(said.case_reference)
        if found is None:
            raise ValueError("no decision here has that case reference")
        if said.crime_number and said.crime_number not in found.crimes:
            raise ValueError("the case reference and the crime number are of different decisions")
        if said.born and said.born != found.born:
            raise ValueError("the date of birth is not that of the person whom the case reference is about")
        return found

    def _by_crime(self, said: Said) -> Decided:
        if not said.crime_number:
            raise ValueError("it names no decision: the case reference or the crime number is missing")
        over = self._of_crime.get(said.crime_number, [])
        if not over:
            raise ValueError("no decision here is over that crime")
        if said.born:
            born = [one for one in over if one.born == said.born]
            if len(born) != 1:
                why = "more than one decision" if born else "no decision"
                raise ValueError(f"{why} over that crime is about somebody of that date of birth")
            return born[0]
        if said.person is None:
            raise ValueError("it does not say whom it is about: date of birth and person are missing")
        return self._by_person(said.crime_number, said.person, over)

    def _by_person(self, number: str, person: UUID, over: Sequence[Decided]) -> Decided:
        """By the outcome extract, which knows the force's key: only where it leaves no doubt whom the decision met."""
        suspects = self._suspects.get(number, [])
        if person not in {key for key, _ in suspects}:
            raise ValueError("the outcome extract knows no such person over that crime: give the date of birth")
        if len(over) > 1:
            raise ValueError("several decisions are over that crime: give the date of birth")
        who = {place: (number, seen) for place, (_, seen) in enumerate(suspects)}
        met, doubtful = considered(who, {number: [over[0].seen[number]]})
        if doubtful or person not in {suspects[place][0] for place in met}:
            raise ValueError(
                "the decision over that crime is, or may be, about another suspect: give the date of birth"
            )
        return over[0]
