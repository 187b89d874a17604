"""Is there a worker that really answers? Asked by translating a few words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from dragoman.api.limits import Drain
from dragoman.api.options import ApiOptions
from dragoman.article import LanguagePair
from dragoman.errors import (
    DeadlineExceeded,
    DragomanError,
    ModelNotInstalled,
    QueueFull,
    ShuttingDown,
    Unavailable,
    WorkerDied,
)
from dragoman.inference.engines.base import DecodingOptions
from dragoman.inference.translator import Priority, Translator

_TEXT = "Good morning."
_OPTIONS = DecodingOptions(beam_size=1)
_PROGRESS_COUNTS_FOR_S = 10.0
"""Behind a full queue the words may wait too long; then finished batches are the answer."""


class Readiness:
    """Asks at most once at a time, and remembers the answer for ``probe_lasts_s``."""

    def __init__(
        self,
        translator: Translator,
        drain: Drain,
        options: ApiOptions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._translator = translator
        self._drain = drain
        self._timeout_s = options.probe_timeout_s
        self._lasts_s = options.probe_lasts_s
        self._clock = clock
        self._probe: asyncio.Task[None] | None = None
        self._answered_at: float | None = None
        self._batches = 0
        self._progress_at: float | None = None

    async def check(self) -> None:
        """Return when a worker answers; raises Unavailable with the reason when none does."""
        if self._drain.started:
            raise ShuttingDown("This server is shutting down.", retry_after_s=5)
        if not self._translator.alive():
            raise WorkerDied(
                "The workers have died; nothing is translated any more.",
                hint="Restart the server; its log says why they died.",
            )
        self._look_for_progress()
        if self._answered_at is not None and self._clock() - self._answered_at < self._lasts_s:
            return
        try:
            await self._ask()
        except (QueueFull, DeadlineExceeded):
            self._look_for_progress()
            if not self._progresses():
                raise WorkerDied(
                    f"No worker answered within {self._timeout_s:g} seconds.",
                    hint="It may still be loading a model. If this lasts, restart the server.",
                ) from None
        except Unavailable:
            raise
        except DragomanError as error:
            raise Unavailable(f"A test failed: {error.message}", hint=error.hint) from None

    async def _ask(self) -> None:
        """Join the question that is being asked, or ask one."""
        if self._probe is None or self._probe.done():
            self._probe = asyncio.create_task(self._translate())
            self._probe.add_done_callback(_look_at)
        done, _ = await asyncio.wait({self._probe}, timeout=self._timeout_s)
        if not done:
            raise DeadlineExceeded("The test took too long.")
        self._probe.result()

    async def _translate(self) -> None:
        pair = self._pair()
        deadline = self._clock() + self._timeout_s
        ticket = await asyncio.to_thread(
            self._translator.submit,
            [_TEXT],
            pair,
            _OPTIONS,
            priority=Priority.INTERACTIVE,
            deadline=deadline,
        )
        await asyncio.wrap_future(ticket.futures[0])
        self._answered_at = self._clock()

    def _pair(self) -> LanguagePair:
        """Of a loaded model if there is one: asking must not push a busy model out."""
        loaded = {model.id for model in self._translator.statistics().models}
        direct = [
            (step.model_id not in loaded, self._translator.model(step.model_id).size_bytes, pair)
            for source, targets in self._translator.languages().items()
            for pair in (LanguagePair(source, target) for target in targets)
            for step, *others in [self._translator.route(pair).steps]
            if not others
        ]
        if not direct:
            raise ModelNotInstalled(
                "No model is installed.", hint="Run `dragoman models pull en-fr`."
            )
        return min(direct, key=lambda candidate: candidate[:2])[2]

    def _look_for_progress(self) -> None:
        batches = self._translator.statistics().batches_total
        if batches != self._batches:
            self._batches = batches
            self._progress_at = self._clock()

    def _progresses(self) -> bool:
        at = self._progress_at
        return at is not None and self._clock() - at <= _PROGRESS_COUNTS_FOR_S


def _look_at(probe: asyncio.Task[None]) -> None:
    """So that the loop does not complain of an error that nobody awaited."""
    if not probe.cancelled():
        probe.exception()
