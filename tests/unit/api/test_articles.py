"""POST /v1/articles/translate: one answer."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from dragoman.api.app import create_app
from dragoman.api.options import ApiOptions
from dragoman.inference.engines.base import Prepared, Request
from dragoman.inference.engines.fake import MARK, FakeEngine, Mischief, on_text
from dragoman.wiring import Services
from support.asgi import Caller, client_of, http_scope
from support.services import services_on

pytestmark = pytest.mark.anyio
PATH = "/v1/articles/translate"
TEXT = "Harbour bridge reopens\n\nThe bridge was closed for nine weeks. Trams run again."


async def post(
    engine: FakeEngine, directory: Path, body: dict[str, Any], **settings: Any
) -> httpx.Response:
    with services_on(engine, directory, **settings) as services:
        options = ApiOptions(max_characters=services.settings.max_characters)
        async with client_of(create_app(services, options)) as client:
            return await client.post(PATH, json=body)


async def test_the_answer_has_every_part_of_the_contract(tmp_path: Path) -> None:
    """The fields of docs/api.md, no more and no less, on every level."""
    body = {"text": TEXT, "source": "en", "targets": ["fr"]}
    answer = (await post(FakeEngine(), tmp_path, body)).json()
    assert set(answer) == {"request_id", "input", "source", "translations", "timings_ms"}
    assert answer["input"] == "text"
    assert answer["source"] == {
        "language": "en",
        "name": "English",
        "confidence": 1.0,
        "found_by": "request",
    }
    (target,) = answer["translations"]
    assert set(target) == {
        "target", "dir", "headline", "standfirst", "summary", "blocks", "document", "fields",
        "report", "models", "signature",
    }  # fmt: skip
    assert (target["target"], target["dir"], target["fields"]) == ("fr", "ltr", None)
    assert set(target["summary"]) == {"headline", "sentences", "method", "signature"}
    assert set(target["report"]) == {"publishable", "reasons", "counts", "flags"}
    assert target["models"] == [
        {
            "id": "starter/en-fr",
            "digest": target["models"][0]["digest"],
            "source": "en",
            "target": "fr",
        }
    ]
    assert target["models"][0]["digest"].startswith("sha256:")
    assert set(target["blocks"][0]) == {
        "id", "kind", "source", "translation", "translated", "segments",
    }  # fmt: skip
    assert set(target["blocks"][0]["segments"][0]) == {
        "index", "start", "end", "source", "translation_start", "translation_end", "translation",
        "origin", "flags",
    }  # fmt: skip
    assert answer["timings_ms"]["total"] > 0


async def test_segments_tile_both_texts_in_code_points(tmp_path: Path) -> None:
    """Offsets count code points, also behind characters that take two in UTF-16."""
    text = "A headline 🚋🚋\n\nTrams 🚋 run again. The bridge 🌉 is open to all."
    body = {"text": text, "source": "en", "targets": ["fr"], "summary": False}
    answer = (await post(FakeEngine(), tmp_path, body)).json()
    blocks = answer["translations"][0]["blocks"]
    assert sum(len(block["segments"]) for block in blocks) >= 3
    for block in blocks:
        source, translation = block["source"], block["translation"]
        for part in block["segments"]:
            assert source[part["start"] : part["end"]] == part["source"]
            start, end = part["translation_start"], part["translation_end"]
            assert translation[start:end] == part["translation"]
        assert "".join(part["source"] for part in block["segments"]) == source
        assert "".join(part["translation"] for part in block["segments"]) == translation


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", f"<html><body><article><h1>Trams</h1><p>{TEXT * 3}</p></article></body></html>"),
        ("fragment", "<p>Trams <b>run</b> again.</p>"),
        ("text", TEXT),
        ("markdown", "# Trams\n\nTrams *run* again.\n"),
    ],
)
async def test_a_document_comes_back_as_what_it_was(tmp_path: Path, name: str, value: str) -> None:
    """Each of the four documents is answered in its own format, translated."""
    body = {name: value, "source": "en", "targets": ["fr"]}
    answer = (await post(FakeEngine(), tmp_path, body)).json()
    (target,) = answer["translations"]
    assert answer["input"] == name
    assert target["fields"] is None
    assert "Trams" + MARK in target["document"]


async def test_a_record_comes_back_in_its_own_fields(tmp_path: Path) -> None:
    """A CMS record is answered in the same fields, and names are left as they are."""
    record = {
        "headline": "Trams run again",
        "body_html": "<p>Trams <b>run</b> again.</p>",
        "captions": ["The first tram.", "The bridge."],
        "byline": "Ana Example",
    }
    body = {"fields": record, "source": "en", "targets": ["fr"]}
    (target,) = (await post(FakeEngine(), tmp_path, body)).json()["translations"]
    assert target["document"] is None
    assert set(target["fields"]) == set(record)
    assert len(target["fields"]["captions"]) == 2
    assert MARK in target["fields"]["headline"]
    assert target["fields"]["byline"] == "Ana Example"


async def test_a_page_says_nothing_about_the_encoding_of_json(tmp_path: Path) -> None:
    """JSON has decoded the page, so its own declaration is not followed a second time."""
    page = (
        '<html><head><meta charset="shift_jis"></head><body><article><h1>Café</h1>'
        "<p>The café is open again, said the naïve owner of the café.</p></article></body></html>"
    )
    body = {"page": page, "source": "en", "targets": ["fr"]}
    (target,) = (await post(FakeEngine(), tmp_path, body)).json()["translations"]
    assert target["blocks"][0]["source"] == "Café"


@pytest.mark.parametrize("name", ["text", "markdown", "fragment"])
async def test_a_nul_does_not_make_it_utf_16(tmp_path: Path, name: str) -> None:
    """The text of a request is decoded once, whatever it looks like as bytes."""
    body = {name: "The bridge\0 is open.", "source": "en", "targets": ["fr"]}
    (target,) = (await post(FakeEngine(), tmp_path, body)).json()["translations"]
    assert any("bridge\ufffd is open" in block["source"] for block in target["blocks"])


async def test_targets_are_answered_once_and_in_order(tmp_path: Path) -> None:
    """A target named twice, in whatever spelling, is one target."""
    body = {"text": TEXT, "source": "en", "targets": ["fr", "en", "FR"]}
    answer = (await post(FakeEngine(), tmp_path, body)).json()
    assert [target["target"] for target in answer["translations"]] == ["fr", "en"]
    assert answer["translations"][1]["document"] == TEXT


async def test_a_target_that_cannot_be_served_refuses_all(tmp_path: Path) -> None:
    """Before any work begins, and with the command that helps."""
    engine = FakeEngine()
    body = {"text": TEXT, "source": "en", "targets": ["fr", "sw"]}
    answer = await post(engine, tmp_path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "pair-not-installed")
    assert "dragoman models pull en-sw" in answer.json()["hint"]
    assert engine.batches == []


async def test_a_language_that_is_not_installed_is_named(tmp_path: Path) -> None:
    """A German article on an English-French installation is German, not French."""
    body = {
        "text": "Die Brücke über den Hafen war neun Wochen lang gesperrt. Jetzt fahren die "
        "Straßenbahnen wieder, wie die Stadt am Montag mitteilte.",
        "targets": ["fr"],
    }
    answer = await post(FakeEngine(), tmp_path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "pair-not-installed")
    assert "German" in answer.json()["detail"]
    assert "dragoman models pull de-fr" in answer.json()["hint"]


async def test_a_segment_that_fails_alone_keeps_its_source(tmp_path: Path) -> None:
    """The article is answered, not publishable, and the segment is flagged."""
    engine = FakeEngine(temper=on_text({"Trams": Mischief.RAISE}))
    body = {"text": TEXT, "source": "en", "targets": ["fr"], "summary": False}
    answer = await post(engine, tmp_path, body)
    (target,) = answer.json()["translations"]
    broken = [part for block in target["blocks"] for part in block["segments"] if part["flags"]]
    assert answer.status_code == 200
    assert [part["source"].strip() for part in broken] == ["Trams run again."]
    assert broken[0]["translation"] == broken[0]["source"]
    assert "untranslated" in {flag["code"] for flag in broken[0]["flags"]}
    assert target["report"]["publishable"] is False
    assert {flag["block"] for flag in target["report"]["flags"]} == {target["blocks"][-1]["id"]}


async def test_a_full_queue_is_answered_with_a_time_to_come_back(tmp_path: Path) -> None:
    """429 with Retry-After in whole seconds."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    with services_on(engine, tmp_path, gate, max_queued_tokens=512) as services:
        async with client_of(create_app(services)) as client:
            first = asyncio.ensure_future(client.post(PATH, json=_long_article(400, "a")))
            await asyncio.to_thread(engine.entered.acquire, timeout=30)
            refused = await client.post(PATH, json=_long_article(400, "b"))
            gate.set()
            served = await first
    assert (refused.status_code, refused.json()["code"]) == (429, "queue-full")
    assert int(refused.headers["Retry-After"]) >= 1
    assert served.status_code == 200


