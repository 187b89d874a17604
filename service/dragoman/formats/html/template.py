"""The skeleton of an HTML article: the source as it was, with slots where text is replaced.

Rendering is concatenation. What is no slot comes out as it was written, byte for byte; text in a
slot is escaped exactly once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.article import Mark, TranslatedBlock
from dragoman.formats.decoding import scrub
from dragoman.formats.html.language import declare_language
from dragoman.formats.html.placing import Tag, place

_SPECIAL = re.compile(r"[&<>\r]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one block: its source, what its text was, and its inline markup.

    ``marks[i]`` and ``tags[i]`` belong together; ``Mark.ref`` is that index.
    """

    block_id: str
    source: str
    text: str
    marks: tuple[Mark, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A start tag whose ``lang`` and ``dir`` speak for translated text.

    On the root element they are added where they are missing; a root without source is one that
    the document leaves out.
    """

    source: str
    root: bool


Part = str | Slot | Declaration


@dataclass(frozen=True, slots=True)
class Template:
    """Parts in document order; joined in their source form they are the document."""

    parts: tuple[Part, ...]

    def render(self, blocks: Mapping[str, TranslatedBlock], target: str) -> str:
        """The document with the blocks' text; without any block, the document as it was."""
        return "".join(_render(part, blocks, target) for part in self.parts)


def escape(text: str) -> str:
    """Text as HTML text: it can neither open a tag nor become a character reference."""
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], scrub(text))


def _render(part: Part, blocks: Mapping[str, TranslatedBlock], target: str) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Declaration):
        tag = part.source or "<html>"
        return declare_language(tag, target, part.root) if blocks else part.source
    block = blocks.get(part.block_id)
    if block is None or block.text == part.text:
        return part.source
    tags = [
        replace(tag, opening=declare_language(tag.opening, target, False)) if tag.declares else tag
        for tag in part.tags
    ]
    return fill(part, tags, block.text, block.marks)


def fill(slot: Slot, tags: Sequence[Tag], text: str, marks: Sequence[Mark]) -> str:
    """``text`` with ``tags``, which are the slot's, where ``marks`` say, each tag exactly once."""
    output: list[str] = []
    written = 0
    for edge in place(slot.text, slot.marks, tags, text, marks):
        output.append(escape(text[written : edge.offset]))
        output.append(edge.markup)
        written = max(written, edge.resume)
    output.append(escape(text[written:]))
    return "".join(output)
