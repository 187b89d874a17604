"""Numbers that vanish, appear, change or lose their scale, and numbers in words."""

from __future__ import annotations

import pytest

from dragoman.article import LanguagePair
from dragoman.fidelity.checks import check_segment
from dragoman.fidelity.checks.number_words import composed, has_number_words, spelled_numbers

FOUND = [
    ("AT 9AM TODAY", "AUJOURD'HUI"),
    ("The bridge number 0", "Le pont"),
    ("It costs 0 euros.", "Cela coûte 00 euros."),
    ("April 6", "1er avril 6"),
    ("We met on April 4.", "Nous nous sommes vus en avril."),
    ("Two of the 2 boats sank.", "Deux des bateaux ont coulé."),
    ("It leaves at gate 4.", "Il part de la porte cinq."),
    ("It costs €900k.", "Cela coûte 900 €."),
    ("It has 3 billion users.", "Il a 3 millions d'utilisateurs."),
    ("It has 900 users.", "Il a 900 mille utilisateurs."),
]

FINE = [
    ("It leaves at gate 4.", "Il laisse à 4."),
    ("It leaves from gate 4.", "Il part de la porte quatre."),
    ("The 2nd boat of seven", "Le deuxième bateau sur 7"),
    ("3 of five", "Trois des 5"),
    ("About 25 people and 80 cats", "Environ vingt-cinq personnes et quatre-vingts chats"),
    ("He met 137 people.", "Il a rencontré cent trente-sept personnes."),
    ("It has 205 boats.", "Il a deux cent cinq bateaux."),
    ("She won the 100m.", "Elle a gagné le 100 mètres."),
    ("The 20th century", "Le XXe siècle"),
    ("It costs £1.2m.", "Cela coûte £1,2 millions."),
    ("It costs £1.2m.", "Cela coûte 1 200 000 livres."),
    ("They paid $3bn.", "Ils ont payé 3 milliards de dollars."),
    ("Between 3 million and 5 million boats", "Entre 3 et 5 millions de bateaux"),
    ("There are 100m people.", "Il y a 100 millions de personnes."),
    ("She won the 100m race in 9.58s.", "Elle a gagné le 100 m en 9,58 s."),
    ("The hits of the 60s", "Les succès des années 1960"),
]


@pytest.mark.parametrize(("source", "target"), FOUND)
def test_a_wrong_number_is_found(source: str, target: str) -> None:
    """A number that has no counterpart of its value, in digits or words, is a finding."""
    flags = check_segment(source, target, LanguagePair("en", "fr"))
    assert [flag.code for flag in flags] == ["numbers"]


@pytest.mark.parametrize(("source", "target"), FINE)
def test_a_number_written_otherwise_is_left_alone(source: str, target: str) -> None:
    """Words, Roman numerals and scales give a number its value."""
    assert check_segment(source, target, LanguagePair("en", "fr")) == ()


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "forty-two", 42),
        ("fr", "quatre-vingt-dix-sept", 97),
        ("fr", "soixante et onze", 71),
        ("de", "einundzwanzig", 21),
        ("de", "zweitausend", 2000),
        ("es", "diecinueve", 19),
        ("it", "duemila", 2000),
        ("pt", "dezenove", 19),
        ("pt-BR", "quarenta e dois", 42),
        ("es", "el siglo XIX", 19),
    ],
)
def test_words_have_their_value(language: str, text: str, value: int) -> None:
    """Each language with a table spells its numbers in its own way."""
    assert value in composed(spelled_numbers(text, language))


def test_a_language_without_a_table_may_spell_every_small_number() -> None:
    """Where words are not known, only large numbers can be missed."""
    assert not has_number_words("ru")
    pair = LanguagePair("en", "ru")
    assert check_segment("There are 4 boats.", "Здесь есть лодки.", pair) == ()
    flags = check_segment("There are 45 boats.", "Здесь есть лодки.", pair)
    assert [flag.message for flag in flags] == ["A number is missing: 45."]


def test_chinese_counts_in_ten_thousands() -> None:
    """A million is a hundred times ten thousand."""
    pair = LanguagePair("en", "zh")
    assert check_segment("It costs $1.5 million.", "它的价格为150万美元。", pair) == ()


def test_a_lost_scale_is_named() -> None:
    """The message says what was lost, for the digits are the same."""
    (flag,) = check_segment("It costs €900k.", "Cela coûte 900 €.", LanguagePair("en", "fr"))
    assert flag.message == "A number lost its thousand, million or milliard: 900."


def test_a_number_of_any_length_is_compared() -> None:
    """A serial number may be longer than any decade or sum."""
    long = "7" * 60
    assert check_segment(f"the {long}s", f"les {long}s", LanguagePair("en", "fr")) == ()
