"""Weights on disk: find, install, verify and remove them. No network here."""

from dragoman.inference.store.bundled import bundled_models_directory
from dragoman.inference.store.lock import Finding, Problem
from dragoman.inference.store.shelf import BrokenModel, ModelStore, open_models

__all__ = [
    "BrokenModel",
    "Finding",
    "ModelStore",
    "Problem",
    "bundled_models_directory",
    "open_models",
]
