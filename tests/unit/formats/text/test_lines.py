"""Lines become units; wrapped text is read whole and written wrapped again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import EmptyInput, InputTooLarge, UnreadableInput
from dragoman.formats.base import ParseLimits
from dragoman.formats.decoding import scrub
from dragoman.formats.text import TextFormat, parse_text, render_text
from dragoman.formats.text.lines import split_units
from support.hostile import hostile_text
from support.rewriting import rewritten

WRAPPED = (
    "Six ports on the Baltic Sea will share their icebreakers from next\n"
    "winter and will ask the same price for them, their directors said on\n"
    "Monday after two days of talks.\n"
)


def texts(source: str) -> list[str]:
    return [unit.text for unit in split_units(source)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_wrapped_lines_are_one_text(ending: str) -> None:
    """Lines that were broken at a width are joined with spaces, whatever the line ending."""
    source = WRAPPED.replace("\n", ending)
    assert texts(source) == [" ".join(WRAPPED.split("\n")).strip()]


def test_lines_that_end_early_are_texts_of_their_own() -> None:
    """Where the next word would have fitted, the break was meant."""
    assert texts("Jane Doe\n12 High Street\nLondon\n") == ["Jane Doe", "12 High Street", "London"]
    long = "A paragraph on one line that is longer than any wrapped line would be, " * 3
    assert texts(f"{long}\nShort one.\n{long}") == [long.strip(), "Short one.", long.strip()]


def test_words_broken_at_a_hyphen_are_joined_without_a_space() -> None:
    """A hyphen at the end of a line stays; a soft hyphen goes."""
    first = "The ministers of the six countries spoke about a wide-ranging and well-"
    assert texts(first + "\nknown plan of theirs.") == [first + "known plan of theirs."]
    soft = "The ministers of the six countries spoke about a wide-ranging and inter\u00ad"
    assert texts(soft + "\nnational plan.") == [soft[:-1] + "national plan."]


def test_scripts_without_spaces_are_joined_without_a_space() -> None:
    """A wrapped Chinese paragraph gets no blanks inside."""
    line = "政府今天宣布了新的经济措施预计下个月开始实施" * 2 + "并且"
    assert texts(f"{line}\n{line}\n完。") == [f"{line}{line}完。"]


def test_a_translation_is_wrapped_as_its_source_was() -> None:
    """Width, indentation, quote signs and line endings come back; the rest is untouched."""
    source = "Intro.\r\n\r\n" + "".join(f"  > {line}\r\n" for line in WRAPPED.strip().split("\n"))
    article = parse_text(source, ParseLimits())
    new = "les ports de la mer Baltique partageront leurs brise-glaces " * 4
    rendered = render_text(article, {article.blocks[1].id: new.strip()})
    lines = rendered.split("\r\n")
    assert lines[:2] == ["Intro.", ""]
    assert lines[-1] == ""
    assert all(line.startswith("  > ") and len(line) <= 73 for line in lines[2:-1])
    assert " ".join(line[4:] for line in lines[2:-1]) == new.strip()


def test_a_translation_on_one_line_stays_on_one_line() -> None:
    """Line breaks in a translation cannot make new paragraphs."""
    article = parse_text("One sentence.\n", ParseLimits())
    assert render_text(article, {"b1": "Une\n\nphrase.\r\n"}) == "Une phrase. \n"


def test_rules_and_blank_lines_belong_to_nothing() -> None:
    """Lines of signs are kept and are no blocks; alone, they are the text."""
    source = "First text here.\n\n* * *\n-----\n\nSecond text here.\n"
    assert texts(source) == ["First text here.", "Second text here."]
    assert texts("---\n\n* * *\n") == ["---", "* * *"]


def test_a_number_is_an_item_only_among_items() -> None:
    """A date at the start of a line is not the second item of a list."""
    article = parse_text("3. März war der Tag, an dem alles begann.", ParseLimits())
    assert article.blocks[0].text.startswith("3.")
    assert texts("1. one\n2. two") == ["one", "two"]


def test_too_many_lines_are_refused_before_they_are_read() -> None:
    """Two million lines cost a count, not minutes."""
    with pytest.raises(InputTooLarge, match="lines"):
        parse_text("a\n" * 2_000_000, ParseLimits())


@given(st.one_of(hostile_text, st.text(st.sampled_from("ab .\n\r\t->*•1"), max_size=80)))
def test_any_text_comes_back_exactly(text: str) -> None:
    """Without translations the source is reproduced; every block stands where it says."""
    source = scrub(text).removeprefix("\ufeff")
    try:
        article = parse_text(source, ParseLimits())
    except EmptyInput:
        return
    assert render_text(article, {}) == source
    found = "".join("".join(block.text.split()) for block in article.blocks)
    assert len(found) <= len("".join(source.split()))
    for block in article.blocks:
        span = article.skeleton.spans[block.id]
        assert source[span.start : span.end].split()[:1] == block.text.split()[:1] or span.wrap


@given(hostile_text.filter(lambda text: len(text.strip()) > 3))
def test_every_text_can_be_replaced(text: str) -> None:
    """What stands between blocks is the same before and after, and each block is replaced."""
    data = scrub(text).removeprefix("\ufeff").encode()
    try:
        article = TextFormat().parse(data, ParseLimits())
    except (EmptyInput, UnreadableInput):
        return
    changed = rewritten(article, lambda block: "X" * len(block), copied=True)
    rendered = TextFormat().render(article, changed, "fr").decode()
    assert rendered.count("X") >= sum(len(block.text) for block in article.blocks)
