"""Headline capitals are taken off by what the article itself shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.fidelity.casing import CaseModel, HeadlineCase, apply_headline_case

BODY = [
    "The government of the United States has sued Apple over an agreement.",
    "A lawyer said that Apple and Turkey signed the deal in May, and that NATO was told.",
    "The US denies this. Officials in Turkey were asked about the sanctions.",
]


@pytest.fixture(scope="module")
def learnt() -> CaseModel:
    return CaseModel.learn(BODY, "en")


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("US Sues Apple Over Turkey Deal", "US sues Apple over Turkey deal"),
        ("US SUES APPLE OVER TURKEY DEAL", "US sues Apple over Turkey deal"),
        ("Apple’s Lawyer Told NATO About Sanctions", "Apple’s lawyer told NATO about sanctions"),
        ("TURKEY ASKS NATO: WHAT DEAL?", "Turkey asks NATO: What deal?"),
        ("Sanctions Follow Agreement in May", "Sanctions follow agreement in May"),
    ],
)
def test_case_is_learnt_from_the_body(learnt: CaseModel, headline: str, expected: str) -> None:
    """A word seen lower-case in the body is lowered, one seen only capitalised is kept."""
    assert learnt.lower_headline(headline)[0] == expected


def test_capitalize_would_lose_the_names(learnt: CaseModel) -> None:
    """The example that a simple ``.capitalize()`` fails."""
    headline = "US Sues Apple Over Turkey Deal"
    assert learnt.lower_headline(headline)[0] != headline.capitalize()


def test_without_a_body_common_words_are_lowered() -> None:
    """A bare headline is still read: closed-class and headline words are no names."""
    bare = CaseModel.learn((), "en")
    lowered, style = bare.lower_headline("Prime Minister Wins Vote in Paris")
    assert lowered == "Prime minister wins vote in Paris"
    assert style is HeadlineCase.TITLE_CASE


def test_days_and_nationalities_keep_their_capitals() -> None:
    """Capitals off, "MONDAY" is "Monday"."""
    bare = CaseModel.learn((), "en")
    assert bare.lower_headline("FRENCH TALKS END ON MONDAY")[0] == "French talks end on Monday"


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("White House Fears New York Flood", "White House fears New York flood"),
        ("WHITE HOUSE FEARS NEW YORK FLOOD", "White House fears New York flood"),
        ("We Will Fight It, Says Minister", "We will fight it, says minister"),
        ("WHO IS WINNING? IT IS THE US", "Who is winning? It is the US"),
        ("THE U.S. SUES A COMPANY", "The U.S. sues a company"),
        ("DON'T PANIC, SAYS O'NEILL", "Don't panic, says O'Neill"),
        ("SAY 'NO' TO THE UN'S PLAN", "Say 'No' to the UN's plan"),
        ("Who Is Winning?", "Who is Winning?"),
    ],
)
def test_names_and_acronyms_among_ordinary_words(headline: str, expected: str) -> None:
    """Without a body too, "it" is a word and "US" is not, and a known name stays a name."""
    assert CaseModel.learn((), "en").lower_headline(headline)[0] == expected


def test_names_of_two_words_are_learnt() -> None:
    """Words that are ordinary alone stay capitalised where the body has them as a name."""
    model = CaseModel.learn(
        ["They met at the Grand Hall. The hall was grand, a grand hall indeed."], "en"
    )
    assert model.lower_headline("Minister Opens Grand Hall")[0] == "Minister opens Grand Hall"
    assert model.lower_headline("Minister Opens Hall So Grand")[0] == "Minister opens hall so grand"


@pytest.mark.parametrize(
    ("language", "body", "headline", "expected"),
    [
        ("fr", "Hier, l'OTAN a vu la France.", "L'OTAN À LA FRANCE", "L'OTAN à la France"),
        ("fr", "Elle est éliminée hier.", "ELIMINEE DEUX FOIS", "Éliminée deux fois"),
        ("tr", "Burada ışık söndü, sakin.", "IŞIK SÖNDÜ, SAKİN", "Işık söndü, sakin"),
        ("el", "Τότε ο δρόμος άνοιξε.", "Ο ΔΡΟΜΟΣ ΑΝΟΙΞΕ", "Ο δρόμος άνοιξε"),
        ("es", "Ella viaja a Madrid.", "VIAJA A EE. UU.", "Viaja a EE. UU."),
        ("de", "Die Straße in Kiew ist frei.", "KIEW IST WIEDER FREI", "Kiew ist wieder frei"),
    ],
)
def test_capitals_in_other_languages(
    language: str, body: str, headline: str, expected: str
) -> None:
    """Elision, missing accents, the Turkish i and the Greek sigma: by language."""
    assert CaseModel.learn([body], language).lower_headline(headline)[0] == expected


def test_a_very_long_headline_takes_linear_time() -> None:
    """Reading a headline of 400,000 characters ends; it took minutes."""
    text = "Big Words Follow " * 24_000
    assert len(CaseModel.learn((), "en").lower_headline(text)[0]) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "Shoigu flies to Tehran as Moscow and Iran tighten military ties",
        "The bridge reopens after nine weeks",
        "NATO",
        "Paris",
        "",
    ],
)
def test_sentence_case_is_left_alone(learnt: CaseModel, text: str) -> None:
    """What is written as prose is translated as it is."""
    assert learnt.lower_headline(text) == (text, HeadlineCase.SENTENCE)


def test_german_nouns_are_no_headline_style() -> None:
    """Capitals are spelling in German, not Title Case."""
    model = CaseModel.learn(["Die Stadt baut eine Brücke."], "de")
    text = "Stadt Berlin Baut Neue Brücke"
    assert model.lower_headline(text) == (text, HeadlineCase.SENTENCE)


def test_a_body_in_capitals_is_no_witness() -> None:
    """A shouting paragraph does not teach that every word is a name."""
    model = CaseModel.learn(["THE DEAL WITH APPLE IS SIGNED", "The deal helps Apple."], "en")
    assert model.lower_headline("New Deal Helps Apple")[0] == "New deal helps Apple"


def test_the_headline_begins_with_a_capital() -> None:
    """A translation of a lowered headline gets its first capital back."""
    assert apply_headline_case("« le pont »", HeadlineCase.TITLE_CASE, "fr") == "« Le pont »"
    assert apply_headline_case("le pont", HeadlineCase.SENTENCE, "fr") == "le pont"
    assert apply_headline_case("iPhone en tête", HeadlineCase.ALL_CAPS, "fr") == "iPhone en tête"
    assert apply_headline_case("istanbul", HeadlineCase.ALL_CAPS, "tr") == "İstanbul"


@given(st.text(max_size=80))
def test_the_number_of_code_points_never_changes(text: str) -> None:
    """Offsets stay true through any change of case (ß, İ, ligatures and all)."""
    model = CaseModel.learn([text, *BODY], "en")
    for variant in (text, text.upper(), text.title()):
        lowered, style = model.lower_headline(variant)
        assert len(lowered) == len(variant)
        assert len(apply_headline_case(variant, style, "fr")) == len(variant)
