"""Whether two names, or two birthdays, may be one, written differently or mistyped once."""

from datetime import date

from diversion.names.folding import words
from diversion.names.tokens import ways, whole_words

DIGITS = "0123456789"

Name = tuple[str, ...]  # its fields: given names, family name


def may_be_one(one: Name, other: Name) -> bool:
    """Whether two names may be of one person: every word of either is a whole word of the other, in any order.

    So Ian MacDonald is McDonald Ian, and John Smith may be John Paul Smith-Jones. One word alone is no match of more.
    """
    return _is_within(one, other) or _is_within(other, one)


def slips_of(born: date) -> frozenset[date]:
    """The dates that one slip makes of a date of birth: day and month swapped, or one digit of DD MM YYYY wrong."""
    typed = f"{born:%d%m}{born.year:04d}"
    swapped = typed[2:4] + typed[:2] + typed[4:]
    wrong = {typed[:place] + digit + typed[place + 1 :] for place in range(len(typed)) for digit in DIGITS}
    found = (_real(one) for one in {swapped, *wrong})
    return frozenset(day for day in found if day is not None and day != born)


def _is_within(fewer: Name, more: Name) -> bool:
    known, is_one_word = whole_words(*more), len(words(" ".join(more))) == 1
    return any(known.issuperset(way) for way in ways(",".join(fewer)) if len(way) > 1 or is_one_word)


def _real(typed: str) -> date | None:
    try:
        return date(int(typed[4:]), int(typed[2:4]), int(typed[:2]))
    except ValueError:
        return None
