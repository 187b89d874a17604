"""Every request has a name."""

from __future__ import annotations

import pytest
import structlog
from starlette.types import Receive, Scope, Send

from dragoman.api.request_id import RequestIds
from support.asgi import answer_ok, client_of

pytestmark = pytest.mark.anyio


async def test_a_sane_id_of_the_caller_is_kept() -> None:
    """The caller finds his own id in the answer."""
    async with client_of(RequestIds(answer_ok)) as client:
        answer = await client.get("/", headers={"X-Request-ID": "desk-7:Story_42.b"})
    assert answer.headers["X-Request-ID"] == "desk-7:Story_42.b"


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "a\tb", "ümlaut", "<script>", 'a"b'])
async def test_any_other_is_replaced(given: str) -> None:
    """What could break a log line, a header or a page is not carried on."""
    async with client_of(RequestIds(answer_ok, make=lambda: "made")) as client:
        answer = await client.get("/", headers={"X-Request-ID": given.encode("latin-1")})
    assert answer.headers["X-Request-ID"] == "made"


async def test_ids_are_made_anew_for_every_request() -> None:
    """Two requests without an id do not share one."""
    async with client_of(RequestIds(answer_ok)) as client:
        ids = {(await client.get("/")).headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3


async def test_log_lines_of_the_request_carry_it() -> None:
    """Whatever is logged on the way has the id, and nothing after it has."""
    seen: list[dict[str, object]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(structlog.contextvars.get_contextvars())
        await answer_ok(scope, receive, send)

    async with client_of(RequestIds(app)) as client:
        await client.get("/", headers={"X-Request-ID": "desk-7"})
    assert seen == [{"request_id": "desk-7"}]
    assert "request_id" not in structlog.contextvars.get_contextvars()
