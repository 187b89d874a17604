"""Loading MarianMT weights into torch, on the device and in the precision asked for."""

from __future__ import annotations

import pickle  # only for the name of its error
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import safetensors
import torch
import transformers

from dragoman.errors import ModelCorrupt, SettingsError
from dragoman.inference.engines.layout import PAD, UNKNOWN, Layout
from dragoman.inference.engines.options import EngineOptions
from dragoman.inference.model import InstalledModel

_DTYPES = {
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
}


def load_network(model: InstalledModel, layout: Layout, precision: str, device: str) -> Any:
    """Load the weights, ready for ``generate``. Raises ModelCorrupt."""
    try:
        with _quietly():
            network, report = transformers.MarianMTModel.from_pretrained(
                model.directory,
                dtype=_DTYPES[precision],
                attn_implementation="eager",  # the others give no attention
                local_files_only=True,
                output_loading_info=True,
            )
    except _UNREADABLE as error:
        raise ModelCorrupt(
            f"transformers cannot load the model {model.id}: {error}.",
            hint="Remove and pull the model.",
        ) from error
    if report["missing_keys"]:
        raise ModelCorrupt(
            f"The model {model.id} lacks weights: {', '.join(sorted(report['missing_keys']))}.",
            hint="Remove and pull the model.",
        )
    _forbid_unknown(network, layout)
    # The model's own generation settings (beams, lengths, a forced end) would mix with ours.
    network.generation_config = transformers.GenerationConfig()
    return network.to(device).eval()


def _forbid_unknown(network: Any, layout: Layout) -> None:
    """Give ``<unk>`` and ``<pad>`` no probability at all, as CTranslate2 does."""
    for token in (UNKNOWN, PAD):
        number = layout.target.ids.get(token)
        if number is not None:
            network.final_logits_bias[0, number] = float("-inf")


_UNREADABLE = (
    OSError,
    AssertionError,
    RuntimeError,
    ValueError,
    KeyError,
    pickle.UnpicklingError,
    safetensors.SafetensorError,
)


@contextmanager
def _quietly() -> Iterator[None]:
    """Load without transformers' own progress bars."""
    logging = transformers.utils.logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def choose_device(options: EngineOptions) -> str:
    """``cuda`` where torch sees a GPU and the options allow it. Raises SettingsError."""
    gpu = options.device != "cpu" and torch.cuda.is_available()
    if options.device == "cuda" and not gpu:
        raise SettingsError(
            "The device is set to cuda, but torch sees no GPU.",
            hint="Set the device to auto or cpu.",
        )
    return "cuda" if gpu else "cpu"


def choose_precision(options: EngineOptions, device: str) -> str:
    """The best the device has, unless the options say. Raises SettingsError."""
    if options.deterministic or (options.compute_type == "auto" and device == "cpu"):
        return "float32"
    if options.compute_type == "auto":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    if options.compute_type not in _DTYPES:
        raise SettingsError(
            f"The engine transformers cannot compute in {options.compute_type}.",
            hint=f"Set the compute type to auto or one of: {', '.join(sorted(_DTYPES))}.",
        )
    return options.compute_type
