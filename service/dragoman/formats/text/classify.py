"""Give every unit of a plain text its kind.

Prose is never guessed away: a kind that is not translated (label, byline, dateline, credit) needs
evidence in the line itself and in where it stands. A headline needs a short first line without a
stop, a blank line and prose below; furniture needs an article that it stands around.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.article import BlockKind
from dragoman.formats.text.credits import find_credit, is_credit
from dragoman.formats.text.furniture import (
    fold,
    is_control,
    is_furniture,
    is_trail,
    split_trail,
    without_site,
)
from dragoman.formats.text.lines import Shape, Unit
from dragoman.formats.text.signatures import find_dateline, is_byline, is_dated, is_sign_off
from dragoman.formats.text.words import count_words, ends_with_stop, is_prose, is_title_like

_HEAD = 20
"""A headline stands among the first units."""
_CAPTION_WORDS = 70
_MOST_TITLES = 2


@dataclass(frozen=True, slots=True)
class Part:
    """``unit.text[start:end]`` is a block of this kind."""

    unit: int
    kind: BlockKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the article stands among the units: the headline, and first and last prose."""

    headline: int | None
    titles: frozenset[int]
    first: int
    last: int
    page: bool

    def frames(self, at: int) -> bool:
        """Whether the unit stands before or behind all prose."""
        return at < self.first or at > self.last


def classify(units: Sequence[Unit], *, body_only: bool = False) -> list[Part]:
    """All parts in order. ``body_only``: the headline and what surrounds it are elsewhere."""
    prose = [at for at, unit in enumerate(units) if _is_story(unit)]
    if not prose:
        return [_whole(at, unit, _kind_of_shape(unit)) for at, unit in enumerate(units)]
    layout = Layout(None, frozenset(), prose[0], prose[-1], page=False)
    if not body_only:
        layout = _lay_out(units, layout)
    parts: list[Part] = []
    for at, unit in enumerate(units):
        kind = _framing_kind(units, at, layout) if not body_only else None
        parts.extend([_whole(at, unit, kind)] if kind else _body_parts(units, at, layout))
    return parts


def classify_as(units: Sequence[Unit], kind: BlockKind) -> list[Part]:
    """Every unit is of one known kind; only a caption's credit is split off."""
    parts: list[Part] = []
    for at, unit in enumerate(units):
        credit = find_credit(unit.text) if kind is BlockKind.CAPTION else None
        if kind is BlockKind.CAPTION and is_credit(unit.text):
            parts.append(_whole(at, unit, BlockKind.CREDIT))
        elif credit:
            parts.append(Part(at, kind, 0, credit.before))
            parts.append(Part(at, BlockKind.CREDIT, credit.start, credit.end))
        else:
            parts.append(_whole(at, unit, kind))
    return parts


def _is_story(unit: Unit) -> bool:
    around = is_furniture(unit.text) or is_trail(unit.text)
    return unit.shape is Shape.PLAIN and is_prose(unit.text) and not around


def _whole(at: int, unit: Unit, kind: BlockKind) -> Part:
    return Part(at, kind, 0, len(unit.text))


def _kind_of_shape(unit: Unit) -> BlockKind:
    return {
        Shape.ITEM: BlockKind.LIST_ITEM,
        Shape.QUOTE: BlockKind.QUOTE,
        Shape.ROW: BlockKind.TABLE_CELL,
        Shape.PLAIN: BlockKind.PARAGRAPH,
    }[unit.shape]


