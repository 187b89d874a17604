"""The target language's typography comes back, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.article import AlignedSpan
from dragoman.fidelity.typography import restore

NB, NNB = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("text", "source", "language", "expected"),
    [
        ('Il dit "oui" et "non".', "x", "fr", f"Il dit «{NB}oui{NB}» et «{NB}non{NB}»."),
        ("Il dit “oui”.", "x", "fr", f"Il dit «{NB}oui{NB}»."),
        ("« Oui », dit-il.", "x", "fr", f"«{NB}Oui{NB}», dit-il."),
        ("Er sagt « ja ».", "x", "de", "Er sagt „ja“."),
        ('He says "yes".', "x", "en", "He says “yes”."),
        ('彼は"はい"と言う', "x", "ja", "彼は「はい」と言う"),
        ("l'homme", "the man’s", "fr", "l’homme"),
        ("l'homme", "the man", "fr", "l'homme"),
        ("Pourquoi? Oui; non!", "x", "fr", f"Pourquoi{NNB}? Oui{NNB}; non{NNB}!"),
        ("Prix: 12% ou 5 €", "x", "fr", f"Prix{NB}: 12{NB}% ou 5{NB}€"),
        ("à 10:30", "x", "fr", "à 10:30"),
        ('Un "mot seul', "x", "fr", 'Un "mot seul'),
        ('Il dit: "Oui.', "He says: “Yes.", "fr", f"Il dit{NB}: «{NB}Oui."),
        ('Et non."', "And no.”", "fr", f"Et non.{NB}»"),
        ('Un "mot "seul "ou', "“One", "de", 'Un "mot "seul "ou'),
        ('Ja" und "nein"', "Yes” and “no”", "de", "Ja“ und „nein“"),
        ("Quoi?! Oui", "What?!", "fr", f"Quoi{NNB}?! Oui"),
        ('l\'"avenir"', "the “future”", "fr", f"l’«{NB}avenir{NB}»"),
        ("oui - dit-il - non", "yes — he said — no", "fr", "oui — dit-il — non"),
        ("-- Oui, 2019-2020", "– Yes, 2019–2020", "fr", "– Oui, 2019-2020"),
        ("oui - non", "yes - no — maybe", "fr", "oui - non"),
        ("Attendez...", "Wait…", "fr", "Attendez…"),
        ("Attendez....", "Wait…", "fr", "Attendez...."),
        ("Attendez...", "Wait...", "fr", "Attendez..."),
    ],
)
def test_known_texts(text: str, source: str, language: str, expected: str) -> None:
    """Quotation marks, apostrophes and spaces as the language writes them."""
    assert restore(text, source, language)[0] == expected


@pytest.mark.parametrize("kept", ["https://a.example/b?c=d;e", "{name}", "%1$s", "a@b.example"])
def test_addresses_and_placeholders_are_not_touched(kept: str) -> None:
    """A program reads them, not a person."""
    text = f'Voir "{kept}"; merci'
    assert kept in restore(text, "x", "fr")[0]


def test_kept_text_is_not_touched() -> None:
    """Code between words keeps its straight quotes, the words around it do not."""
    restored, _ = restore('Tapez say "hi" ou "oui"', "x", "fr", kept=['say "hi"'])
    assert restored == f'Tapez say "hi" ou «{NB}oui{NB}»'


texts = st.text(alphabet="ab c\"'“”«»„’;:!?%€12 \u00a0\u202f.,(\n-–—…s", max_size=60)


@settings(max_examples=400, deadline=None)
@given(texts, texts, st.sampled_from(["fr", "de", "en", "ja", "xx"]))
def test_doing_it_twice_changes_nothing_more(text: str, source: str, language: str) -> None:
    """Restoring is idempotent."""
    once, _ = restore(text, source, language)
    assert restore(once, source, language)[0] == once


@given(st.text(max_size=60), st.sampled_from(["fr", "de", "ja"]))
def test_letters_and_digits_are_never_changed(text: str, language: str) -> None:
    """Only marks and spaces are."""
    restored, _ = restore(text, "’", language)
    assert [c for c in restored if c.isalnum()] == [c for c in text if c.isalnum()]


@given(texts)
def test_offsets_follow_their_characters(text: str) -> None:
    """The map leads each letter of the old text to itself in the new one."""
    restored, offsets = restore(text, "’", "fr")
    for place, character in enumerate(text):
        if character.isalnum():
            assert restored[offsets.place(place)] == character


def test_a_link_does_not_grow_over_an_inserted_space() -> None:
    """The space that French sets before a question mark is not part of the word."""
    restored, offsets = restore("Pourquoi?", "Why?", "fr")
    (span,) = offsets.shift([AlignedSpan(0, 3, 0, 8)])
    assert restored[span.target_start : span.target_end] == "Pourquoi"


def test_alignment_moves_with_the_text() -> None:
    """A link over a word is over the same word behind wider quotation marks."""
    text = 'dit "oui"'
    restored, offsets = restore(text, "x", "fr")
    (span,) = offsets.shift([AlignedSpan(0, 3, 5, 8)])
    assert restored[span.target_start : span.target_end] == "oui"
