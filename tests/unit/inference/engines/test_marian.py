"""Tokens before decoding and text after it, without a network in between."""

from __future__ import annotations

import numpy as np
import pytest

from dragoman.article import AlignedSpan
from dragoman.inference.engines.base import DecodingOptions, Request
from dragoman.inference.engines.layout import read_layout
from dragoman.inference.engines.marian import Decoded, MarianText, max_length
from support.models import write_random_model

ALIGNED = DecodingOptions(beam_size=1, with_alignment=True)


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> MarianText:
    directory = tmp_path_factory.mktemp("model")
    return MarianText(read_layout(write_random_model(directory, target_tokens=(">>fra<<",))))


def test_the_source_ends_with_the_end_token(marian: MarianText) -> None:
    """Without it opus-mt models ramble."""
    prepared = marian.prepare(Request("The minister said no."))
    assert prepared.payload.pieces[-1] == "</s>"
    assert prepared.tokens == len(prepared.payload.pieces)


def test_the_target_token_is_one_piece_at_the_start(marian: MarianText) -> None:
    """SentencePiece would shred it."""
    plain = marian.prepare(Request("The minister said no."))
    marked = marian.prepare(Request("The minister said no.", target_token=">>fra<<"))
    assert marked.payload.pieces == (">>fra<<", *plain.payload.pieces)
    assert not marian.prepare(Request("no", target_token=">>fra<<")).payload.empty


def test_a_target_token_in_the_text_is_only_text(marian: MarianText) -> None:
    """A reader cannot choose the model's target language by writing it."""
    assert ">>fra<<" not in marian.prepare(Request(">>fra<< no")).payload.pieces


def test_a_target_token_that_the_model_lacks_is_a_mistake(marian: MarianText) -> None:
    """It would reach the model as an unknown piece."""
    with pytest.raises(ValueError, match=">>deu<<"):
        marian.prepare(Request("no", target_token=">>deu<<"))


def test_the_length_bound_follows_the_source() -> None:
    """factor times source tokens, rounded up, and the extra."""
    options = DecodingOptions(max_length_factor=1.5, max_length_extra=4)
    assert max_length(options, 5) == 12


def test_the_length_bound_stays_within_the_positions(marian: MarianText) -> None:
    """The decoder has no more positions than the encoder."""
    options = DecodingOptions(max_length_factor=100)
    assert marian.max_length(marian.prepare(Request("no " * 50, options))) == 511


def test_the_length_bound_leaves_room_behind_the_prefix(marian: MarianText) -> None:
    """A long prefix alone does not use it up."""
    options = DecodingOptions(max_length_factor=0, max_length_extra=1)
    prepared = marian.prepare(Request("no", options, target_prefix="The minister said no."))
    assert marian.max_length(prepared) == len(prepared.payload.prefix) + 1


def test_an_output_at_its_own_bound_is_cut_there(marian: MarianText) -> None:
    """Even when a longer neighbour let the batch run on, it is as if it were alone."""
    options = DecodingOptions(max_length_factor=0, max_length_extra=2)
    prepared = marian.prepare(Request("no", options))
    answer = marian.finish(prepared, [Decoded(("▁a", "▁b", "▁c"), finished=True)])[0]
    assert (answer.text, answer.tokens, answer.finished) == ("a b", 2, False)


def test_alignment_takes_the_place_with_most_attention(marian: MarianText) -> None:
    """Special tokens are passed over on the source side, lone spaces on the target side."""
    request = Request("no yes", ALIGNED, target_token=">>fra<<")
    prepared = marian.prepare(request)
    pieces = prepared.payload.pieces
    attention = np.zeros((3, len(pieces)), np.float32)
    attention[:, 0] = attention[:, -1] = 1
    attention[0, len(pieces) - 2] = 0.5
    attention[2, 1] = 0.5
    answer = marian.finish(prepared, [Decoded(("▁oui", "▁", "▁non"), True, attention=attention)])
    assert answer[0].text == "oui non"
    first, last = answer[0].alignment
    assert first == AlignedSpan(prepared.payload.spans[-2][0], 6, 0, 3)
    assert (last.source_start, last.target_start, last.target_end) == (0, 4, 7)
