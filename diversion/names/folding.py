"""From a name as written to the words that it is found by: letters only, without marks, in lower case.

One letter in two Unicode forms, Siobhán and Siobhan, Wójcik and Wojcik, O'Brien and OBrien are written differently and
meant alike. Folding is for finding and comparing alone: what a person is called stays as they write it.
"""

import unicodedata

# Letters that Unicode does not take apart (NFKD), as they are written without them.
LETTERS = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ı": "i", "ŋ": "n",
    "ə": "a", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o", "ĸ": "k",
})  # fmt: skip

# They stand within a word. Of the marks between U+02B0 and U+02FF, which Unicode counts as letters, all do so.
APOSTROPHES = frozenset("'’‘‛`´＇′‵ʹꞌ᾽᾿՚") | frozenset(map(chr, range(0x2B0, 0x300)))
INVISIBLE = ("Cf", "Mn", "Mc", "Me")  # formatting characters, and marks that combine with the letter before them


def words(name: str) -> list[str]:
    """The folded words of ``name`` in order: "Ó Briain-Smith" gives "o", "briain", "smith".

    Whatever is neither a letter nor an apostrophe (space, hyphen, comma, full stop, figure) parts two words.
    """
    return _spaced(name).split()


def parts(name: str) -> list[list[str]]:
    """The words of ``name`` in the parts between its commas: "MacDonald, Ian" gives ["macdonald"], ["ian"]."""
    return [found for part in name.split(",") if (found := words(part))]


def _spaced(name: str) -> str:
    plain = _without_apostrophes(name).casefold()
    # Folded case may bring marks again (that of "İ"), so that it is taken apart once more.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    folded = _without_apostrophes(apart).translate(LETTERS)
    kept = (letter for letter in folded if unicodedata.category(letter) not in INVISIBLE)
    return "".join(letter if letter.isalpha() else " " for letter in kept)


def _without_apostrophes(text: str) -> str:
    return "".join(letter for letter in text if letter not in APOSTROPHES)
