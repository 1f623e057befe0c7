"""Short references that people can read aloud, and that tell nobody how many cases there are."""

import secrets

# Crockford's base 32: no I, L, O or U, so nothing is misread or spells a word.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference(prefix: str) -> str:
    """A new random reference such as ``DV-7K3M-9QX2`` (40 bits; the database's unique constraint is the guard)."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"
