"""What somebody may have meant, and text that may be shown: strangers' files hold anything."""

from collections.abc import Iterable
from difflib import get_close_matches

ALIKE = 0.75
#: Marks that turn the direction of a line or stand for nothing: a terminal obeys them, and a reader cannot see them.
UNSEEN = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF}


def nearest(word: str, among: Iterable[str]) -> str:
    """The word of ``among`` that is most like ``word``, capitals apart; "" where none is like it."""
    folded = {other.casefold(): other for other in among if other and other != word}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=ALIKE)
    return folded[close[0]] if close else ""


def did_you_mean(word: str, among: Iterable[str]) -> str:
    """``; did you mean 'Arrest'?``, or nothing where no word is like it."""
    near = nearest(word, among)
    return f"; did you mean '{near}'?" if near else ""


def printable(text: str) -> str:
    r"""``text`` with control characters, marks of direction and lone surrogates as ``\x1b``; line ends are kept.

    A word of a file must not move the cursor, change a title or hide a line of whoever reads the message
    (CWE-150, improper neutralisation of escape sequences).
    """
    return "".join(letter if _harmless(letter) else _escaped(letter) for letter in text)


def _harmless(letter: str) -> bool:
    number = ord(letter)
    if number < 0x20:
        return letter == "\n"
    return not (0x7F <= number < 0xA0 or 0xD800 <= number < 0xE000 or number in UNSEEN)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")
