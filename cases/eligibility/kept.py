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
from .results import OptionResult, Status, status_name, status_of

LEVELS = {status_name(level): level for level in Level}
INELIGIBLE = status_name(Level.INELIGIBLE)


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
    different: list[Mapping[str, Any]] = []
    for facts in crimes:
        different += [] if facts in different else [facts]
    known = [know(Facts.read(facts), at) for facts in different]
    return tuple(_worst(_until_closed(option, known)) for option in policy.options(at))


def _until_closed(option: Option, known: Iterable[Knowledge]) -> list[OptionResult]:
    """What ``assess`` says of the option for each crime, as far as it can still matter."""
    found = []
    for knowledge in known:
        found.append(AssessedOption.of(option, knowledge).result())
        if found[-1].status == "ineligible":
            break
    return found


def _worst(results: Sequence[OptionResult]) -> KeptOption:
    each = [{LEVELS[name] for name in result.possible} for result in results]
    levels = sorted(reduce(lambda before, more: {max(pair) for pair in product(before, more)}, each))
    possible = tuple(status_name(level) for level in levels)
    reasons = [name for result in results if result.possible == possible for name in result.reasons]
    first = results[0]
    return KeptOption(
        key=first.key,
        kind=first.kind,
        title=first.title,
        version=first.version,
        status="undetermined" if len(levels) > 1 else status_of(levels[0]),
        possible=possible,
        criteria=tuple(dict.fromkeys(reasons)) if len(levels) == 1 else (),
    )
