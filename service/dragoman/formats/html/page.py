"""The ``page`` format: a whole web page, of which the article is translated in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dragoman.article import Article, BlockKind, TranslatedBlock
from dragoman.errors import EmptyInput
from dragoman.formats.base import ParseLimits
from dragoman.formats.html.assembly import assemble
from dragoman.formats.html.document import Piece, read_document
from dragoman.formats.html.extraction import Extraction, extract
from dragoman.formats.html.frame import find_headline, make_frame
from dragoman.formats.html.furniture import Furniture
from dragoman.formats.html.kinds import type_article
from dragoman.formats.html.metadata import Metadata, read_metadata
from dragoman.formats.html.selection import (
    choose_all,
    choose_body,
    fill_gaps,
    without_teasers,
)
from dragoman.formats.html.splitting import split_credits, split_dateline
from dragoman.formats.html.template import Template


class PageFormat:
    """The article is found and typed; menus, boxes, comments and scripts stay as they were.

    Parsing takes as long as the page makes it: run it behind a deadline.
    """

    name = "page"

    def parse(self, data: bytes, limits: ParseLimits) -> Article:
        """Find the article.

        Raises UnreadableInput, InputTooLarge (before any extraction), or EmptyInput when the
        page has no article.
        """
        document = read_document(data, limits, content_system=False)
        metadata = read_metadata(document.source, document.tokens)
        found = extract(document.source, document.tokens, document.pieces)
        typed = _article(document.pieces, found, metadata)
        if not typed:
            raise EmptyInput(
                "There is no article on this page.",
                hint="Send the article's own HTML as a fragment to have all of it translated.",
            )
        return assemble(document, typed, _meta(metadata, found), whole_page=True)

    def render(self, article: Article, blocks: Mapping[str, TranslatedBlock], target: str) -> bytes:
        """The same page as UTF-8, its root element declaring ``target`` and its direction."""
        template: Template = article.skeleton
        return template.render(blocks, target).encode("utf-8")


def _article(
    pieces: Sequence[Piece], found: Extraction, metadata: Metadata
) -> list[tuple[Piece, BlockKind]]:
    furniture = Furniture(pieces, found.kept)
    body = choose_body(pieces, found.kept, furniture) or choose_all(pieces, furniture)
    if not body:
        return []
    headline = find_headline(pieces, body, metadata)
    if headline is not None:
        furniture.exempt(pieces[headline].element)
        body = without_teasers(pieces, body, headline)
        if not body:
            return [(pieces[headline], BlockKind.HEADLINE)]
    frame = make_frame(pieces, body, headline, furniture)
    story = fill_gaps(pieces, body, frame, furniture)
    frame = replace(frame, first=story[0], last=story[-1])
    kinds = type_article(pieces, story, frame, metadata, furniture)
    return list(split_dateline(split_credits((pieces[i], kinds[i]) for i in sorted(kinds))))


def _meta(metadata: Metadata, found: Extraction) -> dict[str, str]:
    meta = {
        "title": metadata.headline or found.title,
        "author": metadata.author,
        "date": found.date or metadata.published,
        "url": metadata.url,
    }
    return {name: value for name, value in meta.items() if value}
