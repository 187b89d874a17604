"""The main job on real input: every sample article through the bundled model, whole."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman import (
    BlockKind,
    DeadlineExceeded,
    Dragoman,
    EmptyInput,
    InputTooLarge,
    LanguageUndetermined,
    Origin,
    PairNotInstalled,
    Settings,
)
from dragoman.pipeline.values import TranslatedArticle

SEEDS = Path(__file__).parents[2] / "seeds"
ENGLISH = sorted(
    path.parent
    for path in SEEDS.glob("*/expected.json")
    if json.loads(path.read_text(encoding="utf-8"))["language"] == "en"
)


@pytest.fixture(scope="module")
def dragoman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dragoman]:
    settings = Settings(models_dir=tmp_path_factory.mktemp("models"), workers=2)
    with Dragoman(settings) as opened:
        yield opened


def _files(seed: Path) -> list[Path]:
    return sorted(path for path in seed.glob("article.*"))


@pytest.mark.parametrize(
    "path",
    [path for seed in ENGLISH for path in _files(seed)],
    ids=lambda p: f"{p.parent.name}{p.suffix}",
)
def test_a_sample_article_comes_back_whole(dragoman: Dragoman, path: Path) -> None:
    """Every block is there in order, every segment has a translation and says what made it."""
    result = dragoman.translate_article(path.read_bytes(), to="fr", filename=path.name)
    assert result.source.language == "en"
    assert [block.block for block in result.blocks] == list(result.article.blocks)
    for block in result.blocks:
        assert "".join(segment.text for segment in block.segments) == block.block.text
        assert len(block.segments) == len(block.translations)
        assert "".join(item.text for item in block.translations) == block.text
        for segment, item in zip(block.segments, block.translations, strict=True):
            assert bool(item.text.strip()) == bool(segment.text.strip())
            assert item.signature
    assert result.models[0].id == "starter/en-fr"
    assert result.models[0].digest in result.signature or result.models[0].digest[:12] in (
        result.signature
    )


@pytest.mark.parametrize("name", ["article.txt", "article.html"])
def test_furniture_is_not_translated(dragoman: Dragoman, name: str) -> None:
    """Labels, bylines and credits come out as they went in; prose does not."""
    path = SEEDS / "defence-visit" / name
    result = dragoman.translate_article(path.read_bytes(), to="fr", filename=name)
    for block in result.blocks:
        if not block.block.kind.translated:
            assert block.text == block.block.text
            assert {item.origin for item in block.translations} <= {Origin.COPIED}
    prose = [block for block in result.blocks if block.block.kind is BlockKind.PARAGRAPH]
    assert len(prose) > 10
    changed = [block for block in prose if block.text != block.block.text]
    assert len(changed) > 0.9 * len(prose)


def test_a_page_says_its_new_language(dragoman: Dragoman) -> None:
    """The rendered page has lang and dir of the target and the translated headline in its h1."""
    path = SEEDS / "defence-visit" / "article.html"
    result = dragoman.translate_article(path.read_bytes(), to="fr", filename=path.name)
    page = result.document.decode("utf-8")
    (root,) = re.findall(r"<html[^>]*>", page)
    assert 'lang="fr"' in root
    assert 'dir="ltr"' in root
    assert result.headline
    assert f">{html.escape(result.headline, quote=False)}</h1>" in page


def test_a_summary_is_in_the_target_language(dragoman: Dragoman) -> None:
    """The summary's sentences are sentences of the translation."""
    path = SEEDS / "defence-visit" / "article.txt"
    result = dragoman.translate_article(path.read_bytes(), to="fr")
    assert result.summary is not None
    assert result.summary.headline == (result.headline or "").strip()
    translated = " ".join(" ".join(block.text.split()) for block in result.blocks)
    for sentence in result.summary.sentences:
        assert sentence in translated


