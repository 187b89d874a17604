"""What every format promises, on documents with all that each of them can hold."""

from __future__ import annotations

import codecs
import json
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from selectolax.lexbor import LexborHTMLParser

from dragoman.article import Article
from dragoman.errors import EmptyInput, InputError, InputTooLarge, UnreadableInput
from dragoman.formats.base import Format, ParseLimits
from dragoman.formats.decoding import decode, scrub
from dragoman.formats.registry import FORMATS, get_format
from support.hostile import HOSTILE
from support.rewriting import replaced, rewritten

LIMITS = ParseLimits()
BODY = (
    '<h2>What it <em>costs</em></h2>\n<p>The bridge cost <a href="/m?a=1&amp;b=2">9 million</a> '
    "euros, and <code>x&lt;y</code> holds.</p>\n<ul>\n<li>One item</li>\n"
    "<li>Two items</li>\n</ul>\n"
    '<!-- wp:image {"id":3} -->\n<figure><img src="b.jpg" alt="A bridge"><figcaption>A bridge in '
    "May. (Photo: Jane Doe)</figcaption></figure>\n<blockquote><p>It holds.</p></blockquote>\n"
)
STORY = (
    "The old bridge over the river was opened again on Monday after nine weeks of work in rain.",
    "The mayor said that everybody may use it, and that it cost less than the city had feared.",
    "Trams will follow in April when the last of the signals have been tested by the engineers.",
)
PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    '<title>Bridge opens | Site</title></head>\n<body><nav><a href="/">Home</a></nav>\n'
    "<main><article><h1>The bridge opens again</h1>\n"
    + "".join(f"<p>{text}</p>\n" for text in STORY)
    + BODY
    + "</article></main><footer>All rights reserved</footer>"
    + "<script>if (1 < 2) {}</script></body></html>\n"
)
TEXT = (
    "The bridge opens again\r\n\r\nBy Jane Doe\r\n\r\nLYON (AP) — "
    + STORY[0]
    + "\r\n\r\n  "
    + STORY[1]
    + "\r\n\r\n\t- one item\r\n\t- two items\r\n\r\n> It holds.\r\n\r\n"
    + "A bridge in May. (Jane Doe/AP)\r\n\r\n* * *\r\n\r\n"
    + STORY[2]
    + "  \r\n\r\nSource\r\n"
)
MARKDOWN = (
    "---\ntitle: x\n---\n# The *bridge* opens\n\nBy Jane Doe\n\n"
    + STORY[0]
    + " **Now** [go](/a_b).\n\n"
    "![A bridge](b.jpg)\n\n- one `code`\n- two\n\n> It holds.\n\n"
    "| a | b |\n|---|---|\n| c | d |\n\n"
    "Second\n======\n\n```\nkept\n```\n\n<div>kept</div>\n\n" + STORY[1] + "\n"
)
RECORD = {
    "id": 7,
    "headline": "The bridge opens again",
    "standfirst": None,
    "byline": "By Jane Doe",
    "body_html": BODY,
    "body_text": STORY[0] + "\n\n" + STORY[1],
    "captions": ["A bridge in May.", {"text": "A tram", "credit": "AP"}, {"text": None}, None],
    "tags": ["bridges"],
    "summary": "It opens.",
}


@dataclass(frozen=True)
class Sample:
    """A document of one format, and how to compare two documents by their content."""

    format: str
    document: str
    compare: Callable[[bytes], object]

    @property
    def data(self) -> bytes:
        return self.document.encode("utf-8")


SAMPLES = (
    Sample("page", PAGE, lambda data: data.decode("utf-8").replace('lang="fr"', 'lang="en"')),
    Sample("fragment", BODY, lambda data: data.decode("utf-8")),
    Sample("text", TEXT, lambda data: data.decode("utf-8")),
    Sample("markdown", MARKDOWN, lambda data: data.decode("utf-8")),
    Sample("fields", json.dumps(RECORD), lambda data: list(json.loads(data).items())),
)


@pytest.fixture(params=SAMPLES, ids=lambda sample: sample.format)
def sample(request: pytest.FixtureRequest) -> Sample:
    chosen: Sample = request.param
    return chosen


def parsed(sample: Sample) -> tuple[Format, Article]:
    chosen = get_format(sample.format)
    return chosen, chosen.parse(sample.data, LIMITS)


def rot13(text: str) -> str:
    """Other words of the same length; the same again is the text."""
    return codecs.encode(text, "rot13")


def without_dir(content: object) -> object:
    return content.replace(' dir="ltr"', "") if isinstance(content, str) else content


def texts(article: Article) -> list[str]:
    return [block.text for block in article.blocks]


def test_every_format_has_a_sample() -> None:
    """A new format cannot be added without being held to these promises."""
    assert [sample.format for sample in SAMPLES] == list(FORMATS)
    assert [get_format(name).name for name in FORMATS] == list(FORMATS)


def test_without_translations_the_document_is_unchanged(sample: Sample) -> None:
    """Rendering nothing gives the content of the source, but for the declared language."""
    chosen, article = parsed(sample)
    rendered = chosen.render(article, {}, "fr")
    assert without_dir(sample.compare(rendered)) == sample.compare(sample.data)


def test_a_translation_stands_where_its_source_stood(sample: Sample) -> None:
    """Every block holds its new text, in the same order, and what is kept is kept."""
    chosen, article = parsed(sample)
    changes = rewritten(article, rot13)
    assert len(changes) >= 5
    again = chosen.parse(chosen.render(article, changes, "fr"), LIMITS)
    wanted = [
        changes[block.id].text if block.id in changes else block.text for block in article.blocks
    ]
    assert texts(again) == wanted


