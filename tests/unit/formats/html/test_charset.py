from __future__ import annotations

import pytest

from dragoman.formats.html import FragmentFormat
from dragoman.formats.html.charset import declare_utf8, declared_charset
from support.html import LIMITS, read


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<meta charset=windows-1251>", "windows-1251"),
        (b"<META http-equiv='Content-Type' content='text/html; charset = koi8-r'>", "koi8-r"),
        (b'<?xml version="1.0" encoding="iso-8859-2"?>', "iso-8859-2"),
        (b"<!-- " + b"x" * 2000 + b" --><meta charset='cp1252'>", "cp1252"),
        (b"<p>charset=nothing</p>", None),
    ],
)
def test_the_declared_charset_is_found(head: bytes, expected: str | None) -> None:
    """In either kind of meta tag or an XML declaration, further down than the standard looks."""
    assert declared_charset(head) == expected


def test_a_document_says_utf8_once_it_is() -> None:
    """Output is UTF-8, so a tag that named another charset names that; others are not touched."""
    data = "<meta charset='iso-8859-1'><p>Été à Orléans</p>".encode("latin-1")
    article = FragmentFormat().parse(data, LIMITS)
    assert article.blocks[0].text == "Été à Orléans"
    assert FragmentFormat().render(article, {}, "fr").decode() == (
        "<meta charset='utf-8'><p>Été à Orléans</p>"
    )
    assert declare_utf8("<meta name=charset content=x>") == "<meta name=charset content=x>"
    assert read("<meta charset=UTF-8><p>a").skeleton.parts[0].startswith("<meta charset=UTF-8>")
