"""What leaves training can be installed, or is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from dragoman.article import LanguagePair
from dragoman.errors import ModelRefused
from dragoman.inference.store import ModelStore
from dragoman.training.export import Agreement, convert_checked, write_weights
from dragoman.training.network import load_network, new_network, write_config
from dragoman.training.options import Shape
from dragoman.training.vocabulary import train_vocabulary
from support.sentences import SENTENCES

EN_FR = LanguagePair("en", "fr")
SMALL = Shape(width=16, inner_width=32, heads=2, encoder_layers=1, decoder_layers=1)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = tmp_path / "shelf" / "toy-en-fr"
    train_vocabulary(SENTENCES, 500, made, EN_FR)
    write_config(SMALL, len(json.loads((made / "vocab.json").read_text())), made)
    torch.set_num_threads(1)
    return made


@pytest.fixture
def network(directory: Path) -> Any:
    """Its weights are spread widely, so that no two answers are about as good."""
    made = new_network(directory, dropout=0.0, seed=3)
    with torch.no_grad():
        for weight in made.parameters():
            weight.mul_(10 if weight.requires_grad else 1)
    return made


def test_the_store_finds_an_exported_model(directory: Path, network: Any) -> None:
    """Both engines agree on it, and the store reads its direction and its converted form."""
    write_weights(network, directory)
    assert convert_checked(directory, EN_FR, SENTENCES[:10]) == Agreement(10, 10)
    (found,) = ModelStore([directory.parent]).installed()
    assert found.pairs == {EN_FR}
    assert found.ctranslate2_directory == directory / "ct2-int8"


def test_weights_are_float16_and_nothing_is_stored_twice(directory: Path, network: Any) -> None:
    """The shared table has one name, and sinusoids are left to be computed."""
    write_weights(network, directory)
    arrays = load_file(directory / "model.safetensors")
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float16)}
    assert [name for name in arrays if "embed" in name or "lm_head" in name] == []
    assert not arrays["model.shared.weight"][-1].any()


def test_whoever_can_read_the_vocabulary_can_read_the_weights(
    directory: Path, network: Any
) -> None:
    """A server seldom runs as the user who trained."""
    write_weights(network, directory)
    names = ("model.safetensors", "config.json", "vocab.json")
    assert len({(directory / name).stat().st_mode for name in names}) == 1


def test_weights_come_back_as_they_went(directory: Path, network: Any) -> None:
    """Loading an export to go on from it changes nothing but the precision."""
    write_weights(network, directory)
    loaded = load_network(directory, dropout=0.0).state_dict()
    for name, tensor in network.state_dict().items():
        assert torch.allclose(tensor, loaded[name], atol=1e-3), name


def test_a_trained_pad_row_is_refused(directory: Path, network: Any) -> None:
    """The engines would start the decoder from different places."""
    table = network.state_dict()["model.shared.weight"].clone()
    table[-1] += 0.1
    with pytest.raises(ModelRefused, match="<pad>"):
        write_weights(network, directory, {"model.shared.weight": table})


def test_weights_that_are_no_numbers_are_refused(directory: Path, network: Any) -> None:
    """Also those that float16 cannot hold."""
    state = {"model.encoder.layers.0.fc1.bias": torch.full((32,), 1e9)}
    with pytest.raises(ModelRefused, match=r"fc1\.bias"):
        write_weights(network, directory, state)


@pytest.mark.parametrize(("same", "refused"), [(97, True), (98, False), (100, False)])
def test_engines_that_disagree_are_refused(
    directory: Path, network: Any, same: int, refused: bool
) -> None:
    """Two of a hundred sentences may differ, three may not; then nothing is converted."""

    def compare(_: Path, __: LanguagePair, sentences: Sequence[str]) -> Agreement:
        return Agreement(same, len(sentences))

    write_weights(network, directory)
    if refused:
        with pytest.raises(ModelRefused, match="97 of 100"):
            convert_checked(directory, EN_FR, SENTENCES, compare)
    else:
        convert_checked(directory, EN_FR, SENTENCES, compare)
    assert (directory / "ct2-int8").is_dir() is not refused
