"""The main use case: an article in, the same article out in every target language."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar

from dragoman.article import (
    Article,
    BlockKind,
    LanguagePair,
    Route,
    Summary,
    TranslatedBlock,
)
from dragoman.errors import PairNotInstalled
from dragoman.fidelity.casing import CaseModel
from dragoman.fidelity.markup import place_marks
from dragoman.formats.registry import get_format
from dragoman.inference.translator import Translator
from dragoman.langid import language_name
from dragoman.pipeline.decoding import Outcome
from dragoman.pipeline.reading import Reader, SegmentedBlock
from dragoman.pipeline.report import Tally, Timer, make_report, model_uses
from dragoman.pipeline.segments import Pending, SegmentTranslator
from dragoman.pipeline.values import (
    AllTranslated,
    ArticleRead,
    ArticleRequest,
    BlockTranslated,
    Event,
    SourceLanguage,
    Summarised,
    TargetTranslated,
    TranslatedArticle,
)
from dragoman.summary import choose_lead
from dragoman.summary.lead import METHOD as LEAD_METHOD

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Read:
    """An article that is ready to be translated."""

    article: Article
    source: SourceLanguage
    blocks: tuple[SegmentedBlock, ...]
    case: CaseModel


class ArticleTranslator:
    """Translates articles. Safe for any number of concurrent callers on one event loop."""

    def __init__(
        self,
        reader: Reader,
        translator: Translator,
        segments: SegmentTranslator,
        executor: Executor,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._translator = translator
        self._segments = segments
        self._executor = executor
        self._clock = clock

    async def stream(self, request: ArticleRequest) -> AsyncGenerator[Event, None]:
        """Yield the events of docs/api.md; closing the iterator cancels what has not run."""
        timer = Timer(self._clock)
        read = await self._read(request, timer)
        pairs = [LanguagePair(read.source.language, target) for target in request.targets]
        routes = [self._route(pair) for pair in pairs]
        async with AsyncExitStack() as stack:
            # Queued before the first event: a full queue refuses the request, not a begun stream.
            pending = [await self._submit(read, pair, request, stack) for pair in pairs]
            yield ArticleRead(
                read.source, request.targets, tuple(block.block for block in read.blocks)
            )
            for pair, route, work in zip(pairs, routes, pending, strict=True):
                with timer.measure("translate"):
                    tally = Tally()
                    done: dict[str, TranslatedBlock] = {}
                    async for block in _in_order(read.blocks, work, tally):
                        done[block.block.id] = block
                        yield BlockTranslated(pair.target, block)
                blocks = tuple(done[item.block.id] for item in read.blocks)
                summary = _summarise(read, blocks) if request.summary else None
                if summary is not None:
                    yield Summarised(pair.target, summary)
                with timer.measure("render"):
                    document = await self._blocking(
                        get_format(request.format).render, read.article, done, pair.target
                    )
                yield TargetTranslated(
                    TranslatedArticle(
                        target=pair.target,
                        source=read.source,
                        article=read.article,
                        blocks=blocks,
                        summary=summary,
                        format=request.format,
                        document=document,
                        report=make_report(blocks, tally, timer.timings_ms()),
                        models=model_uses(route, self._translator) if route else (),
                        signature=work.signature,
                    )
                )
        yield AllTranslated(timer.timings_ms())

    async def translate(
        self, request: ArticleRequest
    ) -> tuple[tuple[TranslatedArticle, ...], AllTranslated]:
        """All of ``stream`` at once: one result for each target, in the order asked for."""
        results: list[TranslatedArticle] = []
        async for event in self.stream(request):
            if isinstance(event, TargetTranslated):
                results.append(event.result)
            elif isinstance(event, AllTranslated):
                return tuple(results), event
        raise AssertionError("a stream ends with AllTranslated or raises")

    async def _read(self, request: ArticleRequest, timer: Timer) -> _Read:
        with timer.measure("parse"):
            article = await self._blocking(self._reader.parse, request.format, request.data)
        with timer.measure("identify"):
            installed = tuple(self._translator.languages())
            source = await self._blocking(self._reader.identify, article, request.source, installed)
        with timer.measure("segment"):
            blocks = await self._blocking(self._reader.segment, article, source.language)
            case = await self._blocking(self._reader.learn_case, article, source.language)
        return _Read(article, source, blocks, case)

    def _route(self, pair: LanguagePair) -> Route | None:
        """None when there is nothing to do. Raises PairNotInstalled in an editor's words."""
        if pair.source == pair.target:
            return None
        try:
            return self._translator.route(pair)
        except PairNotInstalled as error:
            source, target = language_name(pair.source), language_name(pair.target)
            raise PairNotInstalled(
                f"The article is in {source}; {source} to {target} is not installed.",
                hint=error.hint,
            ) from None

    async def _submit(
        self, read: _Read, pair: LanguagePair, request: ArticleRequest, stack: AsyncExitStack
    ) -> Pending:
        jobs = [job for block in _headline_first(read.blocks) for job in block.jobs(pair.target)]
        pending = await self._segments.submit(
            jobs, pair, read.case, priority=request.priority, deadline=request.deadline
        )
        stack.callback(pending.cancel)
        return pending

    async def _blocking(self, function: Callable[..., Result], *arguments: object) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, function, *arguments)


def _headline_first(blocks: tuple[SegmentedBlock, ...]) -> list[SegmentedBlock]:
    """A reader sees the headline first, wherever the page has it."""
    return sorted(blocks, key=lambda item: item.block.kind is not BlockKind.HEADLINE)


async def _in_order(
    blocks: tuple[SegmentedBlock, ...], work: Pending, tally: Tally
) -> AsyncIterator[TranslatedBlock]:
    """Each block as soon as it and all before it are done."""
    tasks = iter(work.outcomes)
    for item in _headline_first(blocks):
        outcomes: list[Outcome] = [await next(tasks) for _ in item.segments]
        tally.add(outcomes)
        translations = tuple(outcome.translation for outcome in outcomes)
        text, marks = place_marks(item.block, item.segments, translations)
        yield TranslatedBlock(item.block, text, marks, item.segments, translations)


def _summarise(read: _Read, blocks: tuple[TranslatedBlock, ...]) -> Summary | None:
    """The headline and the lead, as translated; None for an article without a sentence."""
    chosen = choose_lead([(item.block, item.segments) for item in read.blocks])
    if not chosen:
        return None
    translations = [blocks[place.block].translations[place.segment] for place in chosen]
    sentences = tuple(" ".join(translation.text.split()) for translation in translations)
    headline = next(
        (block.text.strip() for block in blocks if block.block.kind is BlockKind.HEADLINE),
        sentences[0],
    )
    return Summary(headline, sentences, LEAD_METHOD, translations[0].signature)
