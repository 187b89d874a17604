"""Formats by name, and the name of a format by file and content."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import UnsupportedInput
from dragoman.formats.registry import FORMATS, get_format, sniff


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_found_by_its_name(name: str) -> None:
    """Every listed name gives a format that calls itself so."""
    assert get_format(name).name == name


@pytest.mark.parametrize("name", ["", "auto", "html", "Text", "docx"])
def test_another_name_is_refused_with_the_known_ones(name: str) -> None:
    """The error lists what can be asked for."""
    with pytest.raises(UnsupportedInput) as refused:
        get_format(name)
    assert all(known in str(refused.value) for known in FORMATS)


@pytest.mark.parametrize(
    ("content", "filename", "expected"),
    [
        ("<!DOCTYPE html><title>x</title>", None, "page"),
        ("\n<!-- made by x -->\n<HTML lang=en><body>", None, "page"),
        ("<?xml version='1.0'?><html>", None, "page"),
        ("<p>One <b>sentence</b>.</p>", None, "fragment"),
        ("<!-- wp:paragraph --><p>Text</p>", None, "fragment"),
        ("<p>Text</p>", "post.html", "fragment"),
        ("<!doctype html><p>Text", "post.HTM", "page"),
        ("Text only", "post.html", "fragment"),
        ("# Title\n\nText", "a.md", "markdown"),
        ("# Title\n\nText", "a.markdown", "markdown"),
        ("<!doctype html>", "a.txt", "text"),
        ("# Title\n\nText", None, "text"),
        ('{"headline": "x"}', None, "fields"),
        ('{"headline": "x"}', "a.txt", "text"),
        ('{"other": "x"}', None, "text"),
        ('{"other": "x"}', "a.json", "fields"),
        ('{"headline": ', None, "text"),
        ("{{ headline }}", None, "text"),
        ("< 5 people came", None, "text"),
        ("<b>bold</b> start of a sentence", None, "text"),
        ("a < b", "notes", "text"),
        ("", None, "text"),
    ],
)
def test_the_format_is_told_by_name_then_by_content(
    content: str, filename: str | None, expected: str
) -> None:
    """A file's ending decides, and for HTML and for no ending the first characters."""
    assert sniff(content.encode(), filename) == expected


def test_content_is_told_in_other_encodings() -> None:
    """A page in UTF-16 is a page."""
    assert sniff("<!DOCTYPE html><p>é</p>".encode("utf-16")) == "page"


@given(st.binary(max_size=300), st.sampled_from([None, "x", "x.html", "x.json", "x.md", "\0"]))
def test_any_bytes_have_a_format(data: bytes, filename: str | None) -> None:
    """Sniffing never fails: what cannot be read is refused by the format itself."""
    assert sniff(data, filename) in FORMATS


def test_importing_the_registry_imports_no_parser() -> None:
    """Formats are imported when they are asked for, so that start-up stays fast."""
    heavy = ["selectolax", "trafilatura", "markdown_it", "charset_normalizer", "lxml"]
    code = (
        "import sys, dragoman.formats.registry as r; r.get_format('text');"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"
