"""Decode a segment, check it, decode it again, and flag what is left.

The order of repairs: another hypothesis of the same beam, another decoding, the pieces between
what must be kept translated on their own, then a flag. A translation that is no translation
(empty, looping, cut, wildly out of length) is never shown: its source text stands in its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from dragoman.article import AlignedSpan, Flag, LanguagePair, Origin, Severity, Translation
from dragoman.errors import DeadlineExceeded, DecodingFailed, QueueFull
from dragoman.fidelity.casing import apply_headline_case
from dragoman.fidelity.checks import UNUSABLE, check_segment
from dragoman.fidelity.protection import find_protected, join_pieces, pieces
from dragoman.fidelity.typography import restore
from dragoman.inference.engines.base import DecodingOptions, Hypothesis
from dragoman.inference.translator import Decoding, Priority, Ticket, Translator
from dragoman.pipeline.jobs import LETTER, PreparedJob

FAILED = "failed"
"""The engine raised on this segment; told as a finding like those of the checks."""

_PIECED = Flag(
    "pieced",
    Severity.ADVISORY,
    "Translated in pieces around what had to be kept; read this sentence once more.",
)
_PROTECTED_CODES = frozenset({"numbers", "signs", "addresses", "placeholders", "kept"})


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    flags: tuple[Flag, ...]
    alignment: tuple[AlignedSpan, ...]

    @property
    def cost(self) -> tuple[int, int]:
        blocking = sum(flag.severity is Severity.BLOCKING for flag in self.flags)
        return blocking, len(self.flags) - blocking

    @property
    def passes(self) -> bool:
        return self.cost[0] == 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """``repaired`` is True when the first hypothesis did not pass and another one did."""

    translation: Translation
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Decoder:
    """Decodes the segments of one submission: what every repair of it needs to know."""

    translator: Translator
    pair: LanguagePair
    options: DecodingOptions
    priority: Priority
    deadline: float | None
    may_repair: bool

    async def submit(self, texts: Sequence[str], options: DecodingOptions) -> Ticket:
        submitting = asyncio.ensure_future(
            asyncio.to_thread(
                self.translator.submit,
                list(texts),
                self.pair,
                options,
                priority=self.priority,
                deadline=self.deadline,
            )
        )
        try:
            return await asyncio.shield(submitting)
        except asyncio.CancelledError:
            # The thread goes on, and what it queues must not be decoded for nobody.
            submitting.add_done_callback(_cancel_ticket)
            raise

    async def finish(
        self, item: PreparedJob, first: asyncio.Future[Decoding], signature: str
    ) -> Outcome:
        candidates = await self._candidates(item, first)
        best = min(candidates, key=lambda candidate: candidate.cost)
        repaired = False
        if not best.passes and self.may_repair:
            with suppress(QueueFull):  # a busy server flags what it has no room to decode again
                best, signature = await self._repair(item, best, signature)
            repaired = best.passes
        elif best is not candidates[0]:
            repaired = True
        return Outcome(_translation(item, best, signature), repaired)

    async def _candidates(
        self, item: PreparedJob, future: asyncio.Future[Decoding]
    ) -> list[_Candidate]:
        """Every hypothesis, restored and checked. A segment that fails alone is a finding."""
        try:
            decoding = await self._in_time(future)
        except DecodingFailed as error:
            flag = Flag(FAILED, Severity.BLOCKING, f"Could not be translated: {error.message}")
            return [_Candidate("", (flag,), ())]
        return [self._candidate(item, hypothesis) for hypothesis in decoding.hypotheses]

    async def _in_time(self, future: asyncio.Future[Decoding]) -> Decoding:
        """Wait no longer than the deadline, even for an engine that stalls."""
        try:
            async with asyncio.timeout_at(self.deadline):
                return await future
        except TimeoutError:
            raise DeadlineExceeded(
                "The translation was not ready before its deadline.",
                hint="Allow more time or send less at once.",
            ) from None

    def _candidate(self, item: PreparedJob, hypothesis: Hypothesis) -> _Candidate:
        kept = [item.core[start:end] for start, end in item.kept]
        text, offsets = restore(hypothesis.text, item.core, self.pair.target, kept=kept)
        text = apply_headline_case(text, item.case, self.pair.target)
        flags = check_segment(
            item.core, text, self.pair, finished=hypothesis.finished, kept=item.kept
        )
        return _Candidate(text, flags, offsets.shift(hypothesis.alignment))

    async def _repair(
        self, item: PreparedJob, best: _Candidate, signature: str
    ) -> tuple[_Candidate, str]:
        for options in _other_decodings(self.options, aligned=item.job.aligned):
            ticket = await self.submit([item.text], options)
            found = await self._candidates(item, asyncio.wrap_future(ticket.futures[0]))
            better = min(found, key=lambda candidate: candidate.cost)
            if better.cost < best.cost:
                best, signature = better, ticket.signature
            if best.passes:
                return best, signature
        if any(flag.code in _PROTECTED_CODES for flag in best.flags):
            protected = await self._piecewise(item)
            if protected is not None and protected.cost < best.cost:
                pieced = replace(protected, flags=(*protected.flags, _PIECED))
                return pieced, f"{signature}; piecewise"
        return best, signature

    async def _piecewise(self, item: PreparedJob) -> _Candidate | None:
        """Translate what stands between the protected things, and join. Nothing can be lost."""
        parts = pieces(item.text, find_protected(item.text, item.kept))
        wanted = [part.text for part in parts if not part.kept and LETTER.search(part.text)]
        if len(parts) < 2:
            return None
        known: dict[str, str] = {}
        if wanted:
            ticket = await self.submit(wanted, self.options)
            try:
                for text, future in zip(wanted, ticket.futures, strict=True):
                    decoding = await self._in_time(asyncio.wrap_future(future))
                    known[text] = decoding.hypotheses[0].text
            except DecodingFailed:
                return None
        joined = join_pieces(parts, lambda part: known.get(part.text, part.text))
        return self._candidate(item, Hypothesis(text=joined, tokens=0))


def _other_decodings(options: DecodingOptions, *, aligned: bool) -> tuple[DecodingOptions, ...]:
    """What to try when the first decoding does not pass: more hypotheses, then no repetition."""
    beam = max(4, options.beam_size)
    options = replace(options, with_alignment=aligned)
    return (
        replace(options, beam_size=beam, num_hypotheses=beam),
        replace(
            options,
            beam_size=beam,
            num_hypotheses=1,
            no_repeat_ngram_size=3,
            repetition_penalty=1.2,
            max_length_factor=options.max_length_factor * 1.5,
        ),
    )


def _cancel_ticket(submitted: asyncio.Future[Ticket]) -> None:
    if not submitted.cancelled() and submitted.exception() is None:
        submitted.result().cancel()


def _translation(item: PreparedJob, candidate: _Candidate, signature: str) -> Translation:
    if any(flag.code in UNUSABLE or flag.code == FAILED for flag in candidate.flags):
        flag = Flag(
            "untranslated",
            Severity.BLOCKING,
            "No decoding gave a usable translation; the source text was kept.",
        )
        return Translation(
            item.job.segment.text, Origin.COPIED, signature, (*candidate.flags, flag)
        )
    shift = len(item.before)
    alignment = tuple(
        AlignedSpan(
            span.source_start + shift,
            span.source_end + shift,
            span.target_start + shift,
            span.target_end + shift,
        )
        for span in candidate.alignment
    )
    text = item.before + candidate.text + item.after
    return Translation(text, Origin.MODEL, signature, candidate.flags, alignment)
