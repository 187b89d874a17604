"""What the rest of the engine room needs to know of an installed model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.article import LanguagePair


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on disk, ready to be loaded.

    ``directory`` has the opus-mt layout (config.json, source.spm, target.spm, vocab.json, weights).
    ``ctranslate2_directory`` is its converted form. ``digest`` is the sha256 (hex) over the
    sorted (name, sha256) of its files and changes when any of them does. ``target_tokens`` maps a
    target language to the ``>>xxx<<`` token that a multilingual model wants first, and is empty
    for a model of one direction. ``size_bytes`` estimates the memory that it takes when loaded.
    """

    id: str
    directory: Path
    ctranslate2_directory: Path | None
    digest: str
    pairs: frozenset[LanguagePair]
    size_bytes: int
    target_tokens: Mapping[str, str] = field(default_factory=dict)
    licence: str | None = None
    revision: str | None = None
    bundled: bool = False

    @property
    def short_digest(self) -> str:
        """First 12 hex digits: enough to tell models apart in a signature."""
        return self.digest[:12]
