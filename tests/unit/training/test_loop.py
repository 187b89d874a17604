"""Learning, and going on after a kill."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dragoman.errors import ModelRefused
from dragoman.training.checkpoint import load_state, save_state
from dragoman.training.corpus import Corpus, join_pairs
from dragoman.training.loop import Listeners, Training
from dragoman.training.network import new_network, write_config
from dragoman.training.options import Budget, LearningOptions, Shape
from dragoman.training.schedule import Progress

PIECES = 24
PAD = PIECES - 1
FAST = LearningOptions(
    batch_tokens=60,
    learning_rate=5e-3,
    dropout=0.1,
    precision="float32",
    guided_alignment=0.5,
    report_seconds=1,
    checkpoint_seconds=5,
)
Make = Callable[..., Training]


def reversing(count: int = 60) -> Corpus:
    """Targets are the source backwards, and links say so."""
    random = np.random.default_rng(0)
    pairs, links = [], []
    for _ in range(count):
        body = random.integers(2, PAD, random.integers(2, 6))
        pairs.append((np.append(body, 0), np.append(body[::-1], 0)))
        links.append(np.array([[n, len(body) - 1 - n] for n in range(len(body))], np.int16))
    return join_pairs(pairs, links)


def ticking() -> Callable[[], float]:
    """A clock that moves a quarter of a second whenever it is read."""
    times: Iterator[float] = itertools.count(100.0, 0.25)
    return lambda: next(times)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    torch.set_num_threads(1)
    shape = Shape(width=16, inner_width=32, heads=2, encoder_layers=1, decoder_layers=1)
    write_config(shape, PIECES, tmp_path)

    def build(options: LearningOptions = FAST, **budget: Any) -> Training:
        network = new_network(tmp_path, dropout=options.dropout, seed=1)
        limit = Budget(**(budget or {"tokens": 3_000}))
        return Training(network, reversing(), options, limit, 7, ticking())

    return build


def weights(training: Training) -> dict[str, Any]:
    return {name: weight.clone() for name, weight in training.network.state_dict().items()}


def losses(training: Training) -> list[Progress]:
    reports: list[Progress] = []
    training.run(Listeners(report=reports.append))
    return reports


def test_both_losses_fall(make: Make) -> None:
    """The network learns words, and its guided head learns where they come from."""
    reports = losses(make(tokens=12_000))
    first, last = reports[0], reports[-1]
    assert last.loss < 0.8 * first.loss
    assert first.alignment_loss is not None
    assert last.alignment_loss is not None
    assert last.alignment_loss < 0.6 * first.alignment_loss


def test_bfloat16_learns_too(make: Make) -> None:
    """Under autocast, on a CPU."""
    reports = losses(make(replace(FAST, precision="bfloat16"), tokens=3_000))
    assert reports[-1].loss < reports[0].loss


def test_the_pad_row_stays_exactly_zero(make: Make) -> None:
    """In the weights and in their average, at every state that could be saved."""
    training = make(replace(FAST, checkpoint_seconds=0.0))
    rows = []

    def look(_: bool) -> None:
        state = training.state()
        rows.append(state["network"]["model.shared.weight"][PAD].clone())
        rows.append(state["averages"]["model.shared.weight"][PAD].clone())

    training.run(Listeners(save=look))
    assert len(rows) > 20
    assert not torch.stack(rows).any()
    assert training.network.state_dict()["model.shared.weight"][:PAD].any()


def test_a_killed_training_ends_with_the_same_weights(make: Make, tmp_path: Path) -> None:
    """Killed at any moment it goes on from its checkpoint, dropout's dice included."""
    whole = make()
    losses(whole)
    killed = make()
    saves = itertools.count()

    def save(_: bool) -> None:
        save_state(killed.state(), tmp_path / "state.pt")
        if next(saves) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed.run(Listeners(save=save))
    assert killed.share < 0.9
    resumed = make()
    resumed.restore(load_state(tmp_path / "state.pt") or {})
    assert resumed.place.step == killed.place.step > 0
    losses(resumed)
    assert resumed.place.tokens == whole.place.tokens
    for name, weight in weights(whole).items():
        assert torch.equal(weight, weights(resumed)[name]), name
    for name, average in whole.averages.items():
        assert torch.equal(average, resumed.averages[name]), name


def test_a_budget_of_time_ends_by_the_clock(make: Make) -> None:
    """And its rate falls to nothing by then, whatever the speed."""
    reports = losses(make(seconds=30.0))
    assert reports[-1].seconds >= 30
    assert reports[-1].share == 1
    assert reports[-1].rate == 0
    assert max(report.rate for report in reports) == FAST.learning_rate


def test_the_state_before_the_decay_is_offered_once(make: Make) -> None:
    """From it a training can go on with a larger budget."""
    training = make(replace(FAST, decay=0.4))
    shares = []
    training.run(Listeners(save=lambda falls: shares.append((falls, training.share))))
    (share,) = [share for falls, share in shares if falls]
    assert 0.6 <= share < 0.65
    assert shares[-1] == (False, 1.0)


def test_validations_come_evenly(make: Make) -> None:
    """After a quarter, a half and three quarters; the end is the caller's."""
    training = make()
    shares: list[float] = []
    training.run(Listeners(validate=lambda: shares.append(training.share)))
    assert [int(share * 4) for share in shares] == [1, 2, 3]


def test_the_average_follows_the_weights(make: Make) -> None:
    """It is neither the first weights nor the last ones, but nearer to the last."""
    training = make()
    first = training.network.model.shared.weight.detach().clone()
    losses(training)
    last = training.network.model.shared.weight.detach()
    average = training.averages["model.shared.weight"]
    assert 0 < (average - last).norm() < (average - first).norm()


def test_a_loss_that_is_no_number_ends_the_training(make: Make) -> None:
    """Before it overwrites a good checkpoint."""
    training = make()
    with torch.no_grad():
        training.network.model.encoder.layers[0].fc1.weight.fill_(float("nan"))
    saved: list[bool] = []
    with pytest.raises(ModelRefused, match="astray"):
        training.run(Listeners(save=saved.append))
    assert saved == []
