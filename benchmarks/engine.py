"""Engines for benchmarks: raw CTranslate2, and Dragoman's engine with forced output lengths.

A model with random weights never ends a sentence, so its output length is forced to the length
of the source, in both: what is compared is the same work.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import ctranslate2
import sentencepiece

from dragoman.inference.engines.base import Prepared
from dragoman.inference.engines.ctranslate2 import CTranslate2Engine
from dragoman.inference.engines.marian import Decoded
from dragoman.inference.model import InstalledModel


@dataclass(frozen=True)
class RawSetting:
    """How the raw engine is called; the best of several is the yardstick."""

    batch_segments: int
    beam_size: int = 4
    workers: int = 2
    threads_per_worker: int = 1

    def __str__(self) -> str:
        return (
            f"{self.workers} workers x {self.threads_per_worker} thread, "
            f"batches of {self.batch_segments}, beam {self.beam_size}"
        )


class RawEngine:
    """``ctranslate2.Translator.translate_batch`` over everything, sorted by length."""

    def __init__(self, model: InstalledModel, setting: RawSetting, *, forced: bool) -> None:
        self._setting = setting
        self._forced = forced
        self._pieces = sentencepiece.SentencePieceProcessor(str(model.directory / "source.spm"))
        self._translator = ctranslate2.Translator(
            str(model.ctranslate2_directory),
            device="cpu",
            compute_type="int8",
            inter_threads=setting.workers,
            intra_threads=setting.threads_per_worker,
        )

    def tokenise(self, sentences: Sequence[str]) -> list[list[str]]:
        return [[*self._pieces.encode(text, out_type=str), "</s>"] for text in sentences]

    def seconds(self, sentences: Sequence[str]) -> float:
        """Tokenise, sort, decode in batches on all workers; wall-clock seconds."""
        start = time.perf_counter()
        tokens = sorted(self.tokenise(sentences), key=len, reverse=True)
        size = self._setting.batch_segments
        batches = [tokens[i : i + size] for i in range(0, len(tokens), size)]
        with ThreadPoolExecutor(self._setting.workers) as threads:
            list(threads.map(self._decode, batches))
        return time.perf_counter() - start

    def _decode(self, batch: list[list[str]]) -> None:
        longest = max(len(tokens) for tokens in batch)
        lengths = (
            {"min_decoding_length": longest, "max_decoding_length": longest}
            if self._forced
            else {"max_decoding_length": 2 * longest + 30}
        )
        self._translator.translate_batch(batch, beam_size=self._setting.beam_size, **lengths)


class ForcedLengthEngine(CTranslate2Engine):
    """Dragoman's own engine with the output as long as the longest source of its batch.

    Tokenising, batching and detokenising are the real ones; only the call that decodes differs.
    """

    def _decode(self, batch: Sequence[Prepared], forbidden: Any) -> list[list[Decoded]]:
        longest = max(item.tokens for item in batch)
        results = self._translator.translate_batch(
            [list(item.payload.pieces) for item in batch],
            beam_size=batch[0].request.options.beam_size,
            disable_unk=True,
            max_input_length=0,
            min_decoding_length=longest,
            max_decoding_length=longest,
        )
        return [[Decoded(tuple(result.hypotheses[0]), True, None, None)] for result in results]
