"""What was open to a person on a day, over every option of a policy: the short form that is kept with a decision."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from itertools import product
from typing import Any, Literal

from .assess import AssessedOption
from .base import Data
from .codes import Level
from .knowledge import Knowledge, know
from .policy import Option, Policy
from .reading import Facts
from .results import Status, reasons_of, status_among, status_name

INELIGIBLE = status_name(Level.INELIGIBLE)
CLOSED, OPEN_TO_ALL = frozenset({Level.INELIGIBLE}), frozenset({Level.ELIGIBLE})


class KeptOption(Data):
    """One disposal or scheme as it stood for a case. ``title`` and ``version`` are those of the day.

    ``status`` is that of ``assess``; ``possible`` lists what the answers not given still leave, best first.
    ``criteria`` names those behind the status: what blocked an ineligible option, or asked for a rank.
    """

    key: str
    kind: Literal["disposal", "scheme"]
    title: str
    version: str = ""
    status: Status
    possible: tuple[str, ...]
    criteria: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether some rank could have offered it, whatever the answers not given are."""
        return INELIGIBLE not in self.possible

    @property
    def is_closed(self) -> bool:
        """Whether nobody could have offered it, whatever the answers not given are."""
        return self.status == "ineligible"

    @property
    def ranks(self) -> tuple[str, ...]:
        """The ranks that may have to agree, lowest first; "" stands for nobody."""
        return tuple(name.partition(":")[2] for name in self.possible if name != INELIGIBLE)


def keep(crimes: Iterable[Mapping[str, Any]], policy: Policy, at: date) -> tuple[KeptOption, ...]:
    """Every option of ``policy`` for a case on the day ``at``; ``crimes`` holds the facts of each of its crimes.

    The worst crime decides, and the first that closes an option gives the criteria. Of one crime the status is exactly
    that of ``assess``; of several, answers not given are let differ from crime to crime, so an option may be called
    undetermined that is not, and never the other way about. Raises FactError for facts that are not understood or
    contradict each other.
    """
    return keep_among(crimes, policy.options(at), at)


def keep_among(crimes: Iterable[Mapping[str, Any]], options: Iterable[Option], at: date) -> tuple[KeptOption, ...]:
    """The same of ``options``, those of a policy on the day."""
    different: list[Mapping[str, Any]] = []
    for facts in crimes:
        different += [] if facts in different else [facts]
    known = [know(Facts.read(facts), at) for facts in different]
    return tuple(_worst(option, _until_closed(option, known)) for option in options)


def _until_closed(option: Option, known: Iterable[Knowledge]) -> list[AssessedOption]:
    """The option as it stands for each crime, as far as it can still matter."""
    found = []
    for knowledge in known:
        found.append(AssessedOption.of(option, knowledge))
        if found[-1].weighed.levels == CLOSED:
            break
    return found


def _worst(option: Option, each: Sequence[AssessedOption]) -> KeptOption:
    levels = reduce(
        lambda before, more: frozenset(map(max, product(before, more))), (one.weighed.levels for one in each)
    )
    deciding = [one for one in each if one.weighed.levels == levels] if len(levels) == 1 else []
    is_open = levels == OPEN_TO_ALL  # nothing stands behind that: no criterion is known to fail
    reasons = [] if is_open else [criterion.id for one in deciding for criterion in reasons_of(one.pairs, levels)[0]]
    return KeptOption(
        key=option.key,
        kind=option.kind,
        title=option.title,
        version=option.version,
        status=status_among(levels),
        possible=tuple(status_name(level) for level in sorted(levels)),
        criteria=tuple(dict.fromkeys(reasons)),
    )
