"""Checkpoints that are whole or not there."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch

from dragoman.errors import ModelCorrupt
from dragoman.training.checkpoint import load_state, save_state


def test_a_state_comes_back(tmp_path: Path) -> None:
    """Tensors, numbers and nested names; a first one has no older state."""
    path = tmp_path / "new" / "latest.pt"
    assert load_state(path) is None
    save_state({"step": 3, "weights": {"a": torch.ones(2)}}, path)
    state = load_state(path)
    assert state is not None
    assert state["step"] == 3
    assert state["weights"]["a"].tolist() == [1.0, 1.0]


def test_a_kill_while_writing_leaves_the_older_state(tmp_path: Path) -> None:
    """Half a file never has the checkpoint's name."""

    class Killed:
        def __reduce__(self) -> object:
            raise KeyboardInterrupt

    path = tmp_path / "latest.pt"
    save_state({"step": 1}, path)
    with pytest.raises(KeyboardInterrupt):
        save_state({"step": 2, "rest": Killed()}, path)
    assert load_state(path) == {"step": 1}
    save_state({"step": 3}, path)
    assert load_state(path) == {"step": 3}


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", pickle.dumps(Path("/"), 2)])
def test_a_broken_checkpoint_is_named(tmp_path: Path, content: bytes) -> None:
    """The hint says what to delete; what is pickled in it is not run."""
    (tmp_path / "latest.pt").write_bytes(content)
    with pytest.raises(ModelCorrupt, match=r"latest\.pt"):
        load_state(tmp_path / "latest.pt")
