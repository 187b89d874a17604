"""``dragoman serve``: the HTTP API on this machine."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.cli import exits

if TYPE_CHECKING:
    from dragoman.api.auth import BearerTokens
    from dragoman.api.options import ApiOptions
    from dragoman.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Batches decoded at once; 0: one per core.")
    ] = None,
    tokens_file: Annotated[
        Path | None, typer.Option(help="File with one bearer token a line.")
    ] = None,
    trust_gateway: Annotated[
        bool, typer.Option("--trust-gateway", help="Off loopback without tokens.")
    ] = False,
    models_dir: Annotated[Path | None, typer.Option(help="Where models are installed.")] = None,
) -> None:
    """Serve the HTTP API until it is told to stop. Other settings come from the environment."""
    from dragoman.api.app import create_app
    from dragoman.api.limits import Drain
    from dragoman.api.server import address, listen, refuse_open_door, run
    from dragoman.observability import set_up_logging
    from dragoman.settings import load_settings
    from dragoman.wiring import open_services

    settings = load_settings(
        host=host,
        port=port,
        workers=workers,
        tokens_file=tokens_file,
        trust_gateway=trust_gateway or None,
        models_dir=models_dir,
    )
    set_up_logging(settings.log_level, settings.log_format)
    options = api_options(settings)
    refuse_open_door(
        settings.host,
        has_tokens=options.tokens is not None,
        trust_gateway=settings.trust_gateway,
    )
    drain = Drain()
    with listen(settings.host, settings.port) as listener, open_services(settings) as services:
        print(f"Listening on {address(listener)}", flush=True)
        run(create_app(services, options, drain), listener, drain, settings.drain_timeout_s)
    _leave()


def _leave() -> None:
    """End now if a batch that was given up still runs: the exit of the interpreter would free
    the model under its thread, and abort."""
    if threading.active_count() > 1:
        logging.shutdown()
        sys.stdout.flush()
        os._exit(exits.OK)


def api_options(settings: Settings) -> ApiOptions:
    """The settings that the HTTP edge takes."""
    from dragoman.api.options import ApiOptions

    return ApiOptions(
        tokens=read_tokens(settings),
        max_body_bytes=settings.max_body_bytes,
        max_characters=settings.max_characters,
        max_texts=settings.max_texts,
        max_targets=settings.max_targets,
        request_timeout_s=settings.request_timeout_s,
    )


def read_tokens(settings: Settings) -> BearerTokens | None:
    """None when neither setting is given. Raises SettingsError when they hold no token."""
    from dragoman.api.auth import BearerTokens, split_tokens

    if settings.tokens is None and settings.tokens_file is None:
        return None
    listed = settings.tokens.get_secret_value() if settings.tokens else ""
    return BearerTokens(split_tokens(listed), settings.tokens_file)
