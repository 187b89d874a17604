"""Blocks split into segments."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.article import Block, BlockKind, Mark, MarkKind
from dragoman.segmentation import split, split_text
from dragoman.segmentation.sentences import WINDOW
from support.hostile import LANGUAGES, hostile_text


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[start:end].strip() for start, end in split_text(text, language)]


def paragraph(text: str, *marks: Mark) -> Block:
    return Block("b1", BlockKind.PARAGRAPH, text, marks)


@settings(deadline=None, max_examples=400)
@given(hostile_text, st.sampled_from(LANGUAGES))
def test_segments_tile_the_block(text: str, language: str) -> None:
    """Joining the segments gives any text back, code point for code point."""
    segments = split(paragraph(text), language)
    assert "".join(segment.text for segment in segments) == text
    assert [segment.index for segment in segments] == list(range(len(segments)))
    position = 0
    for segment in segments:
        assert (segment.block_id, segment.start) == ("b1", position)
        assert segment.end > segment.start
        assert text[segment.start : segment.end] == segment.text
        position = segment.end


@settings(deadline=None, max_examples=50)
@given(hostile_text, st.sampled_from(LANGUAGES), st.integers(100, 400))
def test_no_segment_is_longer_than_the_window(text: str, language: str, times: int) -> None:
    """However long a line is, no segment is, so memory and decoding stay bounded."""
    assert all(end - start <= WINDOW for start, end in split_text(text * times, language))


@pytest.mark.parametrize("line", ["word ", "x", "«", "!", "\u0301", " ", "Oh. ", "字"])
def test_a_very_long_line_is_split_and_tiled(line: str) -> None:
    """Lines of a million code points, of anything, are tiled by pieces of bounded length."""
    text = line * (1_000_000 // len(line))
    spans = split_text(text, "en")
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert max(end - start for start, end in spans) <= WINDOW


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "It rained. It stopped.", 2),
        ("en", "Mr. Reed spoke for the U.S. delegation. He left.", 2),
        ("en", "He met Ms. Reed in Rome. They spoke.", 2),
        ("en", "She paid $3.5 million. Nobody knew why! Did you?", 3),
        ("fr", "Selon M. Dubois, tout va bien. Il a souri.", 2),
        ("fr", "En 52 av. J.-C., la ville tomba. On l'oublia.", 2),
        ("de", "Am 3. Oktober ist frei. In der 8. Klasse auch.", 2),
        ("de", "Das gilt z. B. im Winter. Im Sommer nicht.", 2),
        ("tr", "M.Ö. 5. yüzyılda kuruldu. Sonra yıkıldı.", 2),
        ("es", "Vive en EE. UU. con la Sra. Gómez. Trabaja mucho.", 2),
        ("it", "Fondata nel 300 a.C. circa, fu distrutta. Poi rinacque.", 2),
        ("ru", "Это было в 5 веке до н. э. в городе. Потом всё изменилось.", 2),
        ("zh", "天气很好。我们出去了。", 2),
        ("hi", "वह आया। वह गया।", 2),
    ],
)
def test_sentences_of_news(language: str, text: str, expected: int) -> None:
    """Titles, ordinals, eras and abbreviations do not end a sentence; stops do."""
    assert len(sentences(text, language)) == expected


def test_long_quotations_are_split() -> None:
    """sentencex takes a quotation as one unit; a long one is split at its own sentences."""
    text = (
        '"We looked at every house in the street and found nobody at home. We rang at each door, '
        'twice. Then we waited until the evening for someone to come back," the officer said.'
    )
    assert sentences(text) == [
        '"We looked at every house in the street and found nobody at home.',
        "We rang at each door, twice.",
        'Then we waited until the evening for someone to come back," the officer said.',
    ]


def test_a_blank_line_ends_a_segment() -> None:
    """Paragraphs in one block are never joined, with or without a full stop."""
    assert sentences("First line\n\nSecond line") == ["First line", "Second line"]


def test_stray_punctuation_joins_its_neighbour() -> None:
    """Nothing without a letter or digit becomes a segment of its own beside a sentence."""
    assert sentences("He left. ” » ... She stayed.")[0].startswith("He left.")
    assert all(any(c.isalnum() for c in text) for text in sentences("Oh! !! ?! \n\n ... Yes. --"))


@pytest.mark.parametrize("kind", [MarkKind.KEEP, MarkKind.WRAP])
def test_a_short_mark_is_not_cut(kind: MarkKind) -> None:
    """A link over "Hello! World" stays in one segment."""
    text = "We read Hello! World today. It was good."
    mark = Mark(8, 20, kind, 0)
    assert [s.text for s in split(paragraph(text, mark), "en")] == [
        "We read Hello! World today. ",
        "It was good.",
    ]
    assert len(split(paragraph(text), "en")) == 3


def test_a_long_link_is_cut_at_its_sentences_but_kept_text_is_not() -> None:
    """A WRAP mark over whole sentences is cut, a KEEP mark of any length is not."""
    text = "This is a first sentence. This is a second sentence."
    assert len(split(paragraph(text, Mark(0, len(text), MarkKind.WRAP, 0)), "en")) == 2
    assert len(split(paragraph(text, Mark(0, len(text), MarkKind.KEEP, 0)), "en")) == 1


def test_nothing_gives_no_segments() -> None:
    """An empty block has no segments; white space is one segment, so nothing is lost."""
    assert split(paragraph(""), "en") == ()
    assert [s.text for s in split(paragraph(" \n\n "), "en")] == [" \n\n "]


def test_many_threads_split_alike() -> None:
    """The same text gives the same spans from any number of threads."""
    text = "One thing happened. Another did not. «Encore une fois», dit-il. " * 200
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda _: split_text(text, "en"), range(16)))
    assert len(results[0]) > 400
    assert all(result == results[0] for result in results)