def _lay_out(units: Sequence[Unit], layout: Layout) -> Layout:
    """Find the headline: named by a breadcrumb, repeated, or first with prose below."""
    head = range(min(_HEAD, len(units)))
    named = {
        fold(split_trail(unit.text)[-1]).rstrip(".…")
        for unit in units[:_HEAD]
        if is_trail(unit.text) or len(split_trail(unit.text)) > 1
    }
    folded = [fold(units[at].text) for at in head]
    titles = [
        at
        for at in head
        if _is_named(folded[at], named) or (at < layout.first and _stands_twice(folded, at))
    ]
    trailed = any(is_trail(units[at].text, frozenset(folded)) for at in head)
    controls = sum(is_control(unit.text) for unit in units)
    page = bool(titles) or trailed or controls >= 2
    headline = titles[-1] if titles else _plain_headline(units, layout, page=page)
    first = _first_story(units, layout, headline) if headline is not None else layout.first
    return Layout(headline, frozenset(titles[:-1]), first, max(layout.last, first), page)


def _first_story(units: Sequence[Unit], layout: Layout, headline: int) -> int:
    """The first prose below the headline, but for a standfirst.

    That a text is one shows when it has no stop, or when the next one opens with a dateline.
    """
    stories = [at for at in range(headline + 1, len(units)) if _is_story(units[at])][:2]
    if len(stories) == 2:
        first, second = (units[at].text for at in stories)
        between = units[headline + 1 : stories[0]]
        opens_later = find_dateline(second) and not find_dateline(first)
        if (opens_later or not ends_with_stop(first)) and all(
            _is_framing(unit.text) for unit in between
        ):
            return stories[1] if _is_standfirst(units, stories[0]) else stories[0]
    return stories[0] if stories else layout.last + 1


def _is_named(text: str, named: set[str]) -> bool:
    """The line is what a breadcrumb ends in, which sites cut short when it is long."""
    if count_words(text) < 3 or len(split_trail(text)) > 1:
        return False
    return any(text == name or (len(name) >= 20 and text.startswith(name)) for name in named)


def _stands_twice(folded: list[str], at: int) -> bool:
    """The line stands twice, once maybe with the site's name behind it.

    What stands more often, such as a question of an interview, is no title.
    """
    text = folded[at]
    if count_words(text) < 3 or is_trail(text) or folded.count(text) > _MOST_TITLES:
        return False
    others = {other for place, other in enumerate(folded) if place != at}
    bare = {without_site(other) for other in others}
    return text in others or text in bare or without_site(text) in others


def _plain_headline(units: Sequence[Unit], layout: Layout, *, page: bool) -> int | None:
    """The first line that is not furniture, if it is like a title; on a page, the longest."""
    framing = [at for at in range(min(layout.first, _HEAD)) if not _is_framing(units[at].text)]
    if page:
        like = [at for at in framing if _is_headline(units, at, fewest=4)]
        return max(like, key=lambda at: count_words(units[at].text), default=None)
    return framing[0] if framing and _is_headline(units, framing[0], fewest=2) else None


def _is_framing(text: str) -> bool:
    return is_furniture(text) or is_trail(text) or is_byline(text) or is_dated(text)


def _is_headline(units: Sequence[Unit], at: int, *, fewest: int) -> bool:
    unit = units[at]
    if unit.shape is not Shape.PLAIN or not is_title_like(unit.text, fewest=fewest, most=25):
        return False
    after = units[at + 1].text if at + 1 < len(units) else ""
    separate = unit.alone or unit.underlined or is_byline(after) or is_dated(after)
    return separate and any(count_words(u.text) > count_words(unit.text) for u in units[at + 1 :])


def _framing_kind(units: Sequence[Unit], at: int, layout: Layout) -> BlockKind | None:
    """The kind of what stands around the story, or None for the story itself."""
    text = units[at].text
    if at == layout.headline or at in layout.titles:
        return BlockKind.HEADLINE if at == layout.headline else BlockKind.TITLE
    if layout.page and layout.headline is not None and at < layout.headline:
        return BlockKind.PARAGRAPH if _is_story(units[at]) else BlockKind.LABEL
    if (layout.page or layout.frames(at)) and is_furniture(text):
        return BlockKind.LABEL
    if layout.page and is_trail(text):
        return BlockKind.LABEL
    return (
        _opening_kind(units, at, layout) if at < layout.first else _closing_kind(text, at, layout)
    )


