"""GET /readyz: a worker really answers."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from dragoman.api.app import create_app
from dragoman.api.limits import Drain
from dragoman.api.options import ApiOptions
from dragoman.api.readiness import Readiness
from dragoman.article import LanguagePair
from dragoman.errors import QueueFull, WorkerDied
from dragoman.inference.engines.fake import FakeEngine, Mischief, on_text
from support.asgi import Caller, client_of, http_scope
from support.services import services_on

pytestmark = pytest.mark.anyio


async def test_ready_means_that_a_text_went_through_a_worker(tmp_path: Path) -> None:
    """The engine was really asked, and asked once for several probes in a row."""
    engine = FakeEngine()
    with services_on(engine, tmp_path) as services:
        async with client_of(create_app(services, ApiOptions(probe_lasts_s=60))) as client:
            answers = [await client.get("/readyz") for _ in range(3)]
    assert [answer.json() for answer in answers] == [{"status": "ready"}] * 3
    assert len(engine.batches) == 1


async def test_an_old_answer_does_not_count(tmp_path: Path) -> None:
    """The next probe asks again."""
    engine = FakeEngine()
    with services_on(engine, tmp_path) as services:
        async with client_of(create_app(services, ApiOptions(probe_lasts_s=0))) as client:
            for _ in range(3):
                assert (await client.get("/readyz")).status_code == 200
    assert len(engine.batches) == 3


async def test_a_worker_that_never_returns_is_not_ready(tmp_path: Path) -> None:
    """503 with the reason, while /healthz still says alive; ready again when it returns."""
    engine = FakeEngine(temper=on_text({"": Mischief.STALL}))
    with services_on(engine, tmp_path) as services:
        async with client_of(create_app(services, ApiOptions(probe_timeout_s=0.2))) as client:
            stuck = await client.get("/readyz")
            alive = await client.get("/healthz")
            engine.release()
            again = await client.get("/readyz")
    assert (stuck.status_code, stuck.json()["code"]) == (503, "worker-died")
    assert int(stuck.headers["Retry-After"]) >= 1
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert again.status_code == 200


async def test_a_dead_scheduler_is_not_ready(tmp_path: Path) -> None:
    """When nothing will ever be translated again the probe says so, at once."""
    with services_on(FakeEngine(), tmp_path) as services:
        async with client_of(create_app(services)) as client:
            before = await client.get("/readyz")
            services.translator.close(0)
            after = await client.get("/readyz")
    assert before.status_code == 200
    assert (after.status_code, after.json()["code"]) == (503, "worker-died")


async def test_a_model_that_fails_is_not_ready(tmp_path: Path) -> None:
    """A worker that answers every text with an error is no use."""
    engine = FakeEngine(temper=on_text({"": Mischief.RAISE}))
    with services_on(engine, tmp_path) as services:
        async with client_of(create_app(services)) as client:
            answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_without_a_model_it_is_not_ready(tmp_path: Path) -> None:
    """The reason has the command that helps."""
    with services_on(FakeEngine(), tmp_path) as services:
        services.translator.refresh([])
        async with client_of(create_app(services)) as client:
            answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert "dragoman models pull" in answer.json()["hint"]


async def test_a_draining_server_is_not_ready(tmp_path: Path) -> None:
    """Balancers take it out before its last requests are done."""
    drain = Drain()
    with services_on(FakeEngine(), tmp_path) as services:
        async with client_of(create_app(services, drain=drain)) as client:
            drain.start()
            answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "shutting-down")


async def test_bulk_work_does_not_hide_a_ready_worker(tmp_path: Path) -> None:
    """The probe goes before a queue full of bulk work: it is in the next batch."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    texts = [f"This is the bulk text {n} of many." for n in range(60)]
    body = {"texts": texts, "targets": ["fr"], "source": "en", "priority": "bulk"}
    with services_on(engine, tmp_path, gate, max_batch_segments=1) as services:
        app = create_app(services, ApiOptions(probe_timeout_s=60))
        caller = Caller(json.dumps(body).encode())
        exchange = asyncio.ensure_future(
            app(http_scope("/v1/texts/translate"), caller.receive, caller.send)
        )
        await asyncio.to_thread(engine.entered.acquire, timeout=30)
        while services.translator.statistics().queued_segments < 59:  # noqa: ASYNC110 - threads count it
            await asyncio.sleep(0)
        async with client_of(app) as client:
            probe = asyncio.ensure_future(client.get("/readyz"))
            while services.translator.statistics().queued_segments < 60:  # noqa: ASYNC110 - same
                await asyncio.sleep(0)
            gate.set()
            answer = await probe
        await exchange
    assert answer.status_code == 200
    assert ["bulk" in text for batch in engine.batches[:2] for text in batch] == [True, False]


async def test_behind_long_work_progress_is_the_answer_for_a_while(tmp_path: Path) -> None:
    """A batch that ended a moment ago counts where the probe has to wait; an old one does not."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    now = 0.0
    options = ApiOptions(probe_lasts_s=0, probe_timeout_s=0.05)
    with services_on(engine, tmp_path, gate) as services:
        readiness = Readiness(services.translator, Drain(), options, lambda: monotonic() + now)
        gate.set()
        await readiness.check()
        gate.clear()
        services.translator.submit(["Something long"], LanguagePair("en", "fr"))
        await readiness.check()
        now = 60.0
        with pytest.raises(WorkerDied, match="No worker answered"):
            await readiness.check()
        gate.set()


async def test_a_full_queue_is_no_reason_while_work_gets_done(tmp_path: Path) -> None:
    """A server that refuses more work, and gets on with what it has, is ready."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    with services_on(engine, tmp_path, gate, max_queued_tokens=512) as services:
        readiness = Readiness(services.translator, Drain(), ApiOptions(probe_lasts_s=0))
        gate.set()
        await readiness.check()
        gate.clear()
        with suppress(QueueFull):
            for number in range(512):
                services.translator.submit([f"word {number}"], LanguagePair("en", "fr"))
        with pytest.raises(QueueFull):
            services.translator.submit(["one more"], LanguagePair("en", "fr"))
        await readiness.check()
        gate.set()
