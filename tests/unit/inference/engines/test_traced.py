"""Cleaning text without losing where it came from."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.inference.engines.traced import clean, join

TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain “text” – here", "plain “text” – here"),
        ("Do\u00adnau\u200e", "Donau"),
        ("a\0b\x1bc", "abc"),
        ("\ud83d lone", " lone"),
        ("one\ntwo\r\n\tthree\u2028four\x85", "one two   three four "),
        ("e\u0301te\u0301", "été"),
        ("\u1112\u1161\u11ab", "한"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_no_model_reads_is_taken_out(text: str, cleaned: str) -> None:
    """Invisible characters go, line breaks become spaces, accents are composed, joiners stay."""
    assert clean(text).text == cleaned


def test_spans_lead_back_over_what_was_taken_out() -> None:
    """A span of the clean text covers exactly its part of the original."""
    text = "\u200eDo\u00adnau e\u0301te\u0301"
    traced = clean(text)
    start = traced.text.index("nau")
    assert slice_of(text, traced.span(start, start + 3)) == "nau"
    start = traced.text.index("été")
    assert slice_of(text, traced.span(start, start + 3)) == "e\u0301te\u0301"
    assert slice_of(text, traced.span(0, 5)) == "Do\u00adnau"


def test_joined_parts_keep_their_origin() -> None:
    """Every character of a part stands for all of the part's original."""
    traced = join([("ab", (3, 4)), ("", (4, 5)), ("c", (5, 9))])
    assert traced.text == "abc"
    assert [traced.span(at, at + 1) for at in range(3)] == [(3, 4), (3, 4), (5, 9)]


@given(TEXT)
def test_any_text_can_be_cleaned(text: str) -> None:
    """Origins stay inside the text and in order; the result can be encoded and is composed."""
    traced = clean(text)
    traced.text.encode("utf-8")
    places = [traced.span(at, at + 1) for at in range(len(traced.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)
    assert clean(unicodedata.normalize("NFC", traced.text)).text == clean(traced.text).text


def slice_of(text: str, span: tuple[int, int]) -> str:
    return text[span[0] : span[1]]
