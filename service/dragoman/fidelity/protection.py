"""What must come out as it went in: addresses, placeholders, signs, and what the page marks so.

The last repair of a segment translates the pieces between these things on their own and joins
them: clumsier than a whole sentence, but nothing of them can be lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Span = tuple[int, int]

URL = r"(?:https?://|www\.)[^\s<>\"«»“”]+[^\s<>\"«»“”.,;:!?)\]}'’]"
EMAIL = r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
HANDLE = r"(?<![\w@])@\w[\w.]*\w"
HASHTAG = r"(?<![\w#&])#\w*[^\W\d_]\w*"
PLACEHOLDER = (
    r"\{\{[^{}]*\}\}|\$?\{[\w.$:-]*\}"  # {{name}}, {name}, ${name}, {}
    r"|%\([\w.]+\)[a-z]|%\d+\$[a-z]|%[sdifu](?![\w])"  # %(name)s, %1$s, %s
)
_ATTRIBUTE = r"\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'|[^\s\]]+)"
SHORTCODE = (  # [gallery ids="1,2"], [/caption], [b]…[/b]; but not the "[he]" of a quotation
    rf"\[[a-z][\w-]*(?:{_ATTRIBUTE})+\s*/?\]|\[/[a-z][\w-]*\]|\[[a-z][\w-]*\s*/\]"
    r"|\[(?:gallery|caption|embed|video|audio|playlist)\]"
    r"|\[(?P<tag>[a-z][\w-]*)\](?=.{0,2000}?\[/(?P=tag)\])"
)

ADDRESSES = re.compile("|".join((URL, EMAIL, HANDLE, HASHTAG)))
PLACEHOLDERS = re.compile("|".join((PLACEHOLDER, SHORTCODE)))

# A word with a sign in it, with the number it belongs to: "€12.50", "12 %", "R&D", "#3".
_SIGNED = re.compile(
    r"[€£$¥₹₽]\s?\d[\d.,\u00a0\u202f]{0,30}\d|[€£$¥₹₽]\s?\d"
    r"|\d[\d.,\u00a0\u202f]{0,30}\s?[%‰€£$¥₹₽]"
    r"|\w+&\w+|[#@&{}\[\]|\\_^~<>*=+]+\d*"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text with the white space around it. ``kept`` parts are not translated."""

    before: str
    text: str
    after: str
    kept: bool


def find_protected(text: str, kept: Iterable[Span] = (), *, signs: bool = True) -> list[Span]:
    """Spans that must come out unchanged, in order, not overlapping, none of them empty."""
    found = list(kept)
    patterns = (ADDRESSES, PLACEHOLDERS, _SIGNED) if signs else (ADDRESSES, PLACEHOLDERS)
    for pattern in patterns:
        found.extend(match.span() for match in pattern.finditer(text))
    return merged(found)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same places as sorted spans that do not overlap; empty ones are left out."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return found


def pieces(text: str, spans: Sequence[Span]) -> list[Piece]:
    """Cut ``text`` at ``spans`` into kept and translatable parts; joined, they give it back."""
    parts = []
    position = 0
    for start, end in [*spans, (len(text), len(text))]:
        if position < start:
            parts.append(_piece(text[position:start], kept=False))
        if start < end:
            parts.append(_piece(text[start:end], kept=True))
        position = end
    return parts


def join_pieces(parts: Sequence[Piece], translate: Callable[[Piece], str]) -> str:
    """Join the parts, each translatable one replaced by ``translate(part)``."""
    return "".join(
        part.before
        + (part.text if part.kept else _as_part(part.text, translate(part)))
        + part.after
        for part in parts
    )


def _piece(text: str, *, kept: bool) -> Piece:
    core = text.strip()
    if not core:
        return Piece(text, "", "", kept=True)
    start = text.index(core)
    return Piece(text[:start], core, text[start + len(core) :], kept)


def _as_part(source: str, translation: str) -> str:
    """A model makes a sentence of every fragment; undo its capital and its full stop."""
    if not translation:
        return source
    if translation[-1] in ".。" and source[-1] not in ".。!?…":
        translation = translation[:-1]
    if source[0].islower() and translation[:1].isupper() and not translation[1:2].isupper():
        translation = translation[0].lower() + translation[1:]
    return translation
