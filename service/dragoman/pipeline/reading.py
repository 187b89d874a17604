"""From bytes to an article whose language is known and whose blocks are in segments."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from dragoman.article import (
    UNDETERMINED,
    Article,
    Block,
    BlockKind,
    Flag,
    MarkKind,
    Segment,
    Severity,
)
from dragoman.errors import EmptyInput, InputTooLarge, LanguageUndetermined
from dragoman.fidelity.casing import CaseModel
from dragoman.fidelity.protection import Span, merged
from dragoman.formats.base import ParseLimits
from dragoman.langid import LanguageIdentifier, language_name, primary_subtag
from dragoman.pipeline.jobs import Job
from dragoman.pipeline.values import SourceLanguage
from dragoman.segmentation import split

Parse = Callable[[str, bytes, ParseLimits], Article]
"""Port: format name, bytes and limits to an article; blocking, ends by itself."""

_FOREIGN_CHARACTERS = 80
_FOREIGN_CONFIDENCE = 0.99
"""Only a block that is long and clear is taken for another language than its article's."""

_MIN_BODY_CHARACTERS = 200
"""A body shorter than this is identified together with its headline."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    parse: ParseLimits = ParseLimits()
    max_characters: int = 200_000


@dataclass(frozen=True, slots=True)
class SegmentedBlock:
    """``foreign`` is the block's language where that is surely not the article's."""

    block: Block
    segments: tuple[Segment, ...]
    foreign: str | None = None

    def jobs(self, target: str) -> list[Job]:
        """How each segment of this block is to be treated; linear in segments and marks."""
        flags = self._flags(target)
        kept = merged((m.start, m.end) for m in self.block.marks if m.kind is MarkKind.KEEP)
        edges = sorted(
            {
                edge
                for m in self.block.marks
                if m.kind is not MarkKind.KEEP
                for edge in (m.start, m.end)
            }
        )
        return [
            Job(
                segment,
                headline=self.block.kind.is_headline_like,
                copied=self.foreign is not None or not self.block.kind.translated,
                flags=flags,
                aligned=_any_inside(segment, edges),
                kept=_within(segment, kept),
            )
            for segment in self.segments
        ]

    def _flags(self, target: str) -> tuple[Flag, ...]:
        """A block that is in the target language already is right as it is."""
        if self.foreign is None or self.foreign == primary_subtag(target):
            return ()
        name = language_name(self.foreign)
        message = f"This is in {name}, not in the article's language, and was kept."
        return (Flag("foreign", Severity.ADVISORY, message),)


def _any_inside(segment: Segment, edges: Sequence[int]) -> bool:
    """Whether a mark begins or ends within the words of the segment, not at its edges."""
    text = segment.text
    first = segment.start + len(text) - len(text.lstrip())
    last = segment.start + len(text.rstrip())
    return bisect_right(edges, first) < bisect_left(edges, last)


def _within(segment: Segment, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The parts of sorted, disjoint ``spans`` that lie in the segment, in its own offsets."""
    nearest = bisect_right(spans, (segment.start,))
    begin = max(0, nearest - 1)
    end = bisect_left(spans, (segment.end,))
    return tuple(
        (max(start, segment.start) - segment.start, min(stop, segment.end) - segment.start)
        for start, stop in spans[begin:end]
        if stop > segment.start
    )


class Reader:
    """Reads articles: parse, identify, split, learn case. All methods block."""

    def __init__(self, parse: Parse, identifier: LanguageIdentifier, limits: ReadingLimits) -> None:
        self._parse = parse
        self._identifier = identifier
        self._limits = limits

    def parse(self, format_name: str, data: bytes) -> Article:
        """Raises InputError or ExtractionTimeout."""
        article = self._parse(format_name, data, self._limits.parse)
        if not any(block.text.strip() for block in article.blocks):
            raise EmptyInput(
                "There is no text in this article.", hint="Send at least one sentence."
            )
        characters = sum(len(block.text) for block in article.blocks)
        if characters > self._limits.max_characters:
            raise InputTooLarge(
                f"The article has {characters:,} characters; "
                f"at most {self._limits.max_characters:,} are accepted.",
                hint="Send it in parts, or raise max_characters.",
            )
        return article

    def identify(
        self, article: Article, given: str | None, installed: Collection[str]
    ) -> SourceLanguage:
        """The caller's word, else what the content says. Raises LanguageUndetermined."""
        if given is not None:
            return SourceLanguage(given, 1.0, "request")
        found = self._identifier.identify(
            _evidence(article),
            hints=(article.language,) if article.language else (),
            installed=installed,
        )
        if found.language == UNDETERMINED:
            raise LanguageUndetermined(
                "The language of this article could not be determined.",
                hint="Say it: `--from` on the command line, `source` in a request.",
            )
        declared = article.language is not None and primary_subtag(
            article.language
        ) == primary_subtag(found.language)
        by_document = declared and not found.reliable
        return SourceLanguage(
            found.language, found.confidence, "document" if by_document else "content"
        )

    def segment(self, article: Article, language: str) -> tuple[SegmentedBlock, ...]:
        """Blocks that are copied stay whole."""
        return tuple(
            SegmentedBlock(block, split(block, language), self._foreign(block, language))
            if block.kind.translated
            else SegmentedBlock(block, (_whole(block),))
            for block in article.blocks
        )

    def _foreign(self, block: Block, language: str) -> str | None:
        """The language of a block that is surely in another one than the article: a quotation."""
        if len(block.text) < _FOREIGN_CHARACTERS:
            return None
        found = self._identifier.identify(block.text, installed=(language,))
        other = primary_subtag(found.language)
        if found.confidence < _FOREIGN_CONFIDENCE or other == primary_subtag(language):
            return None
        return None if other == UNDETERMINED else other

    def learn_case(self, article: Article, language: str) -> CaseModel:
        return CaseModel.learn(
            (
                block.text
                for block in article.blocks
                if block.kind.translated and not block.kind.is_headline_like
            ),
            language,
        )


def _whole(block: Block) -> Segment:
    return Segment(block.id, 0, 0, len(block.text), block.text)


def _evidence(article: Article) -> str:
    """The body, because headlines are short and full of names; everything if it is short."""
    translated = [block for block in article.blocks if block.kind.translated]
    body = "\n".join(block.text for block in translated if block.kind is not BlockKind.HEADLINE)
    if len(body) >= _MIN_BODY_CHARACTERS:
        return body
    return "\n".join(block.text for block in translated) or "\n".join(
        block.text for block in article.blocks
    )
