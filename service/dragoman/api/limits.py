"""What is refused before anything looks at it: large bodies, and new work at the end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dragoman.api.waiting import ClientGone
from dragoman.errors import DeadlineExceeded, InputTooLarge, ShuttingDown

ALWAYS_ANSWERED = frozenset({"/healthz", "/readyz", "/metrics"})


class BodyLimit:
    """ASGI middleware: reads the body, at most ``max_bytes`` of it, within ``timeout_s``.

    The limit holds while reading, so a missing or false Content-Length does not get around it.
    Raises InputTooLarge, DeadlineExceeded (the body came too slowly) or ClientGone.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, timeout_s: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not has_body(scope):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._timeout_s):
                body = await self._read(scope, receive)
        except TimeoutError:
            raise DeadlineExceeded(
                f"The request did not arrive within {self._timeout_s:g} seconds.",
                hint="Send it faster, or in parts.",
            ) from None
        await self._app(scope, _replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > self._max_bytes:
            raise self._too_large()
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            chunk: bytes = message.get("body", b"")
            size += len(chunk)
            if size > self._max_bytes:
                raise self._too_large()
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)

    def _too_large(self) -> InputTooLarge:
        return InputTooLarge(
            f"The request has more than {self._max_bytes:,} bytes, the limit max_body_bytes.",
            hint="Send it in parts, or ask the operator to raise max_body_bytes.",
        )


def has_body(scope: Scope) -> bool:
    """Whether ``receive`` gives a body first, if only an empty one."""
    headers = Headers(scope=scope)
    announced = "content-length" in headers or "transfer-encoding" in headers
    return announced or scope["method"] in {"POST", "PUT", "PATCH"}


def _replay(body: bytes, receive: Receive) -> Receive:
    """The whole body as one message; after it, what the server says (a hang-up)."""
    replayed = False

    async def replay() -> Message:
        nonlocal replayed
        if replayed:
            return await receive()
        replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


@dataclass
class Drain:
    """Whether the server is going down, and how many requests it still works on."""

    started: bool = False
    in_flight: int = 0

    def start(self) -> None:
        """From now on new requests are refused. Idempotent."""
        self.started = True


class Draining:
    """ASGI middleware: counts the requests in flight; raises ShuttingDown for new ones."""

    def __init__(self, app: ASGIApp, drain: Drain, retry_after_s: int = 5) -> None:
        self._app = app
        self._drain = drain
        self._retry_after_s = retry_after_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED:
            await self._app(scope, receive, send)
            return
        if self._drain.started:
            raise ShuttingDown(
                "This server is shutting down and takes no new work.",
                hint="Send it again in a moment.",
                retry_after_s=self._retry_after_s,
            )
        self._drain.in_flight += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._drain.in_flight -= 1
