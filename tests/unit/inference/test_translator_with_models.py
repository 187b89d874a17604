"""The whole engine room on real weights: models that translate word for word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from dragoman.article import LanguagePair
from dragoman.inference.engines import EngineOptions, open_engine
from dragoman.inference.engines.base import DecodingOptions, Engine
from dragoman.inference.model import InstalledModel
from dragoman.inference.translator import Translator
from support.dictionary import write_dictionary_model
from support.inference import pair, translating
from support.models import installed_model
from support.scheduling import PATIENCE_S

GERMAN_ENGLISH = {
    "der": "the",
    "Minister": "minister",
    "reist": "travels",
    "am": "on",
    "Montag": "Monday",
    ",": ",",
    ".": ".",
}
ENGLISH_FRENCH = {
    "the": "le",
    "minister": "ministre",
    "travels": "voyage",
    "on": "ce",
    "Monday": "lundi",
    ",": ",",
    ".": ".",
}
GERMAN_FRENCH = {german: ENGLISH_FRENCH[english] for german, english in GERMAN_ENGLISH.items()}
OPTIONS = DecodingOptions(beam_size=2, with_alignment=True)


def dictionary(root: Path, codes: str, words: Mapping[str, str]) -> InstalledModel:
    model = installed_model(write_dictionary_model(root / codes, words), [pair(codes)])
    return replace(model, digest=codes.encode().hex().ljust(64, "0"))


def open_on_cpu(model: InstalledModel) -> Engine:
    return open_engine(model, EngineOptions(device="cpu", workers=2))


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Translator]:
    root = tmp_path_factory.mktemp("models")
    models = [
        dictionary(root, "de-en", GERMAN_ENGLISH),
        dictionary(root, "en-fr", ENGLISH_FRENCH),
    ]
    with translating(*models, engines=open_on_cpu, budget_bytes=10**9) as translator:
        yield translator


def test_a_pivot_route_translates_with_both_models(translator: Translator) -> None:
    """Every word passes through English, and its alignment leads back to the German one."""
    text = "der Minister reist am Montag , am Montag reist der Minister ."
    (future,) = translator.submit([text], LanguagePair("de", "fr"), OPTIONS).futures
    hypothesis = future.result(PATIENCE_S).hypotheses[0]
    assert hypothesis.text == " ".join(GERMAN_FRENCH[word] for word in text.split())
    assert hypothesis.finished
    aligned = {
        (
            text[one.source_start : one.source_end],
            hypothesis.text[one.target_start : one.target_end],
        )
        for one in hypothesis.alignment
    }
    assert {("Minister", "ministre"), ("reist", "voyage"), ("Montag", "lundi")} <= aligned


def test_many_articles_at_once_get_their_own_words(translator: Translator) -> None:
    """Batches of two models and several requests do not mix anything up."""
    texts = [f"{first} {second} ." for first in GERMAN_FRENCH for second in GERMAN_FRENCH]
    tickets = [
        translator.submit(texts[start::4], LanguagePair("de", "fr"), OPTIONS) for start in range(4)
    ]
    answers = {
        text: future.result(PATIENCE_S).hypotheses[0].text
        for start, ticket in enumerate(tickets)
        for text, future in zip(texts[start::4], ticket.futures, strict=True)
    }
    assert answers == {
        text: " ".join(GERMAN_FRENCH[word] for word in text.split()) for text in texts
    }
