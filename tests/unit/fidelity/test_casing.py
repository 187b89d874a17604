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


@given(st.text(max_size=80))
def test_the_number_of_code_points_never_changes(text: str) -> None:
    """Offsets stay true through any change of case (ß, İ, ligatures and all)."""
    model = CaseModel.learn([text, *BODY], "en")
    for variant in (text, text.upper(), text.title()):
        lowered, style = model.lower_headline(variant)
        assert len(lowered) == len(variant)
        assert len(apply_headline_case(variant, style, "fr")) == len(variant)
