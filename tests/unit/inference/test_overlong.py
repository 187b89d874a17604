from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.article import AlignedSpan
from dragoman.inference.engines.base import Hypothesis
from dragoman.inference.overlong import Span, join, split


def at_most(count: int) -> Callable[[str], bool]:
    """Fits so many words."""
    return lambda text: len(text.split()) <= count


def shorter_than(count: int) -> Callable[[str], bool]:
    return lambda text: len(text) < count


def parts(text: str, fits: Callable[[str], bool]) -> list[str]:
    return [text[span.start : span.end] for span in split(text, fits)]


def test_what_fits_is_one_part() -> None:
    """Nothing is split without need."""
    assert split("all of it", at_most(3)) == [Span(0, 9)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("The vote was lost, he said; nobody, she said, was surprised at all.", "lost, he said;"),
        ("The vote was lost on Monday, nobody in town was surprised at all.", "on Monday,"),
        ("The vote was lost on Monday and nobody in town was surprised.", "on Monday "),
        ("The vote was lost on Monday – nobody in town was surprised.", "on Monday "),
        ("Le vote a été perdu lundi parce que personne ne savait plus rien.", "perdu lundi "),
        ("Он сказал что голосование было проиграно, никто не удивился этому.", "проиграно,"),
        ("他说投票在星期一失败了，但是没有人感到惊讶。", "失败了，"),
        ("one two three four five six seven eight", "four "),
        ("He sold 1,000,000 of them in 2,500 shops", "of "),
    ],
)
def test_a_long_text_is_cut_at_the_best_boundary_near_its_middle(text: str, first: str) -> None:
    """Clauses before commas, commas before conjunctions, conjunctions before words."""
    fits = shorter_than(len(text) - 3)
    assert parts(text, fits)[0].endswith(first)


def test_a_word_too_long_is_cut_between_characters() -> None:
    """As the last resort, in the middle."""
    assert parts("a" * 10, shorter_than(6)) == ["a" * 5] * 2


@pytest.mark.parametrize("unit", ["e\u0301", "👩\u200d🚀", "ก\u0e34", "👍🏽", "❤\ufe0f"])
def test_a_cut_between_characters_leaves_accents_and_joined_signs_whole(unit: str) -> None:
    """A mark does not start a part, and a joiner does not end one."""
    for part in parts(unit * 9, shorter_than(4 * len(unit))):
        assert part == unit * (len(part) // len(unit))


@given(st.text(max_size=300), st.integers(1, 40))
def test_nothing_but_white_space_is_between_the_parts(text: str, limit: int) -> None:
    """Every character that can be seen is in one part, in order, and every part fits."""
    spans = split(text, shorter_than(limit + 1))
    place = 0
    for span in spans:
        assert text[place : span.start].isspace() or place == span.start
        assert span.end > span.start
        assert span.end - span.start <= max(1, limit)
        place = span.end
    assert not text[place:].strip()


def test_parts_are_of_like_length() -> None:
    """No part of two words stands beside one at the limit."""
    text = ", ".join(f"clause number {number}" for number in range(100))
    lengths = [len(part.split()) for part in parts(text, at_most(40))]
    assert min(lengths) * 3 >= max(lengths)


def test_one_word_of_two_hundred_thousand_characters_is_split() -> None:
    """Deep recursion and slowness are somebody else's."""
    assert len(split("x" * 200_000, shorter_than(500))) == 512


def hypothesis(text: str, **fields: object) -> Hypothesis:
    return Hypothesis(text, tokens=len(text.split()), **fields)  # type: ignore[arg-type]  # any field


def joined(text: str, *translations: str) -> str:
    """Join the translations of the parts of ``text``, which are separated by ``|``."""
    spans, place = [], 0
    for part in text.split("|"):
        spans.append(Span(place, place + len(part)))
        place += len(part)
    made = [(hypothesis(translation),) for translation in translations]
    return join(text.replace("|", ""), spans, made)[0].text


@pytest.mark.parametrize(
    ("text", "translations", "whole"),
    [
        ("one, |two", ("un,", "deux"), "un, deux"),
        ("one, |two", ("un, ", "deux"), "un, deux"),
        ("失败了，|没有人", ("It failed,", "nobody"), "It failed, nobody"),
        ("It failed, |nobody", ("失败了，", "没有人"), "失败了，没有人"),
        ("long|word", ("lang", "wort"), "langwort"),
        ("one, |two", ("", "deux"), "deux"),
        ("one, |two", ("un,", ""), "un,"),
    ],
)
def test_parts_are_joined_as_the_languages_write(
    text: str, translations: tuple[str, ...], whole: str
) -> None:
    """With a space between words, without one in Chinese or inside a word."""
    assert joined(text, *translations) == whole


def test_alignment_is_shifted_to_the_whole() -> None:
    """On both sides, so that the same words are meant."""
    first = hypothesis("un,", alignment=(AlignedSpan(0, 3, 0, 2),))
    second = hypothesis("deux", alignment=(AlignedSpan(0, 3, 0, 4),))
    (whole,) = join("one, two", [Span(0, 5), Span(5, 8)], [(first,), (second,)])
    assert [
        ("one, two"[a.source_start : a.source_end], whole.text[a.target_start : a.target_end])
        for a in whole.alignment
    ] == [("one", "un"), ("two", "deux")]


def test_a_whole_is_finished_when_all_its_parts_are() -> None:
    """A cut anywhere is a cut."""
    spans = [Span(0, 1), Span(1, 2)]
    cut, good = hypothesis("a", finished=False), hypothesis("b")
    assert not join("ab", spans, [(good,), (cut,)])[0].finished
    assert join("ab", spans, [(good,), (good,)])[0].finished


def test_a_score_is_the_mean_over_all_tokens() -> None:
    """And there is none when a part has none."""
    spans = [Span(0, 1), Span(1, 2)]
    first, second = hypothesis("a b c", score=-1.0), hypothesis("d", score=-2.0)
    (whole,) = join("xy", spans, [(first,), (second,)])
    assert whole.score == -1.25
    assert whole.tokens == 4
    assert join("xy", spans, [(first,), (hypothesis("d"),)])[0].score is None


def test_ranks_are_joined_as_far_as_all_parts_have_them() -> None:
    """The second of the whole is made of the second ones of its parts."""
    three = tuple(hypothesis(text) for text in "abc")
    two = tuple(hypothesis(text) for text in "xy")
    wholes = join("p q", [Span(0, 2), Span(2, 3)], [three, two])
    assert [whole.text for whole in wholes] == ["a x", "b y"]
