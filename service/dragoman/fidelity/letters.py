"""Case of words without ever changing the number of code points, so that offsets stay true."""

from __future__ import annotations

import unicodedata

_DOTTED_I = frozenset({"tr", "az"})
_TURKISH = str.maketrans("Iİ", "ıi")


def lowered(word: str, language: str) -> str:
    """``word`` in lower case; "İ" elsewhere than in Turkish, whose lower case is two, stays."""
    if language in _DOTTED_I:
        word = word.translate(_TURKISH)
    lower = word.lower()  # knows the Greek final sigma, which a letter alone does not
    if len(lower) == len(word):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in word)


def capitalised(word: str, language: str) -> str:
    """The first letter as it is, the others in lower case."""
    return word[:1] + lowered(word[1:], language)


def with_first_capital(word: str, language: str) -> str:
    """The first letter in upper case, the others as they are; "ß" and "ﬁ" have none to give."""
    first = "İ" if language in _DOTTED_I and word[:1] == "i" else word[:1].upper()
    return first + word[1:] if len(first) == 1 else word


def unaccented(word: str) -> str:
    """``word`` as capitals are often written: "éliminée" as "eliminee", "δρόμος" as "δρομοσ"."""
    return "".join(unicodedata.normalize("NFD", c)[0] for c in word).replace("ς", "σ")
