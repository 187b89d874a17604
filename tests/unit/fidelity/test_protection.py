"""What must come out unchanged is found, and the pieces around it can be translated alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.fidelity.protection import find_protected, join_pieces, pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://a.example/b, please", ["https://a.example/b"]),
        ("Ask a.b@c.example or @desk", ["a.b@c.example", "@desk"]),
        ("The #election2024 tag", ["#election2024"]),
        ("Hi {name}, {{ user }} has %d of %1$s", ["{name}", "{{ user }}", "%d", "%1$s"]),
        ('Look [gallery ids="1,2"] here', ['[gallery ids="1,2"]']),
        ("It costs €12.50 or 12 %", ["€12.50", "12 %"]),
        ("The R&D budget", ["R&D"]),
        ("Nothing to keep here, 100 times", []),
    ],
)
def test_what_is_protected(text: str, expected: list[str]) -> None:
    """Addresses, placeholders and signs with their numbers; plain numbers are not."""
    assert [text[start:end] for start, end in find_protected(text)] == expected


def test_fragments_are_not_made_sentences() -> None:
    """The capital and the full stop that a model gives a fragment are taken off again."""
    text = "write to a@b.example before noon"
    parts = pieces(text, find_protected(text))
    joined = join_pieces(parts, lambda part: part.text.capitalize() + ".")
    assert joined == text


@pytest.mark.parametrize("line", [".", "a.", "@a", "[a ", "{{", "http://", "1,", "#"])
def test_long_lines_of_signs_take_linear_time(line: str) -> None:
    """A line of 400,000 signs is searched at once; "." alone took minutes."""
    text = line * (400_000 // len(line))
    assert all(start < end for start, end in find_protected(text))


@given(
    st.text(max_size=80), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=4)
)
def test_untranslated_pieces_give_the_text_back(text: str, spans: list[tuple[int, int]]) -> None:
    """Cutting and joining loses nothing, whatever is kept."""
    kept = [(min(a, b, len(text)), min(max(a, b), len(text))) for a, b in spans]
    parts = pieces(text, find_protected(text, kept))
    assert join_pieces(parts, lambda part: part.text) == text
    for part in parts:
        assert part.text == part.text.strip() or part.kept
