"""GET /v1/languages, POST /v1/languages/detect and GET /v1/models."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragoman.api.app import create_app
from dragoman.api.options import ApiOptions
from dragoman.inference.engines.fake import FakeEngine
from support.asgi import client_of
from support.services import services_on

pytestmark = pytest.mark.anyio


async def test_languages_are_told_with_names_and_directions(tmp_path: Path) -> None:
    """What a menu needs: codes, English names, own names, writing direction, targets."""
    with services_on(FakeEngine(), tmp_path) as services:
        async with client_of(create_app(services)) as client:
            answer = (await client.get("/v1/languages")).json()
    english = next(item for item in answer["languages"] if item["code"] == "en")
    assert (english["name"], english["autonym"], english["dir"]) == ("English", "English", "ltr")
    assert {"code": "fr", "name": "French", "autonym": "français", "dir": "ltr", "via": None} in (
        english["targets"]
    )


async def test_models_are_told_with_digests(tmp_path: Path) -> None:
    """Which models are installed, and which of them are in memory after some work."""
    with services_on(FakeEngine(), tmp_path) as services:
        async with client_of(create_app(services)) as client:
            before = (await client.get("/v1/models")).json()["models"]
            body = {"texts": ["Trams run again"], "targets": ["fr"], "source": "en"}
            await client.post("/v1/texts/translate", json=body)
            after = (await client.get("/v1/models")).json()["models"]
    starter = next(model for model in before if model["id"] == "starter/en-fr")
    assert set(starter) == {
        "id", "pairs", "digest", "revision", "licence", "bundled", "loaded", "size_bytes",
    }  # fmt: skip
    assert starter["pairs"] == [{"source": "en", "target": "fr"}]
    assert starter["bundled"] is True
    assert len(starter["digest"]) == len("sha256:") + 64
    assert starter["size_bytes"] > 1_000_000
    assert [model["loaded"] for model in before] == [False] * len(before)
    assert "starter/en-fr" in {model["id"] for model in after if model["loaded"]}


async def test_a_language_is_detected_with_its_evidence(tmp_path: Path) -> None:
    """The language, how sure, and what to run where it cannot be translated."""
    texts = [
        "Guten Morgen, liebe Leserinnen und Leser, die Brücke ist wieder offen.",
        "Good morning, dear readers, the bridge is open again.",
        "42",
    ]
    with services_on(FakeEngine(), tmp_path) as services:
        async with client_of(create_app(services)) as client:
            answer = (await client.post("/v1/languages/detect", json={"texts": texts})).json()
    german, english, nothing = answer["results"]
    assert set(german) == {
        "language", "name", "confidence", "reliable", "installed", "candidates", "hint",
    }  # fmt: skip
    assert (german["language"], german["name"], german["installed"]) == ("de", "German", False)
    assert "dragoman models pull de-en" in german["hint"]
    assert german["candidates"][0]["language"] == "de"
    assert 0.5 < german["confidence"] <= 1
    assert (english["language"], english["installed"], english["hint"]) == ("en", True, None)
    assert (nothing["language"], nothing["installed"], nothing["hint"]) == ("und", False, None)


async def test_detection_has_limits_too(tmp_path: Path) -> None:
    """Too many texts are refused before any is looked at."""
    with services_on(FakeEngine(), tmp_path) as services:
        async with client_of(create_app(services, ApiOptions(max_texts=1))) as client:
            answer = await client.post("/v1/languages/detect", json={"texts": ["a", "b"]})
    assert answer.status_code == 413
