from __future__ import annotations

import pytest
from hypothesis import given

from dragoman.formats.html.tokens import TokenKind, attributes, tokenize
from support.html import soup


def cut(source: str, *, content_system: bool = False) -> list[tuple[str, str]]:
    return [
        (token.kind.name, source[token.start : token.end])
        for token in tokenize(source, content_system=content_system)
    ]


@given(soup)
def test_tokens_tile_the_source(source: str) -> None:
    """Joined, the tokens are the source, whatever is in it."""
    for content_system in (False, True):
        assert "".join(text for _, text in cut(source, content_system=content_system)) == source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<a title="a>b">x</a>', ['<a title="a>b">', "x", "</a>"]),
        ("1 < 2 <3 & </", ["1 < 2 <3 & </"]),
        ("a<!-->b", ["a", "<!-->", "b"]),
        ("a<!-- > -- --!>b", ["a", "<!-- > -- --!>", "b"]),
        ("a<!-- open", ["a", "<!-- open"]),
        ("a</>b</ x>c<?p?>d<!e>f", ["a", "</>", "b", "</ x>", "c", "<?p?>", "d", "<!e>", "f"]),
        ("a<b title='x", ["a", "<b title='x"]),
        ("<a =x==y>z", ["<a =x==y>", "z"]),
    ],
)
def test_markup_ends_where_the_standard_says(source: str, expected: list[str]) -> None:
    """Quotes hide an angle bracket, broken tags are comments, and a tag cut short is dropped."""
    assert [text for _, text in cut(source)] == expected


@pytest.mark.parametrize(
    ("source", "raw"),
    [
        ("<script>a</b></SCRIPT >c", "a</b>"),
        ("<script><!-- <script> </script> --></script>c", "<!-- <script> </script> -->"),
        ("<title>a<b>&amp;</title>c", "a<b>&amp;"),
        ("<style>p</p></styles></style>c", "p</p></styles>"),
        ("<iframe><p>x", "<p>x"),
    ],
)
def test_raw_text_holds_no_tags(source: str, raw: str) -> None:
    """Scripts, styles, titles and frames end at their own end tag only."""
    assert ("RAW", raw) in cut(source)


def test_foreign_content_has_its_own_rules() -> None:
    """In svg a title holds tags, CDATA is one token and a slash closes an element."""
    found = cut("<svg><path/><title>a<b>c</title><![CDATA[<p>]]></svg><![CDATA[<p>]]>")
    assert ("EMPTY", "<path/>") in found
    assert ("RAW", "a<b>c") not in found
    assert ("OTHER", "<![CDATA[<p>]]>") in found
    assert ("OTHER", "<![CDATA[<p>") in found


@pytest.mark.parametrize(
    ("text", "shortcodes"),
    [
        ('a [gallery ids="1,2"] b', ['[gallery ids="1,2"]']),
        ("[caption id=x]<img>Text[/caption]", ["[caption id=x]", "[/caption]"]),
        ("[box]inside[/box]", ["[box]", "[/box]"]),
        ("[my_form /]", ["[my_form /]"]),
        ("“It [the law] was [sic] passed” [1] [he said]", []),
    ],
)
def test_shortcodes_are_told_from_editors_brackets(text: str, shortcodes: list[str]) -> None:
    """A shortcode has attributes, a partner or a known name; a word in brackets is text."""
    found = [part for kind, part in cut(text, content_system=True) if kind == "OTHER"]
    assert found == shortcodes
    assert all(kind != TokenKind.OTHER.name for kind, _ in cut(text))


def test_attributes_carry_the_place_of_their_value() -> None:
    """Names in lower case, values without quotes, spans with them, in any way of writing."""
    tag = "<p CLASS=a\tid = 'b c' hidden lang=\"\" data-x=1/2>"
    found = [(one.name, one.value, tag[one.start : one.end]) for one in attributes(tag)]
    assert found == [
        ("class", "a", "a"),
        ("id", "b c", "'b c'"),
        ("hidden", "", ""),
        ("lang", "", '""'),
        ("data-x", "1/2", "1/2"),
    ]


def test_hostile_repetition_is_read_in_linear_time() -> None:
    """Half a million characters of each unfinished construct are no trouble."""
    for part in (
        "<",
        "<!--",
        "<a ",
        '<a b="',
        "</",
        "<a b=c ",
        "[a ",
        "[a b=c ",
        "&#x",
        "<script>",
    ):
        source = part * (500_000 // len(part))
        assert sum(
            end - start for _, start, end, _ in tokenize(source, content_system=True)
        ) == len(source)
