"""Where on the page the article stands: its headline, and the elements around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.article import BlockKind
from dragoman.formats.html.document import Piece
from dragoman.formats.html.furniture import Furniture, words_of
from dragoman.formats.html.metadata import Metadata
from dragoman.formats.html.tree import Element
from dragoman.formats.text.furniture import fold
from dragoman.formats.text.words import count_words


@dataclass(frozen=True, slots=True)
class Frame:
    """Headline, first and last body piece (indices), and three elements: ``container`` is around
    nearly all of the body, ``region`` is the article element around it if there is one, and
    ``scope`` is around container and headline.
    """

    headline: int | None
    first: int
    last: int
    container: Element
    region: Element
    scope: Element


def find_headline(pieces: Sequence[Piece], body: Sequence[int], metadata: Metadata) -> int | None:
    """The piece that is the page's headline: the one the metadata quote, else an ``h1`` above
    the body.
    """
    wanted = [fold(text) for text in metadata.headlines]
    best: tuple[int, int] | None = None
    for index, piece in enumerate(pieces):
        rank = _headline_rank(piece, wanted, above=index <= body[0])
        if rank and (best is None or rank > best[0]):
            best = rank, index
    return best[1] if best else None


def _headline_rank(piece: Piece, wanted: Sequence[str], *, above: bool) -> int:
    text = fold(piece.inline.text)
    is_first_level = any(element.tag == "h1" for element in piece.element.ancestors())
    is_heading = piece.kind is BlockKind.HEADING or "headline" in words_of(piece.element)
    if not is_first_level and not (is_heading and count_words(text) > 1):
        return 0
    exact = text in wanted
    near = any(is_near(text, other) for other in wanted)
    if is_first_level:
        return 5 if exact else 4 if near else 1 if above else 0
    return 3 if exact and above else 2 if near and above else 0


def is_near(text: str, other: str) -> bool:
    """Whether one of two titles is a longer form of the other."""
    short, long = sorted((text.rstrip(".… "), other.rstrip(".… ")), key=len)
    return len(short) >= 15 and (short in long or long.startswith(short[:30]))


def make_frame(
    pieces: Sequence[Piece], story: Sequence[int], headline: int | None, furniture: Furniture
) -> Frame:
    """``story`` is the body in order, not empty."""
    longest = max(story, key=lambda index: len(pieces[index].inline.text))
    around = list(pieces[longest].element.ancestors())
    container = next((one for one in around if furniture.share(one) >= 0.85), around[-1])
    scope = container
    if headline is not None:
        above = set(pieces[headline].element.ancestors())
        scope = next((one for one in container.ancestors() if one in above), container)
    region = next((one for one in container.ancestors() if _is_article(one)), container)
    return Frame(headline, story[0], story[-1], container, region, scope)


def _is_article(element: Element) -> bool:
    return element.tag == "article" or element.attributes.get("itemprop") == "articleBody"
