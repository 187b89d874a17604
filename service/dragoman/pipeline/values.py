"""What goes into the use cases and what comes out of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dragoman.article import (
    Article,
    Block,
    Report,
    Summary,
    TranslatedBlock,
    Translation,
)
from dragoman.inference.translator import Priority


@dataclass(frozen=True, slots=True)
class ArticleRequest:
    """One article for one or several targets.

    ``format`` is a name of ``dragoman.formats.registry``. ``source`` None means: find out.
    ``deadline`` is in seconds of the monotonic clock, None for no limit.
    """

    data: bytes
    format: str
    targets: tuple[str, ...]
    source: str | None = None
    summary: bool = True
    priority: Priority = Priority.INTERACTIVE
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class SourceLanguage:
    """``found_by``: the caller said so, the content shows it, or the document's ``lang`` broke a
    tie. ``confidence`` is 0 to 1."""

    language: str
    confidence: float
    found_by: Literal["request", "content", "document"]


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A model that took part: ``digest`` is sha256 in hex."""

    id: str
    digest: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class TranslatedArticle:
    """One article in one target language. ``document`` is in the input's own ``format``, UTF-8."""

    target: str
    source: SourceLanguage
    article: Article
    blocks: tuple[TranslatedBlock, ...]
    summary: Summary | None
    format: str
    document: bytes
    report: Report
    models: tuple[ModelUse, ...]
    signature: str

    def first(self, kind: str) -> str | None:
        """The translated text of the first block of this kind, or None."""
        return next((block.text for block in self.blocks if block.block.kind == kind), None)

    @property
    def headline(self) -> str | None:
        return self.first("headline")

    @property
    def standfirst(self) -> str | None:
        return self.first("standfirst")

    @property
    def text(self) -> str:
        """The translated blocks, page furniture left out, separated by blank lines."""
        return "\n\n".join(
            block.text.strip()
            for block in self.blocks
            if block.block.kind != "label" and block.text.strip()
        )


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """One plain string. ``source_language`` is und when there was nothing to translate."""

    source_language: str
    source: str
    translation: Translation


@dataclass(frozen=True, slots=True)
class TranslatedTexts:
    """Strings in one target language, in the order they came."""

    target: str
    texts: tuple[TranslatedText, ...]
    models: tuple[ModelUse, ...]


# Events of a streamed article, in the order of docs/api.md.


@dataclass(frozen=True, slots=True)
class ArticleRead:
    source: SourceLanguage
    targets: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class BlockTranslated:
    target: str
    block: TranslatedBlock


@dataclass(frozen=True, slots=True)
class Summarised:
    target: str
    summary: Summary


@dataclass(frozen=True, slots=True)
class TargetTranslated:
    result: TranslatedArticle


@dataclass(frozen=True, slots=True)
class AllTranslated:
    timings_ms: Mapping[str, float] = field(default_factory=dict)


Event = ArticleRead | BlockTranslated | Summarised | TargetTranslated | AllTranslated
