"""Which language a text is in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.article import UNDETERMINED
from dragoman.langid import Identified, LanguageIdentifier
from dragoman.langid.identification import SAMPLE
from support.hostile import LANGUAGES, hostile_text

GERMAN = (
    "Die Ministerin reiste am Montag in die Hafenstadt und sprach dort mit Fischern über die "
    "neuen Regeln. Viele von ihnen fürchten um ihre Zukunft, doch sie will nicht nachgeben."
)
FRENCH = (
    "La ministre s'est rendue lundi dans le port, où elle a parlé des nouvelles règles avec les "
    "pêcheurs. Beaucoup craignent pour leur avenir, mais elle ne veut pas céder."
)
RUSSIAN = (
    "Министр приехала в портовый город в понедельник и рассказала рыбакам о новых правилах. "
    "Многие из них боятся за своё будущее, но она не намерена уступать."
)


@pytest.fixture(scope="module")
def identifier() -> LanguageIdentifier:
    return LanguageIdentifier()


class FixedRanker:
    """Gives the probabilities that it was made with: a stand-in at the model's port."""

    def __init__(self, **probabilities: float) -> None:
        self.ranked = sorted(probabilities.items(), key=lambda item: -item[1])
        self.seen: list[str] = []

    def rank(self, text: str) -> list[tuple[str, float]]:
        self.seen.append(text)
        return self.ranked

    def release(self) -> None:
        self.seen.append("released")


def decided(ranker: FixedRanker, text: str = "a text of words", **given: object) -> Identified:
    return LanguageIdentifier(lambda: ranker).identify(text, **given)  # type: ignore[arg-type]  # keyword arguments of identify


@pytest.mark.parametrize(("text", "language"), [(GERMAN, "de"), (RUSSIAN, "ru"), (FRENCH, "fr")])
def test_all_languages_come_first(identifier: LanguageIdentifier, text: str, language: str) -> None:
    """An installation of English and French knows German and Russian when it sees them."""
    found = identifier.identify(text, installed={"en", "fr"})
    assert (found.language, found.reliable) == (language, True)
    assert found.confidence > 0.9
    assert found.candidates[0] == (language, found.confidence)


def test_a_wrong_declaration_does_not_win(identifier: LanguageIdentifier) -> None:
    """A German article on a page that says lang="en" is German."""
    assert identifier.identify(GERMAN, hints=("en",), installed={"en", "fr"}).language == "de"


@pytest.mark.parametrize(
    "text",
    ["", " \n", "123", "ok", "OK", "😀👍", "…", "12:30", "http://example.com/bonjour", "@le_monde"],
)
def test_too_little_evidence_is_undetermined(identifier: LanguageIdentifier, text: str) -> None:
    """Numbers, signs, addresses and tiny words say nothing about a language."""
    found = identifier.identify(text, installed={"en", "fr"})
    assert (found.language, found.reliable) == (UNDETERMINED, False)


def test_a_hint_decides_on_a_short_text(identifier: LanguageIdentifier) -> None:
    """Where the text says too little, the page's declaration is believed, but not as reliable."""
    found = identifier.identify("ok", hints=("fr-FR",), installed={"en", "fr"})
    assert (found.language, found.reliable) == ("fr", False)
    assert identifier.identify("123", hints=("fr",)).language == UNDETERMINED


def test_ties_go_to_hints_then_to_installed_languages() -> None:
    """In doubt a plausible hint wins, then a close installed language, then the best."""
    ranker = FixedRanker(gl=0.45, pt=0.35, es=0.1, de=0.001)
    assert decided(ranker).language == "gl"
    assert decided(ranker, installed={"pt", "es"}).language == "pt"
    assert decided(ranker, installed={"es"}).language == "gl"
    assert decided(ranker, installed={"pt"}, hints=("es",)).language == "es"
    assert decided(ranker, installed={"pt"}, hints=("de",)).language == "pt"
    assert decided(ranker, hints=("xx-unknown",)).language == "xx"


def test_a_sure_answer_is_not_moved() -> None:
    """Neither hint nor installation changes an answer of high probability."""
    ranker = FixedRanker(de=0.75, nl=0.24)
    assert decided(ranker, hints=("nl",), installed={"nl"}).language == "de"


def test_an_unsure_answer_needs_help() -> None:
    """A low probability without hint or installed language is undetermined."""
    assert decided(FixedRanker(st=0.2, en=0.15)).language == UNDETERMINED
    assert decided(FixedRanker(en=0.2, st=0.15), installed={"en"}).language == "en"
    assert decided(FixedRanker(en=0.02, st=0.01), installed={"en"}).language == UNDETERMINED


def test_variants_are_spelled_as_installed() -> None:
    """``no`` and ``nb`` are one; a hinted variant is kept when it is installed."""
    assert decided(FixedRanker(no=0.9)).language == "no"
    assert decided(FixedRanker(no=0.9), installed={"nb"}).language == "nb"
    chinese = FixedRanker(zh=0.5, wuu=0.2, yue=0.2)
    assert decided(chinese).language == "zh"
    both = {"zh-Hans", "zh-Hant"}
    assert decided(chinese, hints=("zh_TW",), installed=both).language == "zh-Hant"
    assert decided(chinese, hints=("zh_TW",), installed={"zh"}).language == "zh"
    assert decided(FixedRanker(pt=0.9), hints=("pt-br",), installed={"pt", "pt-BR"}).language == (
        "pt-BR"
    )


def test_long_texts_are_sampled_over_their_length() -> None:
    """A long text costs no more than a short one, and its end counts too."""
    ranker = FixedRanker(en=0.9)
    text = "start " + "middle " * 100_000 + " end"
    decided(ranker, text)
    assert len(ranker.seen[0]) <= SAMPLE + 10
    assert ranker.seen[0].startswith("start")
    assert ranker.seen[0].endswith("end")


def test_the_lead_does_not_decide(identifier: LanguageIdentifier) -> None:
    """An English notice above a long German article leaves it German."""
    notice = "This page is only available in German. We are sorry for the inconvenience. " * 4
    assert identifier.identify(notice + GERMAN * 60).language == "de"


def test_memory_is_released_after_each_text() -> None:
    """What the model touched is given back, so that the server stays small."""
    ranker = FixedRanker(en=0.9)
    decided(ranker)
    assert ranker.seen[-1] == "released"


def test_the_model_is_opened_once_and_late() -> None:
    """Nothing is loaded before the first text, and threads that come together share one model."""
    opened: list[FixedRanker] = []

    def open_model() -> FixedRanker:
        opened.append(FixedRanker(en=0.9))
        return opened[-1]

    identifier = LanguageIdentifier(open_model)
    assert opened == []
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: identifier.identify("some words"), range(32)))
    assert len(opened) == 1


def test_many_threads_identify_alike(identifier: LanguageIdentifier) -> None:
    """Answers do not depend on what else is being identified."""
    texts = [GERMAN, FRENCH, RUSSIAN] * 40
    alone = [identifier.identify(text) for text in texts[:3]] * 40
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(identifier.identify, texts)) == alone


@settings(deadline=None, max_examples=150)
@given(text=hostile_text, hints=st.lists(st.one_of(st.sampled_from(LANGUAGES), hostile_text)))
def test_no_text_raises(identifier: LanguageIdentifier, text: str, hints: list[str]) -> None:
    """Any string gets an answer with a probability."""
    found = identifier.identify(text, hints=hints, installed=LANGUAGES)
    assert found.language
    assert 0.0 <= found.confidence <= 1.0 + 1e-6
