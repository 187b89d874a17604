from __future__ import annotations

import pytest

from dragoman.formats.html.language import declare_language, direction, language_of


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ar", "rtl"),
        ("fa-IR", "rtl"),
        ("he", "rtl"),
        ("fr", "ltr"),
        ("az-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("ku", "ltr"),
        ("zh-Hans", "ltr"),
    ],
)
def test_direction_follows_script_then_language(language: str, expected: str) -> None:
    """A script subtag decides; else the language's usual script does."""
    assert direction(language) == expected


@pytest.mark.parametrize(
    ("tag", "root", "expected"),
    [
        ("<html>", True, '<html lang="fr" dir="ltr">'),
        ('<html lang="en" class=x>', True, '<html dir="ltr" lang="fr" class=x>'),
        ("<HTML LANG=en-US dir=rtl>", True, '<HTML LANG="fr" dir="ltr">'),
        ("<html lang xml:lang='en'>", True, '<html dir="ltr" lang="fr" xml:lang="fr">'),
        ("<p lang='en'>", False, '<p lang="fr">'),
        ("<p>", False, "<p>"),
    ],
)
def test_declarations_are_replaced_and_a_root_gets_them(
    tag: str, root: bool, expected: str
) -> None:
    """All else in the tag stays as it was written."""
    assert declare_language(tag, "fr", root) == expected


def test_language_of_reads_either_attribute() -> None:
    """``lang`` wins over ``xml:lang``, and an empty one says nothing."""
    assert language_of("<p xml:lang=de lang=en>") == "en"
    assert language_of("<p xml:lang=de>") == "de"
    assert language_of("<p lang=''>") is None
