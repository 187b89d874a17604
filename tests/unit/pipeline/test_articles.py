"""The use case: events in order, targets checked first, work dropped when nobody waits."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from dragoman.article import Article, BatchPolicy
from dragoman.errors import PairNotInstalled, UnsupportedInput
from dragoman.formats.base import ParseLimits
from dragoman.formats.registry import get_format
from dragoman.inference.engines.base import DecodingOptions
from dragoman.inference.engines.fake import FakeEngine, Mischief, on_text, translation
from dragoman.langid import LanguageIdentifier
from dragoman.pipeline.articles import ArticleTranslator
from dragoman.pipeline.reading import Reader, ReadingLimits
from dragoman.pipeline.segments import SegmentTranslator
from dragoman.pipeline.values import (
    AllTranslated,
    ArticleRead,
    ArticleRequest,
    BlockTranslated,
    Event,
    Summarised,
    TargetTranslated,
)
from support.translating import fake_translator, finished

HEADLINE = "The harbour bridge reopens after nine weeks"
LAST = "The council met on Monday evening in the old town hall of the city."
TEXT = f"""Home » Transport

{HEADLINE}

The old bridge was closed in March because the road was in a bad state. It opens again today.

{LAST}
"""


def _parse(name: str, data: bytes, limits: ParseLimits) -> Article:
    return get_format(name).parse(data, limits)


@contextmanager
def _articles(
    engine: FakeEngine, policy: BatchPolicy = BatchPolicy()
) -> Iterator[ArticleTranslator]:
    with fake_translator(engine, policy) as translator, ThreadPoolExecutor(4) as executor:
        reader = Reader(_parse, LanguageIdentifier(), ReadingLimits())
        segments = SegmentTranslator(translator, DecodingOptions())
        yield ArticleTranslator(reader, translator, segments, executor)


def _request(*targets: str, source: str | None = "en") -> ArticleRequest:
    return ArticleRequest(TEXT.encode(), "text", targets, source)


def _events(engine: FakeEngine, request: ArticleRequest, *, stop_after: int = 99) -> list[Event]:
    async def collect(articles: ArticleTranslator) -> list[Event]:
        found: list[Event] = []
        stream: AsyncIterator[Event] = articles.stream(request)
        async for event in stream:
            found.append(event)
            if len(found) == stop_after:
                await stream.aclose()  # type: ignore[attr-defined]  # async generators have it
                break
        return found

    with _articles(engine) as articles:
        return finished(lambda: collect(articles))


def test_the_headline_comes_first_then_reading_order() -> None:
    """A reader sees the headline before anything else, wherever the page has it."""
    events = _events(FakeEngine(), _request("fr"), stop_after=5)
    assert isinstance(events[0], ArticleRead)
    assert [block.id for block in events[0].blocks] == ["b1", "b2", "b3", "b4"]
    blocks = [event.block for event in events if isinstance(event, BlockTranslated)]
    assert [block.block.id for block in blocks] == ["b2", "b1", "b3", "b4"]
    assert blocks[0].text == translation(HEADLINE)


def test_a_missing_target_refuses_all_before_any_work() -> None:
    """French could be served; Dutch cannot, so nothing is begun."""
    engine = FakeEngine()
    with pytest.raises(PairNotInstalled, match="English to Dutch is not installed"):
        _events(engine, _request("fr", "nl"))
    assert engine.batches == []


def test_who_leaves_takes_the_queue_along() -> None:
    """After the stream is closed, what has not begun is never decoded."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)

    async def leave(articles: ArticleTranslator) -> None:
        stream = articles.stream(_request("fr"))
        assert isinstance(await anext(stream), ArticleRead)
        engine.entered.acquire(timeout=30)
        await stream.aclose()  # type: ignore[attr-defined]  # async generators have it
        gate.set()

    with _articles(engine, BatchPolicy(max_batch_segments=1)) as articles:
        finished(lambda: leave(articles))
    assert len(engine.batches) == 1


@pytest.mark.parametrize("target", ["fr"])
def test_the_report_says_what_is_wrong_and_where(target: str) -> None:
    """A segment without a usable translation makes the article unpublishable, in words."""
    engine = FakeEngine(temper=on_text({"council": Mischief.LOOP}))
    events = _events(engine, _request(target))
    (done,) = [event.result for event in events if isinstance(event, TargetTranslated)]
    assert not done.report.publishable
    assert {flag.block_id for flag in done.report.flags} == {"b4"}
    assert any("repeats itself" in reason for reason in done.report.reasons)
    assert done.report.counts["segments"] == 5
    assert done.report.counts["copied"] == 2  # the label, and the sentence that was kept
    assert done.blocks[3].text == LAST


def test_a_whole_run_ends_with_its_timings() -> None:
    """article, blocks, summary, report, done: in the order of docs/api.md."""
    events = _events(FakeEngine(), _request("fr"))
    kinds = [type(event) for event in events]
    assert kinds == [
        ArticleRead,
        *[BlockTranslated] * 4,
        Summarised,
        TargetTranslated,
        AllTranslated,
    ]
    last = events[-1]
    assert isinstance(last, AllTranslated)
    assert {"parse", "identify", "segment", "translate", "render", "total"} <= set(last.timings_ms)


def test_the_language_is_found_when_not_given() -> None:
    """The content says English; the source tells how it was found."""
    events = _events(FakeEngine(), _request("fr", source=None), stop_after=1)
    assert isinstance(events[0], ArticleRead)
    assert events[0].source.language == "en"
    assert events[0].source.found_by in {"content", "document"}


def test_an_unknown_format_is_refused() -> None:
    """A name that no format has is the caller's mistake."""
    request = ArticleRequest(b"x", "pdf", ("fr",), "en")
    with pytest.raises(UnsupportedInput, match="pdf"):
        _events(FakeEngine(), request)


FRENCH = (
    "La maire a dit que le conseil de la ville était très heureux de la nouvelle, et que les "
    "travaux du port seraient terminés avant la fin de l'année prochaine."
)
GERMAN = (
    "Der Bürgermeister sagte am Montag, dass die Arbeiten an der alten Brücke im nächsten "
    "Frühjahr beginnen und ungefähr zwei Jahre dauern sollen."
)


def test_a_paragraph_in_another_language_is_kept() -> None:
    """What is in the target language already stays; a third language is kept and told."""
    text = TEXT + f"\n{FRENCH}\n\n{GERMAN}\n"
    request = ArticleRequest(text.encode(), "text", ("fr",), "en")
    events = _events(FakeEngine(), request)
    blocks = [event.block for event in events if isinstance(event, BlockTranslated)]
    french, german = blocks[-2:]
    assert french.text == FRENCH
    assert not french.translations[0].flags
    assert german.text == GERMAN
    (flag,) = german.translations[0].flags
    assert flag.code == "foreign"
    assert "German" in flag.message
