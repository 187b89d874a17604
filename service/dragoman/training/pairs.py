"""Parallel text from files: tab-separated values and TMX, plain or compressed.

A TSV's columns are in the order of the direction, unless the file's name tells another one:
``archive.en-fr.tsv.xz`` has English first whichever way is trained. TMX is the Translation
Memory eXchange format 1.4b; of several variants in one language the first counts.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from dragoman.article import LanguagePair
from dragoman.errors import UnreadableInput, UnsupportedInput
from dragoman.inference.engines.traced import clean
from dragoman.langid import primary_subtag

_OPENERS: dict[str, Any] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
_COLUMNS = re.compile(r"(?:^|[.])([a-z]{2,3})-([a-z]{2,3})[.]")
_SPACES = re.compile(r"\s+")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NATIVE_CODE = frozenset({"bpt", "ept", "it", "ph", "ut"})


class Pair(NamedTuple):
    """A segment and its translation."""

    source: str
    target: str


def read_pairs(files: Iterable[Path], direction: LanguagePair) -> Iterator[Pair]:
    """All pairs of the files, in order, with their text as the engines clean it.

    A row that is not two columns gives an empty pair, so that cleaning can count it. Raises
    UnreadableInput (missing, broken or not UTF-8) or UnsupportedInput (neither TSV nor TMX).
    """
    for file in files:
        yield from _read(file, direction)


def normalise(text: str) -> str:
    """As the engines clean text at inference, with single spaces."""
    return _SPACES.sub(" ", clean(text).text).strip()


def _read(path: Path, direction: LanguagePair) -> Iterator[Pair]:
    suffixes = path.suffixes
    opener = _OPENERS.get(suffixes[-1]) if suffixes else None
    kind = next((suffix for suffix in reversed(suffixes) if suffix not in _OPENERS), "")
    readers = {".tsv": _read_tsv, ".txt": _read_tsv, ".tmx": _read_tmx}
    if kind not in readers:
        raise UnsupportedInput(
            f"{path.name} is neither TSV nor TMX.", hint="Give .tsv or .tmx files, also as .xz."
        )
    from lxml.etree import XMLSyntaxError

    try:
        with opener(path, "rb") if opener else path.open("rb") as stream:
            yield from readers[kind](stream, path, direction)
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError, XMLSyntaxError) as error:
        raise UnreadableInput(f"{path.name} cannot be read: {error}.") from error


def _read_tsv(stream: IO[bytes], path: Path, direction: LanguagePair) -> Iterator[Pair]:
    swapped = _columns(path, direction) == (direction.target, direction.source)
    for line in stream:
        columns = line.decode("utf-8").rstrip("\r\n").split("\t")
        if len(columns) < 2:
            yield Pair("", "")
            continue
        first, second = (normalise(column) for column in columns[:2])
        yield Pair(second, first) if swapped else Pair(first, second)


def _columns(path: Path, direction: LanguagePair) -> tuple[str, str]:
    """The languages of the columns. Raises UnsupportedInput for other languages than asked."""
    named = _COLUMNS.search(path.name)
    if named is None:
        return direction.source, direction.target
    columns = (named[1], named[2])
    wanted = {primary_subtag(direction.source), primary_subtag(direction.target)}
    if set(columns) != wanted:
        raise UnsupportedInput(
            f"{path.name} names the languages {columns[0]} and {columns[1]}, not {direction}.",
            hint="Rename it, or train the direction that it has.",
        )
    matches = columns[0] == primary_subtag(direction.source)
    ordered = (direction.source, direction.target)
    return ordered if matches else (ordered[1], ordered[0])


def _read_tmx(stream: IO[bytes], path: Path, direction: LanguagePair) -> Iterator[Pair]:
    from lxml import etree

    units = etree.iterparse(
        stream, tag="{*}tu", resolve_entities=False, no_network=True, load_dtd=False
    )
    for _, unit in units:
        texts: dict[str, str] = {}
        for variant in unit.iterchildren("{*}tuv"):
            code = variant.get(_LANGUAGE) or variant.get("lang") or ""
            segment = next(variant.iterchildren("{*}seg"), None)
            if segment is not None:
                texts.setdefault(primary_subtag(code), normalise(_text(segment)))
        sides = (direction.source, direction.target)
        source, target = (texts.get(primary_subtag(side), "") for side in sides)
        yield Pair(source, target)
        unit.clear()
        while unit.getprevious() is not None:  # or the units read so far stay in memory
            del unit.getparent()[0]


def _text(element: Any) -> str:
    """The text of a segment, without the native codes that some of its elements hold."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] not in _NATIVE_CODE:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
