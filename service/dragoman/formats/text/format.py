"""The format ``text``."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from dragoman.article import Article, Block, BlockKind, TranslatedBlock
from dragoman.errors import InputTooLarge
from dragoman.formats.base import ParseLimits
from dragoman.formats.decoding import read, scrub
from dragoman.formats.text.classify import Part, classify, classify_as
from dragoman.formats.text.lines import Shape, Unit, split_units

_LINES_PER_NODE = 4
_BREAKS = re.compile(r"[ \t]*[\r\n\x0b\x0c\x85\u2028\u2029]+[ \t]*")


@dataclass(frozen=True, slots=True)
class Wrap:
    """How a text of several lines was laid out: columns, line ending, start of each next line."""

    width: int
    ending: str
    prefix: str
    first_column: int


@dataclass(frozen=True, slots=True)
class Span:
    """``source[start:end]`` is the block's text; ``wrap`` when it stood on several lines."""

    start: int
    end: int
    wrap: Wrap | None = None


@dataclass(frozen=True, slots=True)
class TextSkeleton:
    """The whole source and the places of the blocks in it, in document order."""

    source: str
    spans: Mapping[str, Span]


class TextFormat:
    """Plain text: articles, wire stories, and pages that were saved as text.

    Only the text of blocks is replaced; line endings, blank lines, indentation, bullets, rules and
    the dash behind a dateline stay as they are. Paragraphs that were wrapped are wrapped again.
    """

    name = "text"

    def parse(self, data: bytes, limits: ParseLimits) -> Article:
        """See ``Format.parse``; over ``limits.max_nodes`` blocks is InputTooLarge."""
        source, encoding = read(data, limits)
        return parse_text(source, limits, meta={"encoding": encoding})

    def render(self, article: Article, blocks: Mapping[str, TranslatedBlock], target: str) -> bytes:
        """See ``Format.render``; ``target`` cannot be declared in plain text."""
        texts = {key: block.text for key, block in blocks.items()}
        return scrub(render_text(article, texts)).encode("utf-8")


def parse_text(
    source: str,
    limits: ParseLimits,
    *,
    meta: Mapping[str, str] | None = None,
    body_only: bool = False,
    kind: BlockKind | None = None,
) -> Article:
    """Parse text that is decoded already and holds no lone surrogates.

    For fields of a record: with ``body_only`` no headline and no furniture is looked for; with
    ``kind`` everything is of that kind, but for the credit of a caption.
    """
    _check(source.count("\n") + source.count("\r"), "lines", _LINES_PER_NODE * limits.max_nodes)
    units = split_units(source)
    _check(len(units), "paragraphs", limits.max_nodes)
    blocks: list[Block] = []
    spans: dict[str, Span] = {}
    parts = classify_as(units, kind) if kind else classify(units, body_only=body_only)
    for part in _cells(units, parts):
        unit = units[part.unit]
        block = Block(f"b{len(blocks) + 1}", part.kind, unit.text[part.start : part.end])
        blocks.append(block)
        spans[block.id] = _span(source, unit, part)
    return Article(None, tuple(blocks), TextSkeleton(source, spans), dict(meta or {}))


def _check(count: int, what: str, most: int) -> None:
    if count > most:
        raise InputTooLarge(
            f"The text has {count} {what}; at most {most} are accepted.", hint="Send it in parts."
        )


def render_text(article: Article, texts: Mapping[str, str]) -> str:
    """The source with the blocks in ``texts`` (id to text) replaced."""
    skeleton: TextSkeleton = article.skeleton
    out: list[str] = []
    at = 0
    for block in article.blocks:
        text = texts.get(block.id)
        if text is None or text == block.text:
            continue
        span = skeleton.spans[block.id]
        out += [skeleton.source[at : span.start], _lay(text, span.wrap)]
        at = span.end
    return "".join([*out, skeleton.source[at:]])


def _cells(units: list[Unit], parts: list[Part]) -> list[Part]:
    """Rows between tabs become one part for each cell that has text."""
    out: list[Part] = []
    for part in parts:
        if units[part.unit].shape is not Shape.ROW or part.kind is not BlockKind.TABLE_CELL:
            out.append(part)
            continue
        for cell in re.finditer(r"[^\t]+", units[part.unit].text):
            text = cell.group()
            start = cell.start() + len(text) - len(text.lstrip())
            if text.strip():
                out.append(Part(part.unit, part.kind, start, start + len(text.strip())))
    return out


def _span(source: str, unit: Unit, part: Part) -> Span:
    start, end = unit.source(part.start), unit.source_end(part.end)
    if not re.search(r"[\r\n]", source[start:end]):
        return Span(start, end)
    first, second = unit.lines[0], unit.lines[1]
    width = max(line.end - line.start for line in unit.lines)
    column = start - max(source.rfind("\n", 0, start), source.rfind("\r", 0, start)) - 1
    content = source[second.body : second.end]
    prefix = source[second.start : second.end - len(content.lstrip())]
    return Span(start, end, Wrap(width, first.ending, prefix, column))


def _lay(text: str, wrap: Wrap | None) -> str:
    """Put ``text`` into its place: on one line, or wrapped as the source was."""
    flat = _BREAKS.sub(" ", text)
    if wrap is None:
        return flat
    lines = textwrap.wrap(
        flat,
        width=max(wrap.width, len(wrap.prefix) + 20),
        initial_indent=" " * wrap.first_column,
        subsequent_indent=wrap.prefix,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
        drop_whitespace=True,
    )
    return wrap.ending.join(lines)[wrap.first_column :] if lines else flat