async def test_the_deadline_ends_the_request_even_if_the_engine_never_returns(
    tmp_path: Path,
) -> None:
    """504 at the caller's timeout, and the next request is served."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate, workers=2)
    body = {"text": TEXT, "source": "en", "targets": ["fr"]}
    with services_on(engine, tmp_path, gate) as services:
        async with client_of(create_app(services)) as client:
            late = await client.post(PATH, json={**body, "timeout_s": 0.2})
            gate.set()
            served = await client.post(PATH, json=body)
    assert (late.status_code, late.json()["code"]) == (504, "deadline-exceeded")
    assert served.status_code == 200


async def test_the_server_s_time_is_the_longest(tmp_path: Path) -> None:
    """Who asks for more time than the server gives gets what the server gives."""
    gate = threading.Event()
    body = {"text": TEXT, "source": "en", "targets": ["fr"], "timeout_s": 3600}
    with services_on(FakeEngine(gate=gate), tmp_path, gate) as services:
        options = ApiOptions(request_timeout_s=0.2)
        async with client_of(create_app(services, options)) as client:
            late = await client.post(PATH, json=body)
            gate.set()
    assert late.status_code == 504


class _SlowToQueue(FakeEngine):
    """An engine whose tokenising waits for ``prepared``, so that queueing takes as long."""

    def __init__(self, gate: threading.Event) -> None:
        super().__init__(gate=gate)
        self.prepared = threading.Event()
        self.preparing = threading.Semaphore(0)

    def prepare(self, requests: Sequence[Request]) -> list[Prepared]:
        self.preparing.release()
        self.prepared.wait()
        return super().prepare(requests)


async def test_after_a_hang_up_what_waits_is_never_decoded(tmp_path: Path) -> None:
    """The batch that runs ends; the rest of the article is dropped from the queue."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    with services_on(engine, tmp_path, gate, max_batch_segments=1) as services:
        await _hang_up(services, engine.entered)
        await _emptied(services)
        gate.set()
    assert len(engine.batches) == 1


