"""The reference engine: MarianMT by transformers and torch, on a CPU or any GPU torch knows.

It tokenises as the default engine does and decodes the plain way, so that the other can be
checked against it. Attention comes from a second pass over the finished hypotheses (forced
decoding), which spares the book-keeping of beams.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
import transformers

from dragoman.inference.engines.base import DecodingOptions, Hypothesis, Prepared, Request
from dragoman.inference.engines.decoding import PieceSequence, decode_batch
from dragoman.inference.engines.layout import END, UNKNOWN, read_layout
from dragoman.inference.engines.marian import Decoded, MarianText
from dragoman.inference.engines.options import EngineOptions
from dragoman.inference.engines.pretrained import (
    choose_device,
    choose_precision,
    load_network,
)
from dragoman.inference.model import InstalledModel


class TransformersEngine:
    """One model, from its original weights.

    Raises ModelCorrupt (weights missing or broken), ModelRefused (not a MarianMT model) and
    SettingsError (a device or precision that this machine lacks). With ``workers`` 0 it decodes
    one batch at a time on all cores.
    """

    def __init__(
        self,
        model: InstalledModel,
        options: EngineOptions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = choose_device(options)
        precision = choose_precision(options, self._device)
        layout = read_layout(model.directory)
        if options.workers:
            torch.set_num_threads(options.threads_per_worker)
        self.workers = max(1, options.workers)
        self.name = f"transformers {transformers.__version__} {precision} {self._device}"
        self.max_source_tokens = layout.max_source_tokens
        self._text = MarianText(layout)
        self._end_id = layout.target.ids[END]
        self._target_pieces = {number: piece for piece, number in layout.target.ids.items()}
        self._clock = clock
        self._model: Any = load_network(model, layout, precision, self._device)

    def prepare(self, requests: Sequence[Request]) -> list[Prepared]:
        """See ``Engine.prepare``."""
        return [self._text.prepare(request) for request in requests]

    def run(self, batch: Sequence[Prepared]) -> list[list[Decoded]]:
        """See ``Engine.run``. Raises what ``decode_batch`` raises, and torch's errors."""
        with torch.inference_mode():
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
        self._model = None

    def _decode(
        self, batch: Sequence[Prepared], forbidden: list[PieceSequence]
    ) -> list[list[Decoded]]:
        """Decode; prefixes of different lengths would need padding inside, so they go apart."""
        groups: dict[int, list[int]] = defaultdict(list)
        for index, prepared in enumerate(batch):
            groups[len(prepared.payload.prefix)].append(index)
        outputs: dict[int, list[Decoded]] = {}
        for indices in groups.values():
            decoded = self._decode_group([batch[index] for index in indices], forbidden)
            outputs.update(zip(indices, decoded, strict=True))
        return [outputs[index] for index in range(len(batch))]

    def _decode_group(
        self, batch: Sequence[Prepared], forbidden: list[PieceSequence]
    ) -> list[list[Decoded]]:
        model = self._model
        if model is None:
            raise RuntimeError("the engine is closed")
        source = self._padded(model, [prepared.payload.pieces for prepared in batch])
        answer = model.generate(
            **source,
            decoder_input_ids=self._prefixes(model, batch),
            generation_config=self._generation(model, batch, forbidden),
        )
        options = batch[0].request.options
        given = 1 + len(batch[0].payload.prefix)
        decoded = [self._decoded(row, given) for row in answer.sequences.tolist()]
        if options.with_scores:
            decoded = _with_scores(model, answer, decoded, options)
        if options.with_alignment:
            decoded = _with_attention(model, source, answer.sequences, decoded, options)
        count = options.num_hypotheses
        return [decoded[at : at + count] for at in range(0, len(decoded), count)]

    def _decoded(self, row: list[int], given: int) -> Decoded:
        """A row without its start token, up to the end token behind what was ``given``."""
        end = row.index(self._end_id, given) if self._end_id in row[given:] else len(row)
        pieces = tuple(self._target_pieces[number] for number in row[1:end])
        return Decoded(pieces, finished=end < len(row))

    def _padded(self, model: Any, batch: Sequence[Sequence[str]]) -> dict[str, torch.Tensor]:
        """Source ids and mask, both (batch, longest)."""
        ids = self._text.layout.source.ids
        rows = [torch.tensor([ids.get(p, ids[UNKNOWN]) for p in pieces]) for pieces in batch]
        ones = [torch.ones_like(row) for row in rows]
        pad = torch.nn.utils.rnn.pad_sequence
        inputs = pad(rows, batch_first=True, padding_value=model.config.pad_token_id)
        mask = pad(ones, batch_first=True)
        return {"input_ids": inputs.to(self._device), "attention_mask": mask.to(self._device)}

    def _prefixes(self, model: Any, batch: Sequence[Prepared]) -> torch.Tensor:
        """The start token and the target prefix, (batch, 1 + prefix)."""
        ids = self._text.layout.target.ids
        start = model.config.decoder_start_token_id
        rows = [[start, *(ids[piece] for piece in p.payload.prefix)] for p in batch]
        return torch.tensor(rows, device=self._device)

    def _generation(
        self, model: Any, batch: Sequence[Prepared], forbidden: list[PieceSequence]
    ) -> transformers.GenerationConfig:
        options = batch[0].request.options
        ids = self._text.layout.target.ids
        longest = max(self._text.max_length(prepared) for prepared in batch)
        return transformers.GenerationConfig(
            num_beams=options.beam_size,
            num_return_sequences=options.num_hypotheses,
            early_stopping=options.beam_size > 1,
            length_penalty=options.length_penalty,
            repetition_penalty=options.repetition_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram_size,
            bad_words_ids=[[ids[piece] for piece in sequence] for sequence in forbidden] or None,
            max_length=longest + 1,  # it counts the start token
            do_sample=False,
            renormalize_logits=True,  # what is forbidden leaves its probability to the rest
            return_dict_in_generate=True,
            output_scores=options.with_scores,
            eos_token_id=self._end_id,
            pad_token_id=model.config.pad_token_id,
            decoder_start_token_id=model.config.decoder_start_token_id,
        )


def _with_scores(
    model: Any, answer: Any, decoded: Sequence[Decoded], options: DecodingOptions
) -> list[Decoded]:
    """The hypotheses with their scores; the pieces of a target prefix count as certain."""
    beams = answer.beam_indices if options.beam_size > 1 else None
    steps = model.compute_transition_scores(answer.sequences, answer.scores, beams).cpu()
    scored = []
    for row, one in zip(steps, decoded, strict=True):
        length = len(one.pieces) + one.finished
        given = answer.sequences.shape[1] - 1 - row.shape[0]
        total = float(row[: length - given].sum())
        scored.append(replace(one, score=total / length**options.length_penalty))
    return scored


def _with_attention(
    model: Any,
    source: dict[str, torch.Tensor],
    rows: torch.Tensor,
    decoded: Sequence[Decoded],
    options: DecodingOptions,
) -> list[Decoded]:
    """The hypotheses with their attention, from one forced pass over all of them.

    It is that of the first head of the last decoder layer, as in CTranslate2: the head that
    opus-mt's guided models train to align.
    """
    repeated = {k: v.repeat_interleave(options.num_hypotheses, 0) for k, v in source.items()}
    answer = model(**repeated, decoder_input_ids=rows[:, :-1], output_attentions=True)
    heads = answer.cross_attentions[-1][:, 0].float().cpu()
    return [
        replace(one, attention=head[: len(one.pieces)].numpy())
        for head, one in zip(heads, decoded, strict=True)
    ]
