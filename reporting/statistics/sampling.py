"""A sample that anybody can draw again, without this service."""

import hashlib
from collections.abc import Iterable


def place(seed: str, name: str) -> str:
    """Where ``name`` stands in the order that ``seed`` gives: the SHA-256 of both with a space between, in hex.

    No generator of random numbers, whose results differ between programs: ``printf 'seed name' | sha256sum`` does it.
    """
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()


def drawn(seed: str, names: Iterable[str], size: int) -> list[str]:
    """The first ``size`` of ``names`` in the order of ``seed``, all of them where there are fewer.

    Each is drawn with equal chance, whatever order they came in; a larger sample holds the smaller one.
    """
    return sorted(names, key=lambda name: place(seed, name))[:size]
