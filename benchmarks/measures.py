"""The measurements. Each yields rows as it has them; ratios are between lines of one run."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from corpus import articles, as_text, words_in
from dragoman.article import BatchPolicy, LanguagePair
from dragoman.inference.batching import Scheduler
from dragoman.inference.engines import EngineOptions, open_engine
from dragoman.inference.engines.base import DecodingOptions
from dragoman.inference.model import InstalledModel
from dragoman.inference.pool import EnginePool
from dragoman.inference.translator import Translator
from engine import ForcedLengthEngine, RawEngine, RawSetting
from processes import (
    benchmark_server,
    free_port,
    running,
    seconds_for,
    starter_server,
)

PAIR = LanguagePair("en", "fr")
SETTINGS = (
    RawSetting(16),
    RawSetting(32),
    RawSetting(64),
    RawSetting(32, workers=1, threads_per_worker=2),
)


@dataclass(frozen=True)
class Row:
    """One line of a table. ``ratio`` is to the yardstick of its table; ``bar`` what it must be."""

    what: str
    value: float
    unit: str
    ratio: float | None = None
    bar: str = ""


def raw(model: InstalledModel, sentences: Sequence[str], words: int, *, forced: bool) -> dict:
    """Words per second of the raw engine at each setting."""
    speeds = {}
    for setting in SETTINGS:
        engine = RawEngine(model, setting, forced=forced)
        engine.seconds(sentences[:16])
        speeds[setting] = words / engine.seconds(sentences)
    return speeds


class OpenTranslator:
    """Dragoman's Translator on one model, as the server wires it."""

    def __init__(self, model: InstalledModel, *, forced: bool) -> None:
        def open_model(one: InstalledModel):
            kind = ForcedLengthEngine if forced else open_engine
            return kind(one, EngineOptions())

        self.pool = EnginePool(open_model, budget_bytes=2**32)
        self.translator = Translator([model], self.pool, Scheduler(BatchPolicy()))

    def seconds(self, many: Sequence[Sequence[str]]) -> float:
        """All articles submitted at once, each by a thread of its own."""

        def one(sentences: Sequence[str]) -> None:
            ticket = self.translator.submit(list(sentences), PAIR, DecodingOptions())
            for future in ticket.futures:
                future.result(600)

        start = time.perf_counter()
        with ThreadPoolExecutor(len(many)) as threads:
            list(threads.map(one, many))
        return time.perf_counter() - start

    def close(self) -> None:
        self.translator.close(30)
        self.pool.close()


def engines(model: InstalledModel, *, forced: bool) -> Iterator[Row]:
    """Lines 1 to 3: raw engine, Translator with 16 articles, one article alone."""
    batch = articles(16)
    speeds = raw(model, [s for one in batch for s in one], words_in(batch), forced=forced)
    best = max(speeds, key=speeds.__getitem__)
    for setting, speed in speeds.items():
        yield Row(f"raw CTranslate2: {setting}", speed, "words/s", speed / speeds[best])
    opened = OpenTranslator(model, forced=forced)
    opened.seconds(articles(1, seed=1))
    raw_engine = RawEngine(model, best, forced=forced)
    ours, theirs = [], []
    for round_ in range(3):  # interleaved, because this machine's speed drifts
        fresh = articles(16, seed=100 + round_)
        count = words_in(fresh)
        theirs.append(count / raw_engine.seconds([s for one in fresh for s in one]))
        ours.append(count / opened.seconds(fresh))
    yield Row(
        "Dragoman's Translator, 16 concurrent articles",
        max(ours),
        "words/s",
        max(ours) / max(theirs),
        ">= 0.95",
    )
    yield _alone(model, opened, forced=forced)
    opened.close()


def _alone(model: InstalledModel, opened: OpenTranslator, *, forced: bool) -> Row:
    """Latency of one article against the best raw call on the same sentences."""
    raw_engines = [RawEngine(model, RawSetting(size), forced=forced) for size in (8, 12, 16)]
    ratios, ours_s = [], []
    for round_ in range(5):
        (article,) = articles(1, seed=200 + round_)
        theirs = min(engine.seconds(article) for engine in raw_engines)
        ours = opened.seconds([article])
        ours_s.append(ours)
        ratios.append(ours / theirs)
    ratios.sort()
    return Row(
        "one article alone: latency to the raw engine's",
        sorted(ours_s)[2] * 1000,
        "ms",
        ratios[2],
        "<= 1.15",
    )


def http(model: InstalledModel) -> Iterator[Row]:
    """Line 2's second half and line 4: servers with the opus-mt-sized model."""
    raw_engines = [RawEngine(model, setting, forced=True) for setting in SETTINGS[:2]]
    ours, theirs = [], []
    port = free_port()
    with running(benchmark_server("dragoman", port), port) as server:
        url = f"{server.url}/v1/articles/translate"
        seconds_for(url, _bodies(articles(1, seed=9)), 1)
        for round_ in range(3):  # interleaved, because this machine's speed drifts
            batch = articles(16, seed=300 + round_)
            flat, words = [s for one in batch for s in one], words_in(batch)
            theirs.append(max(words / engine.seconds(flat) for engine in raw_engines))
            ours.append(words / seconds_for(url, _bodies(batch), 16))
    best = max(ours)
    yield Row("raw CTranslate2, beside the server", max(theirs), "words/s", 1.0)
    yield Row("Dragoman's HTTP server, 16 clients", best, "words/s", best / max(theirs), ">= 0.85")
    port = free_port()
    few = articles(1, sentences=12, seed=400)
    with running(benchmark_server("plain", port), port) as server:
        url = f"{server.url}/translate"
        seconds_for(url, [{"texts": few[0][:2]}], 1)
        plain = words_in(few) / seconds_for(url, [{"texts": few[0]}], 1)
    yield Row(
        "transformers, one sentence at a time, FastAPI", plain, "words/s", plain / max(theirs)
    )
    yield Row("Dragoman's server to that", best / plain, "times", None, ">= 20")


def _bodies(batch: Sequence[list[str]]) -> list[dict[str, object]]:
    """Requests for the articles endpoint."""
    return [{"text": as_text(one), "targets": ["fr"], "source": "en"} for one in batch]


def starter_service() -> list[Row]:
    """Line 5: the server as it is installed."""
    port = free_port()
    with running(starter_server(port), port) as server:
        body = {"text": as_text(articles(1, seed=11)[0]), "targets": ["fr"]}
        seconds_for(f"{server.url}/v1/articles/translate", [body], 1)
        torch = server.has_loaded("libtorch")
        return [
            Row("starter server: start to ready", server.ready_s, "s", None, "<= 3"),
            Row("starter server: resident", server.resident_mb(), "MiB", None, "<= 300"),
            Row("starter server: torch loaded", float(torch), "0 or 1", None, "0"),
        ]


def growth(counts: Sequence[int]) -> list[Row]:
    """Line 6: throughput and memory over 1, 10, 100, … articles on the starter."""
    rows = []
    port = free_port()
    with running(starter_server(port), port) as server:
        url = f"{server.url}/v1/articles/translate"
        seconds_for(url, _bodies(articles(1, seed=12)), 1)
        for count in counts:
            batch = articles(count, seed=1000 + count)
            speed = words_in(batch) / seconds_for(url, _bodies(batch), 16)
            rows.append(Row(f"starter server, {count} articles", speed, "words/s"))
            rows.append(Row(f"  resident after {count}", server.resident_mb(), "MiB"))
    return rows
