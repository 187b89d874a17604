"""The vocabulary of a new model holds what news is written with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dragoman.article import LanguagePair
from dragoman.errors import InputError, ModelRefused
from dragoman.inference.engines.vocabulary import Vocabulary
from dragoman.training.network import write_config
from dragoman.training.options import Shape
from dragoman.training.vocabulary import (
    PieceNumbers,
    copy_vocabulary,
    required_characters,
    train_vocabulary,
)
from support.models import write_random_model
from support.sentences import SENTENCES

EN_FR = LanguagePair("en", "fr")
SPECIAL = frozenset({"</s>", "<unk>", "<pad>"})


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("vocabulary")
    dated = [f"In 2024 there were 283 of them. {sentence}" for sentence in SENTENCES]
    train_vocabulary(dated, 700, made, EN_FR)
    write_config(Shape(width=8, heads=2), len(json.loads((made / "vocab.json").read_text())), made)
    return made


@pytest.fixture(scope="module")
def ids(directory: Path) -> dict[str, int]:
    loaded: dict[str, int] = json.loads((directory / "vocab.json").read_text(encoding="utf-8"))
    return loaded


def test_every_required_character_round_trips(directory: Path, ids: dict[str, int]) -> None:
    """Alone, inside a word and beside a digit, each comes back as it was, without <unk>."""
    for name in ("source.spm", "target.spm"):
        vocabulary = Vocabulary(directory / name, ids, SPECIAL)
        for character in required_characters():
            text = f"{character} plan{character}plan 7{character}"
            encoded = vocabulary.encode(text)
            assert "<unk>" not in encoded.pieces
            assert vocabulary.decode(encoded.pieces)[0] == text


@pytest.mark.parametrize(
    "wanted", ["’‘“”«»", "–—-", "€$£¥", "&@#%*+=/\\_{}[]<>|~^", "œŒéÉçÇâ", "ñšłøß", "0123456789"]
)
def test_the_list_holds_what_news_needs(wanted: str) -> None:
    """Quotes, dashes, currencies, signs, ligatures, names' letters, digits."""
    assert set(wanted) <= set(required_characters())


def test_digits_stand_one_by_one(directory: Path, ids: dict[str, int]) -> None:
    """No piece joins a digit to anything but a space."""
    assert not [piece for piece in ids if any(map(str.isdigit, piece)) and len(piece) > 2]
    pieces = Vocabulary(directory / "source.spm", ids, SPECIAL).encode("In 2024 it was 283.").pieces
    assert [piece for piece in pieces if piece.isdigit()] == list("2024283")


def test_numbers_follow_the_layout_of_opus_mt(ids: dict[str, int]) -> None:
    """</s> is 0, <unk> 1 and <pad> the last."""
    assert (ids["</s>"], ids["<unk>"], ids["<pad>"]) == (0, 1, len(ids) - 1)
    assert sorted(ids.values()) == list(range(len(ids)))


def test_a_vocabulary_too_small_for_the_characters_is_refused(tmp_path: Path) -> None:
    """The error says what to change."""
    with pytest.raises(InputError, match="50 pieces"):
        train_vocabulary(SENTENCES, 50, tmp_path, EN_FR)


def test_bulk_numbers_are_those_of_the_engines(directory: Path, ids: dict[str, int]) -> None:
    """What is trained is what will be read; unknown letters are cut out as engines do."""
    vocabulary = Vocabulary(directory / "source.spm", ids, SPECIAL)
    texts = [*SENTENCES[:5], "a 漢 b", "", "5€"]
    for text, numbers in zip(texts, PieceNumbers(directory).source.encode(texts), strict=True):
        expected = [ids[piece] for piece in vocabulary.encode(text).pieces]
        assert numbers.tolist() == [*expected, 0]


def test_a_models_vocabulary_is_kept(tmp_path: Path) -> None:
    """--init copies it byte for byte."""
    origin = write_random_model(tmp_path / "origin")
    copy_vocabulary(origin, tmp_path / "out")
    for name in ("vocab.json", "source.spm", "target.spm", "config.json"):
        assert (tmp_path / "out" / name).read_bytes() == (origin / name).read_bytes()


def test_a_model_of_many_languages_is_refused(tmp_path: Path) -> None:
    """Its pairs would need a token that parallel files do not tell."""
    origin = write_random_model(tmp_path / "origin", target_tokens=(">>fra<<", ">>deu<<"))
    with pytest.raises(ModelRefused, match="several languages"):
        copy_vocabulary(origin, tmp_path / "out")
