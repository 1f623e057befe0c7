"""Which force a row is of, where one file holds many."""

import re
import unicodedata
from collections.abc import Sequence

from reporting.intake.mappings.facts import Mapping
from reporting.intake.near import did_you_mean
from reporting.intake.rows.extracts import LeftOut, fitted

#: What a force calls itself beside its place: Thames Valley Police, Avon and Somerset Constabulary.
KINDS = re.compile(r"( (police|constabulary|service|force|department|pd))+$")
LONGEST = 50


class ForceReader:
    """Reads the force of each row; with ``only`` rows of other forces are left out."""

    def __init__(self, mapping: Mapping, places: Sequence[int], width: int, least: int, only: str = "") -> None:
        assert mapping.force is not None  # noqa: S101 (whoever asks has looked)
        self._part, self._width, self._least, self._only = mapping.force, width, least, only
        self._place = places[mapping.file.columns.index(mapping.force.column)]
        self._blank = {word.casefold() for word in mapping.file.blank}
        self._known: dict[str, str] = {}

    def read(self, fields: list[str]) -> str:
        """The force's slug. ValueError, saying why, for a row that names none; LeftOut for one of another force."""
        if len(fields) != self._width:
            fields = fitted(fields, self._width, self._least)
        word = fields[self._place]
        slug = self._known.get(word) or self._new(word)
        if self._only and slug != self._only:
            raise LeftOut("it is of another force")
        return slug

    def _new(self, text: str) -> str:
        word = text.strip()
        if not word or word.casefold() in self._blank:
            raise ValueError("the force is missing")
        word.encode()  # bytes that are no text
        values = self._part.values
        if values and word not in values:
            raise ValueError(f"the force {word!r} is not among force.values{did_you_mean(word, values)}")
        self._known[text] = slug = values[word] if values else slug_of(word)
        return slug


def slug_of(name: str) -> str:
    """thames-valley of Thames Valley Police. ValueError for a name that makes none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("&", " and ")
    words = re.sub(r"[^a-z0-9]+", " ", plain.replace("'", "")).strip()
    slug = (KINDS.sub("", words) or words).replace(" ", "-")
    if not slug or len(slug) > LONGEST:
        raise ValueError(f"{name[:60]!r} is no name for a force: give its slug in force.values")
    return slug
