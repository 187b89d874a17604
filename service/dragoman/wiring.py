"""Composition root: settings in, opened parts out. Whoever opens closes.

This is the only place that knows which class stands behind each port.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from dragoman.article import BatchPolicy, LanguagePair
from dragoman.errors import PairNotInstalled, UnsupportedInput
from dragoman.formats.base import ParseLimits
from dragoman.formats.worker import ExtractionWorker
from dragoman.inference.batching import Scheduler
from dragoman.inference.engines import EngineOptions, open_engine
from dragoman.inference.engines.base import DecodingOptions, Engine
from dragoman.inference.model import InstalledModel
from dragoman.inference.pool import EnginePool
from dragoman.inference.store import ModelStore, open_models
from dragoman.inference.translator import Translator
from dragoman.langid import LanguageIdentifier
from dragoman.pipeline.articles import ArticleTranslator
from dragoman.pipeline.reading import Reader, ReadingLimits
from dragoman.pipeline.segments import SegmentTranslator
from dragoman.pipeline.texts import TextTranslator
from dragoman.settings import Settings

_BLOCKING_CALLS_AT_ONCE = 32
"""Threads for parsing, tokenising and rendering: enough that waiting for a page's extraction or
a model's loading does not keep other requests from being read."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that is open, for the API, the facade and the command line."""

    settings: Settings
    store: ModelStore
    identifier: LanguageIdentifier
    reader: Reader
    translator: Translator
    articles: ArticleTranslator
    texts: TextTranslator

    def made_by(self, source: str | None, target: str) -> str:
        """What a translation into ``target`` would be made by now, for deciding to redo one.

        With an unknown source it names every model that leads to the target.
        """
        sources = [source] if source else sorted(self.translator.languages())
        used = set()
        for code in sources:
            try:
                route = self.translator.route(LanguagePair(code, target))
            except (PairNotInstalled, UnsupportedInput):
                continue  # no route, or none needed: it is in the target's language
            for step in route.steps:
                model = self.translator.model(step.model_id)
                used.add(f"{step.pair}:{model.id}@{model.short_digest}")
        return f"{','.join(sorted(used))}; beam={self.settings.beam_size}"


def open_store(settings: Settings) -> ModelStore:
    """The pulled models and the bundled ones."""
    return open_models(settings.models_dir)


def engine_options(settings: Settings) -> EngineOptions:
    return EngineOptions(
        engine=settings.engine,
        device=settings.device,
        compute_type=settings.compute_type,
        workers=settings.workers,
        threads_per_worker=settings.threads_per_worker,
        deterministic=settings.deterministic,
    )


OpenEngine = Callable[[InstalledModel], Engine]


@contextmanager
def open_services(settings: Settings, open_model: OpenEngine | None = None) -> Iterator[Services]:
    """Open all parts; on exit close them in the opposite order, work in flight first.

    ``open_model`` puts another engine behind the port, such as the fake one or a benchmark's.
    """
    options = engine_options(settings)
    with ExitStack() as stack:
        store = open_store(settings)
        translator = stack.enter_context(
            _open_translator(settings, store, open_model or partial(_open, options=options))
        )
        worker = stack.enter_context(_open_worker(settings))
        executor = stack.enter_context(
            ThreadPoolExecutor(_BLOCKING_CALLS_AT_ONCE, thread_name_prefix="dragoman-blocking")
        )
        identifier = LanguageIdentifier()
        limits = ReadingLimits(
            ParseLimits(settings.max_body_bytes, settings.max_html_nodes), settings.max_characters
        )
        reader = Reader(worker.parse, identifier, limits)
        segments = SegmentTranslator(
            translator, DecodingOptions(beam_size=settings.beam_size), repair=settings.repair
        )
        yield Services(
            settings=settings,
            store=store,
            identifier=identifier,
            reader=reader,
            translator=translator,
            articles=ArticleTranslator(reader, translator, segments, executor),
            texts=TextTranslator(identifier, translator, segments, executor),
        )


def _open(model: InstalledModel, *, options: EngineOptions) -> Engine:
    return open_engine(model, options)


@contextmanager
def _open_translator(
    settings: Settings, store: ModelStore, open_model: OpenEngine
) -> Iterator[Translator]:
    policy = BatchPolicy(
        max_batch_tokens=settings.max_batch_tokens,
        max_batch_segments=settings.max_batch_segments,
        max_wait_ms=settings.max_wait_ms,
        max_queued_tokens=settings.max_queued_tokens,
    )
    pool = EnginePool(open_model, budget_bytes=settings.memory_budget_mb * 2**20)
    translator = Translator(
        store.installed(), pool, Scheduler(policy), pivot_language=settings.pivot_language
    )
    drain_timeout_s = settings.drain_timeout_s
    try:
        yield translator
    except BaseException:
        drain_timeout_s = 0.0  # interrupted or broken: nobody waits for what is queued
        raise
    finally:
        translator.close(drain_timeout_s)
        pool.close()


@contextmanager
def _open_worker(settings: Settings) -> Iterator[ExtractionWorker]:
    worker = ExtractionWorker(timeout_s=settings.extraction_timeout_s)
    try:
        yield worker
    finally:
        worker.close()
