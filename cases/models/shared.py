"""What many assessments say alike is kept once: a rule's words, and an option as it stood; each under its own digest.

Findings and options of a case are long and nearly all of it is the rulebooks': which rule, its sentence, its source.
That part goes into ``SharedText``, and the assessment names it. What is of the case alone, the values that a rule was
weighed on, crime numbers and whatever somebody typed, stays on the assessment: a shared text names nobody, is never
changed, and outlives any case.

The fields below hold and give the same lists as a plain ``JSONField``; everything else reads and writes those.
"""

import json
from abc import abstractmethod
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, ClassVar

import pgtrigger
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.fields.json import KeyTransform

from diversion.data_use import operational, structural

Entry = dict[str, Any]
#: How many letters a key takes in what names it.
LETTERS = 11
#: So many keys in a row are a text in their turn: what was said of one case is mostly said of others in that order.
RUN = 8 * LETTERS
#: In place of a key: this entry shares nothing.
NONE = "." * LETTERS
VALUES, OWN = "values", "own"
#: The texts that this process has read. What a key stands for never changes, in no database.
_read: dict[int, str] = {}
#: So many are read at the first need, in the statement that reads what is needed: a list asks once, not for each row.
AT_FIRST = 5_000

#: The key of a text, as the database works it out.
DIGEST = models.Func(
    "body",
    template="('x' || encode(substr(sha256(convert_to(%(expressions)s, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint",
    output_field=models.BigIntegerField(),
)


class SharedText(models.Model):
    """A part of findings or options that says nothing of anybody, under the first 64 bits of its SHA-256.

    The database itself refuses a text under another key than its own, and any change. It holds no reference to it
    either: what names it is inside of JSON, so it is never deleted.
    """

    append_only = True

    key = models.BigIntegerField(primary_key=True)
    # JSON with sorted names and no spaces: one text for what is the same.
    body = models.TextField()

    data_use: ClassVar = structural("key") | operational("Keep once what the rules say in many cases", "body")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(key=DIGEST), name="shared_text_is_its_key"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="never_changed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'A shared text is never changed and never deleted.';",
            )
        ]

    def __str__(self) -> str:
        return self.body


def text_of(said: Any) -> str:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=AT_FIRST)
def _digest(text: str) -> bytes:
    """What a text is known by; most are those of the case before."""
    return sha256(text.encode()).digest()[:8]


def key_of(text: str) -> int:
    return int.from_bytes(_digest(text), "big", signed=True)


def _name(text: str | None) -> str:
    """The key of a text, in letters."""
    return NONE if text is None else urlsafe_b64encode(_digest(text)).decode().rstrip("=")


def _keys(names: str) -> list[int | None]:
    """The keys that stand there one after the other."""
    each = _cut(names, LETTERS)
    return [None if one == NONE else int.from_bytes(urlsafe_b64decode(one + "="), "big", signed=True) for one in each]


def _cut(names: str, length: int) -> list[str]:
    return [names[place : place + length] for place in range(0, len(names), length)]


def keep(texts: Mapping[int, str], using: str) -> None:
    """Have each of the texts in the table, under its key."""
    if new := _missing(texts, using):
        rows = SharedText.objects.using(using)
        rows.bulk_create([SharedText(key=key, body=texts[key]) for key in new], ignore_conflicts=True)
        _fetch(new, using)
    for key, text in zip(texts, texts_of(texts, using), strict=True):
        if text != texts[key]:
            raise _two_under(key, texts[key])


