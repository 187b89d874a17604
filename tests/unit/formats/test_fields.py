"""A CMS record comes back as the same record in another language."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import EmptyInput, InputError, InputTooLarge, UnreadableInput, UnsupportedInput
from dragoman.formats.base import ParseLimits
from dragoman.formats.decoding import scrub
from dragoman.formats.fields import KNOWN_FIELDS, TRANSLATED_FIELDS, FieldsFormat
from support.rewriting import rewritten

FORMAT = FieldsFormat()
LIMITS = ParseLimits()
PROSE = "The old bridge over the river was opened again on Monday after nine weeks of work."


def blocks(record: dict[str, Any]) -> list[tuple[str, str, str]]:
    article = FORMAT.parse_record(record, LIMITS)
    return [(block.id, str(block.kind), block.text) for block in article.blocks]


def upper(record: dict[str, Any]) -> dict[str, Any]:
    article = FORMAT.parse_record(record, LIMITS)
    changes = rewritten(article, lambda text: "".join(_capital(char) for char in text))
    return FORMAT.render_record(article, changes, "fr")


def _capital(char: str) -> str:
    return char.upper() if len(char.upper()) == 1 else char


def test_every_field_has_its_kind_and_place() -> None:
    """Blocks come in reading order, named by where they stand in the record."""
    record = {
        "tags": ["bridges"],
        "captions": ["A bridge. (Photo: Jane Doe)", {"text": "A tram", "credit": "AP"}],
        "body_text": f"LYON (AP) — {PROSE}\n\nWhat it cost\n\n{PROSE}",
        "headline": "Bridge opens",
        "byline": "By Jane Doe",
        "summary": "It opens.",
        "title": "Bridge",
        "alt_texts": ["A bridge"],
        "pull_quotes": ["It holds."],
        "kicker": "City",
        "standfirst": "Nine weeks.",
        "dateline": "LYON",
        "description": "About a bridge.",
    }
    assert blocks(record) == [
        ("kicker", "label", "City"),
        ("headline", "headline", "Bridge opens"),
        ("standfirst", "standfirst", "Nine weeks."),
        ("byline", "byline", "By Jane Doe"),
        ("dateline", "dateline", "LYON"),
        ("body_text", "dateline", "LYON (AP)"),
        ("body_text/2", "paragraph", PROSE),
        ("body_text/3", "heading", "What it cost"),
        ("body_text/4", "paragraph", PROSE),
        ("pull_quotes/0", "quote", "It holds."),
        ("captions/0", "caption", "A bridge."),
        ("captions/0/2", "credit", "Photo: Jane Doe"),
        ("captions/1/text", "caption", "A tram"),
        ("captions/1/credit", "credit", "AP"),
        ("alt_texts/0", "alt_text", "A bridge"),
        ("summary", "description", "It opens."),
        ("title", "title", "Bridge"),
        ("description", "description", "About a bridge."),
        ("tags/0", "label", "bridges"),
    ]


def test_the_answer_has_the_same_fields_shapes_and_types() -> None:
    """Null stays null, missing stays missing, order and unknown values are untouched."""
    record = {
        "id": 7,
        "captions": ["one (AP)", {"text": None, "credit": "AP"}, None, {}],
        "date": None,
        "headline": "two",
        "standfirst": None,
        "body_html": "<p class=x>three <em>four</em></p>",
        "body_text": "  ",
        "tags": [],
        "byline": "five",
        "language": "en",
    }
    assert list(upper(record).items()) == [
        ("id", 7),
        ("captions", ["ONE (AP)", {"text": None, "credit": "AP"}, None, {}]),
        ("date", None),
        ("headline", "TWO"),
        ("standfirst", None),
        ("body_html", "<p class=x>THREE <em>FOUR</em></p>"),
        ("body_text", "  "),
        ("tags", []),
        ("byline", "five"),
        ("language", "fr"),
    ]
    assert record["headline"] == "two", "the record that was sent is not changed"


def test_a_text_of_several_lines_stays_in_its_field() -> None:
    """Each line is a block of the field's kind; line breaks come back."""
    record = {"standfirst": "One line.\n\nAnother - PARIS (AP) - line.\n"}
    assert [kind for _, kind, _ in blocks(record)] == ["standfirst", "standfirst"]
    assert upper(record) == {"standfirst": "ONE LINE.\n\nANOTHER - PARIS (AP) - LINE.\n"}


def test_a_body_of_html_keeps_its_markup() -> None:
    """Blocks and inline marks of the fragment format pass through."""
    article = FORMAT.parse_record(
        {"body_html": '<h2>A</h2>\n<p>b <a href="/x?a=1&amp;b">c</a></p>'}, LIMITS
    )
    assert [(block.id, str(block.kind), len(block.marks)) for block in article.blocks] == [
        ("body_html", "heading", 0),
        ("body_html/2", "paragraph", 1),
    ]
    assert FORMAT.render_record(article, {}, "fr") == article.skeleton.record


