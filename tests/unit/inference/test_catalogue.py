from __future__ import annotations

import re
from pathlib import Path

import pytest

from dragoman.article import LanguagePair
from dragoman.errors import NotOnHub, SettingsError
from dragoman.inference.catalogue import (
    Catalogue,
    Entry,
    check_repository,
    load_catalogue,
    parse_catalogue,
    parse_pair,
)
from dragoman.inference.catalogue.languages import CODES
from dragoman.inference.store import bundled_models_directory

ENTRY = """
[[model]]
repository = "owner/one"
sources = ["en"]
targets = ["de"]
evidence = ["https://example.org/one"]
"""


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    """The catalogue that comes with the program."""
    return load_catalogue(bundled_models_directory())


def catalogue(*entries: tuple[str, str, str]) -> Catalogue:
    """Entries of name, sources and targets, each separated by spaces."""
    return Catalogue(
        tuple(
            Entry(name, tuple(sources.split()), tuple(targets.split()), ("https://example.org",))
            for name, sources, targets in entries
        )
    )


def test_every_shipped_entry_cites_a_page_that_names_it(shipped: Catalogue) -> None:
    """Each repository has a public page as evidence, and that page is about this repository."""
    assert shipped.entries
    for entry in shipped.entries:
        assert any(entry.repository in address for address in entry.evidence), entry.repository
        assert check_repository(entry.repository) == entry.repository


def test_shipped_facts_are_plausible(shipped: Catalogue) -> None:
    """What is stated is of the right kind: licences of the hub, megabytes, scores of 0 to 100."""
    for entry in shipped.entries:
        assert entry.licence in {None, "apache-2.0", "cc-by-4.0"}
        assert entry.download_mb is None or 50 < entry.download_mb < 2000
        pairs = set(map(str, entry.pairs))
        for measured, score in (entry.bleu or {}).items():
            assert measured.split(" ")[0] in pairs
            assert 0 < score < 100


@pytest.mark.parametrize(
    "language",
    "ar bg cs da de el es et fa fi fr he hi hr hu id it ja ko lt lv nb nl pl pt ro ru sk sl sr sv "
    "tr uk vi zh".split(),
)
def test_english_goes_both_ways_with(shipped: Catalogue, language: str) -> None:
    """The catalogue has a model from English to each of these languages, and one back."""
    assert shipped.for_pair(LanguagePair("en", language))
    assert shipped.for_pair(LanguagePair(language, "en"))


def test_a_name_that_does_not_exist_is_not_listed(shipped: Catalogue) -> None:
    """Portuguese goes through models that exist, and not through a name made by rule."""
    assert shipped.get("Helsinki-NLP/opus-mt-en-pt") is None
    assert shipped.get("Helsinki-NLP/opus-mt-tc-big-en-pt") is not None


def test_a_model_of_one_direction_goes_before_one_of_many() -> None:
    """The smaller promise is kept better: it is listed first wherever it stands in the file."""
    known = catalogue(("o/many", "en", "de fr"), ("o/two", "en", "de"), ("o/three", "en", "de"))

    found = known.for_pair(LanguagePair("en", "de"))

    assert [entry.repository for entry in found] == ["o/two", "o/three", "o/many"]


def test_a_pair_without_a_direct_model_goes_through_the_pivot() -> None:
    """Two halves that meet at the pivot are what to pull; a direct model is taken before them."""
    known = catalogue(("o/de-en", "de", "en"), ("o/en-fr", "en", "fr"), ("o/it-fr", "it", "fr"))

    def names(pair: str) -> list[str]:
        source, target = pair.split("-")
        return [entry.repository for entry in known.best_for(LanguagePair(source, target), "en")]

    assert names("de-fr") == ["o/de-en", "o/en-fr"]
    assert names("it-fr") == ["o/it-fr"]
    assert names("de-en") == ["o/de-en"]


@pytest.mark.parametrize("pair", ["fr-de", "en-de", "sw-en"])
def test_a_pair_that_nobody_knows_is_an_error(pair: str) -> None:
    """Half a way is no way."""
    known = catalogue(("o/de-en", "de", "en"), ("o/en-fr", "en", "fr"))
    source, target = pair.split("-")

    with pytest.raises(NotOnHub, match=pair):
        known.best_for(LanguagePair(source, target), "en")


