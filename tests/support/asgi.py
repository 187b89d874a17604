"""Call ASGI applications in this process, as a client would over a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BASE_URL = "http://dragoman.test"


@asynccontextmanager
async def client_of(app: ASGIApp, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client whose requests go straight into ``app``; errors of the app come out."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url=BASE_URL, headers=headers, timeout=60
    ) as client:
        yield client


def http_scope(
    path: str = "/v1/texts/translate",
    method: str = "POST",
    headers: Iterable[tuple[str, str]] = (("content-type", "application/json"),),
) -> Scope:
    """A request as a server describes it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("192.0.2.1", 4711),
        "server": ("dragoman.test", 80),
        "state": {"request_id": "id-of-test"},
    }


class Caller:
    """The client's end of one exchange, message by message: it can hang up at any time.

    ``more`` leaves the body unfinished after the last chunk.
    """

    def __init__(self, *chunks: bytes, more: bool = False) -> None:
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        for number, chunk in enumerate(chunks, 1):
            unfinished = more or number < len(chunks)
            self._incoming.put_nowait(
                {"type": "http.request", "body": chunk, "more_body": unfinished}
            )
        self.answered: list[Message] = []
        self.read = 0
        self._news = asyncio.Event()

    def hang_up(self) -> None:
        self._incoming.put_nowait({"type": "http.disconnect"})

    async def receive(self) -> Message:
        message = await self._incoming.get()
        self.read += 1
        return message

    async def send(self, message: Message) -> None:
        self.answered.append(message)
        self._news.set()

    async def body_contains(self, wanted: bytes) -> None:
        """Wait until the answer so far has ``wanted`` in it."""
        while wanted not in self.body:
            self._news.clear()
            await self._news.wait()

    @property
    def status(self) -> int | None:
        return next((m["status"] for m in self.answered if m["type"].endswith("start")), None)

    @property
    def body(self) -> bytes:
        return b"".join(m.get("body", b"") for m in self.answered)

    @property
    def complete(self) -> bool:
        return bool(self.answered) and self.answered[-1].get("more_body") is False


async def answer_ok(scope: Scope, receive: Receive, send: Send) -> None:
    """The least application: reads the body and sends it back."""
    body = b""
    while True:
        message: Any = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
