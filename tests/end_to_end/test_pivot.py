"""A pair without a direct model goes through English, on two real models from disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman import Dragoman, PairNotInstalled, Settings
from dragoman.inference.convert import convert
from support.dictionary import write_dictionary_model

GERMAN_ENGLISH = {"das": "the", "alte": "old", "haus": "house", "brennt": "burns", "heute": "today"}
ENGLISH_DUTCH = {
    "the": "het",
    "old": "oude",
    "house": "huis",
    "burns": "brandt",
    "today": "vandaag",
}


def _install(directory: Path, languages: tuple[str, str], words: dict[str, str]) -> None:
    write_dictionary_model(directory, words)
    source, target = languages
    settings = {"source_lang": source, "target_lang": target}
    (directory / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    convert(directory, directory / "ct2-int8", quantization="float32")


@pytest.fixture(scope="module")
def dragoman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dragoman]:
    models = tmp_path_factory.mktemp("models")
    _install(models / "test" / "de-en", ("de", "en"), GERMAN_ENGLISH)
    _install(models / "test" / "en-nl", ("en", "nl"), ENGLISH_DUTCH)
    with Dragoman(Settings(models_dir=models, deterministic=True)) as opened:
        yield opened


def test_german_becomes_dutch_through_english(dragoman: Dragoman) -> None:
    """Both models translate, in order, and the signature and the models say so."""
    done = dragoman.translate_texts(["das alte haus brennt heute"], to="nl", source="de")
    assert done.texts[0].translation.text == "het oude huis brandt vandaag"
    assert [model.id for model in done.models] == ["test/de-en", "test/en-nl"]
    signature = done.texts[0].translation.signature
    assert signature.startswith("route=de-en:test/de-en@")
    assert ",en-nl:test/en-nl@" in signature


def test_a_direct_model_is_preferred(dragoman: Dragoman) -> None:
    """German to English is one hop."""
    done = dragoman.translate_texts(["das haus brennt"], to="en", source="de")
    assert done.texts[0].translation.text == "the house burns"
    assert [model.id for model in done.models] == ["test/de-en"]


def test_no_way_there_is_told_with_both_commands(dragoman: Dragoman) -> None:
    """What is missing is named, directly and through the pivot."""
    with pytest.raises(PairNotInstalled) as caught:
        dragoman.translate_texts(["het huis"], to="de", source="nl")
    assert "dragoman models pull nl-de" in (caught.value.hint or "")
