"""Small questions about a stretch of text that several rules ask."""

from __future__ import annotations

import re

_WINDOW = 4000
_CLOSERS = "\"'”’»›)]*_ \u00a0\u202f"
_OPENERS = "\"'“‘«„‹¿¡#$€£"
_FULL_STOP = re.compile(r"[^\W\d_]{3,}\. +[^\W\d_a-z]")
_STOPS = ".!?…。！？؟۔।॥"
_IDEOGRAPHS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")
_SALUTATION = re.compile(
    r"(?:dear|hello|hi|hey|good (?:morning|afternoon|evening)|cher|chère|chers|chères|bonjour|"
    r"bonsoir|salut|madame|monsieur|mesdames|messieurs|hallo|liebe|lieber|sehr geehrte\w*|hola|"
    r"estimad[oa]s?|ciao|caro|cara|gentile)\b",
    re.IGNORECASE,
)


def count_words(text: str) -> int:
    """Words, roughly: scripts without spaces count two characters as one. Long text is capped."""
    start = text[:_WINDOW]
    return max(len(start.split()), len(_IDEOGRAPHS.findall(start)) // 2)


def ends_with_stop(text: str) -> bool:
    """Whether a sentence ends here, quotes and brackets behind the stop included."""
    return text.rstrip(_CLOSERS)[-1:] in set(_STOPS)


def is_prose(text: str) -> bool:
    """At least one whole sentence, or much text."""
    words = count_words(text)
    return words >= 25 or (words >= 8 and ends_with_stop(text))


def is_title_like(text: str, *, fewest: int, most: int) -> bool:
    """Short, one line, begins like a title and does not end like a sentence."""
    last = text[-1:]
    return (
        len(text) <= 200
        and not _FULL_STOP.search(text)
        and (text[0].isalnum() or text[0] in _OPENERS)
        and fewest <= count_words(text) <= most
        and last not in ".,;:。،"
        and not text[0].islower()
        and any(char.isalpha() for char in text)
        and not _SALUTATION.match(text)
    )


def is_capitalised(word: str) -> bool:
    letters = word.lstrip("\"'“«(‘’-")
    return letters[:1].isupper()
