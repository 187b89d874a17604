"""Text to pieces that the network knows, and back."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import ModelCorrupt
from dragoman.inference.engines.layout import read_layout
from dragoman.inference.engines.vocabulary import Vocabulary
from support.models import STARTER, write_pieces
from support.sentences import SENTENCES

PLAIN = [
    *SENTENCES,
    'It\'s 5 - 6 "x" 1/2 ... a, z, 0123456789: fine.',
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
]
CURLY = [*PLAIN, "He said “no” – it’s — «done» 5€ …"]


def vocabulary(
    path: Path, sentences: list[str], without: frozenset[str] = frozenset()
) -> Vocabulary:
    pieces = write_pieces(path, sentences, 400)
    known = [piece for piece in pieces if piece not in without]
    ids = {piece: number for number, piece in enumerate(["</s>", "<unk>", *known, "<pad>"])}
    return Vocabulary(path, ids, frozenset({"</s>", "<unk>", "<pad>"}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vocabulary")


@pytest.fixture(scope="module")
def plain(folder: Path) -> Vocabulary:
    return vocabulary(folder / "plain.spm", PLAIN)


def reading(vocabulary: Vocabulary, text: str) -> str:
    """What the model sees of a text."""
    return vocabulary.decode(vocabulary.encode(text).pieces)[0]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("It’s “so” – it’s — «so»", 'It\'s "so" - it\'s - "so"'),
        ("one…", "one..."),
        ("5\u00a06\u202f7", "5 6 7"),
        ("ﬁne Ａ ½", "fine A 1/2"),
        ("Erdoğan Åse łup", "Erdogan Ase lup"),
        ("Stra\u00adße", "Strasse"),
        ("٣٤", "34"),
        ("no☃no", "no no"),
        ("no ☃ no", "no no"),
        ("Hi 👨‍👩‍👧!", "Hi"),
        ("部长 said", "said"),
        ("n\u0336o", "no"),
        ("a\0b\ud800c", "abc"),
    ],
)
def test_the_model_reads_the_nearest_thing_that_it_knows(
    plain: Vocabulary, text: str, seen: str
) -> None:
    """Typography becomes typewriting; what has no equivalent is left out."""
    assert reading(plain, text) == seen


def test_typography_that_the_vocabulary_knows_stays(folder: Path) -> None:
    """Only what would be unknown is replaced."""
    knowing = vocabulary(folder / "curly.spm", CURLY)
    assert reading(knowing, "“It’s” – so — «so»") == "“It’s” – so — «so»"


def test_a_character_is_judged_in_its_place(folder: Path) -> None:
    """A piece with a space before the sign is no help inside a word."""
    only_first = vocabulary(folder / "place.spm", CURLY, frozenset({"€", "’"}))
    ids = {**only_first.ids, "▁’": len(only_first.ids)}
    judged = Vocabulary(folder / "place.spm", ids, frozenset({"</s>", "<unk>", "<pad>"}))
    assert reading(judged, "it’s 5€") == "it's 5"


def test_a_piece_that_the_network_was_not_taught_is_cut_smaller(folder: Path) -> None:
    """Its letters are still read, from shorter pieces."""
    whole = vocabulary(folder / "cut.spm", PLAIN)
    long_piece = max(whole.encode("The government said no.").pieces, key=len)
    less = vocabulary(folder / "cut.spm", PLAIN, frozenset({long_piece}))
    encoded = less.encode("The government said no.")
    assert long_piece not in encoded.pieces
    assert reading(less, "The government said no.") == "The government said no."
    assert None not in less.spans(encoded)


def test_spans_are_places_in_the_text_as_given(plain: Vocabulary) -> None:
    """Joined over replaced, dropped, composed and expanded characters."""
    text = "\u200eIt’s ½ ☃ Cafe\u0301 no…  yes"
    encoded = plain.encode(text)
    spans = plain.spans(encoded)
    covered = "".join(text[span[0] : span[1]] for span in dict.fromkeys(spans) if span)
    assert covered == "It’s½Cafe\u0301no…yes"
    half = [
        span and text[span[0] : span[1]]
        for piece, span in zip(encoded.pieces, spans, strict=True)
        if "/" in piece
    ]
    assert half == ["½"]


def test_special_pieces_cannot_be_written_in_text(plain: Vocabulary) -> None:
    """A text that says </s> does not end the sentence."""
    pieces = plain.encode("no </s> <unk> <pad> no").pieces
    assert not {"</s>", "<unk>", "<pad>"} & set(pieces)


TEXT = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("’“”–—\u00a0\u00ad☃é½ﬁ€</s>▁")
)
PIECES = ("▁the", "▁", "s", "▁de", ",", "▁▁x", "’", "<0xE2>", "<0x82>", "<0xAC>")


@cache
def starter_source() -> Vocabulary:
    return read_layout(STARTER).source


@given(TEXT)
def test_any_text_becomes_known_pieces_with_places(text: str) -> None:
    """Whatever the text, nothing unknown comes out, and places rise within the text."""
    source = starter_source()
    encoded = source.encode(text)
    assert set(encoded.pieces) <= set(source.ids) - {"</s>", "<unk>", "<pad>"}
    places = [span for span in source.spans(encoded) if span]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert [start for start, _ in places] == sorted(start for start, _ in places)


@given(st.lists(st.sampled_from(PIECES)))
def test_decoded_pieces_have_places_in_the_output(pieces: list[str]) -> None:
    """Places rise, hold no outer spaces, and miss nothing but spaces."""
    text, spans = starter_source().decode(pieces)
    assert len(spans) == len(pieces)
    assert text == text.strip(" ")
    assert "  " not in text
    flat = [place for start, end in spans for place in range(start, end)]
    assert flat == sorted(set(flat))
    assert {at for at, char in enumerate(text) if char != " "} <= set(flat)


def test_bytes_spell_a_character(plain: Vocabulary) -> None:
    """Pieces for single bytes become the character that they spell together."""
    text, spans = plain.decode(["▁no", "<0xE2>", "<0x82>", "<0xAC>", "▁so"])
    assert text == "no€ so"
    assert spans == ((0, 2), (2, 2), (2, 2), (2, 3), (4, 6))
    assert plain.decode(["▁no", "<0xE2>"])[0] == "no"


def test_a_file_that_is_no_sentencepiece_model_is_corrupt(tmp_path: Path) -> None:
    """Missing and senseless files are both told."""
    for content in (None, b"not a model"):
        path = tmp_path / "source.spm"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ModelCorrupt, match=r"source\.spm"):
            Vocabulary(path, {"</s>": 0, "<unk>": 1})
