"""The catalogue: repositories that are known to exist, and what is known of them.

It is a file, ``models/catalogue.toml``, and not a list in the program, so that it can be read,
corrected and cited without touching code. Every entry names the public page that shows it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.article import LanguagePair
from dragoman.errors import InputError, NotOnHub, SettingsError
from dragoman.inference.catalogue.languages import CODES, language_of
from dragoman.inference.catalogue.names import check_repository

CATALOGUE_FILE = "catalogue.toml"
_REQUIRED = {"repository", "sources", "targets", "evidence"}
_OPTIONAL = {"revision", "licence", "download_mb", "bleu", "note"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A repository of the hub. What is not known is None; nothing is estimated.

    ``download_mb`` counts the weights in units of 10^6 bytes, as the hub's pages do. ``bleu``
    maps ``direction test-set`` to the score that the model's own card gives.
    """

    repository: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    evidence: tuple[str, ...]
    revision: str | None = None
    licence: str | None = None
    download_mb: float | None = None
    bleu: Mapping[str, float] | None = None
    note: str | None = None

    @property
    def pairs(self) -> frozenset[LanguagePair]:
        return frozenset(
            LanguagePair(source, target)
            for source in self.sources
            for target in self.targets
            if source != target
        )

    @property
    def is_multilingual(self) -> bool:
        return len(self.sources) * len(self.targets) > 1


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Entries in the order of the file; within a pair, the first is the one to pull."""

    entries: tuple[Entry, ...] = ()

    def get(self, repository: str) -> Entry | None:
        """The entry of a repository, or None when the catalogue does not know it."""
        return next((entry for entry in self.entries if entry.repository == repository), None)

    def for_pair(self, pair: LanguagePair) -> tuple[Entry, ...]:
        """Every entry that translates ``pair``, models of one direction first."""
        found = [entry for entry in self.entries if pair in entry.pairs]
        return tuple(sorted(found, key=lambda entry: entry.is_multilingual))

    def best_for(self, pair: LanguagePair, pivot: str) -> tuple[Entry, ...]:
        """What to pull for ``pair``: one entry, or two that meet at the ``pivot`` language.

        Raises NotOnHub when neither way is known.
        """
        direct = self.for_pair(pair)
        if direct:
            return direct[:1]
        first = self.for_pair(LanguagePair(pair.source, pivot))
        second = self.for_pair(LanguagePair(pivot, pair.target))
        if pivot not in (pair.source, pair.target) and first and second:
            return (first[0], second[0])
        raise NotOnHub(
            f"The catalogue knows no model for {pair}.",
            hint="Name a repository of the hub instead: `dragoman models pull OWNER/NAME`.",
        )


def load_catalogue(directory: Path | None) -> Catalogue:
    """Read ``catalogue.toml`` in ``directory``; an empty catalogue where there is none.

    Raises SettingsError when the file is not a catalogue.
    """
    path = directory / CATALOGUE_FILE if directory else None
    if path is None or not path.is_file():
        return Catalogue()
    return parse_catalogue(path.read_bytes(), str(path))


def parse_catalogue(data: bytes, name: str) -> Catalogue:
    """Strict: unknown keys, missing evidence, bad names and duplicates raise SettingsError."""
    try:
        document = tomllib.loads(data.decode("utf-8"))
        unknown = set(document) - {"model"}
        if unknown:
            raise ValueError(f"unknown table {', '.join(sorted(unknown))}")
        entries = tuple(_entry(item) for item in document.get("model", []))
        _refuse_duplicates(entries)
    except (ValueError, TypeError, InputError) as error:
        raise SettingsError(f"The catalogue {name} is wrong: {error}.") from error
    return Catalogue(entries)


def _entry(item: Mapping[str, Any]) -> Entry:
    where = item.get("repository", "an entry without a name")
    unknown, missing = set(item) - _REQUIRED - _OPTIONAL, _REQUIRED - set(item)
    if unknown or missing:
        wrong = [f"{key} is not known" for key in sorted(unknown)]
        wrong += [f"{key} is missing" for key in sorted(missing)]
        raise ValueError(f"{where}: {'; '.join(wrong)}")
    return Entry(
        repository=check_repository(item["repository"]),
        sources=_languages(where, item["sources"]),
        targets=_languages(where, item["targets"]),
        evidence=_addresses(where, item["evidence"]),
        revision=_optional(where, item, "revision", str),
        licence=_optional(where, item, "licence", str),
        download_mb=_optional(where, item, "download_mb", (int, float)),
        bleu=_optional(where, item, "bleu", dict),
        note=_optional(where, item, "note", str),
    )


def _languages(where: str, codes: Any) -> tuple[str, ...]:
    if not isinstance(codes, list) or not codes:
        raise ValueError(f"{where}: languages are a list")
    strangers = [code for code in codes if code not in CODES]
    if strangers:
        raise ValueError(f"{where}: {strangers} are not languages that Dragoman knows")
    if len(set(codes)) != len(codes):
        raise ValueError(f"{where}: a language is named twice")
    return tuple(codes)


def _addresses(where: str, addresses: Any) -> tuple[str, ...]:
    is_list = isinstance(addresses, list) and addresses
    if not is_list or not all(str(address).startswith("https://") for address in addresses):
        raise ValueError(f"{where}: evidence is a list of https:// addresses")
    return tuple(addresses)


def _optional(where: str, item: Mapping[str, Any], key: str, kind: type | tuple[type, ...]) -> Any:
    value = item.get(key)
    if value is not None and not isinstance(value, kind):
        raise ValueError(f"{where}: {key} is of the wrong type")
    return value


def _refuse_duplicates(entries: Sequence[Entry]) -> None:
    names = [entry.repository.lower() for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} named twice")


def parse_pair(text: str) -> LanguagePair | None:
    """``en-de`` or ``en-pt-BR`` as a pair; None when it is not two languages that we know."""
    parts = text.split("-")
    for cut in range(1, len(parts)):
        source, target = language_of("-".join(parts[:cut])), language_of("-".join(parts[cut:]))
        if source and target and source != target:
            return LanguagePair(source, target)
    return None
