"""Every sample article gives the blocks that a careful reader would name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dragoman.formats.base import ParseLimits
from dragoman.formats.registry import FORMATS, get_format, sniff

SEEDS = Path(__file__).parents[2] / "seeds"
ARTICLES = sorted(SEEDS.glob("*/article.*"))


def expectation(article: Path) -> dict[str, Any]:
    expected = json.loads((article.parent / "expected.json").read_text(encoding="utf-8"))
    return {"language": expected["language"], **expected["articles"][article.name]}


def name(article: Path) -> str:
    return f"{article.parent.name}-{article.suffix[1:]}"


@pytest.mark.parametrize("article", ARTICLES, ids=name)
def test_a_sample_gives_the_expected_blocks(article: Path) -> None:
    """Kinds and texts come in the order and words of ``expected.json``.

    HTML folds white space; texts that no reader sees on a page may be given besides.
    """
    expected = expectation(article)
    parsed = get_format(expected["format"]).parse(article.read_bytes(), ParseLimits())
    found = [(str(block.kind), " ".join(block.text.split())) for block in parsed.blocks]
    wanted = [(block["kind"], " ".join(block["text"].split())) for block in expected["blocks"]]
    hidden = [(block["kind"], block["text"]) for block in expected["hidden"]]
    seen = [pair for pair in found if pair not in hidden]
    assert seen == wanted


@pytest.mark.parametrize("article", ARTICLES, ids=name)
def test_a_sample_is_recognised(article: Path) -> None:
    """The format is found by name and by content, and what the document says of its language."""
    expected = expectation(article)
    data = article.read_bytes()
    assert sniff(data, article.name) == expected["format"]
    unnamed = "text" if expected["format"] == "markdown" else expected["format"]
    assert sniff(data) == unnamed
    declared = get_format(expected["format"]).parse(data, ParseLimits()).language
    assert declared is None or declared.split("-")[0] == expected["language"]


def test_the_samples_cover_what_newsrooms_send() -> None:
    """Every format but the fragment has a sample of its own, in English and in French."""
    formats = {expectation(article)["format"] for article in ARTICLES}
    assert formats == set(FORMATS) - {"fragment"}
    languages = [expectation(article)["language"] for article in ARTICLES]
    assert languages.count("fr") >= 2
    assert {folder.name for folder in SEEDS.iterdir() if folder.is_dir()} == {
        article.parent.name for article in ARTICLES
    }
