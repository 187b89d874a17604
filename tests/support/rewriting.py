"""Translations made up by a function of the text, for tests of formats."""

from __future__ import annotations

from collections.abc import Callable

from dragoman.article import Article, Block, MarkKind, TranslatedBlock


def rewritten(
    article: Article, change: Callable[[str], str], *, copied: bool = False
) -> dict[str, TranslatedBlock]:
    """Every block that is translated (``copied``: really every one), changed letter for letter.

    ``change`` must keep the length, so that marks stay where they are; kept text is not changed.
    """
    return {
        block.id: _rewrite(block, change)
        for block in article.blocks
        if copied or block.kind.translated
    }


def replaced(article: Article, text: str) -> dict[str, TranslatedBlock]:
    """Every translated block with ``text``, its wrapping marks around all of it."""
    return {
        block.id: TranslatedBlock(block, text, (), (), ())
        for block in article.blocks
        if block.kind.translated and not block.marks
    }


def _rewrite(block: Block, change: Callable[[str], str]) -> TranslatedBlock:
    text = change(block.text)
    if len(text) != len(block.text):
        raise ValueError("the change must keep the length")
    for mark in block.marks:
        if mark.kind is MarkKind.KEEP:
            kept = block.text[mark.start : mark.end]
            text = text[: mark.start] + kept + text[mark.end :]
    return TranslatedBlock(block, text, block.marks, (), ())
