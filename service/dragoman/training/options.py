"""Everything that a training can be told, as frozen values, and the settings file that says it.

A settings file is TOML with one table for each group: ``[shape]``, ``[data]``, ``[learning]``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from dragoman.article import LanguagePair
from dragoman.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Shape:
    """A new model's size. ``vocabulary`` counts pieces; widths are in numbers per token."""

    vocabulary: int = 12_000
    width: int = 256
    inner_width: int = 1_024
    heads: int = 4
    encoder_layers: int = 6
    decoder_layers: int = 2


@dataclass(frozen=True, slots=True)
class DataOptions:
    """What becomes of the pairs before training.

    ``max_tokens`` bounds each side, in pieces. ``max_ratio`` bounds how many times longer one
    side is, in characters. ``drop_worst`` is the share of pairs with the lowest aligner's score
    that is left out. ``augmented`` is the share of pairs that get a varied copy.
    ``quoted_phrases`` is the share that get a copy with a phrase in quotation marks, where the
    aligner finds one. ``aligner_pairs`` are the pairs that the aligner learns from.
    """

    identify_languages: bool = True
    max_tokens: int = 128
    max_ratio: float = 2.5
    drop_worst: float = 0.02
    augmented: float = 0.4
    quoted_phrases: float = 0.1
    align: bool = True
    aligner_pairs: int = 60_000
    vocabulary_sentences: int = 1_000_000


@dataclass(frozen=True, slots=True)
class LearningOptions:
    """How the weights are learnt.

    ``batch_tokens`` bounds each side of a batch, padding included. The learning rate rises over
    the share ``warm_up`` of the budget and falls to zero over the share ``decay`` at its end.
    ``guided_alignment`` weighs the alignment's loss against the translation's; 0 leaves it out.
    ``averaging`` is the decay, per step, of the running average of the weights that is kept.
    """

    batch_tokens: int = 3_600
    learning_rate: float = 1e-3
    warm_up: float = 0.02
    decay: float = 0.3
    label_smoothing: float = 0.1
    dropout: float = 0.0
    clip: float = 1.0
    guided_alignment: float = 0.05
    averaging: float = 0.998
    precision: Literal["bfloat16", "float32"] = "bfloat16"
    checkpoint_seconds: float = 300.0
    report_seconds: float = 10.0
    validations: int = 4

    def __post_init__(self) -> None:
        if self.precision not in ("bfloat16", "float32"):
            raise SettingsError(f"The precision {self.precision} is not known.")


GENTLE_DATA = DataOptions(drop_worst=0.0, align=False)
GENTLE_LEARNING = LearningOptions(
    batch_tokens=1_000,
    learning_rate=5e-5,
    warm_up=0.1,
    decay=0.5,
    dropout=0.1,
    guided_alignment=0.0,
    averaging=0.99,
)
"""For going on from a model with few pairs: too few to learn an aligner from."""


@dataclass(frozen=True, slots=True)
class Budget:
    """When training ends: after so many seconds of training, or so many target tokens."""

    seconds: float | None = None
    tokens: int | None = None

    def __post_init__(self) -> None:
        given = [limit for limit in (self.seconds, self.tokens) if limit is not None]
        if len(given) != 1 or given[0] <= 0:
            raise SettingsError(
                "The budget must be one positive number, of minutes or of tokens.",
                hint="Give --minutes or --tokens.",
            )

    def progress(self, seconds: float, tokens: int) -> float:
        """How much of the budget is spent, from 0 to 1."""
        if self.tokens is not None:
            return min(1.0, tokens / self.tokens)
        return min(1.0, seconds / (self.seconds or 1.0))


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """One training: what, from what, for how long and where to.

    ``licences`` and ``sources`` are for the model card. ``init`` is a model to go on from, with
    its vocabulary; ``warm_start`` one whose weights a new vocabulary takes over.
    """

    files: tuple[Path, ...]
    direction: LanguagePair
    out: Path
    budget: Budget
    init: Path | None = None
    warm_start: Path | None = None
    dev: Path | None = None
    seed: int = 1
    licence: str = "other"
    sources: tuple[str, ...] = ()
    command: str = ""
    shape: Shape = field(default_factory=Shape)
    data: DataOptions = field(default_factory=DataOptions)
    learning: LearningOptions = field(default_factory=LearningOptions)


def read_settings(path: Path) -> tuple[Shape, DataOptions, LearningOptions]:
    """Read a settings file. Raises SettingsError for names, types or TOML that are wrong."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}.") from error
    unknown = set(document) - {"shape", "data", "learning"}
    if unknown:
        raise SettingsError(f"{path.name} has unknown tables: {', '.join(sorted(unknown))}.")
    shape = Shape(**_checked(path, Shape(), document.get("shape", {})))
    data = DataOptions(**_checked(path, DataOptions(), document.get("data", {})))
    learning = LearningOptions(**_checked(path, LearningOptions(), document.get("learning", {})))
    return shape, data, learning


def _checked(path: Path, defaults: Any, given: Any) -> Mapping[str, Any]:
    known = {one.name: type(getattr(defaults, one.name)) for one in fields(defaults)}
    if not isinstance(given, dict):
        raise SettingsError(f"{path.name}: a group of settings must be a table.")
    for name, value in given.items():
        if name not in known:
            raise SettingsError(f"{path.name}: {name} is not a setting.")
        wanted = known[name]
        fits = type(value) is wanted or (wanted is float and type(value) is int)
        if not fits:
            raise SettingsError(f"{path.name}: {name} must be of type {wanted.__name__}.")
    return given


def described(options: TrainingOptions) -> dict[str, Any]:
    """The options as plain values, for the model card."""
    return {name: asdict(getattr(options, name)) for name in ("shape", "data", "learning")}
