"""The sizes of a model, as its configuration gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dragoman.inference.convert.refusal import refused


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes that a MarianMT configuration gives."""

    encoder_layers: int
    decoder_layers: int
    heads: int
    width: int
    encoder_inner: int
    decoder_inner: int
    positions: int
    activation: str
    scaled: bool
    start: int
    shared: bool
    tied: bool


def read_shape(config: Mapping[str, Any]) -> Shape:
    """Raises ModelRefused for a configuration that is not one of MarianMT as we know it."""
    if config.get("model_type") != "marian":
        raise refused(f"This is a {config.get('model_type', 'nameless')} model, not MarianMT.")
    try:
        shape = Shape(
            encoder_layers=int(config["encoder_layers"]),
            decoder_layers=int(config["decoder_layers"]),
            heads=int(config["encoder_attention_heads"]),
            width=int(config["d_model"]),
            encoder_inner=int(config["encoder_ffn_dim"]),
            decoder_inner=int(config["decoder_ffn_dim"]),
            positions=int(config["max_position_embeddings"]),
            activation=str(config["activation_function"]),
            scaled=bool(config["scale_embedding"]),
            start=int(config["decoder_start_token_id"]),
            shared=bool(config.get("share_encoder_decoder_embeddings", True)),
            tied=bool(config.get("tie_word_embeddings", True)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise refused(f"config.json lacks a setting or has a wrong one: {error}.") from error
    if config.get("decoder_attention_heads") != shape.heads:
        raise refused("Encoder and decoder have different numbers of heads.")
    if shape.heads < 1 or shape.width % shape.heads:
        raise refused(f"{shape.heads} heads do not share a width of {shape.width}.")
    return shape
