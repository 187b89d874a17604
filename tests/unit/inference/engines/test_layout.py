"""Reading what surrounds a model's weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dragoman.errors import DragomanError, ModelCorrupt, ModelRefused
from dragoman.inference.engines.layout import read_layout
from support.models import write_random_model


def test_one_vocabulary_serves_both_sides(tmp_path: Path) -> None:
    """Unless the tokenizer's settings say otherwise."""
    layout = read_layout(write_random_model(tmp_path))
    assert layout.source.ids is layout.target.ids
    assert layout.max_source_tokens < layout.positions == 512


def test_separate_vocabularies_are_kept_apart(tmp_path: Path) -> None:
    """The target's pieces come from target_vocab.json."""
    layout = read_layout(write_random_model(tmp_path, target_pieces=200))
    assert len(layout.source.ids) == 303
    assert len(layout.target.ids) == 203


def test_a_model_with_few_positions_takes_short_inputs(tmp_path: Path) -> None:
    """The limit is never below one token."""
    write_random_model(tmp_path)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"max_position_embeddings": 8}))
    assert read_layout(tmp_path).max_source_tokens == 1


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("config.json", None, ModelCorrupt),
        ("config.json", "no json", ModelCorrupt),
        ("config.json", "[1]", ModelCorrupt),
        ("config.json", '{"model_type": "t5"}', ModelRefused),
        ("vocab.json", None, ModelCorrupt),
        ("vocab.json", '{"▁a": 0}', ModelRefused),
        ("source.spm", None, ModelCorrupt),
        ("target.spm", "no model", ModelCorrupt),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    tmp_path: Path, name: str, content: str | None, kind: type[DragomanError]
) -> None:
    """Missing and broken files are corrupt; another kind of model is refused."""
    write_random_model(tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(kind, match=rf"{name}|t5"):
        read_layout(tmp_path)
