"""From a stretch of tokens to text with marks: one whole text, never cut at an inline tag."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dragoman.article import Mark, MarkKind
from dragoman.formats.html.collapsing import TextBuilder
from dragoman.formats.html.items import ADDRESS, Item, ItemKind, flat_items, is_plain, nested_items
from dragoman.formats.html.placing import Tag
from dragoman.formats.html.stretch import Stretch
from dragoman.formats.html.tokens import SPACE


@dataclass(frozen=True, slots=True)
class Inline:
    """Text with marks, and the source ``[start, end)`` that it stands for.

    ``words`` says where text tokens went: (token number, start and end in ``text``).
    ``verbatim``: all of it is kept as it stands, such as a line of code.
    """

    start: int
    end: int
    text: str
    marks: tuple[Mark, ...]
    tags: tuple[Tag, ...]
    words: tuple[tuple[int, int, int], ...]
    verbatim: bool


def read_inline(stretch: Stretch, source: str) -> Inline | None:
    """The stretch's text and markup, or None when it has no letter or digit, or is an address.

    Markup around the whole text stays outside. Misnested tags are read as the standard's tree
    construction reads them; where the tree still disagrees, each tag keeps its place in the order.
    """
    if is_plain(stretch.bits, source):
        return _plain(stretch, source)
    items = nested_items(stretch.bits, source)
    fixed = items is None
    window = _window(flat_items(stretch.bits, source) if items is None else items)
    if not window:
        return None
    start, end = _source_span(window, source)
    builder = TextBuilder(fixed=fixed, preformatted=stretch.is_preformatted)
    _fill(builder, _closed(window))
    text, marks, tags, words = builder.finish()
    if not _is_readable(text):
        return None
    kept = [mark for mark in marks if mark.kind is MarkKind.KEEP]
    outside = (
        [
            character
            for offset, character in enumerate(text)
            if character.isalnum() and not any(mark.start <= offset < mark.end for mark in kept)
        ]
        if kept
        else [text]
    )
    return Inline(start, end, text, marks, tags, words, verbatim=not outside)


def _is_readable(text: str) -> bool:
    return not ADDRESS.fullmatch(text) and any(character.isalnum() for character in text)


def _plain(stretch: Stretch, source: str) -> Inline | None:
    """The short way for most texts of a page: one text token and no markup inside."""
    bit = next(bit for bit in stretch.bits if bit.text is not None)
    builder = TextBuilder(fixed=False, preformatted=stretch.is_preformatted)
    builder.add_word(bit.number, bit.text or "")
    text, marks, tags, words = builder.finish()
    if not _is_readable(text):
        return None
    start, end = _without_space(bit.token.start, bit.token.end, source)
    return Inline(start, end, text, marks, tags, words, verbatim=False)


def _window(items: list[Item]) -> list[Item]:
    """From the first text to the last, with the elements that begin or end between them."""
    visible = [index for index, item in enumerate(items) if item.is_visible]
    if not visible:
        return []
    first, last = visible[0], visible[-1]
    start = min(
        (
            index
            for index in range(first)
            if items[index].kind is ItemKind.OPEN and first < (items[index].partner or 0) < last
        ),
        default=first,
    )
    end = max(
        (
            index
            for index in range(last + 1, len(items))
            if items[index].kind is ItemKind.CLOSE
            and items[index].end > items[index].start  # written, not implied
            and first < (items[index].partner or 0) < last
        ),
        default=last,
    )
    return [
        # left to the parser, which will open the element again for the text behind the window
        replace(item, markup="") if item.again is not None and item.again > end else item
        for item in items[start : end + 1]
    ]


def _source_span(window: list[Item], source: str) -> tuple[int, int]:
    start, end = window[0].start, window[-1].end
    if window[0].kind is ItemKind.TEXT:
        start, _ = _without_space(start, window[0].end, source)
    if window[-1].kind is ItemKind.TEXT:
        _, end = _without_space(window[-1].start, end, source)
    return start, end


def _without_space(start: int, end: int, source: str) -> tuple[int, int]:
    text = source[start:end]
    return end - len(text.lstrip(SPACE)), start + len(text.rstrip(SPACE))


def _closed(window: list[Item]) -> list[Item]:
    """With an empty tag for each element that begins before the window or ends behind it."""
    unopened = 0
    unclosed: list[Item] = []
    for item in window:
        if item.kind is ItemKind.OPEN:
            unclosed.append(item)
        elif item.kind is ItemKind.CLOSE:
            if unclosed:
                unclosed.pop()
            else:
                unopened += 1
    start, end = window[0].start, window[-1].end
    opening = [Item(ItemKind.OPEN, start, start, "") for _ in range(unopened)]
    closing = [Item(ItemKind.CLOSE, end, end, "") for _ in unclosed]
    return [*opening, *window, *closing]


def _fill(builder: TextBuilder, items: list[Item]) -> None:
    empty = _empty_elements(items)
    index = 0
    while index < len(items):
        item = items[index]
        if index in empty:
            inside = items[index : empty[index] + 1]
            builder.add_point("".join(inner.markup for inner in inside))
            if any(inner.kind is ItemKind.SPACE for inner in inside):
                builder.add_text(" ")
            index = empty[index]
        elif item.kind is ItemKind.TEXT and item.bit is not None:
            builder.add_word(item.bit.number, item.text)
        elif item.kind is ItemKind.SPACE:
            builder.add_text(item.markup)
        elif item.kind is ItemKind.BREAK:
            builder.add_break(item.markup)
        elif item.kind is ItemKind.KEEP:
            builder.add_kept(item.markup, item.text)
        elif item.kind is ItemKind.OPEN:
            builder.open(item.markup)
        elif item.kind is ItemKind.CLOSE:
            builder.close(item.markup)
        else:
            builder.add_point(item.markup)
        index += 1


def _empty_elements(items: list[Item]) -> dict[int, int]:
    """Outermost elements without visible text: index of the start tag to that of the end tag."""
    empty: dict[int, int] = {}
    stack: list[tuple[int, int]] = []
    visible = 0
    for index, item in enumerate(items):
        if item.is_visible:
            visible += 1
        elif item.kind is ItemKind.OPEN:
            stack.append((index, visible))
        elif item.kind is ItemKind.CLOSE and stack:
            start, before = stack.pop()
            if visible == before:
                empty[start] = index
    return empty
