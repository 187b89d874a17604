"""Whether a place that looks like the end of a sentence may be one.

sentencex errs in known ways on news: after an ordinal ("8. Klasse"), inside "J.-C.", after a
title. The same guards judge its boundaries and those of our second pass. When in doubt a guard
keeps sentences together: two sentences in one segment translate better than half of one.
"""

from __future__ import annotations

import re

from dragoman.segmentation.abbreviations import NUMBERED, ORDINAL_LANGUAGES, is_title

_CONTEXT = 64
_CLOSERS = "\"'”’»›)]}“"
_OPENERS = "\"'“‘«‹([{„‚¿¡"
_NEVER_FIRST = ",;:!?.)]}%"
_ROMAN = re.compile(r"[IVXLC]+\Z")
_ERA = re.compile(r"\b(?:[ad]\. ?c|[nv]\. chr|н\. ?э|j\. ?-c)\Z|[°º] ?[cf]\Z", re.IGNORECASE)
"""Era and temperature units, whose last letter is no initial: a sentence may end after them."""


def may_split(text: str, position: int, language: str, *, strict: bool = False) -> bool:
    """True when a segment may start at ``text[position]``; ``language`` is a primary subtag.

    ``strict`` is for boundaries that only our own punctuation rule proposed: there "U.S." and
    other dotted capitals do not end a sentence.
    """
    head = text[max(0, position - _CONTEXT) : position]
    tail = text[position : position + _CONTEXT].lstrip()
    before = head.rstrip()
    if not before or not tail:
        return True
    first = tail.lstrip(_OPENERS)[:1]
    if tail[0] in _NEVER_FIRST or first.islower():
        return False
    stop = before.rstrip(_CLOSERS)
    if not stop.endswith("."):
        return True
    word = stop[:-1].split()[-1].lstrip(_OPENERS) if stop[:-1].split() else ""
    if len(before) == len(head):
        return _may_split_without_space(word, tail[0])
    return not _is_abbreviation(word, stop[:-1], first, language, strict=strict)


def _may_split_without_space(word: str, following: str) -> bool:
    """ "over.Next" was typed without its space; "J.-C.", "a.C." and addresses were not."""
    return len(word) > 1 and "." not in word and (following.isupper() or ord(following) > 0x2E7F)


def _is_abbreviation(
    word: str, before: str, following: str, language: str, *, strict: bool
) -> bool:
    if not word or word.endswith("."):
        return False
    if following.isdigit() and (word.lower() in NUMBERED or _is_dotted(word)):
        return True
    if _ERA.search(before[-8:]):
        return following.isdigit()
    return (
        (language in ORDINAL_LANGUAGES and _is_ordinal(word))
        or is_title(word, language)
        or _is_initial(word, language)
        or (strict and (_is_dotted(word) or before.endswith("EE. UU")) and word.isupper())
    )


def _is_initial(word: str, language: str) -> bool:
    """ "J. Smith", "z. B."; but English may end a sentence with "I"."""
    return len(word) == 1 and word.isalpha() and not (word == "I" and language == "en")


def _is_ordinal(word: str) -> bool:
    return (word.isdigit() and len(word) <= 3) or _ROMAN.match(word) is not None


def _is_dotted(word: str) -> bool:
    return "." in word and not any(part.isdigit() for part in word.split("."))
