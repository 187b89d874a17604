"""Engines run models. ``open_engine`` loads one; nothing heavy is imported before."""

from __future__ import annotations

from dragoman.errors import SettingsError
from dragoman.inference.engines.base import Engine
from dragoman.inference.engines.options import EngineOptions
from dragoman.inference.model import InstalledModel

__all__ = ["EngineOptions", "open_engine"]


def open_engine(model: InstalledModel, options: EngineOptions) -> Engine:
    """Load ``model`` into the engine that the options name. The caller closes it.

    Raises ModelCorrupt, ModelRefused or SettingsError.
    """
    if options.engine == "ctranslate2":
        from dragoman.inference.engines.ctranslate2 import CTranslate2Engine

        return CTranslate2Engine(model, options)
    if options.engine == "transformers":
        try:
            from dragoman.inference.engines.transformers import TransformersEngine
        except ImportError as error:
            raise SettingsError(
                f"The engine transformers needs a package that is missing: {error.name}.",
                hint="Install it with: pip install 'dragoman[torch]'",
            ) from error

        return TransformersEngine(model, options)
    if options.engine == "fake":
        from dragoman.inference.engines.fake import FakeEngine

        return FakeEngine()
    raise SettingsError(f"There is no engine named {options.engine}.")
