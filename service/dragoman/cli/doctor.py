"""``dragoman doctor``: what is installed, what will run, what is missing."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from dragoman.cli import exits
from dragoman.errors import DragomanError
from dragoman.settings import Settings, load_settings

State = Literal["ok", "note", "missing"]

_SAMPLE = "The minister said on Monday that the bridge will open in June."


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer; ``missing`` makes the command fail."""

    what: str
    state: State
    says: str


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check this installation and translate one sentence with each model."""
    findings = list(examine(load_settings()))
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        console = Console(soft_wrap=True, highlight=False)
        for finding in findings:
            console.print(f"{finding.state:8}{finding.what:14}{finding.says}", markup=False)
    missing = any(finding.state == "missing" for finding in findings)
    sys.exit(exits.NOT_INSTALLED if missing else exits.OK)


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, cheap ones first."""
    yield Finding("dragoman", "ok", _version("dragoman") or "from a checkout")
    yield Finding("python", "ok", f"{platform.python_version()} on {platform.platform()}")
    yield Finding("cores", "ok", f"{os.cpu_count()} ({_usable_cores()} usable by this process)")
    yield from _engines(settings)
    yield from _directories(settings)
    yield from _models(settings)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _usable_cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def _engines(settings: Settings) -> Iterator[Finding]:
    ctranslate2 = _version("ctranslate2")
    yield Finding(
        "ctranslate2",
        "ok" if ctranslate2 else "missing",
        ctranslate2 or "pip install ctranslate2",
    )
    has_torch = find_spec("torch") is not None and find_spec("transformers") is not None
    wanted = settings.engine == "transformers"
    yield Finding(
        "torch",
        "ok" if has_torch else "missing" if wanted else "note",
        f"torch {_version('torch')}, transformers {_version('transformers')}"
        if has_torch
        else "not installed; only needed for GPUs, training and the reference engine: "
        "pip install 'dragoman[torch]'",
    )
    workers = settings.workers or _usable_cores()
    precision = "float32, deterministic" if settings.deterministic else settings.compute_type
    yield Finding(
        "engine",
        "ok",
        f"{settings.engine} on {settings.device}, {precision}; {workers} batches at once with "
        f"{settings.threads_per_worker} thread(s) each; beam {settings.beam_size}",
    )


def _directories(settings: Settings) -> Iterator[Finding]:
    directory = settings.models_dir
    existing = next(path for path in (directory, *directory.parents) if path.exists())
    writable = os.access(existing, os.W_OK)
    yield Finding(
        "models_dir",
        "ok" if writable else "note",
        f"{directory}" + ("" if writable else " cannot be written: nothing can be pulled"),
    )
    if settings.tokens_file and not Path(settings.tokens_file).is_file():
        yield Finding("tokens_file", "missing", f"{settings.tokens_file} is not a file")
    network = "no attempt will be made (offline)" if settings.offline else settings.hub_url
    yield Finding("hub", "ok", network)


def _models(settings: Settings) -> Iterator[Finding]:
    from dragoman.facade import Dragoman

    with Dragoman(settings) as dragoman:
        models = dragoman.services.store.installed()
        if not models:
            yield Finding("models", "missing", "none: run `dragoman models pull en-fr`")
        for model in models:
            pairs = ", ".join(sorted(str(pair) for pair in model.pairs)[:6])
            yield Finding("model", "ok", f"{model.id} ({pairs}), {model.size_bytes / 1e6:.0f} MB")
        english = [pair for model in models for pair in model.pairs if pair.source == "en"]
        for pair in english[:1]:
            try:
                done = dragoman.translate_texts([_SAMPLE], to=pair.target, source="en")
                yield Finding("translation", "ok", done.texts[0].translation.text)
            except DragomanError as error:
                yield Finding("translation", "missing", str(error))
