"""Many segments of one pair: queued all at once, each finished on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from dragoman.article import LanguagePair, Origin, Translation
from dragoman.fidelity.casing import CaseModel
from dragoman.inference.engines.base import DecodingOptions
from dragoman.inference.translator import Priority, Ticket, Translator
from dragoman.pipeline.decoding import Decoder, Outcome
from dragoman.pipeline.jobs import Job, PreparedJob, prepare

COPIED_SIGNATURE = "copied"


class Pending:
    """Segments on their way. Await ``outcomes[i]`` for the i-th; ``cancel`` drops the rest.

    ``signature`` names what translates them; it is "copied" when no model is asked.
    """

    def __init__(self, outcomes: list[asyncio.Task[Outcome]], tickets: Sequence[Ticket]) -> None:
        self.outcomes = outcomes
        self.signature = tickets[0].signature if tickets else COPIED_SIGNATURE
        self._tickets = tickets

    def cancel(self) -> None:
        for ticket in self._tickets:
            ticket.cancel()
        for task in self.outcomes:
            task.cancel()
            task.add_done_callback(_retrieve)


class SegmentTranslator:
    """Translates segments of one pair with the checks and repairs of ``decoding``."""

    def __init__(
        self, translator: Translator, options: DecodingOptions, *, repair: bool = True
    ) -> None:
        self._translator = translator
        self._options = options
        self._repair = repair

    async def submit(
        self,
        jobs: Sequence[Job],
        pair: LanguagePair,
        case: CaseModel,
        *,
        priority: Priority,
        deadline: float | None,
    ) -> Pending:
        """Queue all jobs at once. Raises QueueFull, PairNotInstalled, ShuttingDown."""
        decoder = Decoder(self._translator, pair, self._options, priority, deadline, self._repair)
        prepared: dict[int, PreparedJob] = {}
        if pair.source != pair.target:
            looks = ((number, job, prepare(job, case)) for number, job in enumerate(jobs))
            prepared = {
                number: item for number, job, item in looks if item is not None and not job.copied
            }
        finishing, tickets = await self._queue(decoder, prepared)
        tasks = [
            finishing.get(number) or asyncio.create_task(_copied(job))
            for number, job in enumerate(jobs)
        ]
        return Pending(tasks, tickets)

    async def _queue(
        self, decoder: Decoder, prepared: dict[int, PreparedJob]
    ) -> tuple[dict[int, asyncio.Task[Outcome]], list[Ticket]]:
        """Alignment costs a tenth, so only the segments that need it are decoded with it."""
        tasks: dict[int, asyncio.Task[Outcome]] = {}
        tickets: list[Ticket] = []
        for aligned in (False, True):
            mine = {n: item for n, item in prepared.items() if item.job.aligned is aligned}
            if not mine:
                continue
            options = replace(self._options, with_alignment=aligned)
            try:
                ticket = await decoder.submit([item.text for item in mine.values()], options)
            except BaseException:
                Pending(list(tasks.values()), tickets).cancel()
                raise
            tickets.append(ticket)
            for (number, item), future in zip(mine.items(), ticket.futures, strict=True):
                first = asyncio.wrap_future(future)
                tasks[number] = asyncio.create_task(decoder.finish(item, first, ticket.signature))
        return tasks, tickets


async def _copied(job: Job) -> Outcome:
    return Outcome(Translation(job.segment.text, Origin.COPIED, COPIED_SIGNATURE, job.flags))


def _retrieve(task: asyncio.Task[Outcome]) -> None:
    """Take the error of a task that nobody waits for any more, so that it is not logged as lost."""
    if not task.cancelled():
        task.exception()