def _closing_kind(text: str, at: int, layout: Layout) -> BlockKind | None:
    """Who wrote it, in the last line or behind it."""
    signed = (at >= layout.last and is_sign_off(text)) or (at > layout.last and is_byline(text))
    return BlockKind.BYLINE if signed else None


def _opening_kind(units: Sequence[Unit], at: int, layout: Layout) -> BlockKind | None:
    """Between the headline and the story: byline, date, standfirst."""
    unit = units[at]
    if unit.shape is not Shape.PLAIN:
        return None
    if is_byline(unit.text):
        return BlockKind.BYLINE
    if layout.headline is None or at < layout.headline:
        return None
    if is_dated(unit.text):
        return BlockKind.DATELINE
    before = units[layout.headline + 1 : at]
    if all(_is_framing(other.text) for other in before) and _is_standfirst(units, at):
        return BlockKind.STANDFIRST
    return None


def _is_standfirst(units: Sequence[Unit], at: int) -> bool:
    text = units[at].text
    after = units[at + 1].text if at + 1 < len(units) else ""
    return (
        (units[at].alone or _is_framing(after))
        and 6 <= count_words(text) <= 60
        and text[-1] not in ":,"
        and not is_credit(text)
        and find_credit(text) is None
    )


def _body_parts(units: Sequence[Unit], at: int, layout: Layout) -> list[Part]:
    unit = units[at]
    if unit.shape is not Shape.PLAIN:
        return [_whole(at, unit, _kind_of_shape(unit))]
    if is_credit(unit.text):
        return [_whole(at, unit, BlockKind.CREDIT)]
    credit = find_credit(unit.text)
    if credit:
        caption = count_words(unit.text) <= _CAPTION_WORDS and (credit.certain or at < layout.last)
        kind = BlockKind.CAPTION if caption else BlockKind.PARAGRAPH
        story = [Part(at, kind, 0, credit.before)] if caption else _story(units, at, layout)
        story[-1] = Part(at, story[-1].kind, story[-1].start, credit.before)
        return [*story, Part(at, BlockKind.CREDIT, credit.start, credit.end)]
    if _is_heading(units, at):
        return [_whole(at, unit, BlockKind.HEADING)]
    if _is_caption_over_credit(units, at):
        return [_whole(at, unit, BlockKind.CAPTION)]
    return _story(units, at, layout)


def _story(units: Sequence[Unit], at: int, layout: Layout) -> list[Part]:
    """A paragraph, with the dateline split off where the story begins."""
    text = units[at].text
    found = find_dateline(text) if at <= layout.first else None
    if found is None:
        return [Part(at, BlockKind.PARAGRAPH, 0, len(text))]
    return [
        Part(at, BlockKind.DATELINE, 0, found[0]),
        Part(at, BlockKind.PARAGRAPH, found[1], len(text)),
    ]


def _is_heading(units: Sequence[Unit], at: int) -> bool:
    unit = units[at]
    if unit.underlined:
        return True
    if not unit.alone or not is_title_like(unit.text, fewest=1, most=12) or is_byline(unit.text):
        return False
    follows = units[at + 1] if at + 1 < len(units) else None
    return (
        follows is not None
        and len(unit.text) <= 100
        and not (ends_with_stop(unit.text) and unit.text[-1] not in "?!")
        and (follows.shape is Shape.ITEM or is_prose(follows.text))
        and count_words(follows.text) > count_words(unit.text)
    )


def _is_caption_over_credit(units: Sequence[Unit], at: int) -> bool:
    """A short text with a credit on the very next line."""
    if at + 1 >= len(units) or units[at].alone or units[at + 1].alone:
        return False
    return is_credit(units[at + 1].text) and count_words(units[at].text) <= _CAPTION_WORDS
