"""Translators on fake engines, and the models that they claim to have."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dragoman.article import BatchPolicy, LanguagePair
from dragoman.inference.batching import Scheduler
from dragoman.inference.engines.base import Engine
from dragoman.inference.engines.fake import FakeEngine
from dragoman.inference.model import InstalledModel
from dragoman.inference.pool import EnginePool
from dragoman.inference.translator import Translator


def pair(codes: str) -> LanguagePair:
    """``pair("en-pt_BR")`` is from ``en`` to ``pt-BR``."""
    source, _, target = codes.partition("-")
    return LanguagePair(source.replace("_", "-"), target.replace("_", "-"))


def model(
    name: str,
    *codes: str,
    size_bytes: int = 100,
    target_tokens: Mapping[str, str] | None = None,
    bundled: bool = False,
) -> InstalledModel:
    """An installed model without files: ``model("en-fr")`` translates that pair."""
    return InstalledModel(
        id=f"test/{name}",
        directory=Path("nowhere"),
        ctranslate2_directory=None,
        digest=hashlib.sha256(name.encode()).hexdigest(),
        pairs=frozenset(pair(code) for code in codes or (name,)),
        size_bytes=size_bytes,
        target_tokens=target_tokens or {},
        bundled=bundled,
    )


@contextmanager
def translating(
    *models: InstalledModel,
    engines: Mapping[str, Engine] | Callable[[InstalledModel], Engine] | None = None,
    policy: BatchPolicy = BatchPolicy(),
    budget_bytes: int = 10_000,
    **options: Any,
) -> Iterator[Translator]:
    """A translator whose models are fake engines, or those of ``engines`` by the model's name."""
    given: Mapping[str, Engine] | None = engines if isinstance(engines, Mapping) else None

    def open_engine(one: InstalledModel) -> Engine:
        if callable(engines):
            return engines(one)
        name = one.id.removeprefix("test/")
        return given[name] if given and name in given else FakeEngine()

    pool = EnginePool(open_engine, budget_bytes=budget_bytes)
    translator = Translator(models, pool, Scheduler(policy), **options)
    try:
        yield translator
    finally:
        translator.close(0)
        pool.close()


def texts_of(engine: FakeEngine) -> Sequence[str]:
    """Every text that the engine has decoded, in order."""
    return [text for batch in engine.batches for text in batch]
