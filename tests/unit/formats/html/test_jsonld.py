from __future__ import annotations

import pytest

from dragoman.formats.html.jsonld import read_articles

ARTICLE = {"headline": "Ferry runs", "author": "Ann Lee", "datePublished": "2025-02-03"}


@pytest.mark.parametrize(
    "text",
    [
        '{"@type":"NewsArticle","headline":"Ferry runs",'
        '"author":{"@type":"Person","name":"Ann Lee"},"datePublished":"2025-02-03"}',
        '[{"@type":"WebSite","name":"Site"},{"@type":["Article","Thing"],"headline":"Ferry runs",'
        '"author":["Ann Lee"],"datePublished":"2025-02-03"}]',
        '{"@graph":[{"@type":"LiveBlogPosting","headline":"Ferry runs",'
        '"author":[{"name":"Ann Lee"}],"datePublished":"2025-02-03"}]}',
        '{"@type":"WebPage","mainEntity":{"@type":"BlogPosting","name":"Ferry runs",'
        '"author":"Ann Lee","datePublished":"2025-02-03"}}',
        '//<![CDATA[\n{"@type":"Report","headline":"Ferry runs","author":"Ann Lee",'
        '"datePublished":"2025-02-03",}\n//]]>',
        '{"@type":"NewsArticle","headline":"Ferry runs","articleBody":"he said "no" to all",'
        '"author":[{"@type":"Person","name":"Ann Lee"}],"datePublished":"2025-02-03"',
    ],
    ids=["object", "list", "graph", "main entity", "wrapped, comma", "broken"],
)
def test_articles_are_read_however_they_are_written(text: str) -> None:
    """Objects, lists, graphs, wrappings, stray commas; broken JSON gives up its fields."""
    assert list(read_articles(text)) == [ARTICLE]


def test_line_breaks_and_references_in_strings_are_read() -> None:
    """A raw line break is no JSON but common; references are decoded once."""
    text = '{"@type":"Article","headline":"Ferry\n &amp; boat"}'
    assert list(read_articles(text)) == [{"headline": "Ferry\n & boat"}]


def test_an_organisation_is_no_author() -> None:
    """Who published did not write; several writers are listed, each once."""
    text = (
        '{"@type":"Article","headline":"Ferry",'
        '"author":[{"@type":"Organization","name":"The Post"},'
        '{"name":"Ann Lee"},{"name":"Bo Ek"},{"name":"Ann Lee"}]}'
    )
    assert list(read_articles(text)) == [{"headline": "Ferry", "author": "Ann Lee, Bo Ek"}]


@pytest.mark.parametrize("text", ["", "null", "3", '"x"', "{", "[" * 100_000, '{"@type": null}'])
def test_nothing_is_read_from_nothing(text: str) -> None:
    """Whatever a script holds, reading it never fails."""
    assert list(read_articles(text)) == []
