"""Reading documents in another process, which is killed when it takes too long.

A thread cannot be stopped, so a page that keeps an extractor busy for minutes would keep a thread
of the server busy with it. Pages, and anything large, are therefore read in a process of its
own; it also keeps the extraction libraries (and what hostile input does to them) out of the
server's memory. Processes start when first needed and are used again. They are started anew with
an interpreter of their own, never forked: forking a process with threads is not safe.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from dragoman.article import Article
from dragoman.errors import (
    DragomanError,
    ExtractionTimeout,
    ShuttingDown,
    UnreadableInput,
)
from dragoman.formats.base import Format, ParseLimits
from dragoman.formats.registry import get_format

_log = logging.getLogger(__name__)

ALONE_ABOVE_BYTES = 100_000
"""Documents up to this size that are no pages are read at once in the calling thread."""


class ExtractionWorker:
    """Parses documents under a deadline. Thread-safe; close it to end its processes.

    ``processes`` is how many documents are read at the same time; more wait for their turn, and
    the time they wait counts. ``command`` starts a process that serves a connection on the file
    descriptor that is its last argument.
    """

    def __init__(
        self,
        timeout_s: float,
        processes: int = 2,
        command: tuple[str, ...] = (sys.executable, "-m", "dragoman.formats.worker"),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timeout_s = timeout_s
        self._command = command
        self._clock = clock
        self._places = threading.BoundedSemaphore(processes)
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._busy: set[_Process] = set()
        self._closed = False

    def parse(self, format_name: str, data: bytes, limits: ParseLimits) -> Article:
        """Read ``data`` as ``format_name``.

        Raises what the format raises, ExtractionTimeout when it is not done within the time,
        UnreadableInput when reading it ended the process, and ShuttingDown after ``close``.
        """
        if format_name != "page" and len(data) <= ALONE_ABOVE_BYTES:
            return get_format(format_name).parse(data, limits)
        deadline = self._clock() + self._timeout_s
        if not self._places.acquire(timeout=self._timeout_s):
            raise self._too_late()
        try:
            return self._parse_elsewhere((format_name, data, limits), deadline)
        finally:
            self._places.release()

    def close(self) -> None:
        """End all processes, also those that are reading. Idempotent."""
        with self._lock:
            self._closed = True
            ending = [*self._idle, *self._busy]
            self._idle.clear()
        for process in ending:
            process.kill()

    def _parse_elsewhere(self, request: tuple[str, bytes, ParseLimits], deadline: float) -> Article:
        process = self._take()
        reusable = False
        try:
            answer = process.ask(request, deadline - self._clock())
            reusable = True
        except TimeoutError:
            raise self._too_late() from None
        except (EOFError, OSError):
            if self._closed:
                raise ShuttingDown("Dragoman is shutting down.") from None
            _log.warning("a reading process ended while it read a document")
            raise UnreadableInput(
                "Reading this document ended the process that read it.",
                hint="Send it as a fragment or as text.",
            ) from None
        finally:
            self._give_back(process, reusable=reusable)
        if isinstance(answer, Article):
            return answer
        raise answer

    def _take(self) -> _Process:
        with self._lock:
            if self._closed:
                raise ShuttingDown("Dragoman is shutting down.")
            process = self._idle.pop() if self._idle else _Process(self._command)
            self._busy.add(process)
            return process

    def _give_back(self, process: _Process, *, reusable: bool) -> None:
        with self._lock:
            self._busy.discard(process)
            keep = reusable and not self._closed
            if keep:
                self._idle.append(process)
        if not keep:
            process.kill()

    def _too_late(self) -> ExtractionTimeout:
        return ExtractionTimeout(
            f"This document could not be read within {self._timeout_s:g} seconds.",
            hint="Send only the article, as a fragment or as text.",
        )


class _Process:
    """One reading process and the pipe to it."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._pipe, theirs = Pipe()
        package_root = str(Path(__file__).parents[2])
        paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH")])]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module and a number
                [*command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
        finally:
            theirs.close()

    def ask(self, request: tuple[str, bytes, ParseLimits], within_s: float) -> object:
        """Raises TimeoutError, and EOFError or OSError when the process has ended."""
        # Sending can block too: a process that hangs does not empty the pipe.
        alarm = threading.Timer(max(0.0, within_s), self._process.kill)
        alarm.daemon = True
        started = time.monotonic()
        alarm.start()
        try:
            self._pipe.send(request)
            return self._pipe.recv()
        except (EOFError, OSError):
            if time.monotonic() - started >= within_s:
                raise TimeoutError from None
            raise
        finally:
            alarm.cancel()

    def kill(self) -> None:
        """End the process and wait until it is gone. Idempotent."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()


def serve(connection: Connection, format_of: Callable[[str], Format] = get_format) -> None:
    """Answer each (format name, data, limits) with an Article or a DragomanError, until EOF."""
    while True:
        try:
            name, data, limits = connection.recv()
        except EOFError:
            return
        answer: Article | DragomanError
        try:
            answer = format_of(name).parse(data, limits)
        except DragomanError as error:
            answer = error
        except Exception as error:  # an extractor's bug must not be taken for the end of time
            _log.exception("a document could not be read")
            answer = UnreadableInput(
                f"This document could not be read ({type(error).__name__}).",
                hint="Send it as a fragment or as text.",
            )
        connection.send(answer)


def main() -> None:
    """Serve the connection whose file descriptor is the last argument."""
    # Ctrl-C reaches the whole process group; whoever started us decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError, ConnectionResetError):
        serve(Connection(int(sys.argv[-1])))


if __name__ == "__main__":
    main()
