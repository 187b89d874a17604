from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dragoman.article import Mark, MarkKind
from support.html import outline, read, rewritten, translated

SOURCE = '<p>One <a href="x">two <b>three</b></a> four <code>f(x)</code><br>five <i>six</i></p>'


def marks_for(length: int) -> st.SearchStrategy[tuple[Mark, ...]]:
    def mark(ref: int, kind: MarkKind) -> st.SearchStrategy[Mark]:
        spans = st.tuples(st.integers(0, length), st.integers(0, length))
        return spans.map(
            lambda span: Mark(
                min(span), min(span) if kind is MarkKind.POINT else max(span), kind, ref
            )
        )

    source = read(SOURCE).blocks[0].marks
    every = st.tuples(*(mark(one.ref, one.kind) for one in source))
    return every.flatmap(lambda marks: st.lists(st.sampled_from(marks), unique=True).map(tuple))


@given(marks_for(12))
def test_no_element_is_lost_or_moved_out_of_its_parent(marks: tuple[Mark, ...]) -> None:
    """With marks missing, crossing or astray, the paragraph has the same elements, each once."""
    article = read(SOURCE)
    block = article.blocks[0]
    result = rewritten(SOURCE, {block.id: translated(block, "eins < zwei!", marks)})
    assert sorted(outline(result)) == sorted(outline(SOURCE))


def test_marks_are_followed() -> None:
    """Tags stand where the marks say, in the order of the target text."""
    block = read("<p>The <b>red</b> <i>house</i></p>").blocks[0]
    red, house = block.marks
    marks = (Mark(10, 15, red.kind, red.ref), Mark(3, 9, house.kind, house.ref))
    result = rewritten(
        "<p>The <b>red</b> <i>house</i></p>",
        {block.id: translated(block, "La maison rouge", marks)},
    )
    assert result == "<p>La <i>maison</i> <b>rouge</b></p>"


def test_kept_elements_come_out_as_they_were() -> None:
    """What the translation made of a kept element's text is replaced by its source."""
    source = '<p>Run <code title="a&amp;b">rm  -r</code> now</p>'
    block = read(source).blocks[0]
    (mark,) = block.marks
    moved = Mark(0, 4, mark.kind, mark.ref)
    result = rewritten(source, {block.id: translated(block, "RM-R jetzt", (moved,))})
    assert result == '<p><code title="a&amp;b">rm  -r</code> jetzt</p>'


def test_a_lost_mark_is_put_in_proportion() -> None:
    """Without a mark the element is set at the same share of the text, between words."""
    source = "<p>one two <b>three four</b></p>"
    block = read(source).blocks[0]
    result = rewritten(source, {block.id: translated(block, "eins zwei drei vier", ())})
    assert result == "<p>eins zwei<b> drei vier</b></p>"


def test_a_child_that_strayed_ends_with_its_parent() -> None:
    """The link keeps the words that its own mark covers, and its child is set at their end."""
    source = '<p>See <a href="x">the <b>red</b> house</a> there</p>'
    block = read(source).blocks[0]
    link, bold = block.marks
    marks = (Mark(0, 4, link.kind, link.ref), Mark(10, 14, bold.kind, bold.ref))
    result = rewritten(source, {block.id: translated(block, "Haus dort rote", marks)})
    assert result == '<p><a href="x">Haus<b></b></a> dort rote</p>'


def test_siblings_that_overlap_share_no_words() -> None:
    """The second of two elements that claim the same words gets what the first leaves."""
    source = "<p><b>red</b> and <i>blue</i> boats</p>"
    block = read(source).blocks[0]
    red, blue = block.marks
    marks = (Mark(0, 8, red.kind, red.ref), Mark(4, 12, blue.kind, blue.ref))
    result = rewritten(source, {block.id: translated(block, "rot blau Boote", marks)})
    assert result == "<p><b>rot blau</b><i> Boo</i>te</p>"
