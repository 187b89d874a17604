"""The model card: what a model was made of, how, and how good it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dragoman.training.export import CONVERTED, Agreement
from dragoman.training.loop import Place
from dragoman.training.options import TrainingOptions, described
from dragoman.training.schedule import clock_text
from dragoman.training.validation import Scores

CARD = "README.md"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of a training once it is done."""

    place: Place
    counts: Mapping[str, int]
    agreement: Agreement
    parameters: int
    scores: Scores | None = None


def write_card(directory: Path, options: TrainingOptions, outcome: Outcome) -> None:
    """Write README.md into the model's directory, with front matter that the store reads."""
    parts = (
        _front_matter(options),
        _data(options, outcome),
        _training(options, outcome),
        _scores(options, outcome),
        _sizes(directory, outcome),
        _settings(options),
    )
    (directory / CARD).write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _front_matter(options: TrainingOptions) -> str:
    pair = options.direction
    return (
        f"---\nlicense: {options.licence}\nlanguage: [{pair.source}, {pair.target}]\n---\n\n"
        f"# {pair}\n\nMarianMT in the layout of opus-mt, trained by Dragoman's own recipe."
    )


def _data(options: TrainingOptions, outcome: Outcome) -> str:
    files = "\n".join(f"- `{file.name}`" for file in options.files)
    sources = "".join(f"\n- {source}" for source in options.sources)
    began = ""
    if options.init is not None:
        began = f"\n\nIt goes on from `{options.init.name}`, with its vocabulary."
    counts = "\n".join(f"| {name} | {count:,} |" for name, count in outcome.counts.items())
    return (
        f"## Data\n\n{files}{sources}{began}\n\n| pairs | |\n|---|---|\n{counts}\n\n"
        "`learnt` counts varied copies too. Of the rest it says why they were left out."
    )


def _training(options: TrainingOptions, outcome: Outcome) -> str:
    place = outcome.place
    return (
        f"## Training\n\n{place.tokens:,} target tokens in {place.step:,} steps,"
        f" {clock_text(place.seconds)} of training, seed {options.seed}.\n\n"
        f"```\n{options.command}\n```"
    )


def _scores(options: TrainingOptions, outcome: Outcome) -> str:
    agreed = (
        f"transformers and CTranslate2 agree on {outcome.agreement.same} of"
        f" {outcome.agreement.sentences} sentences (float32, greedy)."
    )
    scores = outcome.scores
    if scores is None or options.dev is None:
        return f"## Scores\n\nNot measured: there was no development file. {agreed}"
    return (
        f"## Scores\n\nCTranslate2 int8, beam {scores.beam_size}, {scores.sentences} sentences of"
        f" `{options.dev.name}`.\n\n| score | | signature |\n|---|---|---|\n"
        f"| BLEU | {scores.bleu:.1f} | `{scores.bleu_signature}` |\n"
        f"| chrF2 | {scores.chrf:.1f} | `{scores.chrf_signature}` |\n\n{agreed}"
    )


def _sizes(directory: Path, outcome: Outcome) -> str:
    half = (directory / "model.safetensors").stat().st_size / 1e6
    small = (directory / CONVERTED / "model.bin").stat().st_size / 1e6
    return (
        f"## Sizes\n\n{outcome.parameters:,} parameters; {half:.1f} MB in float16,"
        f" {small:.1f} MB in int8."
    )


def _settings(options: TrainingOptions) -> str:
    return f"## Settings\n\n```json\n{json.dumps(described(options), indent=1)}\n```"
