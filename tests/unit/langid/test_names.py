"""Names and codes of languages."""

from __future__ import annotations

import pytest
from hypothesis import given

from dragoman.langid import autonym, is_rtl, language_name, normalise_code, primary_subtag
from support.hostile import hostile_text


@pytest.mark.parametrize(
    ("given_code", "expected"),
    [
        ("pt_br", "pt-BR"),
        ("EN", "en"),
        ("zh_hant_tw", "zh-Hant-TW"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hans", "zh-Hans"),
        ("iw", "he"),
        ("iw-IL", "he-IL"),
        ("de_DE.UTF-8", "de-DE"),
        ("ca@valencia", "ca"),
        (" fr ", "fr"),
        ("", "und"),
        ("C", "und"),
        ("français", "und"),
        ("en; charset", "und"),
    ],
)
def test_codes_get_their_usual_spelling(given_code: str, expected: str) -> None:
    """Underscores, case, deprecated codes and locale suffixes are put right; the rest is und."""
    assert normalise_code(given_code) == expected


@given(hostile_text)
def test_any_string_has_a_code(text: str) -> None:
    """Normalising never raises and does not change its own answers."""
    assert normalise_code(normalise_code(text)) == normalise_code(text)


@pytest.mark.parametrize(
    ("code", "name", "own"),
    [
        ("de", "German", "Deutsch"),
        ("de-AT", "German", "Deutsch"),
        ("pt-BR", "Brazilian Portuguese", "português (Brasil)"),
        ("zh_tw", "Traditional Chinese", "繁體中文"),
        ("ja", "Japanese", "日本語"),
        ("qqq", "qqq", "qqq"),
    ],
)
def test_languages_have_names(code: str, name: str, own: str) -> None:
    """Messages use the English name, menus the own name, a variant that of its language."""
    assert (language_name(code), autonym(code)) == (name, own)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ar", True),
        ("he-IL", True),
        ("fa", True),
        ("az-Arab", True),
        ("pa-Arab", True),
        ("en", False),
        ("ku", False),
        ("ur-Latn", False),
        ("und", False),
    ],
)
def test_writing_direction(code: str, expected: bool) -> None:
    """Arabic and Hebrew scripts run from the right; an explicit script decides."""
    assert is_rtl(code) is expected


def test_primary_subtag() -> None:
    """Models are looked up by the bare language."""
    assert primary_subtag("pt_BR") == "pt"
