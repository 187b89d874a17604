"""The whole recipe on a toy language: it learns, exports, resumes, and goes on from a model."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.numpy import load_file

from dragoman.article import LanguagePair
from dragoman.errors import InputError
from dragoman.inference.store import ModelStore
from dragoman.training.checkpoint import load_state
from dragoman.training.export import translate
from dragoman.training.options import (
    Budget,
    DataOptions,
    LearningOptions,
    Shape,
    TrainingOptions,
)
from dragoman.training.recipe import train
from support.toy_language import toy_pairs, write_tsv

EN_FR = LanguagePair("en", "fr")
SENTENCES = toy_pairs(20, seed=99)
TINY = Shape(vocabulary=420, width=48, inner_width=96, heads=2, encoder_layers=1, decoder_layers=1)
QUICK = LearningOptions(
    batch_tokens=200,
    learning_rate=3e-3,
    warm_up=0.1,
    label_smoothing=0.05,
    averaging=0.9,
    precision="float32",
    report_seconds=0.0,
    checkpoint_seconds=1e9,
    validations=2,
)
Say = Callable[[str], None]


def nothing(_: str) -> None:
    """Hears no lines."""


def ticking() -> Callable[[], float]:
    times = itertools.count()
    return lambda: float(next(times))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    directory = tmp_path_factory.mktemp("data")
    write_tsv(directory / "toy.en-fr.tsv", toy_pairs(700))
    write_tsv(directory / "dev.en-fr.tsv", SENTENCES)
    return directory


def options(data: Path, out: Path, tokens: int = 90_000) -> TrainingOptions:
    return TrainingOptions(
        files=(data / "toy.en-fr.tsv",),
        direction=EN_FR,
        out=out,
        budget=Budget(tokens=tokens),
        dev=data / "dev.en-fr.tsv",
        licence="cc0-1.0",
        sources=("written for this test",),
        command="dragoman train toy.tsv",
        shape=TINY,
        data=DataOptions(identify_languages=False, augmented=0.1),
        learning=QUICK,
    )


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The output directory of a whole training, and what was told."""
    out = tmp_path_factory.mktemp("trained")
    told: list[str] = []
    train(options(data, out), told.append, ticking())
    return out, told


def test_the_model_is_found_and_translates(trained: tuple[Path, list[str]]) -> None:
    """The store finds it, and CTranslate2 gives the right words for sentences it never saw."""
    (model,) = ModelStore([trained[0]]).installed()
    assert (model.id, model.pairs, model.licence) == ("en-fr", {EN_FR}, "cc0-1.0")
    answers = translate(model, [pair.source for pair in SENTENCES])
    right = sum(answer == pair.target for answer, pair in zip(answers, SENTENCES, strict=True))
    assert right >= 18


def test_the_loss_falls_and_the_curve_says_so(trained: tuple[Path, list[str]]) -> None:
    """Losses of both kinds fall, and validations stand between them."""
    text = (trained[0] / "en-fr" / "curve.jsonl").read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert losses[-1] < 0.5 * losses[0]
    aligned = [row["alignment_loss"] for row in rows if "loss" in row]
    assert aligned[-1] < 0.7 * aligned[0]
    (validation,) = [row for row in rows if "bleu" in row]
    assert validation["bleu_signature"].startswith("nrefs:1|")


def test_the_average_of_the_weights_is_exported(trained: tuple[Path, list[str]]) -> None:
    """Not the last weights, from which it differs."""
    state = load_state(trained[0] / ".training" / "en-fr" / "latest.pt") or {}
    exported = load_file(trained[0] / "en-fr" / "model.safetensors")
    differs = False
    for name, average in state["averages"].items():
        assert torch.equal(torch.from_numpy(exported[name]), average.half()), name
        differs |= not torch.equal(state["network"][name].half(), average.half())
    assert differs


def test_attention_follows_the_words(trained: tuple[Path, list[str]]) -> None:
    """The engine's alignment links words that translate each other, after guided training."""
    from dragoman.inference.engines import EngineOptions, open_engine
    from dragoman.inference.engines.base import DecodingOptions, Request

    (model,) = ModelStore([trained[0]]).installed()
    engine = open_engine(model, EngineOptions("ctranslate2", "cpu", workers=1))
    wanted = DecodingOptions(beam_size=1, with_alignment=True)
    batch = engine.prepare([Request("the baker sees the old dog.", wanted)])
    ((answer,),) = engine.finish(batch, engine.run(batch))
    engine.close()
    found = {
        (
            batch[0].request.text[span.source_start : span.source_end],
            answer.text[span.target_start : span.target_end],
        )
        for span in answer.alignment
    }
    assert {("baker", "boulanger"), ("dog", "chien")} <= found


