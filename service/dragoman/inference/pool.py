"""Loaded models, as many as the memory budget allows."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dragoman.errors import DeadlineExceeded, DragomanError, ModelCorrupt, ShuttingDown
from dragoman.inference.engines.base import Engine
from dragoman.inference.model import InstalledModel

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """One loaded model, for metrics. ``uses`` counts the leases that hold it."""

    id: str
    digest: str
    size_bytes: int
    engine: str
    uses: int


@dataclass(slots=True, eq=False)
class _Entry:
    """A model that is loaded, being loaded (no engine yet), or doomed to be closed when free."""

    model: InstalledModel
    engine: Engine | None = None
    error: DragomanError | None = None
    uses: int = 0
    used_at: int = 0
    doomed: bool = False


class Lease:
    """Keeps engines loaded until it has been released as often as it was held.

    A new lease is held once; ``hold`` adds to that. ``engines`` has the order of the models that
    were asked for.
    """

    def __init__(self, pool: EnginePool, entries: Sequence[_Entry], engines: tuple[Engine, ...]):
        self.engines = engines
        self._pool = pool
        self._entries = entries
        self._lock = threading.Lock()
        self._holds = 1

    def hold(self) -> None:
        with self._lock:
            self._holds += 1

    def release(self) -> None:
        with self._lock:
            self._holds -= 1
            last = self._holds == 0
        if last:
            self._pool.give_back(self._entries)


class EnginePool:
    """Loads engines on demand, each once, and closes the least recently used for room.

    A lease waits while the models in use leave no room for what it needs; leases that wait are
    served in their order, and one that needs several models gets them together, so no two can
    wait for each other. A model that is larger than the whole budget is loaded alone.
    ``open_engine`` is called without a lock, in the thread of the first caller. Thread-safe.
    """

    def __init__(
        self,
        open_engine: Callable[[InstalledModel], Engine],
        *,
        budget_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_engine = open_engine
        self._budget_bytes = budget_bytes
        self._clock = clock
        self._changed = threading.Condition()
        self._entries: dict[str, _Entry] = {}
        self._line: deque[object] = deque()
        self._uses = 0
        self._waiting = 0
        self._closed = False

    def lease(self, models: Sequence[InstalledModel], deadline: float | None = None) -> Lease:
        """Load ``models`` where needed and keep them until the lease is released.

        May block while models load or while others are in use. Raises ModelError (a model cannot
        be loaded; the next call tries again), DeadlineExceeded, ShuttingDown.
        """
        entries, mine = self._reserve(models, deadline)
        try:
            self._load_all(mine)
            engines = tuple(self._engine(entry, deadline) for entry in entries)
        except BaseException:
            self.give_back(entries)
            raise
        return Lease(self, entries, engines)

    def loaded(self) -> tuple[LoadedModel, ...]:
        """The loaded models, by id."""
        with self._changed:
            loaded = [entry for entry in self._entries.values() if entry.engine]
            return tuple(
                LoadedModel(
                    id=entry.model.id,
                    digest=entry.model.digest,
                    size_bytes=entry.model.size_bytes,
                    engine=entry.engine.name if entry.engine else "",
                    uses=entry.uses,
                )
                for entry in sorted(loaded, key=lambda entry: entry.model.id)
            )

    def waiting(self) -> int:
        """How many leases wait, for room or for a model that is being loaded."""
        with self._changed:
            return self._waiting

    def retain(self, models: Sequence[InstalledModel]) -> None:
        """Close what is not among ``models`` any more, in use or not: as soon as it is free."""
        digests = {model.digest for model in models}
        with self._changed:
            for digest, entry in self._entries.items():
                entry.doomed = digest not in digests
            closing = self._take_out([entry for entry in self._entries.values() if entry.doomed])
        _close(closing)

    def close(self) -> None:
        """Close every engine that is free now, and each other one when it is given back."""
        with self._changed:
            self._closed = True
            for entry in self._entries.values():
                entry.doomed = True
            closing = self._take_out(list(self._entries.values()))
        _close(closing)

    def give_back(self, entries: Sequence[_Entry]) -> None:
        """For leases: ``entries`` are used once less."""
        with self._changed:
            for entry in entries:
                entry.uses -= 1
            self._touch(entries)
            closing = self._take_out([entry for entry in entries if entry.doomed])
        _close(closing)

    def _reserve(
        self, models: Sequence[InstalledModel], deadline: float | None
    ) -> tuple[list[_Entry], list[_Entry]]:
        """Count one use of each model; also answer those that the caller must load."""
        turn = object()
        with self._changed:
            self._line.append(turn)
            try:
                self._await(lambda: self._line[0] is turn and self._room_for(models), deadline)
                closing = self._make_room(models)
                entries = [self._enter(model) for model in models]
                mine = [entry for entry in dict.fromkeys(entries) if entry.used_at == 0]
                self._touch(entries)
            finally:
                self._line.remove(turn)
                self._changed.notify_all()
        _close(closing)
        return entries, mine

    def _await(self, condition: Callable[[], bool], deadline: float | None) -> None:
        """Wait under the lock. Raises DeadlineExceeded, ShuttingDown."""
        while not self._closed and not condition():
            left_s = None if deadline is None else deadline - self._clock()
            if left_s is not None and left_s <= 0:
                raise DeadlineExceeded("The time ran out before a model could be loaded.")
            self._waiting += 1
            try:
                self._changed.wait(left_s)
            finally:
                self._waiting -= 1
        if self._closed:
            raise ShuttingDown("The program is shutting down.")

    def _room_for(self, models: Sequence[InstalledModel]) -> bool:
        """True if ``models`` fit beside what is in use, or if nothing is."""
        wanted = {model.digest: model.size_bytes for model in models}
        others = [
            entry.model.size_bytes
            for digest, entry in self._entries.items()
            if entry.uses and digest not in wanted
        ]
        return not others or sum(others) + sum(wanted.values()) <= self._budget_bytes

    def _make_room(self, models: Sequence[InstalledModel]) -> list[Engine]:
        wanted = {model.digest: model.size_bytes for model in models}
        held = {digest: entry.model.size_bytes for digest, entry in self._entries.items()}
        excess = sum((held | wanted).values()) - self._budget_bytes
        free = [
            entry
            for digest, entry in self._entries.items()
            if not entry.uses and digest not in wanted
        ]
        leaving = []
        for entry in sorted(free, key=lambda entry: entry.used_at):
            if excess <= 0:
                break
            excess -= entry.model.size_bytes
            leaving.append(entry)
        if excess > 0:
            _log.warning(
                "models need %d bytes more than the memory budget of %d bytes",
                excess,
                self._budget_bytes,
            )
        return self._take_out(leaving)

    def _touch(self, entries: Sequence[_Entry]) -> None:
        for entry in entries:
            self._uses += 1
            entry.used_at = self._uses

    def _enter(self, model: InstalledModel) -> _Entry:
        entry = self._entries.get(model.digest)
        if entry is None:
            entry = self._entries[model.digest] = _Entry(model)
        entry.uses += 1
        return entry

    def _load_all(self, entries: Sequence[_Entry]) -> None:
        """Open the engines of entries that nobody else opens; failures are kept for all waiters."""
        interrupted = ModelCorrupt("Loading the model was interrupted.", hint="Try again.")
        outcomes: dict[_Entry, Engine | DragomanError] = dict.fromkeys(entries, interrupted)
        try:
            for entry in entries:
                outcomes[entry] = self._open(entry.model)
        finally:
            with self._changed:
                for entry, outcome in outcomes.items():
                    if isinstance(outcome, DragomanError):
                        entry.error = outcome
                        del self._entries[entry.model.digest]
                    else:
                        entry.engine = outcome
                self._changed.notify_all()

    def _open(self, model: InstalledModel) -> Engine | DragomanError:
        try:
            return self._open_engine(model)
        except DragomanError as refusal:
            return refusal
        except Exception as failure:  # whatever a library raises on a broken file
            _log.exception("loading the model %s failed", model.id)
            return ModelCorrupt(
                f"The model {model.id} could not be loaded: {type(failure).__name__}.",
                hint=f"Run `dragoman models verify {model.id}`.",
            )

    def _engine(self, entry: _Entry, deadline: float | None) -> Engine:
        with self._changed:
            self._await(lambda: bool(entry.engine or entry.error), deadline)
            if entry.error:
                raise entry.error
            assert entry.engine  # noqa: S101 - the wait above ends with one of the two
            return entry.engine

    def _take_out(self, entries: Sequence[_Entry]) -> list[Engine]:
        """Remove the free ones among ``entries``; their engines are to be closed unlocked."""
        closing = []
        for entry in entries:
            if entry.uses or not entry.engine:
                continue
            if self._entries.get(entry.model.digest) is entry:
                del self._entries[entry.model.digest]
            closing.append(entry.engine)
            entry.engine = None
        self._changed.notify_all()
        return closing


def _close(engines: Sequence[Engine]) -> None:
    for engine in engines:
        engine.close()
