"""Counts and times for Prometheus. Labels hold no text, key or address of anybody."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dragoman.inference.translator import Translator
from dragoman.observability import get_logger

UNKNOWN = "unknown"
"""The one label of all paths that are no endpoint: paths are the client's words."""

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds for ever: they are in the log only when something is wrong."""

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """All metrics of one application, in a registry of their own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, translator: Translator) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Inference(translator))
        self.requests = Counter(
            "dragoman_requests_total",
            "Answered requests.",
            ("endpoint", "status"),
            registry=self.registry,
        )
        self.problems = Counter(
            "dragoman_problems_total",
            "Requests that ended with a problem, also after a stream had begun.",
            ("endpoint", "code"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "dragoman_request_seconds",
            "From the first byte of a request to the last of its answer.",
            ("endpoint",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "dragoman_requests_in_flight", "Requests being answered.", registry=self.registry
        )

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)


class _Inference(Collector):
    """What the translator counts, read when somebody asks."""

    _TOTALS = (
        ("segments", "Segments decoded."),
        ("tokens", "Source tokens decoded."),
        ("padded_tokens", "Source tokens decoded, with padding."),
        ("batches", "Batches decoded."),
        ("shared_segments", "Segments that shared the decoding of an equal one."),
        ("failed_segments", "Segments that could not be decoded."),
        ("dead_workers", "Worker threads that died."),
    )
    _NOW = (
        ("queued_segments", "Segments that wait."),
        ("queued_tokens", "Source tokens that wait."),
        ("running_batches", "Batches being decoded."),
        ("workers", "Worker threads."),
    )

    def __init__(self, translator: Translator) -> None:
        self._translator = translator

    def collect(self) -> Iterable[Metric]:
        statistics = self._translator.statistics()
        for name, words in self._TOTALS:
            total = getattr(statistics, f"{name}_total")
            yield CounterMetricFamily(f"dragoman_{name}", words, value=total)
        for name, words in self._NOW:
            yield GaugeMetricFamily(f"dragoman_{name}", words, value=getattr(statistics, name))
        models = statistics.models
        yield GaugeMetricFamily("dragoman_models_loaded", "Models in memory.", value=len(models))
        yield GaugeMetricFamily(
            "dragoman_models_loaded_bytes",
            "Memory that the loaded models take, about.",
            value=sum(model.size_bytes for model in models),
        )
        alive = self._translator.alive()
        yield GaugeMetricFamily("dragoman_alive", "1 if a worker would answer.", value=int(alive))

    def describe(self) -> Iterable[Metric]:
        return ()  # registering must not ask the translator yet


class Observed:
    """ASGI middleware: measures each request and writes its line in the access log."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        endpoints: Iterable[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._endpoints = frozenset(endpoints)
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 499  # nothing was sent: the client had gone

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        start = self._clock()
        try:
            with self._metrics.in_flight.track_inprogress():
                await self._app(scope, receive, send_and_look)
        finally:
            self._write(scope, status, self._clock() - start)

    def _write(self, scope: Scope, status: int, seconds: float) -> None:
        endpoint = scope["path"] if scope["path"] in self._endpoints else UNKNOWN
        problem = scope["state"].get("problem")
        self._metrics.requests.labels(endpoint, str(status)).inc()
        self._metrics.seconds.labels(endpoint).observe(seconds)
        if problem:
            self._metrics.problems.labels(endpoint, problem).inc()
        logger = get_logger(__name__)
        routine = endpoint in PROBES and not problem
        (logger.debug if routine else logger.info)(
            "request",
            endpoint=endpoint,
            status=status,
            ms=round(seconds * 1000, 1),
            **({"problem": problem} if problem else {}),
        )
