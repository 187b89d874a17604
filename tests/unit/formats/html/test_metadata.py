from __future__ import annotations

import pytest

from dragoman.formats.html.metadata import Metadata, read_metadata
from dragoman.formats.html.tokens import tokenize


def read(source: str) -> Metadata:
    return read_metadata(source, tuple(tokenize(source)))


def test_linked_data_wins_over_open_graph_and_the_title() -> None:
    """The candidates come most reliable first, each once; each source fills what is missing."""
    found = read(
        '<title>Ferry &amp; bus - The Post</title><meta property="og:title" '
        'content="Ferry and bus">'
        '<meta property=og:site_name content="The Post">'
        '<meta name=description content="All of it.">'
        '<link rel=canonical href="https://p.example/f?a=1&amp;b=2">'
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferry runs",'
        '"author":{"name":"Ann Lee"},"datePublished":"2025-02-03"}</script>'
    )
    assert found == Metadata(
        headlines=("Ferry runs", "Ferry and bus", "Ferry & bus"),
        description="All of it.",
        author="Ann Lee",
        url="https://p.example/f?a=1&b=2",
        published="2025-02-03",
    )


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Ferry runs again on Monday | Post", "Ferry runs again on Monday"),
        ("Ferry runs – and the bus too, at last", "Ferry runs – and the bus too, at last"),
        (
            "Ferry – the boat – runs again on Monday - Post",
            "Ferry – the boat – runs again on Monday",
        ),
        ("Well-known ferry runs", "Well-known ferry runs"),
    ],
)
def test_the_site_is_cut_off_a_title(title: str, headline: str) -> None:
    """A short last part behind a dash is the site; a dash inside a sentence is not a seam."""
    assert read(f"<title>{title}</title>").headline == headline


@pytest.mark.parametrize(
    ("meta", "author"),
    [
        ('<meta name="author" content="By Ann Lee">', "Ann Lee"),
        ('<meta property="article:author" content="https://social.example/ann">', ""),
        (
            '<meta name=author content="The Post"><meta property=og:site_name content="the post">',
            "",
        ),
    ],
)
def test_an_author_is_a_name(meta: str, author: str) -> None:
    """Addresses and the site itself are no authors; the word before a name is not part of it."""
    assert read(meta).author == author


def test_a_page_without_a_head_has_no_metadata() -> None:
    """Everything unknown is empty, and nothing is made up."""
    assert read("<p>By Ann Lee</p>") == Metadata((), "", "", "", "")
