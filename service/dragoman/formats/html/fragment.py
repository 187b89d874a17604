"""The ``fragment`` format: a content system's body HTML, of which nothing is discarded."""

from __future__ import annotations

from collections.abc import Mapping

from dragoman.article import Article, TranslatedBlock
from dragoman.formats.base import ParseLimits
from dragoman.formats.html.assembly import assemble
from dragoman.formats.html.document import read_document
from dragoman.formats.html.splitting import split_credits, split_dateline
from dragoman.formats.html.template import Template


class FragmentFormat:
    """Every text that is for a reader becomes a block; all else comes out as it was written."""

    name = "fragment"

    def parse(self, data: bytes, limits: ParseLimits) -> Article:
        """Read the blocks in source order, with the kinds that their elements say.

        Raises UnreadableInput, EmptyInput or InputTooLarge.
        """
        document = read_document(data, limits, content_system=True)
        typed = list(split_dateline(split_credits((p, p.kind) for p in document.pieces)))
        return assemble(document, typed, {}, whole_page=False)

    def render(self, article: Article, blocks: Mapping[str, TranslatedBlock], target: str) -> bytes:
        """The same HTML as UTF-8. Where elements declare the source language, they declare
        ``target`` instead, with its direction; nothing is declared that was not before.
        """
        template: Template = article.skeleton
        return template.render(blocks, target).encode("utf-8")