def test_nothing_but_the_text_changes(sample: Sample) -> None:
    """Changing every text and changing it back gives the same document."""
    chosen, article = parsed(sample)
    there = chosen.parse(chosen.render(article, rewritten(article, rot13), "fr"), LIMITS)
    assert texts(there) != texts(article)
    back = chosen.render(there, rewritten(there, rot13), "fr")
    assert without_dir(sample.compare(back)) == sample.compare(sample.data)


def test_an_article_can_be_sent_to_another_process(sample: Sample) -> None:
    """A pickled article renders as the article itself."""
    chosen, article = parsed(sample)
    copy = pickle.loads(pickle.dumps(article))
    changes = rewritten(article, rot13)
    assert copy == article
    assert chosen.render(copy, changes, "fr") == chosen.render(article, changes, "fr")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_translation_stays_text(sample: Sample, name: str) -> None:
    """Nothing in a translation becomes markup or breaks the document; every word is there."""
    chosen, article = parsed(sample)
    hostile = HOSTILE[name]
    rendered = chosen.render(article, replaced(article, hostile), "fr")
    assert structure(sample.format, rendered) == structure(sample.format, sample.data)
    assert words(hostile) in "".join(words(text) for text in shown(sample.format, rendered))


def words(text: str) -> str:
    """The text without what formats may lay out: white space and signs nobody sees."""
    unsafe = scrub(text).translate(dict.fromkeys((0x2028, 0x2029, 0x85, 0x0B, 0x0C), " "))
    return "".join(unsafe.split()).replace("\ufffd", "").replace("\ufeff", "")


def shown(name: str, data: bytes) -> Sequence[str]:
    """The texts of a rendered document as a reader of that format sees them."""
    text = data.decode("utf-8")
    if name == "text":
        return [text]
    if name in {"page", "fragment"}:
        return [LexborHTMLParser(text).text()]
    if name == "fields":
        record = json.loads(text)
        return [record["headline"]]
    return texts(get_format(name).parse(data, LIMITS))


def structure(name: str, data: bytes) -> object:
    """What must not change: elements, fields, or the kinds of blocks."""
    text = data.decode("utf-8")
    if name in {"page", "fragment"}:
        return [node.tag for node in LexborHTMLParser(text).css("*")]
    if name == "fields":
        return [(key, type(value)) for key, value in json.loads(text).items()]
    if name == "text":
        return text.count("\r\n\r\n")
    return len(get_format(name).parse(data, LIMITS).blocks)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("format_name", FORMATS)
def test_a_hostile_document_is_read_or_refused(format_name: str, name: str) -> None:
    """As a whole document too: an article whose text comes back, or an error for people."""
    chosen = get_format(format_name)
    data = HOSTILE[name].encode("utf-8", "surrogatepass")
    try:
        article = chosen.parse(data, LIMITS)
    except InputError:
        return
    rendered = chosen.render(article, {}, "fr").decode("utf-8")
    if format_name in {"text", "markdown"}:
        assert rendered == decode(data)[0]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyInput),
        (b" \n\t\r\n", EmptyInput),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), UnreadableInput),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", UnreadableInput),
        (bytes(range(256)) * 8, UnreadableInput),
    ],
    ids=["empty", "blank", "png", "pdf", "bytes"],
)
@pytest.mark.parametrize("name", FORMATS)
def test_what_is_no_document_is_refused(name: str, data: bytes, error: type[InputError]) -> None:
    """Empty and binary input is refused by every format in the same way."""
    with pytest.raises(error) as refused:
        get_format(name).parse(data, LIMITS)
    assert refused.value.hint


def test_limits_refuse(sample: Sample) -> None:
    """A document over the limit of bytes or of nodes is refused; at the limit it is read."""
    chosen = get_format(sample.format)
    assert chosen.parse(sample.data, ParseLimits(max_bytes=len(sample.data))).blocks
    with pytest.raises(InputTooLarge):
        chosen.parse(sample.data, ParseLimits(max_bytes=len(sample.data) - 1))
    with pytest.raises(InputTooLarge):
        chosen.parse(sample.data, ParseLimits(max_nodes=3))


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("page", "<div>" * 20_000 + STORY[0]),
        ("fragment", "<div>" * 20_000 + STORY[0]),
        ("fragment", "<p>" + "<b>" * 3_000 + STORY[0]),
        ("text", "> " * 20_000 + STORY[0]),
        ("markdown", ">" * 20_000 + STORY[0]),
        ("markdown", "".join("  " * depth + "- a\n" for depth in range(300))),
        ("markdown", "[" * 3_000 + STORY[0] + "](x)" * 3_000),
        ("markdown", "*_" * 3_000 + STORY[0]),
        ("fields", '{"captions": ' + "[" * 20_000 + "]" * 20_000 + "}"),
    ],
)
def test_deep_nesting_ends_in_an_article_or_a_refusal(name: str, document: str) -> None:
    """No depth of nesting overflows a stack."""
    chosen = get_format(name)
    try:
        article = chosen.parse(document.encode("utf-8"), LIMITS)
    except InputError:
        return
    assert STORY[0][:20] in " ".join(texts(article))
    assert STORY[0][:20] in chosen.render(article, {}, "fr").decode("utf-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("name", ["fragment", "text", "markdown"])
def test_any_encoding_comes_out_as_utf8(name: str, encoding: str) -> None:
    """The text is the same whatever bytes it arrived in."""
    text = "Le <b>ministère</b> a été reçu à l’Élysée, où il a dîné jeudi."
    chosen = get_format(name)
    article = chosen.parse(text.encode(encoding), LIMITS)
    assert "a été reçu à l’Élysée" in chosen.render(article, {}, "fr").decode("utf-8")
