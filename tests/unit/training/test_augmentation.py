"""Varied copies: each shows the network one thing that news has."""

from __future__ import annotations

import random
import re

import pytest

from dragoman.article import LanguagePair
from dragoman.training.augmentation import (
    augment,
    joined,
    linked,
    quoted,
    renamed,
    renumbered,
    restore_ligatures,
    shouted,
    titled,
    typographic,
    without_end,
)
from dragoman.training.pairs import Pair

EN_FR = LanguagePair("en", "fr")
FR_EN = LanguagePair("fr", "en")
PAIR = Pair(
    "In 2004 Mr Dupont's team won 12 prizes.", "En 2004 l'équipe de M. Dupont a eu 12 prix."
)


def chooser(seed: int = 1) -> random.Random:
    return random.Random(seed)


def test_capitals_on_both_sides() -> None:
    """Accents stay on French capitals."""
    assert shouted(PAIR, chooser(), EN_FR).target == "EN 2004 L'ÉQUIPE DE M. DUPONT A EU 12 PRIX."


def test_titles_only_in_english() -> None:
    """A French headline is written as a sentence; neither has a full stop."""
    expected = "In 2004 Mr Dupont's Team Won 12 Prizes"
    varied = titled(PAIR, chooser(), EN_FR)
    assert varied == Pair(expected, PAIR.target.rstrip("."))
    assert titled(Pair(*reversed(PAIR)), chooser(), FR_EN) == Pair(*reversed(varied))
    small = Pair("the end of the war", "la fin de la guerre")
    assert titled(small, chooser(), EN_FR).source == "The End of the War"


def test_a_full_stop_goes_from_both_sides_or_none() -> None:
    """One side alone would teach to drop or invent it."""
    assert without_end(Pair("Yes!", "Oui !"), chooser(), EN_FR) == Pair("Yes", "Oui")
    assert without_end(Pair("Yes", "Oui."), chooser(), EN_FR) == Pair("Yes", "Oui.")


def test_sentences_are_joined_in_order() -> None:
    """Several in one segment."""
    assert joined([Pair("A.", "B."), Pair("C.", "D.")]) == Pair("A. C.", "B. D.")


def test_each_language_has_its_own_quotes() -> None:
    """And apostrophes are curly."""
    pair = Pair('It\'s "new".', 'C\'est "nouveau".')
    assert typographic(pair, chooser(), EN_FR) == Pair("It’s “new”.", "C’est « nouveau ».")
    assert quoted(pair, chooser(), EN_FR) == pair
    marks = {quoted(Pair("Yes", "Oui"), chooser(seed), EN_FR) for seed in range(9)}
    assert marks == {Pair("“Yes”", "« Oui »"), Pair('"Yes"', '"Oui"')}


@pytest.mark.parametrize("seed", range(12))
def test_a_number_becomes_the_same_number_on_both_sides(seed: int) -> None:
    """In each language's own writing; the rest stays."""
    source, target = renumbered(PAIR, chooser(seed), EN_FR)
    english = re.findall(r"\d[\d,.]*\d|\d", source)
    french = re.findall(r"\d[\d ,]*\d|\d", target)
    assert [n.replace(",", "") for n in english] == [
        n.replace(" ", "").replace(",", ".") for n in french
    ]
    assert (source, target) != PAIR
    assert re.sub(r"[\d,. ]", "", source) == re.sub(r"[\d,. ]", "", PAIR.source)


def test_a_number_of_one_side_is_left_alone() -> None:
    """Changing it would make the pair false."""
    pair = Pair("They won 12 prizes.", "Ils ont eu douze prix.")
    assert renumbered(pair, chooser(), EN_FR) == pair
    twice = Pair("12 of 12.5 came", "12 sur 12,5 sont venus")
    assert renumbered(twice, chooser(), EN_FR) == twice


def test_a_shared_name_becomes_an_invented_one() -> None:
    """The same on both sides, to be copied; a pair without a shared name stays."""
    source, target = renamed(PAIR, chooser(), EN_FR)
    name = source.removeprefix("In 2004 Mr ").split("'")[0]
    assert name != "Dupont"
    assert target == PAIR.target.replace("Dupont", name)
    plain = Pair("It rains.", "Il pleut.")
    assert renamed(plain, chooser(), EN_FR) == plain


def test_addresses_hashtags_and_handles_are_on_both_sides() -> None:
    """The same token, before or behind."""
    tokens = set()
    for seed in range(60):
        source, target = linked(Pair("Yes.", "Oui."), chooser(seed), EN_FR)
        token = source.replace("Yes.", "").strip()
        assert target.replace("Oui.", "").strip() == token
        tokens.add(token)
    for sign in ("https://", "#", "@", " & "):
        assert any(sign in token for token in tokens)


@pytest.mark.parametrize(
    ("lost", "restored"),
    [
        ("le coeur de l'oeuvre", "le cœur de l'œuvre"),
        ("Ses soeurs, ses voeux", "Ses sœurs, ses vœux"),
        ("OEUVRE, Oeil, manoeuvre", "ŒUVRE, Œil, manœuvre"),
        ("un poème, le coefficient, la moelle", "un poème, le coefficient, la moelle"),
    ],
)
def test_ligatures_are_restored(lost: str, restored: str) -> None:
    """Only where French has them."""
    assert restore_ligatures(lost) == restored


def test_the_share_and_the_seed_decide() -> None:
    """The same seed gives the same copies; of what can always be varied, about the share."""
    pairs = [Pair(f"The {n} dogs sleep.", f"Les {n} chiens dorment.") for n in range(1000)]
    first, same, other = (list(augment(pairs, EN_FR, 0.5, chooser(s))) for s in (1, 1, 2))
    assert first == same
    assert first != other
    assert 350 < len(first) < 550
    assert list(augment(pairs, EN_FR, 0.0, chooser())) == []