def test_a_german_article_is_not_called_french(dragoman: Dragoman) -> None:
    """What is not installed is named, with the command that installs it."""
    text = (
        "Die Stadt hat am Montag beschlossen, die alte Brücke im Hafen zu erneuern. "
        "Der Bürgermeister sagte, dass die Arbeiten im nächsten Frühjahr beginnen sollen. "
        "Viele Anwohner hatten sich über den schlechten Zustand der Straße beschwert."
    )
    with pytest.raises(PairNotInstalled) as caught:
        dragoman.translate_article(text, to="fr")
    assert "German" in caught.value.message
    assert "dragoman models pull de-fr" in (caught.value.hint or "")


def test_an_article_in_the_target_language_is_copied(dragoman: Dragoman) -> None:
    """French to French changes nothing and is publishable."""
    text = "Le pont du port a rouvert lundi. Les tramways circulent de nouveau dans toute la ville."
    result = dragoman.translate_article(text, to="fr")
    assert result.document.decode("utf-8") == text
    assert result.report.publishable
    assert result.models == ()


def test_too_little_to_identify_is_said(dragoman: Dragoman) -> None:
    """Numbers have no language; the caller is asked for it."""
    with pytest.raises(LanguageUndetermined, match="could not be determined"):
        dragoman.translate_article("12 345 :-)", to="fr")


@pytest.mark.parametrize("article", ["", "   \n\n  ", b""])
def test_nothing_is_refused(dragoman: Dragoman, article: str | bytes) -> None:
    """An empty article is an error, not an empty translation."""
    with pytest.raises(EmptyInput):
        dragoman.translate_article(article, to="fr", source="en", format="text")


def test_too_much_is_refused(tmp_path: Path) -> None:
    """The limit and the size are both named."""
    settings = Settings(models_dir=tmp_path, max_characters=100)
    with Dragoman(settings) as dragoman, pytest.raises(InputTooLarge, match="100"):
        dragoman.translate_article("A sentence of the harbour. " * 20, to="fr", source="en")


def test_a_very_long_sentence_is_not_cut(dragoman: Dragoman) -> None:
    """Beyond a model's positions the input is split at clauses; its end is translated too."""
    clause = "the council of the city discussed the budget of the port with the ministers, "
    text = "On Monday " + clause * 120 + "and the meeting ended in Strasbourg."
    result = dragoman.translate_article(text, to="fr", source="en", format="text")
    (block,) = result.blocks
    assert len(block.text) > 0.5 * len(text)
    assert "Strasbourg" in block.text[-200:]


def test_a_passed_deadline_ends_the_request(dragoman: Dragoman) -> None:
    """Who asks for an answer within no time gets an error, and the next caller is served."""
    with pytest.raises(DeadlineExceeded):
        dragoman.translate_article(
            "The harbour was closed. " * 50, to="fr", source="en", timeout_s=0.0
        )
    assert dragoman.translate_texts(["Good morning."], to="fr", source="en").texts[0].translation


def test_texts_keep_their_order(dragoman: Dragoman) -> None:
    """Each string is translated on its own and comes back at its place."""
    texts = ["The council met on Monday.", "42", "", "Le conseil s'est réuni lundi à Paris."]
    result = dragoman.translate_texts(texts, to="fr")
    assert [item.source for item in result.texts] == texts
    assert result.texts[0].translation.origin is Origin.MODEL
    assert [item.translation.text for item in result.texts[1:]] == texts[1:]


def test_what_is_found_out_about_a_language(dragoman: Dragoman) -> None:
    """``detect`` names the language with a confidence between 0 and 1."""
    found = dragoman.detect("Der Bürgermeister hat die neue Brücke am Montag eröffnet.")
    assert found.language == "de"
    assert 0.5 < found.confidence <= 1.0


def test_the_same_article_gives_the_same_answer(dragoman: Dragoman) -> None:
    """Asked twice, alone, nothing changes."""
    text = (SEEDS / "defence-visit" / "article.txt").read_bytes()
    first: TranslatedArticle = dragoman.translate_article(text, to="fr")
    second = dragoman.translate_article(text, to="fr")
    assert first.document == second.document
