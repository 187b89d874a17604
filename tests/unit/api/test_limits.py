"""What is refused before anything looks at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from dragoman.api.last_resort import LastResort
from dragoman.api.limits import BodyLimit, Drain, Draining
from dragoman.api.request_id import RequestIds
from dragoman.api.waiting import ClientGone
from dragoman.errors import DeadlineExceeded
from support.asgi import Caller, answer_ok, client_of, http_scope

pytestmark = pytest.mark.anyio


def limited(app: ASGIApp = answer_ok, max_bytes: int = 10, timeout_s: float = 60) -> ASGIApp:
    return RequestIds(LastResort(BodyLimit(app, max_bytes, timeout_s)))


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_body_at_the_limit_passes() -> None:
    """The limit is inclusive, and the body arrives whole however it was cut."""
    async with client_of(limited()) as client:
        whole = await client.post("/", content=b"0123456789")
        cut = await client.post("/", content=chunks(b"01234", b"", b"56789"))
    assert (whole.content, cut.content) == (b"0123456789", b"0123456789")


async def test_a_larger_one_is_refused_by_its_declared_length() -> None:
    """One byte too many is 413, in words that name the limit."""
    async with client_of(limited()) as client:
        answer = await client.post("/", content=b"01234567890")
    assert answer.status_code == 413
    assert answer.json()["code"] == "input-too-large"
    assert "max_body_bytes" in answer.json()["detail"]


async def test_a_larger_one_is_refused_without_a_declared_length() -> None:
    """The limit holds while reading."""
    async with client_of(limited()) as client:
        answer = await client.post("/", content=chunks(b"012345", b"678901"))
    assert answer.status_code == 413


async def test_a_false_length_does_not_get_around_the_limit() -> None:
    """A client that announces less than it sends is stopped at the limit too."""
    caller = Caller(b"0123456789", b"0123456789")
    await limited()(http_scope(headers=[("content-length", "5")]), caller.receive, caller.send)
    assert caller.status == 413


async def test_the_rest_of_a_refused_body_is_read_so_that_the_answer_is_seen() -> None:
    """A client that still sends when it is cut off would see a broken pipe, not the 413."""
    caller = Caller(b"0123456789", b"0123456789", b"01234", b"56789")
    await limited()(http_scope(), caller.receive, caller.send)
    assert (caller.status, caller.read) == (413, 4)


async def test_a_client_that_waits_for_continue_is_answered_at_once() -> None:
    """It has sent nothing yet, so there is nothing to wait for."""
    caller = Caller()
    headers = [("content-length", "5000"), ("expect", "100-continue")]
    await limited()(http_scope(headers=headers), caller.receive, caller.send)
    assert (caller.status, caller.read) == (413, 0)


async def test_a_body_that_does_not_come_runs_out_of_time() -> None:
    """A client that opens a request and never ends it does not hold a place for ever."""
    caller = Caller()
    app = BodyLimit(answer_ok, 10, timeout_s=0.01)
    with pytest.raises(DeadlineExceeded):
        await app(http_scope(), caller.receive, caller.send)


async def test_a_client_that_hangs_up_while_it_sends_is_not_answered() -> None:
    """Half a body is not given to anybody."""
    reached: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope)

    half = Caller(b"01234", more=True)
    half.hang_up()
    with pytest.raises(ClientGone):
        await BodyLimit(app, 10, 60)(http_scope(), half.receive, half.send)
    assert reached == []


async def test_after_the_body_the_hang_up_is_heard() -> None:
    """Whoever waits for a hang-up behind the limit hears it."""
    heard = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["body"] == b"body"
        assert (await receive())["type"] == "http.disconnect"
        heard.set()

    caller = Caller(b"body")
    caller.hang_up()
    await BodyLimit(app, 10, 60)(http_scope(), caller.receive, caller.send)
    assert heard.is_set()


async def test_a_draining_server_refuses_new_work() -> None:
    """503 with Retry-After, so that a client or a balancer goes elsewhere."""
    drain = Drain()
    async with client_of(RequestIds(LastResort(Draining(answer_ok, drain)))) as client:
        before = await client.post("/v1/texts/translate", content=b"{}")
        drain.start()
        after = await client.post("/v1/texts/translate", content=b"{}")
        health = await client.get("/healthz")
    assert (before.status_code, after.status_code, health.status_code) == (200, 503, 200)
    assert after.json()["code"] == "shutting-down"
    assert int(after.headers["Retry-After"]) >= 1


async def test_requests_in_flight_are_counted_until_their_answer_is_out() -> None:
    """The drain knows how many it waits for, also when one fails; probes do not count."""
    drain = Drain()
    counts: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        counts.append(drain.in_flight)
        if scope["path"] == "/fails":
            raise RuntimeError
        await answer_ok(scope, receive, send)

    async with client_of(RequestIds(LastResort(Draining(app, drain)))) as client:
        for path in ("/v1/models", "/fails", "/healthz"):
            await client.get(path)
    assert counts == [1, 1, 0]
    assert drain.in_flight == 0
