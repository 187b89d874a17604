"""One article in one target language, as docs/api.md writes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from dragoman.api.schemas.base import Direction, FlagInfo, ModelInfo, Shape, direction
from dragoman.article import (
    Block,
    BlockKind,
    Flag,
    Origin,
    Report,
    Segment,
    Summary,
    TranslatedBlock,
    Translation,
)
from dragoman.langid import language_name
from dragoman.pipeline.values import ModelUse, SourceLanguage, TranslatedArticle


class SourceInfo(Shape):
    """The article's language and how it was found."""

    language: str = Field(examples=["en"])
    name: str = Field(examples=["English"])
    confidence: float = Field(ge=0, le=1)
    found_by: Literal["request", "content", "document"]

    @classmethod
    def of(cls, source: SourceLanguage) -> SourceInfo:
        return cls(
            language=source.language,
            name=language_name(source.language),
            confidence=round(source.confidence, 4),
            found_by=source.found_by,
        )


class SourceBlock(Shape):
    """A block before it is translated, as the stream's `article` event names it."""

    id: str
    kind: BlockKind
    source: str

    @classmethod
    def of(cls, block: Block) -> SourceBlock:
        return cls(id=block.id, kind=block.kind, source=block.text)


class SegmentTranslation(Shape):
    """A sentence and its translation. Offsets count code points of the block's two texts."""

    index: int
    start: int
    end: int
    source: str
    translation_start: int
    translation_end: int
    translation: str
    origin: Origin
    flags: list[FlagInfo]

    @classmethod
    def of(cls, segment: Segment, translation: Translation, start: int) -> SegmentTranslation:
        """``start`` is where this segment's translation starts in the block's translation."""
        return cls(
            index=segment.index,
            start=segment.start,
            end=segment.end,
            source=segment.text,
            translation_start=start,
            translation_end=start + len(translation.text),
            translation=translation.text,
            origin=translation.origin,
            flags=[flag_info(flag) for flag in translation.flags],
        )


class BlockTranslation(Shape):
    """A block and its translation. Its segments tile both texts."""

    id: str
    kind: BlockKind
    source: str
    translation: str
    translated: bool = Field(description="False when the whole block was kept as it stands.")
    segments: list[SegmentTranslation]

    @classmethod
    def of(cls, block: TranslatedBlock) -> BlockTranslation:
        segments = []
        start = 0
        for segment, translation in zip(block.segments, block.translations, strict=True):
            segments.append(SegmentTranslation.of(segment, translation, start))
            start += len(translation.text)
        return cls(
            id=block.block.id,
            kind=block.block.kind,
            source=block.block.text,
            translation=block.text,
            translated=any(item.origin is not Origin.COPIED for item in block.translations),
            segments=segments,
        )


class SummaryInfo(Shape):
    """Headline and summary sentences in the target language."""

    headline: str
    sentences: list[str]
    method: str = Field(examples=["lead"])
    signature: str

    @classmethod
    def of(cls, summary: Summary) -> SummaryInfo:
        return cls(
            headline=summary.headline,
            sentences=list(summary.sentences),
            method=summary.method,
            signature=summary.signature,
        )


class PlacedFlag(FlagInfo):
    """A finding and its place."""

    block: str
    segment: int


class ReportInfo(Shape):
    """What an editor needs to know before publishing."""

    publishable: bool
    reasons: list[str]
    counts: dict[str, int]
    flags: list[PlacedFlag]

    @classmethod
    def of(cls, report: Report) -> ReportInfo:
        return cls(
            publishable=report.publishable,
            reasons=list(report.reasons),
            counts=dict(report.counts),
            flags=[
                PlacedFlag(
                    block=found.block_id,
                    segment=found.segment,
                    **flag_info(found.flag).model_dump(),
                )
                for found in report.flags
            ],
        )


class ArticleTranslation(Shape):
    """One article in one target language. It stands on its own: it names what made it."""

    target: str
    dir: Direction
    headline: str | None
    standfirst: str | None
    summary: SummaryInfo | None
    blocks: list[BlockTranslation]
    document: str | None = Field(description="The input's document, translated; null for fields.")
    fields: dict[str, Any] | None = Field(description="The input's fields, translated.")
    report: ReportInfo
    models: list[ModelInfo]
    signature: str

    @classmethod
    def of(cls, article: TranslatedArticle) -> ArticleTranslation:
        document = article.document.decode("utf-8")
        is_record = article.format == "fields"
        return cls(
            target=article.target,
            dir=direction(article.target),
            headline=article.headline,
            standfirst=article.standfirst,
            summary=SummaryInfo.of(article.summary) if article.summary else None,
            blocks=[BlockTranslation.of(block) for block in article.blocks],
            document=None if is_record else document,
            fields=json.loads(document) if is_record else None,
            report=ReportInfo.of(article.report),
            models=model_infos(article.models),
            signature=article.signature,
        )


class ArticleAnswer(Shape):
    """The answer of POST /v1/articles/translate."""

    request_id: str
    input: str = Field(examples=["text"])
    source: SourceInfo
    translations: list[ArticleTranslation]
    timings_ms: dict[str, float]


def flag_info(flag: Flag) -> FlagInfo:
    return FlagInfo(code=flag.code, severity=flag.severity.value, message=flag.message)


def model_infos(models: Sequence[ModelUse]) -> list[ModelInfo]:
    return [
        ModelInfo(
            id=model.id,
            digest=f"sha256:{model.digest}",
            source=model.source,
            target=model.target,
        )
        for model in models
    ]
