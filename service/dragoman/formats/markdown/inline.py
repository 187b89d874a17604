"""The content of one Markdown block as running text with marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from dragoman.article import Mark, MarkKind
from dragoman.formats.markdown.spans import span

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_VOID = frozenset({"br", "hr", "img", "input", "wbr", "source", "track", "embed", "area", "col"})
_KEPT_TAGS = frozenset({"code", "kbd", "samp", "var", "tt", "pre", "script", "style", "math"})
_KEPT_TEXT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\[\^[^\]\s]+\]:?|\$\{[^}]*\}")
"""Template calls and footnote references, which are plain text to CommonMark."""
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]")
_HTML = {"em_open": "em", "strong_open": "strong", "s_open": "del"}


@dataclass(frozen=True, slots=True)
class Tag:
    """The source of one mark, from ``place`` to ``end`` of the block's content.

    ``whole``: ``opening`` is all of it, with the text if it has one; otherwise the text stands
    between ``opening`` and ``closing``. ``text`` is how a kept text reads. ``html`` is the element
    that can stand for emphasis where Markdown's own signs would not work. ``alt`` is the place of
    an image's alternative text in ``opening``, which reads as ``text``. ``parent`` is the ref of
    the mark around it. ``place`` is -1 for plain text that is kept.
    """

    place: int
    end: int
    opening: str
    closing: str = ""
    whole: bool = False
    text: str = ""
    html: str | None = None
    alt: tuple[int, int] | None = None
    parent: int | None = None
    breaks_line: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """``text[start:end]`` stands at ``first..last`` of the content."""

    start: int
    end: int
    first: int
    last: int

    def content(self, offset: int, *, end: bool) -> int:
        """Escapes and entities are not cut: their edges count for what is inside them."""
        if self.last - self.first == self.end - self.start:
            return self.first + offset - self.start
        return self.last if end else self.first


@dataclass(slots=True)
class Inline:
    """Running text with marks; ``Mark.ref`` is an index of ``tags``. Call ``finish`` at the end."""

    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def add(self, start: int, end: int, kind: MarkKind, tag: Tag) -> None:
        self.marks.append(Mark(start, end, kind, len(self.tags)))
        self.tags.append(tag)

    def finish(self) -> None:
        """Put marks and tags in document order, outer before inner, and note the parents."""
        order = sorted(self.marks, key=lambda mark: (self.tags[mark.ref].place, -mark.end))
        tags = [self.tags[mark.ref] for mark in order]
        self.marks = [replace(mark, ref=ref) for ref, mark in enumerate(order)]
        self.tags = []
        around: list[int] = []
        for ref, tag in enumerate(tags):
            while around and tags[around[-1]].end <= tag.place:
                around.pop()
            self.tags.append(replace(tag, parent=around[-1] if around else None))
            around.append(ref)

    def part(self, start: int, end: int) -> tuple[int, int, Inline] | None:
        """``text[start:end]``: where it stands in the content, and its own text and marks.

        Marks around all of it stay outside. None where it would cut a mark, or begin or end
        where no text stands.
        """
        inside = [m for m in self.marks if start <= m.start and m.end <= end]
        around = [m for m in self.marks if m.start <= start and end <= m.end]
        beside = [m for m in self.marks if m.end <= start or m.start >= end]
        first = next((run for run in self.runs if run.start <= start < run.end), None)
        last = next((run for run in self.runs if run.start < end <= run.end), None)
        together = {mark.ref for mark in (*inside, *around, *beside)}
        if not first or not last or len(together) < len(self.marks):
            return None
        own = [mark for mark in inside if mark not in around and mark not in beside]
        tags = [self.tags[mark.ref] for mark in own]
        edges = [(tag.place, tag.end) for tag in tags if tag.place >= 0]
        edges.append((first.content(start, end=False), last.content(end, end=True)))
        own.sort(key=lambda mark: mark.ref)
        refs = {mark.ref: ref for ref, mark in enumerate(own)}
        part = Inline(
            self.text[start:end],
            [Mark(m.start - start, m.end - start, m.kind, refs[m.ref]) for m in own],
            [self.tags[mark.ref] for mark in own],
        )
        part.tags = [
            replace(tag, parent=refs.get(tag.parent) if tag.parent is not None else None)
            for tag in part.tags
        ]
        return min(place for place, _ in edges), max(place for _, place in edges), part


def read_inline(content: str, tokens: Sequence[Token]) -> Inline:
    """Text and marks of ``content``, whose tokens carry their spans."""
    return _Reader(content, tokens).read()


def keep_text(inline: Inline, start: int, end: int) -> None:
    """Mark ``text[start:end]`` as kept, unless it would cut or hold another mark."""
    for mark in inline.marks:
        cut = start < mark.start < end or start < mark.end < end
        inside = start <= mark.start and mark.end <= end
        if cut or inside or (mark.kind is MarkKind.KEEP and mark.start < end and mark.end > start):
            return
    text = inline.text[start:end]
    inline.marks.append(Mark(start, end, MarkKind.KEEP, len(inline.tags)))
    outer = [m.ref for m in inline.marks[:-1] if m.start <= start and m.end >= end]
    parent = outer[-1] if outer else None
    inline.tags.append(Tag(-1, -1, text, whole=True, text=text, parent=parent))
    inline.marks.sort(key=lambda mark: (mark.start, -mark.end))


class _Reader:
    """One pass over the tokens of one block."""

    def __init__(self, content: str, tokens: Sequence[Token]) -> None:
        self._content = content
        self._tokens = tokens
        self._inline = Inline()
        self._parts: list[str] = []
        self._length = 0
        self._open: list[tuple[Token, int, int]] = []
        self._partners = _pairs(tokens)

    def read(self) -> Inline:
        at = 0
        while at < len(self._tokens):
            at = self._token(at) + 1
        self._inline.text = "".join(self._parts)
        self._inline.finish()
        for match in _KEPT_TEXT.finditer(self._inline.text):
            keep_text(self._inline, *match.span())
        return self._inline

    def _token(self, at: int) -> int:
        """Read the token at ``at`` and perhaps more; return the index of the last one read."""
        token, partner = self._tokens[at], self._partners.get(at)
        opens = token.nesting == 1 and token.markup != "autolink"
        if opens or (partner is not None and partner > at and _name(token) not in _KEPT_TAGS):
            self._open.append((token, self._length, len(self._inline.marks)))
            return at
        if partner is not None and partner > at:
            return self._element(at, partner)
        if self._open and (token.nesting == -1 or partner is not None):
            self._close(token)
            return at
        return self._leaf(at)

    def _close(self, closer: Token) -> None:
        opener, start, known = self._open.pop()
        first, last = span(opener)[0], span(closer)[1]
        opening = self._source(*span(opener))
        closing = self._source(*span(closer))
        inline = self._inline
        if start == self._length:  # a linked image: nothing in it is translated
            del inline.marks[known:], inline.tags[known:]
            self._point(first, last)
            return
        if opener.type == "link_open" and closing in {"]", "][]"}:
            # a reference by its own text: the text will change, the reference must not
            label = self._source(span(opener)[1], span(closer)[0])
            closing = f"][{' '.join(label.split())}]"
        tag = Tag(first, last, opening, closing, html=_HTML.get(opener.type))
        inline.add(start, self._length, MarkKind.WRAP, tag)

    def _leaf(self, at: int) -> int:
        token = self._tokens[at]
        start, end = span(token)
        if token.type in {"text", "text_special"}:
            run = Run(self._length, self._length + len(token.content), start, end)
            self._inline.runs.append(run)
            self._put(token.content)
        elif token.type == "softbreak" and not self._length:
            self._point(start, end)  # a caption stays on the line below its image
        elif token.type == "softbreak":
            self._put(_line_joint(self._last(), self._content[end : end + 1]))
        elif token.type == "code_inline":
            self._keep(start, end, token.content)
        elif token.type == "link_open":  # an autolink: three tokens over the same source
            self._keep(start, end, self._tokens[at + 1].content)
            return at + 2
        elif token.type == "image":
            self._image(start, end, token)
        else:  # a hard break, a comment, a tag without its partner
            self._point(start, end, breaks_line=token.type == "hardbreak")
            if token.type == "hardbreak" or _name(token) == "br":
                self._put("" if self._last() == " " else " ")
        return at

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _last(self) -> str:
        return next((part[-1] for part in reversed(self._parts) if part), "")

    def _element(self, first: int, last: int) -> int:
        """An HTML element whose content is kept as it stands."""
        opener, closer = span(self._tokens[first]), span(self._tokens[last])
        self._keep(opener[0], closer[1], self._source(opener[1], closer[0]))
        return last

    def _keep(self, start: int, end: int, text: str) -> None:
        place = self._length
        self._put(text)
        tag = Tag(start, end, self._source(start, end), whole=True, text=text)
        self._inline.add(place, self._length, MarkKind.KEEP, tag)

    def _point(self, start: int, end: int, *, breaks_line: bool = False) -> None:
        tag = Tag(start, end, self._source(start, end), whole=True, breaks_line=breaks_line)
        self._add_point(tag)

    def _image(self, start: int, end: int, token: Token) -> None:
        """An image; its alternative text if that is plain and does not name its reference."""
        source, label = self._source(start, end), token.content
        children = token.children or []
        plain = all(child.type in {"text", "text_special"} for child in children)
        named = source[2 + len(label) :] in {"]", "][]"}
        shown = plain and not named and label.strip() and source[2 : 2 + len(label)] == label
        text = "".join(child.content for child in children)
        alt = (2, 2 + len(label)) if shown else None
        self._add_point(Tag(start, end, source, whole=True, text=text if shown else "", alt=alt))

    def _add_point(self, tag: Tag) -> None:
        place = self._length
        self._inline.add(place, place, MarkKind.POINT, tag)

    def _source(self, start: int, end: int) -> str:
        return self._content[start:end]


def _line_joint(before: str, after: str) -> str:
    if (
        not before
        or before.endswith(" ")
        or (_UNSPACED.match(before[-1:]) and _UNSPACED.match(after))
    ):
        return ""
    return " "


def _pairs(tokens: Sequence[Token]) -> dict[int, int]:
    """Inline HTML tags that belong together and hold whole Markdown marks, both ways."""
    found: dict[int, int] = {}
    waiting: list[tuple[str, int]] = []
    for at, token in enumerate(tokens):
        if token.nesting == 1:
            waiting.append(("", at))
        elif token.nesting == -1:
            while waiting and waiting.pop()[0]:
                pass  # tags left open inside a Markdown mark have no partner
        elif token.type == "html_inline" and (match := _TAG.match(token.content)):
            name = match.group(2).lower()
            if match.group(1) and waiting and waiting[-1][0] == name:
                opener = waiting.pop()[1]
                found[opener], found[at] = at, opener
            elif not match.group(1) and name not in _VOID and not token.content.endswith("/>"):
                waiting.append((name, at))
    return found


def _name(token: Token) -> str:
    match = _TAG.match(token.content)
    return match.group(2).lower() if token.type == "html_inline" and match else ""
