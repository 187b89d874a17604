"""Cut a piece of text into smaller ones: a caption and its credit, a dateline and its story."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from dragoman.formats.html.inline import Inline
from dragoman.formats.html.stretch import Bit, Stretch

_UNIT = re.compile(r"&(?:#[xX]?[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?|[\s\S]")
"""What becomes one character (or, for a few references, two)."""
_CHARACTER = re.compile(r"\S")


def narrow(stretch: Stretch, source: str, inline: Inline, start: int, end: int) -> Stretch | None:
    """The part of ``stretch`` that reads as ``inline.text[start:end]``.

    None where an edge lies in a kept element, which has no parts. Places are found by counting
    visible characters, because white space was collapsed.
    """
    text = inline.text
    first = _locate(inline, start + len(text[start:end]) - len(text[start:end].lstrip()))
    last = _locate(inline, len(text[:end].rstrip()) - 1)
    if first is None or last is None:
        return None
    to_end = not text[end:].strip()
    bits = []
    for bit in stretch.bits:
        if first[0] <= bit.number and (bit.number <= last[0] or to_end):
            head = first[1] if bit.number == first[0] else 0
            tail = last[1] + 1 if bit.number == last[0] and not to_end else None
            bits.append(_part(bit, source, head, tail) if head or tail is not None else bit)
    return replace(stretch, bits=tuple(bits))


def _locate(inline: Inline, offset: int) -> tuple[int, int] | None:
    """Token number, and how many visible characters of the token come before ``offset``."""
    for number, start, end in inline.words:
        if start <= offset < end:
            return number, _visible(inline.text[start:offset])
    return None


def _visible(text: str) -> int:
    return len("".join(text.split()))


def _part(bit: Bit, source: str, head: int, tail: int | None) -> Bit:
    """The bit without its first ``head`` visible characters, and ending behind ``tail`` of them."""
    token, text = bit.token, bit.text or ""
    written = source[token.start : token.end]
    start, text_start = (_end_of(written, head, _UNIT), _end_of(text, head, _CHARACTER))
    end, text_end = len(written), len(text)
    if tail is not None:
        end, text_end = _end_of(written, tail, _UNIT), _end_of(text, tail, _CHARACTER)
    return bit._replace(
        token=token._replace(start=token.start + start, end=token.start + end),
        text=text[text_start:text_end],
    )


def _end_of(text: str, count: int, unit: re.Pattern[str]) -> int:
    """Where the visible character number ``count`` ends; 0 for none of them."""
    if count <= 0:
        return 0
    for match in unit.finditer(text):
        count -= _visible(html.unescape(match[0]) if len(match[0]) > 1 else match[0])
        if count <= 0:
            return match.end()
    return len(text)
