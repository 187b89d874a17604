"""Checks that only ask for a look: same text, quotations, other scripts."""

from __future__ import annotations

import pytest

from dragoman.article import LanguagePair, Severity
from dragoman.fidelity.checks import CHECKS, check_segment

PAIR = LanguagePair("en", "fr")

FOUND = [
    ("same-text", "Adult ticket", "Adult ticket"),
    ("same-text", "The old bridge", "The old bridge"),
    ("quotations", '"Wait," he said.', "Attendez, dit-il."),
    ("quotations", '"Wait," he said.', "« Attendez, dit-il."),
    ("quotations", "He said that he waits.", "Il dit : « J'attends »."),
    ("quotations", '"Yes" and "no"', "« Oui » et non"),
    ("quotations", "「はい」 is yes", "はい est oui"),
    ("script", "The word мир is short.", "Le mot mir est court."),
    ("script", "He wrote 東京 here.", "Il a écrit Tokyo ici."),
    ("script", "It opens today 🎉", "Cela ouvre aujourd'hui"),
]

FINE = [
    ("Paris", "Paris"),
    ("Boeing Airbus", "Boeing Airbus"),
    ("Leonardo da Vinci", "Leonardo da Vinci"),
    ("HOTEL RESTAURANT", "HOTEL RESTAURANT"),
    ("Adult ticket", "Billet adulte"),
    ("See https://a.example/b-c", "See https://a.example/b-c"),
    ('"Wait," he said.', "« Attendez », dit-il."),
    ('"Wait," he said.', "„Attendez“, dit-il."),
    ("He said 'wait' to her.", "Il lui a dit « attendez »."),
    ('"Wait," he said.', "— Attendez, dit-il."),
    ("It's the workers' day.", "C'est la journée des travailleurs."),
    ('and so it ended," he said.', "et ainsi cela s'acheva, dit-il."),
    ("The word мир is short.", "Le mot мир est court."),
    ("It opens today 🎉", "Cela ouvre aujourd'hui 🎉"),
    ("Temperatures of 5 µm and 3º", "Des températures de 5 μm et 3°"),
]


@pytest.mark.parametrize(("code", "source", "target"), FOUND)
def test_what_is_worth_a_look(code: str, source: str, target: str) -> None:
    """The one finding is the named one, and it is advisory."""
    (flag,) = check_segment(source, target, PAIR)
    assert (flag.code, flag.severity) == (code, Severity.ADVISORY)


@pytest.mark.parametrize(("source", "target"), FINE)
def test_what_is_left_alone(source: str, target: str) -> None:
    """Names, other styles of marks and quotations that go on elsewhere are no findings."""
    assert check_segment(source, target, PAIR) == ()


def test_kept_text_may_stay() -> None:
    """What must be kept is no text that was left untranslated."""
    assert check_segment("Run make test", "Run make test", PAIR, kept=((4, 13),)) == ()


def test_a_long_sentence_has_one_finding() -> None:
    """What blocks already is not said twice."""
    text = "the council met to discuss it"
    assert [flag.code for flag in check_segment(text, text, PAIR)] == ["not-translated"]


def test_foreign_names_may_be_quoted_in_another_script() -> None:
    """Russian puts the name of a firm in marks; a whole sentence in marks is speech."""
    pair = LanguagePair("en", "ru")
    assert check_segment("He works for Boeing.", "Он работает в «Боинге».", pair) == ()
    (flag,) = check_segment('"We will wait here."', "Мы будем ждать здесь.", pair)
    assert flag.message == "Quotation marks were lost: 1 in the source, 0 in the translation."


def test_another_script_may_go_where_a_language_has_it() -> None:
    """A Russian word is translated from Russian."""
    assert check_segment("Слово", "The word", LanguagePair("ru", "en")) == ()


def test_three_checks_are_advisory() -> None:
    """Only what needs an editor's eye does not block."""
    advisory = {check.code for check in CHECKS if check.severity is Severity.ADVISORY}
    assert advisory == {"same-text", "quotations", "script"}
