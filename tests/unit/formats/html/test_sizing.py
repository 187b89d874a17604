from __future__ import annotations

import pytest

from dragoman.errors import InputTooLarge
from dragoman.formats.html.sizing import check_size
from dragoman.formats.html.tokens import tokenize


def check(source: str, max_nodes: int = 10_000) -> None:
    check_size(tokenize(source), source, max_nodes)


@pytest.mark.parametrize("part", ["<p>x", "x<br>", "<!-- c -->", "<hr>", "<i>x</i>", "<path/>"])
def test_every_kind_of_node_counts(part: str) -> None:
    """Elements, empty elements, texts and comments count, wherever the limit is passed."""
    with pytest.raises(InputTooLarge, match="more than 100 nodes"):
        check(part * 101, max_nodes=100)
    check(part * 49, max_nodes=100)


def test_elements_that_are_opened_again_count_each_time() -> None:
    """A hundred open formatting elements make a hundred more nodes of every paragraph."""
    opened = "".join(f"<b id={number}>" for number in range(100))
    with pytest.raises(InputTooLarge, match="nodes"):
        check(f"<p>{opened}{'<p>x' * 100}")
    check(f"<p>{opened}{'</b>' * 100}{'<p>x' * 100}")


def test_careless_markup_does_not_add_up() -> None:
    """The same element left open in each paragraph is opened again three times at most, a link
    once, and unclosed items of a list do not nest.
    """
    check("<p><b>x" * 500)
    check("".join(f"<p><a href={number}>x" for number in range(1000)))
    check("<ul>" + "<li>x" * 4500)


def test_deep_nesting_is_refused() -> None:
    """Elements inside each other count by depth, closed ones do not."""
    with pytest.raises(InputTooLarge, match="4,000 deep"):
        check("<div>" * 4001)
    check("<div><span></div>" * 4500)


def test_formatting_left_open_is_refused() -> None:
    """More than a careless author leaves open is an attack."""
    with pytest.raises(InputTooLarge, match="256 inline elements"):
        check("".join(f"<font color={number}>" for number in range(300)))
