"""Kinds of blocks that Markdown has no sign for: headline, standfirst, byline, caption."""

from __future__ import annotations

from dragoman.article import BlockKind, MarkKind
from dragoman.formats.markdown.blocks import Found
from dragoman.formats.markdown.inline import Inline
from dragoman.formats.text.credits import find_credit
from dragoman.formats.text.signatures import find_dateline, is_byline
from dragoman.formats.text.words import count_words

_OPENING = frozenset({BlockKind.HEADLINE, BlockKind.STANDFIRST, BlockKind.BYLINE})


class Roles:
    """Remembers what came before, in one document."""

    def __init__(self) -> None:
        self._headline = False
        self._story = False
        self._last: BlockKind | None = None
        self._image = False
        self._told = False

    def kind(self, found: Found, inline: Inline) -> BlockKind:
        """The kind of a block that follows those asked about before."""
        kind = self._kind(found, inline)
        image = any(tag.opening.startswith("![") or "[![" in tag.opening for tag in inline.tags)
        self._image = image and not inline.text.strip()
        if inline.text.strip():
            self._last = kind
            self._story = self._story or kind is BlockKind.PARAGRAPH
        return kind

    def parts(self, kind: BlockKind, inline: Inline) -> list[tuple[BlockKind, int, int]]:
        """The block's text in parts of different kinds: a dateline or a credit is its own."""
        text = inline.text
        if kind is BlockKind.CAPTION and (credit := find_credit(text)):
            return [(kind, 0, credit.before), (BlockKind.CREDIT, credit.start, credit.end)]
        if kind is BlockKind.PARAGRAPH and not self._told and (dateline := find_dateline(text)):
            return [(BlockKind.DATELINE, 0, dateline[0]), (kind, dateline[1], len(text))]
        self._told = self._told or kind is BlockKind.PARAGRAPH
        return [(kind, 0, len(text))]

    def _kind(self, found: Found, inline: Inline) -> BlockKind:
        if found.level == 1 and not self._headline:
            self._headline = True
            return BlockKind.HEADLINE
        if found.kind is not BlockKind.PARAGRAPH:
            return found.kind
        emphasised = _is_emphasised(inline)
        has_image = any(tag.opening.startswith("![") for tag in inline.tags)
        if emphasised and (self._image or has_image):
            return BlockKind.CAPTION
        if self._last in _OPENING and not self._story:
            if is_byline(inline.text):
                return BlockKind.BYLINE
            if emphasised and self._last is not BlockKind.STANDFIRST:
                return BlockKind.STANDFIRST if count_words(inline.text) >= 4 else found.kind
        return found.kind


def _is_emphasised(inline: Inline) -> bool:
    """Whether all of the text stands under one emphasis."""
    lead = len(inline.text) - len(inline.text.lstrip())
    end = len(inline.text.rstrip())
    return any(
        mark.kind is MarkKind.WRAP
        and inline.tags[mark.ref].html
        and mark.start <= lead
        and mark.end >= end > 0
        for mark in inline.marks
    )
