"""The format ``markdown``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dragoman.article import Article, Block, BlockKind, TranslatedBlock
from dragoman.errors import EmptyInput, InputTooLarge
from dragoman.formats.base import ParseLimits
from dragoman.formats.decoding import read, scrub
from dragoman.formats.markdown.blocks import Found, Frame, Lines, Place, find_blocks
from dragoman.formats.markdown.inline import Inline, Tag, read_inline
from dragoman.formats.markdown.roles import Roles
from dragoman.formats.markdown.spans import MAX_NESTING, make_parser
from dragoman.formats.markdown.writing import Line, write

_FRONT_MATTER = re.compile(
    r"(?:---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)|\+\+\+[ \t]*\r?\n(?P<toml>.*?)^\+\+\+)"
    r"[ \t]*(?:\r?\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_ENTRY = re.compile(r"^([A-Za-z_]+)\s*[:=]\s*[\"']?([^\r\n]*?)[\"']?\s*$", re.MULTILINE)
_META = {"title": "title", "author": "author", "date": "date", "url": "url"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_SIGNS = re.compile(r"[][*_`<&!~\\]")
_SIGNS_PER_NODE = 1
_LINES_PER_NODE = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """A block in the source. An ``ALT`` lies inside the image tag of another block."""

    place: Place
    tags: tuple[Tag, ...] = ()
    frame: Frame = Frame.LINES
    cell: bool = False


@dataclass(frozen=True, slots=True)
class MarkdownSkeleton:
    """The whole source, the blocks' places in it, and its link references."""

    source: str
    spots: Mapping[str, Spot]
    references: Mapping[str, Any]


class MarkdownFormat:
    """CommonMark with tables and strikethrough; prose is translated, everything else stays.

    Front matter, code and HTML blocks are not touched. Only the blocks that changed are written;
    the rest of the file stays byte for byte. A paragraph of several lines becomes one line.
    """

    name = "markdown"

    def parse(self, data: bytes, limits: ParseLimits) -> Article:
        """See ``Format.parse``; too many signs of markup or too deep nesting is InputTooLarge."""
        source, encoding = read(data, limits)
        _check_signs(source, limits)
        meta, language, start = _front_matter(source)
        env: dict[str, Any] = {}
        tokens = make_parser().parse(source[start:], env)
        if any(token.level >= MAX_NESTING - 2 for token in tokens):
            raise InputTooLarge(
                f"The Markdown is nested deeper than {MAX_NESTING} levels.",
                hint="Send it with less nesting.",
            )
        collected = _Collected()
        for found in find_blocks(tokens, Lines(source, start)):
            collected.add(found)
            if len(collected.blocks) > limits.max_nodes:
                raise InputTooLarge(
                    f"The Markdown has more than {limits.max_nodes} blocks.",
                    hint="Send it in parts.",
                )
        if not collected.blocks:
            raise EmptyInput("The Markdown has no text to translate.", hint="Send some prose.")
        skeleton = MarkdownSkeleton(source, collected.spots, dict(env.get("references", {})))
        return Article(language, tuple(collected.blocks), skeleton, {**meta, "encoding": encoding})

    def render(self, article: Article, blocks: Mapping[str, TranslatedBlock], target: str) -> bytes:
        """See ``Format.render``; ``target`` is not declared, front matter is not touched."""
        skeleton: MarkdownSkeleton = article.skeleton
        changed = {
            block.id: blocks[block.id]
            for block in article.blocks
            if block.id in blocks
            and blocks[block.id].text != block.text
            and blocks[block.id].text.strip()
        }
        return scrub(_Rendering(skeleton, changed).render()).encode("utf-8")


