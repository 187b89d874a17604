"""The front door of the engine room: texts and a language pair in, futures out."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, fields, replace

from dragoman.article import LanguagePair, Route
from dragoman.errors import DeadlineExceeded, ModelNotInstalled
from dragoman.inference.batching import Hypotheses, Priority, Scheduler, SchedulerSnapshot
from dragoman.inference.batching.chaining import cancel_all, combine
from dragoman.inference.engines.base import DecodingOptions, Engine, Hypothesis
from dragoman.inference.hops import Hop, Relay
from dragoman.inference.model import InstalledModel
from dragoman.inference.pool import EnginePool, Lease, LoadedModel
from dragoman.inference.routes import RouteTable

__all__ = ["Decoding", "Priority", "Statistics", "Ticket", "Translator"]


@dataclass(frozen=True, slots=True)
class Decoding:
    """What the models made of one text: hypotheses, best first.

    Through a pivot they are the last model's for the first model's best; the alignment leads
    from source to target if both models gave one, and is empty otherwise.
    """

    hypotheses: tuple[Hypothesis, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """Texts on their way. ``futures`` has their order; each ends, whatever happens.

    They end with a Decoding, with DecodingFailed, DeadlineExceeded, ShuttingDown or WorkerDied,
    or cancelled. ``signature`` names route, model digests, engine and options.
    """

    route: Route
    signature: str
    futures: tuple[Future[Decoding], ...]

    def cancel(self) -> None:
        """Cancel the futures that are open; what nobody else waits for is not decoded."""
        cancel_all(self.futures)


@dataclass(frozen=True, slots=True)
class Statistics(SchedulerSnapshot):
    """The scheduler's counts with the loaded models, for metrics."""

    models: tuple[LoadedModel, ...] = ()


