"""Which directions a model translates, found from what lies in its directory.

In this order: ``dragoman.json``, which is written at installation and needs no guess; the
tokenizer's ``source_lang`` and ``target_lang``; the model's name. A multilingual model names a
group (``ROMANCE``, ``mul``) there: then its targets are the ``>>xxx<<`` tokens of its vocabulary
and its sources the languages of its card.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dragoman.article import LanguagePair
from dragoman.errors import ModelCorrupt
from dragoman.inference.catalogue.languages import language_of, languages_of, tokens_by_language
from dragoman.inference.store.card import Card, read_card

MANIFEST = "dragoman.json"
_NAME = re.compile(r"(?:^|[-_/])([A-Za-z_]+)-([A-Za-z_]+)$")
_TOKEN = re.compile(rb'">>([A-Za-z_-]{2,16})<<"')


@dataclass(frozen=True, slots=True)
class Directions:
    """``target_tokens`` maps a target language to the token that it needs, if any."""

    pairs: frozenset[LanguagePair]
    target_tokens: Mapping[str, str] = field(default_factory=dict)


def read_directions(directory: Path, model_id: str) -> Directions:
    """Raises ModelCorrupt when they cannot be told."""
    declared = read_manifest(directory)
    if declared:
        return declared
    found = detect_directions(directory, model_id)
    if found is None:
        raise ModelCorrupt(
            f"It cannot be told which languages {model_id} translates.",
            hint=f"Write them to {MANIFEST} in its directory, or pull it with --pair.",
        )
    return found


def detect_directions(
    directory: Path, model_id: str, *, pairs: Iterable[LanguagePair] = ()
) -> Directions | None:
    """Find the directions, or take ``pairs`` where given; None when nothing tells them."""
    tokens = tokens_by_language(_target_codes(directory))
    wanted = frozenset(pairs)
    if not wanted:
        sources, targets = _languages(directory, model_id, tokens, read_card(directory))
        wanted = frozenset(
            LanguagePair(source, target)
            for source in sources
            for target in targets
            if source != target
        )
    if len({pair.target for pair in wanted}) > 1 and tokens:
        # Without its token a multilingual model would answer in any of its languages.
        wanted = frozenset(pair for pair in wanted if pair.target in tokens)
    if not wanted:
        return None
    used = {pair.target for pair in wanted}
    return Directions(wanted, {name: token for name, token in tokens.items() if name in used})


def read_manifest(directory: Path) -> Directions | None:
    """What ``dragoman.json`` declares; None without one. Raises ModelCorrupt."""
    path = directory / MANIFEST
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_bytes())
        pairs = frozenset(
            LanguagePair(str(source), str(target)) for source, target in document["pairs"]
        )
        tokens = {str(name): str(token) for name, token in document["target_tokens"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelCorrupt(f"{path} cannot be read: {error}.") from error
    if not pairs:
        raise ModelCorrupt(f"{path} names no pair of languages.")
    return Directions(pairs, tokens)


def write_manifest(directory: Path, directions: Directions) -> None:
    """Write ``dragoman.json``, the same bytes for the same directions. Raises OSError."""
    document = {
        "pairs": sorted([pair.source, pair.target] for pair in directions.pairs),
        "target_tokens": dict(sorted(directions.target_tokens.items())),
    }
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    (directory / MANIFEST).write_text(text, encoding="utf-8")


def _languages(
    directory: Path, model_id: str, tokens: Mapping[str, str], card: Card
) -> tuple[list[str], list[str]]:
    source_code, target_code = _codes(directory, model_id)
    targets = _targets(languages_of(target_code), tokens)
    known_sources = languages_of(source_code)
    if known_sources:
        return list(known_sources), targets
    return [language for code in card.languages if (language := language_of(code))], targets


def _targets(named: tuple[str, ...] | None, tokens: Mapping[str, str]) -> list[str]:
    """The named targets with the variants that have tokens (``zh-Hant`` of ``zh``), or all."""
    if named is None:
        return list(tokens)
    variants = [
        language
        for language in tokens
        if any(language.startswith(f"{name}-") for name in named) and language not in named
    ]
    return [*named, *variants]


def _codes(directory: Path, model_id: str) -> tuple[str, str]:
    settings = _tokenizer_settings(directory)
    source, target = settings.get("source_lang"), settings.get("target_lang")
    if isinstance(source, str) and isinstance(target, str) and source and target:
        return source, target
    name = _NAME.search(model_id)
    return (name.group(1), name.group(2)) if name else ("", "")


def _tokenizer_settings(directory: Path) -> Mapping[str, Any]:
    try:
        settings = json.loads((directory / "tokenizer_config.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _target_codes(directory: Path) -> list[str]:
    # A scan, not a parse: only a handful of a vocabulary's 60,000 entries are of interest.
    try:
        vocabulary = (directory / "vocab.json").read_bytes()
    except OSError:
        return []
    return [match.decode("ascii") for match in _TOKEN.findall(vocabulary)]
