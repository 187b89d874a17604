"""Which blocks a Markdown document has, and what is left alone."""

from __future__ import annotations

import pytest

from dragoman.article import Article, MarkKind
from dragoman.errors import EmptyInput, InputTooLarge
from dragoman.formats.base import ParseLimits
from dragoman.formats.markdown import MarkdownFormat


def parse(source: str) -> Article:
    return MarkdownFormat().parse(source.encode(), ParseLimits())


def blocks(source: str) -> list[tuple[str, str]]:
    return [(str(block.kind), block.text) for block in parse(source).blocks]


def marked(source: str) -> list[tuple[str, MarkKind]]:
    """The marked texts of the first block."""
    block = parse(source).blocks[0]
    return [(block.text[mark.start : mark.end], mark.kind) for mark in block.marks]


def test_blocks_have_the_kinds_of_their_constructions() -> None:
    """Headings, lists, quotes and cells in order; the first of level one is the headline."""
    source = (
        "# Title\n\nText\nof two lines.\n\nSecond\n------\n\n1. one\n   - inner\n\n> quoted\n\n"
        "| a \\| x | b |\n|---|---|\n| c |\n\n# Another\n"
    )
    assert blocks(source) == [
        ("headline", "Title"),
        ("paragraph", "Text of two lines."),
        ("heading", "Second"),
        ("list_item", "one"),
        ("list_item", "inner"),
        ("quote", "quoted"),
        ("table_cell", "a | x"),
        ("table_cell", "b"),
        ("table_cell", "c"),
        ("heading", "Another"),
    ]


def test_code_html_and_definitions_are_left_alone() -> None:
    """Nothing in them is a block."""
    code = "```\ncode\n```\n\n    code\n\n"
    source = f"Text.\n\n{code}<div>\n*html*\n</div>\n\n[a]: http://x\n\n<!-- c -->\n"
    assert blocks(source) == [("paragraph", "Text.")]


def test_front_matter_is_kept_and_read() -> None:
    """It is no text; its title, author, date and language are what the document says of itself."""
    source = '---\ntitle: "A title"\nauthor: Jane\ndate: 2025-01-02\nlang: fr\n---\nTexte.\n'
    article = parse(source)
    assert [block.text for block in article.blocks] == ["Texte."]
    assert article.language == "fr"
    assert article.meta == {
        "title": "A title",
        "author": "Jane",
        "date": "2025-01-02",
        "encoding": "utf-8",
    }
    assert blocks("+++\ntitle = 'x'\n+++\nText.\n") == [("paragraph", "Text.")]
    assert parse("Text.\n\n---\nlang: fr\n---\n").language is None


def test_inline_markup_becomes_marks() -> None:
    """The sentence is whole; links and emphasis wrap, code and addresses are kept."""
    source = 'See *the* [**old** bridge](/b "t"), `x_y`, <http://a.b> and <b>more</b>&nbsp;\\*.\n'
    assert parse(source).blocks[0].text == "See the old bridge, x_y, http://a.b and more\u00a0*."
    assert marked(source) == [
        ("the", MarkKind.WRAP),
        ("old bridge", MarkKind.WRAP),
        ("old", MarkKind.WRAP),
        ("x_y", MarkKind.KEEP),
        ("http://a.b", MarkKind.KEEP),
        ("more", MarkKind.WRAP),
    ]


def test_templates_footnotes_and_kept_elements_are_kept() -> None:
    """What other programs will replace, and what is code, must not be translated."""
    source = "Press <kbd>Ctrl</kbd> for {{ name }} and {% tag %}, see.[^1]\n"
    assert marked(source) == [
        ("Ctrl", MarkKind.KEEP),
        ("{{ name }}", MarkKind.KEEP),
        ("{% tag %}", MarkKind.KEEP),
        ("[^1]", MarkKind.KEEP),
    ]


def test_line_breaks_and_comments_are_points() -> None:
    """They stand at one place and hold no text."""
    assert marked("one  \ntwo<!-- c --> three<br>four\n") == [("", MarkKind.POINT)] * 3
    assert parse("one  \ntwo<br>three\\\nfour\n").blocks[0].text == "one two three four"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("![A *tall* bridge](b.jpg)\n\nText.", [("paragraph", "Text.")]),
        ("![A bridge](b.jpg)\n", [("alt_text", "A bridge")]),
        ("![A bridge][]\n\n[a bridge]: b.jpg\n\nText.", [("paragraph", "Text.")]),
        ('See ![a tram](t.png "t") here.', [("paragraph", "See  here."), ("alt_text", "a tram")]),
    ],
)
def test_alternative_texts_are_blocks(source: str, expected: list[tuple[str, str]]) -> None:
    """Plain ones, unless the image is found by them."""
    assert blocks(source) == expected


def test_captions_standfirst_byline_and_dateline_are_told_by_their_place() -> None:
    """Markdown has no signs for them, but writers have habits."""
    source = (
        "# Bridge opens\n\n**The trams follow in the spring.**\n\n*By Jane Doe*\n\n"
        "LYON (AP) — The bridge was opened again on *Monday* after nine weeks.\n\n"
        "![A bridge](b.jpg)\n*The bridge in May. (Photo: Jane Doe)*\n\n*Not a caption.*\n"
    )
    assert blocks(source) == [
        ("headline", "Bridge opens"),
        ("standfirst", "The trams follow in the spring."),
        ("byline", "By Jane Doe"),
        ("dateline", "LYON (AP)"),
        ("paragraph", "The bridge was opened again on Monday after nine weeks."),
        ("caption", "The bridge in May."),
        ("credit", "Photo: Jane Doe"),
        ("alt_text", "A bridge"),
        ("paragraph", "Not a caption."),
    ]


@pytest.mark.parametrize(
    "source", ["```\ncode\n```\n", "---\ntitle: x\n---\n", "[a]: http://x\n", "***\n"]
)
def test_a_document_without_prose_is_empty(source: str) -> None:
    """There is nothing to translate in code, front matter or rules alone."""
    with pytest.raises(EmptyInput):
        parse(source)


@pytest.mark.parametrize("source", ["*" * 200_000, "a\n" * 300_000, "> " * 200 + "a"])
def test_markup_beyond_measure_is_refused(source: str) -> None:
    """Signs, lines and levels are limited, because the parser's time grows with them."""
    with pytest.raises(InputTooLarge):
        parse(source)
