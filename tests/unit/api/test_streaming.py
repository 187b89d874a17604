"""POST /v1/articles/translate with Accept: text/event-stream."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from dragoman.api.app import create_app
from dragoman.api.options import ApiOptions
from dragoman.api.streaming import EventStream, wants_stream
from dragoman.api.waiting import ClientGone
from dragoman.inference.engines.fake import FakeEngine, Mischief, on_text
from dragoman.pipeline.values import AllTranslated, Event
from support.asgi import Caller, client_of, http_scope
from support.services import services_on

pytestmark = pytest.mark.anyio
PATH = "/v1/articles/translate"
TEXT = "Monday, 3 March\n\nTrams run again\n\nThe bridge was closed. It is open now."
BODY = {"text": TEXT, "source": "en", "targets": ["fr"]}
HEADERS = [("content-type", "application/json"), ("accept", "text/event-stream")]


@dataclass(frozen=True)
class Sent:
    id: int
    event: str
    data: dict[str, Any]


def events_of(body: bytes) -> list[Sent]:
    """Parse server-sent events; comments are left out."""
    events = []
    for chunk in body.decode().split("\n\n"):
        lines = [line for line in chunk.split("\n") if line and not line.startswith(":")]
        if lines:
            values = dict(line.split(": ", 1) for line in lines)
            events.append(Sent(int(values["id"]), values["event"], json.loads(values["data"])))
    return events


async def stream(engine: FakeEngine, directory: Path, body: dict[str, Any]) -> list[Sent]:
    with services_on(engine, directory) as services:
        async with client_of(create_app(services), accept="text/event-stream") as client:
            answer = await client.post(PATH, json=body)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events_of(answer.content)


async def test_events_come_in_the_order_of_the_contract(tmp_path: Path) -> None:
    """article, blocks, summary, report, done; ids count from 0."""
    events = await stream(FakeEngine(), tmp_path, BODY)
    names = [event.event for event in events]
    blocks = len(events[0].data["blocks"])
    assert names == ["article", *["block"] * blocks, "summary", "report", "done"]
    assert [event.id for event in events] == list(range(len(events)))


async def test_the_headline_is_the_first_block(tmp_path: Path) -> None:
    """A reader sees the headline first, wherever the page has it; the rest keeps its order."""
    record = {
        "kicker": "Harbour",
        "body_html": "<p>The bridge is open.</p>",
        "headline": "Trams run again",
    }
    body = {"fields": record, "source": "en", "targets": ["fr"]}
    events = await stream(FakeEngine(), tmp_path, body)
    announced = [block["id"] for block in events[0].data["blocks"]]
    kinds = {block["id"]: block["kind"] for block in events[0].data["blocks"]}
    arrived = [event.data["block"]["id"] for event in events if event.event == "block"]
    headlines = [identifier for identifier in announced if kinds[identifier] == "headline"]
    assert kinds[announced[0]] != "headline"
    assert arrived == headlines + [one for one in announced if one not in headlines]
    assert headlines


async def test_the_stream_says_the_same_as_the_whole_answer(tmp_path: Path) -> None:
    """Putting the events together gives the object that one answer has for the target."""
    with services_on(FakeEngine(), tmp_path) as services:
        async with client_of(create_app(services)) as client:
            whole = (await client.post(PATH, json=BODY)).json()
            streamed = await client.post(PATH, json=BODY, headers={"accept": "text/event-stream"})
    events = events_of(streamed.content)
    by_name = {event.event: event.data for event in events}
    blocks = {
        event.data["block"]["id"]: event.data["block"] for event in events if event.event == "block"
    }
    (target,) = whole["translations"]
    assert [blocks[block["id"]] for block in by_name["article"]["blocks"]] == target["blocks"]
    assert by_name["summary"] == {"target": "fr", "summary": target["summary"]}
    assert by_name["report"] == {key: value for key, value in target.items() if key != "blocks"}
    assert by_name["article"]["source"] == whole["source"]
    assert by_name["done"]["timings_ms"]["total"] > 0


async def test_what_is_wrong_before_the_first_event_has_a_status(tmp_path: Path) -> None:
    """A stream that cannot begin is an ordinary problem."""
    with services_on(FakeEngine(), tmp_path) as services:
        async with client_of(create_app(services), accept="text/event-stream") as client:
            answer = await client.post(PATH, json={**BODY, "targets": ["sw"]})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_goes_wrong_later_is_the_last_event(tmp_path: Path) -> None:
    """The deadline passes after the first blocks: an error event in the shape of a problem."""
    engine = FakeEngine(temper=on_text({"closed": Mischief.STALL}), workers=2)
    with services_on(engine, tmp_path, max_batch_segments=1) as services:
        async with client_of(create_app(services), accept="text/event-stream") as client:
            answer = await client.post(PATH, json={**BODY, "timeout_s": 0.5})
    events = events_of(answer.content)
    assert answer.status_code == 200
    assert [event.event for event in events][-1] == "error"
    assert "done" not in {event.event for event in events}
    problem = events[-1].data
    assert (problem["status"], problem["code"]) == (504, "deadline-exceeded")
    assert problem["request_id"] == answer.headers["X-Request-ID"]


async def test_blocks_arrive_while_the_rest_is_being_translated(tmp_path: Path) -> None:
    """The headline is out while a later sentence still hangs in the engine."""
    engine = FakeEngine(temper=on_text({"closed": Mischief.STALL}), workers=2)
    with services_on(engine, tmp_path, max_batch_segments=1) as services:
        caller = Caller(json.dumps(BODY).encode())
        app = create_app(services)
        exchange = asyncio.ensure_future(
            app(http_scope(PATH, headers=HEADERS), caller.receive, caller.send)
        )
        await caller.body_contains(b"event: block")
        unfinished = not caller.complete and b"event: done" not in caller.body
        engine.release()
        await exchange
    assert unfinished
    assert events_of(caller.body)[-1].event == "done"


async def test_silence_is_filled_with_comments(tmp_path: Path) -> None:
    """While nothing is ready a comment keeps proxies from closing the stream."""
    engine = FakeEngine(temper=on_text({"closed": Mischief.STALL}), workers=2)
    with services_on(engine, tmp_path, max_batch_segments=1) as services:
        caller = Caller(json.dumps(BODY).encode())
        app = create_app(services, ApiOptions(keep_alive_s=0.01))
        exchange = asyncio.ensure_future(
            app(http_scope(PATH, headers=HEADERS), caller.receive, caller.send)
        )
        await caller.body_contains(b"\n\n: keep-alive\n\n")
        engine.release()
        await exchange
    assert events_of(caller.body)[-1].event == "done"


async def test_a_hang_up_drops_what_waits(tmp_path: Path) -> None:
    """After the reader has gone, what is queued for him is never decoded."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    sentences = " ".join(f"This is the sentence number {n} of a long story." for n in range(50))
    body = json.dumps({**BODY, "text": sentences}).encode()
    with services_on(engine, tmp_path, gate, max_batch_segments=1) as services:
        app = create_app(services)
        caller = Caller(body)
        exchange = asyncio.ensure_future(
            app(http_scope(PATH, headers=HEADERS), caller.receive, caller.send)
        )
        await caller.body_contains(b"event: article")
        await asyncio.to_thread(engine.entered.acquire, timeout=30)
        caller.hang_up()
        await exchange
        gate.set()
        async with client_of(app) as client:
            after = await client.post(PATH, json=BODY)
    decoded = [text for batch in engine.batches for text in batch]
    assert not caller.complete
    assert after.status_code == 200
    assert sum("sentence number" in text for text in decoded) == 1


