"""Cut a piece of text into smaller ones: a caption and its credit, a dateline and its story."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from dragoman.formats.html.inline import Inline
from dragoman.formats.html.stretch import Bit, Stretch

_UNIT = re.compile(r"&(?:#[xX]?[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?|[\s\S]")
"""What becomes one character (or, for a few references, two)."""


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
    bits = []
    for bit in stretch.bits:
        if first[0] <= bit.number <= last[0]:
            head = first[1] if bit.number == first[0] else 0
            tail = last[1] + 1 if bit.number == last[0] else None
            bits.append(_part(bit, source, head, tail) if head or tail is not None else bit)
    return replace(stretch, bits=tuple(bits))


def _locate(inline: Inline, offset: int) -> tuple[int, int] | None:
    """Token number, and how many visible characters of the token come before ``offset``."""
    for number, start, end in inline.words:
        if start <= offset < end:
            return number, _visible(inline.text[start:offset])
    return None


def _visible(text: str) -> int:
    return sum(1 for character in text if not character.isspace())


def _part(bit: Bit, source: str, head: int, tail: int | None) -> Bit:
    """The bit without its first ``head`` visible characters, and ending behind ``tail`` of them."""
    token, text = bit.token, bit.text or ""
    places = [0, *_ends(source[token.start : token.end])]
    start = places[min(head, len(places) - 1)]
    end = token.end - token.start if tail is None else places[min(tail, len(places) - 1)]
    ends = [0, *(at + 1 for at, character in enumerate(text) if not character.isspace())]
    text_end = len(text) if tail is None else ends[min(tail, len(ends) - 1)]
    return bit._replace(
        token=token._replace(start=token.start + start, end=token.start + end),
        text=text[ends[min(head, len(ends) - 1)] : text_end],
    )


def _ends(source: str) -> list[int]:
    """Where each visible character of a text token's source ends."""
    ends: list[int] = []
    for match in _UNIT.finditer(source):
        ends += [match.end()] * _visible(html.unescape(match[0]))
    return ends
