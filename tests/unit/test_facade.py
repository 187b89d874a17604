"""The public Python API on the bundled model."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from dragoman import Dragoman, InputError, Settings


def test_a_string_is_decoded_once(tmp_path: Path) -> None:
    """A string is that string, whatever its bytes look like: this one as UTF-16 is Chinese."""
    with Dragoman(Settings(models_dir=tmp_path, beam_size=1)) as dragoman:
        result = dragoman.translate_article("The bridge\0 is open.", to="fr", source="en")
    assert [block.block.text for block in result.blocks] == ["The bridge\ufffd is open."]


def test_what_is_no_article_is_told_in_plain_words(tmp_path: Path) -> None:
    """None, a number or a list of languages is an InputError, not a TypeError from below."""
    with Dragoman(Settings(models_dir=tmp_path)) as dragoman:
        for article in (None, 7, ["The bridge"]):
            with pytest.raises(InputError, match="An article cannot be made of"):
                dragoman.translate_article(article, to="fr")  # type: ignore[arg-type]  # the claim
        with pytest.raises(InputError, match="cannot be written as JSON"):
            dragoman.translate_article({"headline": object()}, to="fr")
        with pytest.raises(InputError, match="texts must be strings"):
            dragoman.translate_texts([None], to="fr")  # type: ignore[list-item]  # the claim


def test_what_is_no_language_code_is_told_in_plain_words(tmp_path: Path) -> None:
    """A list is no string; a name is answered with its code."""
    with Dragoman(Settings(models_dir=tmp_path)) as dragoman:
        with pytest.raises(InputError, match="must be a string"):
            dragoman.translate_article("The bridge.", to=["fr"])  # type: ignore[arg-type]  # the claim
        with pytest.raises(InputError, match=r"French is not a language code\. Use fr\."):
            dragoman.translate_texts(["The bridge."], to="French")
        with pytest.raises(InputError, match=r"Use de\."):
            dragoman.translate_article("The bridge.", to="fr", source="Deutsch")


def test_a_dictionary_is_a_record(tmp_path: Path) -> None:
    """It is read as the format fields, without writing JSON first."""
    with Dragoman(Settings(models_dir=tmp_path, beam_size=1)) as dragoman:
        result = dragoman.translate_article(
            {"headline": "The bridge is open", "id": 7}, to="fr", source="en"
        )
    assert result.format == "fields"
    assert result.headline
    assert b'"id": 7' in result.document


def test_an_error_in_the_block_cancels_what_runs(tmp_path: Path) -> None:
    """Leaving by an exception does not wait for a call that takes long."""
    begun = threading.Event()
    cancelled = threading.Event()

    async def very_long() -> None:
        begun.set()
        try:
            async with asyncio.timeout(20):
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    def call(dragoman: Dragoman) -> None:
        with contextlib.suppress(CancelledError, TimeoutError):
            dragoman.run(very_long)

    def interrupted() -> None:
        with Dragoman(Settings(models_dir=tmp_path)) as dragoman:
            threading.Thread(target=call, args=(dragoman,), daemon=True).start()
            begun.wait()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert cancelled.is_set()
