"""Which parts of a page are furniture: menus, boxes, teasers, forms. Judged by their elements."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from dragoman.formats.html.document import Piece
from dragoman.formats.html.tree import Element

_FURNITURE_TAGS = frozenset(
    "nav footer form button dialog menu label legend fieldset select search summary".split()
)
_FURNITURE_ROLES = frozenset(
    "navigation contentinfo search complementary dialog alert banner menu toolbar".split()
)
_FURNITURE_WORDS = frozenset(
    "newsletter newsletters subscribe subscription signup related recirc recirculation recommended "
    "recommendation recommendations trending popular share sharing sharebar social comment "
    "comments respond sidebar breadcrumb breadcrumbs promo promos promoted promotion advert "
    "advertisement ad ads sponsor sponsored cookie cookies consent gdpr popup modal paywall tags "
    "taglist outbrain taboola pagination pager nav navbar navigation menu footer toolbar "
    "donate donation toc readmore morestories latest".split()
)
_QUOTING_WORDS = frozenset("quote pullquote quotation blockquote caption figure".split())
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def words_of(element: Element) -> frozenset[str]:
    """The words in an element's class and id: ``mainMenu nav-bar`` is main, menu, nav, bar."""
    names = (element.attributes.get(name) for name in ("class", "id"))
    return frozenset(word.lower() for value in names if value for word in _WORD.findall(value))


class Furniture:
    """Tells furniture from article. An element with most of the article in it is never furniture,
    whatever its class: content systems put the names of all kinds of boxes on their bodies.
    """

    def __init__(self, pieces: Sequence[Piece], kept: Iterable[int]) -> None:
        self._weight: Counter[Element] = Counter()
        self.total = 0
        for index in kept:
            size = len(pieces[index].inline.text)
            self.total += size
            for element in pieces[index].element.ancestors():
                self._weight[element] += size
        self._exempt: set[Element] = set()
        self._known: dict[Element, bool] = {}

    def share(self, element: Element) -> float:
        """How much of the kept text stands in ``element``, 0 to 1."""
        return self._weight[element] / self.total if self.total else 0.0

    def exempt(self, element: Element) -> None:
        """Say that ``element`` and all around it are the article's own, as its headline is."""
        self._exempt.update(element.ancestors())
        self._known.clear()

    def holds(self, element: Element) -> bool:
        """Whether the element is furniture or stands in some."""
        path = []
        verdict = False
        for one in element.ancestors():
            if one in self._known:
                verdict = self._known[one]
                break
            path.append(one)
        for one in reversed(path):
            verdict = verdict or self._is_furniture(one)
            self._known[one] = verdict
        return verdict

    def _is_furniture(self, element: Element) -> bool:
        if element in self._exempt or self.share(element) > 0.5:
            return False
        attributes = element.attributes
        if element.tag in _FURNITURE_TAGS or attributes.get("role") in _FURNITURE_ROLES:
            return True
        if "hidden" in attributes or _HIDDEN_STYLE.search(attributes.get("style") or ""):
            return True
        words = words_of(element)
        if element.tag == "aside" and not words & _QUOTING_WORDS:
            return True
        return bool(words & _FURNITURE_WORDS)


_IMAGE = re.compile(r"\.(?:avif|gif|jpe?g|png|svg|webp)(?:[?#]|$)", re.IGNORECASE)


def _is_link(element: Element) -> bool:
    """Whether it leads to another page: an anchor or a larger image is not one."""
    target = element.attributes.get("href") if element.tag == "a" else None
    return bool(target) and not _IMAGE.search(target or "")


def link_share(piece: Piece) -> float:
    """How much of a piece's text is in links, 0 to 1."""
    around = tuple(piece.element.ancestors())
    if any(_is_link(element) for element in around):
        return 1.0
    outside = sum(1 for element in around if not element.block)
    texts = [bit for bit in piece.stretch.bits if bit.text]
    total = sum(len(bit.text or "") for bit in texts)
    linked = sum(len(bit.text or "") for bit in texts if "a" in bit.inline[outside:])
    return linked / total if total else 0.0
