"""``dragoman train``: parallel text in, a model of one's own out."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.errors import InputError

if TYPE_CHECKING:
    from dragoman.article import LanguagePair
    from dragoman.training.options import TrainingOptions


def train(
    files: Annotated[
        list[Path], typer.Argument(help="Parallel text: .tsv or .tmx, also as .xz or .gz.")
    ],
    direction: Annotated[str, typer.Option(help="What to learn, such as en-fr.")],
    out: Annotated[
        Path, typer.Option(help="Directory of models; the new one goes into its own there.")
    ],
    minutes: Annotated[
        float | None, typer.Option(help="Train so long, not counting the preparation.")
    ] = None,
    tokens: Annotated[int | None, typer.Option(help="Train on so many target tokens.")] = None,
    init: Annotated[
        Path | None, typer.Option(help="Go on from this model, with its vocabulary.")
    ] = None,
    warm_start: Annotated[
        Path | None,
        typer.Option(help="Take this model's weights over into a new vocabulary."),
    ] = None,
    dev: Annotated[Path | None, typer.Option(help="Parallel text to measure with.")] = None,
    settings: Annotated[
        Path | None, typer.Option(help="TOML with shape, data and learning.")
    ] = None,
    seed: Annotated[int, typer.Option(help="For weights, order and variations.")] = 1,
    licence: Annotated[str, typer.Option(help="The model's licence, for its card.")] = "other",
    source: Annotated[
        list[str] | None, typer.Option(help="Where the text is from, for the card; repeat it.")
    ] = None,
) -> None:
    """Train a model, or go on with what was interrupted: run the same command again."""
    from dragoman.training.options import Budget, TrainingOptions
    from dragoman.training.recipe import train as run

    if init is not None and warm_start is not None:
        raise InputError(
            "--init keeps a model's vocabulary and --warm-start makes a new one.",
            hint="Give one of them.",
        )
    options = TrainingOptions(
        files=tuple(files),
        direction=_pair(direction),
        out=out,
        budget=Budget(None if minutes is None else minutes * 60, tokens),
        init=init,
        warm_start=warm_start,
        dev=dev,
        seed=seed,
        licence=licence,
        sources=tuple(source or ()),
        command=shlex.join(["dragoman", *sys.argv[1:]]),
    )
    print(run(_with_settings(options, settings), _tell, time.monotonic))


def _with_settings(options: TrainingOptions, file: Path | None) -> TrainingOptions:
    """The file's settings; without one, defaults that fit a new model or an old one."""
    from dragoman.training.options import GENTLE_DATA, GENTLE_LEARNING, read_settings

    if file is not None:
        shape, data, learning = read_settings(file)
        return replace(options, shape=shape, data=data, learning=learning)
    if options.init is not None:
        return replace(options, data=GENTLE_DATA, learning=GENTLE_LEARNING)
    return options


def _pair(text: str) -> LanguagePair:
    from dragoman.inference.catalogue import parse_pair

    found = parse_pair(text)
    if found is None:
        raise InputError(
            f"{text!r} is not a pair of languages that Dragoman knows.",
            hint="Write two language codes, such as en-de.",
        )
    return found


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
