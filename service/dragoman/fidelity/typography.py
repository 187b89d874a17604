"""The target language's typography on what a model wrote: quotation marks, apostrophes, spaces.

Models write the marks that their training data had, mostly straight ones. The rules are those
of the languages' own references (French: Lexique des règles typographiques en usage à
l'Imprimerie nationale; German: Duden; English: The Chicago Manual of Style).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from dragoman.fidelity.edits import Edit, OffsetMap, allowed, apply_edits
from dragoman.fidelity.protection import ADDRESSES, PLACEHOLDERS

__all__ = ["QUOTES", "OffsetMap", "restore"]

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"

# Outer opening and closing marks, with the space that belongs inside them.
QUOTES = {
    "fr": (f"«{NO_BREAK_SPACE}", f"{NO_BREAK_SPACE}»"),
    "en": ("“", "”"),
    "de": ("„", "“"),
    "es": ("«", "»"),
    "it": ("«", "»"),
    "pt": ("“", "”"),
    "nl": ("“", "”"),
    "pl": ("„", "”"),
    "cs": ("„", "“"),
    "ru": ("«", "»"),
    "uk": ("«", "»"),
    "el": ("«", "»"),
    "sv": ("”", "”"),
    "fi": ("”", "”"),
    "da": ("»", "«"),
    "nb": ("«", "»"),
    "hu": ("„", "”"),
    "ro": ("„", "”"),
    "tr": ("“", "”"),
    "ar": ("«", "»"),
    "fa": ("«", "»"),
    "zh": ("“", "”"),
    "ja": ("「", "」"),
    "ko": ("“", "”"),
}

_QUOTE = re.compile(r"[\"“”„«»「」‟]")
_ELIDING = frozenset({"fr", "it", "ca", "en"})
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)|(?<=\b[dlcjmnst])'(?=[“«\"])", re.IGNORECASE)
_DASH = re.compile(r"(?<!\d)[–—](?!\d)")
_SPACED_HYPHEN = re.compile(r"(?:(?<=\s)|\A)--?(?=\s[\w\"“«„])|(?<=\w)--(?=\w)")
_THREE_DOTS = re.compile(r"(?<!\.)\.\.\.(?!\.)")
_FRENCH_HIGH = re.compile(
    r"(?<=[^\s:;!?(\[«“„\"])[ \u00a0\u202f]?(?=[;!?]+(?:\s|$|[«»„“”\"'’)\]]))"
)
_FRENCH_COLON = re.compile(r"(?<=[^\s:;!?«“„\"])[ \u00a0\u202f]?(?=:(?:\s|$|[\"“”„«»]))")
_FRENCH_UNIT = re.compile(r"(?<=\d)[ \u00a0\u202f]?(?=[%€])")


def restore(
    text: str, source: str, language: str, *, kept: Sequence[str] = ()
) -> tuple[str, OffsetMap]:
    """``text`` with the typography of ``language``, and the map of its offsets.

    ``source`` tells what the writer used: apostrophes, dashes and ellipses are as typographic as
    there, and a quotation that goes on in the next segment is left open only if it is open there.
    Letters and digits are never changed; addresses, placeholders and ``kept`` strings (code) are
    not touched. Doing it twice changes nothing more.
    """
    code = language.split("-", maxsplit=1)[0]
    wanted = [
        *_quotes(text, source, code),
        *_apostrophes(text, source, code),
        *_dashes(text, source),
        *_ellipses(text, source),
    ]
    first = allowed(text, wanted, _taken(text, kept))
    text = apply_edits(text, first)
    second = allowed(text, _french_spaces(text) if code == "fr" else (), _taken(text, kept))
    return apply_edits(text, second), OffsetMap(first, second)


def _taken(text: str, kept: Sequence[str]) -> list[tuple[int, int]]:
    verbatim = [re.compile(re.escape(string)) for string in kept if string.strip()]
    return [
        match.span()
        for pattern in (ADDRESSES, PLACEHOLDERS, *verbatim)
        for match in pattern.finditer(text)
    ]


def _quotes(text: str, source: str, code: str) -> list[Edit]:
    """Pair the double quotation marks of any style, in order, and set the target's own.

    An odd number means a quotation over several sentences when the source has an odd number too:
    then each mark's neighbours tell its side. Else it is left alone: guessing which one is missing
    would move a quotation.
    """
    found = _quote_places(text)
    if code not in QUOTES or not found:
        return []
    if len(found) % 2:
        opens = [_opens(text, place, code) for place in found]
        alternate = None not in opens and all(one is not other for one, other in pairwise(opens))
        worded = all(_has_words(text, *between) for between in pairwise(found))
        if not (alternate and worded) or len(_quote_places(source)) % 2 == 0:
            return []
        sides = [(place, bool(side)) for place, side in zip(found, opens, strict=True)]
    else:
        pairs = zip(found[::2], found[1::2], strict=True)
        sides = [
            side
            for first, last in pairs
            if _has_words(text, first, last)
            for side in ((first, True), (last, False))
        ]
    opening, closing = QUOTES[code]
    return [
        Edit(place, _behind_spaces(text, place + 1), opening)
        if opens
        else Edit(_before_spaces(text, place), place + 1, closing)
        for place, opens in sides
    ]


def _has_words(text: str, start: int, end: int) -> bool:
    return any(character.isalnum() for character in text[start:end])


def _quote_places(text: str) -> list[int]:
    return [match.start() for match in _QUOTE.finditer(text) if not _is_inch(text, match.start())]


def _opens(text: str, place: int, code: str) -> bool | None:
    """Whether a lone mark opens a quotation, closes one, or (None) could do either."""
    opening, closing = (mark.strip() for mark in QUOTES[code])
    if text[place] in (opening, closing) and opening != closing:
        return text[place] == opening
    before, behind = text[max(0, place - 1) : place], text[place + 1 : place + 2]
    free_before = not before or before.isspace()
    if behind.isalnum() and (free_before or before in "([—–'’"):
        return True
    if not free_before and (not behind or behind.isspace() or behind in ".,;:!?…)]"):
        return False
    return None


def _is_inch(text: str, place: int) -> bool:
    return text[place] == '"' and text[place - 1 : place].isdigit() and text.count('"') == 1


def _behind_spaces(text: str, place: int) -> int:
    while place < len(text) and text[place] in f" {NO_BREAK_SPACE}{NARROW_NO_BREAK_SPACE}":
        place += 1
    return place


def _before_spaces(text: str, place: int) -> int:
    while place > 0 and text[place - 1] in f" {NO_BREAK_SPACE}{NARROW_NO_BREAK_SPACE}":
        place -= 1
    return place


def _apostrophes(text: str, source: str, code: str) -> list[Edit]:
    typographic = any(mark in source for mark in "’“”«»–—…")
    if code not in _ELIDING or not typographic:
        return []
    return [Edit(match.start(), match.end(), "’") for match in _APOSTROPHE.finditer(text)]


def _dashes(text: str, source: str) -> list[Edit]:
    """The source's own dash where the model wrote a hyphen between spaces or twice."""
    dash = _DASH.search(source)
    if dash is None or _SPACED_HYPHEN.search(source):
        return []
    return [
        Edit(match.start(), match.end(), dash.group()) for match in _SPACED_HYPHEN.finditer(text)
    ]


def _ellipses(text: str, source: str) -> list[Edit]:
    if "…" not in source or "..." in source:
        return []
    return [Edit(match.start(), match.end(), "…") for match in _THREE_DOTS.finditer(text)]


def _french_spaces(text: str) -> list[Edit]:
    """No-break spaces before ; ! ? : and between a number and % or €."""
    edits: list[Edit] = []
    for pattern, space in (
        (_FRENCH_HIGH, NARROW_NO_BREAK_SPACE),
        (_FRENCH_COLON, NO_BREAK_SPACE),
        (_FRENCH_UNIT, NO_BREAK_SPACE),
    ):
        edits.extend(Edit(match.start(), match.end(), space) for match in pattern.finditer(text))
    return edits
