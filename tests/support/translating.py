"""A real Translator over the fake engine, for tests of what stands above the engine room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from dragoman.article import BatchPolicy, LanguagePair, Segment
from dragoman.fidelity.casing import CaseModel
from dragoman.inference.batching import Scheduler
from dragoman.inference.engines.base import DecodingOptions
from dragoman.inference.engines.fake import FakeEngine
from dragoman.inference.model import InstalledModel
from dragoman.inference.pool import EnginePool
from dragoman.inference.translator import Priority, Translator
from dragoman.pipeline.decoding import Outcome
from dragoman.pipeline.jobs import Job
from dragoman.pipeline.segments import SegmentTranslator

Result = TypeVar("Result")
PAIR = LanguagePair("en", "fr")


def fake_model(pair: LanguagePair = PAIR) -> InstalledModel:
    return InstalledModel(
        id=f"fake/{pair}",
        directory=Path("nowhere"),
        ctranslate2_directory=None,
        digest=f"{hash(pair) & 0xFFFF:064x}",
        pairs=frozenset({pair}),
        size_bytes=1,
    )


@contextmanager
def fake_translator(
    engine: FakeEngine, policy: BatchPolicy = BatchPolicy()
) -> Iterator[Translator]:
    """English to French on ``engine``; closed at the end, whatever the test did to it."""
    pool = EnginePool(lambda _: engine, budget_bytes=1000)
    translator = Translator([fake_model()], pool, Scheduler(policy))
    try:
        yield translator
    finally:
        engine.release()
        translator.close(0)
        pool.close()


def jobs(texts: Sequence[str], **options: Any) -> list[Job]:
    return [
        Job(Segment("b1", index, 0, len(text), text), **options) for index, text in enumerate(texts)
    ]


def outcomes(
    engine: FakeEngine,
    work: Sequence[Job],
    *,
    pair: LanguagePair = PAIR,
    repair: bool = True,
    deadline: float | None = None,
) -> list[Outcome]:
    """What the segments become, in order."""

    async def run(translator: Translator) -> list[Outcome]:
        segments = SegmentTranslator(translator, DecodingOptions(), repair=repair)
        pending = await segments.submit(
            work,
            pair,
            CaseModel.learn((), "en"),
            priority=Priority.INTERACTIVE,
            deadline=deadline,
        )
        try:
            return [await task for task in pending.outcomes]
        finally:
            pending.cancel()

    with fake_translator(engine) as translator:
        return finished(lambda: run(translator))


def finished(make: Callable[[], Coroutine[Any, Any, Result]], patience_s: float = 60) -> Result:
    """Run to the end; a test whose future never ends fails here."""

    async def bounded() -> Result:
        async with asyncio.timeout(patience_s):
            return await make()

    return asyncio.run(bounded())
