from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from dragoman.article import MarkKind
from dragoman.errors import EmptyInput, InputTooLarge, UnreadableInput
from dragoman.formats.base import ParseLimits
from dragoman.formats.html import FragmentFormat
from support.hostile import AWKWARD, hostile_text
from support.html import (
    LIMITS,
    kinds,
    outline,
    read,
    rewritten,
    shouted,
    shown_text,
    soup,
    texts,
    translated,
)


@settings(max_examples=400)
@given(soup)
def test_untranslated_markup_is_returned_byte_for_byte(source: str) -> None:
    """Whatever tags cross or are missing, without translations the output is the input."""
    if source.strip():
        assert rewritten(source, {}) == source


@settings(max_examples=400, deadline=None)
@given(soup)
def test_translated_markup_builds_the_same_elements(source: str) -> None:
    """With every text replaced, a browser builds the same elements with the same attributes."""
    if source.strip():
        assert outline(shouted(source)) == outline(source)


@settings(max_examples=200, deadline=None)
@given(hostile_text)
def test_text_never_becomes_markup(text: str) -> None:
    """A translation that looks like tags, references or comments is shown as it reads."""
    source = "<p>Some <b>bold</b> words</p>"
    block = read(source).blocks[0]
    result = rewritten(source, {block.id: translated(block, text)})
    assert outline(result) == outline(source)
    shown = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert shown_text(result) == shown.replace("\0", "\ufffd")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<h1>A head</h1><h3>Below</h3>", [("heading", "A head"), ("heading", "Below")]),
        ("<p>One</p><div>Two<p>Three</div>", [("paragraph", n) for n in ("One", "Two", "Three")]),
        ("<ul><li>One<ol><li>Two</ul>", [("list_item", "One"), ("list_item", "Two")]),
        ("<dl><dt>Term<dd>Meaning</dl>", [("list_item", "Term"), ("list_item", "Meaning")]),
        ("<blockquote><p>Said</p></blockquote>", [("quote", "Said")]),
        ("<figure><blockquote><p>Said</p></blockquote></figure>", [("quote", "Said")]),
        ('<aside class="pull-quote"><p>Said</p></aside>', [("quote", "Said")]),
        ("<table><caption>Prices</caption></table>", [("caption", "Prices")]),
        ("<table><tr><th>Line<td>1</table>", [("table_cell", "Line"), ("table_cell", "1")]),
        ("<pre>a\n  b</pre><p><code>run()</code></p>", [("code", "a\n  b"), ("code", "run()")]),
        ("<div><img><p class='wp-caption-text'>Boats</p></div>", [("caption", "Boats")]),
        ("[caption id=a]<img> Boats[/caption] A", [("caption", "Boats"), ("paragraph", "A")]),
    ],
)  # fmt: skip
def test_elements_say_the_kind(source: str, expected: list[tuple[str, str]]) -> None:
    """Headings, lists, quotes, cells, captions and code are typed, nested and unclosed ones too."""
    assert kinds(read(source)) == expected


@pytest.mark.parametrize(
    ("source", "caption", "credit"),
    [
        ("<figcaption>A boat. (Photo: Ann Lee)</figcaption>", "A boat.", "Photo: Ann Lee"),
        ("<figcaption>A boat. (Ann Lee/Coastline)</figcaption>", "A boat.", "Ann Lee/Coastline"),
        ("<figcaption>A boat. (Harbour via AP)</figcaption>", "A boat.", "Harbour via AP"),
        ("<figcaption>A boat. <em>(AFP)</em></figcaption>", "A boat.", "AFP"),
        ("<figcaption><em>A boat. (AFP)</em></figcaption>", "A boat.", "AFP"),
        ("<figcaption>A boat. Foto: dpa</figcaption>", "A boat.", "Foto: dpa"),
        ("<figcaption>A boat. © Ann Lee</figcaption>", "A boat.", "© Ann Lee"),
        ("<figcaption>A &amp; B&nbsp;boat. (AFP)</figcaption>", "A & B\u00a0boat.", "AFP"),
        ("<figcaption>A boat. <i class=photo-credit>Ann</i></figcaption>", "A boat.", "Ann"),
        ("<figcaption><b>A boat.</b><i>Ann Lee/AFP</i></figcaption>", "A boat.", "Ann Lee/AFP"),
    ],
)  # fmt: skip
def test_a_credit_is_split_from_its_caption(source: str, caption: str, credit: str) -> None:
    """The caption is translated and the credit is not; what is between them stays in place."""
    article = read(f"<figure><img>{source}</figure>")
    assert kinds(article) == [("caption", caption), ("credit", credit)]
    loud = shouted(f"<figure><img>{source}</figure>")
    assert outline(loud) == outline(f"<figure><img>{source}</figure>")
    assert shown_text(loud) == shown_text(source).upper()


