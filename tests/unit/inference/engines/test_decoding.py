"""Around the decoder: what it never sees, and what it must not say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dragoman.inference.engines.base import DecodingOptions, Prepared, Request
from dragoman.inference.engines.decoding import PieceSequence, decode_batch
from dragoman.inference.engines.layout import read_layout
from dragoman.inference.engines.marian import Decoded, MarianText
from support.models import write_random_model

NOW = 100.0


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> MarianText:
    return MarianText(read_layout(write_random_model(tmp_path_factory.mktemp("model"))))


class Parrot:
    """Says the first of its sayings that holds no forbidden sequence; remembers its batches."""

    def __init__(self, *sayings: PieceSequence) -> None:
        self.sayings = sayings
        self.batches: list[list[str]] = []

    def __call__(
        self, batch: Sequence[Prepared], forbidden: list[PieceSequence]
    ) -> list[list[Decoded]]:
        self.batches.append([prepared.request.text for prepared in batch])
        said = next(
            (saying for saying in self.sayings if not any(within(f, saying) for f in forbidden)),
            self.sayings[-1],
        )
        return [[Decoded(said, finished=True)] for _ in batch]


def within(part: PieceSequence, whole: PieceSequence) -> bool:
    ends = range(len(part), len(whole) + 1)
    return any(whole[end - len(part) : end] == part for end in ends)


def say(marian: MarianText, parrot: Parrot, *requests: Request) -> list[Decoded]:
    batch = [marian.prepare(request) for request in requests]
    return [hypotheses[0] for hypotheses in decode_batch(marian, batch, parrot, NOW)]


def test_empty_requests_never_reach_the_decoder(marian: MarianText) -> None:
    """It would invent something; the others keep their places."""
    parrot = Parrot(("▁a",))
    answers = say(marian, parrot, Request(""), Request("no"), Request("☃"), Request("yes"))
    assert parrot.batches == [["no", "yes"]]
    assert [answer.pieces for answer in answers] == [(), ("▁a",), (), ("▁a",)]
    assert say(marian, parrot, Request("")) == [Decoded((), True)]
    assert len(parrot.batches) == 1


def test_an_empty_request_keeps_its_prefix(marian: MarianText) -> None:
    """The output starts with it, whatever else."""
    prefix = marian.prepare(Request("", target_prefix="no")).payload.prefix
    assert say(marian, Parrot(()), Request("", target_prefix="no"))[0].pieces == prefix


def test_a_prefix_longer_than_any_output_is_refused(marian: MarianText) -> None:
    """The decoder has no positions for it."""
    with pytest.raises(ValueError, match="prefix"):
        say(marian, Parrot(()), Request("no", target_prefix="The minister said no. " * 80))


def test_the_usual_spelling_is_forbidden_from_the_start(marian: MarianText) -> None:
    """And so is every piece that holds the string whole; one round is enough for them."""
    usual = marian.layout.target.encode("minister").pieces
    holding = max(marian.layout.target.containing("e"), key=len)
    for banned, saying in (("minister", usual), ("e", (holding,))):
        parrot = Parrot(saying, ("▁a",))
        assert say(marian, parrot, Request("no", banned=(banned,)))[0].pieces == ("▁a",)
        assert len(parrot.batches) == 1


def test_another_spelling_is_forbidden_once_it_was_used(marian: MarianText) -> None:
    """Letter by letter is still the same word."""
    parrot = Parrot(("▁x", *"minister", "s"), ("▁", *"minister"), ("▁a",))
    answer = say(marian, parrot, Request("no", banned=("minister",)))[0]
    assert answer.pieces == ("▁a",)
    assert len(parrot.batches) == 2


def test_a_banned_string_may_span_words(marian: MarianText) -> None:
    """Spaces in it count."""
    parrot = Parrot(("▁x", "▁a", "▁b", "▁c"), ("▁a", "▁c", "▁b"))
    assert say(marian, parrot, Request("no", banned=("a b",)))[0].pieces == ("▁a", "▁c", "▁b")


def test_what_cannot_be_kept_out_is_not_called_finished(marian: MarianText) -> None:
    """A decoder that will not listen is asked a few times, then its output is marked."""
    parrot = Parrot(("▁a",), ("▁x", *"minister"))
    stubborn = Parrot(("▁x", *"minister"))
    assert not say(marian, stubborn, Request("no", banned=("minister",)))[0].finished
    assert len(stubborn.batches) < 10
    assert say(marian, parrot, Request("no", banned=("minister",)))[0].finished


def test_empty_bans_forbid_nothing(marian: MarianText) -> None:
    """Every text contains the empty string."""
    parrot = Parrot(("▁a",))
    answer = say(marian, parrot, Request("no", DecodingOptions(), banned=("",)))[0]
    assert answer == Decoded(("▁a",), True)
