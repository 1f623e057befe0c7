"""The names of a model's rows, kept as tokens beside them, and found by the beginning of any word.

A row that is saved writes its tokens, and the database refuses at the end of the transaction what left them behind: a
bulk update, or SQL by hand. They have no history: a token says nothing that its row does not.
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, ClassVar

import pgtrigger
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from diversion.names.tokens import following, pair, pair_beginnings, tokens_of

Ways = Iterable[tuple[str, ...]]
#: From where on, and before what, the tokens stand that begin with a word; one for each word of a way.
Ranges = Sequence[tuple[str, str]]
Key = tuple[str, str, uuid.UUID]

PARTED_BY = "\x1f"  # parts the fields of a name in its digest
FEW = 200  # tokens that are looked through one by one rather than found by a pair


class NameToken(models.Model):
    """One token of one name. A subclass adds ``owner``, the row whose name it is.

    ``domain`` parts names that must not be found together; ``made_of`` is a digest of the fields it was made of.
    """

    domain = models.CharField(max_length=60, db_collation="C")
    token = models.TextField(db_collation="C")
    made_of = models.UUIDField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.domain}: {self.token}"


class Named(models.Model):
    """A row with a name, in ``NAME_FIELDS``; ``name_domain``, made of ``DOMAIN_FIELDS``, says where it is found."""

    NAME_FIELDS: ClassVar[tuple[str, ...]]
    DOMAIN_FIELDS: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        saved = kwargs.get("update_fields")
        is_new = self._state.adding
        with transaction.atomic(savepoint=False):  # the row and its tokens: alone it would be refused
            super().save(*args, **kwargs)
            if saved is None or {*self.NAME_FIELDS, *self.DOMAIN_FIELDS}.intersection(saved):
                write_tokens([self], are_new=is_new)

    @property
    def name_domain(self) -> str:
        raise NotImplementedError

    @classmethod
    def token_model(cls) -> type[Any]:
        """The subclass of NameToken that keeps its tokens."""
        raise NotImplementedError


def token_constraints(name: str) -> list[models.BaseConstraint]:
    """The B-tree by domain and beginning. It names the owner too, so that the table itself need not be read."""
    return [models.UniqueConstraint(fields=["domain", "token", "owner"], name=f"{name}_token_once")]


def token_indexes(name: str) -> list[models.Index]:
    return [models.Index(fields=["owner", "token"], name=f"{name}_tokens_of")]


def keys_of(*fields: str, domain: str) -> set[Key]:
    """Domain, token and digest of each token of a name; one that nothing begins stands for a name without a letter."""
    digest = hashlib.md5(PARTED_BY.join(fields).encode(), usedforsecurity=False).hexdigest()
    return {(domain, token, uuid.UUID(digest)) for token in tokens_of(*fields) or {""}}


def write_tokens(rows: Sequence[Any], *, are_new: bool = False) -> int:
    """Make the tokens of ``rows``, all of one model, those of their names; return how many rows lacked that.

    ``are_new``: the rows were made just now, and have no tokens.
    """
    if not rows:
        return 0
    model = type(rows[0]).token_model()
    kept: dict[int, set[Key]] = {row.pk: set() for row in rows}
    if not are_new:
        _add_kept(model, kept)
    names = {row.pk: [str(getattr(row, name)) for name in row.NAME_FIELDS] for row in rows}
    wanted = {row.pk: keys_of(*names[row.pk], domain=row.name_domain) for row in rows}
    stale = [owner for owner, tokens in wanted.items() if kept[owner] != tokens]
    if not are_new:
        model.objects.filter(owner__in=stale).delete()
    model.objects.bulk_create(
        [
            model(owner_id=owner, domain=domain, token=token, made_of=made_of)
            for owner in stale
            for domain, token, made_of in sorted(wanted[owner])
        ],
        batch_size=5000,
    )
    return len(stale)


def _add_kept(model: type[Any], kept: dict[int, set[Key]]) -> None:
    for owner, *token in model.objects.filter(owner__in=kept).values_list("owner", "domain", "token", "made_of"):
        kept[owner].add(tuple(token))


def named(model: type[NameToken], ways: Ways, *, owner: str = "pk", domain: str | None = None) -> Q:
    """Rows whose name, at ``owner``, holds words that begin with all those of one of ``ways``; none without a way."""
    return reduce(or_, (_holds(model, way, owner, domain) for way in ways), Q(pk__in=[]))


def owners(model: type[NameToken], ways: Ways, *, domain: str) -> "QuerySet[Any, Any]":
    """The ids of all rows of ``domain`` whose names answer one of ``ways``, to be asked for within ``__in``.

    Each way is a statement of its own in a union, and reads a range of the index for each of its words: one condition
    that allowed any of the ways would have the database try them on every row.
    """
    return owners_between(model, map(ranges_of, ways), domain=domain)


def ranges_of(way: tuple[str, ...]) -> Ranges:
    """The range of tokens of each word, the longest word first: fewest begin so."""
    return [(word, following(word)) for word in sorted(way, key=len, reverse=True)]


def owners_between(model: type[NameToken], ways: Iterable[Ranges], *, domain: str) -> "QuerySet[Any, Any]":
    """The same, of words whose ranges are given: nothing is worked out of what somebody typed."""
    rows = _rows(model).filter(domain=domain)
    found = [_owners_of(rows, way) for way in ways]
    return found[0].union(*found[1:]) if found else rows.none().values("owner")


def find(model: type[NameToken], ways: Ways, *, domain: str, most: int) -> list[int]:
    """The ids of at most so many rows of ``domain`` whose names answer one of ``ways``; whole words come first.

    However many names there are, short ranges of the index are read: that of the longest word where few begin so, else
    those of its pair with the next. Each is read from its beginning until enough are found. One statement that asked
    for all words at once would have the database join whole ranges and sort them.
    """
    rows = _rows(model).filter(domain=domain)
    found: dict[int, None] = {}
    for way in ways:
        found |= dict.fromkeys(_owners(rows, way, most))
        if len(found) >= most:
            break
    return list(found)[:most]


@dataclass(frozen=True)
class InStep:
    """What the database holds of a table with names and of the table of their tokens, whatever code issues the SQL.

    ``name`` are the columns of the name; ``domain`` is SQL of the row ``named``, made of ``domain_columns``.
    """

    table: str
    tokens: str
    name: Sequence[str]
    domain: str
    domain_columns: Sequence[str]

    def of_names(self) -> pgtrigger.Trigger:
        """A row whose tokens are not those of its name and domain is refused when the transaction ends."""
        operation = pgtrigger.Insert | pgtrigger.UpdateOf(*self.name, *self.domain_columns)
        return self._trigger("name_has_its_tokens", operation, "NEW.id")

    def of_tokens(self) -> pgtrigger.Trigger:
        """So is taking the tokens from a row that stays."""
        return self._trigger("tokens_stay_with_name", pgtrigger.Update | pgtrigger.Delete, "OLD.owner_id")

    def _trigger(self, name: str, operation: Any, row: str) -> pgtrigger.Trigger:
        made_of = f"md5({f' || chr({ord(PARTED_BY)}) || '.join(f'named.{column}' for column in self.name)})::uuid"
        kept = f"SELECT 1 FROM {self.tokens} AS kept WHERE kept.owner_id = named.id AND"  # noqa: S608 - our own names
        func = f"""
            PERFORM 1 FROM {self.table} AS named WHERE named.id = {row} AND NOT (
                EXISTS ({kept} kept.domain = {self.domain} AND kept.made_of = {made_of})
                AND NOT EXISTS ({kept} (kept.domain <> {self.domain} OR kept.made_of <> {made_of})));
            IF FOUND THEN
                RAISE EXCEPTION 'row % of {self.table} has another name than it is found by', {row}
                    USING ERRCODE = 'integrity_constraint_violation', HINT = 'Save the row, or write its tokens.';
            END IF;
            RETURN NULL;
        """
        return pgtrigger.Trigger(
            name=name, when=pgtrigger.After, operation=operation, timing=pgtrigger.Deferred, func=func
        )


def _rows(model: type[Any]) -> "QuerySet[Any]":
    return model.objects.all()


def _begins(beginning: str) -> Q:
    return Q(token__gte=beginning, token__lt=following(beginning))


def _holds(model: type[NameToken], way: tuple[str, ...], owner: str, domain: str | None) -> Q:
    rows = _rows(model).filter(owner=OuterRef(owner))
    rows = rows.filter(domain=domain) if domain else rows
    return reduce(and_, (Q(Exists(rows.filter(_begins(word)))) for word in way))


def _owners_of(rows: "QuerySet[Any]", way: Ranges) -> "QuerySet[Any, Any]":
    first, *others = (Q(token__gte=begins, token__lt=beyond) for begins, beyond in way)
    found = rows.filter(first)
    for other in others:
        found = found.filter(owner__in=rows.filter(other).values("owner"))
    return found.values("owner")


def _owners(rows: "QuerySet[Any]", way: tuple[str, ...], most: int) -> list[int]:
    """At most so many owners whose names hold a word for each of ``way``."""
    first, *others = sorted(way, key=len, reverse=True)
    if not others:
        return _first(rows, _begins(first), way, most)
    few = _read(rows, _begins(first), FEW)
    if len(few) < FEW:
        return [owner for owner, answers in _answering(rows, list(dict.fromkeys(few)), way).items() if answers][:most]
    ranges = [Q(token=pair(first, others[0])), *map(_begins, pair_beginnings(first, others[0]))]
    found: dict[int, None] = {}
    for wanted in ranges:
        if len(found) < most:
            found |= dict.fromkeys(_first(rows, wanted, way, most))
    return list(found)[:most]


def _first(rows: "QuerySet[Any]", wanted: Q, way: tuple[str, ...], most: int) -> list[int]:
    """The first owners in a range, in the order of its tokens, whose names hold a word for each of ``way``."""
    limit = FEW if len(way) > 1 and min(map(len, way)) == 1 else 4 * most  # a pair with an initial says little
    answering: dict[int, bool] = {}
    while True:
        read = _read(rows, wanted, limit)
        answering |= _answering(rows, [owner for owner in dict.fromkeys(read) if owner not in answering], way)
        owners = [owner for owner, answers in answering.items() if answers]
        if len(owners) >= most or len(read) < limit:
            return owners[:most]
        limit *= 4


def _read(rows: "QuerySet[Any]", wanted: Q, limit: int) -> list[int]:
    """The owners of the first tokens of a range; of one name several may begin so."""
    return list(rows.filter(wanted).order_by("token", "owner").values_list("owner", flat=True)[:limit])


def _answering(rows: "QuerySet[Any]", owners: list[int], way: tuple[str, ...]) -> dict[int, bool]:
    """Of each of ``owners``, in their order, whether every word of ``way`` begins one of theirs."""
    if len(way) == 1 or not owners:
        return dict.fromkeys(owners, True)
    begun = rows.filter(reduce(or_, map(_begins, way)), owner__in=owners).values_list("owner", "token")
    words: dict[int, set[str]] = {owner: set() for owner in owners}
    for owner, token in begun:
        words[owner].update(word for word in way if token.startswith(word))
    return {owner: words[owner].issuperset(way) for owner in owners}
