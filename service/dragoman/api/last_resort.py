"""Whatever is raised becomes a problem: the last layer between an error and the client."""

from __future__ import annotations

import asyncio
import traceback

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dragoman.api.limits import has_body
from dragoman.api.problems import Problem, note, problem_of
from dragoman.api.waiting import ClientGone
from dragoman.errors import DragomanError
from dragoman.observability import get_logger

_DISCARD_BYTES = 20_000_000
_DISCARD_TIMEOUT_S = 5.0


class LastResort:
    """ASGI middleware that answers every error which nobody answered.

    Errors of ours become their problem. Anything else is our fault: 500, and the log gets where
    it happened, but never the error's message, which may hold the client's text.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except ClientGone:
            scope["state"]["problem"] = "client-gone"
        except Exception as error:
            problem = problem_of(error)
            if not isinstance(error, DragomanError):
                log_unexpected(error)
            await exchange.answer(problem)


class _Exchange:
    """One request and its answer: how far both have come."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._unread = has_body(scope)
        self._waits_for_continue = "expect" in Headers(scope=scope)
        self._started = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._waits_for_continue = False
        self._unread = bool(message.get("more_body", False))
        return message

    async def send(self, message: Message) -> None:
        self._started = True
        await self._send(message)

    async def answer(self, problem: Problem) -> None:
        if self._started:
            note(self._scope, problem)
            return  # half an answer is out: the server closes the connection
        await self._read_on()
        await problem.response(self._scope)(self._scope, self.receive, self.send)

    async def _read_on(self) -> None:
        """Read what still comes, for a while: a client that is cut off never sees the answer."""
        left = 0 if self._waits_for_continue else _DISCARD_BYTES
        try:
            async with asyncio.timeout(_DISCARD_TIMEOUT_S):
                while self._unread and left > 0:
                    left -= len((await self.receive()).get("body", b""))
        except TimeoutError:
            return


def log_unexpected(error: BaseException) -> None:
    """Log the kinds of the error and its causes, and the places it went through."""
    kinds = []
    cause: BaseException | None = error
    while cause is not None:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)
    get_logger(__name__).error(
        "unexpected_error",
        kinds=kinds,
        trace=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    )