class Translator:
    """Translates texts along the routes that the installed models make. Thread-safe.

    Closes the scheduler; the pool belongs to whoever made it, and is closed after this.
    """

    def __init__(
        self,
        models: Sequence[InstalledModel],
        pool: EnginePool,
        scheduler: Scheduler,
        *,
        pivot_language: str = "en",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._scheduler = scheduler
        self.pivot_language = pivot_language
        self._clock = clock
        self._installed = _Installed(models, pivot_language)

    def languages(self) -> Mapping[str, tuple[str, ...]]:
        """Each source language with the targets that can be reached from it, sorted."""
        return self._installed.routes.languages()

    def route(self, pair: LanguagePair) -> Route:
        """Raises PairNotInstalled, UnsupportedInput for a language into itself."""
        return self._installed.routes.find(pair)

    def models(self) -> tuple[InstalledModel, ...]:
        """The models that routes are made of, by id."""
        return self._installed.models

    def model(self, model_id: str) -> InstalledModel:
        """The installed model of a route's step. Raises ModelNotInstalled."""
        return self._installed.model(model_id)

    def submit(
        self,
        texts: Sequence[str],
        pair: LanguagePair,
        options: DecodingOptions = DecodingOptions(),
        *,
        priority: Priority = Priority.INTERACTIVE,
        deadline: float | None = None,
        target_prefixes: Sequence[str] | None = None,
        banned: Sequence[str] = (),
    ) -> Ticket:
        """Queue ``texts``, all or none. Blocks while a model loads and while it tokenises.

        ``deadline`` is in seconds of the clock. ``target_prefixes`` (one for each text) are what
        the translations start with and ``banned`` what they must not contain.
        Raises PairNotInstalled, UnsupportedInput, QueueFull, ModelError, DeadlineExceeded,
        ShuttingDown, WorkerDied.
        """
        if deadline is not None and deadline <= self._clock():
            raise DeadlineExceeded("The time for this request ran out.")
        installed = self._installed
        route = installed.routes.find(pair)
        models = [installed.model(step.model_id) for step in route.steps]
        lease = self._pool.lease(models, deadline)
        try:
            hops = self._hops(route, lease, options, priority, deadline, tuple(banned))
            prefixes = tuple(target_prefixes) if target_prefixes else ("",) * len(texts)
            futures = _start(hops, texts, prefixes)
        except BaseException:
            lease.release()
            raise
        _when_all_done(futures, lease.release)
        return Ticket(
            route,
            _signature(route, models, lease.engines, options, banned),
            tuple(combine([future], _decoding) for future in futures),
        )

    def alive(self) -> bool:
        """False when no worker would answer."""
        return self._scheduler.alive()

    def statistics(self) -> Statistics:
        """A snapshot of queue, workers and loaded models."""
        return Statistics(**asdict(self._scheduler.snapshot()), models=self._pool.loaded())

    def refresh(self, models: Sequence[InstalledModel]) -> None:
        """Use ``models`` from now on: some were installed or removed while we ran."""
        self._installed = _Installed(models, self.pivot_language)
        self._pool.retain(models)

    def close(self, drain_timeout_s: float = 0.0) -> None:
        """Finish what is queued within the time and fail the rest; every future ends."""
        self._scheduler.close(drain_timeout_s)

    def _hops(
        self,
        route: Route,
        lease: Lease,
        options: DecodingOptions,
        priority: Priority,
        deadline: float | None,
        banned: tuple[str, ...],
    ) -> list[Hop]:
        """The last hop decodes as asked; those before give the next one a single best text."""
        last = len(route.steps) - 1
        single = replace(options, num_hypotheses=1, with_scores=False)
        return [
            Hop(
                engine=engine,
                scheduler=self._scheduler,
                lease=lease,
                options=options if index == last else single,
                priority=priority,
                deadline=deadline,
                target_token=step.target_token,
                banned=banned if index == last else (),
            )
            for index, (step, engine) in enumerate(zip(route.steps, lease.engines, strict=True))
        ]


class _Installed:
    """The models of one moment with their routes, replaced as a whole."""

    def __init__(self, models: Sequence[InstalledModel], pivot_language: str) -> None:
        self.routes = RouteTable(models, pivot_language)
        self.models = tuple(sorted(models, key=lambda model: model.id))
        self._by_id = {model.id: model for model in models}

    def model(self, model_id: str) -> InstalledModel:
        try:
            return self._by_id[model_id]
        except KeyError:
            raise ModelNotInstalled(
                f"The model {model_id} is not installed.",
                hint=f"Run `dragoman models pull {model_id}`.",
            ) from None


def _start(
    hops: Sequence[Hop], texts: Sequence[str], prefixes: Sequence[str]
) -> list[Future[Hypotheses]]:
    first, *others = hops
    none = ("",) * len(texts)
    futures = first.decode(texts, none if others else prefixes)
    for hop in others:
        futures = Relay(futures, hop, prefixes if hop is others[-1] else none).futures
    return futures


def _when_all_done(futures: Sequence[Future[Hypotheses]], action: Callable[[], None]) -> None:
    lock = threading.Lock()
    remaining = len(futures)

    def ended(_: Future[Hypotheses]) -> None:
        nonlocal remaining
        with lock:
            remaining -= 1
            last = remaining == 0
        if last:
            action()

    for future in futures:
        future.add_done_callback(ended)
    if not futures:
        action()


def _decoding(results: list[Hypotheses]) -> Decoding:
    return Decoding(results[0])


def _signature(
    route: Route,
    models: Sequence[InstalledModel],
    engines: Sequence[Engine],
    options: DecodingOptions,
    banned: Sequence[str],
) -> str:
    """``route=en-fr:owner/name@digest; engine=…; beam=4``, then what differs from the default."""
    steps = ",".join(
        f"{step.pair}:{model.id}@{model.short_digest}"
        for step, model in zip(route.steps, models, strict=True)
    )
    names = ",".join(dict.fromkeys(engine.name for engine in engines))
    parts = [f"route={steps}", f"engine={names}", f"beam={options.beam_size}"]
    default = DecodingOptions()
    parts += [
        f"{field.name}={getattr(options, field.name)}"
        for field in fields(options)
        if field.name not in _UNSIGNED
        and getattr(options, field.name) != getattr(default, field.name)
    ]
    if banned:
        digest = hashlib.sha256("\0".join(banned).encode("utf-8", "surrogatepass")).hexdigest()
        parts.append(f"banned={len(banned)}@{digest[:12]}")
    return "; ".join(parts)


_UNSIGNED = frozenset({"beam_size", "num_hypotheses", "with_scores", "with_alignment"})
"""Options that the signature names otherwise, or that do not change the best translation."""