def test_bytes_and_mapping_are_read_alike() -> None:
    """The command line sends JSON, the server a mapping."""
    record = {"headline": "Élan — “vital”", "language": "fr", "url": "https://example.org"}
    data = json.dumps(record).encode()
    article = FORMAT.parse(data, LIMITS)
    assert article.blocks == FORMAT.parse_record(record, LIMITS).blocks
    assert article.language == "fr"
    assert article.meta == {
        "title": "Élan — “vital”",
        "url": "https://example.org",
        "encoding": "utf-8",
    }
    assert json.loads(FORMAT.render(article, {}, "fr")) == record
    assert "Élan" in FORMAT.render(article, {}, "fr").decode()


def test_an_unknown_field_is_named_with_the_known_ones() -> None:
    """A misspelt field must not be dropped without a word."""
    with pytest.raises(UnsupportedInput, match="headlin") as refused:
        FORMAT.parse_record({"headlin": "x", "headline": "y"}, LIMITS)
    assert refused.value.hint
    assert all(name in refused.value.hint for name in KNOWN_FIELDS)
    assert set(KNOWN_FIELDS) >= TRANSLATED_FIELDS


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"headline": 5}, "headline"),
        ({"body_html": ["<p>x</p>"]}, "body_html"),
        ({"tags": "x"}, "tags"),
        ({"tags": ["x", 5]}, r"tags\[1\]"),
        ({"captions": [{"text": "x", "by": "y"}]}, r"captions\[0\]"),
        ({"captions": [{"text": 5}]}, r"captions\[0\]"),
        ({"pull_quotes": [{"text": "x"}]}, r"pull_quotes\[0\]"),
        ({"id": {"a": 1}, "headline": "x"}, "id"),
        ({"language": 5, "headline": "x"}, "language"),
    ],
)
def test_a_wrong_type_is_refused_by_name(record: dict[str, Any], named: str) -> None:
    """The message says which field, and for lists which item."""
    with pytest.raises(UnsupportedInput, match=named):
        FORMAT.parse_record(record, LIMITS)


@pytest.mark.parametrize(
    "source",
    ["{", "[]", '"text"', "null", '{"headline": NaN}', '{"headline": "a", "headline": "b"}',
     '{"headline": 1' + "0" * 5000 + "}", "[" * 100_000, "{'headline': 'x'}"],
)  # fmt: skip
def test_what_is_no_json_object_is_refused(source: str) -> None:
    """Broken JSON, other values, and objects that name a field twice."""
    with pytest.raises(UnreadableInput):
        FORMAT.parse(source.encode(), LIMITS)


@pytest.mark.parametrize(
    "record",
    [{}, {"headline": None}, {"headline": " ", "captions": [None]}, {"body_html": "<p> </p>"},
     {"id": 5, "language": "en"}],
)  # fmt: skip
def test_a_record_without_text_is_empty(record: dict[str, Any]) -> None:
    """There must be something to translate."""
    with pytest.raises(EmptyInput):
        FORMAT.parse_record(record, LIMITS)


def test_limits_hold_for_the_whole_record() -> None:
    """Many small fields are as much as one large one."""
    with pytest.raises(InputTooLarge):
        FORMAT.parse_record({"tags": ["x"] * 20}, ParseLimits(max_nodes=10))


def test_surrogates_in_json_escapes_are_joined_or_replaced() -> None:
    """The answer can always be written as UTF-8."""
    article = FORMAT.parse(b'{"headline": "a \\ud83d\\ude00 b \\ud800 c"}', LIMITS)
    assert article.blocks[0].text == "a \U0001f600 b \ufffd c"
    assert FORMAT.render(article, {}, "fr")


texts = st.text(max_size=30)
captions = st.one_of(
    st.none(),
    texts,
    st.fixed_dictionaries({}, optional={"text": texts, "credit": st.none() | texts}),
)
records = st.fixed_dictionaries(
    {},
    optional={
        "headline": st.none() | texts,
        "standfirst": texts,
        "body_text": texts,
        "captions": st.lists(captions, max_size=3),
        "tags": st.lists(texts, max_size=3),
    },
)


@given(records)
def test_any_record_comes_back_as_it_was(record: dict[str, Any]) -> None:
    """Without translations every string is the same, but for what UTF-8 cannot hold."""
    try:
        article = FORMAT.parse_record(record, LIMITS)
    except InputError:
        return
    clean = json.loads(scrub(json.dumps(record, ensure_ascii=False)).replace("\\u0000", "\ufffd"))
    assert FORMAT.render_record(article, {}, "fr") == clean
