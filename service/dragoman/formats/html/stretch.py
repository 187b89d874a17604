"""Stretches: the tokens between two block edges, among which one block's text stands.

A run of text in the tree and its place in the source are two views of the same thing. A stretch
is where they agree: consecutive tokens with nothing but inline markup between the run's texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dragoman.article import BlockKind
from dragoman.formats.html.names import BLOCK
from dragoman.formats.html.roles import LIKE_BOXES, begins_block
from dragoman.formats.html.tokens import SPACE, Token, TokenKind, attributes
from dragoman.formats.html.tree import Element, Run


class Bit(NamedTuple):
    """A token; with the text it became and the inline elements around it if it is text."""

    token: Token
    number: int
    text: str | None = None
    inline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """``element`` is the block element around the text, ``kind`` what it says of it."""

    element: Element
    kind: BlockKind
    bits: tuple[Bit, ...]

    @property
    def is_preformatted(self) -> bool:
        """Whether white space in it means something."""
        return self.kind is BlockKind.CODE


_NAKED = frozenset({"body", "div", "section", "article", "blockquote"})
"""Where text without a paragraph's tags is made into paragraphs at blank lines."""
_BLANK_LINE = re.compile(r"\n[ \t\r]*+\n")


def find_stretches(
    source: str, tokens: Sequence[Token], runs: Sequence[Run], *, blank_lines: bool
) -> list[Stretch]:
    """All stretches in source order. ``blank_lines``: they end a paragraph, as in a CMS."""
    owners = {number: index for index, run in enumerate(runs) for number in run.tokens}
    found = []
    for run in runs:
        words = {
            number: Bit(tokens[number], number, _spaced(source, tokens[number], text, run), inline)
            for number, text, inline in zip(run.tokens, run.texts, run.inline, strict=True)
        }
        for first, last in _groups(source, tokens, sorted(words), owners, run.element, blank_lines):
            found.append(_stretch(source, tokens, words, first, last, run.element))
    return sorted(found, key=lambda stretch: stretch.bits[0].number)


def _groups(
    source: str,
    tokens: Sequence[Token],
    numbers: Sequence[int],
    owners: Mapping[int, int],
    element: Element,
    blank_lines: bool,
) -> Iterator[tuple[int, int]]:
    first = previous = numbers[0]
    for number in numbers[1:]:
        if _parted(source, tokens, previous, number, owners, element, blank_lines):
            yield first, previous
            first = number
        previous = number
    yield first, previous


def _parted(
    source: str,
    tokens: Sequence[Token],
    previous: int,
    number: int,
    owners: Mapping[int, int],
    element: Element,
    blank_lines: bool,
) -> bool:
    """Whether a sentence ends between two texts of one run."""
    breaks = 0
    for index in range(previous + 1, number):
        token = tokens[index]
        if index in owners:
            return True
        if token.name == "br":
            breaks += 1
        elif token.name in BLOCK or _is_caption_shortcode(source, token):
            return True
    if element.role is BlockKind.CAPTION and number > previous + 1:
        ending, opening = source[tokens[previous].end - 1], source[tokens[number].start]
        if ending in ".!?…)" and opening.isupper():
            return True  # a credit in a box of its own, without a space between
    return breaks > 1 or (
        blank_lines
        and element.tag in _NAKED
        and _has_blank_line(source, tokens[previous], tokens[number])
    )


def _has_blank_line(source: str, before: Token, after: Token) -> bool:
    start = before.start + len(source[before.start : before.end].rstrip(SPACE))
    end = after.end - len(source[after.start : after.end].lstrip(SPACE))
    return _BLANK_LINE.search(source, start, end) is not None


def _stretch(
    source: str,
    tokens: Sequence[Token],
    words: Mapping[int, Bit],
    first: int,
    last: int,
    element: Element,
) -> Stretch:
    """Widened by the inline markup on both sides, so that tags find their partners."""
    text = first
    while first > 0 and _is_inline_markup(source, tokens[first - 1]):
        first -= 1
    while last + 1 < len(tokens) and _is_inline_markup(source, tokens[last + 1]):
        last += 1
    bits = (words.get(number) or Bit(tokens[number], number) for number in range(first, last + 1))
    before = [token for token in tokens[first:text] if _is_caption_shortcode(source, token)]
    is_caption = bool(before) and source[before[-1].start + 1] != "/"
    return Stretch(element, BlockKind.CAPTION if is_caption else element.role, tuple(bits))


def _is_caption_shortcode(source: str, token: Token) -> bool:
    """``[caption id="…"]<img …> The text[/caption]``, WordPress's figure."""
    return token.kind is TokenKind.OTHER and source.startswith(
        ("[caption", "[/caption"), token.start
    )


def _is_inline_markup(source: str, token: Token) -> bool:
    if token.kind is TokenKind.TEXT:
        return not source[token.start : token.end].strip(SPACE)
    if token.kind is TokenKind.OTHER:
        return True
    if token.kind is TokenKind.OPEN and (token.name in LIKE_BOXES or "-" in token.name):
        tag = source[token.start : token.end]
        return not begins_block(token.name, {one.name: one.value for one in attributes(tag)})
    return token.kind in (TokenKind.OPEN, TokenKind.CLOSE) and token.name not in BLOCK


def _spaced(source: str, token: Token, text: str, run: Run) -> str:
    """The decoded text with the white space that the source has around it."""
    if run.element.role is BlockKind.CODE:
        space = source[token.start : token.end]
        return space[: len(space) - len(space.lstrip(SPACE))] + text
    before = " " if source[token.start] in SPACE else ""
    after = " " if text[-1:] in SPACE or source[token.end - 1] in SPACE else ""
    return f"{before}{text.strip(SPACE)}{after}"
