"""Parallel text as archives bring it."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from dragoman.article import LanguagePair
from dragoman.errors import UnreadableInput, UnsupportedInput
from dragoman.training.pairs import Pair, read_pairs

EN_FR = LanguagePair("en", "fr")
FR_EN = LanguagePair("fr", "en")
ROWS = "the dog\tle chien\nthe river\tle fleuve\n"
PAIRS = [Pair("the dog", "le chien"), Pair("the river", "le fleuve")]

TMX = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4"><header srclang="en"/><body>
<tu><tuv xml:lang="fr-FR"><seg>le <bpt i="1">&lt;b&gt;</bpt>chien<ept i="1">&lt;/b&gt;</ept></seg>
</tuv><tuv xml:lang="EN-us"><seg>the <hi>dog</hi></seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>alone</seg></tuv></tu>
</body></tmx>
"""


def test_compressed_files_are_read_as_plain_ones(tmp_path: Path) -> None:
    """A name's last suffix tells how to open it."""
    (tmp_path / "a.tsv").write_text(ROWS)
    (tmp_path / "b.tsv.gz").write_bytes(gzip.compress(ROWS.encode()))
    (tmp_path / "c.tsv.xz").write_bytes(lzma.compress(ROWS.encode()))
    files = [tmp_path / name for name in ("a.tsv", "b.tsv.gz", "c.tsv.xz")]
    assert list(read_pairs(files, EN_FR)) == PAIRS * 3


def test_the_files_name_says_which_column_is_which(tmp_path: Path) -> None:
    """Without languages in its name, a file's columns are in the direction's order."""
    named, nameless = tmp_path / "news.en-fr.tsv", tmp_path / "news.tsv"
    for file in (named, nameless):
        file.write_text(ROWS)
    assert next(read_pairs([named], FR_EN)) == Pair("le chien", "the dog")
    assert next(read_pairs([named], EN_FR)) == Pair("the dog", "le chien")
    assert next(read_pairs([nameless], FR_EN)) == Pair("the dog", "le chien")


def test_a_file_of_other_languages_is_refused(tmp_path: Path) -> None:
    """A German archive does not become French by accident."""
    file = tmp_path / "news.en-de.tsv"
    file.write_text(ROWS)
    with pytest.raises(UnsupportedInput, match="en and de"):
        list(read_pairs([file], EN_FR))


def test_text_is_cleaned_as_engines_clean_it(tmp_path: Path) -> None:
    """Composed accents, plain single spaces; a row without a tab is an empty pair."""
    file = tmp_path / "a.tsv"
    file.write_text("cafe\u0301\u00a0 1\t e\u00ad \nno tab\n")
    assert list(read_pairs([file], EN_FR)) == [Pair("café 1", "e"), Pair("", "")]


def test_tmx_gives_the_variants_without_native_codes(tmp_path: Path) -> None:
    """Regions are ignored, inline codes dropped, and a unit that lacks a side is empty there."""
    file = tmp_path / "memory.tmx"
    file.write_text(TMX, encoding="utf-8")
    assert list(read_pairs([file], EN_FR)) == [Pair("the dog", "le chien"), Pair("alone", "")]


def test_a_tmx_cannot_read_other_files(tmp_path: Path) -> None:
    """An external entity stays unread."""
    (tmp_path / "secret").write_text("secret")
    entity = f'<!DOCTYPE tmx [<!ENTITY x SYSTEM "{tmp_path / "secret"}">]>\n<tmx version'
    file = tmp_path / "memory.tmx"
    file.write_text(TMX.replace("<tmx version", entity).replace("alone", "&x;alone"))
    assert "secret" not in "".join(pair.source for pair in read_pairs([file], EN_FR))


@pytest.mark.parametrize("name", ["missing.tsv", "broken.tsv.xz", "latin.tsv", "broken.tmx"])
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    """Missing, broken or not UTF-8: the error says which file."""
    (tmp_path / "broken.tsv.xz").write_bytes(lzma.compress(ROWS.encode())[:-20])
    (tmp_path / "latin.tsv").write_bytes("été\tsummer".encode("latin-1"))
    (tmp_path / "broken.tmx").write_text("<tmx><body><tu>")
    with pytest.raises(UnreadableInput, match=name):
        list(read_pairs([tmp_path / name], EN_FR))


def test_other_kinds_of_files_are_refused(tmp_path: Path) -> None:
    """A spreadsheet is not parallel text."""
    with pytest.raises(UnsupportedInput, match=r"a\.xlsx"):
        list(read_pairs([tmp_path / "a.xlsx"], EN_FR))
