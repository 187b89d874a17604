"""The values that flow through Dragoman, from an article's bytes to its translation.

Everything here is frozen, slotted, picklable and without behaviour beyond its invariants.
All offsets count Unicode code points (Python string indices), never bytes or UTF-16 units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

UNDETERMINED = "und"
"""ISO 639-2 code for a language that could not be determined."""


class BlockKind(StrEnum):
    """What a block is on the page; it decides how the block is translated."""

    HEADLINE = "headline"
    STANDFIRST = "standfirst"
    BYLINE = "byline"
    DATELINE = "dateline"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    QUOTE = "quote"
    LIST_ITEM = "list_item"
    TABLE_CELL = "table_cell"
    CAPTION = "caption"
    CREDIT = "credit"
    ALT_TEXT = "alt_text"
    TITLE = "title"
    DESCRIPTION = "description"
    CODE = "code"
    LABEL = "label"

    @property
    def translated(self) -> bool:
        """False for names and page furniture, which are copied as they stand."""
        return self not in _COPIED_KINDS

    @property
    def is_headline_like(self) -> bool:
        """True where headline capitals are used, so case must be learnt before translating."""
        return self in _HEADLINE_KINDS


_COPIED_KINDS = frozenset(
    {BlockKind.BYLINE, BlockKind.DATELINE, BlockKind.CREDIT, BlockKind.CODE, BlockKind.LABEL}
)
_HEADLINE_KINDS = frozenset({BlockKind.HEADLINE, BlockKind.HEADING, BlockKind.TITLE})


class MarkKind(StrEnum):
    """How a mark behaves when the text under it is translated."""

    WRAP = "wrap"
    """An element around text (a link, emphasis): follows the words that its words become."""
    POINT = "point"
    """An empty element or comment at one place (a line break, an image): start == end."""
    KEEP = "keep"
    """Text that must come out unchanged (code, ``translate="no"``), with its element if any."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Inline markup over ``text[start:end]`` of one block.

    ``ref`` is an index into the format's own table in the skeleton; no other room reads it.
    Marks of one block are properly nested and listed in document order, outer before inner.
    """

    start: int
    end: int
    kind: MarkKind
    ref: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"mark span {self.start}..{self.end} is not a span")
        if self.kind is MarkKind.POINT and self.start != self.end:
            raise ValueError("a point mark covers no text")


@dataclass(frozen=True, slots=True)
class Block:
    """One typed piece of an article, in reading order. ``id`` is unique in its article."""

    id: str
    kind: BlockKind
    text: str
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if any(mark.end > len(self.text) for mark in self.marks):
            raise ValueError(f"a mark of block {self.id} ends behind its text")


@dataclass(frozen=True, slots=True)
class Article:
    """A parsed article.

    ``language`` is what the document itself declares (``lang``), or None. ``skeleton`` is what
    the format's ``render`` needs and translation never touches. ``meta`` holds what the document
    says about itself (``title``, ``author``, ``date``, ``url``, ``encoding``), all optional.
    """

    language: str | None
    blocks: tuple[Block, ...]
    skeleton: Any = None
    meta: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len({block.id for block in self.blocks}) != len(self.blocks):
            raise ValueError("block ids must be unique")


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence: ``block.text[start:end] == text``.

    The segments of a block tile it: joining their texts gives the block back, white space
    included, so nothing has to be searched for later.
    """

    block_id: str
    index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class AlignedSpan:
    """``source[source_start:source_end]`` became ``target[target_start:target_end]``."""

    source_start: int
    source_end: int
    target_start: int
    target_end: int


class Origin(StrEnum):
    """Where a translation came from."""

    MODEL = "model"
    MEMORY = "memory"
    HUMAN = "human"
    GLOSSARY = "glossary"
    COPIED = "copied"


class Severity(StrEnum):
    """Whether a finding stops publication (blocking) or only asks for a look (advisory)."""

    BLOCKING = "blocking"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding about one segment. ``code`` is stable; ``message`` is for an editor."""

    code: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Translation:
    """One segment in the target language.

    ``signature`` names route, model digests and options: without one it is not a result.
    ``alignment`` is relative to the segment's text; empty when the engine gave none.
    """

    text: str
    origin: Origin
    signature: str
    flags: tuple[Flag, ...] = ()
    alignment: tuple[AlignedSpan, ...] = ()

    def __post_init__(self) -> None:
        if not self.signature:
            raise ValueError("a translation without a signature is not a result")


@dataclass(frozen=True, slots=True)
class TranslatedBlock:
    """A block in the target language, with the segments it was made from.

    ``text`` is the block's whole target text and ``marks`` are the block's marks at their places
    in it (same ``ref``). ``segments`` and ``translations`` have equal length.
    """

    block: Block
    text: str
    marks: tuple[Mark, ...]
    segments: tuple[Segment, ...]
    translations: tuple[Translation, ...]


@dataclass(frozen=True, slots=True)
class LanguagePair:
    """BCP 47 codes, lower-case language subtag first, such as ``en`` and ``pt-BR``."""

    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.source}-{self.target}"


@dataclass(frozen=True, slots=True)
class Step:
    """One hop of a route: the model that translates ``pair``, and its ``>>xxx<<`` token if any."""

    pair: LanguagePair
    model_id: str
    target_token: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """The models a translation passes through: one step when direct, two through a pivot."""

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a route has at least one step")
        for first, second in zip(self.steps, self.steps[1:], strict=False):
            if first.pair.target != second.pair.source:
                raise ValueError("each step of a route starts where the last one ended")

    @property
    def pair(self) -> LanguagePair:
        return LanguagePair(self.steps[0].pair.source, self.steps[-1].pair.target)


@dataclass(frozen=True, slots=True)
class Summary:
    """A headline and summary sentences in the target language; ``method`` says how made."""

    headline: str
    sentences: tuple[str, ...]
    method: str
    signature: str


@dataclass(frozen=True, slots=True)
class SegmentFlag:
    """A flag with the place it was found at."""

    block_id: str
    segment: int
    flag: Flag


@dataclass(frozen=True, slots=True)
class Report:
    """What happened to an article: counts by name, findings, timings in milliseconds."""

    counts: Mapping[str, int]
    flags: tuple[SegmentFlag, ...]
    timings_ms: Mapping[str, float]
    publishable: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchPolicy:
    """How the scheduler fills batches. Tokens are padded source tokens."""

    max_batch_tokens: int = 1024
    max_batch_segments: int = 16
    max_wait_ms: float = 2.0
    max_queued_tokens: int = 200_000
