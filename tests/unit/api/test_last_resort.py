"""Every error is answered, and none tells too much."""

from __future__ import annotations

import json

import pytest
import structlog
from starlette.types import Receive, Scope, Send

from dragoman.api.last_resort import LastResort, log_unexpected
from dragoman.api.request_id import RequestIds
from dragoman.api.waiting import ClientGone
from dragoman.errors import QueueFull
from support.asgi import Caller, client_of, http_scope

pytestmark = pytest.mark.anyio
SECRET = "the text of an unpublished article"


async def explode(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(SECRET) from error


async def test_an_unexpected_error_is_our_fault_and_says_no_more() -> None:
    """500 with the request's id; the error's message, which may be the client's text, is out."""
    async with client_of(RequestIds(LastResort(explode))) as client:
        answer = await client.post("/", content=b"x", headers={"X-Request-ID": "desk-7"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["request_id"]) == ("internal-error", "desk-7")
    assert SECRET not in answer.text


def test_the_log_gets_the_places_and_kinds_but_no_text() -> None:
    """An operator can find the bug, and the log holds nothing of the article."""
    with structlog.testing.capture_logs() as lines:
        try:
            try:
                raise KeyError(SECRET)
            except KeyError as error:
                raise ValueError(SECRET) from error
        except ValueError as error:
            log_unexpected(error)
    assert lines[0]["kinds"] == ["ValueError", "KeyError"]
    assert "test_last_resort.py" in lines[0]["trace"][0]
    assert SECRET not in str(lines)


async def test_an_error_of_ours_is_its_problem() -> None:
    """What a layer raises is answered by the same table as what an endpoint raises."""

    async def full(scope: Scope, receive: Receive, send: Send) -> None:
        raise QueueFull("Too much is waiting.", retry_after_s=7)

    async with client_of(RequestIds(LastResort(full))) as client:
        answer = await client.post("/", content=b"x")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


async def test_nobody_is_answered_who_has_gone() -> None:
    """After a hang-up nothing is sent."""

    async def gone(scope: Scope, receive: Receive, send: Send) -> None:
        raise ClientGone

    caller = Caller(b"x")
    await RequestIds(LastResort(gone))(http_scope(), caller.receive, caller.send)
    assert caller.answered == []


async def test_no_second_answer_is_begun() -> None:
    """When half an answer is out, a problem cannot be added to it."""

    async def half(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(SECRET)

    caller = Caller(b"x")
    await RequestIds(LastResort(half))(http_scope(), caller.receive, caller.send)
    assert [message["type"] for message in caller.answered] == ["http.response.start"]


async def test_problems_are_ascii_json() -> None:
    """A problem can be written whatever a client named its fields."""

    async def lone(scope: Scope, receive: Receive, send: Send) -> None:
        raise QueueFull("half a pair: \ud83d")

    caller = Caller(b"x")
    await RequestIds(LastResort(lone))(http_scope(), caller.receive, caller.send)
    assert json.loads(caller.body.decode("ascii"))["detail"] == "half a pair: \ud83d"