@pytest.mark.parametrize("text", ["Photo: Ann Lee", "Ann Lee/Coastline", "© Ann Lee", "AFP"])
def test_a_caption_may_be_nothing_but_a_credit(text: str) -> None:
    """A figure with a photographer's or an agency's name alone has no caption."""
    assert kinds(read(f"<figcaption>{text}</figcaption>")) == [("credit", text)]


def test_the_dateline_is_split_from_the_story() -> None:
    """Place and agency before the first dash are kept; later dashes are not datelines."""
    source = "<p><b>OSLO (AP)</b> — The ferry runs again.</p><p>OSLO (AP) — The ferry is late.</p>"
    assert kinds(read(source)) == [
        ("dateline", "OSLO (AP)"),
        ("paragraph", "The ferry runs again."),
        ("paragraph", "OSLO (AP) — The ferry is late."),
    ]
    assert outline(shouted(source)) == outline(source)


@pytest.mark.parametrize(
    "source",
    [
        '<!-- wp:image {"id":1} --><script>say("one")</script><style>p{}</style>',
        '<iframe src="x">no frames here</iframe><noscript>no scripts here</noscript>',
        '<blockquote class="twitter-tweet"><p lang="en">A post &mdash; someone</p></blockquote>',
        '[gallery ids="1,2"] [embed]https://example.org/v[/embed]',
        "<svg><text>label</text></svg><video>no video here</video><template><p>x</p></template>",
        '<div translate="no"><p>Brand Name</p></div><p class="notranslate">Brand Name</p>',
        "<p>* * *</p><p>&nbsp;</p><hr>",
    ],
)
def test_what_no_reader_translates_is_no_block(source: str) -> None:
    """Comments, scripts, styles, embeds, shortcodes and what says so itself never reach a model."""
    assert texts(f"<p>Before.</p>{source}<p>After.</p>") == ["Before.", "After."]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>It has <a href=x>a link</a> and <em>more</em>.</p>", "It has a link and more."),
        ("<p>  Two\n   words\t here </p>", "Two words here"),
        ("<p>One<br>two <br> three</p>", "One\ntwo\nthree"),
        ("<p>a<b> b </b>c</p>", "a b c"),
        ("<p>Hello<span> </span>world</p>", "Hello world"),
        ("<p>H<sub>2</sub>O&nbsp;&amp;&#32;<i>ice</i></p>", "H2O\u00a0& ice"),
        ("<p>Boats<!-- c --> and <script>x()</script>ships</p>", "Boats and ships"),
        ("<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字</p>", "漢字"),
    ],
)  # fmt: skip
def test_a_sentence_is_never_cut_at_inline_markup(source: str, text: str) -> None:
    """White space is folded as browsers do, words at tags and line breaks are not glued."""
    assert texts(source) == [text]


def test_markup_around_a_whole_text_stays_outside() -> None:
    """A paragraph that is all bold needs no marks; one that is bold in part has one."""
    assert read("<p><b>All of <i>it</i></b></p>").blocks[0].marks[0].start == len("All of ")
    assert read("<p> <a href=x><b>All</b> </a> </p>").blocks[0].marks == ()


def test_marks_say_how_they_behave() -> None:
    """Elements wrap, breaks and comments are points, code and addresses are kept."""
    source = (
        "<p>Ask <b>Ann</b><br>or<!-- c --> run <code>x()</code>, see "
        '<a href="https://x.example/">https://x.example/</a>, <i translate=no>Acme</i> too</p>'
    )
    block = read(source).blocks[0]
    found = [(mark.kind, block.text[mark.start : mark.end]) for mark in block.marks]
    assert found == [
        (MarkKind.WRAP, "Ann"),
        (MarkKind.POINT, ""),
        (MarkKind.POINT, ""),
        (MarkKind.KEEP, "x()"),
        (MarkKind.KEEP, "https://x.example/"),
        (MarkKind.KEEP, "Acme"),
    ]


def test_crossed_tags_are_read_as_browsers_do() -> None:
    """``<i>b<b>c</i>d</b>`` is two bold parts, one of them in italics."""
    assert shouted("<p>a<i>b<b>c</i>d</b>e</p>") == "<p>A<i>B<b>C</b></i><b>D</b>E</p>"


def test_tags_that_do_not_nest_as_written_keep_their_order() -> None:
    """A link ends the one before it, whatever its end tags say; such tags stay in order."""
    source = "<p>See <a href=x>one <a href=y>two</a> three</a> four</p>"
    block = read(source).blocks[0]
    assert [mark.kind for mark in block.marks] == [MarkKind.POINT] * 4
    marks = tuple(reversed([replace(mark, start=n, end=n) for n, mark in enumerate(block.marks)]))
    result = rewritten(source, {block.id: translated(block, "Siehe eins zwei drei vier", marks)})
    assert outline(result) == outline(source)


