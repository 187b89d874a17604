"""The target language's typography on what a model wrote: quotation marks, apostrophes, spaces.

Models write the marks that their training data had, mostly straight ones. The rules are those
of the languages' own references (French: Lexique des règles typographiques en usage à
l'Imprimerie nationale; German: Duden; English: The Chicago Manual of Style).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dragoman.article import AlignedSpan
from dragoman.fidelity.protection import ADDRESSES, PLACEHOLDERS

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
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_FRENCH_HIGH = re.compile(r"(?<=[^\s:;!?(\[«“„\"])[ \u00a0\u202f]?(?=[;!?](?:\s|$|[«»„“”\"'’)\]]))")
_FRENCH_COLON = re.compile(r"(?<=[^\s:;!?«“„\"])[ \u00a0\u202f]?(?=:(?:\s|$|[\"“”„«»]))")
_FRENCH_UNIT = re.compile(r"(?<=\d)[ \u00a0\u202f]?(?=[%€])")


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


class OffsetMap:
    """Where each place of an old text is in a new one, after rounds of replacements."""

    def __init__(self, *rounds: Sequence[_Edit]) -> None:
        self._rounds = [_shifts(edits) for edits in rounds]

    def place(self, offset: int) -> int:
        """The new offset of an old one; inside a replaced part, where its replacement ends."""
        for edits in self._rounds:
            index = bisect_right(edits, (offset, _FAR, _FAR)) - 1
            if index < 0:
                continue
            start, end, shift = edits[index]
            if offset == start < end:
                offset += edits[index - 1][2] if index else 0
            else:
                offset = max(offset, end) + shift
        return offset

    def shift(self, alignment: Iterable[AlignedSpan]) -> tuple[AlignedSpan, ...]:
        """Alignment to the old text as alignment to the new one."""
        return tuple(
            replace(
                span,
                target_start=self.place(span.target_start),
                target_end=max(self.place(span.target_start), self.place(span.target_end)),
            )
            for span in alignment
        )


_FAR = 1 << 60


def _shifts(edits: Sequence[_Edit]) -> list[tuple[int, int, int]]:
    """(old start, old end, how far everything behind it has moved) for each edit."""
    found = []
    shift = 0
    for edit in edits:
        shift += len(edit.text) - (edit.end - edit.start)
        found.append((edit.start, edit.end, shift))
    return found


def restore(text: str, source: str, language: str) -> tuple[str, OffsetMap]:
    """``text`` with the typography of ``language``, and the map of its offsets.

    ``source`` tells what the writer used: typographic apostrophes are only set where the source
    has typographic marks. Letters and digits are never changed; addresses and placeholders are
    not touched. Doing it twice changes nothing more.
    """
    code = language.split("-", maxsplit=1)[0]
    first = _allowed(text, [*_quotes(text, code), *_apostrophes(text, source, code)])
    text = _apply(text, first)
    second = _allowed(text, _french_spaces(text) if code == "fr" else [])
    return _apply(text, second), OffsetMap(first, second)


def _allowed(text: str, edits: Sequence[_Edit]) -> list[_Edit]:
    """Those that change something, outside addresses and placeholders, not overlapping."""
    taken = [
        match.span() for pattern in (ADDRESSES, PLACEHOLDERS) for match in pattern.finditer(text)
    ]
    chosen: list[_Edit] = []
    for edit in sorted(edits, key=lambda one: (one.start, -one.end)):
        changes = text[edit.start : edit.end] != edit.text
        inside = any(
            (edit.start < end and edit.end > start) or start < edit.start < end
            for start, end in taken
        )
        if changes and not inside and (not chosen or edit.start >= chosen[-1].end):
            chosen.append(edit)
    return chosen


def _apply(text: str, edits: Iterable[_Edit]) -> str:
    parts = []
    position = 0
    for edit in edits:
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])


def _quotes(text: str, code: str) -> list[_Edit]:
    """Pair the double quotation marks of any style, in order, and set the target's own.

    An odd number is left alone: guessing which one is missing would move a quotation.
    """
    if code not in QUOTES:
        return []
    found = [match.start() for match in _QUOTE.finditer(text) if not _is_inch(text, match.start())]
    if len(found) % 2:
        return []
    opening, closing = QUOTES[code]
    edits = []
    for first, last in zip(found[::2], found[1::2], strict=True):
        if any(character.isalnum() for character in text[first + 1 : last]):
            edits.append(_Edit(first, _behind_spaces(text, first + 1), opening))
            edits.append(_Edit(_before_spaces(text, last), last + 1, closing))
    return edits


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


def _apostrophes(text: str, source: str, code: str) -> list[_Edit]:
    typographic = any(mark in source for mark in "’“”«»–—…")
    if code not in _ELIDING or not typographic:
        return []
    return [_Edit(match.start(), match.end(), "’") for match in _APOSTROPHE.finditer(text)]


def _french_spaces(text: str) -> list[_Edit]:
    """No-break spaces before ; ! ? : and between a number and % or €."""
    edits: list[_Edit] = []
    for pattern, space in (
        (_FRENCH_HIGH, NARROW_NO_BREAK_SPACE),
        (_FRENCH_COLON, NO_BREAK_SPACE),
        (_FRENCH_UNIT, NO_BREAK_SPACE),
    ):
        edits.extend(_Edit(match.start(), match.end(), space) for match in pattern.finditer(text))
    return edits
