"""The data of the events of a streamed article."""

from __future__ import annotations

from dragoman.api.schemas.articles import (
    ArticleTranslation,
    BlockTranslation,
    SourceBlock,
    SourceInfo,
    SummaryInfo,
)
from dragoman.api.schemas.base import Shape


class ArticleEvent(Shape):
    """First, once: what was read."""

    request_id: str
    input: str
    source: SourceInfo
    targets: list[str]
    blocks: list[SourceBlock]


class BlockEvent(Shape):
    """A block is done."""

    target: str
    block: BlockTranslation


class SummaryEvent(Shape):
    """A target's headline and summary are known."""

    target: str
    summary: SummaryInfo


class DoneEvent(Shape):
    """Last."""

    request_id: str
    timings_ms: dict[str, float]


def report_event(translation: ArticleTranslation) -> str:
    """All of the target's object but its blocks, which came before."""
    return translation.model_dump_json(exclude={"blocks"})
