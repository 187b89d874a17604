"""Language codes as people write them."""

from __future__ import annotations

import pytest

from dragoman.errors import InputError
from dragoman.langid import language_code


@pytest.mark.parametrize(
    ("given", "code"),
    [("fr", "fr"), ("FR", "fr"), ("pt_br", "pt-BR"), ("iw", "he"), ("yue", "yue")],
)
def test_a_code_gets_its_usual_spelling(given: str, code: str) -> None:
    """As ``normalise_code`` spells it."""
    assert language_code(given) == code


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "The language code is empty."),
        ("French", "French is not a language code. Use fr."),
        ("deutsch", "Use de."),
        ("Brazilian Portuguese", "Use pt-BR."),
        ("Klingon", "Write a code such as en, de or pt-BR."),
        ("und", "und is not a language code."),
        (None, "must be a string"),
    ],
)
def test_what_is_no_code_is_told_with_what_to_write(given: object, says: str) -> None:
    """A name is answered with its code; anything else with an example."""
    with pytest.raises(InputError) as caught:
        language_code(given)
    assert says in str(caught.value)
