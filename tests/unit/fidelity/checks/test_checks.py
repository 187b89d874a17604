"""Each check on known inputs: what it finds, and what it leaves alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.article import LanguagePair, Severity
from dragoman.fidelity.checks import CHECKS, check_segment
from dragoman.fidelity.checks.numbers import numbers

PAIR = LanguagePair("en", "fr")

FOUND = [
    ("empty", "The bridge is open.", ""),
    ("empty", "The bridge is open.", " … "),
    ("loop", "The bank lends money.", "La banque Bank Bank Bank prête."),
    ("loop", "He neither confirmed nor denied it.", "Il n'a ni ni ni confirmé ni nié."),
    ("loop", "A plan.", "un plan pour la ville un plan pour la ville"),
    ("length", "Yes.", "Oui, et " + "encore une autre chose bien différente de la précédente " * 3),
    ("length", "The council met on Monday to discuss the budget of the port.", "Oui."),
    ("not-translated", "the council met to discuss it", "the council met to discuss it"),
    ("numbers", "It costs 283.82 euros.", "Cela coûte 28,82 euros."),
    ("numbers", "On July 19 they met.", "Le 199 juillet ils se sont réunis."),
    ("numbers", "In 2022 it rained.", "En 202 il a plu."),
    ("numbers", "There were 8 of them.", "Ils étaient 9."),
    ("numbers", "On July 19 they met.", "Le 19 juillet 19 ils se sont réunis."),
    ("numbers", "It rained for days.", "Il a plu pendant 45 jours."),
    ("addresses", "See https://a.example/b now.", "Voyez https://a.example maintenant."),
    ("addresses", "Write to a@b.example today.", "Écrivez aujourd'hui."),
    ("addresses", "As @reporter said #news", "Comme @journaliste a dit #news"),
    ("placeholders", "Hello {name}, %1$s left", "Bonjour {nom}, %1$s restants"),
    ("placeholders", 'Stay [gallery ids="1,2"] here', 'Restez [galerie ids="1,2"] ici'),
    ("signs", "It costs € a lot.", "Cela coûte cher."),
    ("signs", "A & B", "A B"),
    ("signs", "A sentence.", "Une phrase }."),
    ("numbers", "It opens at 6:30.", "Il ouvre à 6 h 45."),
    ("numbers", "The songs of the 1960s", "Les chansons des années 70"),
    ("numbers", "The war of 1960 was short.", "La guerre de 60 fut brève."),
    ("signs", "It costs 38 percent more.", "Cela coûte 38 dollars de plus."),
    ("signs", "It costs 38% more.", "Cela coûte 38 dollars de plus."),
    ("placeholders", "A [b]bold[/b] word", "Un mot [gras]gras[/gras]"),
]

FINE = [
    ("It costs $1,234.5 now.", "Cela coûte maintenant 1 234,5 dollars."),
    ("It costs $1,234.5 now.", "Cela coûte maintenant 1\u202f234,5\u00a0$."),
    ("Growth was 12 percent.", "La croissance était de 12 %."),
    ("Growth was 12%.", "La croissance était de 12 pour cent."),
    ("Three of them left at 3 pm.", "3 d’entre eux sont partis à 15 heures."),
    ("1.500 people", "1 500 personnes"),
    ("Rock & roll", "Le rock et le roll"),
    ("No, no, no!", "Non, non, non !"),
    ("He said that he had had enough.", "Il a dit qu'il en avait assez."),
    ("Paris", "Paris"),
    ("It opens (6.30-10am) and at 10.50 p.m.", "Il ouvre (6 h 30-10 h) et à 22:50."),
    ("The songs of the 1960s", "Les chansons des années 60"),
    ("Winds of 64 kph, on and/or off", "Des vents de 64 km/h, avec ou sans"),
    ('"[He] made con[c]essions," she said.', "« [Il] a fait des con[c]essions », dit-elle."),
    ("Emmanuel Macron, Angela Merkel", "Emmanuel Macron, Angela Merkel"),
    ("See https://a.example/b.", "Voir https://a.example/b."),
]


@pytest.mark.parametrize(("code", "source", "target"), FOUND)
def test_what_is_found(code: str, source: str, target: str) -> None:
    """A corrupted translation is found by the check that is named for it."""
    assert code in {flag.code for flag in check_segment(source, target, PAIR)}


@pytest.mark.parametrize(
    ("target_language", "source", "target"),
    [
        ("hi", "Ram gave Nina a boat.", "राम ने नीना को नौका दी।"),
        ("zh", "It fell by 6% to $5.", "下降了6％，至5美元。"),
        ("tr", "It fell by 6%.", "Yüzde 6 düştü."),
        ("ru", "It costs £760.", "Это стоит 760 фунтов стерлингов."),
    ],
)
def test_other_scripts_are_left_alone(target_language: str, source: str, target: str) -> None:
    """Vowel signs divide no words, wide signs are signs, and words stand for signs everywhere."""
    assert check_segment(source, target, LanguagePair("en", target_language)) == ()


@pytest.mark.parametrize(("source", "target"), FINE)
def test_what_is_left_alone(source: str, target: str) -> None:
    """A good translation has no finding."""
    assert check_segment(source, target, PAIR) == ()


def test_a_cut_sentence_is_found() -> None:
    """Reaching the length bound is not an end."""
    flags = check_segment("The bridge is open.", "Le pont est", PAIR, finished=False)
    assert "cut" in {flag.code for flag in flags}


def test_kept_text_must_be_there() -> None:
    """What the page marks as not to be translated is looked for, letter by letter."""
    source = "Run make test now"
    kept = ((4, 13),)
    assert check_segment(source, "Lancez make test maintenant", PAIR, kept=kept) == ()
    flags = check_segment(source, "Lancez faire test maintenant", PAIR, kept=kept)
    assert [flag.code for flag in flags] == ["kept"]


def test_findings_speak_to_an_editor() -> None:
    """A message is a sentence that names what is wrong."""
    (flag,) = check_segment("It costs 283.82 euros.", "Cela coûte 28,82 euros.", PAIR)
    assert flag.message == "A number was changed: 283.82 became 28,82."
    assert flag.severity is Severity.BLOCKING


def test_codes_are_unique() -> None:
    """A program can match on a finding's code."""
    codes = [check.code for check in CHECKS]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1,234.5", "1 234,5"), ("1.234.567", "1,234,567"), ("0,5", "0.5"), ("1.500", "1500")],
)
def test_equal_values_in_other_locales(one: str, other: str) -> None:
    """Separators differ, values do not."""
    assert numbers(one)[0][1] & numbers(other)[0][1]


@given(st.text(max_size=120), st.text(max_size=120))
def test_checks_never_raise(source: str, target: str) -> None:
    """Any text may come out of a model."""
    for flag in check_segment(source, target, PAIR):
        assert flag.message.endswith(".")


@given(st.text(alphabet="abc d.,12%€{}@#", max_size=80))
def test_a_text_has_no_findings_against_itself_in_its_own_language(text: str) -> None:
    """Nothing is lost or gained between equal texts."""
    codes = {flag.code for flag in check_segment(text, text, LanguagePair("fr", "fr"))}
    assert codes <= {"empty"}
