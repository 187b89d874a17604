"""The default engine: CTranslate2, int8 on a CPU, float16 on a GPU.

Imports neither torch nor transformers: they cost seconds and a gigabyte.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import ctranslate2
import numpy as np

from dragoman.errors import ModelCorrupt, SettingsError
from dragoman.inference.engines.base import Hypothesis, Prepared, Request
from dragoman.inference.engines.decoding import PieceSequence, decode_batch
from dragoman.inference.engines.layout import END, read_layout
from dragoman.inference.engines.marian import Decoded, MarianText
from dragoman.inference.engines.options import EngineOptions
from dragoman.inference.model import InstalledModel


class CTranslate2Engine:
    """One model in its CTranslate2 form, which ``dragoman.inference.convert`` writes.

    Raises ModelCorrupt (files missing or broken), ModelRefused (not a MarianMT model) and
    SettingsError (a device or precision that this machine lacks).
    """

    def __init__(
        self,
        model: InstalledModel,
        options: EngineOptions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        directory = model.ctranslate2_directory
        if directory is None or not (directory / "model.bin").is_file():
            raise ModelCorrupt(
                f"The model {model.id} has no CTranslate2 form.",
                hint="Remove and pull the model.",
            )
        device = _device(options)
        compute_type = _compute_type(options, device)
        self.workers = options.cpu_workers() if device == "cpu" else max(1, options.workers)
        self._text = MarianText(read_layout(model.directory))
        self._clock = clock
        try:
            self._translator: ctranslate2.Translator | None = ctranslate2.Translator(
                str(directory),
                device=device,
                compute_type=compute_type,
                inter_threads=self.workers,
                intra_threads=options.threads_per_worker,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelCorrupt(
                f"CTranslate2 cannot load the model {model.id}: {error}.",
                hint="Remove and pull the model.",
            ) from error
        self.name = f"ctranslate2 {ctranslate2.__version__} {compute_type} {device}"
        self.max_source_tokens = self._text.layout.max_source_tokens

    def prepare(self, requests: Sequence[Request]) -> list[Prepared]:
        """See ``Engine.prepare``."""
        return [self._text.prepare(request) for request in requests]

    def run(self, batch: Sequence[Prepared]) -> list[list[Decoded]]:
        """See ``Engine.run``. Raises what ``decode_batch`` raises, and CTranslate2's errors."""
        return decode_batch(self._text, batch, self._decode, self._clock())

    def finish(
        self, batch: Sequence[Prepared], outputs: Sequence[list[Decoded]]
    ) -> list[tuple[Hypothesis, ...]]:
        """See ``Engine.finish``."""
        return [
            self._text.finish(one, decoded) for one, decoded in zip(batch, outputs, strict=True)
        ]

    def close(self) -> None:
        """Free the weights once the batches that are running have ended."""
        self._translator = None

    def _decode(
        self, batch: Sequence[Prepared], forbidden: list[PieceSequence]
    ) -> list[list[Decoded]]:
        translator = self._translator
        if translator is None:
            raise RuntimeError("the engine is closed")
        options = batch[0].request.options
        prefixes = [list(prepared.payload.prefix) or None for prepared in batch]
        results = translator.translate_batch(
            [list(prepared.payload.pieces) for prepared in batch],
            target_prefix=prefixes if any(prefixes) else None,
            beam_size=options.beam_size,
            num_hypotheses=options.num_hypotheses,
            length_penalty=options.length_penalty,
            repetition_penalty=options.repetition_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram_size,
            suppress_sequences=[list(sequence) for sequence in forbidden] or None,
            disable_unk=True,
            return_end_token=True,
            return_scores=options.with_scores,
            return_attention=options.with_alignment,
            max_input_length=0,  # its default cuts the input without a word
            max_decoding_length=max(self._text.max_length(prepared) for prepared in batch),
        )
        return [_hypotheses(result) for result in results]


def _hypotheses(result: Any) -> list[Decoded]:
    return [
        Decoded(
            pieces=tuple(pieces[:-1] if pieces and pieces[-1] == END else pieces),
            finished=bool(pieces) and pieces[-1] == END,
            score=result.scores[index] if result.scores else None,
            attention=np.asarray(result.attention[index], np.float32) if result.attention else None,
        )
        for index, pieces in enumerate(result.hypotheses)
    ]


def _device(options: EngineOptions) -> str:
    gpus = ctranslate2.get_cuda_device_count() if options.device != "cpu" else 0
    if options.device == "cuda" and not gpus:
        raise SettingsError(
            "The device is set to cuda, but CTranslate2 sees no GPU.",
            hint="Set the device to auto or cpu.",
        )
    return "cuda" if gpus else "cpu"


def _compute_type(options: EngineOptions, device: str) -> str:
    supported = ctranslate2.get_supported_compute_types(device)
    if options.deterministic:
        return "float32"
    if options.compute_type == "auto":
        preferred = "float16" if device == "cuda" else "int8"
        return preferred if preferred in supported else "float32"
    if options.compute_type not in supported:
        raise SettingsError(
            f"CTranslate2 cannot compute in {options.compute_type} on this {device}.",
            hint=f"Set the compute type to auto or one of: {', '.join(sorted(supported))}.",
        )
    return options.compute_type
