"""The public Python API on the bundled model."""

from __future__ import annotations

from pathlib import Path

from dragoman import Dragoman, Settings


def test_a_string_is_decoded_once(tmp_path: Path) -> None:
    """A string is that string, whatever its bytes look like: this one as UTF-16 is Chinese."""
    with Dragoman(Settings(models_dir=tmp_path, beam_size=1)) as dragoman:
        result = dragoman.translate_article("The bridge\0 is open.", to="fr", source="en")
    assert [block.block.text for block in result.blocks] == ["The bridge\ufffd is open."]
