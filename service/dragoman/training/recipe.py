"""The whole recipe: pairs in, a model that can be installed out.

The output directory is a directory of models: the new one lies in it under its direction, such
as ``en-fr``. Everything unfinished lies in the hidden ``.training`` beside it, and a second run
of the same command goes on from there.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dragoman.errors import SettingsError
from dragoman.inference.convert import convert
from dragoman.inference.store.directions import Directions, write_manifest
from dragoman.training.card import Outcome, write_card
from dragoman.training.checkpoint import BEFORE_DECAY, LATEST, load_state, save_state
from dragoman.training.export import CONVERTED, as_installed, convert_checked, write_weights
from dragoman.training.loop import Listeners, Training
from dragoman.training.network import load_network, new_network, take_over
from dragoman.training.options import TrainingOptions
from dragoman.training.pairs import Pair
from dragoman.training.preparation import Prepared, Tell, prepare
from dragoman.training.schedule import Progress
from dragoman.training.validation import Scores, development_pairs, validate

WORKSHOP = ".training"
CURVE = "curve.jsonl"
_NEEDED = ("torch", "transformers", "sacrebleu")
_QUICK_SENTENCES = 300


def train(options: TrainingOptions, tell: Tell, clock: Callable[[], float]) -> Path:
    """Train, or go on with what was interrupted; gives the model's directory.

    ``tell`` hears one line at a time. ``clock`` counts seconds. Raises InputError, SettingsError,
    ModelCorrupt (a checkpoint or ``init`` that cannot be read) or ModelRefused (what was trained
    is not fit to be installed).
    """
    _refuse_missing_packages()
    workshop = options.out / WORKSHOP / str(options.direction)
    workshop.mkdir(parents=True, exist_ok=True)
    dev = development_pairs(options.dev, options.direction) if options.dev else []
    prepared = prepare(options, workshop, tell)
    run = _Run(options, prepared, workshop, dev, tell, _training(options, prepared, clock))
    run.resume()
    run.training.run(Listeners(report=run.report, save=run.save, validate=run.validate))
    return run.finish()


@dataclass(slots=True)
class _Run:
    """One training and its directory. ``curve`` has a row for every report and validation."""

    options: TrainingOptions
    prepared: Prepared
    workshop: Path
    dev: list[Pair]
    tell: Tell
    training: Training
    curve: list[dict[str, Any]] = field(default_factory=list)

    def resume(self) -> None:
        """Go on from the latest checkpoint, or from before its decay if the budget is another."""
        state = load_state(self.workshop / LATEST)
        if state is None:
            return
        budget = asdict(self.options.budget)
        if state["decaying"] and state["budget"] != budget:
            state = load_state(self.workshop / BEFORE_DECAY) or state
        self.training.restore(state)
        self.curve = list(state["curve"])
        self.tell(f"Going on from step {self.training.place.step:,}.")

    def report(self, progress: Progress) -> None:
        self.tell(progress.line())
        self.curve.append(asdict(progress))

    def save(self, falls: bool) -> None:
        """``falls`` is True at the moment when the learning rate begins to fall."""
        share, decay = self.training.share, self.options.learning.decay
        state = self.training.state() | {
            "curve": self.curve,
            "budget": asdict(self.options.budget),
            "decaying": share > 1 - decay and not falls,
        }
        if falls:
            save_state(state, self.workshop / BEFORE_DECAY)
        save_state(state, self.workshop / LATEST)
        rows = "".join(json.dumps(row) + "\n" for row in self.curve)
        (self.workshop / CURVE).write_text(rows, encoding="utf-8")

    def validate(self) -> None:
        """Score the average so far, greedily, on the beginning of the development file."""
        if not self.dev:
            return
        directory = self._exported()
        convert(directory, directory / CONVERTED, "int8")
        self._scored(directory, self.dev[:_QUICK_SENTENCES], beam_size=1)

    def finish(self) -> Path:
        """Export, compare the engines, score, write the card, and put the model in its place."""
        directory = self._exported()
        agreement = convert_checked(directory, self.options.direction, self.prepared.sample)
        scores = self._scored(directory, self.dev, beam_size=4) if self.dev else None
        outcome = Outcome(
            place=self.training.place,
            counts=self.prepared.counts,
            agreement=agreement,
            parameters=sum(average.numel() for average in self.training.averages.values()),
            scores=scores,
        )
        write_card(directory, self.options, outcome)
        shutil.copyfile(self.workshop / CURVE, directory / CURVE)
        return _published(directory, self.options.out / str(self.options.direction))

    def _exported(self) -> Path:
        """The averaged weights with the vocabulary, in a fresh directory."""
        directory = self.workshop / "export"
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(self.prepared.model, directory)
        write_manifest(directory, Directions(frozenset([self.options.direction])))
        write_weights(self.training.network, directory, self._averaged())
        return directory

    def _averaged(self) -> dict[str, Any]:
        """The averages, also under the other names of a shared table."""
        averages = self.training.averages
        names = {
            parameter.data_ptr(): name
            for name, parameter in self.training.network.named_parameters()
        }
        state = self.training.network.state_dict()
        return {
            name: averages[names[tensor.data_ptr()]]
            for name, tensor in state.items()
            if names.get(tensor.data_ptr()) in averages
        }

    def _scored(self, directory: Path, pairs: list[Pair], beam_size: int) -> Scores:
        model = as_installed(directory, self.options.direction, directory / CONVERTED)
        scores = validate(model, pairs, beam_size)
        self.tell(f"Development file: {scores.line()}")
        self.curve.append({"step": self.training.place.step, **asdict(scores)})
        return scores


def _training(options: TrainingOptions, prepared: Prepared, clock: Callable[[], float]) -> Training:
    import torch

    learning = options.learning
    if options.init is None:
        network = new_network(prepared.model, dropout=learning.dropout, seed=options.seed)
        if options.warm_start is not None:
            take_over(network, prepared.model, options.warm_start)
    else:
        network = load_network(options.init, dropout=learning.dropout)
        torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return Training(network, prepared.corpus, learning, options.budget, options.seed, clock, device)


def _published(directory: Path, place: Path) -> Path:
    """Move the model to its place; an older one makes way."""
    stale = directory.with_name("stale")
    shutil.rmtree(stale, ignore_errors=True)
    if place.exists():
        place.rename(stale)
    directory.rename(place)
    shutil.rmtree(stale, ignore_errors=True)
    return place


def _refuse_missing_packages() -> None:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise SettingsError(
            f"Training needs packages that are missing: {', '.join(missing)}.",
            hint="Install them with: pip install 'dragoman[train]'",
        )
