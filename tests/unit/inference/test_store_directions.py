from __future__ import annotations

from pathlib import Path

import pytest

from dragoman.article import LanguagePair
from dragoman.errors import ModelCorrupt
from dragoman.inference.catalogue.languages import CODES, language_of, tokens_by_language
from dragoman.inference.store.directions import (
    Directions,
    detect_directions,
    read_directions,
    write_manifest,
)
from support.model_directories import model_directory


def names(directions: Directions | None) -> set[str]:
    assert directions is not None
    return {str(pair) for pair in directions.pairs}


@pytest.mark.parametrize(
    ("model_id", "languages", "expected"),
    [
        ("any/thing", ("en", "fr"), {"en-fr"}),
        ("any/thing", ("eng", "pes"), {"en-fa"}),
        ("Helsinki-NLP/opus-mt-de-en", None, {"de-en"}),
        ("Helsinki-NLP/opus-mt-tc-big-en-pt", None, {"en-pt"}),
        ("owner/opus-mt-tc-base-cat_oci_spa-en", None, None),
        ("owner/opus-mt-tc-base-ces_slk-en", None, {"cs-en", "sk-en"}),
        ("starter/en-fr", None, {"en-fr"}),
        ("en-fr", None, {"en-fr"}),
        ("owner/opus-mt-fr-en", ("de", "en"), {"de-en"}),
        ("owner/my-news-model", None, None),
    ],
)
def test_a_model_of_one_direction(
    tmp_path: Path, model_id: str, languages: tuple[str, str] | None, expected: set[str] | None
) -> None:
    """The tokenizer's settings say the direction, else the name; else nothing is guessed."""
    directory = model_directory(tmp_path, languages=languages)

    found = detect_directions(directory, model_id)

    assert (found and names(found)) == expected


def test_a_multilingual_target_is_read_from_the_vocabulary(tmp_path: Path) -> None:
    """Targets of a group model are its vocabulary's tokens, in BCP 47; strangers are left out."""
    directory = model_directory(
        tmp_path, languages=None, tokens=["fra", "por", "pob", "cmn_Hans", "xho", "fr_CA"]
    )

    found = detect_directions(directory, "Helsinki-NLP/opus-mt-en-mul")

    assert names(found) == {"en-fr", "en-pt", "en-pt-BR", "en-zh"}
    assert found is not None
    assert found.target_tokens == {
        "fr": ">>fra<<",
        "pt": ">>por<<",
        "pt-BR": ">>pob<<",
        "zh": ">>cmn_Hans<<",
    }


def test_a_single_target_with_variants_keeps_to_its_language(tmp_path: Path) -> None:
    """An English-Chinese model with tokens for dialects translates Chinese in two scripts only."""
    directory = model_directory(
        tmp_path, languages=("en", "zh"), tokens=["cmn_Hans", "cmn_Hant", "yue_Hant", "jpn"]
    )

    found = detect_directions(directory, "owner/opus-mt-en-zh")

    assert names(found) == {"en-zh", "en-zh-Hant"}
    assert found is not None
    assert found.target_tokens == {"zh": ">>cmn_Hans<<", "zh-Hant": ">>cmn_Hant<<"}


def test_a_multilingual_source_is_read_from_the_card(tmp_path: Path) -> None:
    """Sources of a group model are its card's languages without the target."""
    card = "---\nlanguage:\n- it\n- es\n- roa\n- en\n\nlicense: apache-2.0\n---\n# Model\n"
    directory = model_directory(tmp_path, languages=None, card=card)

    assert names(detect_directions(directory, "owner/opus-mt-roa-en")) == {"it-en", "es-en"}


def test_a_group_without_tokens_and_card_tells_nothing(tmp_path: Path) -> None:
    """No direction is invented for a group."""
    directory = model_directory(tmp_path, languages=("roa", "en"))

    assert detect_directions(directory, "owner/opus-mt-roa-en") is None
    with pytest.raises(ModelCorrupt, match="cannot be told"):
        read_directions(directory, "owner/opus-mt-roa-en")


def test_given_pairs_win_and_take_their_tokens(tmp_path: Path) -> None:
    """Whoever says the pairs is believed, and each target's token is still found."""
    directory = model_directory(tmp_path, languages=None, tokens=["fra", "ita"])

    found = detect_directions(directory, "owner/model", pairs=[LanguagePair("en", "it")])

    assert found == Directions(frozenset({LanguagePair("en", "it")}), {"it": ">>ita<<"})


def test_the_manifest_wins_over_every_guess(tmp_path: Path) -> None:
    """What was written at installation is what is read, also against the tokenizer's settings."""
    directory = model_directory(tmp_path, languages=("en", "fr"))
    directions = Directions(frozenset({LanguagePair("de", "pt-BR")}), {"pt-BR": ">>pob<<"})

    write_manifest(directory, directions)

    assert read_directions(directory, "owner/opus-mt-en-fr") == directions


def test_a_manifest_without_pairs_is_refused(tmp_path: Path) -> None:
    """A model that translates nothing is broken."""
    directory = model_directory(tmp_path)
    write_manifest(directory, Directions(frozenset()))

    with pytest.raises(ModelCorrupt, match="no pair"):
        read_directions(directory, "owner/opus-mt-en-fr")


def test_no_code_means_two_languages() -> None:
    """The table of codes is unambiguous, whatever the letters' case."""
    codes = [code.lower() for codes in CODES.values() for code in codes]

    assert len(codes) == len(set(codes))
    assert all(language_of(language) == language for language in CODES)


def test_the_preferred_token_is_chosen_as_it_is_written() -> None:
    """Of several tokens for a language the first of the table is used, letter for letter."""
    found = tokens_by_language(["zho", "cmn_Hans", "pt_br", "FRA"])

    assert found == {"zh": ">>cmn_Hans<<", "pt-BR": ">>pt_br<<", "fr": ">>FRA<<"}


def test_a_target_without_a_token_is_not_promised(tmp_path: Path) -> None:
    """Of several given targets only those that the model can be told to speak are installed."""
    directory = model_directory(tmp_path, languages=None, tokens=["fra", "ita"])
    pairs = [LanguagePair("en", target) for target in ("fr", "it", "ro")]

    assert names(detect_directions(directory, "owner/model", pairs=pairs)) == {"en-fr", "en-it"}
