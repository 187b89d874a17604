"""The guided head is what the engines return as attention."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import MarianMTModel

from dragoman.errors import ModelCorrupt, SettingsError
from dragoman.training.network import GuidedHead, load_network, new_network, write_config
from dragoman.training.options import Shape

SMALL = Shape(width=16, inner_width=32, heads=2, encoder_layers=1, decoder_layers=2)


def test_the_guided_head_is_the_first_of_the_last_layer(tmp_path: Path) -> None:
    """Its weights are those that transformers gives with eager attention."""
    write_config(SMALL, 30, tmp_path)
    network = new_network(tmp_path, dropout=0.0, seed=2).eval()
    with torch.no_grad():
        for weight in network.parameters():
            weight.mul_(10 if weight.requires_grad else 1)
    source = torch.tensor([[4, 5, 6, 0], [7, 0, 29, 29]])
    inputs = {
        "input_ids": source,
        "attention_mask": source != 29,
        "decoder_input_ids": torch.tensor([[29, 8, 9], [29, 10, 11]]),
    }
    eager = MarianMTModel(network.config).eval()
    eager.load_state_dict(network.state_dict())
    eager.set_attn_implementation("eager")
    with torch.no_grad():
        expected = eager(**inputs, output_attentions=True).cross_attentions[-1][:, 0]
        head = GuidedHead(network)
        network(**inputs)
        found = head.log_weights(source != 29).exp()
    assert torch.allclose(found, expected, atol=1e-5)
    assert expected.std() > 0.01
    head.close()
    network(**inputs)
    with pytest.raises(RuntimeError, match="not run"):
        head.log_weights(source != 29)


def test_the_same_seed_makes_the_same_network(tmp_path: Path) -> None:
    """And its pad row is zero from the start."""
    write_config(SMALL, 30, tmp_path)
    one, same, other = (
        new_network(tmp_path, dropout=0.0, seed=seed).model.shared.weight for seed in (1, 1, 2)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert not one[29].any()


def test_heads_must_divide_the_width(tmp_path: Path) -> None:
    """Said before anything is trained."""
    with pytest.raises(SettingsError, match="3 heads"):
        write_config(Shape(width=16, heads=3), 30, tmp_path)


def test_a_directory_without_weights_is_no_start(tmp_path: Path) -> None:
    """--init wants a model."""
    write_config(SMALL, 30, tmp_path)
    with pytest.raises(ModelCorrupt, match="cannot be loaded"):
        load_network(tmp_path, dropout=0.0)
