"""What a person reads on a page that a link opens, by language; and the words that stand on none of these.

They are no messages of the catalogue: that holds all the pages of the service, and Welsh is offered there once all of
it is translated. These few pages are whole by themselves, and the Welsh of them is reviewed by each provider.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from diversion.clock import LONDON
from diversion.design_system.wording import clock_time

FOLDER = Path(__file__).parent
ENGLISH, WELSH = "en", "cy"
LANGUAGES = [(ENGLISH, "English"), (WELSH, "Cymraeg")]
#: What tells whoever looks at the screen why somebody is helped, or judges them; at the beginning of a word.
NEVER = (
    *("offen", "crim", "police", "suspect", "perpetrator", "victim", "caution", "breach", "comply", "complian"),
    *("probation", "custod", "sentenc", "convict", "prosecut", "arrest", "court", "diver", "addict", "abus"),
    *("heddlu", "trosedd", "dioddefwr", "carchar", "llysoedd"),
)
_NEVER = re.compile(rf"\b({'|'.join(NEVER)})\w*", re.IGNORECASE)


@cache
def words(language: str) -> Mapping[str, Any]:
    """The sentences of a language, by their names; ``days``, ``moods`` and ``answers`` by their codes."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def welsh_digest() -> str:
    """Of what a review of the Welsh is: the Welsh, and the English that it says."""
    texts = [(FOLDER / f"{language}.toml").read_bytes() for language in ("en", "cy")]
    return sha256(b"".join(texts)).hexdigest()


def moment(language: str, at: datetime) -> str:
    """When somebody is to come, as it follows "on": "Friday 12 June 2026 at 2:30pm"; "ddydd Gwener … am 14:30".

    By lists of their own and not Django's: in Welsh a day changes its first letter after "ar".
    """
    said, here = words(language), at.astimezone(LONDON)
    weekday, month = list(said["weekdays"].values())[here.weekday()], list(said["months"].values())[here.month - 1]
    time = clock_time(at) if language == ENGLISH else f"{here:%H:%M}"
    return str(said["moment"].format(day=f"{weekday} {here.day} {month} {here.year}", time=time))


def never(text: str) -> list[str]:
    """The words of ``text`` that stand on no page which others may read over somebody's shoulder."""
    return [found[0] for found in _NEVER.finditer(text)]


def sentences(language: str) -> Iterator[tuple[str, str]]:
    """Each sentence of a language with its name, those of its lists as "moods.low"."""
    for name, value in words(language).items():
        if isinstance(value, str):
            yield name, value
        else:
            yield from ((f"{name}.{code}", one) for code, one in value.items())