async def test_a_hang_up_is_heard_while_segments_are_being_queued(tmp_path: Path) -> None:
    """What the thread queues after the client has gone is taken back."""
    gate = threading.Event()
    engine = _SlowToQueue(gate)
    with services_on(engine, tmp_path, gate, engine.prepared, max_batch_segments=1) as services:
        await _hang_up(services, engine.preparing)
        engine.prepared.set()
        while _in_use(services) and not engine.batches:  # noqa: ASYNC110 - threads change it
            await asyncio.sleep(0)
        await _emptied(services)
        gate.set()
    assert len(engine.batches) <= 1  # one may have begun before the queue was emptied


async def _hang_up(services: Services, begun: threading.Semaphore) -> None:
    """Send an article, and hang up when ``begun`` is released."""
    caller = Caller(json.dumps(_long_article(600, "x")).encode())
    app = create_app(services)
    exchange = asyncio.ensure_future(app(http_scope(PATH), caller.receive, caller.send))
    await asyncio.to_thread(begun.acquire, timeout=30)
    caller.hang_up()
    await exchange
    assert caller.answered == []


def _in_use(services: Services) -> bool:
    """Whether any segment of anybody still needs the model."""
    return any(model.uses for model in services.translator.statistics().models)


async def _emptied(services: Services) -> None:
    """Wait until nothing is queued."""
    while services.translator.statistics().queued_segments:  # noqa: ASYNC110 - threads count it
        await asyncio.sleep(0)


def _long_article(words: int, name: str) -> dict[str, Any]:
    sentences = [f"This is the sentence with the number {name}{n}." for n in range(words // 8)]
    return {"text": " ".join(sentences), "source": "en", "targets": ["fr"], "summary": False}
