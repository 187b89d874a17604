"""What is not learnt from."""

from __future__ import annotations

from collections import Counter

import pytest

from dragoman.article import LanguagePair
from dragoman.langid import LanguageIdentifier
from dragoman.training.cleaning import Reason, clean, language_judge, worst
from dragoman.training.pairs import Pair

EN_FR = LanguagePair("en", "fr")
GOOD = Pair("The minister spoke on Monday.", "Le ministre a parlé lundi.")
GERMAN = "Der Minister hat am Montag mit den Vertretern der Gewerkschaften gesprochen."
ENGLISH = "The minister spoke to the representatives of the unions on Monday morning."
FRENCH = "Le ministre a parlé lundi matin aux représentants des syndicats du pays."


def cleaned(*pairs: Pair, judged: bool = False) -> tuple[list[Pair], Counter[Reason]]:
    dropped: Counter[Reason] = Counter()
    judge = language_judge(LanguageIdentifier()) if judged else None
    return list(clean(pairs, EN_FR, max_ratio=2.5, judge=judge, dropped=dropped)), dropped


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        (Pair("", "Rien."), Reason.EMPTY),
        (Pair("Nothing.", ""), Reason.EMPTY),
        (Pair(GOOD.source.upper(), GOOD.target), Reason.DUPLICATE),
        (Pair("All of this is the same.", "All of this is the same."), Reason.UNTRANSLATED),
        (Pair("Yes.", "Oui, mais seulement dans les cas que voici, et encore."), Reason.LENGTH),
    ],
)
def test_an_unfit_pair_is_dropped_and_counted(pair: Pair, reason: Reason) -> None:
    """By its reason; the good pair beside it stays."""
    assert cleaned(GOOD, pair) == ([GOOD], Counter({reason: 1}))


def test_short_pairs_may_differ_in_length() -> None:
    """And a name is the same in both languages."""
    pairs = [Pair("No.", "Absolument pas."), Pair("Paris", "Paris")]
    assert cleaned(*pairs)[0] == pairs


@pytest.mark.parametrize("pair", [Pair(GERMAN, FRENCH), Pair(ENGLISH, GERMAN)])
def test_another_language_on_either_side_is_dropped(pair: Pair) -> None:
    """But not swapped sides' neighbours, nor text too short to judge."""
    short = Pair("Guten Tag", "Bonjour")
    good = Pair(ENGLISH, FRENCH)
    assert cleaned(pair, short, good, judged=True) == ([short, good], Counter(["another language"]))


def test_swapped_sides_are_dropped() -> None:
    """Both languages are right, but not where they should be."""
    assert cleaned(Pair(FRENCH, ENGLISH), judged=True)[0] == []


def test_the_worst_share_is_unfit() -> None:
    """With all that cannot be scored; a share of nothing drops only those."""
    scores = [-1.0, -9.0, -2.0, float("-inf"), -3.0]
    assert worst(scores, 0.4).tolist() == [False, True, False, True, False]
    assert worst(scores, 0.0).tolist() == [False, False, False, True, False]
