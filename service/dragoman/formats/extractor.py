"""The extraction process: it parses what it is sent until nobody sends any more.

Run by ``worker``, never by hand. It is a process of its own because only a process can be
stopped for certain, and because what it imports (trafilatura, lxml) is heavy.
"""

from __future__ import annotations

import logging
import resource
import socket
from collections.abc import Callable
from importlib import import_module
from typing import TypeAlias

from dragoman.article import Article
from dragoman.errors import DragomanError, UnreadableInput
from dragoman.formats.base import Format, ParseLimits
from dragoman.formats.messages import HungUp, receive, send

FormatFactory: TypeAlias = Callable[[str], Format]
Request: TypeAlias = tuple[str, bytes, ParseLimits]

READY = "ready"


def main(descriptor: int, factory: str, preload: tuple[str, ...], max_memory_mb: int) -> None:
    """Serve requests on the socket ``descriptor`` until the other side closes it.

    ``factory`` is ``module:function``, which makes a format from its name. The modules of
    ``preload`` are imported before the first request, whose deadline they must not use up.
    """
    logging.disable(logging.CRITICAL)  # the libraries report bad pages as errors of theirs
    limit = max_memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    get_format = _load(factory)
    for module in preload:
        import_module(module)
    with socket.socket(fileno=descriptor) as connection:
        try:
            send(connection, READY)
            while True:
                send(connection, answer(get_format, receive(connection)))
        except HungUp:
            return


def answer(get_format: FormatFactory, request: Request) -> Article | DragomanError:
    """The article, or the error that its format raises; anything else is the page's fault."""
    name, data, limits = request
    try:
        return get_format(name).parse(data, limits)
    except DragomanError as error:
        return error
    except Exception as error:  # libraries raise all kinds of things on bad pages
        return UnreadableInput(
            f"This {name} could not be read ({type(error).__name__}).",
            hint="Send the article's own HTML as a fragment, or its text.",
        )


def _load(factory: str) -> FormatFactory:
    module, _, name = factory.partition(":")
    function: FormatFactory = getattr(import_module(module), name)
    return function
