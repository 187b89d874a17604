"""The state of a training on disk: whole or not there at all, whenever the process dies."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

from dragoman.errors import ModelCorrupt

LATEST = "latest.pt"
BEFORE_DECAY = "before-decay.pt"


def save_state(state: dict[str, Any], path: Path) -> None:
    """Write beside ``path``, flush, rename. Raises OSError; an older state then stays."""
    import torch

    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as stream:
        torch.save(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)


def load_state(path: Path) -> dict[str, Any] | None:
    """The state, on the CPU; None where there is none. Raises ModelCorrupt.

    Only tensors and plain values are read, so a checkpoint cannot run a program.
    """
    import torch

    if not path.is_file():
        return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelCorrupt(
            f"The checkpoint {path.name} cannot be read.",
            hint="Delete it to begin again, or give another --out.",
        ) from error
    if not isinstance(state, dict):
        raise ModelCorrupt(f"The checkpoint {path.name} holds no state.")
    return state
