from __future__ import annotations

from pathlib import Path

import pytest

from dragoman.inference.store.card import Card, read_card


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nlanguage:\n- en\n- fr\nlicense: mit\n---\n", Card("mit", ("en", "fr"))),
        ("---\nlanguage: [en, 'fr']\nlicense: 'mit'\n---\n", Card("mit", ("en", "fr"))),
        ("---\nlicense: mit\ntags:\n- translation\n---\n", Card("mit", ())),
        ("---\r\nlicense: mit\r\n---\r\n# Title\r\n", Card("mit", ())),
        ("---\nlicense:\n- mit\n- x\nlanguage: en\n---\n", Card("mit", ("en",))),
        ("---\nlanguage:\n-en\n-fr\n---\n", Card(None, ("en", "fr"))),
        ("# No front matter\nlicense: mit\n", Card()),
        ("---\nlicense: mit\n", Card()),
        ("", Card()),
    ],
)
def test_front_matter_is_read_in_the_forms_that_cards_have(
    tmp_path: Path, text: str, expected: Card
) -> None:
    """Licence and languages are found as scalars, flow lists and block lists, and nowhere else."""
    (tmp_path / "README.md").write_bytes(text.encode())

    assert read_card(tmp_path) == expected


def test_a_model_without_a_card_has_an_empty_one(tmp_path: Path) -> None:
    """A missing card is no error."""
    assert read_card(tmp_path) == Card()