def test_no_model_translates_a_language_into_itself() -> None:
    """A model of many languages has every pair but those of a language with itself."""
    (entry,) = catalogue(("o/many", "en fr", "fr de")).entries

    assert set(map(str, entry.pairs)) == {"en-fr", "en-de", "fr-de"}


def test_an_entry_is_read_with_all_that_it_states() -> None:
    """Optional facts are read; absent ones are None."""
    more = 'licence = "cc-by-4.0"\ndownload_mb = 298\nbleu = { "en-de x" = 36.1 }\nnote = "n"\n'

    (plain,) = parse_catalogue(ENTRY.encode(), "test").entries
    (full,) = parse_catalogue((ENTRY + more).encode(), "test").entries

    assert (plain.licence, plain.download_mb, plain.bleu, plain.note) == (None, None, None, None)
    assert (full.licence, full.download_mb, full.note) == ("cc-by-4.0", 298, "n")
    assert full.bleu == {"en-de x": 36.1}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ENTRY + "size = 3\n", "size is not known"),
        (ENTRY.replace('evidence = ["https://example.org/one"]', ""), "evidence is missing"),
        (ENTRY.replace("https:", "http:"), "https://"),
        (ENTRY.replace('["https://example.org/one"]', "[]"), "evidence"),
        (ENTRY.replace("owner/one", "one"), "not a model's name"),
        (ENTRY.replace('["de"]', '["xx"]'), "xx"),
        (ENTRY.replace('["de"]', '["de", "de"]'), "twice"),
        (ENTRY.replace('["de"]', '"de"'), "list"),
        (ENTRY + 'download_mb = "300"\n', "download_mb"),
        (ENTRY + ENTRY.replace("owner/one", "Owner/One"), "named twice"),
        ("[models]\n" + ENTRY, "unknown table models"),
        ("[[model]\n", "wrong"),
    ],
)
def test_a_wrong_catalogue_is_refused(text: str, says: str) -> None:
    """Strange keys, missing evidence, bad names and languages, and duplicates are errors."""
    with pytest.raises(SettingsError, match=re.escape(says)):
        parse_catalogue(text.encode(), "test")


def test_bytes_that_are_no_text_are_refused() -> None:
    """A catalogue in another encoding is an error in words."""
    with pytest.raises(SettingsError):
        parse_catalogue(b"\xff\xfe", "test")


def test_an_installation_without_a_catalogue_knows_nothing(tmp_path: Path) -> None:
    """No file and no directory are an empty catalogue."""
    assert load_catalogue(tmp_path) == load_catalogue(None) == Catalogue()


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("en-de", ("en", "de")),
        ("en-pt-BR", ("en", "pt-BR")),
        ("zh-Hant-en", ("zh-Hant", "en")),
        ("EN-De", ("en", "de")),
        ("eng-deu", ("en", "de")),
        ("pt-pt-BR", ("pt", "pt-BR")),
        ("en", None),
        ("en-xx", None),
        ("en-en", None),
        ("", None),
        ("-", None),
    ],
)
def test_pairs_are_read_as_people_write_them(text: str, pair: tuple[str, str] | None) -> None:
    """A pair is two languages that we know, with regions and scripts, in any case of letters."""
    assert parse_pair(text) == (pair and LanguagePair(*pair))


def test_every_pair_of_languages_can_be_written() -> None:
    """Joining two codes and reading them again gives the pair back."""
    for source in CODES:
        for target in CODES:
            if source != target:
                assert parse_pair(f"{source}-{target}") == LanguagePair(source, target)


@pytest.mark.parametrize(
    "name",
    [
        "owner",
        "owner/name/more",
        "../name",
        "owner/..",
        "owner/na..me",
        "owner/na--me",
        "-owner/name",
        "owner/name.",
        "owner/nämé",
        "owner/na me",
        "owner/name\n",
        "https://hub/owner/name",
        "o/" + "n" * 96,
        "",
        None,
    ],
)
def test_names_that_the_hub_would_not_take_are_refused(name: object) -> None:
    """Names lead to addresses and directories, so only the hub's own letters are let through."""
    with pytest.raises(Exception, match="is not a model's name"):
        check_repository(name)
