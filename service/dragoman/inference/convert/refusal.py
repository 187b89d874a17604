"""The two ways in which a model cannot be converted."""

from __future__ import annotations

from dragoman.errors import ModelCorrupt, ModelRefused


def refused(message: str) -> ModelRefused:
    """For what is not safe or not known."""
    return ModelRefused(message, hint="Pull a MarianMT model in the layout of opus-mt.")


def corrupt(message: str) -> ModelCorrupt:
    """For what is missing or broken."""
    return ModelCorrupt(message, hint="Remove and pull the model.")
