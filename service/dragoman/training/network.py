"""The network of a model in training: made, loaded, held to its rules, and listened to.

Two rules of CTranslate2 and opus-mt hold at every step. The embedding of ``<pad>``, where the
decoder starts, is exactly zero. And the first head of the last decoder layer's attention to the
source can be taught which source piece each target piece comes from (Garg et al. 2019, "Jointly
Learning to Align and Translate with Transformer Models").
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dragoman.errors import ModelCorrupt, SettingsError
from dragoman.training.options import Shape
from dragoman.training.vocabulary import piece_origins

POSITIONS = 512


def write_config(shape: Shape, pieces: int, directory: Path) -> None:
    """Write config.json of a new model with a joint vocabulary of ``pieces``, ``<pad>`` last.

    Raises SettingsError when the width cannot be divided by the heads.
    """
    if shape.width % shape.heads:
        raise SettingsError(f"A width of {shape.width} cannot be split into {shape.heads} heads.")
    config = {
        "model_type": "marian",
        "architectures": ["MarianMTModel"],
        "activation_function": "swish",
        "d_model": shape.width,
        "encoder_layers": shape.encoder_layers,
        "decoder_layers": shape.decoder_layers,
        "encoder_attention_heads": shape.heads,
        "decoder_attention_heads": shape.heads,
        "encoder_ffn_dim": shape.inner_width,
        "decoder_ffn_dim": shape.inner_width,
        "max_position_embeddings": POSITIONS,
        "normalize_before": False,
        "scale_embedding": True,
        "static_position_embeddings": True,
        "share_encoder_decoder_embeddings": True,
        "tie_word_embeddings": True,
        "is_encoder_decoder": True,
        "vocab_size": pieces,
        "decoder_vocab_size": pieces,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "forced_eos_token_id": 0,
        "pad_token_id": pieces - 1,
        "decoder_start_token_id": pieces - 1,
    }
    (directory / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")


def new_network(directory: Path, *, dropout: float, seed: int) -> Any:
    """A MarianMTModel with random weights for the config.json in ``directory``."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(seed)
    network = MarianMTModel(_with_dropout(MarianConfig.from_pretrained(directory), dropout))
    zero_pad_rows(network)
    return network


def load_network(directory: Path, *, dropout: float) -> Any:
    """A model's weights in float32, to go on from. Raises ModelCorrupt."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    try:
        config = _with_dropout(MarianConfig.from_pretrained(directory), dropout)
        with _without_bars():
            network = MarianMTModel.from_pretrained(directory, config=config, dtype=torch.float32)
    except (OSError, RuntimeError, ValueError) as error:
        raise ModelCorrupt(
            f"{directory.name} cannot be loaded: {error}.", hint="Give another --init."
        ) from error
    zero_pad_rows(network)
    return network


def take_over(network: Any, vocabulary: Path, origin: Path) -> None:
    """Give ``network`` the weights of the model in ``origin``, though its vocabulary is another.

    A piece that both have keeps its embedding; another gets the mean of the pieces that the old
    vocabulary writes it with (Gee et al. 2022, "Fast Vocabulary Transfer"). Both have one joint
    vocabulary; ``origin`` may be of the opposite direction. Raises ModelCorrupt or SettingsError.
    """
    import torch

    old = load_network(origin, dropout=0.0)
    weights = old.state_dict()
    old_table, old_bias = weights["model.shared.weight"], weights["final_logits_bias"]
    fresh = network.state_dict()
    width = fresh["model.shared.weight"].shape[1]
    if width != old_table.shape[1] or len(fresh) != len(weights):
        raise SettingsError(
            f"{origin.name} has another shape than the new model.",
            hint="Give a model of the same widths and layers, or start without one.",
        )
    rows = piece_origins(vocabulary, origin)
    table = torch.stack([old_table[row].mean(0) for row in rows])
    bias = torch.stack([old_bias[0][row].mean() for row in rows])[None]
    own = {"model.shared.weight", "final_logits_bias"}
    tied = {name for name in fresh if fresh[name].shape[:1] == table.shape[:1]}
    kept = {name: value for name, value in weights.items() if name not in own | tied}
    network.load_state_dict(kept | dict.fromkeys(tied, table) | {"final_logits_bias": bias})
    zero_pad_rows(network)


def zero_pad_rows(network: Any) -> None:
    """Set the embedding of ``<pad>`` to zero, on both sides where they are separate."""
    import torch

    model = network.model
    with torch.no_grad():
        for table in (model.encoder.embed_tokens, model.decoder.embed_tokens):
            table.weight[network.config.pad_token_id].zero_()
        network.lm_head.weight[network.config.pad_token_id].zero_()


class GuidedHead:
    """Hears what the last decoder layer asks of the source, and gives its first head's weights.

    Computed a second time beside the network's own attention, so that the fast kernels, which
    give no weights, can be kept.
    """

    def __init__(self, network: Any) -> None:
        self._attention = network.model.decoder.layers[-1].encoder_attn
        self._heard: tuple[Any, Any] | None = None
        self._hook = self._attention.register_forward_pre_hook(self._hear, with_kwargs=True)

    def _hear(self, _: Any, positional: tuple[Any, ...], named: dict[str, Any]) -> None:
        self._heard = positional[0], named["key_value_states"]

    def log_weights(self, source_mask: Any) -> Any:
        """Log-probabilities (batch, target, source) of the latest pass; the mask is boolean."""
        import torch

        if self._heard is None:
            raise RuntimeError("the network has not run")
        asked, source = self._heard
        self._heard = None
        size = self._attention.head_dim
        linear = torch.nn.functional.linear
        query, key = self._attention.q_proj, self._attention.k_proj
        queries = linear(asked, query.weight[:size], query.bias[:size])
        keys = linear(source, key.weight[:size], key.bias[:size])
        scores = torch.bmm(queries, keys.transpose(1, 2)).float() * self._attention.scaling
        scores = scores.masked_fill(~source_mask[:, None, :], float("-inf"))
        return torch.log_softmax(scores, -1)

    def close(self) -> None:
        """Stop listening."""
        self._hook.remove()


def _with_dropout(config: Any, dropout: float) -> Any:
    config.dropout = dropout
    config.attention_dropout = 0.0
    config.activation_dropout = 0.0
    return config


@contextmanager
def _without_bars() -> Iterator[None]:
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
