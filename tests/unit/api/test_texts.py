"""POST /v1/texts/translate."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from dragoman.api.app import create_app
from dragoman.api.options import ApiOptions
from dragoman.inference.engines.fake import FakeEngine, translation
from support.asgi import Caller, client_of, http_scope
from support.services import services_on

pytestmark = pytest.mark.anyio
PATH = "/v1/texts/translate"


async def post(
    directory: Path, body: dict[str, Any], options: ApiOptions | None = None
) -> httpx.Response:
    with services_on(FakeEngine(), directory) as services:
        async with client_of(create_app(services, options)) as client:
            return await client.post(PATH, json=body)


async def test_each_text_is_answered_in_its_place(tmp_path: Path) -> None:
    """Same order, same length, equal texts included; the shape is that of docs/api.md."""
    texts = ["Trams run again", "42", "", "Trams run again", "The bridge is open"]
    answer = (await post(tmp_path, {"texts": texts, "targets": ["fr"], "source": "en"})).json()
    assert set(answer) == {"request_id", "translations", "timings_ms"}
    (target,) = answer["translations"]
    assert set(target) == {"target", "texts", "models"}
    assert [item["source"] for item in target["texts"]] == texts
    assert target["texts"][0] == {
        "source_language": "en",
        "source": texts[0],
        "translation": translation(texts[0]),
        "origin": "model",
        "flags": target["texts"][0]["flags"],
    }
    assert [item["origin"] for item in target["texts"][1:3]] == ["copied", "copied"]
    assert target["texts"][4]["translation"] == translation(texts[4])


async def test_languages_are_found_for_each_text(tmp_path: Path) -> None:
    """Without a source each text is identified on its own; what is French stays French."""
    texts = [
        "The bridge over the harbour was closed for nine weeks and is open again.",
        "Le pont du port était fermé pendant neuf semaines et il est de nouveau ouvert.",
        "42",
    ]
    answer = (await post(tmp_path, {"texts": texts, "targets": ["fr"]})).json()
    items = answer["translations"][0]["texts"]
    assert [item["source_language"] for item in items] == ["en", "fr", "und"]
    assert [item["origin"] for item in items] == ["model", "copied", "copied"]


async def test_limits_are_named(tmp_path: Path) -> None:
    """Too many texts, characters or targets are 413, each in words that name the limit."""
    options = ApiOptions(max_texts=2, max_characters=20, max_targets=1)
    for body, word in (
        ({"texts": ["a", "b", "c"], "targets": ["fr"]}, "3 texts"),
        ({"texts": ["a" * 21], "targets": ["fr"]}, "21 characters"),
        ({"texts": ["a"], "targets": ["fr", "de"]}, "2 targets"),
    ):
        answer = await post(tmp_path, body, options)
        assert (answer.status_code, answer.json()["code"]) == (413, "input-too-large")
        assert word in answer.json()["detail"]


async def test_the_deadline_holds_for_texts_too(tmp_path: Path) -> None:
    """504 while the engine still holds the text."""
    gate = threading.Event()
    with services_on(FakeEngine(gate=gate), tmp_path, gate) as services:
        async with client_of(create_app(services)) as client:
            body = {"texts": ["Trams run again"], "targets": ["fr"], "source": "en"}
            late = await client.post(PATH, json={**body, "timeout_s": 0.2})
            gate.set()
            served = await client.post(PATH, json=body)
    assert (late.status_code, served.status_code) == (504, 200)


async def test_a_hang_up_drops_what_waits(tmp_path: Path) -> None:
    """Texts that nobody waits for leave the queue."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    texts = [f"This is the text with the name {n}x." for n in range(40)]
    body = json.dumps({"texts": texts, "targets": ["fr"], "source": "en"}).encode()
    with services_on(engine, tmp_path, gate, max_batch_segments=1) as services:
        caller = Caller(body)
        app = create_app(services)
        exchange = asyncio.ensure_future(app(http_scope(PATH), caller.receive, caller.send))
        await asyncio.to_thread(engine.entered.acquire, timeout=30)
        caller.hang_up()
        await exchange
        while services.translator.statistics().queued_segments:  # noqa: ASYNC110 - threads count it
            await asyncio.sleep(0)
        gate.set()
    assert caller.answered == []
    assert len(engine.batches) == 1
