"""Tokens as what they are to a sentence: text, edges of elements, points, kept text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from dragoman.formats.html.names import FORMATTING, OPAQUE, VERBATIM, VOID
from dragoman.formats.html.roles import is_verbatim
from dragoman.formats.html.stretch import Bit
from dragoman.formats.html.tokens import SPACE, TokenKind, attributes

ADDRESS = re.compile(
    r"\s*(?:(?:https?://|www\.)[^\s<>]+|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)\s*", re.IGNORECASE
)

_TRANSLATE = re.compile("translate", re.IGNORECASE)


class ItemKind(Enum):
    TEXT = auto()
    SPACE = auto()
    OPEN = auto()
    CLOSE = auto()
    POINT = auto()
    BREAK = auto()
    KEEP = auto()


@dataclass(slots=True, eq=False)
class Item:
    """``source[start:end]``; a tag that misnesting implies has no source of its own.

    ``partner`` is the index of an element's other edge, if it is among the items, and ``again``
    that of the start tag that opens the element once more behind an implied end.
    """

    kind: ItemKind
    start: int
    end: int
    markup: str
    name: str = ""
    bit: Bit | None = None
    text: str = ""
    partner: int | None = None
    again: int | None = None

    @property
    def is_visible(self) -> bool:
        return self.kind in (ItemKind.TEXT, ItemKind.KEEP)


def is_plain(bits: Sequence[Bit], source: str) -> bool:
    """Whether there is one text, and no element around it that would keep it as it is."""
    if sum(1 for bit in bits if bit.text is not None) != 1:
        return False
    return not any(
        token.kind is TokenKind.OPEN
        and (token.name in VERBATIM or _TRANSLATE.search(source, token.start, token.end))
        for token, _, _, _ in bits
    ) and not _is_address(bits)


def flat_items(bits: Sequence[Bit], source: str) -> list[Item]:
    """Every tag a point: for markup that does not nest as its tree does."""
    points = (ItemKind.OPEN, ItemKind.CLOSE)
    items = []
    for bit in bits:
        item = _single(bit, source)
        item.kind = ItemKind.POINT if item.kind in points else item.kind
        items.append(item)
    return items


def nested_items(bits: Sequence[Bit], source: str) -> list[Item] | None:
    """Items whose elements nest, or None where the parser's tree says otherwise.

    An end tag that crosses others closes them; formatting elements among them are opened again
    behind it (HTML Standard, section 13.2.6.4.7, "adoption agency").
    """
    items: list[Item] = []
    stack: list[int] = []
    names: Counter[str] = Counter()
    for item in _items(bits, source):
        if item.kind is ItemKind.OPEN:
            _push(item, items, stack, names)
        elif item.kind is ItemKind.CLOSE and names[item.name]:
            _close(item, items, stack, names)
        else:
            if item.bit is not None and not _agrees(item.bit, items, stack):
                return None
            items.append(item)
    return items


def _agrees(bit: Bit, items: Sequence[Item], stack: Sequence[int]) -> bool:
    ours = tuple(items[index].name for index in stack)
    return not ours or bit.inline[-len(ours) :] == ours


def _push(item: Item, items: list[Item], stack: list[int], names: Counter[str]) -> None:
    stack.append(len(items))
    names[item.name] += 1
    items.append(item)


def _close(item: Item, items: list[Item], stack: list[int], names: Counter[str]) -> None:
    again: list[tuple[Item, Item]] = []
    while True:
        index = stack.pop()
        opening = items[index]
        names[opening.name] -= 1
        opening.partner = len(items)
        if opening.name == item.name:
            item.partner = index
            items.append(item)
            break
        implied = Item(ItemKind.CLOSE, item.start, item.start, f"</{opening.name}>", opening.name)
        implied.partner = index
        items.append(implied)
        if opening.name in FORMATTING:
            again.append((opening, implied))
    for opening, implied in reversed(again):
        implied.again = len(items)
        copy = Item(ItemKind.OPEN, item.end, item.end, opening.markup, opening.name)
        _push(copy, items, stack, names)


def _items(bits: Sequence[Bit], source: str) -> list[Item]:
    partners = _partners(bits)
    items: list[Item] = []
    index = 0
    while index < len(bits):
        last = partners.get(index)
        whole = None if last is None else _whole(bits[index : last + 1], source)
        if whole is None or last is None:
            items.append(_single(bits[index], source))
        else:
            items.append(whole)
            index = last
        index += 1
    return items


def _partners(bits: Sequence[Bit]) -> dict[int, int]:
    """Start tag to end tag of the same name, by index."""
    partners: dict[int, int] = {}
    waiting: dict[str, list[int]] = {}
    for index, bit in enumerate(bits):
        if bit.token.kind is TokenKind.OPEN and bit.token.name not in VOID:
            waiting.setdefault(bit.token.name, []).append(index)
        elif bit.token.kind is TokenKind.CLOSE and waiting.get(bit.token.name):
            partners[waiting[bit.token.name].pop()] = index
    return partners


def _whole(bits: Sequence[Bit], source: str) -> Item | None:
    """An element that is one item: opaque, verbatim, or a link that shows its address."""
    name = bits[0].token.name
    start, end = bits[0].token.start, bits[-1].token.end
    if name in OPAQUE:
        return Item(ItemKind.POINT, start, end, source[start:end])
    tag = source[start : bits[0].token.end]
    found = {one.name: one.value for one in attributes(tag)} if len(tag) > len(name) + 2 else {}
    kept = is_verbatim(name, found)
    if not kept and (name != "a" or not _is_address(bits)):
        return None
    text = "".join(bit.text or "" for bit in bits)
    if not text.strip(SPACE):
        return Item(ItemKind.POINT, start, end, source[start:end])
    return Item(ItemKind.KEEP, start, end, source[start:end], text=text)


def _is_address(bits: Sequence[Bit]) -> bool:
    texts = [bit.text for bit in bits if bit.text is not None]
    return len(texts) < 4 and ADDRESS.fullmatch("".join(texts)) is not None


def _single(bit: Bit, source: str) -> Item:
    token = bit.token
    markup = source[token.start : token.end]
    if bit.text is not None:
        return Item(ItemKind.TEXT, token.start, token.end, markup, bit=bit, text=bit.text)
    kind = ItemKind.POINT
    if token.kind is TokenKind.TEXT and not markup.strip(SPACE):
        kind = ItemKind.SPACE
    elif token.name == "br":
        kind = ItemKind.BREAK
    elif token.kind is TokenKind.OPEN and token.name not in VOID | OPAQUE:
        kind = ItemKind.OPEN
    elif token.kind is TokenKind.CLOSE:
        kind = ItemKind.CLOSE
    return Item(kind, token.start, token.end, markup, token.name)
