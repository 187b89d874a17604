"""The lead: the first sentences of an article, which news writing puts the news into.

Lead-3 is the baseline that summarisers of news are measured against (Nenkova 2005, "Automatic
text summarization of newswire"); it needs no model and adds nothing that the article lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dragoman.article import Block, BlockKind, Segment

METHOD = "lead"

_LEAD_KINDS = (BlockKind.STANDFIRST, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE)
_MIN_CHARACTERS = 25
"""Shorter pieces are labels and interjections, not sentences that tell something."""


class SentenceRef(NamedTuple):
    """The place of a sentence: index of its block in the article, index of its segment."""

    block: int
    segment: int


def choose_lead(
    blocks: Sequence[tuple[Block, Sequence[Segment]]], sentences: int = 3
) -> tuple[SentenceRef, ...]:
    """The first ``sentences`` sentences of paragraphs, in reading order.

    The standfirst counts as a sentence of the lead. Falls back on whatever text there is when no
    paragraph has a sentence of useful length.
    """
    found = [
        SentenceRef(number, segment.index)
        for number, (block, segments) in enumerate(blocks)
        if block.kind in _LEAD_KINDS
        for segment in segments
        if len(segment.text.strip()) >= _MIN_CHARACTERS
    ]
    if not found:
        found = [
            SentenceRef(number, segment.index)
            for number, (block, segments) in enumerate(blocks)
            if block.kind.translated and block.kind is not BlockKind.HEADLINE
            for segment in segments
            if segment.text.strip()
        ]
    return tuple(found[:sentences])
