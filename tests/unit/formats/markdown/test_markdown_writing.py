"""Translations in Markdown read as they were meant, and nothing else changes."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.article import Block, Mark, MarkKind, TranslatedBlock
from dragoman.errors import InputError
from dragoman.formats.base import ParseLimits
from dragoman.formats.decoding import decode, scrub
from dragoman.formats.markdown import MarkdownFormat
from support.rewriting import replaced, rewritten

FORMAT = MarkdownFormat()
LIMITS = ParseLimits()


def render(source: str, text: str, marks: tuple[Mark, ...] = ()) -> str:
    """The source with its first block translated."""
    article = FORMAT.parse(source.encode(), LIMITS)
    first = article.blocks[0]
    block = TranslatedBlock(first, text, marks, (), ())
    return FORMAT.render(article, {first.id: block}, "fr").decode()


def wrap(start: int, end: int, ref: int = 0) -> Mark:
    return Mark(start, end, MarkKind.WRAP, ref)


@pytest.mark.parametrize(
    "text",
    [
        "3 * 4 = 12",
        "snake_case stays",
        "[sic]",
        "a < b",
        "AT&T",
        "C# and F#",
        "100% ~ sure",
        "1984",
    ],
)
def test_ordinary_prose_is_not_escaped(text: str) -> None:
    """Signs that mean nothing where they stand are written as they are."""
    assert render("Source.\n", text) == text + "\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("*stars*", "\\*stars\\*"),
        ("# heading", "\\# heading"),
        ("1. item", "1\\. item"),
        ("- item", "\\- item"),
        ("<b>tag</b>", "\\<b>tag\\</b>"),
        ("&amp;", "\\&amp;"),
        ("[a](b)", "\\[a\\](b)"),
        ("`tick`", "\\`tick\\`"),
    ],
)
def test_signs_that_would_become_markup_are_escaped(text: str, written: str) -> None:
    """Only where it is needed, and so that the reader sees the sign."""
    assert render("Source.\n", text) == written + "\n"


def test_marks_move_with_their_words() -> None:
    """The link and the emphasis stand around the words that were marked."""
    source = 'The [old](/a_b "t") *bridge* opens.\n'
    assert render(source, "Le pont ancien ouvre.", (wrap(3, 7, 1), wrap(8, 14, 0))) == (
        'Le *pont* [ancien](/a_b "t") ouvre.\n'
    )


def test_emphasis_that_markdown_cannot_write_becomes_html() -> None:
    """Inside a word, and beside a bracket, underscores would be read as text."""
    assert render("_Old_ bridge.\n", "L’antépont.", (wrap(2, 6),)) == "L’<em>anté</em>pont.\n"
    assert render("**Old** x.\n", "a« b »c", (wrap(1, 6),)) == "a<strong>« b »</strong>c\n"


def test_emphasis_is_drawn_in_from_white_space() -> None:
    """``** word**`` would show its stars."""
    assert render("*Old* bridge.\n", "Le pont ancien.", (wrap(2, 8),)) == "Le *pont* ancien.\n"
    assert render("*Old* bridge.\n", "Le pont.", (wrap(2, 3),)) == "Le pont.\n"


def test_kept_text_is_the_sources_own() -> None:
    """Code comes out unchanged even where the translation has lost or changed it."""
    keep = Mark(6, 9, MarkKind.KEEP, 0)
    assert render("Use `a_b` now.\n", "Tapez XXX vite.", (keep,)) == "Tapez `a_b` vite.\n"
    assert render("Use `a_b` now.\n", "Tapez vite.") == "Tapez vite. `a_b`\n"
    assert render("See ![x](y) now.\n", "Voyez.") == "Voyez.![x](y)\n"


def test_a_reference_keeps_its_target() -> None:
    """A link found by its own text keeps that text as its label."""
    source = "The [mayor] spoke.\n\n[mayor]: http://m\n"
    assert render(source, "Le maire parla.", (wrap(3, 8),)) == (
        "Le [maire][mayor] parla.\n\n[mayor]: http://m\n"
    )


def test_hard_breaks_stay_inside_their_containers() -> None:
    """The second line is quoted as the first was."""
    point = Mark(2, 2, MarkKind.POINT, 0)
    assert render("> one  \n> two\n", "un deux", (point,)) == "> un  \n> deux\n"
    assert render("1. one\\\n   two\n", "un deux", (point,)) == "1. un\\\n   deux\n"


@pytest.mark.parametrize(
    ("source", "before", "behind"),
    [
        ("\n\n#   Title  ##\r\n", "\n\n#   ", "  ##\r\n"),
        ("Title\n=====\nText", "", "\n=====\nText"),
        ("* \titem\n\n      code\n", "* \t", "\n\n      code\n"),
        (">quote\n>\n> ---\n", ">", "\n>\n> ---\n"),
        ("a  \n", "", "  \n"),
    ],
)
def test_only_the_text_is_replaced(source: str, before: str, behind: str) -> None:
    """White space, signs and line endings around the text are kept byte for byte."""
    assert render(source, "Neu") == f"{before}Neu{behind}"


def test_cells_and_alternative_texts_keep_to_their_place() -> None:
    """A pipe does not make a cell, a bracket does not end an image."""
    assert render("| a | b |\n|---|---|\n", "x | y") == "| x \\| y | b |\n|---|---|\n"
    assert render("![a](b.jpg)\n", "x ] y") == "![x \\] y](b.jpg)\n"


def test_an_empty_translation_leaves_the_source() -> None:
    """Nothing that went in may vanish."""
    assert render("Source.\n", " ") == "Source.\n"


PIECES = (
    "*", "**", "_", "`", "[a](b)", "[a]", "![x](y)", "\n", "\n\n", "# ", "> ", "- ", "1. ", "  \n",
    "\\\n", "<b>", "</b>", "<br>", "<!-- c -->", "&amp;", "~~", "|",
    "| a | b |\n|---|---|\n| c |\n",
    "[a]: http://u\n", "```\ncode\n```\n", "    ", "\t", "\\*", "\\", "{{ t }}", "[^1]",
    "<http://x>", "---\n", "===\n", "\r\n", "\r", "(", ")", "]", "[", "!", "&", "é", "«", "» ",
    "PARIS (AP) — The man came home", "*A boat. (Photo: Jane Doe)*", "word", "Two words. ",
    "a", " ", "\u00a0",
)  # fmt: skip
documents = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


@given(documents)
def test_any_document_can_be_translated(source: str) -> None:
    """Untouched it comes back exactly; translated, every block reads as its translation."""
    try:
        article = FORMAT.parse(source.encode(), LIMITS)
    except InputError:
        return
    assert FORMAT.render(article, {}, "fr").decode() == decode(source.encode())[0]
    changes = rewritten(article, rot13)
    again = FORMAT.parse(FORMAT.render(article, changes, "fr"), LIMITS)
    wanted = [
        changes[block.id].text if block.id in changes else block.text for block in article.blocks
    ]
    assert [block.text.split() for block in again.blocks] == [text.split() for text in wanted]


SHAPES = (
    "# Head line\n\nA paragraph here.\n\n- item\n\n> quote\n\n| a | b |\n|---|---|\n| c | d |\n\n"
    "Set\n===\n\n![alt](x)\n\n1. one\n\n   two\n"
)
translations = st.lists(
    st.one_of(
        st.sampled_from([*"*_`[]()#>-+=|\\<&!~.1 ", "1. ", "<b>", "&amp;", "[a](b)", "![x](y)"]),
        st.text(max_size=4),
    ),
    min_size=1,
    max_size=12,
).map(lambda parts: scrub("".join(parts)).strip())


@given(translations.filter(lambda text: bool(text) and text.isprintable()))
def test_any_translation_stays_text_in_any_place(text: str) -> None:
    """In headings, lists, quotes, cells and images alike."""
    article = FORMAT.parse(SHAPES.encode(), LIMITS)
    rendered = FORMAT.render(article, replaced(article, text), "fr")
    again = FORMAT.parse(rendered, LIMITS)
    assert len(again.blocks) == len(article.blocks)
    assert {"".join(block.text.split()) for block in again.blocks} == {"".join(text.split())}


def test_a_block_without_marks_of_its_own_ignores_foreign_marks() -> None:
    """A mark that the format did not make is left out instead of failing."""
    block = Block("b1", FORMAT.parse(b"Text.", LIMITS).blocks[0].kind, "Text.")
    article = FORMAT.parse(b"Text.", LIMITS)
    changed = TranslatedBlock(block, "Texte.", (wrap(0, 2, 7),), (), ())
    assert FORMAT.render(article, {"b1": changed}, "fr") == b"Texte."