def _together(every: Iterable[Mapping[int, str]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for key, text in (one for texts in every for one in texts.items()):
        if found.setdefault(key, text) != text:
            raise _two_under(key, text)
    return found


def _two_under(key: int, text: str) -> ValueError:
    return ValueError(f"Two texts have the key {key}, and only one can be kept: {text}")


def _missing(texts: Mapping[int, str], using: str) -> list[int]:
    """The keys that are not in the table, in order: two who write the same ones wait for each other once."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT key FROM cases_sharedtext WHERE key = ANY(%s)", [list(texts)])
        return sorted(set(texts).difference(key for (key,) in cursor.fetchall()))


def texts_of(keys: Iterable[int], using: str) -> list[str]:
    """What the keys stand for, in their order. Raises KeyError where one stands for nothing."""
    wanted = list(keys)
    if missing := [key for key in wanted if key not in _read]:
        _fetch(missing, using)
    return [_read[key] for key in wanted]


def _fetch(keys: Sequence[int], using: str) -> None:
    rows = SharedText.objects.using(using).values_list("pk", "body")
    found = rows.filter(pk__in=keys)
    _read.update(found if _read else found.union(rows[:AT_FIRST]))


class SharedField(models.JSONField):
    """A list of entries, of which what can be shared is kept in ``SharedText``; read as it was written.

    In the database it is {"said": the keys of runs of keys of entries, one after the other, "values": what the entries
    rest on, in the order of the names that they have for it, "own": by the place of an entry, what is its alone}. A
    plain list, as it was kept before, is read as it is.
    """

    @abstractmethod
    def shared_part(self, entry: Entry) -> Entry | None:
        """What of an entry may be kept once for everybody; None where nothing of it may."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, list | tuple):
            value = self._packed(value, connection.alias)
        return super().get_db_prep_save(value, connection)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        kept = super().from_db_value(value, expression, connection)
        is_packed = isinstance(kept, dict) and not isinstance(expression, KeyTransform)
        return self._unpacked(kept, connection.alias) if is_packed else kept

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Of a new row the texts of all its fields are looked for together, with the first of them."""
        value = super().pre_save(model_instance, add)
        if not add or not isinstance(value, list | tuple):
            return value
        found, texts = self._apart(value)
        first, *others = (one for one in model_instance._meta.concrete_fields if isinstance(one, SharedField))
        if self is first:
            beside = (one._apart(getattr(model_instance, one.attname))[1] for one in others)
            keep(_together([texts, *beside]), DEFAULT_DB_ALIAS)
        return found

    def _packed(self, entries: Iterable[Mapping[str, Any]], using: str) -> Entry:
        found, texts = self._apart(entries)
        keep(texts, using)
        return found

    def _apart(self, value: Iterable[Mapping[str, Any]]) -> tuple[Entry, dict[int, str]]:
        """What stands in the database for the entries, and the texts, by their keys, that it names."""
        entries = [dict(entry) for entry in value]
        parts = [self.shared_part(entry) for entry in entries]
        texts = [None if part is None else text_of(part) for part in parts]
        runs = [text_of(run) for run in _cut("".join(map(_name, texts)), RUN)]
        values: dict[str, Any] = {}
        left = [_left(entry, part, values) for entry, part in zip(entries, parts, strict=True)]
        own = {str(place): one for place, one in enumerate(left) if one}
        found: Entry = {"said": "".join(map(_name, runs))}
        found |= {VALUES: [values[name] for name in sorted(values)]} if values else {}
        found |= {OWN: own} if own else {}
        return found, {key_of(text): text for text in [*texts, *runs] if text is not None}

    def _unpacked(self, kept: Mapping[str, Any], using: str) -> list[Entry]:
        runs = texts_of([key for key in _keys(kept["said"]) if key is not None], using)
        keys = _keys("".join(json.loads(run) for run in runs))
        texts = iter(texts_of([key for key in keys if key is not None], using))
        parts = [None if key is None else json.loads(next(texts)) for key in keys]
        names = sorted({name for part in parts if part for name in part.get(VALUES, ())})
        values, own = dict(zip(names, kept.get(VALUES, ()), strict=True)), kept.get(OWN, {})
        return [_whole(part, own.get(str(place), {}), values) for place, part in enumerate(parts)]


def _left(entry: Entry, part: Entry | None, values: dict[str, Any]) -> Entry:
    """What of an entry stays its own; a value that several rest on goes into ``values``, once."""
    if part is None:
        return entry
    left = {name: said for name, said in entry.items() if name not in part}
    given = entry.get(VALUES, {})
    others = {name: value for name, value in given.items() if values.setdefault(name, value) != value}
    return left | ({VALUES: others} if others else {})


def _whole(part: Entry | None, own: Entry, values: Mapping[str, Any]) -> Entry:
    if part is None:
        return dict(own)
    whole = {**part, **own}
    if VALUES in part:
        whole[VALUES] = {name: own.get(VALUES, {}).get(name, values.get(name)) for name in part[VALUES]}
    return whole


class FindingsField(SharedField):
    """Findings (``cases.findings.Finding.stored``).

    A rule that is not met may be told in a sentence with the case's own values, and so stays whole with the case; not
    so a force's policy, which has no sentences but its own.
    """

    #: What a shared text may hold, and of what kind each is.
    KINDS: ClassVar[Mapping[str, type]] = (
        dict.fromkeys(("rule", "result", "severity", "reason", "source", "version", "rank", "override_by"), str)
        | dict.fromkeys(("unsure", "is_open"), bool)
        | {"waits_for": list}
    )
    #: What is of the case alone, wherever it says something.
    ALONE: ClassVar[frozenset[str]] = frozenset({"crime", "unknown_because", "set_aside"})

    def shared_part(self, entry: Entry) -> Entry | None:
        if entry.get("result") not in ("met", "unknown") and not str(entry.get("rule")).startswith("policy."):
            return None
        part = {name: said for name, said in entry.items() if not (name in self.ALONE and said) and name != VALUES}
        known = all(_is(part[name], self.KINDS.get(name)) or name in self.ALONE for name in part)
        values = entry.get(VALUES, {})
        if not known or not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            return None
        return part | ({VALUES: sorted(entry[VALUES])} if VALUES in entry else {})


class OptionsField(SharedField):
    """Options (``cases.eligibility.kept.KeptOption``): all of one is the rulebooks', and which of them a case had."""

    KINDS: ClassVar[Mapping[str, type]] = dict.fromkeys(
        ("key", "kind", "title", "version", "status"), str
    ) | dict.fromkeys(("possible", "criteria"), list)

    def shared_part(self, entry: Entry) -> Entry | None:
        return entry if all(_is(said, self.KINDS.get(name)) for name, said in entry.items()) else None


def _is(said: Any, kind: type | None) -> bool:
    """Whether ``said`` is of the kind; a list is one of words."""
    if kind is list:
        return isinstance(said, list | tuple) and all(isinstance(word, str) for word in said)
    return kind is not None and isinstance(said, kind)
