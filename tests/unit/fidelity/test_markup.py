"""Marks follow their words, stay nested and are never lost."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from dragoman.article import (
    AlignedSpan,
    Block,
    BlockKind,
    Mark,
    MarkKind,
    Origin,
    Segment,
    Translation,
)
from dragoman.fidelity.markup import place_marks


def _block(text: str, *marks: Mark) -> Block:
    return Block("b1", BlockKind.PARAGRAPH, text, marks)


def _wrap(text: str, words: str, ref: int = 0) -> Mark:
    start = text.index(words)
    return Mark(start, start + len(words), MarkKind.WRAP, ref)


def _one(text: str, translation: str, *marks: Mark, links: tuple[AlignedSpan, ...] = ()):
    segment = Segment("b1", 0, 0, len(text), text)
    made = Translation(translation, Origin.MODEL, "test", alignment=links)
    return place_marks(_block(text, *marks), (segment,), (made,))


def test_a_name_is_found_where_it_stands() -> None:
    """Text that is the same in the translation keeps its mark, wherever it moved to."""
    source = "The report by Reuters says so."
    target, (mark,) = _one(source, "C'est ce que dit Reuters.", _wrap(source, "Reuters"))
    assert target[mark.start : mark.end] == "Reuters"


def test_alignment_is_followed() -> None:
    """With an alignment, the words that the words became are marked."""
    source = "the red house"
    links = (AlignedSpan(4, 7, 10, 15), AlignedSpan(8, 13, 3, 9))
    target, (mark,) = _one(source, "la maison rouge", _wrap(source, "red"), links=links)
    assert target[mark.start : mark.end] == "rouge"


def test_without_alignment_whole_words_are_marked() -> None:
    """A projected mark never begins or ends inside a word."""
    source = "He spoke about the new agreement on Monday."
    target, (mark,) = _one(
        source, "Il a parlé du nouvel accord lundi.", _wrap(source, "new agreement")
    )
    covered = target[mark.start : mark.end]
    assert covered
    assert covered == covered.strip()
    assert all(word in target.split() for word in covered.split())


def test_a_mark_over_the_whole_block_covers_the_whole_translation() -> None:
    """The edges of blocks and segments are exact."""
    source = "All of it."
    target, (mark,) = _one(source, "Tout cela.", Mark(0, len(source), MarkKind.WRAP, 0))
    assert (mark.start, mark.end) == (0, len(target))


def test_a_mark_over_one_of_two_sentences() -> None:
    """A whole sentence in bold is a whole sentence in bold."""
    texts = ("One came. ", "Two left.")
    block = _block("".join(texts), Mark(10, 19, MarkKind.WRAP, 0))
    segments = (Segment("b1", 0, 0, 10, texts[0]), Segment("b1", 1, 10, 19, texts[1]))
    made = tuple(
        Translation(text, Origin.MODEL, "test") for text in ("Un vint. ", "Deux partirent.")
    )
    target, (mark,) = place_marks(block, segments, made)
    assert target[mark.start : mark.end] == "Deux partirent."


def test_a_line_break_stays_between_its_sentences() -> None:
    """A point between two segments stays between them."""
    texts = ("One came. ", "Two left.")
    block = _block("".join(texts), Mark(10, 10, MarkKind.POINT, 0))
    segments = (Segment("b1", 0, 0, 10, texts[0]), Segment("b1", 1, 10, 19, texts[1]))
    made = tuple(
        Translation(text, Origin.MODEL, "test") for text in ("Un vint. ", "Deux partirent.")
    )
    target, (mark,) = place_marks(block, segments, made)
    assert target[: mark.start] == "Un vint. "


def test_scripts_without_spaces_are_marked_by_character() -> None:
    """In Chinese a mark covers its own characters, not the whole sentence."""
    source = "中国的新法律"
    target, (mark,) = _one(source, "新法律是中国的", _wrap(source, "中国"))
    assert target[mark.start : mark.end] == "中国"
    thai = "กฎหมายใหม่ของไทย"
    target, (mark,) = _one("the new law", thai, _wrap("the new law", "new"))
    assert 0 < mark.end - mark.start < len(thai)
    assert target[mark.start] not in "\u0e31\u0e34\u0e48\u0e49"


def test_two_links_never_share_a_word() -> None:
    """Two links that lead to the same place each keep words of their own."""
    source = "see this and that please"
    marks = (_wrap(source, "this"), _wrap(source, "that"))
    target, placed = _one(source, "voir ceci cela", *marks, links=(AlignedSpan(4, 17, 5, 9),))
    assert [target[mark.start : mark.end] for mark in placed] == ["ceci", "cela"]


def test_many_marks_in_many_sentences() -> None:
    """Thousands of marks over thousands of sentences end at their own sentences."""
    texts = [f"Number {index} came. " for index in range(3_000)]
    segments, marks, position = [], [], 0
    for index, text in enumerate(texts):
        segments.append(Segment("b1", index, position, position + len(text), text))
        marks.append(Mark(position, position + 6, MarkKind.WRAP, index))
        position += len(text)
    made = [Translation(f"Le numéro {i} vint. ", Origin.MODEL, "test") for i in range(3_000)]
    target, placed = place_marks(_block("".join(texts), *marks), segments, made)
    ends = list(accumulate(len(item.text) for item in made))
    assert [bisect_right(ends, mark.start) for mark in placed] == list(range(3_000))
    assert all(mark.start < mark.end <= ends[mark.ref] for mark in placed)
    assert len(target) == ends[-1]


def test_a_footnote_stays_behind_its_word() -> None:
    """A point behind a name is behind that name in the translation."""
    source = "In Paris it rained."
    target, (mark,) = _one(source, "Il a plu à Paris.", Mark(8, 8, MarkKind.POINT, 0))
    assert target[: mark.start].endswith("Paris")


def _nested(marks: tuple[Mark, ...]) -> bool:
    return all(
        other.start >= mark.end or (mark.start <= other.start and other.end <= mark.end)
        for number, mark in enumerate(marks)
        for other in marks[number + 1 :]
    )


@st.composite
def _blocks(draw: st.DrawFn):
    words = st.lists(st.sampled_from(["Paris", "met", "the", "a-b", "12", "é"]), max_size=8)
    texts = draw(st.lists(words.map(lambda w: " ".join(w) + " "), min_size=1, max_size=3))
    made = [draw(words).copy() for _ in texts]
    source = "".join(texts)
    marks: list[Mark] = []

    def add(start: int, end: int, depth: int) -> None:
        position = start
        while depth < 3 and position <= end and draw(st.booleans()):
            first = draw(st.integers(position, end))
            last = draw(st.integers(first, end))
            kind = MarkKind.POINT if first == last else MarkKind.WRAP
            marks.append(Mark(first, last, kind, len(marks)))
            if kind is MarkKind.WRAP:
                add(first, last, depth + 1)
            position = last + 1

    add(0, len(source), 0)
    segments = []
    position = 0
    for index, text in enumerate(texts):
        segments.append(Segment("b1", index, position, position + len(text), text))
        position += len(text)
    translations = [Translation(" ".join(w) + " ", Origin.MODEL, "test") for w in made]
    return _block(source, *marks), tuple(segments), tuple(translations)


@given(_blocks())
def test_marks_are_complete_nested_and_in_range(case) -> None:
    """For any marks and any translations: each mark once, well nested, inside the text."""
    block, segments, translations = case
    text, marks = place_marks(block, segments, translations)
    assert text == "".join(item.text for item in translations)
    assert sorted(mark.ref for mark in marks) == [mark.ref for mark in block.marks]
    assert all(0 <= mark.start <= mark.end <= len(text) for mark in marks)
    assert _nested(marks)