class _Collected:
    """Blocks and spots as they are found."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.spots: dict[str, Spot] = {}
        self._roles = Roles()

    def add(self, found: Found) -> None:
        inline = read_inline(found.token.content, found.token.children or [])
        kind = self._roles.kind(found, inline)
        images = [tag for tag in inline.tags if tag.alt]
        if inline.text.strip() and not self._add_parts(found, kind, inline):
            self._append(kind, inline, Spot(found.place, tuple(inline.tags), found.frame))
        for tag in images:
            self._add_alt(found, tag)

    def _add_parts(self, found: Found, kind: BlockKind, inline: Inline) -> bool:
        """Add a dateline or credit as a block of its own; False where there is none to split."""
        kinds = self._roles.parts(kind, inline)
        parts = [(role, inline.part(*_stripped(inline.text, a, b))) for role, a, b in kinds]
        if len(parts) < 2 or not all(part for _, part in parts):
            return False
        for role, part in parts:
            if part:
                start, end, own = part
                spot = Spot(found.place.cut(start, end), tuple(own.tags), Frame.PART)
                self._append(role, own, spot)
        return True

    def _add_alt(self, found: Found, tag: Tag) -> None:
        first, last = tag.alt or (0, 0)
        place = found.place.cut(tag.place + first, tag.place + last)
        spot = Spot(place, (), Frame.ALT, found.frame is Frame.CELL)
        self._append(BlockKind.ALT_TEXT, Inline(tag.text.strip()), spot)

    def _append(self, kind: BlockKind, inline: Inline, spot: Spot) -> None:
        block = Block(f"b{len(self.blocks) + 1}", kind, inline.text, tuple(inline.marks))
        self.blocks.append(block)
        self.spots[block.id] = spot


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


class _Rendering:
    """One document with some blocks replaced."""

    def __init__(self, skeleton: MarkdownSkeleton, changed: Mapping[str, TranslatedBlock]) -> None:
        self._skeleton = skeleton
        self._changed = changed
        self._parser = make_parser()

    def render(self) -> str:
        source = self._skeleton.source
        out: list[str] = []
        at = 0
        for start, end, text in sorted(self._replacements()):
            if start >= at:  # an image's text inside a block that is written anew is in it already
                out += [source[at:start], text]
                at = end
        return "".join([*out, source[at:]])

    def _replacements(self) -> list[tuple[int, int, str]]:
        alts = {
            self._skeleton.spots[name].place.start: self._alt(block.text)
            for name, block in self._changed.items()
            if self._skeleton.spots[name].frame is Frame.ALT
        }
        out: list[tuple[int, int, str]] = []
        for name, block in self._changed.items():
            spot = self._skeleton.spots[name]
            text = (
                alts[spot.place.start]
                if spot.frame is Frame.ALT
                else self._block(spot, block, alts)
            )
            if spot.cell or spot.frame is Frame.CELL:
                text = text.replace("|", "\\|")
            out.append((spot.place.start, spot.place.end, text))
        return out

    def _block(self, spot: Spot, block: TranslatedBlock, alts: Mapping[int, str]) -> str:
        tags = [_with_alt(tag, spot.place, alts) for tag in spot.tags]
        marks = tuple(mark for mark in block.marks if mark.ref < len(tags))
        line = Line(block.text, marks, tags, spot.frame, spot.place.lead.lstrip())
        content = write(self._parser, line, self._skeleton.references)
        return content.replace("\n", spot.place.ending + spot.place.prefix)

    def _alt(self, text: str) -> str:
        return write(self._parser, Line(text, (), (), Frame.ALT), {})


def _with_alt(tag: Tag, place: Place, alts: Mapping[int, str]) -> Tag:
    if tag.alt is None:
        return tag
    text = alts.get(place.source(tag.place + tag.alt[0]))
    if text is None:
        return tag
    first, last = tag.alt
    opening = tag.opening[:first] + text + tag.opening[last:]
    return Tag(tag.place, tag.end, opening, whole=True, parent=tag.parent)


def _check_signs(source: str, limits: ParseLimits) -> None:
    """The parser is pure Python, so signs and lines are counted before it runs."""
    signs = sum(1 for _ in _SIGNS.finditer(source))
    lines = source.count("\n") + source.count("\r")
    for count, what, most in (
        (signs, "signs of markup", limits.max_nodes * _SIGNS_PER_NODE),
        (lines, "lines", limits.max_nodes * _LINES_PER_NODE),
    ):
        if count > most:
            raise InputTooLarge(
                f"The Markdown has {count} {what}; at most {most} are accepted.",
                hint="Send it in parts.",
            )


def _front_matter(source: str) -> tuple[dict[str, str], str | None, int]:
    """What the document says about itself, its language, and where the text begins."""
    match = _FRONT_MATTER.match(source)
    if match is None:
        return {}, None, 0
    entries = dict(_ENTRY.findall(match.group("yaml") or match.group("toml") or ""))
    meta = {_META[key]: value for key, value in entries.items() if key in _META and value}
    language = entries.get("lang") or entries.get("language") or ""
    return meta, language if _LANGUAGE.fullmatch(language) else None, match.end()
