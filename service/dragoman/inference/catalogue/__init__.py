"""Which models are known to exist on the hub, and what their language codes mean."""

from dragoman.inference.catalogue.entries import (
    Catalogue,
    Entry,
    load_catalogue,
    parse_catalogue,
    parse_pair,
)
from dragoman.inference.catalogue.names import check_repository

__all__ = [
    "Catalogue",
    "Entry",
    "check_repository",
    "load_catalogue",
    "parse_catalogue",
    "parse_pair",
]
