"""Server-sent events (WHATWG HTML, 9.2): an article as it is translated."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from itertools import count

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dragoman.api.last_resort import log_unexpected
from dragoman.api.problems import note, problem_of, request_id
from dragoman.api.waiting import ClientGone, abandon, hung_up, out_of_time, result_of
from dragoman.errors import DragomanError
from dragoman.pipeline.values import Event

MEDIA_TYPE = "text/event-stream"
KEEP_ALIVE = b": keep-alive\n\n"

Encode = Callable[[Event], tuple[str, str]]
"""An event's name and its data as JSON without line breaks."""


def wants_stream(accept: str) -> bool:
    """Whether the header ``Accept`` names server-sent events."""
    return any(part.split(";")[0].strip().lower() == MEDIA_TYPE for part in accept.split(","))


class EventStream(Response):
    """Sends events until the last one, the deadline, an error or a hang-up.

    ``first`` was awaited by the endpoint, so that what goes wrong before it has a status.
    ``remaining_s`` is the time left until the deadline; a client that does not read is cut off
    ``last_words_s`` after it.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self,
        first: Event,
        events: AsyncGenerator[Event],
        encode: Encode,
        *,
        remaining_s: float,
        timeout_s: float,
        keep_alive_s: float,
        last_words_s: float = 5.0,
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]  # it is not known before the end
        self._first = first
        self._events = events
        self._encode = encode
        self._remaining_s = remaining_s
        self._timeout_s = timeout_s
        self._keep_alive_s = keep_alive_s
        self._last_words_s = last_words_s
        self._ids = count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        writing = asyncio.ensure_future(self._write(scope, send))
        gone = asyncio.ensure_future(hung_up(receive))
        try:
            done, _ = await asyncio.wait(
                {writing, gone},
                timeout=self._remaining_s + self._last_words_s,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if writing not in done:
                raise ClientGone
            writing.result()
        finally:
            await abandon(writing, gone)

    async def _write(self, scope: Scope, send: Send) -> None:
        headers = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(headers)
        try:
            async with asyncio.timeout(self._remaining_s), aclosing(self._events):
                event: Event | None = self._first
                while event is not None:
                    await self._send(send, *self._encode(event))
                    event = await self._next(send)
        except TimeoutError:
            await self._fail(out_of_time(self._timeout_s), scope, send)
        except Exception as error:
            await self._fail(error, scope, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self, send: Send) -> Event | None:
        """The next event; comments while it takes long, so that no proxy closes the stream."""
        step = asyncio.ensure_future(anext(self._events, None))
        try:
            while not step.done():
                await asyncio.wait({step}, timeout=self._keep_alive_s)
                if not step.done():
                    await _send_bytes(send, KEEP_ALIVE)
            return result_of(step)
        finally:
            await abandon(step)

    async def _fail(self, error: Exception, scope: Scope, send: Send) -> None:
        if not isinstance(error, DragomanError):
            log_unexpected(error)
        problem = problem_of(error)
        note(scope, problem)
        await self._send(send, "error", json.dumps(problem.members(request_id(scope))))

    async def _send(self, send: Send, name: str, data: str) -> None:
        await _send_bytes(send, f"id: {next(self._ids)}\nevent: {name}\ndata: {data}\n\n".encode())


async def _send_bytes(send: Send, content: bytes) -> None:
    await send({"type": "http.response.body", "body": content, "more_body": True})
