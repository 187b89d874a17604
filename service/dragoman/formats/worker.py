"""Parse articles under a deadline that really ends.

Finding an article in a page runs code of others over input of strangers: it can take for ever, or
crash. So it happens in processes of its own, which are killed at the deadline and started anew.
They are started when first needed, as fresh interpreters (never forked), and reused.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from dragoman.article import Article
from dragoman.errors import (
    DragomanError,
    ExtractionTimeout,
    ShuttingDown,
    UnreadableInput,
    WorkerDied,
)
from dragoman.formats.base import ParseLimits
from dragoman.formats.extractor import Request
from dragoman.formats.messages import HungUp, receive, send
from dragoman.formats.registry import get_format

_ISOLATED = frozenset({"page"})
_SMALL_BYTES = 256_000
"""Formats of our own code parse this much in a blink; more of it is isolated too."""
_PAGES_EACH = 500
"""Then a process is replaced, so that what its libraries cache does not grow for ever."""


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """``processes`` parse at once; further callers wait. Memory is per process.

    ``formats`` is ``module:function``, which makes a format from its name in the process;
    ``preload`` names modules that it imports before its first page.
    """

    processes: int = 2
    max_memory_mb: int = 2048
    start_timeout_s: float = 60.0
    formats: str = "dragoman.formats.registry:get_format"
    preload: tuple[str, ...] = ("dragoman.formats.html", "trafilatura")


class ExtractionWorker:
    """A small pool of extraction processes. All methods may be called from any thread."""

    def __init__(self, timeout_s: float, options: WorkerOptions | None = None) -> None:
        self._timeout_s = timeout_s
        self._options = options or WorkerOptions()
        self._free = threading.BoundedSemaphore(self._options.processes)
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._busy: set[_Process] = set()
        self._closed = False

    def parse(self, format_name: str, data: bytes, limits: ParseLimits) -> Article:
        """Parse as the format does, and raise what it raises.

        Raises ExtractionTimeout when it takes longer than ``timeout_s``, UnreadableInput when the
        process breaks over it, WorkerDied when no process can be started, and ShuttingDown after
        ``close``. Waiting for a free process does not count.
        """
        if format_name not in _ISOLATED and len(data) <= _SMALL_BYTES:
            return get_format(format_name).parse(data, limits)
        with self._free:
            return self._parse((format_name, data, limits))

    def close(self) -> None:
        """End all processes, also those at work, whose callers get ShuttingDown."""
        with self._lock:
            self._closed = True
            processes = [*self._idle, *self._busy]
            self._idle.clear()
        for process in processes:
            process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _parse(self, request: Request) -> Article:
        process, used = self._take()
        try:
            return self._ask(process, request)
        except HungUp:
            if not used:
                raise _broken(request) from None
        # It may have died while it waited for work, so the request gets a fresh one.
        try:
            return self._ask(self._start(), request)
        except HungUp:
            raise _broken(request) from None

    def _take(self) -> tuple[_Process, bool]:
        """A process to work with, and whether it has worked before."""
        with self._lock:
            if self._idle:
                process = self._idle.pop()
                self._busy.add(process)
                return process, True
        return self._start(), False

    def _start(self) -> _Process:
        process = _Process.start(self._options)
        with self._lock:
            self._busy.add(process)
            closed = self._closed
        try:
            if not closed:
                receive(process.connection, self._options.start_timeout_s)
                return process
        except (HungUp, TimeoutError):
            closed = self._closed
        self._drop(process)
        if closed:
            raise _shutting_down()
        raise WorkerDied(
            "The process that reads pages did not start.",
            hint="Check memory and the log, then send it again.",
        )

    def _ask(self, process: _Process, request: Request) -> Article:
        """Raises HungUp when the process died."""
        deadline = time.monotonic() + self._timeout_s
        try:
            send(process.connection, request, self._timeout_s)
            reply = receive(process.connection, deadline - time.monotonic())
        except TimeoutError:
            self._drop(process)
            raise ExtractionTimeout(
                f"Reading this {request[0]} took longer than {self._timeout_s:g} s.",
                hint="Send the article's own HTML as a fragment, or raise extraction_timeout_s.",
            ) from None
        except BaseException:
            self._drop(process)
            if self._closed:
                raise _shutting_down() from None
            raise
        self._give_back(process)
        if isinstance(reply, DragomanError):
            raise reply
        article: Article = reply
        return article

    def _give_back(self, process: _Process) -> None:
        process.pages += 1
        with self._lock:
            if not self._closed and process.pages < _PAGES_EACH:
                self._busy.discard(process)
                self._idle.append(process)
                return
        self._drop(process)

    def _drop(self, process: _Process) -> None:
        with self._lock:
            self._busy.discard(process)
        process.kill()


@dataclass(slots=True, eq=False)
class _Process:
    """A running extraction process and our end of the line to it."""

    popen: subprocess.Popen[bytes]
    connection: socket.socket
    pages: int = 0

    @classmethod
    def start(cls, options: WorkerOptions) -> _Process:
        """A fresh interpreter that finds modules where this one does; no fork, no shell."""
        ours, theirs = socket.socketpair()
        arguments = (theirs.fileno(), options.formats, options.preload, options.max_memory_mb)
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; "
            f"from dragoman.formats.extractor import main; main(*{arguments!r})"
        )
        with theirs:
            popen = subprocess.Popen(  # noqa: S603  # our own interpreter and our own words
                [sys.executable, "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C is for us; it ends when the line closes
            )
        return cls(popen, ours)

    def kill(self) -> None:
        """End it now, whatever it does, and wait until it is gone."""
        self.popen.kill()
        self.popen.wait()
        self.connection.close()


def _broken(request: Request) -> UnreadableInput:
    return UnreadableInput(
        f"This {request[0]} broke the process that read it.",
        hint="Send the article's own HTML as a fragment, or its text.",
    )


def _shutting_down() -> ShuttingDown:
    return ShuttingDown("The service is shutting down.", hint="Send it again in a while.")
