"""The default engine is held against the reference: same weights, same answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from dragoman.article import LanguagePair
from dragoman.inference.engines import EngineOptions, open_engine
from dragoman.inference.engines.base import DecodingOptions, Engine, Hypothesis, Request
from dragoman.inference.engines.options import EngineName
from dragoman.inference.model import InstalledModel
from support.dictionary import write_dictionary_model
from support.models import (
    EN_FR,
    STARTER,
    installed_model,
    write_random_model,
    write_weights,
)
from support.sentences import SENTENCES

GREEDY = DecodingOptions(beam_size=1)
REAL: tuple[EngineName, EngineName] = ("ctranslate2", "transformers")
WORDS = {
    "der": "the",
    "Hund": "dog",
    "die": "these",
    "Katze": "cat",
    "schläft": "sleeps",
    "trinkt": "drinks",
    "Milch": "milk",
    "und": "and",
    ".": ".",
}


def open_both(model: InstalledModel) -> tuple[Engine, Engine]:
    first, second = (
        open_engine(model, EngineOptions(name, "cpu", workers=1, deterministic=True))
        for name in REAL
    )
    return first, second


@pytest.fixture(scope="module")
def starters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """Both engines on the bundled weights in float32, which its int8 form has not."""
    converted = tmp_path_factory.mktemp("starter") / "ct2"
    engines = open_both(installed_model(STARTER, [EN_FR], ctranslate2_directory=converted))
    yield engines
    for engine in engines:
        engine.close()


def answers(engine: Engine, *requests: Request) -> list[Hypothesis]:
    batch = engine.prepare(requests)
    return [hypotheses[0] for hypotheses in engine.finish(batch, engine.run(batch))]


def requests(options: DecodingOptions) -> list[Request]:
    return [Request(text, options) for text in SENTENCES]


def test_the_real_engines_agree(starters: tuple[Engine, Engine]) -> None:
    """The same text for at least 98 of 100 sentences, in float32, greedy."""
    first, second = (answers(engine, *requests(GREEDY)) for engine in starters)
    same = sum(a.text == b.text for a, b in zip(first, second, strict=True))
    assert len(first) == 100
    assert same >= 98


def test_the_real_engines_agree_on_scores_and_alignment(starters: tuple[Engine, Engine]) -> None:
    """Where the text is the same, so are score and alignment; also with beams and prefixes.

    Attention that is spread evenly has its peak by chance, so a span in twenty may differ.
    """
    options = DecodingOptions(beam_size=3, with_scores=True, with_alignment=True)
    asked = [Request(text, options) for text in SENTENCES[:10]]
    asked += [Request(text, options, target_prefix="L’") for text in SENTENCES[10:14]]
    first, second = (answers(engine, *asked) for engine in starters)
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a.text == b.text]
    assert len(pairs) >= 11
    spans = []
    for ours, reference in pairs:
        assert ours.score == pytest.approx(reference.score, abs=1e-3)
        assert ours.tokens == reference.tokens
        spans += zip(ours.alignment, reference.alignment, strict=True)
    assert sum(a == b for a, b in spans) >= 0.95 * len(spans) > 50


@pytest.mark.parametrize("length_penalty", [0.0, 2.0])
@pytest.mark.parametrize("banned", [(), ("gouvernement", "ministre", "e")])
def test_the_real_engines_agree_under_other_settings(
    starters: tuple[Engine, Engine], length_penalty: float, banned: tuple[str, ...]
) -> None:
    """Length penalties weigh alike, and what is banned leaves its probability to the rest."""
    options = DecodingOptions(beam_size=3, with_scores=True, length_penalty=length_penalty)
    asked = [Request(text, options, banned=banned) for text in SENTENCES[:12]]
    first, second = (answers(engine, *asked) for engine in starters)
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a.text == b.text]
    assert len(pairs) >= 9
    for ours, reference in pairs:
        assert ours.score == pytest.approx(reference.score, rel=1e-3)


@pytest.mark.parametrize(
    ("target_pieces", "trained_start", "target_token"),
    [(0, False, None), (300, False, None), (0, True, None), (0, False, ">>fra<<")],
    ids=["plain", "separate vocabularies", "start that is not zero", "target token"],
)
def test_the_real_engines_agree_on_other_layouts(
    tmp_path: Path, target_pieces: int, trained_start: bool, target_token: str | None
) -> None:
    """Random weights say the same nonsense in both, whatever the layout."""
    directory = write_random_model(
        tmp_path / "model",
        target_pieces=target_pieces,
        trained_start=trained_start,
        target_tokens=(">>fra<<", ">>deu<<") if target_token else (),
    )
    asked = [Request(text, GREEDY, target_token=target_token) for text in SENTENCES[:25]]
    first, second = (
        answers(engine, *asked) for engine in open_both(installed_model(directory, [EN_FR]))
    )
    assert [answer.text for answer in first] == [answer.text for answer in second]
    assert any(answer.text for answer in first)


def test_a_model_that_wants_to_say_unknown_says_something_else(tmp_path: Path) -> None:
    """``<unk>`` and ``<pad>`` never reach the output, however likely the weights make them."""
    directory = write_random_model(tmp_path / "model")
    arrays = load_file(directory / "model.safetensors")
    arrays["final_logits_bias"][0, [1, -1]] = 1000
    write_weights(directory, arrays)
    model = installed_model(directory, [EN_FR])
    for engine in open_both(model):
        answer = answers(engine, Request(SENTENCES[0], GREEDY))[0]
        assert len(answer.text) > 1
        assert "unk" not in answer.text
        assert "pad" not in answer.text


def test_a_dictionary_model_translates_word_for_word(tmp_path: Path) -> None:
    """The worked-out weights say what they should, aligned, in float32 and int8 alike."""
    directory = write_dictionary_model(tmp_path / "de-en", WORDS)
    pair = LanguagePair("de", "en")
    options = DecodingOptions(beam_size=2, with_alignment=True)
    text = "der Hund schläft und die Katze trinkt Milch und " * 4 + "der Hund schläft ."
    expected = " ".join(WORDS[word] for word in text.split())
    exact = installed_model(directory, [pair])
    rounded = installed_model(
        directory, [pair], ctranslate2_directory=directory / "int8", quantization="int8"
    )
    quick = open_engine(rounded, EngineOptions(device="cpu", workers=1))
    for engine in (*open_both(exact), quick):
        answer = answers(engine, Request(text, options))[0]
        assert answer.text == expected
        places = [(span.source_start, span.source_end) for span in answer.alignment]
        assert places == [match.span() for match in re.finditer(r"\S+", text)]
