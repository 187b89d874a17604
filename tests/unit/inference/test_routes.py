from __future__ import annotations

import pytest

from dragoman.article import LanguagePair, Step
from dragoman.errors import PairNotInstalled, UnsupportedInput
from dragoman.inference.model import InstalledModel
from dragoman.inference.routes import RouteTable, canonical
from support.inference import model, pair


def table(*models: InstalledModel, pivot: str = "en") -> RouteTable:
    return RouteTable(models, pivot)


def test_a_direct_model_is_used_directly() -> None:
    """Even when the way through the pivot exists as well."""
    route = table(model("de-en"), model("en-fr"), model("de-fr")).find(pair("de-fr"))
    assert route.steps == (Step(pair("de-fr"), "test/de-fr"),)


def test_without_a_direct_model_the_pivot_is_used() -> None:
    """Both steps name their models."""
    route = table(model("en-fr"), model("de-en")).find(pair("de-fr"))
    assert [step.model_id for step in route.steps] == ["test/de-en", "test/en-fr"]
    assert route.pair == pair("de-fr")


def test_the_pivot_is_a_setting() -> None:
    """Not everybody's languages meet in English."""
    models = model("gl-es"), model("es-ca")
    assert len(table(*models, pivot="es").find(pair("gl-ca")).steps) == 2
    with pytest.raises(PairNotInstalled):
        table(*models).find(pair("gl-ca"))


def test_the_first_of_two_models_is_used() -> None:
    """The order of the models decides, so the route is the same every time."""
    models = model("small", "en-fr"), model("large", "en-fr")
    assert table(*models).find(pair("en-fr")).steps[0].model_id == "test/small"
    assert table(*models[::-1]).find(pair("en-fr")).steps[0].model_id == "test/large"


def test_a_pulled_model_is_preferred_to_a_bundled_one() -> None:
    """Somebody installed it on purpose."""
    bundled, pulled = model("starter", "en-fr", bundled=True), model("pulled", "en-fr")
    assert table(bundled, pulled).find(pair("en-fr")).steps[0].model_id == "test/pulled"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("fr_CA-en", "fr-en"),
        ("FR-EN", "fr-en"),
        ("fr_Latn_CA-en_GB", "fr-en"),
        ("en-pt_BR", "en-pt_BR"),
        ("en-pt_br", "en-pt_BR"),
        ("en-pt_PT", "en-pt"),
        ("en-zh_Hant_TW", "en-zh_Hant"),
        ("en-zh_TW", "en-zh"),
    ],
)
def test_a_code_is_matched_exactly_or_by_what_it_is_a_kind_of(wanted: str, found: str) -> None:
    """The closest installed language wins (the lookup of RFC 4647)."""
    models = model("fr-en"), model("pt", "en-pt"), model("br", "en-pt_BR"), model("en-zh")
    routes = table(*models, model("hant", "en-zh_Hant"))
    assert routes.find(pair(wanted)).pair == pair(found)


def test_a_region_is_not_taken_for_the_language() -> None:
    """Portuguese is not answered in Brazilian Portuguese without being asked."""
    with pytest.raises(PairNotInstalled):
        table(model("en-pt_BR")).find(pair("en-pt"))


def test_a_multilingual_model_gets_its_target_token() -> None:
    """On each step that it does, in the direction of that step."""
    many = model(
        "many", "de-en", "en-fr", "en-de", target_tokens={"fr": ">>fra<<", "de": ">>deu<<"}
    )
    steps = table(many).find(pair("de-fr")).steps
    assert [step.target_token for step in steps] == [None, ">>fra<<"]


@pytest.mark.parametrize(
    ("installed", "wanted", "pulls"),
    [
        (["en-fr"], "en-de", ["en-de"]),
        (["en-fr"], "fr-en", ["fr-en"]),
        (["en-fr"], "de-fr", ["de-fr", "de-en"]),
        (["de-en"], "de-fr", ["de-fr", "en-fr"]),
        ([], "de-fr", ["de-fr", "de-en", "en-fr"]),
        ([], "de_AT-fr_CA", ["de-fr", "de-en", "en-fr"]),
    ],
)
def test_a_missing_pair_says_what_to_pull(
    installed: list[str], wanted: str, pulls: list[str]
) -> None:
    """The direct model first, and what is missing of the way through the pivot."""
    with pytest.raises(PairNotInstalled) as error:
        table(*map(model, installed)).find(pair(wanted))
    hint = error.value.hint or ""
    assert [part.split("`")[0] for part in hint.split("dragoman models pull ")[1:]] == pulls
    assert wanted.replace("_", "-").split("-")[0] in error.value.message


@pytest.mark.parametrize("wanted", ["fr-fr", "fr-fr_CA", "en_US-en"])
def test_a_language_into_itself_is_refused(wanted: str) -> None:
    """And never sent through the pivot and back."""
    with pytest.raises(UnsupportedInput):
        table(model("fr-en"), model("en-fr")).find(pair(wanted))


def test_between_two_kinds_of_a_language_a_model_is_used() -> None:
    """If there is one."""
    assert table(model("sr-sr_Latn")).find(pair("sr-sr_Latn"))


def test_languages_are_those_that_can_be_reached() -> None:
    """Directly and through the pivot, sorted, never into themselves."""
    models = model("fr-en"), model("en-fr"), model("de-en"), model("es-ca"), model("en-de")
    assert table(*models).languages() == {
        "de": ("en", "fr"),
        "en": ("de", "fr"),
        "es": ("ca",),
        "fr": ("de", "en"),
    }


def test_every_language_that_is_offered_has_a_route() -> None:
    """The list of languages promises nothing that ``find`` refuses."""
    routes = table(model("fr-en"), model("en-fr"), model("de-en"), model("many", "en-it", "it-ca"))
    for source, targets in routes.languages().items():
        for target in targets:
            assert routes.find(LanguagePair(source, target)).pair == LanguagePair(source, target)


def test_no_models_are_no_languages() -> None:
    """A fresh installation offers nothing, politely."""
    assert table().languages() == {}


@pytest.mark.parametrize(
    ("code", "usual"),
    [("EN", "en"), ("pt_br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), (" sr-LATN ", "sr-Latn")],
)
def test_codes_are_written_in_their_usual_case(code: str, usual: str) -> None:
    """However the caller wrote them."""
    assert canonical(code) == usual