def events_with(step: Callable[[], Awaitable[None]]) -> tuple[AsyncGenerator[Event, None], Event]:
    """A stream of one first event and whatever ``step`` does then."""

    async def events() -> AsyncGenerator[Event, None]:
        await step()
        yield AllTranslated({})

    return events(), AllTranslated({})


async def serve(step: Callable[[], Awaitable[None]], caller: Caller, **times: float) -> None:
    events, first = events_with(step)
    chosen = {"remaining_s": 60.0, "timeout_s": 60.0, "keep_alive_s": 60.0} | times
    response = EventStream(first, events, lambda _: ("done", "{}"), **chosen)
    await response(http_scope(PATH), caller.receive, caller.send)


async def test_an_unexpected_error_in_a_stream_tells_no_more_than_elsewhere() -> None:
    """The error event says internal-error; what was raised is not in it."""

    async def step() -> None:
        raise ValueError("the text of an unpublished article")

    caller = Caller()
    await serve(step, caller)
    last = events_of(caller.body)[-1]
    assert (last.event, last.data["status"], last.data["code"]) == ("error", 500, "internal-error")
    assert b"unpublished" not in caller.body
    assert caller.complete


async def test_a_client_that_does_not_read_is_cut_off() -> None:
    """After the deadline and some grace the exchange ends, though nothing can be sent."""

    class Stuck(Caller):
        async def send(self, message: Message) -> None:
            await asyncio.Event().wait()

    async def step() -> None:
        await asyncio.Event().wait()

    with pytest.raises(ClientGone):
        await serve(step, Stuck(), remaining_s=0.01, last_words_s=0.01)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("text/event-stream", True),
        ("application/json, text/event-stream;q=0.5", True),
        ("TEXT/EVENT-STREAM", True),
        ("*/*", False),
        ("", False),
        ("application/json", False),
    ],
)
def test_a_stream_is_given_to_who_names_it(accept: str, wanted: bool) -> None:
    """Everybody else gets one answer."""
    assert wants_stream(accept) is wanted
