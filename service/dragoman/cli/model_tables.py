"""What ``dragoman models list`` answers: as data, and as a table for people."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from rich.console import Console
from rich.table import Table

from dragoman.article import LanguagePair
from dragoman.inference.catalogue import Catalogue, Entry
from dragoman.inference.model import InstalledModel
from dragoman.inference.store import ModelStore

_PAIRS_SHOWN = 6


class Answer(TypedDict, total=False):
    """``installed`` and ``broken``, or ``available``."""

    installed: list[dict[str, Any]]
    broken: list[dict[str, Any]]
    available: list[dict[str, Any]]


def installed(store: ModelStore, pair: LanguagePair | None) -> Answer:
    """The models on this machine, for one pair or all; broken ones are always named."""
    return {
        "installed": [
            _installed(model) for model in store.installed() if pair is None or pair in model.pairs
        ],
        "broken": [
            {"id": model.id, "path": str(model.directory), "reason": model.reason}
            for model in store.broken()
        ],
    }


def available(catalogue: Catalogue, store: ModelStore, pair: LanguagePair | None) -> Answer:
    """What the catalogue knows, in its order; for a pair the best first."""
    entries = catalogue.entries if pair is None else catalogue.for_pair(pair)
    here = {model.id for model in store.installed()}
    return {"available": [_available(entry, entry.repository in here) for entry in entries]}


def show(answer: Answer) -> None:
    """A table on a terminal, lines with tabs in a pipe."""
    rows = [_installed_row(item) for item in answer.get("installed", [])]
    rows += [_available_row(item) for item in answer.get("available", [])]
    if "available" in answer:
        _print(("repository", "pairs", "size", "licence", "installed"), rows)
    else:
        _print(("model", "pairs", "size", "licence", "digest", "from"), rows)
    for item in answer.get("broken", []):
        print(f"broken: {item['id']}: {item['reason']}", file=sys.stderr)


def _installed(model: InstalledModel) -> dict[str, Any]:
    return {
        "id": model.id,
        "pairs": sorted(map(str, model.pairs)),
        "target_tokens": dict(model.target_tokens),
        "size_bytes": model.size_bytes,
        "licence": model.licence,
        "digest": model.digest,
        "revision": model.revision,
        "bundled": model.bundled,
        "converted": model.ctranslate2_directory is not None,
        "path": str(model.directory),
    }


def _available(entry: Entry, is_installed: bool) -> dict[str, Any]:
    return {
        "repository": entry.repository,
        "pairs": sorted(map(str, entry.pairs)),
        "download_mb": entry.download_mb,
        "licence": entry.licence,
        "bleu": dict(entry.bleu) if entry.bleu else None,
        "evidence": list(entry.evidence),
        "note": entry.note,
        "installed": is_installed,
    }


def _installed_row(item: Mapping[str, Any]) -> tuple[str, ...]:
    origin = "bundled" if item["bundled"] else (item["revision"] or "")[:12]
    size = f"{item['size_bytes'] / 1e6:.0f} MB"
    return (
        item["id"],
        _shortened(item["pairs"]),
        size,
        item["licence"] or "",
        item["digest"][:12],
        origin,
    )


def _available_row(item: Mapping[str, Any]) -> tuple[str, ...]:
    size = f"{item['download_mb']:.0f} MB" if item["download_mb"] else ""
    is_here = "yes" if item["installed"] else ""
    return item["repository"], _shortened(item["pairs"]), size, item["licence"] or "", is_here


def _shortened(pairs: list[str]) -> str:
    rest = len(pairs) - _PAIRS_SHOWN
    shown = " ".join(pairs[:_PAIRS_SHOWN])
    return f"{shown} and {rest} more" if rest > 0 else shown


def _print(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(row))
        return
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold", justify="right" if head == "size" else "left")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False).print(table)