def test_the_card_says_how_the_model_was_made(trained: tuple[Path, list[str]]) -> None:
    """Data, licence, sizes, scores with signatures, seed and command line."""
    card = (trained[0] / "en-fr" / "README.md").read_text(encoding="utf-8")
    for part in (
        "license: cc0-1.0",
        "toy.en-fr.tsv",
        "written for this test",
        "seed 1",
        "dragoman train toy.tsv",
        "| BLEU | ",
        "nrefs:1|case:mixed",
        "parameters;",
        "agree on 100 of 100",
    ):
        assert part in card


def test_every_report_is_one_line(trained: tuple[Path, list[str]]) -> None:
    """With loss, speed and the time that is left."""
    reports = [line for line in trained[1] if "loss" in line]
    assert len(reports) > 10
    assert all("tokens/s" in line and " left" in line and "\n" not in line for line in reports)


def test_a_killed_recipe_ends_with_the_same_model(
    data: Path, trained: tuple[Path, list[str]], tmp_path: Path
) -> None:
    """Killed in the middle and started again, it writes the same weights to the bit."""
    whole = options(data, tmp_path / "whole", tokens=20_000)
    often = replace(whole, learning=replace(QUICK, checkpoint_seconds=20.0))
    killed = replace(often, out=tmp_path / "killed")

    def kill(line: str) -> None:
        if line.lstrip().startswith("6"):  # sixty-odd percent
            raise KeyboardInterrupt

    train(often, nothing, ticking())
    with pytest.raises(KeyboardInterrupt):
        train(killed, kill, ticking())
    told: list[str] = []
    train(killed, told.append, ticking())
    assert any(line.startswith("Going on from step") for line in told)
    first, second = (
        load_file(out / "en-fr" / "model.safetensors") for out in (whole.out, killed.out)
    )
    assert all((array == second[name]).all() for name, array in first.items())


def test_a_larger_budget_goes_on_from_before_the_decay(data: Path, tmp_path: Path) -> None:
    """The rate has fallen to nothing; going on from there would learn nothing."""
    small = options(data, tmp_path, tokens=10_000)
    train(small, nothing, ticking())
    told: list[str] = []
    train(replace(small, budget=Budget(tokens=20_000)), told.append, ticking())
    (line,) = [line for line in told if line.startswith("Going on")]
    first = next(line for line in told if "loss" in line)
    assert float(first.split("%")[0]) == pytest.approx(35, abs=6)
    assert "step 0" not in line


def test_init_keeps_the_vocabulary_and_what_was_learnt(
    data: Path, trained: tuple[Path, list[str]], tmp_path: Path
) -> None:
    """A house's own word is learnt from the model, and the rest is not forgotten."""
    origin = trained[0] / "en-fr"
    house = [
        pair._replace(target=pair.target.replace("chien", "fleuve"))
        for pair in toy_pairs(200, seed=5)
    ]
    write_tsv(tmp_path / "house.tsv", house)
    base = options(data, tmp_path / "out", tokens=15_000)
    wanted = replace(
        base,
        files=(tmp_path / "house.tsv",),
        init=origin,
        learning=replace(QUICK, learning_rate=1e-3, guided_alignment=0.0),
        data=DataOptions(identify_languages=False, align=False, augmented=0.0),
    )
    place = train(wanted, nothing, ticking())
    for name in ("vocab.json", "source.spm", "target.spm"):
        assert (place / name).read_bytes() == (origin / name).read_bytes()
    (model,) = ModelStore([wanted.out]).installed()
    assert translate(model, ["the dog sees the teacher.", "the baker helps the minister."]) == [
        "le fleuve voit le maître.",
        "le boulanger aide le ministre.",
    ]


def test_other_files_cannot_go_on_with_a_training(
    data: Path, trained: tuple[Path, list[str]], tmp_path: Path
) -> None:
    """A place in the data means nothing in other data."""
    out = shutil.copytree(trained[0], tmp_path / "out")
    other = write_tsv(tmp_path / "other.tsv", toy_pairs(50))
    with pytest.raises(InputError, match="other files or settings"):
        train(replace(options(data, out), files=(other,)), nothing, ticking())


def test_files_without_a_fit_pair_are_refused(data: Path, tmp_path: Path) -> None:
    """Nothing can be learnt from nothing."""
    (tmp_path / "empty.tsv").write_text("no tab here\n\n")
    empty = replace(options(data, tmp_path / "out"), files=(tmp_path / "empty.tsv",))
    with pytest.raises(InputError, match="no pair"):
        train(empty, nothing, ticking())
