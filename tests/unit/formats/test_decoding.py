"""Bytes of any origin become clean text or a clear refusal."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import EmptyInput, InputError, InputTooLarge, UnreadableInput
from dragoman.formats.base import ParseLimits
from dragoman.formats.decoding import decode, read, scrub

FRENCH = "Le ministère a annoncé jeudi que l’été serait très sec : « ça va être long », dit-il."
GERMAN = "Der Minister erklärte, die Brücke müsse für zwölf Wochen geschlossen bleiben."
CZECH = "Ministr zahraničí dnes přijel do Prahy, kde jednal o nové dohodě o přátelství."
POLISH = "Premier powiedział dziś w Łodzi, że rząd będzie działał szybciej niż dotąd."
SPANISH = "La niña más pequeña llegó mañana por la tarde al pueblo, según el portavoz español."
RUSSIAN = "Сегодня министр иностранных дел прибыл в столицу, где встретился с президентом."
GREEK = "Η κυβέρνηση ανακοίνωσε σήμερα νέα μέτρα για την οικονομία της χώρας."
JAPANESE = "政府は今日、新しい経済対策を発表した。来月から実施される予定だという。"
CHINESE = "政府今天宣布了新的经济措施,预计下个月开始实施,总理在记者会上表示。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (FRENCH.replace("’", "'"), "latin-1"),
        (FRENCH.replace("’", "'") + " Coût : 20 €, un œuf.", "iso8859-15"),
        (FRENCH, "mac_roman"),
        (GERMAN, "cp1252"),
        (SPANISH, "cp1252"),
        (CZECH, "cp1250"),
        (POLISH, "iso8859-2"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "iso8859-7"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
    ],
)
def test_undeclared_legacy_text_is_read_as_written(text: str, encoding: str) -> None:
    """A short text in an old encoding, without any declaration, comes out letter for letter."""
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_is_recognised_with_and_without_a_mark(encoding: str) -> None:
    """Every Unicode encoding is found, and the byte order mark is not part of the text."""
    assert decode((FRENCH + " " + GREEK).encode(encoding))[0] == FRENCH + " " + GREEK


def test_declared_encoding_is_used() -> None:
    """Bytes that could be several encodings are read as the one declared, by its web meaning."""
    data = "“Naïve” – coût".encode("cp1252")
    assert decode(data, "ISO-8859-1") == ("“Naïve” – coût", "cp1252")
    assert decode("привет".encode("koi8-r"), "KOI8-R") == ("привет", "koi8-r")


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1251", "utf-16", "no-such-code", ""])
def test_wrong_declaration_is_overruled_by_valid_utf8(declared: str) -> None:
    """UTF-8 that was declared as something else is still read as UTF-8."""
    assert decode(FRENCH.encode(), declared) == (FRENCH, "utf-8")


def test_legacy_text_declared_as_utf8_is_read_as_legacy() -> None:
    """A false declaration of UTF-8 does not fill the text with replacement characters."""
    assert decode(FRENCH.encode("cp1252"), "utf-8") == (FRENCH, "cp1252")


@pytest.mark.parametrize("declared", ["rot13", "base64", "unicode_escape", "idna", "\x00", "é"])
def test_declared_names_that_are_no_encodings_are_ignored(declared: str) -> None:
    """Codecs of Python that are not character sets are never used, whoever names them."""
    assert decode(b"Uryyb \\u0041 world", declared) == ("Uryyb \\u0041 world", "utf-8")


def test_surrogates_and_nul_are_replaced_and_pairs_joined() -> None:
    """What UTF-8 cannot carry becomes U+FFFD; a surrogate pair becomes its character."""
    assert decode(b"bad \xed\xa0\x80 and \x00 here, ok")[0] == "bad \ufffd and \ufffd here, ok"
    assert decode(b"pair \xed\xa0\xbd\xed\xb8\x80 joined")[0] == "pair \U0001f600 joined"
    assert scrub("a\ud83d\ude00b\udc00\x00") == "a\U0001f600b\ufffd\ufffd"


def test_one_broken_byte_does_not_change_the_encoding() -> None:
    """UTF-8 with a single torn character stays UTF-8; only that character is lost."""
    text, encoding = decode(FRENCH.encode() + b"\xc3")
    assert (text, encoding) == (FRENCH + "\ufffd", "utf-8")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00", "zip"),
        (gzip.compress(b"a text"), "gzip"),
        (b"\x7fELF\x02\x01\x01" + bytes(9), "ELF"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "RIFF"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", "MP4"),
        (zlib.compress(random.Random(7).randbytes(400)), "binary"),
        (random.Random(8).randbytes(5000), "binary"),
        (b"<!doctype html><p>Hello</p>" + bytes(9000), "binary"),
    ],
)
def test_binary_is_refused_by_name(data: bytes, name: str) -> None:
    """A file of another kind is refused with a message that says what it looks like."""
    with pytest.raises(UnreadableInput, match=name):
        decode(data)


@pytest.mark.parametrize("text", ["BMW recalls 300 cars.", "MZUZU, Malawi", "ID3 tags", "RIFF"])
def test_words_that_begin_like_binary_files_are_text(text: str) -> None:
    """Two letters of a file signature do not make a sentence binary."""
    assert decode(text.encode()) == (text, "utf-8")


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", "\u3000\u00a0".encode()])
def test_nothing_but_white_space_is_empty(data: bytes) -> None:
    """An input without a visible character is refused as empty."""
    with pytest.raises(EmptyInput):
        decode(data)


def test_size_is_checked_before_anything_is_read() -> None:
    """Over the limit of bytes the input is refused, and exactly at the limit it is read."""
    assert read(b"12345", ParseLimits(max_bytes=5)) == ("12345", "utf-8")
    with pytest.raises(InputTooLarge, match="6 bytes"):
        read(b"\x00\x00\x00\x00\x00\x00", ParseLimits(max_bytes=5))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_five_megabytes_of_one_line_are_read_whole(encoding: str) -> None:
    """Size alone stops nothing: the guess reads a sample, the text comes out complete."""
    text = (FRENCH.replace("\n", " ") + " ") * 60_000
    assert decode(text.encode(encoding))[0] == text


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip))
def test_any_utf8_text_is_read_or_refused_in_words(text: str) -> None:
    """UTF-8 comes back as it was, unless control characters make it binary."""
    try:
        decoded, encoding = decode(text.removeprefix("\ufeff").encode())
    except InputError:
        assert any(char < " " or char == "\x7f" for char in text) or not scrub(text).strip("\ufeff")
    else:
        assert (decoded, encoding) == (scrub(text.removeprefix("\ufeff")), "utf-8")


@given(st.binary(min_size=1, max_size=200), st.sampled_from([None, "utf-8", "latin-1", "big5"]))
def test_any_bytes_give_clean_text_or_an_input_error(data: bytes, declared: str | None) -> None:
    """Whatever arrives, the result can be written as UTF-8 and holds no NUL."""
    try:
        text, _ = decode(data, declared)
    except InputError:
        return
    assert "\x00" not in text
    text.encode("utf-8")