@pytest.mark.parametrize(
    "source",
    [
        "<p>See <a href=x>one<em>two</a></p><p>three</p>",
        "<p>See <a href=x>one<em>two</a>, three</p><p>four</p>",
        "<a href=x>See <del><em>one</a> <rt><u>two",
        "<p>See <a href=x>one<em><u>two</a> and <i>three</u></p><p>four</p>",
    ],
)
def test_what_stays_open_stays_open_for_the_text_behind(source: str) -> None:
    """A tag that only misnesting closes is not closed in writing: the next text opens it again."""
    assert outline(shouted(source)) == outline(source)


def test_paragraphs_without_tags_are_separate() -> None:
    """Blank lines of a classic editor and double line breaks end a block, and stay."""
    source = "First one.\n\nSecond <em>one</em>.<br><br>Third\none."
    assert texts(source) == ["First one.", "Second one.", "Third one."]
    assert shouted(source) == "FIRST ONE.\n\nSECOND <em>ONE</em>.<br><br>THIRD ONE."


def test_nothing_that_a_reader_sees_is_left_out() -> None:
    """Short lines, links, labels, buttons and text outside any element are all blocks."""
    source = "Bare <div><a href=x>Link</a></div><button>Press</button><label>Name</label><p>7</p>"
    assert texts(source) == ["Bare", "Link", "Press", "Name", "7"]


def test_languages_are_declared_where_they_were() -> None:
    """Elements of the article's language say the target; others keep theirs, none is added."""
    source = '<p lang="en-GB">One <i lang="la">two</i> <q lang="en">three</q></p><p>Four</p>'
    article = read(f"{source}<p lang=en>A long English text is most of it.</p>")
    blocks = {block.id: translated(block, block.text.upper()) for block in article.blocks}
    result = FragmentFormat().render(article, blocks, "ar").decode()
    assert article.language is not None
    assert article.language.startswith("en")
    assert '<p lang="ar">ONE <i lang="la">TWO</i> <q lang="ar">THREE</q></p><p>FOUR</p>' in result


def test_a_block_whose_text_did_not_change_keeps_its_source() -> None:
    """A copied credit or name comes out as it was written, character references included."""
    source = "<p>Caf&eacute; <b >Zur&#x20;Post</b></p><p>b</p>"
    article = read(source)
    blocks = {block.id: translated(block, block.text) for block in article.blocks}
    assert FragmentFormat().render(article, blocks, "fr").decode() == source


@pytest.mark.parametrize("awkward", AWKWARD)
def test_awkward_characters_are_text(awkward: str) -> None:
    """What breaks other programs is read and shown, folded as HTML folds white space."""
    source = "<p>Boats " + awkward.replace("&", "&amp;").replace("<", "&lt;") + " sail</p>"
    article = FragmentFormat().parse(source.encode("utf-8", "surrogatepass"), LIMITS)
    shown = awkward.replace("\0", "\ufffd").replace("\ud800", "\ufffd").replace("\udfff", "\ufffd")
    words = f"Boats {shown} sail".split(" ")
    assert article.blocks[0].text == " ".join(
        "".join(word.split("\r\n")).replace("\n", "") for word in words if word.strip("\r\n")
    )


def test_too_many_nodes_are_refused() -> None:
    """The limit counts before anything is built, and the message says it."""
    with pytest.raises(InputTooLarge, match="more than 100 nodes"):
        FragmentFormat().parse(b"<p>x" * 60, ParseLimits(max_nodes=100))


def test_misnested_tags_cannot_multiply() -> None:
    """Elements that every paragraph would open again count for each of them."""
    bomb = "<p>" + "".join(f"<b id={number}>" for number in range(200)) + "<p>x" * 1000
    with pytest.raises(InputTooLarge, match="nodes"):
        read(bomb)
    with pytest.raises(InputTooLarge, match="deep"):
        read("<p>" + "".join(f"<b id={number}>" for number in range(300)) + "x")


def test_deep_nesting_is_read_or_refused() -> None:
    """Three thousand levels are read; a hundred thousand are refused in words, without a crash."""
    assert texts("<div>" * 3000 + "Deep") == ["Deep"]
    with pytest.raises(InputTooLarge, match="deep"):
        FragmentFormat().parse(b"<div>" * 100_000 + b"Deep", ParseLimits(max_nodes=1_000_000))


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"", EmptyInput), (b" \n", EmptyInput), (b"\x89PNG\r\n\x1a\n\x00\x00\x01", UnreadableInput)],
)
def test_what_is_no_html_is_told(data: bytes, error: type[Exception]) -> None:
    """Nothing and binary data are refused in words."""
    with pytest.raises(error):
        FragmentFormat().parse(data, LIMITS)


def test_a_fragment_of_pictures_is_no_error() -> None:
    """A body that is an embed alone has no blocks and comes out as it was."""
    article = read("<figure><img src=x></figure>")
    assert article.blocks == ()
    assert FragmentFormat().render(article, {}, "fr") == b"<figure><img src=x></figure>"
